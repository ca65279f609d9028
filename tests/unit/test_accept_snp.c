/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts of VMMs of SEV-SNP. What each says is tested by the program's tests
 * (tests/cli/test_lint_snp.py). */
#include "sev_sample.h"

/* OVMF's usual ones, without the page of the kernel's hashes. */
static const struct mrtd_sev_section plain[] = {
    {.gpa = 0x800000, .size = 0x9000, .type = MRTD_SEV_SNP_SEC_MEM},
    {.gpa = 0x80d000, .size = 0x1000, .type = MRTD_SEV_SNP_SECRETS},
    {.gpa = 0x80e000, .size = 0x1000, .type = MRTD_SEV_CPUID},
    {.gpa = 0x810000, .size = 0x1000, .type = MRTD_SEV_SNP_KERNEL_HASHES},
};
#define PLAIN 3

static struct mrtd_accept *launch(const struct sev_sample *s, const char *vmm,
                                  const struct mrtd_source *kernel)
{
    const struct mrtd_source source = {.data = s->bytes, .size = s->size};
    const struct mrtd_launch l = {.struct_size = sizeof l,
                                  .vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, vmm),
                                  .vcpus = 1,
                                  .kernel = kernel};
    struct mrtd_accept *accept = NULL;
    assert_int_equal(mrtd_accept_launch(&accept, &source, &l, NULL), MRTD_OK);
    assert_ptr_equal(mrtd_accept_info(accept)->vmm, l.vmm);
    return accept;
}

/* It loads, and a launch can be planned of what it loads. */
static void loads(void **state)
{
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    (void)state;
    sev_make(&s, plain, PLAIN);
    struct mrtd_accept *accept = launch(&s, "gce", NULL);
    const struct mrtd_accept_info *info = mrtd_accept_info(accept);
    assert_int_equal(info->verdict, MRTD_VERDICT_LOADS);
    assert_int_equal(info->finding_count, 0);
    const struct mrtd_launch l = {
        .struct_size = sizeof l, .vmm = info->vmm, .vcpus = 1};
    assert_int_equal(
        mrtd_plan_build(&plan, mrtd_accept_image(accept), &l, NULL), MRTD_OK);
    /* The firmware, three sections, a VMSA. */
    assert_int_equal(mrtd_plan_info(plan)->updated_pages,
                     SEV_SAMPLE_SIZE / 0x1000 + 9 + 1 + 1 + 1);
    mrtd_plan_free(plan);
    mrtd_accept_free(accept);
}

/* The region of a finding is the section's index. */
static void regions(void **state)
{
    struct sev_sample s;
    (void)state;
    sev_make(&s, plain, PLAIN + 1);
    struct mrtd_accept *accept = launch(&s, "gce", NULL);
    assert_int_equal(mrtd_accept_info(accept)->verdict, MRTD_VERDICT_REFUSES);
    assert_int_equal(mrtd_accept_info(accept)->finding_count, 1);
    const struct mrtd_accept_finding *f = mrtd_accept_finding(accept, 0);
    assert_int_equal(f->code, MRTD_LINT_GCE_KERNEL_HASHES);
    assert_int_equal(f->effect, MRTD_EFFECT_REFUSED);
    assert_int_equal(f->region, 3);
    assert_int_equal(f->offset, SEV_SAMPLE_METADATA + 16 + 12 * 3 + 8);
    assert_null(mrtd_accept_image(accept));
    mrtd_accept_free(accept);
}

/* QEMU wants a multiple of 64 KiB; a kernel needs a place for its hash. */
static void kernel(void **state)
{
    const struct mrtd_source file = {.data = (const uint8_t *)"k", .size = 1};
    struct sev_sample s;
    (void)state;
    for (unsigned with = 0; with < 4; with++) {
        const bool has_page = with & 1;
        const bool has_kernel = with & 2;
        sev_make(&s, plain, PLAIN + has_page);
        struct mrtd_accept *accept =
            launch(&s, "qemu", has_kernel ? &file : NULL);
        const uint32_t count = has_kernel && !has_page ? 2 : 1;
        assert_int_equal(mrtd_accept_info(accept)->finding_count, count);
        assert_int_equal(mrtd_accept_finding(accept, 0)->code,
                         MRTD_NOTE_QEMU_SIZE);
        if (count == 2) {
            const struct mrtd_accept_finding *f =
                mrtd_accept_finding(accept, 1);
            assert_int_equal(f->code, MRTD_ERR_NO_HASH_TABLE);
            assert_int_equal(f->effect, MRTD_EFFECT_STOPS);
        }
        mrtd_accept_free(accept);
    }
}

