/* SPDX-License-Identifier: Apache-2.0 */
#include "image/sev/metadata.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/source.h"

#define HASH_TABLE_GUID "7255371f-3a3b-4b04-927b-1da6efa8d454"
#define SVSM_GUID       "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd"

static const uint8_t signature[4] = {'A', 'S', 'E', 'V'};

const char *mrtd_sev_section_type_name(uint32_t type)
{
    switch (type) {
    case MRTD_SEV_SNP_SEC_MEM:
        return "SNP_SEC_MEM";
    case MRTD_SEV_SNP_SECRETS:
        return "SNP_SECRETS";
    case MRTD_SEV_CPUID:
        return "CPUID";
    case MRTD_SEV_SVSM_CAA:
        return "SVSM_CAA";
    case MRTD_SEV_SNP_KERNEL_HASHES:
        return "SNP_KERNEL_HASHES";
    default:
        return NULL;
    }
}

/* --- Entries of the GUIDed table --------------------------------------- */

/*
 * Reads the data of the entry of this GUID, which has size bytes: *offset is
 * where they are, MRTD_NO_OFFSET if there is no such entry.
 */
static enum mrtd_code read_entry(const struct mrtd_image *image,
                                 const char *guid, const char *name,
                                 size_t size, uint8_t *buffer,
                                 struct span *data, uint64_t *offset,
                                 struct mrtd_error *error)
{
    const struct guid_table *table = &image->table;
    const uint32_t index = guid_table_find(table, guid, 0);
    *offset = MRTD_NO_OFFSET;
    if (index >= table->count) {
        return MRTD_OK;
    }
    const struct mrtd_guid_entry *entry = &table->entries[index];
    const uint32_t second = guid_table_find(table, guid, index + 1);
    if (second < table->count) {
        return error_set(error, MRTD_ERR_SEV_ENTRY,
                         table->entries[second].offset,
                         "GUIDed table: the %s entry is there twice; VMMs "
                         "take the one nearest the end of the file, "
                         "calculators the other",
                         name);
    }
    if (entry->size != size) {
        return error_set(error, MRTD_ERR_SEV_ENTRY, entry->offset + entry->size,
                         "GUIDed table: the %s entry's length %d is not %zu",
                         name, entry->size + GUID_ENTRY_OVERHEAD,
                         size + GUID_ENTRY_OVERHEAD);
    }
    *offset = entry->offset;
    return source_view(&image->source, entry->offset, size, buffer, data,
                       error);
}

/* Entries that are one or two numbers. */
static enum mrtd_code read_numbers(const struct mrtd_image *image,
                                   struct mrtd_sev_info *info,
                                   struct mrtd_error *error)
{
    const struct {
        const char *guid;
        const char *name;
        uint64_t *offset;
        uint32_t *first;
        uint32_t *second; /* NULL: there is none */
    } entries[] = {
        {SEV_RESET_GUID, "SEV-ES reset block", &info->reset_offset,
         &info->reset_address, NULL},
        {HASH_TABLE_GUID, "SEV hash table", &info->hash_table_offset,
         &info->hash_table_gpa, &info->hash_table_size},
        {SVSM_GUID, "SVSM info", &info->svsm_offset, &info->svsm_entry, NULL},
    };
    enum mrtd_code code = MRTD_OK;
    for (size_t i = 0; !code && i < sizeof entries / sizeof *entries; i++) {
        const size_t size = entries[i].second ? 8 : 4;
        uint8_t buffer[8];
        struct span data = span_make(NULL, 0, 0);
        code = read_entry(image, entries[i].guid, entries[i].name, size, buffer,
                          &data, entries[i].offset, error);
        span_u32(data, 0, entries[i].first);
        if (entries[i].second) {
            span_u32(data, 4, entries[i].second);
        }
    }
    return code;
}

/* --- The metadata ------------------------------------------------------ */

