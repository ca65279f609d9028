/* SPDX-License-Identifier: Apache-2.0 */
/* The page with a virtual CPU's registers: src/launch/snp/vmsa.c. */
#include "unit.h"

#include "launch/snp/vmsa.h"

/* EPYC-v4: QEMU, target/i386/cpu.c, family 23, model 1, stepping 2. */
#define EPYC 0x800f12
/* Of OVMF's reset block. */
#define AP 0x80b004

static void check(const struct vmsa *vmsa, const char *wanted)
{
    uint8_t page[MRTD_PAGE_SIZE];
    char hex[MRTD_HEX_SIZE];
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA384};
    const struct mrtd_source source = {.data = page, .size = sizeof page};
    memset(page, 0xa5, sizeof page);
    vmsa_make(vmsa, page);
    assert_int_equal(mrtd_digest_source(&digest, 1, &source, NULL), MRTD_OK);
    mrtd_hex_encode(hex, digest.bytes, digest.size);
    assert_string_equal(hex, wanted);
}

/* SHA-384 of the pages that virtee/sev-snp-measure 0.0.13 makes (vmsa.py), with
 * SEV_FEATURES 1. */
static void known(void **state)
{
    (void)state;
    check(&(struct vmsa){&vmsa_qemu, VMSA_RESET_VECTOR, EPYC, 1},
          "77920c4c629ff47e90c0e174fc1ad0eb6fa664f88cd4739488058a8c6cb1a77b3856"
          "f55378e9518d0da99452d51c553a");
    check(&(struct vmsa){&vmsa_qemu, AP, EPYC, 1},
          "8413b852790765a310d95867a8b00bfca3a802b5a80830044b45e253fe96222657e1"
          "1e53fcf63eb0e0afd722385bf7b4");
    check(&(struct vmsa){&vmsa_ec2, VMSA_RESET_VECTOR, EPYC, 1},
          "d08442e8bcdb6a5dcd7f22e4f7fd6979beffb9f0bb54a9d1977407fe84f482abf23c"
          "1baae6ce95a6a9e7a94c3c51f412");
    check(&(struct vmsa){&vmsa_gce, VMSA_RESET_VECTOR, EPYC, 1},
          "f9e03177dad7f4819ee193af7cfb70507d8a923ab513412e908bc73460a9dfdaa542"
          "15d58952816118ffb2ec281e7fd2");
}

static uint64_t at(const uint8_t *page, unsigned offset, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = size; i > 0; i--) {
        value = value << 8 | page[offset + i - 1];
    }
    return value;
}

/* A page that differs from another in these bytes only. */
static void differ(const uint8_t *a, const uint8_t *b, const uint16_t *places,
                   size_t count)
{
    for (unsigned i = 0; i < MRTD_PAGE_SIZE; i++) {
        bool is_place = false;
        for (size_t k = 0; k < count; k++) {
            is_place |= i == places[k];
        }
        assert_int_equal(a[i] != b[i], is_place);
    }
}

/* What EC2 sets at the reset vector and elsewhere, and its VMSA as it was
 * known before. AMD64 Architecture Programmer's Manual, volume 2, table B-4,
 * has the offsets. */
static void ec2(void **state)
{
    (void)state;
    uint8_t first[MRTD_PAGE_SIZE];
    uint8_t other[MRTD_PAGE_SIZE];
    uint8_t old[MRTD_PAGE_SIZE];
    vmsa_make(&(struct vmsa){&vmsa_ec2, VMSA_RESET_VECTOR, EPYC, 1}, first);
    vmsa_make(&(struct vmsa){&vmsa_ec2, AP, EPYC, 1}, other);
    assert_int_equal(at(first, 0x12, 2), 0x9a);
    assert_int_equal(at(other, 0x12, 2), 0x9b);
    assert_int_equal(at(first, 0x310, 8), 0x600);
    vmsa_make(&(struct vmsa){&vmsa_ec2_old, VMSA_RESET_VECTOR, EPYC, 1}, old);
    differ(first, old, (const uint16_t[]){0x311}, 1);
    vmsa_make(&(struct vmsa){&vmsa_ec2_old, AP, EPYC, 1}, old);
    differ(other, old, (const uint16_t[]){0x311}, 1);
}

/* What is asked for is where it belongs; RIP and the base of CS are the address
 * of the first instruction. */
static void fields(void **state)
{
    (void)state;
    uint8_t page[MRTD_PAGE_SIZE];
    vmsa_make(&(struct vmsa){&vmsa_qemu, 0x1234ffff, 0x9abcdef0,
                             UINT64_C(0x1122334455667788)},
              page);
    assert_int_equal(at(page, 0x178, 8), 0xffff);
    assert_int_equal(at(page, 0x10, 2), 0xf000);
    assert_int_equal(at(page, 0x18, 8), 0x12340000);
    assert_int_equal(at(page, 0x310, 8), 0x9abcdef0);
    assert_int_equal(at(page, 0x3b0, 8), UINT64_C(0x1122334455667788));
    vmsa_make(&(struct vmsa){&vmsa_gce, 0x12345678, 0x9abcdef0, 0}, page);
    assert_int_equal(at(page, 0x310, 8), 0x600);
    assert_int_equal(at(page, 0x268, 8), 0x70106);
    assert_int_equal(at(page, 0x3b0, 8), 0);
}

/* An SVSM of its own file starts in protected mode: virtee/sev-snp-measure
 * 0.0.13, vmsa.py, snp:svsm. */
static void svsm(void **state)
{
    (void)state;
    uint8_t first[MRTD_PAGE_SIZE];
    vmsa_make(&(struct vmsa){&vmsa_svsm, 0x12345678, EPYC, 1}, first);
    assert_int_equal(at(first, 0x178, 8), 0x12345678);
    assert_int_equal(at(first, 0x158, 8), 0x11);
    assert_int_equal(at(first, 0x10, 2), 8);
    assert_int_equal(at(first, 0x12, 2), 0xc9b);
    assert_int_equal(at(first, 0x14, 4), UINT32_MAX);
    assert_int_equal(at(first, 0x18, 8), 0);
    static const unsigned data[] = {0x00, 0x20, 0x30, 0x40};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(at(first, data[i], 2), 16);
        assert_int_equal(at(first, data[i] + 2, 2), 0xc93);
        assert_int_equal(at(first, data[i] + 4, 4), UINT32_MAX);
        assert_int_equal(at(first, data[i] + 8, 8), 0);
    }
    assert_int_equal(at(first, 0x92, 2), 0x8b);
    assert_int_equal(at(first, 0x310, 8), EPYC);
    assert_int_equal(at(first, 0x408, 4), 0x1f80);
    assert_int_equal(at(first, 0x410, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known),
        cmocka_unit_test(ec2),
        cmocka_unit_test(fields),
        cmocka_unit_test(svsm),
    };
    return cmocka_run_group_tests_name("vmsa", tests, NULL, NULL);
}