/* Without a launch there is no kernel. */
static void check_alone(void **state)
{
    struct sev_sample s;
    struct mrtd_accept *accept = NULL;
    (void)state;
    sev_make(&s, plain, PLAIN);
    const struct mrtd_source source = {.data = s.bytes, .size = s.size};
    assert_int_equal(mrtd_accept_check(&accept, &source,
                                       mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce"),
                                       NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_accept_info(accept)->verdict, MRTD_VERDICT_LOADS);
    mrtd_accept_free(accept);
}

/* What only others are known to do with it, and whose rules are not known. */
static void fails(void **state)
{
    struct sev_sample s;
    struct mrtd_accept *accept = NULL;
    struct mrtd_error error;
    (void)state;
    sev_make(&s, plain, PLAIN);
    const struct mrtd_source source = {.data = s.bytes, .size = s.size};
    assert_int_equal(mrtd_accept_check(&accept, &source,
                                       mrtd_vmm_find(MRTD_PLATFORM_SNP, "ec2"),
                                       &error),
                     MRTD_ERR_ARGUMENT);
    s.bytes[SEV_SAMPLE_METADATA + 8] = 2; /* Version */
    assert_int_equal(mrtd_accept_check(&accept, &source,
                                       mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce"),
                                       &error),
                     MRTD_ERR_SEV_METADATA);
    assert_int_equal(error.offset, SEV_SAMPLE_METADATA + 8);
    memcpy(s.bytes, "IGVM", 4);
    s.bytes[s.size - 0x21] ^= 1; /* no GUIDed table */
    assert_int_equal(mrtd_accept_check(&accept, &source,
                                       mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce"),
                                       &error),
                     MRTD_ERR_IGVM);
    assert_null(accept);
}

/* Files without a GUIDed table, and one that has no room for it. */
static void no_table(void **state)
{
    static const uint8_t zeros[0x1000];
    static const struct {
        size_t size;
        const char *says;
    } cases[] = {
        {49, "firmware is too small: found size 0x31"},
        {50, "invalid firmware image without the GUIDed table."},
        {sizeof zeros, "invalid firmware image without the GUIDed table."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mrtd_source source = {.data = zeros,
                                           .size = cases[i].size};
        struct mrtd_accept *accept = NULL;
        uint32_t found = 0;
        assert_int_equal(
            mrtd_accept_check(&accept, &source,
                              mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce"), NULL),
            MRTD_OK);
        assert_int_equal(mrtd_accept_info(accept)->verdict,
                         MRTD_VERDICT_REFUSES);
        const struct mrtd_accept_finding *f;
        for (uint32_t k = 0; (f = mrtd_accept_finding(accept, k)); k++) {
            if (f->code == MRTD_ERR_NO_RESET_BLOCK ||
                f->code == MRTD_WARN_NO_SEV_METADATA) {
                assert_string_equal(f->says, cases[i].says);
                found++;
            }
        }
        assert_int_equal(found, 2);
        mrtd_accept_free(accept);
    }
}

/* The end of a GUIDed table without room for its length, and with it. */
static void table_length(void **state)
{
    static const char *const says[] = {
        "firmware is too small: found size 0x31",
        "invalid GUIDed table size: found size 0 fw_size: 50"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint8_t bytes[50] = {0};
        const struct mrtd_source source = {.data = bytes, .size = 49 + i};
        struct mrtd_accept *accept = NULL;
        memcpy(bytes + source.size - 0x20 - sizeof sev_footer.bytes,
               sev_footer.bytes, sizeof sev_footer.bytes);
        assert_int_equal(
            mrtd_accept_check(&accept, &source,
                              mrtd_vmm_find(MRTD_PLATFORM_SNP, "gce"), NULL),
            MRTD_OK);
        assert_int_equal(mrtd_accept_info(accept)->finding_count, 1);
        const struct mrtd_accept_finding *f = mrtd_accept_finding(accept, 0);
        assert_int_equal(f->code, MRTD_ERR_TABLE_LENGTH);
        assert_string_equal(f->says, says[i]);
        mrtd_accept_free(accept);
    }
}

/* A file that begins as an IGVM file, and has a GUIDed table. */
static void begins_as_igvm(void **state)
{
    struct sev_sample s;
    (void)state;
    sev_make(&s, plain, PLAIN);
    memcpy(s.bytes, "IGVM", 4);
    struct mrtd_accept *accept = launch(&s, "gce", NULL);
    assert_int_equal(mrtd_accept_info(accept)->verdict, MRTD_VERDICT_LOADS);
    mrtd_accept_free(accept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads),          cmocka_unit_test(regions),
        cmocka_unit_test(kernel),         cmocka_unit_test(check_alone),
        cmocka_unit_test(begins_as_igvm), cmocka_unit_test(fails),
        cmocka_unit_test(no_table),       cmocka_unit_test(table_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
