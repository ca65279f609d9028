/* SPDX-License-Identifier: Apache-2.0 */
/* What SEV-SNP asks of the sections of SEV metadata. */
#ifndef LAUNCH_SNP_SECTIONS_H
#define LAUNCH_SNP_SECTIONS_H

#include "base/findings.h"
#include "image/image.h"

/*
 * Refuses sections that no VMM can launch, or that VMMs and calculators
 * disagree about; of an image that was opened with MRTD_PERMISSIVE some of them
 * are warnings among the findings. firmware is the firmware's first GPA.
 */
enum mrtd_code snp_check_sections(const struct mrtd_image *image,
                                  uint64_t firmware, struct findings *findings,
                                  struct mrtd_error *error);

/* Makes findings, with the sections' indices, of all that is broken. */
enum mrtd_code snp_find_broken(const struct mrtd_image *image,
                               uint64_t firmware, struct findings *findings,
                               struct mrtd_error *error);

#endif
