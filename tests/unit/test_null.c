/* SPDX-License-Identifier: Apache-2.0 */
/* A null pointer is never followed: mrtd.h, "Conventions". Each function that
 * takes a pointer, and each of its pointers: tests/lint/nulls.py sees to it. */
#include "unit.h"

static const struct mrtd_source *small_source(void)
{
    static uint8_t bytes[SMALL_SIZE];
    static struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
    make_small(bytes);
    return &source;
}

static struct mrtd_image *small_image(void)
{
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, small_source(), 0, NULL), MRTD_OK);
    return image;
}

static void test_names(void **state)
{
    uint8_t digest[MRTD_DIGEST_SIZE] = {7};
    char hex[MRTD_HEX_SIZE] = "x";
    (void)state;
    assert_null(mrtd_vmm_find(MRTD_PLATFORM_TDX, NULL));
    assert_null(mrtd_register_find(NULL));
    assert_int_equal(mrtd_engine_force(NULL), 1);
    assert_int_equal(mrtd_engine_at(0, NULL), 0);
    for (size_t len = 95; len <= 97; len++) {
        assert_int_equal(mrtd_hex_decode(digest, MRTD_DIGEST_SIZE, NULL, len),
                         0);
    }
    memset(hex, '1', sizeof hex);
    assert_int_equal(
        mrtd_hex_decode(NULL, MRTD_DIGEST_SIZE, hex, MRTD_HEX_SIZE - 1), 0);
    mrtd_hex_encode(NULL, digest, MRTD_DIGEST_SIZE);
    mrtd_hex_encode(hex, NULL, MRTD_DIGEST_SIZE);
    assert_int_equal(hex[0], '1');
    assert_int_equal(digest[0], 7);
}

static void test_freeing(void **state)
{
    (void)state;
    mrtd_image_free(NULL);
    mrtd_plan_free(NULL);
    mrtd_accept_free(NULL);
}

/* An empty handle has nothing in it. */
static void test_handles(void **state)
{
    (void)state;
    assert_null(mrtd_image_info(NULL));
    assert_null(mrtd_image_igvm(NULL));
    assert_null(mrtd_region_name(NULL));
    assert_null(mrtd_accept_info(NULL));
    assert_null(mrtd_accept_image(NULL));
    assert_null(mrtd_plan_info(NULL));
    assert_null(mrtd_image_sev(NULL));
    assert_null(mrtd_image_refusal(NULL, MRTD_PLATFORM_TDX));
    assert_null(mrtd_vcpu_type_find(NULL));
    assert_int_equal(mrtd_platform_find(NULL), 0);
    for (uint32_t i = 0; i < 2; i++) {
        assert_null(mrtd_image_region(NULL, i));
        assert_null(mrtd_image_section(NULL, i));
        assert_null(mrtd_image_guid_entry(NULL, i));
        assert_null(mrtd_image_finding(NULL, i));
        assert_null(mrtd_image_igvm_platform(NULL, i));
        assert_null(mrtd_image_igvm_range(NULL, i));
        assert_null(mrtd_image_igvm_blob(NULL, i));
        assert_int_equal(mrtd_image_igvm_mask(NULL, i), 0);
        assert_null(mrtd_accept_finding(NULL, i));
        assert_null(mrtd_image_sev_section(NULL, i));
        assert_null(mrtd_plan_run(NULL, i));
        assert_null(mrtd_plan_finding(NULL, i));
    }
    assert_int_equal(
        mrtd_vmm_launches(mrtd_vmm_default(MRTD_PLATFORM_TDX), NULL), 0);
    assert_int_equal(mrtd_vmm_launches(NULL, NULL), 0);
}

/* No page is counted of an empty handle, and none into nothing. */
static void test_pages(void **state)
{
    static const struct mrtd_igvm_pages none;
    struct mrtd_igvm_pages pages;
    struct mrtd_image *image = small_image();
    (void)state;
    memset(&pages, 0x5a, sizeof pages);
    mrtd_image_igvm_pages(NULL, 1, &pages);
    assert_memory_equal(&pages, &none, sizeof none);
    mrtd_image_igvm_pages(image, 1, NULL);
    mrtd_image_igvm_pages(NULL, 1, NULL);
    mrtd_image_free(image);
}

