/* SPDX-License-Identifier: Apache-2.0 */
/* What VMMs make of an image, for people. */
#include "report/lint.h"

#include <inttypes.h>

#include "printable.h"
#include "report/words.h"

static void print_where(uint64_t offset)
{
    if (offset != MRTD_NO_OFFSET) {
        output("offset 0x%" PRIx64 ": ", offset);
    }
}

static void print_error(const struct mrtd_error *error)
{
    print_where(error->offset);
    output("%s [%s]\n", error->message, mrtd_code_name(error->code));
}

static void print_findings(const struct acceptance_of *x)
{
    const struct mrtd_lint_finding *f;
    for (uint32_t i = 0; (f = mrtd_lint_finding(x->lint, i)); i++) {
        output("    %s: ", word_effect(f->effect));
        print_where(f->offset);
        output("%s [%s]\n", f->message, mrtd_code_name(f->code));
        if (f->says[0]) {
            output("      it says: %s\n", f->says);
        }
    }
}

static void print_result(const struct acceptance *r,
                         const struct acceptance_of *x)
{
    enum mrtd_verdict verdict = mrtd_lint_info(x->lint)->verdict;
    output("  %-16s  %s", x->loader->name, word_verdict(verdict));
    if (verdict == MRTD_NOT_FOR_IT && !r->loaders) {
        output(": the 32-bit offset leads to no metadata\n");
        return;
    }
    if (x->plan) {
        const struct mrtd_plan_info *info = mrtd_plan_info(x->plan);
        output(", adds %" PRIu64 " pages, measures %" PRIu64 ": ",
               info->added_pages, info->extended_pages);
        if (r->error.code) { /* nothing to compare it with */
            output("MRTD %s\n", x->mrtd);
        } else if (acceptance_is_specified(r, x)) {
            output("the specification's MRTD\n");
        } else {
            output("not the specification's MRTD, but %s\n", x->mrtd);
        }
    } else if (x->error.code) {
        output(", its MRTD cannot be predicted\n    unknown: ");
        print_error(&x->error);
    } else {
        output("\n");
    }
    print_findings(x);
}

void lint_print_text(const struct acceptance *r)
{
    const struct evaluation *e = &r->files;
    output("%s\n", printable(e->name));
    if (e->options->vars) {
        output("  VARS in front     %s\n", printable(e->options->vars));
    }
    output("  %-16s  ", "specification");
    if (r->error.code) {
        output("no MRTD: ");
        print_error(&r->error);
    } else {
        output("MRTD %s\n", r->mrtd);
    }
    for (size_t i = 0; i < r->count; i++) {
        print_result(r, &r->results[i]);
    }
}
