/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/verifying.h"

#include "io/diagnostic.h"

static const struct option_row rows[] = {
    {OPTION("no-verify", FLAG, struct verifying, no_verify, OPTION_ALONE,
            "compare evidence whose signature is not verified")},
};
const struct option_table verifying_options = OPTION_TABLE(rows);

bool verifying_check(struct verifying *v, struct files *files,
                     const char *against)
{
    const char *given = evidence_options_given(&v->options);
    /* It leaves nothing for the other options to do. */
    if (v->no_verify && given) {
        diagnostic_usage("--no-verify excludes %s", given);
        return false;
    }
    given = v->no_verify ? "--no-verify" : v->when.text ? "--time" : given;
    if (!against && given) {
        diagnostic_usage("%s is of what --against gives", given);
        return false;
    }
    return evidence_options_check(&v->options, files);
}

/* Says which options were of no use. */
static void say_unused(const struct verifying *v, const char *name)
{
    const char *given = evidence_options_given(&v->options);
    struct evidence_kinds has = {.quote = false};
    for (size_t i = 0; i < v->made.made_count; i++) {
        evidence_kinds_add(&has, v->made.made[i]);
    }
    if (v->made.made_count == 0 && given) {
        diagnostic_file(
            name, "note: %s is of evidence, and this is not evidence [unused]",
            given);
    }
    evidence_options_unused(&v->options, &has);
}

enum exit_status verifying_make(struct verifying *v,
                                const struct against *against)
{
    struct failure failure;
    if (v->no_verify) {
        return EXIT_DONE;
    }
    const enum exit_status status =
        evidence_options_take(&v->options, v->when.time, &v->demands);
    if (status) {
        return status;
    }
    v->demands.compares = true;
    if (against_evidence_make(&v->made, against, &v->demands, &failure)) {
        return diagnostic_failure(&failure);
    }
    say_unused(v, against->name);
    v->evidence = &v->made;
    return EXIT_DONE;
}

void verifying_free(struct verifying *v)
{
    against_evidence_free(&v->made);
    evidence_options_free(&v->options);
}
