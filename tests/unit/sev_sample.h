/* SPDX-License-Identifier: Apache-2.0 */
/* Small flat images for SEV: a GUIDed table, entry by entry, and metadata. */
#ifndef UNIT_SEV_SAMPLE_H
#define UNIT_SEV_SAMPLE_H

#include "base/guid.h"
#include "unit.h"

/* edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc. */
static const struct guid sev_footer = {
    GUID(0x96b582de, 0x1fb2, 0x45f7, 0xbaea, 0xa366c55a082d)};
static const struct guid sev_metadata = {
    GUID(0xdc886566, 0x984a, 0x4798, 0xa75e, 0x5585a7bf67cc)};
static const struct guid sev_reset = {
    GUID(0x00f771de, 0x1a7e, 0x4fcb, 0x890e, 0x68c77e2fb44e)};
static const struct guid sev_hashes = {
    GUID(0x7255371f, 0x3a3b, 0x4b04, 0x927b, 0x1da6efa8d454)};
static const struct guid sev_svsm = {
    GUID(0xa789a612, 0x0597, 0x4c4b, 0xa49f, 0xcbb1fe9d1ddd)};
static const struct guid sev_tdx = {
    GUID(0xe47a6535, 0x984a, 0x4798, 0x865e, 0x4685a7bf8ec2)};

#define SEV_SAMPLE_SIZE 0x4000
/* Offset of the metadata. */
#define SEV_SAMPLE_METADATA 0x100

struct sev_sample {
    uint8_t bytes[SEV_SAMPLE_SIZE];
    size_t size;
    size_t table; /* offset of the table's first entry */
};

static inline void sev_put(uint8_t *at, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

/* Puts data, length and GUID before what there is of the table, and counts
 * them in the footer; the first is the footer, which has no data. */
static inline void sev_add(struct sev_sample *s, const struct guid *guid,
                           const uint8_t *data, size_t size)
{
    const size_t end = s->size - 0x20;
    s->table -= 16 + 2 + size;
    if (size > 0) {
        memcpy(s->bytes + s->table, data, size);
    }
    sev_put(s->bytes + s->table + size, 2, size + 18);
    memcpy(s->bytes + s->table + size + 2, guid->bytes, 16);
    sev_put(s->bytes + end - 18, 2, end - s->table);
}

/* An image of size bytes with a table of no entries. */
static inline void sev_begin(struct sev_sample *s, size_t size)
{
    for (size_t i = 0; i < sizeof s->bytes; i++) {
        s->bytes[i] = (uint8_t)(i * 7 + (i >> 8) + 1);
    }
    s->size = size;
    s->table = size - 0x20;
    sev_add(s, &sev_footer, NULL, 0);
}

/* Entries of one or two numbers of 32 bits. */
static inline void sev_add_number(struct sev_sample *s, const struct guid *guid,
                                  uint32_t number)
{
    uint8_t data[4];
    sev_put(data, 4, number);
    sev_add(s, guid, data, sizeof data);
}

static inline void sev_add_hashes(struct sev_sample *s, uint32_t gpa,
                                  uint32_t size)
{
    uint8_t data[8];
    sev_put(data, 4, gpa);
    sev_put(data + 4, 4, size);
    sev_add(s, &sev_hashes, data, sizeof data);
}

/* Metadata of these sections, to which an entry leads. */
static inline void sev_add_metadata(struct sev_sample *s,
                                    const struct mrtd_sev_section *sections,
                                    uint32_t count)
{
    uint8_t *at = s->bytes + SEV_SAMPLE_METADATA;
    memcpy(at, "ASEV", 4);
    sev_put(at + 4, 4, 16 + 12 * (uint64_t)count);
    sev_put(at + 8, 4, 1);
    sev_put(at + 12, 4, count);
    for (uint32_t i = 0; i < count; i++) {
        at = s->bytes + SEV_SAMPLE_METADATA + 16 + (size_t)12 * i;
        sev_put(at, 4, sections[i].gpa);
        sev_put(at + 4, 4, sections[i].size);
        sev_put(at + 8, 4, sections[i].type);
    }
    sev_add_number(s, &sev_metadata, (uint32_t)s->size - SEV_SAMPLE_METADATA);
}

/* One section of each type, in a table that is not in ascending order. */
static const struct mrtd_sev_section sev_sections[] = {
    {.gpa = 0x800000, .size = 0x9000, .type = MRTD_SEV_SNP_SEC_MEM},
    {.gpa = 0x80e000, .size = 0x1000, .type = MRTD_SEV_CPUID},
    {.gpa = 0x80d000, .size = 0x1000, .type = MRTD_SEV_SNP_SECRETS},
    {.gpa = 0x80f000, .size = 0x1000, .type = MRTD_SEV_SVSM_CAA},
    {.gpa = 0x811000, .size = 0, .type = MRTD_SEV_SNP_SEC_MEM},
    {.gpa = 0x810000, .size = 0x1000, .type = MRTD_SEV_SNP_KERNEL_HASHES},
};
#define SEV_SECTIONS (sizeof sev_sections / sizeof *sev_sections)
#define SEV_RESET    UINT32_C(0x80b004)

/* A firmware for direct kernel boot, as OVMF's AmdSevX64. */
static inline void sev_make(struct sev_sample *s,
                            const struct mrtd_sev_section *sections,
                            uint32_t count)
{
    sev_begin(s, SEV_SAMPLE_SIZE);
    sev_add_number(s, &sev_reset, SEV_RESET);
    sev_add_hashes(s, 0x810c00, 0x400);
    sev_add_metadata(s, sections, count);
}

/* Opens it; it must outlive the image. */
static inline struct mrtd_image *sev_open(const struct sev_sample *s,
                                          unsigned flags)
{
    const struct mrtd_source source = {.data = s->bytes, .size = s->size};
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, &source, flags, NULL), MRTD_OK);
    assert_non_null(mrtd_image_sev(image));
    return image;
}

