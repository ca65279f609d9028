/* SPDX-License-Identifier: Apache-2.0 */
/* Options about Intel's collateral of quotes: part of those about evidence,
 * whose table has their rows. */
#ifndef GROUPS_COLLATERAL_OPTIONS_H
#define GROUPS_COLLATERAL_OPTIONS_H

#include "model/collateral.h"
#include "options/options.h"

/* Most files: one with all of it, or five. */
#define COLLATERAL_FILES 5

struct collateral_options {
    const char *whole; /* this and the others as given, or NULL */
    const char *tcb_info;
    const char *qe_identity;
    const char *issuer_chain;
    const char *pck_crl;
    const char *root_crl;
    const char *accept;

    /* Once they are taken. */
    unsigned accepted; /* a sum of 1 << enum mrtd_tcb_status */
    bool is_read;
    struct collateral read;
    char *loaded[COLLATERAL_FILES]; /* to be freed */
    size_t loaded_count;
};

/* Says what is wrong with them. */
bool collateral_options_check(struct collateral_options *options);
/* Reads the files into options->read; is_read says whether there are any. What
 * is wrong is said on stderr. They are to be freed in either case. */
enum exit_status collateral_options_take(struct collateral_options *options);
/* Says that the collateral was of no use, and why: "no file is one". */
void collateral_options_unused(const struct collateral_options *options,
                               const char *why);
void collateral_options_free(struct collateral_options *options);

#endif
