/* SPDX-License-Identifier: Apache-2.0 */
/* What VMMs make of an image, for lint.c and lint_json.c. */
#ifndef COMMANDS_LINT_H
#define COMMANDS_LINT_H

#include "model/evaluation.h"

/* More than there are loaders. */
#define LINT_MAX_LOADERS 16

/* What one loader makes of it. */
struct lint_result {
    const struct mrtd_loader *loader;
    struct mrtd_lint *lint;
    struct mrtd_plan *plan;   /* NULL: it launches nothing, or error says why */
    struct mrtd_error error;  /* why there is no MRTD although it loads */
    char mrtd[MRTD_HEX_SIZE]; /* of the plan */
};

struct lint_report {
    struct evaluation files;  /* with the specification's image and plan, or
                                 without where the image is refused */
    char mrtd[MRTD_HEX_SIZE]; /* the specification's */
    struct mrtd_error error;  /* or why there is none */
    struct lint_result results[LINT_MAX_LOADERS];
    size_t count;
    uint64_t loaders; /* bit i: mrtd_loader_at(i) was asked for; 0: all */
    bool loads;       /* by every VMM that was asked for */
};

/* Is the loader's MRTD the specification's, if there is that? */
bool lint_is_specified(const struct lint_report *report,
                       const struct lint_result *result);

/* "loads", "refuses", ...: the same words in text and JSON. */
const char *lint_verdict_name(enum mrtd_verdict verdict);
const char *lint_effect_name(enum mrtd_effect effect);

/* lint_json.c: prints one line of JSON. */
enum exit_status lint_print_json(const struct lint_report *report);

#endif
