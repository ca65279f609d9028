/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms, algorithms, registers, and the call from bytes to a value. */
#include "unit.h"

#include <stdlib.h>

/* IANA, Named Information Hash Algorithm Registry: its numbers and names, and
 * the bits of each. */
static void test_algorithms(void **state)
{
    static const struct {
        unsigned number;
        const char *name;
        size_t bits;
    } known[] = {{1, "sha-256", 256}, {7, "sha-384", 384}, {8, "sha-512", 512}};
    (void)state;
    for (unsigned number = 0; number < 300; number++) {
        const enum mrtd_algorithm algorithm = (enum mrtd_algorithm)number;
        const char *name = NULL;
        size_t bits = 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (known[i].number == number) {
                name = known[i].name;
                bits = known[i].bits;
            }
        }
        assert_int_equal(8 * mrtd_algorithm_size(algorithm), bits);
        assert_true(bits <= 8 * (size_t)MRTD_MAX_DIGEST_SIZE);
        if (name) {
            assert_string_equal(mrtd_algorithm_name(algorithm), name);
        } else {
            assert_null(mrtd_algorithm_name(algorithm));
        }
    }
}

static void test_registers(void **state)
{
    /* SNP's and SEV's digests: [SNPABI] 8.17.2, [SEVAPI] 6.5. */
    static const struct {
        const char *name;
        const char *platform;
        enum mrtd_algorithm algorithm;
    } known[] = {
        {"MRTD", "tdx", MRTD_ALGORITHM_SHA384},
        {"RTMR0", "tdx", MRTD_ALGORITHM_SHA384},
        {"RTMR1", "tdx", MRTD_ALGORITHM_SHA384},
        {"RTMR2", "tdx", MRTD_ALGORITHM_SHA384},
        {"RTMR3", "tdx", MRTD_ALGORITHM_SHA384},
        {"SNP", "snp", MRTD_ALGORITHM_SHA384},
        {"SEV-ES", "sev-es", MRTD_ALGORITHM_SHA256},
        {"SEV", "sev", MRTD_ALGORITHM_SHA256},
    };
    static const char *const others[] = {
        "", "MRT", "MRTDX", "RTMR", "RTMR4", "RTMR00", "M", " MRTD", "MRTD "};
    const struct mrtd_register_info *info;
    size_t count = 0;
    (void)state;
    for (; (info = mrtd_register_at(count)); count++) {
        char lower[8] = "";
        assert_true(count < sizeof known / sizeof *known);
        assert_string_equal(info->name, known[count].name);
        assert_string_equal(mrtd_platform_name(info->platform),
                            known[count].platform);
        assert_int_equal(mrtd_platform_find(known[count].platform),
                         info->platform);
        assert_int_equal(info->algorithm, known[count].algorithm);
        assert_ptr_equal(mrtd_register_info(info->id), info);
        assert_ptr_equal(mrtd_register_find(info->name), info);
        for (size_t i = 0; info->name[i]; i++) {
            lower[i] = (char)(info->name[i] | 0x20);
        }
        assert_ptr_equal(mrtd_register_find(lower), info);
    }
    assert_int_equal(count, sizeof known / sizeof *known);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_null(mrtd_register_find(others[i]));
    }
    assert_null(mrtd_register_find(NULL));
    assert_null(mrtd_register_at(SIZE_MAX));
    assert_null(mrtd_register_info((enum mrtd_register)0));
    assert_null(mrtd_platform_name((enum mrtd_platform)0));
    assert_int_equal(mrtd_platform_find("sevsnp"), 0);
    assert_int_equal(mrtd_platform_find("SNP"), 0);
    assert_int_equal(mrtd_platform_find(""), 0);
}

/* A value differs in its register, its algorithm or any bit of its digest, and
 * in nothing else. */