/*@ requires readable(d) && d.size >= SEV_DESCRIPTOR_SIZE;
    requires d.base <= size;
    requires \valid(count) && (error == \null || \valid(error));
    requires \separated(count, error, d.data + (0 .. d.size - 1));
    assigns *count, *error;
    ensures \result == MRTD_OK ==> *count <= MRTD_MAX_SEV_SECTIONS;
    ensures \result == MRTD_OK ==> d.base + SEV_DESCRIPTOR_SIZE +
      *count * SEV_SECTION_SIZE <= size;
@*/
/* Checks the descriptor; its length counts the sections, too. */
static enum mrtd_code check_descriptor(struct span d, uint64_t size,
                                       uint32_t *count,
                                       struct mrtd_error *error)
{
    uint32_t length = 0;
    uint32_t version = 0;
    if (!span_equals(d, SEV_SIGNATURE, signature, sizeof signature)) {
        return error_set(error, MRTD_ERR_SEV_METADATA, d.base,
                         "SEV metadata: the signature is not \"ASEV\"");
    }
    span_u32(d, SEV_LENGTH, &length);
    span_u32(d, SEV_VERSION, &version);
    span_u32(d, SEV_NUMBER_OF_SECTIONS, count);
    if (version != 1) {
        return error_set(error, MRTD_ERR_SEV_METADATA, d.base + SEV_VERSION,
                         "SEV metadata: Version %" PRIu32 " is not 1", version);
    }
    if (*count > MRTD_MAX_SEV_SECTIONS) {
        return error_set(error, MRTD_ERR_SEV_METADATA,
                         d.base + SEV_NUMBER_OF_SECTIONS,
                         "SEV metadata: %" PRIu32 " sections are more than %d",
                         *count, MRTD_MAX_SEV_SECTIONS);
    }
    const uint64_t least =
        SEV_DESCRIPTOR_SIZE + (uint64_t)*count * SEV_SECTION_SIZE;
    if (length < least) {
        return error_set(error, MRTD_ERR_SEV_METADATA, d.base + SEV_LENGTH,
                         "SEV metadata: Length %" PRIu32
                         " is less than the %" PRIu64 " of %" PRIu32
                         " sections",
                         length, least, *count);
    }
    if (length > size - d.base) {
        return error_set(error, MRTD_ERR_SEV_METADATA, d.base + SEV_LENGTH,
                         "SEV metadata: its %" PRIu32
                         " bytes reach past the end of the file",
                         length);
    }
    return MRTD_OK;
}

/* Finds the descriptor, and checks it; *count is 0 where there is none. */
static enum mrtd_code locate(const struct mrtd_image *image,
                             struct mrtd_sev_info *info, uint32_t *count,
                             struct mrtd_error *error)
{
    const uint64_t size = image->source.size;
    uint8_t buffer[SEV_DESCRIPTOR_SIZE];
    struct span data;
    uint64_t entry = 0;
    uint32_t from_end = 0;
    *count = 0;
    enum mrtd_code code = read_entry(image, SEV_METADATA_GUID, "SEV metadata",
                                     4, buffer, &data, &entry, error);
    if (code || entry == MRTD_NO_OFFSET) {
        return code;
    }
    span_u32(data, 0, &from_end);
    if (from_end < SEV_DESCRIPTOR_SIZE || from_end > size) {
        return error_set(error, MRTD_ERR_SEV_ENTRY, entry,
                         "GUIDed table: the SEV metadata would be 0x%" PRIx32
                         " bytes before the end of a file of 0x%" PRIx64,
                         from_end, size);
    }
    code = source_view(&image->source, size - from_end, sizeof buffer, buffer,
                       &data, error);
    if (!code) {
        code = check_descriptor(data, size, count, error);
    }
    if (!code) {
        info->metadata_offset = size - from_end;
    }
    return code;
}

/*@ requires readable(table) && inside(table, at, SEV_SECTION_SIZE);
    requires \valid(s) && \separated(s, table.data + (0 .. table.size - 1));
    assigns *s;
    ensures s->gpa == little32(table.data + at + SEV_BASE);
    ensures s->size == little32(table.data + at + SEV_SIZE);
    ensures s->type == little32(table.data + at + SEV_TYPE);
    ensures s->field == (uint64_t)(table.base + at);
@*/
static void decode_section(struct span table, uint64_t at,
                           struct mrtd_sev_section *s)
{
    span_u32(table, at + SEV_BASE, &s->gpa);
    span_u32(table, at + SEV_SIZE, &s->size);
    span_u32(table, at + SEV_TYPE, &s->type);
    s->field = table.base + at;
}

