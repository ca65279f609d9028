/* SPDX-License-Identifier: Apache-2.0 */
#include "image/tdvf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/source.h"
#include "image/format.h"
#include "image/igvm.h"

/* The 32-bit offset's distance from the image's end. */
#define TDVF_POINTER_END 0x20
/* "TDX metadata" entry of the GUIDed table: u32 data, u16 length, GUID. */
#define TDX_ENTRY_DATA_SIZE 4

static const uint8_t signature[4] = {'T', 'D', 'V', 'F'};

/* Right before the descriptor. */
static const struct guid metadata_guid = {
    GUID(0xe9eaf9f3, 0x168e, 0x44d5, 0xa8eb, 0x7f4d8738f6ae)};
/* As td-shim wrote it before e676caf (2023-03-05). */
static const struct guid metadata_guid_swapped = {
    GUID(0xf3f9eae9, 0x8e16, 0xd544, 0xa8eb, 0x7f4d8738f6ae)};

const char *mrtd_section_type_name(uint32_t type)
{
    /* TD-Shim specification 0.7, table 1.1-4. */
    static const char *const names[] = {
        [MRTD_SECTION_BFV] = "BFV",
        [MRTD_SECTION_CFV] = "CFV",
        [MRTD_SECTION_TD_HOB] = "TD_HOB",
        [MRTD_SECTION_TEMP_MEM] = "TempMem",
        [MRTD_SECTION_PERM_MEM] = "PermMem",
        [MRTD_SECTION_PAYLOAD] = "Payload",
        [MRTD_SECTION_PAYLOAD_PARAM] = "PayloadParam",
        [MRTD_SECTION_TD_INFO] = "TD_INFO",
        [MRTD_SECTION_TD_PARAMS] = "TD_PARAMS",
    };
    static const char *const of_igvm[] = {"pages", "zero pages", "parameters"};
    if (type >= MRTD_SECTION_IGVM_PAGES &&
        type <= MRTD_SECTION_IGVM_PARAMETERS) {
        return of_igvm[type - MRTD_SECTION_IGVM_PAGES];
    }
    return type < sizeof names / sizeof *names ? names[type] : NULL;
}

uint64_t image_section_offset(const struct mrtd_image *image, uint32_t index)
{
    if (image->igvm) {
        return image->igvm->offsets[index];
    }
    return image->info.descriptor_offset + TDVF_DESCRIPTOR_SIZE +
           (uint64_t)index * TDVF_SECTION_SIZE;
}

/*@ requires \valid(image) && \valid_read(what);
    assigns image->findings, image->findings.items[0 .. image->findings.count];
@*/
static void warn(struct mrtd_image *image, const struct mrtd_error *what)
{
    findings_add(&image->findings, MRTD_WARNING, MRTD_NO_SECTION, what);
}

/*@ requires \valid(image) && fetchable(&image->source);
    requires error == \null || \valid(error);
    requires \separated(image, error,
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
    const struct guid_table *t = &image->table;
    uint64_t size = image->source.size;
    uint8_t buffer[TDX_ENTRY_DATA_SIZE];
    struct span data;
    uint32_t from_end = 0;

    if (t->tdx_size != TDX_ENTRY_DATA_SIZE) {
        return error_set(error, MRTD_ERR_TDX_ENTRY, t->tdx_offset + t->tdx_size,
                         "GUIDed table: the TDX entry's length %d is not %d",
                         t->tdx_size + GUID_ENTRY_OVERHEAD,
                         TDX_ENTRY_DATA_SIZE + GUID_ENTRY_OVERHEAD);
    }
    enum mrtd_code code = source_view(&image->source, t->tdx_offset,
                                      sizeof buffer, buffer, &data, error);
    if (code) {
        return code;
    }
    span_u32(data, 0, &from_end);
    if (from_end == 0 || from_end > size) {
        return error_set(error, MRTD_ERR_TDX_ENTRY, t->tdx_offset,
                         "GUIDed table: the TDX metadata would be 0x%" PRIx32
                         " bytes before the end of a file of 0x%" PRIx64,
                         from_end, size);
    }
    image->info.locator = MRTD_LOCATOR_GUID_TABLE;
    image->info.pointer_offset = t->tdx_offset;
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

/* No metadata: says which case it is. */
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
    const bool has_entry = !code && table.has_tdx;
    const uint64_t entry = table.tdx_offset;
    guid_table_free(&table);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return error_set(error, code, broken.offset, "%s", broken.message);
    }
    if (code) {
        /* What a VMM finds in it is its own affair. */
        error_set(found, MRTD_ERR_AMBIGUOUS_FORMAT, broken.offset,
                  "there is a GUIDed table, though malformed");
        return MRTD_OK;
    }
    if (has_entry) {
        error_set(found, MRTD_ERR_AMBIGUOUS_FORMAT, entry,
                  "the GUIDed table has a TDX metadata entry at 0x%" PRIx64,
                  entry);
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
    warn(image, &what);
    return MRTD_OK;
}

