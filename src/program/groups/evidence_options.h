/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options about evidence: by which certificates it is verified, and what it has
 * to be.
 */
#ifndef GROUPS_EVIDENCE_OPTIONS_H
#define GROUPS_EVIDENCE_OPTIONS_H

#include "groups/collateral_options.h"
#include "groups/expectation.h"
#include "model/evidence.h"

/* Most --vek, and names of files in a --cert-dir. */
#define EVIDENCE_VEKS      16
#define EVIDENCE_DIR_NAMES 10
#define EVIDENCE_PATH      4096

struct evidence_options {
    const char *root; /* this and the others as given, or NULL */
    const char *pck_chain;
    const char *auxblob;
    const char *cert_dir;
    const char *veks[EVIDENCE_VEKS];
    size_t vek_count;
    const char *require;
    const char *report_data;
    const char *min_tcb;
    struct collateral_options collateral;
    bool allow_debug;
    /* Those of the names that are in --cert-dir. */
    char paths[EVIDENCE_DIR_NAMES][EVIDENCE_PATH];
    size_t path_count;
    bool is_missing; /* --cert-dir: there is no such folder */

    /* Once they are taken. */
    uint8_t data[EVIDENCE_DATA_SIZE];
    struct mrtd_verify_bytes tdx[2];
    struct mrtd_verify_bytes snp[EVIDENCE_VEKS + EVIDENCE_DIR_NAMES + 1];
    struct mrtd_verify_bytes root_bytes;
    char *loaded[EVIDENCE_VEKS + EVIDENCE_DIR_NAMES + 3]; /* to be freed */
    size_t loaded_count;
};

/* For a struct evidence_options. */
extern const struct option_table evidence_options_table;

/* Says what is wrong with them, and names the files that are to be read. Files
 * are looked for, so before the sandbox. */
bool evidence_options_check(struct evidence_options *options,
                            struct files *files);

/* Reads the certificates, which have to be valid at that time; what is wrong is
 * said on stderr. The demands point into the options, which are to be freed in
 * either case. */
enum exit_status evidence_options_take(struct evidence_options *options,
                                       int64_t time,
                                       struct evidence_demands *demands);
/* The name of one that is given, "--root", or NULL. */
const char *evidence_options_given(const struct evidence_options *options);
/* Which evidence there was. */
struct evidence_kinds {
    bool quote;
    bool unverified; /* a quote for which there is nothing to verify it by */
    bool tdx;        /* a quote, or another */
    bool snp;
};
void evidence_kinds_add(struct evidence_kinds *kinds,
                        const struct evidence_answer *answer);
/* Says which files were of no use: the evidence was of another kind. */
void evidence_options_unused(const struct evidence_options *options,
                             const struct evidence_kinds *has);
void evidence_options_free(struct evidence_options *options);

#endif