/*@ requires readable(table) && table.size == count * SEV_SECTION_SIZE;
    requires count <= MRTD_MAX_SEV_SECTIONS;
    requires \valid(sections + (0 .. count - 1));
    requires \separated(sections + (0 .. count - 1),
                        table.data + (0 .. table.size - 1));
    assigns sections[0 .. count - 1];
@*/
static void decode_table(struct span table, struct mrtd_sev_section *sections,
                         uint32_t count)
{
    /*@ loop invariant 0 <= i <= count;
        loop assigns i, sections[0 .. count - 1];
        loop variant count - i;
    @*/
    for (uint32_t i = 0; i < count; i++) {
        decode_section(table, (uint64_t)i * SEV_SECTION_SIZE, &sections[i]);
    }
}

static enum mrtd_code read_sections(const struct mrtd_image *image,
                                    struct sev *sev, uint32_t count,
                                    struct mrtd_error *error)
{
    const size_t size = (size_t)count * SEV_SECTION_SIZE;
    const uint64_t start = sev->info.metadata_offset + SEV_DESCRIPTOR_SIZE;
    uint8_t *buffer = malloc(size);
    struct span table;
    sev->sections = calloc(count, sizeof *sev->sections);
    if (!buffer || !sev->sections) {
        free(buffer);
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the SEV metadata");
    }
    enum mrtd_code code =
        source_view(&image->source, start, size, buffer, &table, error);
    if (!code) {
        decode_table(table, sev->sections, count);
        sev->info.section_count = count;
    }
    free(buffer);
    return code;
}

/* --- All of it --------------------------------------------------------- */

static enum mrtd_code read_all(const struct mrtd_image *image, struct sev *sev,
                               struct mrtd_error *error)
{
    const struct mrtd_error *broken = &image->table.broken;
    uint32_t count = 0;
    if (broken->code) {
        /* VMMs and calculators differ in what they find in such a table. */
        return error_set(error, broken->code, broken->offset, "%s",
                         broken->message);
    }
    enum mrtd_code code = read_numbers(image, &sev->info, error);
    if (!code) {
        code = locate(image, &sev->info, &count, error);
    }
    if (!code && count > 0) {
        code = read_sections(image, sev, count, error);
    }
    return code;
}

enum mrtd_code sev_decode(struct mrtd_image *image, struct mrtd_error *error)
{
    const struct guid_table *table = &image->table;
    if (!(image->flags & MRTD_WITHOUT_METADATA) &&
        guid_table_find(table, SEV_METADATA_GUID, 0) >= table->count &&
        guid_table_find(table, SEV_RESET_GUID, 0) >= table->count) {
        return error_set(error, MRTD_ERR_NOT_FOR_PLATFORM, MRTD_NO_OFFSET,
                         "not built for SEV: there is no GUIDed table with an "
                         "entry for it");
    }
    if (image->source.size > UINT32_MAX) {
        return error_set(error, MRTD_ERR_FIRMWARE_SIZE, MRTD_NO_OFFSET,
                         "a firmware of 4 GiB leaves a guest of SEV no memory "
                         "below 4 GiB");
    }
    struct sev *sev = calloc(1, sizeof *sev);
    if (!sev) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for what the image says for SEV");
    }
    image->sev = sev;
    sev->info.metadata_offset = MRTD_NO_OFFSET;
    enum mrtd_code code = read_all(image, sev, error);
    if (!code) {
        code = sev_add_regions(image, error);
    }
    if (code) {
        sev_free(sev);
        image->sev = NULL;
    }
    return code;
}

void sev_free(struct sev *sev)
{
    if (sev) {
        free(sev->sections);
        free(sev);
    }
}

const struct mrtd_sev_info *mrtd_image_sev(const struct mrtd_image *image)
{
    return image && image->sev ? &image->sev->info : NULL;
}

const struct mrtd_sev_section *
mrtd_image_sev_section(const struct mrtd_image *image, uint32_t index)
{
    const struct mrtd_sev_info *info = mrtd_image_sev(image);
    return info && index < info->section_count ? &image->sev->sections[index]
                                               : NULL;
}
