/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/ffs.h"

/* EFI_FIRMWARE_VOLUME_HEADER, [PI3] 3.2.1.1. */
#define FV_FILE_SYSTEM    16
#define FV_LENGTH         32
#define FV_SIGNATURE      40
#define FV_ATTRIBUTES     44
#define FV_HEADER_LENGTH  48
#define FV_EXT_HEADER     52
#define FV_SMALLEST       64  /* with the end of an empty block map */
#define FV_LARGEST        256 /* struct ffs_sums has no more */
#define FV_SIGNED         UINT32_C(0x4856465f) /* "_FVH" */
#define FV_ERASE_POLARITY UINT32_C(0x800)
/* EFI_FIRMWARE_VOLUME_EXT_HEADER, [PI3] 3.2.1.1. */
#define FV_EXT_SIZE 16

/* EFI_FFS_FILE_HEADER and EFI_FFS_FILE_HEADER2, [PI3] 3.2.3.1. */
#define FILE_TYPE          18
#define FILE_ATTRIBUTES    19
#define FILE_SIZE          20
#define FILE_EXTENDED_SIZE 24
#define FILE_HEADER        24
#define FILE_HEADER_LARGE  32
#define FILE_IS_LARGE      0x01 /* FFS_ATTRIB_LARGE_FILE */

/* EFI_COMMON_SECTION_HEADER and its second form, [PI3] 3.2.4. */
#define SECTION_TYPE          3
#define SECTION_EXTENDED_SIZE 4
#define SECTION_HEADER        4
#define SECTION_HEADER_LARGE  8

/* A size of three bytes that says: see the extended size. */
#define SIZE_EXTENDED UINT32_C(0xffffff)

/* [PI3] 3.2.2. */
static const struct guid ffs2 = {
    GUID(0x8c8ce578, 0x8a3d, 0x4f1c, 0x9935, 0x896185c32dd3)};
/* [PI3] 3.2.2. */
static const struct guid ffs3 = {
    GUID(0x5473c07a, 0x3dcb, 0x4dca, 0xbd6f, 0x1e9689e7349a)};

uint64_t ffs_align(uint64_t at, uint64_t alignment)
{
    return (at + (alignment - 1)) & ~(alignment - 1);
}

/* The running sum of the words before the offset. */
static uint16_t *sum_before(struct ffs_sums *sums, uint64_t offset)
{
    return &sums->before[offset / 2 % 256];
}

/* The 16-bit sum of a volume's header is 0. */
static bool sum_is_zero(struct span bytes, uint64_t at, uint16_t size,
                        struct ffs_sums *sums)
{
    if (at > sums->end) {
        sums->end = at;
        *sum_before(sums, at) = 0;
    }
    for (; sums->end < at + size; sums->end += 2) {
        uint16_t word = 0;
        span_u16(bytes, sums->end, &word);
        *sum_before(sums, sums->end + 2) =
            (uint16_t)(*sum_before(sums, sums->end) + word);
    }
    return *sum_before(sums, at + size) == *sum_before(sums, at);
}

/* The files are after the header, or after the extended header. */
static bool read_names(struct span bytes, struct ffs_volume *volume)
{
    struct guid system;
    uint16_t header = 0;
    uint16_t ext = 0;
    uint32_t size = 0;
    span_guid(bytes, FV_FILE_SYSTEM, &system);
    span_u16(bytes, FV_HEADER_LENGTH, &header);
    span_u16(bytes, FV_EXT_HEADER, &ext);
    volume->name = system;
    volume->files = header;
    if (ext != 0) {
        if (!span_guid(bytes, ext, &volume->name) ||
            !span_u32(bytes, (uint64_t)ext + FV_EXT_SIZE, &size)) {
            return false;
        }
        volume->files = (uint64_t)ext + size;
    }
    volume->files = ffs_align(volume->files, FFS_FILE_ALIGNMENT);
    volume->large_header = guid_equal(&system, &ffs3);
    if (!volume->large_header && !guid_equal(&system, &ffs2)) {
        volume->files = volume->size;
    }
    return volume->files <= volume->size;
}

