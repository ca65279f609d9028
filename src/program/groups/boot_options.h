/* SPDX-License-Identifier: Apache-2.0 */
/* Options about what a TD measures after its launch, of a kernel that OVMF or
 * td-shim starts. */
#ifndef GROUPS_BOOT_OPTIONS_H
#define GROUPS_BOOT_OPTIONS_H

#include "groups/launching.h"

/* For struct launching. */
extern const struct option_table boot_options;
extern const struct option_table boot_documents; /* without --td-hob */
extern const struct option_table boot_rules;     /* without --register */

/* The first option of a boot that was given, but for --register; or NULL. */
const char *boot_options_given(const struct launching *launching);

/* Of a TD: are they, and the option of a kernel that was given, or NULL, of
 * use? Not where the MRTD alone is asked for. */
bool boot_options_fit(const struct launching *launching, const char *kernel);

/*
 * For a command that finds out the platform: a kernel is of that whose evidence
 * there is. has_registers: evidence of a TD is given, and not --platform of
 * another. Where it is not, the platform becomes SEV-SNP; unless nothing of it
 * is given either, as may_be_snp says.
 */
bool boot_options_decide(struct launching *launching, bool has_registers,
                         bool may_be_snp);

/* Where documents are of MRTDs: is that asked for, with what else is? */
bool boot_options_with_mrtd(const struct launching *launching);

/* Of a TD: do they fit each other? What registers need depends on the image:
 * boot_make(). */
bool boot_options_check(const struct launching *launching);

#endif
