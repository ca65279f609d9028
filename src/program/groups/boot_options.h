/* SPDX-License-Identifier: Apache-2.0 */
/* Options about what a TD measures after its launch, of a kernel that QEMU
 * gives to OVMF. */
#ifndef GROUPS_BOOT_OPTIONS_H
#define GROUPS_BOOT_OPTIONS_H

#include "groups/launching.h"

/* For struct launching. */
extern const struct option_table boot_options;

/* The first option of a boot that was given, but for --register; or NULL. */
const char *boot_options_given(const struct launching *launching);

/* Of a TD: are they, and the option of a kernel that was given, or NULL, of
 * use? Not where the MRTD alone is asked for. */
bool boot_options_fit(const struct launching *launching, const char *kernel);

/* Where documents are of MRTDs: is that asked for, with what else is? */
bool boot_options_with_mrtd(const struct launching *launching);

/* Of a TD: is what the registers need given, and nothing else? */
bool boot_options_check(const struct launching *launching);

#endif
