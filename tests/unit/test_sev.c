/* SPDX-License-Identifier: Apache-2.0 */
/* What a flat image says for SEV: src/image/sev. */
#include "sev_sample.h"

#include <stdio.h>

#define DESCRIPTOR SEV_SAMPLE_METADATA

/* The image is refused for all three platforms with this code, at this offset,
 * for this reason. It says nothing for TDX, so that it is not opened. */
static void refused(const struct sev_sample *s, enum mrtd_code code,
                    uint64_t offset, const char *message)
{
    const struct mrtd_source source = {.data = s->bytes, .size = s->size};
    struct mrtd_image *image = NULL;
    struct mrtd_error e = {.code = MRTD_OK};
    assert_int_equal(
        mrtd_image_open(&image, &source, MRTD_WITHOUT_METADATA, &e), code);
    assert_null(image);
    assert_int_equal(e.code, code);
    assert_int_equal(e.offset, offset);
    assert_string_equal(e.message, message);
}

static void type_names(void **state)
{
    (void)state;
    static const char *const names[] = {NULL, "SNP_SEC_MEM", "SNP_SECRETS",
                                        "CPUID", "SVSM_CAA"};
    for (uint32_t type = 0; type < 40; type++) {
        const char *name = mrtd_sev_section_type_name(type);
        if (type == 16) {
            assert_string_equal(name, "SNP_KERNEL_HASHES");
        } else if (type >= 1 && type <= 4) {
            assert_string_equal(name, names[type]);
        } else {
            assert_null(name);
        }
    }
}

static void decoded(void **state)
{
    (void)state;
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_add_number(&s, &sev_svsm, 0x1234);
    struct mrtd_image *image = sev_open(&s, 0);
    const struct mrtd_sev_info *info = mrtd_image_sev(image);
    /* From the end: 0x20, footer 18, then the entries: 4 + 18 bytes each, but
     * 8 + 18 of the hash table. */
    assert_int_equal(info->reset_offset, SEV_SAMPLE_SIZE - 0x20 - 18 - 22);
    assert_int_equal(info->reset_address, SEV_RESET);
    assert_int_equal(info->hash_table_offset,
                     SEV_SAMPLE_SIZE - 0x20 - 18 - 22 - 26);
    assert_int_equal(info->hash_table_gpa, 0x810c00);
    assert_int_equal(info->hash_table_size, 0x400);
    assert_int_equal(info->svsm_offset, s.table);
    assert_int_equal(info->svsm_entry, 0x1234);
    assert_int_equal(info->metadata_offset, DESCRIPTOR);
    assert_int_equal(info->section_count, SEV_SECTIONS);
    for (uint32_t i = 0; i < SEV_SECTIONS; i++) {
        const struct mrtd_sev_section *t = mrtd_image_sev_section(image, i);
        assert_int_equal(t->gpa, sev_sections[i].gpa);
        assert_int_equal(t->size, sev_sections[i].size);
        assert_int_equal(t->type, sev_sections[i].type);
        assert_int_equal(t->field, DESCRIPTOR + 16 + 12 * i);
    }
    assert_null(mrtd_image_sev_section(image, SEV_SECTIONS));
    for (int p = MRTD_PLATFORM_SNP; p <= MRTD_PLATFORM_SEV; p++) {
        assert_null(mrtd_image_refusal(image, (enum mrtd_platform)p));
    }
    assert_int_equal(mrtd_image_refusal(image, MRTD_PLATFORM_TDX)->code,
                     MRTD_ERR_NO_TDX_ENTRY);
    assert_null(mrtd_image_refusal(image, (enum mrtd_platform)0));
    assert_null(
        mrtd_image_refusal(image, (enum mrtd_platform)(MRTD_PLATFORM_SEV + 1)));
    mrtd_image_free(image);
}

/* An image says little: what it does not have has no offset. */
static void little(void **state)
{
    (void)state;
    struct sev_sample s;
    sev_begin(&s, SEV_SAMPLE_SIZE);
    sev_add_number(&s, &sev_reset, SEV_RESET);
    struct mrtd_image *image = sev_open(&s, 0);
    const struct mrtd_sev_info *info = mrtd_image_sev(image);
    assert_int_equal(info->metadata_offset, MRTD_NO_OFFSET);
    assert_int_equal(info->section_count, 0);
    assert_int_equal(info->hash_table_offset, MRTD_NO_OFFSET);
    assert_int_equal(info->svsm_offset, MRTD_NO_OFFSET);
    assert_null(mrtd_image_sev_section(image, 0));
    assert_int_equal(mrtd_image_info(image)->region_count, 1);
    mrtd_image_free(image);
    /* Metadata of no sections, and no reset block. */
    sev_begin(&s, SEV_SAMPLE_SIZE);
    sev_add_metadata(&s, NULL, 0);
    image = sev_open(&s, 0);
    info = mrtd_image_sev(image);
    assert_int_equal(info->metadata_offset, DESCRIPTOR);
    assert_int_equal(info->reset_offset, MRTD_NO_OFFSET);
    assert_int_equal(info->section_count, 0);
    mrtd_image_free(image);
}

