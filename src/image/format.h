/* SPDX-License-Identifier: Apache-2.0 */
/* Which known format a file has. */
#ifndef IMAGE_FORMAT_H
#define IMAGE_FORMAT_H

#include <stdbool.h>

#include "mrtd.h"

/* Does the IGVM magic stand at offset 0? Only there: OVMF images of 2025 and
 * later carry it elsewhere. */
enum mrtd_code format_is_igvm(const struct mrtd_source *source, bool *is_igvm,
                              struct mrtd_error *error);

/*
 * For a source in which no metadata was found. Sets *name to what the file is
 * by its magic, with an article, and *hint to what to do, or both to NULL.
 */
enum mrtd_code format_guess(const struct mrtd_source *source, const char **name,
                            const char **hint, struct mrtd_error *error);

#endif
