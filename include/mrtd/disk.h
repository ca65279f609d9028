/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partitions of a disk image.
 *
 * Documents cited below:
 *   [UEFI]    UEFI Specification, version 2.10, 5.2.1 (legacy master boot
 *             record) and 5.3 (GUID Partition Table)
 */
#ifndef MRTD_DISK_H
#define MRTD_DISK_H

#include "mrtd/base.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Bytes of a GUID as a GPT has it. */
#define MRTD_DISK_GUID 16

struct mrtd_partition {
    uint32_t number;
    int is_gpt;      /* of a GPT; otherwise of a master boot record */
    uint64_t offset; /* in the source, in bytes */
    uint64_t size;   /* in bytes */
    uint8_t type[MRTD_DISK_GUID]; /* of a GPT; otherwise its first byte is
                                     OSType, and the others are 0 */
    uint8_t guid[MRTD_DISK_GUID]; /* UniquePartitionGUID of a GPT, or zeros */
};

/*
 * Finds the partition of that number, from 1, of the disk that begins at an
 * offset of the source: by its master boot record, of which the four primary
 * ones are read, or where that protects a GPT by it. The GPT is for logical
 * blocks of 512 or 4096 bytes, but there must not be one for each; its
 * checksums must be right; the backup at the end is not read. On failure
 * (MRTD_ERR_DISK_TABLE where there is no such table, or one that is malformed;
 * MRTD_ERR_DISK_PARTITION where there is no such partition, or it is not inside
 * the source) returns the error's code, fills *error, and leaves *partition as
 * it was.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_disk_partition(struct mrtd_partition *partition,
                    const struct mrtd_source *source, uint64_t offset,
                    uint32_t number, struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
