/* SPDX-License-Identifier: Apache-2.0 */
/* Which known format a file has. */
#ifndef IMAGE_FORMAT_H
#define IMAGE_FORMAT_H

#include <stdbool.h>

#include "mrtd.h"

/*
 * Is the IGVM magic at offset 0? Only that place counts: OVMF images of 2025
 * and later have it elsewhere.
 */
enum mrtd_code format_is_igvm(const struct mrtd_source *source, bool *is_igvm,
                              struct mrtd_error *error);

/*
 * For a source in which no metadata was found: refuses it as the format that
 * its magic says. MRTD_OK if that is unknown. */
enum mrtd_code format_refuse(const struct mrtd_source *source,
                             struct mrtd_error *error);

#endif