enum mrtd_code tdvf_locate(struct mrtd_image *image, struct mrtd_error *error)
{
    struct mrtd_error what;
    bool found = false;
    uint32_t offset = 0;
    enum mrtd_code code =
        locate_by_offset(&image->source, &found, &offset, error);
    if (code) {
        return code;
    }
    if (!image->table.has_tdx) {
        image->info.descriptor_offset = offset;
        if (!found && (!(image->flags & IMAGE_BY_OFFSET) ||
                       image->source.size < TDVF_POINTER_END)) {
            return not_found(image, error);
        }
        image->info.locator = MRTD_LOCATOR_OFFSET;
        image->info.pointer_offset = image->source.size - TDVF_POINTER_END;
        return MRTD_OK;
    }
    code = locate_by_table(image, error);
    if (!code && found && offset != image->info.descriptor_offset) {
        code = locators_differ(image, offset, error);
    }
    if (code) {
        return code;
    }
    if (image->table.second_tdx != MRTD_NO_OFFSET) {
        error_set(&what, MRTD_WARN_SECOND_TDX_ENTRY, image->table.second_tdx,
                  "the GUIDed table has a second TDX metadata entry; the one "
                  "nearest the end of the file is used, as VMMs do");
        warn(image, &what);
    }
    if (image->table.broken != MRTD_NO_OFFSET) {
        error_set(&what, MRTD_WARN_TABLE_REST, image->table.broken,
                  "the GUIDed table is malformed beyond its TDX entry, where "
                  "VMMs do not look");
        warn(image, &what);
    }
    return MRTD_OK;
}

