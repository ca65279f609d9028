/* SPDX-License-Identifier: Apache-2.0 */
/* lint: which VMMs would load an image, and with which MRTD. */
#include "commands/lint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/spelling.h"
#include "io/diagnostic.h"

/* The specification's plan, and each loader's. */
#define MAX_PLANS (LINT_MAX_LOADERS + 1)

bool lint_is_specified(const struct lint_report *report,
                       const struct lint_result *result)
{
    return !report->error.code && strcmp(report->mrtd, result->mrtd) == 0;
}

const char *lint_verdict_name(enum mrtd_verdict verdict)
{
    static const char *const names[] = {
        [MRTD_LOADS] = "loads",           [MRTD_UNDEFINED] = "undefined",
        [MRTD_REFUSES] = "refuses",       [MRTD_DOES_NOT_RUN] = "does not run",
        [MRTD_NOT_FOR_IT] = "not-for-it",
    };
    return names[verdict];
}

const char *lint_effect_name(enum mrtd_effect effect)
{
    static const char *const names[] = {
        [MRTD_EFFECT_NOTE] = "note",
        [MRTD_EFFECT_DIFFERS] = "differs",
        [MRTD_EFFECT_UNDEFINED] = "undefined",
        [MRTD_EFFECT_STOPS] = "stops",
        [MRTD_EFFECT_REFUSED] = "refused",
    };
    return names[effect];
}

/* --- What the loaders make of it ----------------------------------------- */

/*
 * A plan that cannot be made says so in its result; what has nothing to do with
 * the loader ends the command.
 */
static enum exit_status build(struct lint_report *r,
                              const struct mrtd_image *image,
                              const char *profile, struct mrtd_plan **plan,
                              struct mrtd_error *error)
{
    const struct mrtd_plan_options options = {
        .profile = mrtd_profile_find(profile),
        .limit = r->files.options->limit,
    };
    if (mrtd_plan_build(plan, image, &options, error) &&
        (mrtd_code_class(error->code) == MRTD_CLASS_FAULT ||
         error->code == MRTD_ERR_LIMIT)) {
        return evaluation_failed(&r->files, error);
    }
    return EXIT_DONE;
}

/* A text, an archive, half of an image: there is nothing that a loader's rules
 * are about. */
static bool is_no_image(enum mrtd_code code)
{
    return code == MRTD_ERR_NO_TABLE || code == MRTD_ERR_OTHER_FORMAT;
}

/* The specification's image and plan; a refused image is no failure here. */
static enum exit_status specify(struct lint_report *r)
{
    struct evaluation *e = &r->files;
    const unsigned said =
        e->options->vars ? MRTD_FORMAT_TDVF : e->options->image_format;
    if (mrtd_image_open(&e->image, &e->source, MRTD_PERMISSIVE | said,
                        &r->error)) {
        r->loads &= r->error.code != MRTD_ERR_AMBIGUOUS_FORMAT;
        return mrtd_code_class(r->error.code) == MRTD_CLASS_FAULT ||
                       is_no_image(r->error.code) || said == MRTD_FORMAT_IGVM
                   ? evaluation_failed(e, &r->error)
                   : EXIT_DONE;
    }
    if (mrtd_image_igvm(e->image)) {
        const struct mrtd_error igvm = {
            .code = MRTD_ERR_IGVM,
            .message = "this is an IGVM file; the loaders whose rules are "
                       "known here load TDVF images"};
        return evaluation_failed(e, &igvm);
    }
    enum exit_status status = evaluation_check_joined(e);
    return status ? status
                  : build(r, e->image, mrtd_profile_at(0)->name, &e->plan,
                          &r->error);
}

static enum exit_status lint_one(struct lint_report *r,
                                 const struct mrtd_loader *loader)
{
    struct lint_result *x = &r->results[r->count];
    struct mrtd_error error;
    x->loader = loader;
    if (mrtd_lint(&x->lint, &r->files.source, loader, &error)) {
        return evaluation_failed(&r->files, &error);
    }
    r->count++;
    enum mrtd_verdict verdict = mrtd_lint_info(x->lint)->verdict;
    if (verdict != MRTD_LOADS && (verdict != MRTD_NOT_FOR_IT || r->loaders)) {
        r->loads = false;
    }
    const struct mrtd_image *image = mrtd_lint_image(x->lint);
    return image && loader->profile
               ? build(r, image, loader->profile, &x->plan, &x->error)
               : EXIT_DONE;
}

/* --- Measuring ----------------------------------------------------------- */

/* Plans that measure the same: of one profile. All loaders that launch find the
 * metadata in the same way. */
static bool same_plan(const struct mrtd_plan *a, const struct mrtd_plan *b)
{
    return mrtd_plan_info(a)->profile == mrtd_plan_info(b)->profile;
}

