/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCH_TDX_RESET_CODE_H
#define LAUNCH_TDX_RESET_CODE_H

#include "base/findings.h"
#include "image/image.h"

/*
 * Adds a warning if the memory at the reset vector does not get the file's last
 * bytes, and one if the metadata is in no data that is measured. follows_file:
 * what follows a section's data in the file fills its memory, not zeros. The
 * data of all sections are inside the file.
 */
enum mrtd_code reset_code_check(const struct mrtd_image *image,
                                bool follows_file, struct findings *findings,
                                struct mrtd_error *error);

/* Does another part of the file than its last bytes get to the reset vector?
 * False if no section is there. */
bool reset_code_is_shifted(const struct mrtd_image *image);

#endif
