/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCH_TDX_IGVM_H
#define LAUNCH_TDX_IGVM_H

#include "base/findings.h"
#include "image/image.h"

/* Refuses an IGVM file that no TD can be launched from, and adds to findings
 * what is worth a warning of one that can. */
enum mrtd_code tdx_igvm_check(const struct mrtd_image *image,
                              struct findings *findings,
                              struct mrtd_error *error);

#endif
