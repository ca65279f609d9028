/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sample.h"

#include <string.h>

#include "base/guid.h"

static const uint8_t footer_guid[16] =
    GUID(0x96b582de, 0x1fb2, 0x45f7, 0xbaea, 0xa366c55a082d);
static const uint8_t tdx_guid[16] =
    GUID(0xe47a6535, 0x984a, 0x4798, 0x865e, 0x4685a7bf8ec2);
static const uint8_t metadata_guid[16] =
    GUID(0xe9eaf9f3, 0x168e, 0x44d5, 0xa8eb, 0x7f4d8738f6ae);
static const uint8_t sev_es_reset_guid[16] =
    GUID(0x00f771de, 0x1a7e, 0x4fcb, 0x890e, 0x68c77e2fb44e);
static const uint8_t sev_metadata_guid[16] =
    GUID(0xdc886566, 0x984a, 0x4798, 0xa75e, 0x5585a7bf67cc);

static uint8_t *put(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        *to++ = (uint8_t)(value >> 8 * i);
    }
    return to;
}

static uint8_t *put_bytes(uint8_t *to, const void *bytes, size_t len)
{
    memcpy(to, bytes, len);
    return to + len;
}

static void write_metadata(uint8_t *to, const struct mrtd_section *sections,
                           uint32_t count)
{
    to = put_bytes(to, metadata_guid, sizeof metadata_guid);
    to = put_bytes(to, "TDVF", 4);
    to = put(to, 16 + 32 * (uint64_t)count, 4);
    to = put(to, 1, 4);
    to = put(to, count, 4);
    for (uint32_t i = 0; i < count; i++) {
        to = put(to, sections[i].data_offset, 4);
        to = put(to, sections[i].raw_data_size, 4);
        to = put(to, sections[i].memory_address, 8);
        to = put(to, sections[i].memory_data_size, 8);
        to = put(to, sections[i].type, 4);
        to = put(to, sections[i].attributes, 4);
    }
}

/* An entry of the GUIDed table that ends at end; returns where it starts. */
static uint8_t *write_entry(uint8_t *end, uint32_t data, const uint8_t guid[16])
{
    uint8_t *start = end - 22;
    uint8_t *to = put(start, data, 4);
    to = put(to, 22, 2);
    put_bytes(to, guid, 16);
    return start;
}

static uint8_t *write_footer(uint8_t *image, size_t size, unsigned entries)
{
    uint8_t *start = image + size - 0x20 - 18;
    put_bytes(put(start, 18 + 22 * entries, 2), footer_guid, 16);
    return start;
}

void sample_write(uint8_t *image, size_t size, size_t metadata,
                  const struct mrtd_section *sections, uint32_t count)
{
    write_metadata(image + metadata, sections, count);
    write_entry(write_footer(image, size, 1),
                (uint32_t)(size - metadata - sizeof metadata_guid), tdx_guid);
}

void sample_clean_example(uint8_t *image)
{
    static const struct mrtd_section sections[] = {
        {0x20000, 0x1e0000, 0xffe20000, 0x1e0000, MRTD_SECTION_BFV, 1},
        {0, 0x20000, 0xffe00000, 0x20000, MRTD_SECTION_CFV, 0},
        {0, 0, 0x810000, 0x10000, MRTD_SECTION_TEMP_MEM, 0},
        {0, 0, 0x80b000, 0x2000, MRTD_SECTION_TEMP_MEM, 0},
        {0, 0, 0x809000, 0x2000, MRTD_SECTION_TD_HOB, 0},
        {0, 0, 0x800000, 0x6000, MRTD_SECTION_TEMP_MEM, 0},
    };
    /* SEV metadata: address, length, kind (1 unmeasured, 3 CPUID, 2 secret). */
    static const uint32_t sev[][3] = {{0xff001000, 0x1000, 1},
                                      {0xff003000, 0x1000, 3},
                                      {0xff004000, 0x1000, 2}};
    const size_t size = SAMPLE_CLEAN_EXAMPLE_SIZE;
    const size_t metadata = 0x100;

    uint8_t *to = put_bytes(image, "ASEV", 4);
    to = put(put(put(to, 16 + sizeof sev, 4), 1, 4), 3, 4);
    for (size_t i = 0; i < 3; i++) {
        to = put(put(put(to, sev[i][0], 4), sev[i][1], 4), sev[i][2], 4);
    }
    write_metadata(image + metadata, sections, 6);
    put_bytes(image + 0x800, "LGTMLGTMLGTMLGTM", 16);
    put_bytes(image + 0xa00, "LGTMLGTMLGTMLGTM", 16);

    uint8_t *at = write_footer(image, size, 3);
    at = write_entry(at, 0xff0000ff, sev_es_reset_guid);
    at = write_entry(at, (uint32_t)size, sev_metadata_guid);
    write_entry(at, (uint32_t)(size - metadata - sizeof metadata_guid),
                tdx_guid);
}
