/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions by a GPT or a master boot record [UEFI]. */
#include "image/disk.h"

#include <inttypes.h>
#include <string.h>

#include "base/checked.h"
#include "base/crc32.h"
#include "base/error.h"
#include "base/source.h"

/* The largest logical block that disks have, and a header's largest size. */
#define MAX_SECTOR 4096
#define MBR_SECTOR 512

enum {
    MBR_PARTITION_RECORD = 446,
    MBR_SIGNATURE = 510,
    /* In a partition record of 16 bytes: */
    MBR_OS_TYPE = 4,
    MBR_STARTING_LBA = 8,
    MBR_SIZE_IN_LBA = 12,
    MBR_RECORD_SIZE = 16,
    MBR_RECORDS = 4,
};
/* OSType of a record that protects a GPT, and of those with a chain of logical
 * partitions. */
#define GPT_PROTECTIVE    0xee
#define IS_EXTENDED(type) ((type) == 0x05 || (type) == 0x0f || (type) == 0x85)

/* No disk has a table of more bytes: those of 128 entries are 16
 * KiB, of which firmware wants as many at least. */
#define GPT_MAX_ARRAY ((uint64_t)1 << 20)

/* A table that is being read. */
struct table {
    const struct mrtd_source *source;
    uint64_t start; /* of the disk, in the source */
    struct mrtd_error *error;
    uint32_t sector;
    uint64_t entries; /* where they are, in the source */
    uint32_t count;
    uint32_t entry_size;
    uint8_t buffer[MAX_SECTOR];
};

/* Are the bytes at an offset of the disk inside of it? */
static bool is_inside(const struct table *t, uint64_t offset, uint64_t size)
{
    const uint64_t there = t->source->size - t->start;
    return offset <= there && size <= there - offset;
}

/* Reads bytes of the disk, no more than the table's buffer has room for; they
 * hold until the next call. */
static enum mrtd_code view(struct table *t, uint64_t offset, size_t size,
                           struct span *out)
{
    return source_view(t->source, t->start + offset, size, t->buffer, out,
                       t->error);
}

/* --- GPT --------------------------------------------------------------- */

/* Checks the CRC-32 of the array, which is read sector by sector. */
static enum mrtd_code check_array(struct table *t, uint64_t offset,
                                  uint64_t size, uint32_t wanted)
{
    uint32_t crc = UINT32_MAX;
    struct span part;
    enum mrtd_code code = MRTD_OK;
    for (uint64_t at = 0; !code && at < size; at += MAX_SECTOR) {
        const uint64_t left = size - at;
        code = view(t, offset + at,
                    left < MAX_SECTOR ? (size_t)left : MAX_SECTOR, &part);
        if (!code) {
            crc = crc32_add(crc, part);
        }
    }
    return code || ~crc == wanted
               ? code
               : error_set(t->error, MRTD_ERR_DISK_TABLE, t->entries,
                           "GPT: the checksum of the partition entries is "
                           "0x%08" PRIx32 ", but their CRC-32 is 0x%08" PRIx32
                           "; the image is damaged or was changed",
                           wanted, ~crc);
}

static enum mrtd_code check_header_crc(const struct table *t,
                                       struct span header, uint64_t at)
{
    static const uint8_t zeros[4] = {0};
    uint32_t wanted = 0;
    struct span part = header;
    uint32_t crc = UINT32_MAX;
    span_u32(header, GPT_HEADER_CRC32, &wanted);
    span_part(header, 0, GPT_HEADER_CRC32, &part);
    crc = crc32_add(crc, part);
    crc = crc32_add(crc, span_make(zeros, sizeof zeros, 0));
    span_part(header, GPT_HEADER_CRC32 + sizeof zeros,
              header.size - GPT_HEADER_CRC32 - sizeof zeros, &part);
    crc = ~crc32_add(crc, part);
    return crc == wanted
               ? MRTD_OK
               : error_set(t->error, MRTD_ERR_DISK_TABLE, at + GPT_HEADER_CRC32,
                           "GPT: HeaderCRC32 is 0x%08" PRIx32
                           ", but the header's CRC-32 is 0x%08" PRIx32
                           "; the image is damaged or was changed",
                           wanted, crc);
}

