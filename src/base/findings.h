/* SPDX-License-Identifier: Apache-2.0 */
/* A growing list of warnings and notes. */
#ifndef BASE_FINDINGS_H
#define BASE_FINDINGS_H

#include <stdbool.h>

#include "mrtd.h"

struct findings {
    struct mrtd_finding *items;
    uint32_t count;
    bool failed; /* out of memory at some point: the list is not whole */
};

/*@ requires \valid(list) && \valid_read(what);
    assigns *list, list->items[0 .. list->count];
@*/
/* Appends a finding; where memory is short, sets failed and drops it. */
void findings_add(struct findings *list, enum mrtd_severity severity,
                  uint32_t section, const struct mrtd_error *what);

void findings_free(struct findings *list);

#endif
