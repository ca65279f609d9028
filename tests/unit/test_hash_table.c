/* SPDX-License-Identifier: Apache-2.0 */
/* The hashes of a kernel: src/launch/snp/hash_table.c, and who has a place for
 * them. */
#include "launch/plan.h"
#include "launch/snp/hash_table.h"
#include "snp_request.h"

/* The table of hashes for these three, and for the kernel alone: QEMU,
 * target/i386/sev.c, PaddedSevHashTable; the bytes are virtee/sev-snp-measure's
 * (sev_hashes.py) for the same strings. */
static void hash_table(void **state)
{
    (void)state;
    static const char wanted[] =
        "06d63894224fc94cb479a793d411fd21a800d82dd09720bd944caa78e7714d36ab2a32"
        "00f18aae9b3c09e55bc3047ad361e2442d7c53372470b2958fb83293209a784f7131f7"
        "ba442f3ad74b9af141e29169781d320072debe36f1638cd511ef0885e2330667d2eed9"
        "b3f61f6230ab1243807c4d64163794e74dd2ab7f42b835d5b172d2045b32001d03e0db"
        "46b123785937b3b52dff8cff93d57641a92b64593b107608c13990b800000000000000"
        "00";
    /* SHA-256 of one zero byte, and of nothing: no command line, no initrd. */
    static const char *const nothing[] = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};
    struct sev_sample s;
    char hex[2 * 176 + 1];
    struct mrtd_plan *plan = NULL;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_launch launch = one;
    launch.kernel = &kernel;
    launch.initrd = &initrd;
    launch.append = "console=ttyS0";
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL), MRTD_OK);
    check_run(plan, 5, 6, MRTD_SNP_PAGE_NORMAL, 0x810000, PAGE);
    const uint8_t *page = mrtd_plan_bytes(plan, mrtd_plan_run(plan, 5));
    for (unsigned i = 0; i < 176; i++) {
        snprintf(hex + 2 * i, 3, "%02x", page[0xc00 + i]);
    }
    assert_string_equal(hex, wanted);
    for (unsigned i = 0; i < PAGE; i++) {
        assert_true(page[i] == 0 || (i >= 0xc00 && i < 0xc00 + 176));
    }
    mrtd_plan_free(plan);
    plan = NULL;
    launch.initrd = NULL;
    launch.append = NULL;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SEV, "qemu", launch, NULL), MRTD_OK);
    const struct mrtd_run *run = mrtd_plan_run(plan, 1);
    assert_int_equal(run->ops, MRTD_OP_SEV_UPDATE);
    assert_int_equal(run->gpa, 0x810c00);
    assert_int_equal(run->size, 176);
    assert_int_equal(run->data_size, 176);
    const uint8_t *table = mrtd_plan_bytes(plan, run);
    for (unsigned i = 0; i < 176; i++) {
        snprintf(hex + 2 * i, 3, "%02x", table[i]);
    }
    assert_memory_equal(hex + 2 * (18 + 18), nothing[0], 64);
    assert_memory_equal(hex + 2 * (18 + 50 + 18), nothing[1], 64);
    assert_memory_equal(hex + 2 * (18 + 100 + 18), wanted + 2 * (18 + 100 + 18),
                        2 * 40);
    assert_null(mrtd_plan_run(plan, 2));
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* Several pages of hashes are all alike, and a kernel is read once. */
static void hash_pages(void **state)
{
    (void)state;
    static const struct mrtd_sev_section sections[] = {
        {.gpa = 0x810000, .size = PAGE, .type = MRTD_SEV_SNP_KERNEL_HASHES},
        {.gpa = 0x20000, .size = PAGE, .type = MRTD_SEV_SNP_KERNEL_HASHES},
    };
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    struct reader reader = {.data = (const uint8_t *)"kernel", .size = 6};
    const struct mrtd_source source = reader_source(&reader);
    sev_make(&s, sections, 2);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_launch launch = one;
    launch.kernel = &source;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL), MRTD_OK);
    assert_int_equal(reader.calls, 1);
    check_run(plan, 1, 1, MRTD_SNP_PAGE_NORMAL, 0x810000, PAGE);
    check_run(plan, 2, 2, MRTD_SNP_PAGE_NORMAL, 0x20000, PAGE);
    assert_ptr_equal(mrtd_plan_bytes(plan, mrtd_plan_run(plan, 1)),
                     mrtd_plan_bytes(plan, mrtd_plan_run(plan, 2)));
    mrtd_plan_free(plan);
    plan = NULL;
    reader.fail_at = 2;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL),
        MRTD_ERR_READ);
    assert_null(plan);
    mrtd_image_free(image);
}

