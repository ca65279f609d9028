/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: does the MRTD of a quote, a report or a reference value belong to a
 * firmware, launched in any of the known ways? And if not, why?
 */
#include "commands/check.h"

#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "io/diagnostic.h"
#include "io/digests.h"

const struct claim *check_claim(const struct check *check,
                                const struct variant *variant)
{
    const struct claims *claims = &check->against->claims;
    for (size_t i = 0; !variant->error.code && i < claims->count; i++) {
        if (memcmp(claims->items[i].mrtd, variant->mrtd,
                   sizeof variant->mrtd) == 0 &&
            against_is_of_format(&claims->items[i], check->e.options) &&
            claims_valid_at(&claims->items[i], check->time)) {
            return &claims->items[i];
        }
    }
    return NULL;
}

bool check_is_match(const struct check *check, const struct variant *variant)
{
    if (!check_claim(check, variant)) {
        return false;
    }
    for (size_t i = 0; variant->deviations && i < check->variants.count; i++) {
        const struct variant *other = &check->variants.items[i];
        if (!other->deviations && check_claim(check, other)) {
            return false;
        }
    }
    return true;
}

/* Is a claim an MRTD of this image, but not valid at the time? */
static bool is_out_of_time(const struct check *c, const struct claim *claim,
                           char text[TRAP_TEXT])
{
    const bool ended = c->time > claim->not_after;
    const struct variant *v = c->variants.items;
    const struct variant *end = v + c->variants.count;
    char when[CLAIMS_TIME_SIZE];
    while (v < end && (v->error.code ||
                       memcmp(v->mrtd, claim->mrtd, sizeof v->mrtd) != 0)) {
        v++;
    }
    if (v == end || claims_valid_at(claim, c->time)) {
        return false;
    }
    claims_time_text(when, ended ? claim->not_after : claim->not_before);
    snprintf(text, TRAP_TEXT,
             "the input has an MRTD of this image (launched by %s), but %s %s; "
             "--time asks for another time",
             v->profile->name,
             ended ? "was valid until" : "is not valid before", when);
    return true;
}

bool check_is_out_of_time(const struct check *check, char text[TRAP_TEXT])
{
    const struct claims *claims = &check->against->claims;
    size_t i = 0;
    while (i < claims->count &&
           !is_out_of_time(check, &claims->items[i], text)) {
        i++;
    }
    return i < claims->count;
}

bool check_knows_file(const struct check *check)
{
    return check->against->claims.file_count > 0 && !check->e.options->vars;
}

bool check_is_that_file(const struct check *check)
{
    const struct claims_firmware firmware = {
        {check->sha256, check->sha384, check->sha512}, check->e.source.size};
    return claims_tell_of(&check->against->claims, &firmware);
}

bool check_is_code_only(const struct check *check)
{
    return mrtd_image_info(check->e.image)->missing_vars > 0;
}

void check_warnings(const struct check *check,
                    void (*each)(void *context,
                                 const struct mrtd_finding *finding),
                    void *context)
{
    const struct mrtd_finding *f;
    const struct mrtd_plan *plan = check->e.plan;
    for (size_t i = check->variants.count; i > 0; i--) {
        if (check_is_match(check, &check->variants.items[i - 1])) {
            plan = check->variants.items[i - 1].plan; /* the first of them */
        }
    }
    for (uint32_t i = 0; (f = mrtd_image_finding(check->e.image, i)); i++) {
        if (f->severity == MRTD_WARNING) {
            each(context, f);
        }
    }
    for (uint32_t i = 0; (f = mrtd_plan_finding(plan, i)); i++) {
        if (f->severity == MRTD_WARNING) {
            each(context, f);
        }
    }
}

static void report_warning(void *context, const struct mrtd_finding *finding)
{
    const struct check *check = context;
    diagnostic_finding(check->e.name, finding);
}

static enum exit_status check_open(struct check *check,
                                   const struct options *options,
                                   const struct against *against,
                                   const char *name)
{
    memset(check, 0, sizeof *check);
    check->against = against;
    check->time = options->time;
    enum exit_status status = against_evaluate(
        against, &check->e, &check->options, &options->launch, name);
    if (status) {
        return status;
    }
    status = variants_make(&check->variants, &check->e);
    if (!status &&
        !digests_make(&check->e.source, check->sha256, check->sha384,
                      claims_need_sha512(&against->claims) ? check->sha512
                                                           : NULL)) {
        status = evaluation_read_failed(&check->e);
    }
    if (status) {
        variants_free(&check->variants);
        evaluation_close(&check->e);
        return status;
    }
    for (size_t i = 0; i < check->variants.count; i++) {
        check->match |= check_claim(check, &check->variants.items[i]) != NULL;
    }
    return EXIT_DONE;
}

/* What became of several firmware files. */
struct tally {
    int matches;
    int differing;
    enum exit_status failure;
};

static void check_one(const struct options *o, const struct against *against,
                      const char *name, struct tally *tally)
{
    struct check check;
    enum exit_status status = check_open(&check, o, against, name);
    if (status) {
        tally->failure = worst(tally->failure, status);
        return;
    }
    tally->matches += check.match;
    tally->differing += !check.match;
    /* Of several images that are no match nothing more is of interest. */
    if (!o->json && (check.match || o->file_count == 1)) {
        check_warnings(&check, report_warning, &check);
    }
    if (o->json) {
        tally->failure = worst(tally->failure, check_print_json(&check));
    } else if (o->file_count > 1) {
        check_print_line(&check);
    } else {
        check_print(&check);
    }
    if (o->explain) {
        check_explain(&check);
    }
    variants_free(&check.variants);
    evaluation_close(&check.e);
}

enum exit_status command_check(struct options *options)
{
    struct against against;
    struct tally tally = {.failure = EXIT_DONE};
    enum exit_status status = expected_take_time(options);
    if (status) {
        return status;
    }
    status = expected_open(&against, options, "--against", options->against,
                           (enum claims_kind)options->kind, CLAIMS_LENIENT);
    if (status) {
        return status;
    }
    if (options->file_count > 1 && !options->json) {
        check_print_against(&against);
    }
    for (int i = 0; i < options->file_count; i++) {
        check_one(options, &against, options->files[i], &tally);
    }
    against_close(&against);
    if (options->file_count > 1 && !options->json && tally.matches == 0 &&
        tally.differing > 0) {
        output("  %-14scheck one image by itself, and possible reasons are "
               "printed\n",
               "none matches");
    }
    /* The question is which of the files it is; those that are no firmware
     * are not it. */
    if (tally.failure == EXIT_IO) {
        return EXIT_IO;
    }
    if (tally.matches > 0) {
        return EXIT_DONE;
    }
    return tally.differing > 0 ? EXIT_DIFFERS : tally.failure;
}
