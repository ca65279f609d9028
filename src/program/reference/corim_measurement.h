/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement of a CoRIM's reference triple is of. */
#ifndef REFERENCE_CORIM_MEASUREMENT_H
#define REFERENCE_CORIM_MEASUREMENT_H

#include "reference/corim_environment.h"

/* Of measurement-map and measurement-values-map, draft-ietf-rats-corim-11,
 * section 5.1.4.5; negative ones: the Intel profile. */
enum {
    MEASUREMENT_KEY = 0,
    MEASUREMENT_VALUE = 1,
    MKEY_VENDOR = 70,
    MKEY_MODEL = 71,
    MKEY_MRTEE = 83, /* tee.mrtee */
    VALUE_DIGESTS = 2,
    VALUE_NAME = 11,
    VALUE_REGISTERS = 14, /* integrity-registers */
    VALUE_VENDOR = -70,
    VALUE_MODEL = -71,
    VALUE_MRTEE = -83, /* the same as the key 83 */
};

/* What a measurement of a TD is of. */
enum measurement_subject {
    OF_MRTD,
    OF_TD,     /* something else about the TD as a whole */
    OF_FIELD,  /* a known part of what the TD reports */
    OF_OTHER,  /* something with a name of its own */
    OF_UNKNOWN /* unknown */
};

enum measurement_subject measurement_subject(cbor_item_t *measurement);

/*
 * Is it known what a measurement says of the TD that it is of? What is of the
 * TD as a whole, or of its MRTD, has to be understood in full; why says what is
 * not.
 */
bool measurement_is_clear(cbor_item_t *measurement,
                          const struct environment_own *own,
                          char why[ENVIRONMENT_WHY]);

/* Does any of the list look like that of an MRTD, whatever it is of? */
bool measurements_have_mrtd(cbor_item_t *measurements);

/* measurement-map. Unknown members are left to measurement_is_clear(). */
extern const struct table measurement_table;

#endif
