/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to each section, for show and JSON. */
#ifndef MODEL_SUMMARY_H
#define MODEL_SUMMARY_H

#include "model/evaluation.h"

/* An IGVM file may have a million: no more than this is kept of each. */
struct section_summary {
    uint64_t added_pages;
    uint64_t extended_pages;
    uint8_t running[MRTD_DIGEST_SIZE]; /* of the stream after the section */
    bool hashed;
};

struct summary {
    struct section_summary *sections; /* as many as the image has */
    char mrtd[MRTD_HEX_SIZE];
    char sha256[65]; /* of the image, VARS included */
    char sha384[97];
};

uint64_t summary_hashed_bytes(const struct section_summary *section);

/* SHA-384 of the stream after the section, in hexadecimal. */
const char *summary_running(char hex[MRTD_HEX_SIZE],
                            const struct section_summary *section);

/* Measures the image; free the result with summary_free(). */
enum exit_status summary_make(const struct evaluation *e,
                              struct summary *summary, struct failure *failure);
void summary_free(struct summary *summary);

#endif