/* No table, or one of nothing for SEV: taken for an image only if it is said
 * to be one. */
static void nothing(void **state)
{
    (void)state;
    struct sev_sample s;
    sev_begin(&s, SEV_SAMPLE_SIZE);
    const struct mrtd_source source = {.data = s.bytes, .size = s.size};
    struct mrtd_image *image = NULL;
    for (int pass = 0; pass < 2; pass++) {
        struct mrtd_error e = {.code = MRTD_OK};
        /* As before there was SEV. */
        assert_int_equal(mrtd_image_open(&image, &source, 0, &e),
                         pass ? MRTD_ERR_NO_TABLE : MRTD_ERR_NO_TDX_ENTRY);
        assert_null(image);
        image = sev_open(&s, MRTD_WITHOUT_METADATA);
        assert_int_equal(mrtd_image_sev(image)->metadata_offset,
                         MRTD_NO_OFFSET);
        mrtd_image_free(image);
        image = NULL;
        s.bytes[s.size - 0x21] ^= 1; /* the footer's GUID */
    }
    /* Of an image for TDX alone it is refused for SEV. */
    make_small(s.bytes);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_null(mrtd_image_sev(image));
    assert_null(mrtd_image_sev_section(image, 0));
    const struct mrtd_error *e = mrtd_image_refusal(image, MRTD_PLATFORM_SNP);
    assert_int_equal(e->code, MRTD_ERR_NOT_FOR_PLATFORM);
    assert_int_equal(e->offset, MRTD_NO_OFFSET);
    assert_string_equal(e->message,
                        "not built for SEV: there is no GUIDed table with an "
                        "entry for it");
    assert_int_equal(mrtd_image_refusal(image, MRTD_PLATFORM_SEV_ES)->code,
                     MRTD_ERR_NOT_FOR_PLATFORM);
    assert_int_equal(mrtd_image_refusal(image, MRTD_PLATFORM_SEV)->code,
                     MRTD_ERR_NOT_FOR_PLATFORM);
    assert_null(mrtd_image_refusal(image, MRTD_PLATFORM_TDX));
    mrtd_image_free(image);
}

/* Every entry has its length, and is there once. */
static void entries(void **state)
{
    (void)state;
    static const struct {
        const struct guid *guid;
        const char *name;
        size_t size;
    } known[] = {
        {&sev_reset, "SEV-ES reset block", 4},
        {&sev_hashes, "SEV hash table", 8},
        {&sev_svsm, "SVSM info", 4},
        {&sev_metadata, "SEV metadata", 4},
    };
    const uint8_t data[9] = {0};
    char text[200];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        for (size_t size = 0; size <= sizeof data; size++) {
            struct sev_sample s;
            if (size == known[i].size) {
                continue;
            }
            sev_begin(&s, SEV_SAMPLE_SIZE);
            sev_add(&s, known[i].guid, data, size);
            snprintf(text, sizeof text,
                     "GUIDed table: the %s entry's length %zu is not %zu",
                     known[i].name, size + 18, known[i].size + 18);
            refused(&s, MRTD_ERR_SEV_ENTRY, s.table + size, text);
        }
        struct sev_sample s;
        sev_make(&s, sev_sections, SEV_SECTIONS);
        sev_add_number(&s, &sev_svsm, 0);
        sev_add(&s, known[i].guid, data, known[i].size);
        snprintf(text, sizeof text,
                 "GUIDed table: the %s entry is there twice; VMMs take the one "
                 "nearest the end of the file, calculators the other",
                 known[i].name);
        refused(&s, MRTD_ERR_SEV_ENTRY, s.table, text);
    }
}

