/* SPDX-License-Identifier: Apache-2.0 */
/* The GPT of a disk [UEFI]. */
#ifndef IMAGE_DISK_H
#define IMAGE_DISK_H

#include <stdint.h>

#include "mrtd.h"

enum {
    GPT_SIGNATURE = 0,
    GPT_REVISION = 8,
    GPT_HEADER_SIZE = 12,
    GPT_HEADER_CRC32 = 16,
    GPT_MY_LBA = 24,
    GPT_FIRST_USABLE_LBA = 40,
    GPT_LAST_USABLE_LBA = 48,
    GPT_PARTITION_ENTRY_LBA = 72,
    GPT_NUMBER_OF_ENTRIES = 80,
    GPT_SIZE_OF_ENTRY = 84,
    GPT_ENTRY_ARRAY_CRC32 = 88,
    GPT_MIN_HEADER = 92,
    /* In an entry: */
    GPT_TYPE_GUID = 0,
    GPT_UNIQUE_GUID = 16,
    GPT_STARTING_LBA = 32,
    GPT_ENDING_LBA = 40,
    GPT_ENTRY = 128,
};

/* Places in the source. */
struct disk_gpt {
    uint64_t header;
    uint64_t entries; /* of GPT_ENTRY bytes */
    uint32_t count;   /* of all entries, also unused ones */
};

/* Finds the GPT after the master boot record, as Linux takes it: its places are
 * inside of the source, and the checksums right. */
enum mrtd_code disk_gpt_find(struct disk_gpt *gpt,
                             const struct mrtd_source *source,
                             struct mrtd_error *error);

#endif
