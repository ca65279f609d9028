/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes out of a struct mrtd_source, as spans. */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include "base/span.h"
#include "mrtd.h"

/* Is the source well formed: memory, a read function, or nothing at all? */
bool source_valid(const struct mrtd_source *source);

/*
 * The len bytes at offset, which the caller has checked to be inside (anything
 * else is MRTD_ERR_ARGUMENT). They are read into buffer (len bytes) unless the
 * source is in memory; *out is valid as long as both are.
 */
enum mrtd_code source_view(const struct mrtd_source *source, uint64_t offset,
                           size_t len, void *buffer, struct span *out,
                           struct mrtd_error *error);

#endif
