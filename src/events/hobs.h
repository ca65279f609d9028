/* SPDX-License-Identifier: Apache-2.0 */
/* The list of HOBs that a VMM writes for td-shim. */
#ifndef EVENTS_HOBS_H
#define EVENTS_HOBS_H

#include <stdint.h>

#include "mrtd.h"

/* How long the list is at the start of the file, with its end. Refuses what
 * td-shim refuses or nobody writes, and what is another image's. */
enum mrtd_code hobs_read(uint64_t *size, const struct mrtd_source *file,
                         const struct mrtd_shim *shim,
                         struct mrtd_error *error);

#endif
