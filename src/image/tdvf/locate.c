/* SPDX-License-Identifier: Apache-2.0 */
/* Where a TDVF image's metadata is. */
#include "image/tdvf/metadata.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/source.h"
#include "image/format.h"

/* The 32-bit offset's distance from the image's end. */
#define TDVF_POINTER_END 0x20
#define TDX_ENTRY_GUID   "e47a6535-984a-4798-865e-4685a7bf8ec2"
/* "TDX metadata" entry of the GUIDed table: u32 data, u16 length, GUID. */
#define TDX_ENTRY_DATA_SIZE 4

static const uint8_t signature[4] = TDVF_SIGNATURE_BYTES;

/*@ requires \valid(image) && fetchable(&image->source);
    requires \valid_read(image->tdx_entry);
    requires error == \null || \valid(error);
    requires \separated(image, image->tdx_entry, error,
      (uint8_t *)image->source.data + (0 .. image->source.size - 1));
    assigns image->info.locator, image->info.pointer_offset,
            image->info.descriptor_offset, *error;
    ensures \result == MRTD_OK ==>
      image->info.descriptor_offset < image->source.size;
@*/
/* Locator A: the TDX entry counts its descriptor from the image's end. */
static enum mrtd_code locate_by_table(struct mrtd_image *image,
                                      struct mrtd_error *error)
{
    const struct mrtd_guid_entry *entry = image->tdx_entry;
    uint64_t size = image->source.size;
    uint8_t buffer[TDX_ENTRY_DATA_SIZE];
    struct span data;
    uint32_t from_end = 0;

    if (entry->size != TDX_ENTRY_DATA_SIZE) {
        return error_set(error, MRTD_ERR_TDX_ENTRY, entry->offset + entry->size,
                         "GUIDed table: the TDX entry's length %d is not %d",
                         entry->size + GUID_ENTRY_OVERHEAD,
                         TDX_ENTRY_DATA_SIZE + GUID_ENTRY_OVERHEAD);
    }
    enum mrtd_code code = source_view(&image->source, entry->offset,
                                      sizeof buffer, buffer, &data, error);
    if (code) {
        return code;
    }
    span_u32(data, 0, &from_end);
    if (from_end == 0 || from_end > size) {
        return error_set(error, MRTD_ERR_TDX_ENTRY, entry->offset,
                         "GUIDed table: the TDX metadata would be 0x%" PRIx32
                         " bytes before the end of a file of 0x%" PRIx64,
                         from_end, size);
    }
    image->info.locator = MRTD_LOCATOR_GUID_TABLE;
    image->info.pointer_offset = entry->offset;
    image->info.descriptor_offset = size - from_end;
    return MRTD_OK;
}

/*@ requires \valid_read(source) && fetchable(source);
    requires \valid(found) && \valid(offset);
    requires error == \null || \valid(error);
    requires \separated(source, found, offset, error,
      (uint8_t *)source->data + (0 .. source->size - 1));
    assigns *found, *offset, *error;
    ensures \result == MRTD_OK && *found ==>
      *offset + sizeof(signature) <= source->size;
@*/
/* Locator B: the offset, if it leads to "TDVF"; else *found is false. */
static enum mrtd_code locate_by_offset(const struct mrtd_source *source,
                                       bool *found, uint32_t *offset,
                                       struct mrtd_error *error)
{
    struct span whole = span_make(NULL, source->size, 0);
    uint8_t buffer[4];
    struct span s;
    *found = false;
    *offset = 0;
    if (source->size < TDVF_POINTER_END) {
        return MRTD_OK;
    }
    enum mrtd_code code = source_view(source, source->size - TDVF_POINTER_END,
                                      sizeof buffer, buffer, &s, error);
    if (code) {
        return code;
    }
    span_u32(s, 0, offset);
    if (!span_has(whole, *offset, sizeof signature)) {
        return MRTD_OK;
    }
    code = source_view(source, *offset, sizeof buffer, buffer, &s, error);
    if (code) {
        return code;
    }
    *found = span_equals(s, 0, signature, sizeof signature);
    return MRTD_OK;
}

/* Fails because there is no metadata, and says why. */
static enum mrtd_code not_found(const struct mrtd_image *image,
                                struct mrtd_error *error)
{
    uint64_t end = image->source.size - GUID_TABLE_END;
    if (image->table.present) {
        char list[176];
        guid_table_describe(&image->table, list, sizeof list);
        return error_set(
            error, MRTD_ERR_NO_TDX_ENTRY, end,
            "not built for TDX: the GUIDed table has no TDX entry, "
            "only: %s",
            list);
    }
    enum mrtd_code code = format_refuse(&image->source, error);
    if (code) {
        return code;
    }
    return error_set(error, MRTD_ERR_NO_TABLE, MRTD_NO_OFFSET,
                     "no TDX metadata: neither a GUIDed table ends 0x%x bytes "
                     "before the end of the file, nor does the 32-bit offset "
                     "there lead to \"TDVF\"; not a TDX firmware image",
                     GUID_TABLE_END);
}