/* The index of the plan in the list, to which it is added if it is new. */
static size_t enlist(const struct mrtd_plan *plans[], size_t *count,
                     const struct mrtd_plan *plan)
{
    size_t i = 0;
    while (i < *count && !same_plan(plans[i], plan)) {
        i++;
    }
    if (i == *count) {
        plans[(*count)++] = plan;
    }
    return i;
}

/* Measures each distinct plan once, all of them at once. */
static enum exit_status measure(struct lint_report *r)
{
    const struct mrtd_plan *plans[MAX_PLANS];
    struct mrtd_measurement measured[MAX_PLANS];
    size_t own[LINT_MAX_LOADERS] = {0};
    size_t count = 0;
    if (r->files.plan) {
        enlist(plans, &count, r->files.plan);
    }
    for (size_t i = 0; i < r->count; i++) {
        if (r->results[i].plan) {
            own[i] = enlist(plans, &count, r->results[i].plan);
        }
    }
    mrtd_measure_many(plans, count, measured);
    for (size_t i = 0; i < count; i++) {
        if (measured[i].error.code) {
            return evaluation_failed(&r->files, &measured[i].error);
        }
    }
    if (r->files.plan) {
        mrtd_hex_encode(r->mrtd, measured[0].mrtd);
    }
    for (size_t i = 0; i < r->count; i++) {
        if (r->results[i].plan) {
            mrtd_hex_encode(r->results[i].mrtd, measured[own[i]].mrtd);
        }
    }
    return EXIT_DONE;
}

/* --- Text ---------------------------------------------------------------- */

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

static void print_findings(const struct lint_result *x)
{
    const struct mrtd_lint_finding *f;
    for (uint32_t i = 0; (f = mrtd_lint_finding(x->lint, i)); i++) {
        output("    %s: ", lint_effect_name(f->effect));
        print_where(f->offset);
        output("%s [%s]\n", f->message, mrtd_code_name(f->code));
        if (f->says[0]) {
            output("      it says: %s\n", f->says);
        }
    }
}

static void print_result(const struct lint_report *r,
                         const struct lint_result *x)
{
    enum mrtd_verdict verdict = mrtd_lint_info(x->lint)->verdict;
    output("  %-16s  %s", x->loader->name, lint_verdict_name(verdict));
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
        } else if (lint_is_specified(r, x)) {
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

static void print_text(const struct lint_report *r)
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

/* --- The command --------------------------------------------------------- */

static enum exit_status examine(struct lint_report *r)
{
    const uint64_t wanted = r->loaders;
    const struct mrtd_loader *loader;
    enum exit_status status = specify(r);
    for (size_t i = 0; !status && (loader = mrtd_loader_at(i)); i++) {
        if (!wanted || wanted >> i & 1) {
            status = lint_one(r, loader);
        }
    }
    return status ? status : measure(r);
}

static void report_free(struct lint_report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        mrtd_plan_free(r->results[i].plan);
        mrtd_lint_free(r->results[i].lint);
    }
    evaluation_close(&r->files);
}

static enum exit_status lint(const struct options *o, const char *name,
                             bool *printed)
{
    struct lint_report r = {.loads = true, .loaders = o->loaders};
    enum exit_status status = evaluation_open_files(&r.files, &o->launch, name);
    if (status) {
        return status;
    }
    status = examine(&r);
    if (!status && o->json) {
        status = lint_print_json(&r);
    } else if (!status) {
        output("%s", *printed ? "\n" : "");
        *printed = true;
        print_text(&r);
    }
    report_free(&r);
    return status ? status : r.loads ? EXIT_DONE : EXIT_DIFFERS;
}

static const char *loader_name(size_t index)
{
    const struct mrtd_loader *loader = mrtd_loader_at(index);
    return loader ? loader->name : NULL;
}

static enum exit_status take_loader(struct options *o, const char *name)
{
    const struct mrtd_loader *loader;
    for (size_t i = 0; (loader = mrtd_loader_at(i)); i++) {
        if (strcmp(loader->name, name) == 0) {
            o->loaders |= UINT64_C(1) << i;
            return EXIT_DONE;
        }
    }
    char meant[SPELLING_TEXT];
    return diagnostic_usage(
        "there is no VMM '%s' to lint for; 'mrtd-calc lint --vmm help' lists "
        "them%s",
        printable(name), spelling_meant(meant, "", name, loader_name));
}

enum exit_status command_lint(struct options *options)
{
    enum exit_status status = EXIT_DONE;
    for (unsigned i = 0; !status && i < options->vmm_count; i++) {
        status = take_loader(options, options->vmms[i]);
    }
    if (status) {
        return status;
    }
    bool printed = false;
    for (int i = 0; i < options->file_count; i++) {
        status = worst(status, lint(options, options->files[i], &printed));
    }
    return status;
}
