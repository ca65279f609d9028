/* SPDX-License-Identifier: Apache-2.0 */
#include "image/tdvf/metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/source.h"

static const uint8_t signature[4] = TDVF_SIGNATURE_BYTES;

/* The metadata GUID is right before the descriptor. */
static const struct guid metadata_guid = {
    GUID(0xe9eaf9f3, 0x168e, 0x44d5, 0xa8eb, 0x7f4d8738f6ae)};
/* The metadata GUID as td-shim wrote it before e676caf (2023-03-05). */
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
    return type < sizeof names / sizeof *names ? names[type] : NULL;
}

uint64_t image_section_offset(const struct mrtd_image *image, uint32_t index)
{
    return image->info.descriptor_offset + TDVF_DESCRIPTOR_SIZE +
           (uint64_t)index * TDVF_SECTION_SIZE;
}

void tdvf_warn(struct mrtd_image *image, const struct mrtd_error *what)
{
    findings_add(&image->findings, MRTD_WARNING, MRTD_NO_REGION, what);
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
            tdvf_warn(image, &what);
            return MRTD_OK;
        }
    }
    error_set(&what, MRTD_WARN_METADATA_GUID,
              end >= sizeof buffer ? end - sizeof buffer : end,
              "the metadata GUID e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae is not "
              "before the TDVF_DESCRIPTOR; some VMMs refuse the image");
    tdvf_warn(image, &what);
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
/* Decodes all sections; returns the largest end of their data in the file. */
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

static void make_regions(struct mrtd_image *image)
{
    const uint32_t count = image->info.section_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_section *s = &image->sections[i];
        image->regions[i] = (struct mrtd_region){
            .gpa = s->memory_address,
            .size = s->memory_data_size,
            .offset = s->data_offset,
            .data_size = s->raw_data_size,
            .field = (uint32_t)image_section_offset(image, i),
            .type = s->type,
            .attributes = s->attributes,
            .platforms = MRTD_PLATFORM_BIT(MRTD_PLATFORM_TDX),
            .kind = MRTD_REGION_DATA,
            .asks =
                ((s->attributes & MRTD_ATTR_MR_EXTEND) != 0 ? MRTD_ASKS_MEASURE
                                                            : 0) |
                ((s->attributes & MRTD_ATTR_PAGE_AUG) != 0 ? MRTD_ASKS_LATER
                                                           : 0),
        };
    }
    image->info.region_count = count;
}

/* Reads and decodes the sections; their table is known to be in the file. */
static enum mrtd_code decode_sections(struct mrtd_image *image, uint32_t count,
                                      struct mrtd_error *error)
{
    struct span table;
    /* count is not 0; the analyzer does not see that error_set() never returns
     * MRTD_OK. NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI) */
    uint8_t *buffer = calloc(count, TDVF_SECTION_SIZE);
    image->sections = calloc(count, sizeof *image->sections);
    image->regions = calloc(count, sizeof *image->regions);
    if (!buffer || !image->sections || !image->regions) {
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
    make_regions(image);
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
