/* SPDX-License-Identifier: Apache-2.0 */
/* Known answers, computed elsewhere, through the whole way from image to MRTD.
 */
#ifndef MODEL_KNOWN_ANSWERS_H
#define MODEL_KNOWN_ANSWERS_H

#include <stdbool.h>

#include "failure.h"

struct known_result {
    const char *name;
    const char *vmm;
    const char *known; /* hexadecimal */
    char computed[MRTD_HEX_SIZE];
    bool good; /* they are equal */
};

size_t known_answers_count(void);

/* Computes the index-th. */
enum exit_status known_answers_compute(size_t index,
                                       struct known_result *result,
                                       struct failure *failure);

#endif