/* A value of no bytes is none; what is not there does not even equal itself. */
static void test_values(void **state)
{
    static const struct mrtd_value none;
    const uint8_t bytes[MRTD_DIGEST_SIZE] = {7};
    struct mrtd_value value;
    (void)state;
    mrtd_value_set(&value, MRTD_REGISTER_MRTD, bytes);
    assert_int_equal(mrtd_value_equal(&value, &value), 1);
    assert_int_equal(mrtd_value_equal(&value, NULL), 0);
    assert_int_equal(mrtd_value_equal(NULL, &value), 0);
    assert_int_equal(mrtd_value_equal(NULL, NULL), 0);
    mrtd_value_set(NULL, MRTD_REGISTER_MRTD, bytes);
    mrtd_value_set(NULL, MRTD_REGISTER_MRTD, NULL);
    mrtd_value_set(&value, MRTD_REGISTER_MRTD, NULL);
    assert_memory_equal(&value, &none, sizeof none);
}

/* With an error to fill, and without. */
static void check_argument(enum mrtd_code code, const struct mrtd_error *error)
{
    assert_int_equal(code, MRTD_ERR_ARGUMENT);
    if (error) {
        assert_int_equal(error->code, MRTD_ERR_ARGUMENT);
        assert_true(*error->message);
    }
}

static void test_results(void **state)
{
    struct mrtd_error storage;
    struct mrtd_image *image = small_image();
    struct mrtd_image *no_image = NULL;
    struct mrtd_accept *accept = NULL;
    struct mrtd_plan *plan = NULL;
    struct mrtd_plan *no_plan = NULL;
    const struct mrtd_source nothing = {.size = 8};
    const struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch), .payload = &nothing};
    const struct mrtd_vmm *vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "qemu");
    const struct mrtd_launch qemu = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_SNP, "qemu"),
        .vcpus = 1};
    struct mrtd_search_result result;
    struct mrtd_evidence evidence;
    struct mrtd_value value;
    (void)state;
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    for (int i = 0; i < 2; i++) {
        struct mrtd_error *e = i ? &storage : NULL;
        assert_null(mrtd_plan_bytes(plan, NULL));
        assert_null(mrtd_plan_bytes(NULL, mrtd_plan_run(plan, 0)));
        check_argument(mrtd_image_open(&no_image, NULL, 0, e), e);
        check_argument(mrtd_image_open(&no_image, &nothing, 0, e), e);
        check_argument(mrtd_image_open(NULL, small_source(), 0, e), e);
        check_argument(mrtd_accept_check(&accept, NULL, vmm, e), e);
        check_argument(mrtd_accept_check(&accept, &nothing, vmm, e), e);
        check_argument(mrtd_accept_check(&accept, small_source(), NULL, e), e);
        check_argument(mrtd_accept_check(NULL, small_source(), vmm, e), e);
        check_argument(mrtd_accept_launch(NULL, small_source(), &qemu, e), e);
        check_argument(mrtd_accept_launch(&accept, NULL, &qemu, e), e);
        check_argument(mrtd_accept_launch(&accept, small_source(), NULL, e), e);
        check_argument(mrtd_plan_build(&no_plan, NULL, NULL, e), e);
        check_argument(mrtd_plan_build(&no_plan, image, &options, e), e);
        check_argument(mrtd_plan_build(NULL, image, NULL, e), e);
        check_argument(mrtd_measure(NULL, NULL, &value, e), e);
        check_argument(mrtd_measure_source(&value, NULL, NULL, e), e);
        check_argument(mrtd_measure_source(&value, &nothing, NULL, e), e);
        check_argument(mrtd_measure_source(NULL, small_source(), NULL, e), e);
        check_argument(mrtd_measure(plan, NULL, NULL, e), e);
        check_argument(mrtd_search_snp(NULL, image, &value, NULL, e), e);
        check_argument(mrtd_search_snp(&result, NULL, &value, NULL, e), e);
        check_argument(mrtd_search_snp(&result, image, NULL, NULL, e), e);
        check_argument(mrtd_digest_source(NULL, 1, small_source(), e), e);
        check_argument(mrtd_digest_source(NULL, 0, small_source(), e), e);
        check_argument(mrtd_digest_source(&value.digest, 1, NULL, e), e);
        check_argument(mrtd_digest_source(&value.digest, 1, &nothing, e), e);
        for (int kind = 0; kind <= MRTD_EVIDENCE_HCL_TDX; kind++) {
            check_argument(mrtd_evidence_read(&evidence,
                                              (enum mrtd_evidence_kind)kind,
                                              NULL, 1024, e),
                           e);
            check_argument(mrtd_evidence_read(
                               NULL, (enum mrtd_evidence_kind)kind, "", 0, e),
                           e);
        }
    }
    assert_null(no_image);
    assert_null(no_plan);
    assert_null(accept);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* What goes well does so without an error to fill. */
