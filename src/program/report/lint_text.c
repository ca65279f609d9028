/* SPDX-License-Identifier: Apache-2.0 */
/* What VMMs make of an image, for people. */
#include "report/lint.h"

#include <inttypes.h>

#include "printable.h"
#include "report/words.h"

static void print_where(FILE *to, uint64_t offset)
{
    if (offset != MRTD_NO_OFFSET) {
        fprintf(to, "offset 0x%" PRIx64 ": ", offset);
    }
}

static void print_error(FILE *to, const struct mrtd_error *error)
{
    print_where(to, error->offset);
    fprintf(to, "%s [%s]\n", error->message, mrtd_code_name(error->code));
}

static void print_findings(FILE *to, const struct acceptance_of *x)
{
    const struct mrtd_accept_finding *f;
    for (uint32_t i = 0; (f = mrtd_accept_finding(x->accept, i)); i++) {
        fprintf(to, "    %s: ", word_effect(f->effect));
        print_where(to, f->offset);
        fprintf(to, "%s [%s]\n", f->message, mrtd_code_name(f->code));
        if (f->says[0]) {
            fprintf(to, "      it says: %s\n", f->says);
        }
    }
}

static void print_result(FILE *to, const struct acceptance *r,
                         const struct acceptance_of *x)
{
    enum mrtd_verdict verdict = mrtd_accept_info(x->accept)->verdict;
    fprintf(to, "  %-16s  %s", x->vmm->name, word_verdict(verdict));
    if (verdict == MRTD_VERDICT_NOT_FOR_IT && !r->files.options->vmm_given) {
        fprintf(to, ": the 32-bit offset leads to no metadata\n");
        return;
    }
    if (x->plan) {
        const struct mrtd_plan_info *info = mrtd_plan_info(x->plan);
        fprintf(to, ", adds %" PRIu64 " pages, measures %" PRIu64 ": ",
                info->added_pages, info->extended_pages);
        if (r->error.code) { /* nothing to compare it with */
            fprintf(to, "MRTD %s\n", x->mrtd);
        } else if (acceptance_is_specified(r, x)) {
            fprintf(to, "the specification's MRTD\n");
        } else {
            fprintf(to, "not the specification's MRTD, but %s\n", x->mrtd);
        }
    } else if (x->error.code) {
        fprintf(to, ", its %s cannot be predicted\n    unknown: ",
                r->files.options->platform == MRTD_PLATFORM_TDX
                    ? "MRTD"
                    : "launch digest");
        print_error(to, &x->error);
    } else {
        fprintf(to, "\n");
    }
    print_findings(to, x);
}

static void print_specified(FILE *to, const struct acceptance *r)
{
    fprintf(to, "  %-16s  ", "specification");
    if (r->error.code) {
        fprintf(to, "no MRTD: ");
        print_error(to, &r->error);
    } else {
        fprintf(to, "MRTD %s\n", r->mrtd);
    }
}

void lint_print_text(FILE *to, const struct acceptance *r)
{
    const struct evaluation *e = &r->files;
    fprintf(to, "%s\n", printable(e->name));
    if (e->options->vars) {
        fprintf(to, "  VARS in front     %s\n", printable(e->options->vars));
    }
    if (e->options->platform == MRTD_PLATFORM_TDX) {
        print_specified(to, r);
    } else {
        fprintf(to, "  %-16s  %s\n", "platform",
                mrtd_platform_name(e->options->platform));
    }
    for (size_t i = 0; i < r->count; i++) {
        print_result(to, r, &r->results[i]);
    }
}