/* Where the entry leads: at least a descriptor's size before the end. */
static void leads(void **state)
{
    (void)state;
    struct sev_sample s;
    char text[200];
    static const uint32_t wrong[] = {0, 15, SEV_SAMPLE_SIZE + 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sev_make(&s, sev_sections, SEV_SECTIONS);
        sev_put(s.bytes + s.table, 4, wrong[i]);
        snprintf(text, sizeof text,
                 "GUIDed table: the SEV metadata would be 0x%x bytes before "
                 "the end of a file of 0x4000",
                 wrong[i]);
        refused(&s, MRTD_ERR_SEV_ENTRY, s.table, text);
    }
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + s.table, 4, 16);
    refused(&s, MRTD_ERR_SEV_METADATA, SEV_SAMPLE_SIZE - 16,
            "SEV metadata: the signature is not \"ASEV\"");
    /* The whole file is before the end of the file. */
    sev_make(&s, sev_sections, SEV_SECTIONS);
    memmove(s.bytes, s.bytes + DESCRIPTOR, 0x100);
    sev_put(s.bytes + s.table, 4, SEV_SAMPLE_SIZE);
    struct mrtd_image *image = sev_open(&s, 0);
    assert_int_equal(mrtd_image_sev(image)->metadata_offset, 0);
    mrtd_image_free(image);
    /* Metadata that end with the file, after the table: one section. */
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + s.table, 4, 28);
    memcpy(s.bytes + SEV_SAMPLE_SIZE - 28, s.bytes + DESCRIPTOR, 28);
    sev_put(s.bytes + SEV_SAMPLE_SIZE - 24, 4, 28);
    sev_put(s.bytes + SEV_SAMPLE_SIZE - 16, 4, 1);
    image = sev_open(&s, 0);
    assert_int_equal(mrtd_image_sev(image)->section_count, 1);
    assert_int_equal(mrtd_image_sev_section(image, 0)->gpa,
                     sev_sections[0].gpa);
    mrtd_image_free(image);
}

static void descriptor(void **state)
{
    (void)state;
    struct sev_sample s;
    for (size_t i = 0; i < 4; i++) {
        sev_make(&s, sev_sections, SEV_SECTIONS);
        s.bytes[DESCRIPTOR + i] ^= 0x20;
        refused(&s, MRTD_ERR_SEV_METADATA, DESCRIPTOR,
                "SEV metadata: the signature is not \"ASEV\"");
    }
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + DESCRIPTOR + 8, 4, 2);
    refused(&s, MRTD_ERR_SEV_METADATA, DESCRIPTOR + 8,
            "SEV metadata: Version 2 is not 1");
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + DESCRIPTOR + 12, 4, 1025);
    refused(&s, MRTD_ERR_SEV_METADATA, DESCRIPTOR + 12,
            "SEV metadata: 1025 sections are more than 1024");
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + DESCRIPTOR + 4, 4, 16 + 6 * 12 - 1);
    refused(&s, MRTD_ERR_SEV_METADATA, DESCRIPTOR + 4,
            "SEV metadata: Length 87 is less than the 88 of 6 sections");
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + DESCRIPTOR + 4, 4, SEV_SAMPLE_SIZE - DESCRIPTOR + 1);
    refused(&s, MRTD_ERR_SEV_METADATA, DESCRIPTOR + 4,
            "SEV metadata: its 16129 bytes reach past the end of the file");
    /* All that there may be, and a length to the end of the file. */
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + DESCRIPTOR + 4, 4, SEV_SAMPLE_SIZE - DESCRIPTOR);
    sev_put(s.bytes + DESCRIPTOR + 12, 4, 1024);
    struct mrtd_image *image = sev_open(&s, 0);
    assert_int_equal(mrtd_image_sev(image)->section_count, 1024);
    assert_int_equal(mrtd_image_info(image)->region_count, 1025);
    mrtd_image_free(image);
}

/* A table that ends in the middle is read in two ways. */
static void broken_table(void **state)
{
    (void)state;
    struct sev_sample s;
    struct mrtd_image *image = NULL;
    struct mrtd_error e = {.code = MRTD_OK};
    sev_make(&s, sev_sections, SEV_SECTIONS);
    sev_put(s.bytes + s.size - 0x20 - 18, 2, s.size - 0x20 - s.table + 5);
    assert_int_equal(
        mrtd_image_open(&image,
                        &(struct mrtd_source){.data = s.bytes, .size = s.size},
                        MRTD_WITHOUT_METADATA, &e),
        MRTD_ERR_TABLE_ENTRY);
    assert_null(image);
}

/* 4 GiB leave a guest no memory to start with. */
static int read_zeros(void *context, uint64_t offset, void *buffer, size_t len)
{
    (void)context;
    (void)offset;
    memset(buffer, 0, len);
    return 0;
}

static void largest(void **state)
{
    (void)state;
    struct mrtd_source source = {.size = MRTD_MAX_IMAGE_SIZE,
                                 .read = read_zeros};
    struct mrtd_image *image = NULL;
    struct mrtd_error e = {.code = MRTD_OK};
    assert_int_equal(
        mrtd_image_open(&image, &source, MRTD_WITHOUT_METADATA, &e),
        MRTD_ERR_FIRMWARE_SIZE);
    assert_int_equal(e.offset, MRTD_NO_OFFSET);
    assert_string_equal(e.message, "a firmware of 4 GiB leaves a guest of SEV "
                                   "no memory below 4 GiB");
    source.size--;
    assert_int_equal(
        mrtd_image_open(&image, &source, MRTD_WITHOUT_METADATA, &e), MRTD_OK);
    assert_int_equal(mrtd_image_region(image, 0)->gpa, 1);
    mrtd_image_free(image);
}

