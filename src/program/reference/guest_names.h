/* SPDX-License-Identifier: Apache-2.0 */
/* By which names documents have launch digests of AMD's platforms. */
#ifndef REFERENCE_GUEST_NAMES_H
#define REFERENCE_GUEST_NAMES_H

#include <stdbool.h>

#include "mrtd.h"

struct guest_names {
    enum mrtd_register id;
    const char *attribute; /* of an in-toto statement */
    const char *member;    /* of its conditions */
    const char *digest;    /* in messages */
};

/* Of one of these registers. */
const struct guest_names *guest_names_of(enum mrtd_register id);

/* Does a key of RVPS say that its value is the SNP launch digest? */
bool guest_names_key(const char *key);

/* Is it the key of something else that Trustee's default policies ask for? */
bool guest_names_other(const char *key);

#endif
