/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a caller asks for: struct mrtd_launch. */
#ifndef LAUNCH_LAUNCH_H
#define LAUNCH_LAUNCH_H

#include "mrtd.h"

/* Copies the request to *launch, of this version's size and with a vmm; from
 * may be NULL for all defaults. */
enum mrtd_code launch_read(struct mrtd_launch *launch,
                           const struct mrtd_launch *from,
                           struct mrtd_error *error);

#endif
