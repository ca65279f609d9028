/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a launch that SEV-SNP, SEV-ES and SEV have in common. */
#ifndef LAUNCH_SNP_PARTS_H
#define LAUNCH_SNP_PARTS_H

#include "launch/snp/rules.h"

/* Refuses an image of a format that the VMM does not launch. */
enum mrtd_code parts_check_format(const struct mrtd_plan *plan,
                                  struct mrtd_error *error);

/* The firmware's first GPA: VMMs place it so that it ends at 4 GiB. */
uint64_t parts_firmware_gpa(const struct mrtd_image *image);

/* Refuses a kernel for a firmware that does not check its hash, and an initrd
 * or a command line without a kernel. */
enum mrtd_code parts_check_kernel(const struct mrtd_plan *plan,
                                  struct mrtd_error *error);

/* Refuses a firmware that has no place for the hashes of a kernel. */
enum mrtd_code parts_check_hash_table(const struct mrtd_sev_info *info,
                                      struct mrtd_error *error);

/* Adds zero bytes to what the plan makes: *bytes points to them, and *offset is
 * where they are. */
enum mrtd_code parts_make(struct mrtd_plan *plan, size_t size, uint8_t **bytes,
                          uint64_t *offset, struct mrtd_error *error);

/* Adds the VMSAs, a run each, of this shape. */
enum mrtd_code parts_add_vmsas(struct mrtd_plan *plan,
                               const struct mrtd_run *shape,
                               struct mrtd_error *error);

#endif