static enum ffs_result read_volume(struct span bytes, uint64_t at,
                                   struct ffs_sums *sums,
                                   struct ffs_volume *volume)
{
    struct span own;
    uint32_t attributes = 0;
    uint16_t header = 0;
    if (!span_u64(bytes, at + FV_LENGTH, &volume->size) ||
        !span_u32(bytes, at + FV_ATTRIBUTES, &attributes) ||
        !span_u16(bytes, at + FV_HEADER_LENGTH, &header) ||
        header < FV_SMALLEST || header > FV_LARGEST || header % 2 ||
        volume->size < header || !span_part(bytes, at, volume->size, &own) ||
        !sum_is_zero(bytes, at, header, sums)) {
        return FFS_BAD;
    }
    volume->erased = (attributes & FV_ERASE_POLARITY) ? 0xff : 0;
    return read_names(own, volume) ? FFS_FOUND : FFS_BAD;
}

enum ffs_result ffs_find_volume(struct span bytes, uint64_t *at,
                                struct ffs_sums *sums,
                                struct ffs_volume *volume)
{
    uint32_t signature = 0;
    while (span_u32(bytes, *at + FV_SIGNATURE, &signature)) {
        if (signature == FV_SIGNED) {
            return read_volume(bytes, *at, sums, volume);
        }
        *at += FFS_FILE_ALIGNMENT;
    }
    return FFS_END;
}

static bool is_free(struct span bytes, uint64_t at, uint64_t len, uint8_t value)
{
    uint8_t byte = value;
    for (uint64_t i = 0; i < len && byte == value; i++) {
        span_u8(bytes, at + i, &byte);
    }
    return byte == value;
}

static uint32_t size_of_three_bytes(struct span bytes, uint64_t at)
{
    uint16_t low = 0;
    uint8_t high = 0;
    span_u16(bytes, at, &low);
    span_u8(bytes, at + 2, &high);
    return (uint32_t)high << 16 | low;
}

enum ffs_result ffs_read_file(struct span bytes,
                              const struct ffs_volume *volume, uint64_t at,
                              struct ffs_file *file)
{
    uint8_t attributes = 0;
    if (!span_has(bytes, at, FILE_HEADER) ||
        is_free(bytes, at, FILE_HEADER, volume->erased)) {
        return FFS_END;
    }
    span_guid(bytes, at, &file->name);
    span_u8(bytes, at + FILE_TYPE, &file->type);
    span_u8(bytes, at + FILE_ATTRIBUTES, &attributes);
    file->header = FILE_HEADER;
    file->size = size_of_three_bytes(bytes, at + FILE_SIZE);
    if (volume->large_header && attributes & FILE_IS_LARGE) {
        file->header = FILE_HEADER_LARGE;
        if (!span_u64(bytes, at + FILE_EXTENDED_SIZE, &file->size)) {
            return FFS_BAD;
        }
    }
    return file->size >= file->header && span_has(bytes, at, file->size)
               ? FFS_FOUND
               : FFS_BAD;
}

enum ffs_result ffs_read_section(struct span bytes, uint64_t at,
                                 struct ffs_section *section)
{
    uint32_t large = 0;
    if (!span_has(bytes, at, SECTION_HEADER)) {
        return FFS_END;
    }
    span_u8(bytes, at + SECTION_TYPE, &section->type);
    section->header = SECTION_HEADER;
    section->size = size_of_three_bytes(bytes, at);
    if (section->size == SIZE_EXTENDED) {
        section->header = SECTION_HEADER_LARGE;
        if (!span_u32(bytes, at + SECTION_EXTENDED_SIZE, &large)) {
            return FFS_BAD;
        }
        section->size = large;
    }
    return section->size >= section->header &&
                   span_has(bytes, at, section->size)
               ? FFS_FOUND
               : FFS_BAD;
}
