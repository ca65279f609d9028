/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of RTMR0 of OVMF: what is measured of an image, and of files of
 * QEMU. */
#ifndef EVENTS_OVMF_H
#define EVENTS_OVMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

/* --- Of the image --------------------------------------------------------- */

/* The digest of the TD HOB that QEMU makes for a guest with that RAM [QEMU]:
 * the list without its end, which OVMF leaves out [EDK2]. */
enum mrtd_code ovmf_td_hob(struct mrtd_digest *digest,
                           const struct mrtd_image *image, uint64_t ram,
                           struct mrtd_error *error);

/* The digest of the CFV's data, and whether it is a variable store in which no
 * variable is. */
enum mrtd_code ovmf_cfv(struct mrtd_digest *digest, bool *is_empty_store,
                        const struct mrtd_image *image,
                        struct mrtd_error *error);

/* --- Of files ------------------------------------------------------------- */

/* In which order the loader has the firmware fetch the blobs of ACPI. */
enum mrtd_code ovmf_loader(enum mrtd_ovmf_file order[2],
                           const struct mrtd_source *loader,
                           struct mrtd_error *error);

/* Can it be that blob of ACPI, which is not the loader? */
enum mrtd_code ovmf_check_acpi(enum mrtd_ovmf_file file,
                               const struct mrtd_source *blob,
                               struct mrtd_error *error);

/* Has the item of fw_cfg a size with which OVMF measures it? */
enum mrtd_code ovmf_check_item(uint32_t file, const struct mrtd_source *item,
                               struct mrtd_error *error);

/* smbios.c: the digest of a table, without what edk2 leaves out of it. */
enum mrtd_code smbios_digest(struct mrtd_digest *digest,
                             const struct mrtd_source *table,
                             struct mrtd_error *error);

#endif
