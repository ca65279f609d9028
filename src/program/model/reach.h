/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of an image a launch hashes. */
#ifndef MODEL_REACH_H
#define MODEL_REACH_H

#include "firmware/cover.h"
#include "mrtd.h"

/*
 * The bytes that the plan hashes; outside: only those of runs that are of no
 * region, as VMSAs of an IGVM file are. False where memory is short: then
 * *reach holds nothing. Otherwise free it with cover_free().
 */
bool reach_make(struct cover *reach, const struct mrtd_plan *plan,
                bool outside);

/* Is one of size bytes from the offset on among them? */
bool reach_touches(const struct cover *reach, uint64_t offset, uint64_t size);

#endif
