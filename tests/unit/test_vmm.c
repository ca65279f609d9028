/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "launch/tdx/vmm.h"
#include "launch/vmm.h"

static void table(void **state)
{
    (void)state;
    static const struct {
        enum mrtd_platform platform;
        const char *name;
        const char *as; /* NULL: it launches nothing */
        bool accepts;   /* its rules of acceptance are known */
    } rows[] = {
        {MRTD_PLATFORM_TDX, "spec", "spec", false},
        {MRTD_PLATFORM_TDX, "kvm-v19", "kvm-v19", false},
        {MRTD_PLATFORM_TDX, "cloud-hypervisor", "cloud-hypervisor", true},
        {MRTD_PLATFORM_TDX, "qemu", "qemu", true},
        {MRTD_PLATFORM_TDX, "migtd-qemu", "migtd-qemu", true},
        {MRTD_PLATFORM_TDX, "td-shim-igvm", "td-shim-igvm", false},
        {MRTD_PLATFORM_TDX, "gce", "qemu", true},
        {MRTD_PLATFORM_TDX, "td-shim", NULL, true},
        {MRTD_PLATFORM_SNP, "qemu", "qemu", true},
        {MRTD_PLATFORM_SNP, "ec2", "ec2", false},
        {MRTD_PLATFORM_SNP, "gce", "gce", true},
        {MRTD_PLATFORM_SNP, "spec", "spec", false},
        {MRTD_PLATFORM_SNP, "cloud-hypervisor-kvm", "cloud-hypervisor-kvm",
         false},
        {MRTD_PLATFORM_SNP, "cloud-hypervisor-mshv", "cloud-hypervisor-mshv",
         false},
        {MRTD_PLATFORM_SNP, "vanadium", "vanadium", false},
        {MRTD_PLATFORM_SNP, "igvmmeasure", "igvmmeasure", false},
        {MRTD_PLATFORM_SNP, "igvmmeasure-native-zero",
         "igvmmeasure-native-zero", false},
        {MRTD_PLATFORM_SEV_ES, "qemu", "qemu", false},
        {MRTD_PLATFORM_SEV, "qemu", "qemu", false},
    };
    const size_t count = sizeof rows / sizeof *rows;
    for (size_t i = 0; i < count; i++) {
        const struct mrtd_vmm *vmm = mrtd_vmm_at(i);
        assert_string_equal(vmm->name, rows[i].name);
        assert_ptr_equal(mrtd_vmm_find(rows[i].platform, rows[i].name), vmm);
        assert_ptr_equal(vmm->launches_as,
                         mrtd_vmm_find(rows[i].platform, rows[i].as));
        assert_int_equal(vmm->rule != NULL, rows[i].as != NULL);
        assert_int_equal(vmm->source != NULL, rows[i].as != NULL);
        assert_int_equal(vmm->acceptance != NULL, rows[i].accepts);
        assert_int_equal(vmm->takes_payload, i == 2);
        /* QEMU sets RDX of SEV-SNP and SEV-ES: docs/sev.md, "The VMSA". */
        assert_int_equal(vmm->takes_signature,
                         vmm->platform != MRTD_PLATFORM_TDX &&
                             vmm->platform != MRTD_PLATFORM_SEV &&
                             strcmp(vmm->name, "qemu") == 0);
        assert_int_equal(vmm->platform, rows[i].platform);
    }
    assert_null(mrtd_vmm_at(count));
    assert_null(mrtd_vmm_find(MRTD_PLATFORM_TDX, "SPEC"));
    assert_null(mrtd_vmm_find(MRTD_PLATFORM_TDX, ""));
    /* Names are a platform's, and a platform that is not there has none. */
    assert_null(mrtd_vmm_find(0, "spec"));
    assert_null(mrtd_vmm_find(MRTD_PLATFORM_SEV + 1, "spec"));
    assert_ptr_equal(mrtd_vmm_default(MRTD_PLATFORM_TDX), mrtd_vmm_at(0));
    assert_ptr_equal(mrtd_vmm_default(MRTD_PLATFORM_SNP), mrtd_vmm_at(8));
    assert_ptr_equal(mrtd_vmm_default(MRTD_PLATFORM_SEV_ES), mrtd_vmm_at(17));
    assert_ptr_equal(mrtd_vmm_default(MRTD_PLATFORM_SEV), mrtd_vmm_at(18));
    assert_null(mrtd_vmm_default(0));
    assert_null(mrtd_vmm_default(MRTD_PLATFORM_SEV + 1));
}

/* The rows of TDX agree with what is said of them, and rules that are another's
 * are the other's. */
static void rows(void **state)
{
    (void)state;
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        assert_ptr_equal(vmm_known(vmm), vmm);
        if (vmm->platform != MRTD_PLATFORM_TDX) {
            continue;
        }
        const struct tdx_vmm *row = tdx_vmm_of(vmm);
        const struct tdx_launch_rules *rules = tdx_vmm_launch(row);
        assert_ptr_equal(&row->public, vmm);
        assert_int_equal(row->accept.answer != NULL, vmm->acceptance != NULL);
        if (!vmm->launches_as) {
            assert_null(rules);
            continue;
        }
        assert_ptr_equal(rules, &tdx_vmm_of(vmm->launches_as)->launch);
        assert_ptr_equal(vmm->launches_as->launches_as, vmm->launches_as);
        assert_true(rules->tdvf || rules->igvm);
        assert_int_equal(rules->loads_payload, vmm->takes_payload);
    }
    assert_ptr_equal(vmm_known(NULL), mrtd_vmm_at(0));
    assert_null(vmm_known(&(struct mrtd_vmm){.name = "spec"}));
}

/* Types of 32 and more are in no set. */
static void types(void **state)
{
    (void)state;
    for (uint32_t type = 0; type <= 64; type++) {
        assert_false(tdx_has_type(0, type));
        assert_int_equal(tdx_has_type(UINT32_MAX, type), type < 32);
        assert_int_equal(tdx_has_type(UINT32_C(1) << 31, type), type == 31);
    }
}

static void skips(void **state)
{
    (void)state;
    const struct mrtd_section perm_mem = {.type = MRTD_SECTION_PERM_MEM};
    const struct mrtd_section temp_mem = {.type = MRTD_SECTION_TEMP_MEM};
    assert_true(tdx_skips(&tdx_vmm_migtd_qemu, &perm_mem));
    assert_false(tdx_skips(&tdx_vmm_migtd_qemu, &temp_mem));
    assert_false(tdx_skips(&tdx_vmm_gce, &perm_mem));
    assert_false(tdx_skips(&tdx_vmm_td_shim, &perm_mem));
}

/* Each flag sets its own rule, and takes none away that the VMM has. */
static void deviated_rules(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags < 16; flags++) {
        for (int has = 0; has < 2; has++) {
            struct tdx_launch_rules rules = {
                .follows_file = has,
                .ignores_aug = has,
                .extends_all = has,
                .two_pass = has,
            };
            tdx_deviate(&rules, flags);
            assert_int_equal(rules.follows_file, has || flags & 1);
            assert_int_equal(rules.ignores_aug, has || flags & 2);
            assert_int_equal(rules.extends_all, has || flags & 4);
            assert_int_equal(rules.two_pass, has || flags & 8);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),          cmocka_unit_test(rows),
        cmocka_unit_test(types),          cmocka_unit_test(skips),
        cmocka_unit_test(deviated_rules),
    };
    return cmocka_run_group_tests_name("vmm", tests, NULL, NULL);
}