/* What Linux (block/partitions/efi.c, is_gpt_valid) wants of a header. */
static enum mrtd_code check_places(const struct table *t, struct span header,
                                   uint64_t at)
{
    const uint64_t last = (t->source->size - t->start) / t->sector - 1;
    uint64_t own = 0;
    uint64_t first_usable = 0;
    uint64_t last_usable = 0;
    span_u64(header, GPT_MY_LBA, &own);
    span_u64(header, GPT_FIRST_USABLE_LBA, &first_usable);
    span_u64(header, GPT_LAST_USABLE_LBA, &last_usable);
    if (own != 1) {
        return error_set(t->error, MRTD_ERR_DISK_TABLE, at + GPT_MY_LBA,
                         "GPT: MyLBA is %" PRIu64 ", and the header is at 1",
                         own);
    }
    if (first_usable > last_usable || last_usable > last) {
        return error_set(t->error, MRTD_ERR_DISK_TABLE,
                         at + GPT_FIRST_USABLE_LBA,
                         "GPT: the usable blocks from %" PRIu64 " to %" PRIu64
                         " are not blocks of the disk, whose last is %" PRIu64,
                         first_usable, last_usable, last);
    }
    return MRTD_OK;
}

/* Takes what the header says of the array of entries. */
static enum mrtd_code take_array(struct table *t, struct span header,
                                 uint64_t at)
{
    uint64_t lba = 0;
    uint64_t offset = 0;
    uint32_t crc = 0;
    span_u64(header, GPT_PARTITION_ENTRY_LBA, &lba);
    span_u32(header, GPT_NUMBER_OF_ENTRIES, &t->count);
    span_u32(header, GPT_SIZE_OF_ENTRY, &t->entry_size);
    span_u32(header, GPT_ENTRY_ARRAY_CRC32, &crc);
    if (t->entry_size != GPT_ENTRY) {
        return error_set(t->error, MRTD_ERR_DISK_TABLE, at + GPT_SIZE_OF_ENTRY,
                         "GPT: SizeOfPartitionEntry is %" PRIu32
                         ", and Linux takes %d alone",
                         t->entry_size, GPT_ENTRY);
    }
    const uint64_t size = (uint64_t)t->count * t->entry_size;
    if (size > GPT_MAX_ARRAY || !checked_mul(lba, t->sector, &offset) ||
        !is_inside(t, offset, size)) {
        return error_set(
            t->error, MRTD_ERR_DISK_TABLE, at + GPT_PARTITION_ENTRY_LBA,
            "GPT: %" PRIu32 " entries of %" PRIu32 " bytes at block %" PRIu64
            " are more than 1 MiB, or not inside the disk",
            t->count, t->entry_size, lba);
    }
    t->entries = t->start + offset;
    return check_array(t, offset, size, crc);
}

/* Is a GPT's header after one logical block of that size? */
static enum mrtd_code is_header(struct table *t, uint32_t sector, bool *is)
{
    static const uint8_t signature[8] = "EFI PART";
    struct span header;
    *is = false;
    if (!is_inside(t, sector, sector)) {
        return MRTD_OK;
    }
    const enum mrtd_code code = view(t, sector, sector, &header);
    if (!code) {
        *is = span_equals(header, GPT_SIGNATURE, signature, sizeof signature);
    }
    return code;
}

/* What size logical blocks have is known to the guest alone: the header is in
 * the second of them. */
static enum mrtd_code find_sector(struct table *t)
{
    bool is_small = false;
    bool is_large = false;
    enum mrtd_code code = is_header(t, MBR_SECTOR, &is_small);
    if (!code) {
        code = is_header(t, MAX_SECTOR, &is_large);
    }
    if (code) {
        return code;
    }
    t->sector = is_small ? MBR_SECTOR : MAX_SECTOR;
    if (is_small && is_large) {
        return error_set(
            t->error, MRTD_ERR_DISK_TABLE, t->start + MAX_SECTOR,
            "GPT: a second header, for logical blocks of %d bytes: "
            "the guest may take this or the one for %d",
            MAX_SECTOR, MBR_SECTOR);
    }
    return is_small || is_large
               ? MRTD_OK
               : error_set(t->error, MRTD_ERR_DISK_TABLE, t->start,
                           "the master boot record says that there is a GPT, "
                           "and its header is not after it");
}