/* "CleanExample": Google gce-tcb-verifier 74582c0, testing/fakeovmf, of 4 KiB,
 * written from its description. */
static inline void sev_clean_example(struct sev_sample *s)
{
    static const struct mrtd_sev_section sections[] = {
        {.gpa = 0xff001000, .size = 0x1000, .type = 1},
        {.gpa = 0xff003000, .size = 0x1000, .type = 3},
        {.gpa = 0xff004000, .size = 0x1000, .type = 2},
    };
    static const uint32_t tdvf[6][6] = {
        {0x20000, 0x1e0000, 0xffe20000, 0x1e0000, 0, 1},
        {0, 0x20000, 0xffe00000, 0x20000, 1, 0},
        {0, 0, 0x810000, 0x10000, 3, 0},
        {0, 0, 0x80b000, 0x2000, 3, 0},
        {0, 0, 0x809000, 0x2000, 2, 0},
        {0, 0, 0x800000, 0x6000, 3, 0},
    };
    static const struct guid tdvf_guid = {
        GUID(0xe9eaf9f3, 0x168e, 0x44d5, 0xa8eb, 0x7f4d8738f6ae)};
    sev_begin(s, 0x1000);
    memset(s->bytes, 0, s->table);
    memset(s->bytes + s->size - 0x20, 0, 0x20);
    sev_add_number(s, &sev_reset, 0xff0000ff);
    sev_add_metadata(s, sections, 3);
    memmove(s->bytes, s->bytes + SEV_SAMPLE_METADATA, 16 + 3 * 12);
    memset(s->bytes + SEV_SAMPLE_METADATA, 0, 16 + 3 * 12);
    sev_put(s->bytes + s->table, 4, 0x1000);
    sev_add_number(s, &sev_tdx, 0x1000 - 0x110);
    memcpy(s->bytes + 0x100, tdvf_guid.bytes, 16);
    memcpy(s->bytes + 0x110, "TDVF", 4);
    sev_put(s->bytes + 0x114, 4, 16 + 6 * 32);
    sev_put(s->bytes + 0x118, 4, 1);
    sev_put(s->bytes + 0x11c, 4, 6);
    for (size_t i = 0; i < 6; i++) {
        uint8_t *at = s->bytes + 0x120 + 32 * i;
        sev_put(at, 4, tdvf[i][0]);
        sev_put(at + 4, 4, tdvf[i][1]);
        sev_put(at + 8, 8, tdvf[i][2]);
        sev_put(at + 16, 8, tdvf[i][3]);
        sev_put(at + 24, 4, tdvf[i][4]);
        sev_put(at + 28, 4, tdvf[i][5]);
    }
    for (size_t i = 0; i < 16; i += 4) {
        memcpy(s->bytes + 0x800 + i, "LGTM", 4);
        memcpy(s->bytes + 0xa00 + i, "LGTM", 4);
    }
}

#endif
