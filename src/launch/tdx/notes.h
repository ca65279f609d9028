/* SPDX-License-Identifier: Apache-2.0 */
/* What is worth knowing about launching a TD of an image with a VMM. */
#ifndef LAUNCH_TDX_NOTES_H
#define LAUNCH_TDX_NOTES_H

#include <stdbool.h>

#include "launch/plan.h"

/*
 * Adds the notes and warnings of a plan whose runs are made. Reads the image
 * only after the data of measured sections whose memory is larger than their
 * data.
 */
enum mrtd_code tdx_notes(struct mrtd_plan *plan, struct mrtd_error *error);

/*
 * Zeros fill a region's memory after its data: is any byte of the file after
 * that data, which could fill it instead, not zero?
 */
enum mrtd_code tdx_fill_differs(const struct mrtd_image *image,
                                const struct mrtd_region *region, bool *differs,
                                struct mrtd_error *error);

#endif