static enum mrtd_code find_gpt(struct table *t)
{
    struct span header;
    uint32_t size = 0;
    enum mrtd_code code = find_sector(t);
    if (!code) {
        code = view(t, t->sector, t->sector, &header);
    }
    if (code) {
        return code;
    }
    const uint64_t at = t->start + t->sector;
    span_u32(header, GPT_HEADER_SIZE, &size);
    if (size < GPT_MIN_HEADER || !span_part(header, 0, size, &header)) {
        return error_set(t->error, MRTD_ERR_DISK_TABLE, at + GPT_HEADER_SIZE,
                         "GPT: HeaderSize %" PRIu32
                         " is not from %d to the %" PRIu32
                         " bytes of a logical block",
                         size, GPT_MIN_HEADER, t->sector);
    }
    code = check_header_crc(t, header, at);
    if (!code) {
        code = check_places(t, header, at);
    }
    return code ? code : take_array(t, header, at);
}

static enum mrtd_code find_entry(struct table *t, uint32_t number,
                                 struct mrtd_partition *p)
{
    struct span entry;
    uint64_t first = 0;
    uint64_t last = 0;
    if (number == 0 || number > t->count) {
        return error_set(t->error, MRTD_ERR_DISK_PARTITION, t->entries,
                         "there is no partition %" PRIu32
                         ": the GPT has %" PRIu32 " entries",
                         number, t->count);
    }
    const uint64_t at = t->entries + (uint64_t)(number - 1) * t->entry_size;
    const enum mrtd_code code = view(t, at - t->start, t->entry_size, &entry);
    if (code) {
        return code;
    }
    span_copy(entry, GPT_TYPE_GUID, sizeof p->type, p->type);
    span_copy(entry, GPT_UNIQUE_GUID, sizeof p->guid, p->guid);
    span_u64(entry, GPT_STARTING_LBA, &first);
    span_u64(entry, GPT_ENDING_LBA, &last);
    if (span_is_zero(span_make(p->type, sizeof p->type, 0))) {
        return error_set(t->error, MRTD_ERR_DISK_PARTITION, at,
                         "there is no partition %" PRIu32
                         ": its entry in the GPT is empty",
                         number);
    }
    p->is_gpt = 1;
    uint64_t blocks = 0;
    if (last < first || !checked_add(last - first, 1, &blocks) ||
        !checked_mul(first, t->sector, &p->offset) ||
        !checked_mul(blocks, t->sector, &p->size) ||
        !is_inside(t, p->offset, p->size)) {
        return error_set(t->error, MRTD_ERR_DISK_PARTITION, at,
                         "partition %" PRIu32 ": the blocks from %" PRIu64
                         " to %" PRIu64 " of %" PRIu32
                         " bytes are not those of a disk of %" PRIu64 " bytes",
                         number, first, last, t->sector,
                         t->source->size - t->start);
    }
    return MRTD_OK;
}

/* --- Master boot record ------------------------------------------------ */

static enum mrtd_code find_record(struct table *t, uint32_t number,
                                  struct mrtd_partition *p)
{
    struct span record;
    uint8_t type = 0;
    uint32_t first = 0;
    uint32_t count = 0;
    if (number == 0 || number > MBR_RECORDS) {
        return error_set(t->error, MRTD_ERR_DISK_PARTITION, t->start,
                         "there is no partition %" PRIu32
                         ": a master boot record has %d, and logical ones are "
                         "not read",
                         number, MBR_RECORDS);
    }
    const uint64_t at =
        MBR_PARTITION_RECORD + (uint64_t)(number - 1) * MBR_RECORD_SIZE;
    const enum mrtd_code code = view(t, at, MBR_RECORD_SIZE, &record);
    if (code) {
        return code;
    }
    span_u8(record, MBR_OS_TYPE, &type);
    span_u32(record, MBR_STARTING_LBA, &first);
    span_u32(record, MBR_SIZE_IN_LBA, &count);
    if (type == 0 || count == 0 || IS_EXTENDED(type)) {
        return error_set(t->error, MRTD_ERR_DISK_PARTITION, t->start + at,
                         "there is no partition %" PRIu32 ": its record is %s",
                         number,
                         IS_EXTENDED(type) ? "an extended one" : "empty");
    }
    p->type[0] = type;
    p->offset = (uint64_t)first * MBR_SECTOR;
    p->size = (uint64_t)count * MBR_SECTOR;
    if (!is_inside(t, p->offset, p->size)) {
        return error_set(
            t->error, MRTD_ERR_DISK_PARTITION, t->start + at,
            "partition %" PRIu32 " is %" PRIu64 " bytes from 0x%" PRIx64
            " of the disk on, which has %" PRIu64 " bytes",
            number, p->size, p->offset, t->source->size - t->start);
    }
    return MRTD_OK;
}