/*@ requires readable(d) && d.size >= TDVF_DESCRIPTOR_SIZE;
    requires \valid(header) && (error == \null || \valid(error));
    requires \separated(header, error, d.data + (0 .. d.size - 1));
    assigns *header, *error;
    ensures \result == MRTD_OK ==> 1 <= header->count <= MRTD_MAX_SECTIONS;
    ensures \result == MRTD_OK ==> header->length ==
      TDVF_DESCRIPTOR_SIZE + header->count * TDVF_SECTION_SIZE;
    ensures \result == MRTD_OK ==> d.base + header->length <= size;
@*/
static enum mrtd_code check_descriptor(struct span d, uint64_t size,
                                       struct tdvf_header *header,
                                       struct mrtd_error *error)
{
    uint64_t expected = 0;
    if (!span_equals(d, TDVF_SIGNATURE, signature, sizeof signature)) {
        return error_set(error, MRTD_ERR_DESC_SIGNATURE, d.base,
                         "TDVF_DESCRIPTOR: Signature is not \"TDVF\"");
    }
    span_u32(d, TDVF_LENGTH, &header->length);
    span_u32(d, TDVF_VERSION, &header->version);
    span_u32(d, TDVF_NUMBER_OF_SECTIONS, &header->count);
    const uint32_t length = header->length;
    const uint32_t version = header->version;
    const uint32_t n = header->count;
    if (version != 1) {
        return error_set(error, MRTD_ERR_DESC_VERSION, d.base + TDVF_VERSION,
                         "TDVF_DESCRIPTOR: Version %" PRIu32 " is not 1",
                         version);
    }
    if (n == 0 || n > MRTD_MAX_SECTIONS) {
        return error_set(error, MRTD_ERR_DESC_COUNT,
                         d.base + TDVF_NUMBER_OF_SECTIONS,
                         "TDVF_DESCRIPTOR: NumberOfSectionEntry %" PRIu32
                         " is not between 1 and %d",
                         n, MRTD_MAX_SECTIONS);
    }
    checked_mul(n, TDVF_SECTION_SIZE, &expected);
    checked_add(expected, TDVF_DESCRIPTOR_SIZE, &expected);
    if (length != expected) {
        return error_set(error, MRTD_ERR_DESC_LENGTH, d.base + TDVF_LENGTH,
                         "TDVF_DESCRIPTOR: Length %" PRIu32 " is not %" PRIu64
                         " (16 + 32 * %" PRIu32 " sections)",
                         length, expected, n);
    }
    if (!span_has(span_make(NULL, size, 0), d.base, expected)) {
        return error_set(error, MRTD_ERR_DESC_BOUNDS, d.base + TDVF_LENGTH,
                         "TDVF_DESCRIPTOR: Length %" PRIu32
                         " reaches past the end of the file (%" PRIu64
                         " bytes)",
                         length, size);
    }
    return MRTD_OK;
}

/*@ requires \valid(image) && fetchable(&image->source);
    requires error == \null || \valid(error);
    requires \separated(image, error,
      image->findings.items + (0 .. image->findings.count),
      (uint8_t *)image->source.data + (0 .. image->source.size - 1));
    requires image->info.descriptor_offset <= image->source.size;
    assigns *error, image->findings,
            image->findings.items[0 .. image->findings.count];
@*/
/* QEMU and Cloud Hypervisor do not look at this GUID; td-shim and GCE do. */
static enum mrtd_code check_guid(struct mrtd_image *image,
                                 struct mrtd_error *error)
{
    struct mrtd_error what;
    struct guid guid;
    uint8_t buffer[sizeof guid.bytes];
    struct span s;
    uint64_t end = image->info.descriptor_offset;
    if (end >= sizeof buffer) {
        enum mrtd_code code = source_view(&image->source, end - sizeof buffer,
                                          sizeof buffer, buffer, &s, error);
        if (code) {
            return code;
        }
        span_guid(s, 0, &guid);
        if (guid_equal(&guid, &metadata_guid)) {
            return MRTD_OK;
        }
        if (guid_equal(&guid, &metadata_guid_swapped)) {
            error_set(&what, MRTD_WARN_METADATA_GUID_SWAPPED, s.base,
                      "the metadata GUID before the TDVF_DESCRIPTOR is "
                      "byte-swapped, as td-shim wrote it before March 2023");
            warn(image, &what);
            return MRTD_OK;
        }
    }
    error_set(&what, MRTD_WARN_METADATA_GUID,
              end >= sizeof buffer ? end - sizeof buffer : end,
              "the metadata GUID e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae does not "
              "stand before the TDVF_DESCRIPTOR; some VMMs refuse the image");
    warn(image, &what);
    return MRTD_OK;
}

