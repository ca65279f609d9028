/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is by its first bytes: for whoever gave it where another is
 * wanted. One table for all places: evidence where firmware goes, what is no
 * evidence of a TD where that goes, and either instead of a list.
 */
#ifndef REFERENCE_RECOGNIZE_H
#define REFERENCE_RECOGNIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "mrtd.h"

/* Of a file larger than this, as many bytes are enough. */
#define RECOGNIZE_SIZE ((size_t)1 << 16)

enum recognized_use {
    RECOGNIZED_VALUES, /* check --against reads it */
    RECOGNIZED_TEXT,   /* probably something that check --against reads */
    RECOGNIZED_MRTD,   /* check --against reads it: an MRTD and nothing else */
    RECOGNIZED_OTHER,  /* it has no MRTD, or none that can be trusted */
};

/* All of it is printable ASCII. */
struct recognized {
    enum recognized_use use;
    char name[160];   /* "an AMD SEV-SNP report" */
    char advice[200]; /* for RECOGNIZED_OTHER: what to do instead */
};

/*
 * Is it a kind that is known? Then fills *what. Needs memory where data is
 * text; where that is short, the text is not looked into.
 */
bool recognize(const void *data, size_t size, struct recognized *what);

/* The same of what is not hexadecimal, base64 or other text. */
bool recognize_binary(const void *data, size_t size, struct recognized *what);

/*
 * As mrtd_evidence_detect(), but for what only looks so and has a mark of
 * another kind. A TDREPORT may be cut off or damaged: its reader says so.
 */
bool recognize_evidence(const void *data, size_t size,
                        enum mrtd_evidence_kind *kind);

#endif