static void test_equal(void **state)
{
    uint8_t bytes[MRTD_DIGEST_SIZE];
    struct mrtd_value a, b;
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i + 1);
    }
    mrtd_value_set(&a, MRTD_REGISTER_RTMR1, bytes);
    assert_int_equal(a.id, MRTD_REGISTER_RTMR1);
    assert_int_equal(a.digest.size, sizeof bytes);
    assert_memory_equal(a.digest.bytes, bytes, sizeof bytes);
    b = a;
    assert_int_equal(mrtd_value_equal(&a, &b), 1);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        b = a;
        b.digest.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(mrtd_value_equal(&a, &b), 0);
    }
    b = a;
    b.digest.bytes[sizeof bytes] = 1;
    assert_int_equal(mrtd_value_equal(&a, &b), 1);
    b.id = MRTD_REGISTER_RTMR2;
    assert_int_equal(mrtd_value_equal(&a, &b), 0);
    b = a;
    b.digest.algorithm = MRTD_ALGORITHM_SHA512;
    assert_int_equal(mrtd_value_equal(&a, &b), 0);
    /* Only the register's own size and algorithm make a digest, also where both
     * have the same others; a size that no digest has is not read to. */
    b = a;
    for (uint32_t size = 0; size <= MRTD_MAX_DIGEST_SIZE + 1; size++) {
        a.digest.size = b.digest.size = size;
        assert_int_equal(mrtd_value_equal(&a, &b), size == MRTD_DIGEST_SIZE);
    }
    a.digest.size = b.digest.size = MRTD_DIGEST_SIZE;
    for (unsigned algorithm = 0; algorithm < 10; algorithm++) {
        a.digest.algorithm = b.digest.algorithm =
            (enum mrtd_algorithm)algorithm;
        assert_int_equal(mrtd_value_equal(&a, &b),
                         algorithm == MRTD_ALGORITHM_SHA384);
    }
    a.digest.algorithm = MRTD_ALGORITHM_SHA384;
    b = a;
    b.digest.size--;
    assert_int_equal(mrtd_value_equal(&a, &b), 0);
    assert_int_equal(mrtd_value_equal(NULL, &b), 0);
    assert_int_equal(mrtd_value_equal(&b, NULL), 0);

    /* No register: nothing is left of the value. */
    static const struct mrtd_value none;
    mrtd_value_set(&b, (enum mrtd_register)99, bytes);
    assert_memory_equal(&b, &none, sizeof none);
    mrtd_value_set(&a, MRTD_REGISTER_MRTD, NULL);
    assert_memory_equal(&a, &none, sizeof none);
    mrtd_value_set(NULL, MRTD_REGISTER_MRTD, bytes);
    /* Two of nothing are not the same value. */
    assert_int_equal(mrtd_value_equal(&a, &b), 0);
}

/* The call from bytes to a value gives what the three calls give, or fails as
 * they do. */
static void test_source(void **state)
{
    uint8_t *bytes = test_malloc(SMALL_SIZE);
    struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
    const struct mrtd_vmm *vmm;
    (void)state;
    make_small(bytes);
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        const struct mrtd_launch options = {
            .struct_size = sizeof(struct mrtd_launch), .vmm = vmm};
        struct mrtd_image *image = NULL;
        struct mrtd_plan *plan = NULL;
        struct mrtd_error error = {0}, other = {0};
        struct mrtd_value value, before;
        uint8_t want[MRTD_DIGEST_SIZE];
        memset(&value, 0x5a, sizeof value);
        before = value;
        assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
        enum mrtd_code code = mrtd_plan_build(&plan, image, &options, &error);
        assert_int_equal(mrtd_measure_source(&value, &source, &options, &other),
                         code);
        if (code) {
            assert_string_equal(other.message, error.message);
            assert_memory_equal(&value, &before, sizeof value);
        } else {
            assert_int_equal(measure_mrtd(plan, NULL, want, NULL), MRTD_OK);
            assert_int_equal(value.id, MRTD_REGISTER_MRTD);
            assert_memory_equal(value.digest.bytes, want, sizeof want);
        }
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
    struct mrtd_error error = {0};
    struct mrtd_value value;
    source.size--;
    assert_int_not_equal(mrtd_measure_source(&value, &source, NULL, &error),
                         MRTD_OK);
    assert_int_not_equal(error.code, MRTD_OK);
    test_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_algorithms),
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