enum mrtd_code tdvf_find(const struct mrtd_source *source,
                         struct mrtd_error *found, struct mrtd_error *error)
{
    struct guid_table table = {.count = 0};
    struct mrtd_error broken;
    bool by_offset = false;
    uint32_t offset = 0;
    enum mrtd_code code = guid_table_read(source, &table, &broken);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return error_set(error, code, broken.offset, "%s", broken.message);
    }
    if (!code) {
        broken = table.broken;
    }
    const uint32_t entry = guid_table_find(&table, TDX_ENTRY_GUID, 0);
    const uint64_t at =
        entry < table.count ? table.entries[entry].offset : MRTD_NO_OFFSET;
    guid_table_free(&table);
    if (at != MRTD_NO_OFFSET) {
        error_set(found, MRTD_ERR_AMBIGUOUS_FORMAT, at,
                  "the GUIDed table has a TDX metadata entry at 0x%" PRIx64,
                  at);
        return MRTD_OK;
    }
    if (broken.code) {
        /* VMMs differ in what they find in a malformed table. */
        error_set(found, MRTD_ERR_AMBIGUOUS_FORMAT, broken.offset,
                  "there is a GUIDed table, though malformed");
        return MRTD_OK;
    }
    code = locate_by_offset(source, &by_offset, &offset, error);
    if (!code && by_offset) {
        error_set(found, MRTD_ERR_AMBIGUOUS_FORMAT,
                  source->size - TDVF_POINTER_END,
                  "the 32-bit offset at 0x%" PRIx64
                  " leads to \"TDVF\" at 0x%" PRIx32,
                  source->size - TDVF_POINTER_END, offset);
    }
    return code;
}

/*@ requires \valid(image) && fetchable(&image->source);
    requires image->source.size >= TDVF_POINTER_END;
    requires error == \null || \valid(error);
    requires \separated(image, error,
      image->findings.items + (0 .. image->findings.count));
    assigns *error, image->findings,
            image->findings.items[0 .. image->findings.count];
@*/
/* The table and the 32-bit offset lead to two descriptors. */
static enum mrtd_code locators_differ(struct mrtd_image *image, uint32_t offset,
                                      struct mrtd_error *error)
{
    const uint64_t pointer = image->source.size - TDVF_POINTER_END;
    struct mrtd_error what;
    if (!(image->flags & (MRTD_FORMAT_TDVF | IMAGE_COLLECT))) {
        return error_set(
            error, MRTD_ERR_AMBIGUOUS_FORMAT, pointer,
            "two TDX metadata: the 32-bit offset leads to a "
            "TDVF_DESCRIPTOR at 0x%" PRIx32
            ", the GUIDed table's entry at 0x%" PRIx64 " to one at 0x%" PRIx64,
            offset, image->info.pointer_offset, image->info.descriptor_offset);
    }
    error_set(&what, MRTD_WARN_LOCATORS_DIFFER, pointer,
              "the 32-bit offset leads to a TDVF_DESCRIPTOR at 0x%" PRIx32
              ", the GUIDed table to 0x%" PRIx64
              "; the table is used, as VMMs do",
              offset, image->info.descriptor_offset);
    tdvf_warn(image, &what);
    return MRTD_OK;
}

/*
 * No VMM reads on in the table after its hit: a further entry is worth a
 * warning.
 */
static void warn_of_table(struct mrtd_image *image, uint32_t entry)
{
    const struct guid_table *table = &image->table;
    const uint32_t second = guid_table_find(table, TDX_ENTRY_GUID, entry + 1);
    struct mrtd_error what;
    if (second < table->count) {
        error_set(&what, MRTD_WARN_SECOND_TDX_ENTRY,
                  table->entries[second].offset,
                  "the GUIDed table has a second TDX metadata entry; the one "
                  "nearest the end of the file is used, as VMMs do");
        tdvf_warn(image, &what);
    }
    if (table->broken.code) {
        error_set(&what, MRTD_WARN_TABLE_REST, table->broken.offset,
                  "the GUIDed table is malformed beyond its TDX entry, where "
                  "VMMs do not look");
        tdvf_warn(image, &what);
    }
}

/* There is no entry for TDX; where the table cannot be read to its start, it
 * may only be hidden. */
static enum mrtd_code locate_without_entry(struct mrtd_image *image, bool found,
                                           uint32_t offset,
                                           struct mrtd_error *error)
{
    const struct mrtd_error *broken = &image->table.broken;
    if (broken->code) {
        guid_table_free(&image->table);
        return error_set(error, broken->code, broken->offset, "%s",
                         broken->message);
    }
    image->info.descriptor_offset = offset;
    if (!found && (!(image->flags & IMAGE_BY_OFFSET) ||
                   image->source.size < TDVF_POINTER_END)) {
        return not_found(image, error);
    }
    image->info.locator = MRTD_LOCATOR_OFFSET;
    image->info.pointer_offset = image->source.size - TDVF_POINTER_END;
    return MRTD_OK;
}

enum mrtd_code tdvf_locate(struct mrtd_image *image, struct mrtd_error *error)
{
    const uint32_t entry = guid_table_find(&image->table, TDX_ENTRY_GUID, 0);
    bool found = false;
    uint32_t offset = 0;
    enum mrtd_code code =
        locate_by_offset(&image->source, &found, &offset, error);
    if (code) {
        return code;
    }
    if (entry >= image->table.count) {
        return locate_without_entry(image, found, offset, error);
    }
    image->tdx_entry = &image->table.entries[entry];
    code = locate_by_table(image, error);
    if (!code && found && offset != image->info.descriptor_offset) {
        code = locators_differ(image, offset, error);
    }
    if (!code) {
        warn_of_table(image, entry);
    }
    return code;
}