static void regions(void **state)
{
    (void)state;
    static const enum mrtd_region_kind kinds[] = {
        MRTD_REGION_DATA, MRTD_REGION_CPUID, MRTD_REGION_SECRETS,
        MRTD_REGION_DATA, MRTD_REGION_DATA,  MRTD_REGION_HASHES,
    };
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    assert_int_equal(mrtd_image_info(image)->region_count, 1 + SEV_SECTIONS);
    assert_int_equal(mrtd_image_info(image)->section_count, 0);
    const struct mrtd_region *r = mrtd_image_region(image, 0);
    assert_int_equal(r->view, MRTD_VIEW_FILE);
    assert_int_equal(r->platforms, 1u << 2 | 1u << 3 | 1u << 4);
    assert_int_equal(r->kind, MRTD_REGION_DATA);
    assert_int_equal(r->asks, MRTD_ASKS_MEASURE);
    assert_int_equal(r->gpa, 0x100000000 - SEV_SAMPLE_SIZE);
    assert_int_equal(r->size, SEV_SAMPLE_SIZE);
    assert_int_equal(r->data_size, SEV_SAMPLE_SIZE);
    assert_int_equal(r->offset, 0);
    assert_string_equal(mrtd_region_name(r), "firmware");
    for (uint32_t i = 0; i < SEV_SECTIONS; i++) {
        r = mrtd_image_region(image, 1 + i);
        assert_int_equal(r->view, MRTD_VIEW_SEV);
        assert_int_equal(r->platforms, 1u << 2);
        assert_int_equal(r->kind, kinds[i]);
        assert_int_equal(r->asks, MRTD_ASKS_MEASURE);
        assert_int_equal(r->type, sev_sections[i].type);
        assert_int_equal(r->gpa, sev_sections[i].gpa);
        assert_int_equal(r->size, sev_sections[i].size);
        assert_int_equal(r->data_size, 0);
        assert_int_equal(r->field, DESCRIPTOR + 16 + 12 * i);
        assert_string_equal(mrtd_region_name(r),
                            mrtd_sev_section_type_name(sev_sections[i].type));
    }
    mrtd_image_free(image);
}

/* Regions for TDX come first, and are as they are without SEV. */
static void both(void **state)
{
    (void)state;
    struct sev_sample s;
    sev_begin(&s, SMALL_SIZE);
    make_small(s.bytes);
    struct mrtd_source source = {.data = s.bytes, .size = s.size};
    struct mrtd_image *alone = NULL;
    assert_int_equal(mrtd_image_open(&alone, &source, 0, NULL), MRTD_OK);
    const uint32_t count = mrtd_image_info(alone)->region_count;
    struct sev_sample t = s;
    t.table = SMALL_SIZE - SAMPLE_TABLE_SIZE;
    sev_add_number(&t, &sev_reset, SEV_RESET);
    struct mrtd_image *image = sev_open(&t, 0);
    assert_null(mrtd_image_refusal(image, MRTD_PLATFORM_TDX));
    assert_int_equal(mrtd_image_info(image)->region_count, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        assert_memory_equal(mrtd_image_region(image, i),
                            mrtd_image_region(alone, i),
                            sizeof(struct mrtd_region));
    }
    assert_int_equal(mrtd_image_region(image, count)->view, MRTD_VIEW_FILE);
    mrtd_image_free(image);
    mrtd_image_free(alone);
}

/* Read through the callback, each read may fail, and nothing is left. */
static void reads(void **state)
{
    (void)state;
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    unsigned fail_at = 1;
    for (;; fail_at++) {
        struct reader reader = {
            .data = s.bytes, .size = s.size, .fail_at = fail_at};
        const struct mrtd_source source = {
            .size = s.size, .read = reader_read, .context = &reader};
        struct mrtd_image *image = NULL;
        struct mrtd_error e = {.code = MRTD_OK};
        if (mrtd_image_open(&image, &source, 0, &e) == MRTD_OK) {
            assert_int_equal(mrtd_image_sev(image)->section_count,
                             SEV_SECTIONS);
            mrtd_image_free(image);
            break;
        }
        assert_null(image);
        assert_int_equal(e.code, MRTD_ERR_READ);
    }
    assert_true(fail_at > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_names), cmocka_unit_test(decoded),
        cmocka_unit_test(little),     cmocka_unit_test(nothing),
        cmocka_unit_test(entries),    cmocka_unit_test(leads),
        cmocka_unit_test(descriptor), cmocka_unit_test(broken_table),
        cmocka_unit_test(largest),    cmocka_unit_test(regions),
        cmocka_unit_test(both),       cmocka_unit_test(reads),
    };
    return cmocka_run_group_tests_name("sev", tests, NULL, NULL);
}