static void test_no_error(void **state)
{
    struct mrtd_image *image = small_image();
    struct mrtd_plan *plan = NULL;
    struct mrtd_value value;
    struct mrtd_value again;
    (void)state;
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    assert_int_equal(mrtd_measure(plan, NULL, &value, NULL), MRTD_OK);
    assert_int_equal(mrtd_measure_source(&again, small_source(), NULL, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_value_equal(&value, &again), 1);
    assert_int_equal(mrtd_measure(NULL, NULL, &value, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_measure_source(&again, NULL, NULL, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_value_equal(&value, &again), 1);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

static void test_evidence(void **state)
{
    static const uint8_t quote[8] = {4, 0, 0, 0, 0x81};
    const struct mrtd_evidence evidence = {.kind = MRTD_EVIDENCE_SNP};
    struct mrtd_value value = {.id = MRTD_REGISTER_MRTD};
    enum mrtd_evidence_kind kind;
    (void)state;
    assert_int_equal(mrtd_evidence_detect(quote, sizeof quote, &kind), 1);
    assert_int_equal(mrtd_evidence_detect(quote, sizeof quote, NULL), 0);
    assert_int_equal(mrtd_evidence_detect(NULL, 0, &kind), 0);
    assert_int_equal(mrtd_evidence_detect(NULL, 1024, &kind), 0);
    mrtd_evidence_value(&value, NULL);
    assert_int_equal(value.id, 0);
    mrtd_evidence_value(NULL, &evidence);
    mrtd_evidence_value(NULL, NULL);
    assert_int_equal(mrtd_snp_report_signature(NULL), 0);
    assert_int_equal(mrtd_snp_certificates_detect(NULL, 0), 0);
    assert_int_equal(mrtd_snp_certificates_detect(NULL, 1024), 0);
}

static void test_verify(void **state)
{
    static const uint8_t bytes[8] = {4, 0, 2, 0, 0x81};
    const struct mrtd_verify_options options = {.struct_size = sizeof options,
                                                .certificate_count = 1};
    const struct mrtd_verify_bytes none = {.data = NULL, .size = 4};
    static const uint8_t tdinfo[MRTD_TDINFO_SIZE] = {[8] = 3};
    struct mrtd_verification verdict = {.status = MRTD_VERIFY_GOOD};
    struct mrtd_error error;
    char url[MRTD_VERIFY_URL_SIZE] = "x";
    size_t count = 7;
    (void)state;
    assert_int_equal(
        mrtd_verify(NULL, MRTD_EVIDENCE_QUOTE_V4, bytes, 8, &options, &error),
        MRTD_ERR_ARGUMENT);
    assert_int_equal(
        mrtd_verify(&verdict, MRTD_EVIDENCE_QUOTE_V4, bytes, 8, NULL, &error),
        MRTD_ERR_ARGUMENT);
    /* A list that is NULL, and one whose file is. */
    struct mrtd_verify_options some = options;
    assert_int_equal(mrtd_verify(&verdict, MRTD_EVIDENCE_TDINFO, tdinfo,
                                 sizeof tdinfo, &some, NULL),
                     MRTD_ERR_ARGUMENT);
    some.certificates = &none;
    assert_int_equal(mrtd_verify(&verdict, MRTD_EVIDENCE_TDINFO, tdinfo,
                                 sizeof tdinfo, &some, &error),
                     MRTD_ERR_ARGUMENT);
    some.certificate_count = 0;
    assert_int_equal(
        mrtd_verify(&verdict, MRTD_EVIDENCE_QUOTE_V4, NULL, 8, &some, &error),
        MRTD_ERR_ARGUMENT);
    assert_int_equal(verdict.status, MRTD_VERIFY_GOOD);
    /* Collateral without a size, and without parts. */
    struct mrtd_collateral collateral = {.struct_size = 0};
    some.collateral = &collateral;
    assert_int_equal(mrtd_verify(&verdict, MRTD_EVIDENCE_TDINFO, tdinfo,
                                 sizeof tdinfo, &some, &error),
                     MRTD_ERR_ARGUMENT);
    collateral.struct_size = sizeof collateral;
    assert_int_equal(mrtd_verify(&verdict, MRTD_EVIDENCE_TDINFO, tdinfo,
                                 sizeof tdinfo, &some, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verify_crl(NULL, 8, &error), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verify_crl(bytes, 8, NULL),
                     MRTD_ERR_COLLATERAL_FORMAT);
    assert_int_equal(mrtd_tcb_status_find(NULL), MRTD_TCB_NONE);
    assert_int_equal(mrtd_tcb_evaluate(NULL, NULL, NULL, NULL, NULL, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verify_root(NULL, 8, &error), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verify_root(NULL, 8, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verify_certificates(NULL, bytes, 8, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verify_certificates(&count, NULL, 8, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_verify_certificates(&count, bytes, 8, NULL),
                     MRTD_ERR_CERTIFICATE);
    assert_int_equal(count, 7);
    assert_int_equal(mrtd_verify_kds_url(NULL, MRTD_EVIDENCE_SNP, bytes, 8,
                                         MRTD_SNP_FAMILY_MILAN, 1),
                     0);
    assert_int_equal(mrtd_verify_kds_url(url, MRTD_EVIDENCE_SNP, NULL, 8,
                                         MRTD_SNP_FAMILY_MILAN, 1),
                     0);
    assert_string_equal(url, "x");
    mrtd_snp_tcb_decode(NULL, MRTD_SNP_FAMILY_MILAN, 1);
    assert_int_equal(mrtd_snp_report_family(NULL), MRTD_SNP_FAMILY_UNKNOWN);
}

/* Outputs of functions that return nothing stay as they are. */
static void test_nothing_done(void **state)
{
    const struct mrtd_tdinfo info = {.xfam = 3};
    uint8_t bytes[MRTD_TDINFO_SIZE];
    uint8_t before[MRTD_TDINFO_SIZE];
    (void)state;
    memset(bytes, 0x5a, sizeof bytes);
    memcpy(before, bytes, sizeof bytes);
    mrtd_tdinfo_encode(NULL, &info);
    mrtd_tdinfo_encode(bytes, NULL);
    mrtd_tdinfo_hash(NULL, &info);
    mrtd_tdinfo_hash(bytes, NULL);
    mrtd_servtd_info_hash(NULL, &info, 0);
    mrtd_servtd_info_hash(bytes, NULL, 0);
    assert_memory_equal(bytes, before, sizeof bytes);
}

/* Nothing is made of no event, and no value of none. */
static void test_events(void **state)
{
    (void)state;
    struct mrtd_event event;
    struct mrtd_value value = {.id = MRTD_REGISTER_RTMR0};
    mrtd_event_separator(NULL, MRTD_REGISTER_RTMR0, 1);
    mrtd_event_separator(&event, MRTD_REGISTER_RTMR0, 1);
    assert_int_equal(mrtd_events_replay(NULL, &event, 1, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_events_replay(&value, NULL, 1, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_events_replay(&value, NULL, 0, NULL), MRTD_OK);
}

/* One plan of several that is not there does not stop the others. */
static void test_many(void **state)
{
    struct mrtd_image *image = small_image();
    struct mrtd_plan *plan = NULL;
    struct mrtd_measurement results[20];
    const struct mrtd_plan *plans[20];
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    (void)state;
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    assert_int_equal(measure_mrtd(plan, NULL, mrtd, NULL), MRTD_OK);
    for (size_t i = 0; i < 20; i++) {
        plans[i] = i % 3 == 1 ? plan : NULL;
    }
    mrtd_measure_many(plans, 20, results);
    for (size_t i = 0; i < 20; i++) {
        if (plans[i]) {
            assert_int_equal(results[i].error.code, MRTD_OK);
            assert_memory_equal(results[i].value.digest.bytes, mrtd,
                                sizeof mrtd);
        } else {
            assert_int_equal(results[i].error.code, MRTD_ERR_ARGUMENT);
        }
    }
    memset(results, 0x5a, sizeof results);
    mrtd_measure_many(NULL, 20, results);
    assert_int_equal(results[0].value.digest.bytes[0], 0x5a);
    mrtd_measure_many(plans, 20, NULL);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),    cmocka_unit_test(test_freeing),
        cmocka_unit_test(test_handles),  cmocka_unit_test(test_results),
        cmocka_unit_test(test_evidence), cmocka_unit_test(test_nothing_done),
        cmocka_unit_test(test_events),   cmocka_unit_test(test_many),
        cmocka_unit_test(test_pages),    cmocka_unit_test(test_values),
        cmocka_unit_test(test_no_error), cmocka_unit_test(test_verify),
    };
    return cmocka_run_group_tests_name("null", tests, NULL, NULL);
}