/* Linux (block/partitions/efi.c) takes a GPT only where a master boot record
 * protects it: an old header may have stayed before another table. */
static enum mrtd_code check_record(struct table *t, bool *protects)
{
    static const uint8_t signature[2] = {0x55, 0xaa};
    struct span mbr;
    uint8_t type = 0;
    uint32_t first = 0;
    if (!is_inside(t, 0, MBR_SECTOR)) {
        return error_set(t->error, MRTD_ERR_DISK_TABLE, t->start,
                         "no partition table: the disk has %" PRIu64 " bytes",
                         t->source->size - t->start);
    }
    const enum mrtd_code code = view(t, 0, MBR_SECTOR, &mbr);
    if (code) {
        return code;
    }
    if (!span_equals(mbr, MBR_SIGNATURE, signature, sizeof signature)) {
        return error_set(t->error, MRTD_ERR_DISK_TABLE,
                         t->start + MBR_SIGNATURE,
                         "no partition table: not the 55 AA with which a "
                         "master boot record ends");
    }
    *protects = false;
    for (unsigned i = 0; i < MBR_RECORDS; i++) {
        const uint64_t at = MBR_PARTITION_RECORD + MBR_RECORD_SIZE * i;
        span_u8(mbr, at + MBR_OS_TYPE, &type);
        span_u32(mbr, at + MBR_STARTING_LBA, &first);
        if (type == GPT_PROTECTIVE && first != 1) {
            return error_set(t->error, MRTD_ERR_DISK_TABLE,
                             t->start + at + MBR_STARTING_LBA,
                             "the record that protects a GPT begins at block "
                             "%" PRIu32 ", and not at 1: Linux takes neither "
                             "table",
                             first);
        }
        *protects |= type == GPT_PROTECTIVE;
    }
    return MRTD_OK;
}

enum mrtd_code mrtd_disk_partition(struct mrtd_partition *partition,
                                   const struct mrtd_source *source,
                                   uint64_t offset, uint32_t number,
                                   struct mrtd_error *error)
{
    struct table t = {.source = source, .start = offset, .error = error};
    struct mrtd_partition p = {.number = number};
    bool has_gpt = false;
    if (!partition || !source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for the partition, or a source that has "
                         "neither data nor a read function");
    }
    if (offset > source->size) {
        return error_set(error, MRTD_ERR_DISK_TABLE, offset,
                         "no partition table: the image has %" PRIu64 " bytes",
                         source->size);
    }
    enum mrtd_code code = check_record(&t, &has_gpt);
    if (!code && has_gpt) {
        code = find_gpt(&t);
    }
    if (!code) {
        code =
            has_gpt ? find_entry(&t, number, &p) : find_record(&t, number, &p);
    }
    if (!code) {
        p.offset += offset;
        *partition = p;
    }
    return code;
}

enum mrtd_code disk_gpt_find(struct disk_gpt *gpt,
                             const struct mrtd_source *source,
                             struct mrtd_error *error)
{
    struct table t = {.source = source, .error = error};
    bool has_gpt = false;
    enum mrtd_code code = check_record(&t, &has_gpt);
    if (!code && !has_gpt) {
        code = error_set(error, MRTD_ERR_DISK_TABLE, 0,
                         "no GPT: the master boot record has none of type "
                         "0xee, which protects one");
    }
    if (!code) {
        code = find_gpt(&t);
    }
    if (!code) {
        *gpt = (struct disk_gpt){t.sector, t.entries, t.count};
    }
    return code;
}