/*@ requires readable(table) && inside(table, at, TDVF_SECTION_SIZE);
    requires \valid(s) && \separated(s, table.data + (0 .. table.size - 1));
    assigns *s;
    ensures s->data_offset == little32(table.data + at + TDVF_DATA_OFFSET);
    ensures s->raw_data_size == little32(table.data + at + TDVF_RAW_DATA_SIZE);
    ensures s->memory_address ==
      little64(table.data + at + TDVF_MEMORY_ADDRESS);
    ensures s->memory_data_size ==
      little64(table.data + at + TDVF_MEMORY_DATA_SIZE);
    ensures s->type == little32(table.data + at + TDVF_TYPE);
    ensures s->attributes == little32(table.data + at + TDVF_ATTRIBUTES);
@*/
static void decode_section(struct span table, uint64_t at,
                           struct mrtd_section *s)
{
    span_u32(table, at + TDVF_DATA_OFFSET, &s->data_offset);
    span_u32(table, at + TDVF_RAW_DATA_SIZE, &s->raw_data_size);
    span_u64(table, at + TDVF_MEMORY_ADDRESS, &s->memory_address);
    span_u64(table, at + TDVF_MEMORY_DATA_SIZE, &s->memory_data_size);
    span_u32(table, at + TDVF_TYPE, &s->type);
    span_u32(table, at + TDVF_ATTRIBUTES, &s->attributes);
}

/*@ requires readable(table) && table.size == count * TDVF_SECTION_SIZE;
    requires count <= MRTD_MAX_SECTIONS && \valid(sections + (0 .. count - 1));
    requires \separated(sections + (0 .. count - 1),
                        table.data + (0 .. table.size - 1));
    assigns sections[0 .. count - 1];
    ensures \result <= 2 * UINT32_MAX;
@*/
/* Decodes all; returns where the data of the last in the file ends. */
static uint64_t decode_table(struct span table, struct mrtd_section *sections,
                             uint32_t count)
{
    uint64_t data_end = 0;
    /*@ loop invariant 0 <= i <= count && data_end <= 2 * UINT32_MAX;
        loop assigns i, data_end, sections[0 .. count - 1];
        loop variant count - i;
    @*/
    for (uint32_t i = 0; i < count; i++) {
        struct mrtd_section *s = &sections[i];
        uint64_t end = 0;
        decode_section(table, (uint64_t)i * TDVF_SECTION_SIZE, s);
        checked_add(s->data_offset, s->raw_data_size, &end);
        if (s->raw_data_size > 0 && end > data_end) {
            data_end = end;
        }
    }
    return data_end;
}

/* Reads and decodes the sections; the table is known to be in the file. */
static enum mrtd_code decode_sections(struct mrtd_image *image, uint32_t count,
                                      struct mrtd_error *error)
{
    struct span table;
    /* count is not 0; the analyzer does not see that error_set() never returns
     * MRTD_OK. NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI) */
    uint8_t *buffer = calloc(count, TDVF_SECTION_SIZE);
    image->sections = calloc(count, sizeof *image->sections);
    if (!buffer || !image->sections) {
        free(buffer);
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for %" PRIu32 " sections", count);
    }
    enum mrtd_code code =
        source_view(&image->source, image_section_offset(image, 0),
                    (size_t)count * TDVF_SECTION_SIZE, buffer, &table, error);
    if (!code) {
        image->info.data_end = decode_table(table, image->sections, count);
    }
    image->info.section_count = count;
    free(buffer);
    return code;
}

enum mrtd_code tdvf_decode(struct mrtd_image *image, struct mrtd_error *error)
{
    uint64_t offset = image->info.descriptor_offset;
    uint64_t size = image->source.size;
    uint8_t buffer[TDVF_DESCRIPTOR_SIZE];
    struct span descriptor;

    if (!span_has(span_make(NULL, size, 0), offset, sizeof buffer)) {
        return error_set(error, MRTD_ERR_DESC_BOUNDS, offset,
                         "TDVF_DESCRIPTOR: its %d bytes reach past the end of "
                         "the file (%" PRIu64 " bytes)",
                         TDVF_DESCRIPTOR_SIZE, size);
    }
    enum mrtd_code code = source_view(&image->source, offset, sizeof buffer,
                                      buffer, &descriptor, error);
    if (!code) {
        code = check_descriptor(descriptor, size, &image->header, error);
    }
    if (!code) {
        code = check_guid(image, error);
    }
    if (!code) {
        code = decode_sections(image, image->header.count, error);
    }
    return code;
}