/* A table that was made before is taken as it is, and nothing after it. */
static void made_before(void **state)
{
    (void)state;
    uint8_t table[HASH_TABLE_SIZE + 1];
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    struct mrtd_launch launch = one;
    memset(table, 0xa5, sizeof table);
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    launch.struct_size = sizeof launch;
    launch.vmm = mrtd_vmm_default(MRTD_PLATFORM_SNP);
    launch.kernel = &kernel;
    assert_int_equal(plan_build(&plan, image, &launch, table, NULL), MRTD_OK);
    const uint8_t *page = mrtd_plan_bytes(plan, mrtd_plan_run(plan, 5));
    for (unsigned i = 0; i < PAGE; i++) {
        assert_int_equal(page[i], i >= 0xc00 && i < 0xc00 + 176 ? 0xa5 : 0);
    }
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* All of its bytes are set, whatever was there, and none after it. */
static void whole(void **state)
{
    (void)state;
    const struct mrtd_launch launch = {.kernel = &kernel};
    uint8_t once[HASH_TABLE_SIZE + 1];
    uint8_t again[HASH_TABLE_SIZE + 1];
    memset(once, 0xa5, sizeof once);
    memset(again, 0x5a, sizeof again);
    assert_int_equal(hash_table_make(&launch, once, NULL), MRTD_OK);
    assert_int_equal(hash_table_make(&launch, again, NULL), MRTD_OK);
    assert_memory_equal(once, again, HASH_TABLE_SIZE);
    assert_int_equal(once[HASH_TABLE_SIZE], 0xa5);
    assert_int_equal(again[HASH_TABLE_SIZE], 0x5a);
}

/* No digest without the kernel where one is given. */
static void no_hashes(void **state)
{
    (void)state;
    struct sev_sample s;
    struct mrtd_launch launch = one;
    launch.kernel = &kernel;
    static const enum mrtd_platform platforms[] = {
        MRTD_PLATFORM_SNP, MRTD_PLATFORM_SEV_ES, MRTD_PLATFORM_SEV};
    for (size_t i = 0; i < 3; i++) {
        sev_begin(&s, SEV_SAMPLE_SIZE);
        sev_add_number(&s, &sev_reset, SEV_RESET);
        sev_add_metadata(&s, sev_sections, SEV_SECTIONS);
        struct mrtd_image *image = sev_open(&s, 0);
        refused_by(image, platforms[i], "qemu", launch, MRTD_ERR_NO_HASH_TABLE,
                   MRTD_NO_OFFSET,
                   "a kernel is given, but the GUIDed table has no SEV hash "
                   "table entry: the firmware does not check a kernel's hash; "
                   "use one built for direct kernel boot (OVMF's AmdSevX64)");
        mrtd_image_free(image);
        sev_add_hashes(&s, 0, 0x400);
        image = sev_open(&s, 0);
        refused_by(image, platforms[i], "qemu", launch, MRTD_ERR_NO_HASH_TABLE,
                   s.table,
                   "a kernel is given, but the SEV hash table's GPA is 0: the "
                   "firmware does not check a kernel's hash; use one built for "
                   "direct kernel boot (OVMF's AmdSevX64)");
        mrtd_image_free(image);
        sev_put(s.bytes + s.table, 4, 0x810c00);
        sev_put(s.bytes + s.table + 4, 4, 175);
        image = sev_open(&s, 0);
        refused_by(image, platforms[i], "qemu", launch, MRTD_ERR_NO_HASH_TABLE,
                   s.table,
                   "the SEV hash table's size 0xaf is less than the 176 bytes "
                   "that QEMU writes there");
        mrtd_image_free(image);
        sev_put(s.bytes + s.table + 4, 4, 176);
        image = sev_open(&s, 0);
        struct mrtd_plan *plan = NULL;
        assert_int_equal(
            build(&plan, image, platforms[i], "qemu", launch, NULL), MRTD_OK);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
    /* Of SEV-SNP the page is a section's, and has room for the table. */
    sev_make(&s, sev_sections, SEV_SECTIONS - 1);
    struct mrtd_image *image = sev_open(&s, 0);
    refused(image, launch, MRTD_ERR_NO_HASH_TABLE, SEV_SAMPLE_METADATA,
            "a kernel is given, but the SEV metadata have no SNP_KERNEL_HASHES "
            "section: the firmware does not check a kernel's hash; use one "
            "built for direct kernel boot (OVMF's AmdSevX64)");
    mrtd_image_free(image);
    sev_begin(&s, SEV_SAMPLE_SIZE);
    sev_add_number(&s, &sev_reset, SEV_RESET);
    sev_add_hashes(&s, 0x80fc00, 0x400);
    const uint64_t place = s.table;
    sev_add_metadata(&s, sev_sections, SEV_SECTIONS);
    image = sev_open(&s, 0);
    refused(image, launch, MRTD_ERR_NO_HASH_TABLE, place,
            "the SEV hash table's GPA 0x80fc00 is in no SNP_KERNEL_HASHES "
            "section: the firmware would not find the hashes that the VMM "
            "writes");
    mrtd_image_free(image);
    for (uint32_t at = 0xf50; at <= 0xf51; at++) {
        sev_begin(&s, SEV_SAMPLE_SIZE);
        sev_add_number(&s, &sev_reset, SEV_RESET);
        sev_add_hashes(&s, 0x810000 + at, 0x400);
        const size_t field = s.table;
        sev_add_metadata(&s, sev_sections, SEV_SECTIONS);
        image = sev_open(&s, 0);
        struct mrtd_plan *plan = NULL;
        if (at == 0xf50) {
            assert_int_equal(
                build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL),
                MRTD_OK);
            mrtd_plan_free(plan);
        } else {
            refused(image, launch, MRTD_ERR_NO_HASH_TABLE, field,
                    "the SEV hash table's GPA 0x810f51 leaves no room in its "
                    "page for the table's 176 bytes");
        }
        mrtd_image_free(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_table),  cmocka_unit_test(hash_pages),
        cmocka_unit_test(made_before), cmocka_unit_test(whole),
        cmocka_unit_test(no_hashes),
    };
    return cmocka_run_group_tests_name("hash_table", tests, NULL, NULL);
}
