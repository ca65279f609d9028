/* SPDX-License-Identifier: Apache-2.0 */
/* What is worth knowing about launching an image with a VMM. */
#ifndef LAUNCH_NOTES_H
#define LAUNCH_NOTES_H

#include "launch/plan.h"

/* Adds the notes and warnings of a plan whose runs are made. Reads the image
 * only behind measured sections whose memory is larger than their data. */
enum mrtd_code notes_add(struct mrtd_plan *plan, struct mrtd_error *error);

#endif
