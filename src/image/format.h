/* SPDX-License-Identifier: Apache-2.0 */
/* Which known format a file has that is not a TDVF image. */
#ifndef IMAGE_FORMAT_H
#define IMAGE_FORMAT_H

#include "mrtd.h"

/* MRTD_ERR_IGVM if the IGVM magic stands at offset 0, and only there: OVMF
 * images of 2025 and later carry it elsewhere. */
enum mrtd_code format_refuse_igvm(const struct mrtd_source *source,
                                  struct mrtd_error *error);

/*
 * For a source in which no metadata was found. Sets *name to what the file is
 * by its magic, with an article, and *hint to what to do, or both to NULL.
 */
enum mrtd_code format_guess(const struct mrtd_source *source, const char **name,
                            const char **hint, struct mrtd_error *error);

#endif
