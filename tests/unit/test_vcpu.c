/* SPDX-License-Identifier: Apache-2.0 */
/* Types of virtual CPUs: src/launch/snp/vcpu.c. */
#include "unit.h"

#include <limits.h>

/* QEMU, target/i386/cpu.c: family, model and stepping of each CPU model. */
static void types(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t family;
        uint32_t model;
        uint32_t stepping;
        uint32_t signature;
    } known[] = {
        {"EPYC", 23, 1, 2, 0x800f12},       {"EPYC-Rome", 23, 49, 0, 0x830f10},
        {"EPYC-Milan", 25, 1, 1, 0xa00f11}, {"EPYC-Genoa", 25, 17, 0, 0xa10f10},
        {"EPYC-Turin", 26, 0, 0, 0xb00f00},
    };
    static const char *const names[] = {
        "EPYC",          "EPYC-v1",       "EPYC-v2",       "EPYC-IBPB",
        "EPYC-v3",       "EPYC-v4",       "EPYC-v5",       "EPYC-Rome",
        "EPYC-Rome-v1",  "EPYC-Rome-v2",  "EPYC-Rome-v3",  "EPYC-Rome-v4",
        "EPYC-Rome-v5",  "EPYC-Milan",    "EPYC-Milan-v1", "EPYC-Milan-v2",
        "EPYC-Milan-v3", "EPYC-Genoa",    "EPYC-Genoa-v1", "EPYC-Genoa-v2",
        "EPYC-Turin",    "EPYC-Turin-v1",
    };
    const struct mrtd_vcpu_type *type;
    size_t count = 0;
    for (; (type = mrtd_vcpu_type_at(count)); count++) {
        uint32_t signature = known[0].signature;
        assert_true(count < sizeof names / sizeof *names);
        assert_string_equal(type->name, names[count]);
        assert_ptr_equal(mrtd_vcpu_type_find(type->name), type);
        for (size_t i = 1; i < sizeof known / sizeof *known; i++) {
            if (strncmp(type->name, known[i].name, strlen(known[i].name)) ==
                0) {
                signature = known[i].signature;
            }
        }
        assert_int_equal(type->signature, signature);
    }
    assert_int_equal(count, sizeof names / sizeof *names);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_int_equal(mrtd_vcpu_signature(known[i].family, known[i].model,
                                             known[i].stepping),
                         known[i].signature);
    }
    static const char *const others[] = {"",        "epyc",     "EPYC-",
                                         "EPYC-v6", "EPYC-v4 ", "qemu64"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_null(mrtd_vcpu_type_find(others[i]));
    }
    assert_null(mrtd_vcpu_type_at(SIZE_MAX));
}

/* AMD64 Architecture Programmer's Manual, volume 3, E.3.2: family and model are
 * again what the parts of the signature add up to. */
static void signatures(void **state)
{
    (void)state;
    for (uint32_t family = 0; family <= 270; family++) {
        for (uint32_t model = 0; model < 256; model += 5) {
            const uint32_t stepping = (family + model) & 15;
            const uint32_t s = mrtd_vcpu_signature(family, model, stepping);
            const uint32_t base = s >> 8 & 15;
            assert_int_equal(s & 15, stepping);
            assert_int_equal((s >> 4 & 15) | (s >> 16 & 15) << 4, model);
            assert_int_equal(base + (base == 15 ? s >> 20 & 255 : 0), family);
            assert_int_equal(s & 0xf000f000, 0);
            assert_true(base == 15 || s >> 20 == 0);
        }
    }
    /* What there is no room for is dropped. */
    assert_int_equal(mrtd_vcpu_signature(271, 256, 16), 0xf00);
}

/* AMD64 Architecture Programmer's Manual, volume 2, table B-4, SEV_FEATURES;
 * bit 5 has Linux's name. */
static void features(void **state)
{
    (void)state;
    static const char *const names[64] = {"SNPActive",
                                          "vTOM",
                                          "ReflectVC",
                                          "RestrictedInjection",
                                          "AlternateInjection",
                                          "DebugSwap",
                                          "PreventHostIBS",
                                          "BTBIsolation",
                                          "VmplSSS",
                                          "SecureTSC",
                                          "VmgexitParameter",
                                          "PmcVirtualization",
                                          "IbsVirtualization",
                                          NULL,
                                          "VmsaRegProt",
                                          "SmtProtection"};
    for (unsigned bit = 0; bit < 64; bit++) {
        const char *name = mrtd_guest_feature_name(bit);
        if (names[bit]) {
            assert_string_equal(name, names[bit]);
        } else {
            assert_null(name);
        }
    }
    assert_null(mrtd_guest_feature_name(UINT_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types),
        cmocka_unit_test(signatures),
        cmocka_unit_test(features),
    };
    return cmocka_run_group_tests_name("vcpu", tests, NULL, NULL);
}
