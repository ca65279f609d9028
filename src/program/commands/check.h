/* SPDX-License-Identifier: Apache-2.0 */
/* check: one firmware, compared with what a TD or a reference says. */
#ifndef COMMANDS_CHECK_H
#define COMMANDS_CHECK_H

#include "model/against.h"
#include "model/variants.h"

struct check {
    struct evaluation e;
    struct launch_options options; /* those of e */
    int64_t time;                  /* at which the input must be valid */
    const struct against *against;
    struct variants variants;
    char sha256[65]; /* of the firmware file */
    char sha384[97];
    char sha512[129]; /* empty unless the input has one */
    bool match;
};

/* The claim that the variant's MRTD equals, or NULL; only such that are valid
 * at the time of the check. */
const struct claim *check_claim(const struct check *check,
                                const struct variant *variant);

/* The variants that match, the plain profiles only if one of them does. */
bool check_is_match(const struct check *check, const struct variant *variant);

/*
 * Does the input give digests of files? Not with VARS, where they may be of
 * the file alone or of both. And is the firmware one of these files?
 */
bool check_knows_file(const struct check *check);
bool check_is_that_file(const struct check *check);

/* Is the firmware a split image's CODE, for which no VARS were given? Then the
 * answer is about CODE alone, where other commands refuse it. */
bool check_is_code_only(const struct check *check);

/*
 * Calls each for every warning of the image, and of its plan: that which
 * explains the match, or else the specification's. They are what other commands
 * warn of, too.
 */
void check_warnings(const struct check *check,
                    void (*each)(void *context,
                                 const struct mrtd_finding *finding),
                    void *context);

/* check_text.c: the answer for people. */
void check_print(const struct check *check);
/* The same in a line, where there are several firmware files. */
void check_print_line(const struct check *check);
/* What is worth knowing about evidence, for people. */
void check_print_against(const struct against *against);

/* check_json.c: the answer as one line of JSON. */
enum exit_status check_print_json(const struct check *check);

/* explain.c: how to compute the MRTD without this program. */
void check_explain(const struct check *check);

/* --- traps.c: why an MRTD may differ ------------------------------------- */

#define TRAP_TEXT 500

struct trap {
    const char *code; /* stable, in kebab-case */
    /* Does it apply to this check? Then tells the evidence. */
    bool (*applies)(const struct check *check, char text[TRAP_TEXT]);
};

/* The value is right, but not at the time of the check: in check.c. */
bool check_is_out_of_time(const struct check *check, char text[TRAP_TEXT]);

/* In order of likelihood; NULL after the last. */
const struct trap *trap_at(size_t index);

/* What does not change an MRTD, although it is often suspected. */
extern const char trap_not_causes[];

#endif
