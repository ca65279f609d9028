/* SPDX-License-Identifier: Apache-2.0 */
/* mrtd_evidence_*: what tests of the program do not see of the interface. */
#include "unit.h"

#include <openssl/sha.h>

#define V4_BODY_END 632
#define REPORT_SIZE 1024

static const enum mrtd_evidence_kind all_kinds[] = {
    MRTD_EVIDENCE_QUOTE_V4, MRTD_EVIDENCE_QUOTE_V5, MRTD_EVIDENCE_TDREPORT,
    MRTD_EVIDENCE_TDINFO,   MRTD_EVIDENCE_SNP,      MRTD_EVIDENCE_HCL,
    MRTD_EVIDENCE_HCL_TDX};

#define KINDS (sizeof all_kinds / sizeof *all_kinds)

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(mrtd_evidence_kind_name(MRTD_EVIDENCE_QUOTE_V4),
                        "TDX quote version 4");
    assert_string_equal(mrtd_evidence_kind_name(MRTD_EVIDENCE_QUOTE_V5),
                        "TDX quote version 5");
    assert_string_equal(mrtd_evidence_kind_name(MRTD_EVIDENCE_TDREPORT),
                        "TDREPORT");
    assert_string_equal(mrtd_evidence_kind_name(MRTD_EVIDENCE_TDINFO),
                        "TDINFO");
    assert_string_equal(mrtd_evidence_kind_name(MRTD_EVIDENCE_SNP),
                        "SEV-SNP report");
    assert_string_equal(mrtd_evidence_kind_name(MRTD_EVIDENCE_HCL),
                        "SEV-SNP report of Azure's paravisor");
    assert_string_equal(mrtd_evidence_kind_name(MRTD_EVIDENCE_HCL_TDX),
                        "TDREPORT of Azure's paravisor");
    assert_null(mrtd_evidence_kind_name((enum mrtd_evidence_kind)KINDS));
    for (size_t k = 0; k < KINDS; k++) {
        assert_int_equal(mrtd_evidence_platform(all_kinds[k]),
                         k == 4 || k == 5 ? MRTD_PLATFORM_SNP
                                          : MRTD_PLATFORM_TDX);
    }
    assert_int_equal(mrtd_evidence_platform((enum mrtd_evidence_kind)KINDS), 0);
}

/* Every length of zeros and of a quote's start: refused, nothing stored. */
static void test_failure_leaves_outputs(void **state)
{
    static uint8_t data[V4_BODY_END + 4];
    struct mrtd_evidence evidence;
    struct mrtd_evidence before;
    struct mrtd_error error;
    (void)state;
    data[0] = 4;
    data[4] = 0x81;
    memset(&evidence, 0x5a, sizeof evidence);
    before = evidence;
    for (size_t size = 0; size < sizeof data; size++) {
        for (size_t k = 0; k < KINDS; k++) {
            if (all_kinds[k] == MRTD_EVIDENCE_TDINFO &&
                size >= MRTD_TDINFO_SIZE) {
                continue;
            }
            error.code = MRTD_OK;
            enum mrtd_code code =
                mrtd_evidence_read(&evidence, all_kinds[k], data, size, &error);
            assert_int_not_equal(code, MRTD_OK);
            assert_int_equal(error.code, code);
            assert_memory_equal(&evidence, &before, sizeof before);
            assert_int_equal(
                mrtd_evidence_read(&evidence, all_kinds[k], data, size, NULL),
                code);
        }
    }
    assert_int_equal(mrtd_evidence_read(&evidence, MRTD_EVIDENCE_QUOTE_V4, data,
                                        sizeof data, &error),
                     MRTD_OK);
    assert_int_equal(evidence.size, sizeof data);
    assert_int_equal(evidence.value_offset, 184);
    assert_int_equal(evidence.consistent, 1);
}

static void test_arguments(void **state)
{
    struct mrtd_evidence evidence;
    struct mrtd_error error;
    (void)state;
    assert_int_equal(mrtd_evidence_read(&evidence,
                                        (enum mrtd_evidence_kind)KINDS, "", 0,
                                        &error),
                     MRTD_ERR_ARGUMENT);
}

/* The first bytes decide; what is too short for its kind is still of it. */
static void test_detect(void **state)
{
    static uint8_t data[REPORT_SIZE];
    enum mrtd_evidence_kind kind = MRTD_EVIDENCE_TDREPORT;
    (void)state;
    assert_int_equal(mrtd_evidence_detect(data, 0, &kind), 0);
    assert_int_equal(mrtd_evidence_detect(data, sizeof data, &kind), 0);
    assert_int_equal(kind, MRTD_EVIDENCE_TDREPORT);
    /* Bits 0 and 1 of XFAM. */
    for (uint8_t xfam = 0; xfam < 8; xfam++) {
        data[8] = xfam;
        assert_int_equal(mrtd_evidence_detect(data, MRTD_TDINFO_SIZE, &kind),
                         xfam == 3 || xfam == 7);
    }
    assert_int_equal(mrtd_evidence_detect(data, MRTD_TDINFO_SIZE, &kind), 1);
    assert_int_equal(kind, MRTD_EVIDENCE_TDINFO);
    data[MRTD_TDINFO_SIZE - 1] = 1;
    assert_int_equal(mrtd_evidence_detect(data, MRTD_TDINFO_SIZE, &kind), 0);
    data[4] = 0x81;
    for (unsigned version = 0; version < 256; version++) {
        data[0] = (uint8_t)version;
        int is = version >= 4 && version <= 15;
        assert_int_equal(mrtd_evidence_detect(data, 8, &kind), is);
        if (is) {
            assert_int_equal(kind, version == 4 ? MRTD_EVIDENCE_QUOTE_V4
                                                : MRTD_EVIDENCE_QUOTE_V5);
        }
    }
}

/* A TDREPORT has reserved bytes that are zero, and its size; what is longer
 * needs the right hash, too. */
static void test_detect_report(void **state)
{
    static uint8_t data[REPORT_SIZE + 1];
    enum mrtd_evidence_kind kind = MRTD_EVIDENCE_QUOTE_V4;
    (void)state;
    data[0] = 0x81;
    for (size_t size = 0; size <= REPORT_SIZE; size++) {
        assert_int_equal(mrtd_evidence_detect(data, size, &kind), size >= 16);
    }
    assert_int_equal(kind, MRTD_EVIDENCE_TDREPORT);
    assert_int_equal(mrtd_evidence_detect(data, sizeof data, &kind), 0);
    SHA384(data + 512, 512, data + 80);
    assert_int_equal(mrtd_evidence_detect(data, sizeof data, &kind), 1);
    for (size_t i = 0; i < 16; i++) {
        data[i] ^= 0x40;
        /* Its version may be any. */
        assert_int_equal(mrtd_evidence_detect(data, REPORT_SIZE, &kind),
                         i == 2);
        data[i] ^= 0x40;
    }
}

/* --- Fields beside TDINFO ------------------------------------------------ */

/* Bytes of which no two fields have the same. */
static void fill(uint8_t *data, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++) {
        data[i] = (uint8_t)(i * 7 + i / 256);
    }
}

static uint64_t number(const uint8_t *from)
{
    uint64_t value = 0;
    for (unsigned i = 8; i-- > 0;) {
        value = value << 8 | from[i];
    }
    return value;
}

/* DCAP, A.3.2: the module's fields from the start of the body; REPORTDATA, and
 * TEE_TCB_SVN2 or NULL. */
static void assert_report(const struct mrtd_evidence *e, const uint8_t *module,
                          const uint8_t *reportdata, const uint8_t *svn2)
{
    static const uint8_t zeros[16];
    const struct mrtd_td_report *r = &e->report;
    assert_memory_equal(r->tee_tcb_svn, module, 16);
    assert_memory_equal(r->mrseam, module + 16, MRTD_DIGEST_SIZE);
    assert_memory_equal(r->mrsignerseam, module + 64, MRTD_DIGEST_SIZE);
    assert_int_equal(r->seamattributes, number(module + 112));
    assert_memory_equal(r->reportdata, reportdata, 64);
    assert_memory_equal(r->tee_tcb_svn2, svn2 ? svn2 : zeros, 16);
}

static void test_td_report(void **state)
{
    static uint8_t data[REPORT_SIZE];
    struct mrtd_evidence e;
    (void)state;
    fill(data, 48, V4_BODY_END);
    data[0] = 4;
    data[4] = 0x81;
    assert_int_equal(
        mrtd_evidence_read(&e, MRTD_EVIDENCE_QUOTE_V4, data, 636, NULL),
        MRTD_OK);
    assert_report(&e, data + 48, data + 568, NULL);
    for (uint8_t type = 2; type <= 3; type++) {
        const unsigned size = type == 2 ? 584 : 648;
        memset(data, 0, sizeof data);
        fill(data, 54, 54 + size);
        data[0] = 5;
        data[4] = 0x81;
        data[48] = type;
        data[50] = (uint8_t)size;
        data[51] = (uint8_t)(size >> 8);
        assert_int_equal(mrtd_evidence_read(&e, MRTD_EVIDENCE_QUOTE_V5, data,
                                            54 + size + 4, NULL),
                         MRTD_OK);
        assert_report(&e, data + 54, data + 574, type == 3 ? data + 638 : NULL);
    }
    /* TDREPORT: TEE_TCB_INFO is at 256. */
    memset(data, 0, sizeof data);
    fill(data, 16, 960);
    data[0] = 0x81;
    assert_int_equal(
        mrtd_evidence_read(&e, MRTD_EVIDENCE_TDREPORT, data, sizeof data, NULL),
        MRTD_OK);
    assert_report(&e, data + 264, data + 128, data + 384);
    assert_int_equal(e.consistent, 0);
    assert_int_equal(mrtd_evidence_read(&e, MRTD_EVIDENCE_TDINFO, data + 512,
                                        MRTD_TDINFO_SIZE, NULL),
                     MRTD_OK);
    memset(data, 0, sizeof data);
    assert_report(&e, data, data, NULL);
}

/* --- Azure, with a TDREPORT --------------------------------------------- */

enum {
    HCL_SIZE = 1300,
    HCL_CLAIMS_SIZE = 30
};

/* kinvolk/azure-cvm-tooling, az-cvm-vtpm/src/hcl/mod.rs: the report from 32 on,
 * the claims from 1236 on, and their digest in REPORTDATA. */
static void make_hcl(uint8_t data[HCL_SIZE])
{
    memset(data, 0, HCL_SIZE);
    memcpy(data, "HCLA", 4);
    data[32] = 0x81;
    memset(data + 32 + 528, 0x22, MRTD_DIGEST_SIZE);
    SHA384(data + 32 + 512, 512, data + 32 + 80);
    data[1216] = HCL_CLAIMS_SIZE + 20;
    data[1224] = 4; /* TDX */
    data[1228] = 1; /* SHA-256 */
    data[1232] = HCL_CLAIMS_SIZE;
    memset(data + 1236, 'c', HCL_CLAIMS_SIZE);
    SHA256(data + 1236, HCL_CLAIMS_SIZE, data + 32 + 128);
}

static void test_hcl_tdx(void **state)
{
    uint8_t data[HCL_SIZE];
    enum mrtd_evidence_kind kind = MRTD_EVIDENCE_SNP;
    struct mrtd_evidence e;
    (void)state;
    make_hcl(data);
    assert_int_equal(mrtd_evidence_detect(data, sizeof data, &kind), 1);
    assert_int_equal(kind, MRTD_EVIDENCE_HCL_TDX);
    assert_int_equal(mrtd_evidence_read(&e, kind, data, sizeof data, NULL),
                     MRTD_OK);
    assert_int_equal(e.size, 1236 + HCL_CLAIMS_SIZE);
    assert_int_equal(e.value_offset, 32 + 528);
    assert_int_equal(e.consistent, 1);
    assert_int_equal(e.tdinfo.mrtd[0], 0x22);
    for (size_t size = 0; size < 1236 + HCL_CLAIMS_SIZE; size++) {
        assert_int_not_equal(mrtd_evidence_read(&e, kind, data, size, NULL),
                             MRTD_OK);
    }
    /* Of each byte that is changed it is known, or it is refused; but of those
     * that nothing covers: VERSION of REPORTTYPE, the TCB's, MAC and others. */
    for (size_t at = 0; at < sizeof data; at++) {
        const size_t in = at - 32;
        const int is_open = (at >= 4 && at < 32) || in == 2 ||
                            (in >= 16 && in < 80) || (in >= 192 && in < 512) ||
                            (at >= 1220 && at < 1224);
        data[at] ^= 1;
        const int good =
            !mrtd_evidence_read(&e, kind, data, sizeof data, NULL) &&
            e.consistent;
        assert_int_equal(good,
                         at >= 32 && in >= 1024 && at < 1216 ? 0 : is_open);
        data[at] ^= 1;
    }
}

/* --- SEV-SNP ------------------------------------------------------------ */

#define SNP_SIZE 1184

static const uint8_t genoa[] = {0x19, 0x11, 0x01};

/* A report of that version, AMD 56860, table 23: POLICY 0x30000, MEASUREMENT
 * bytes of 0x11. */
static void make_snp(uint8_t report[SNP_SIZE], uint8_t version)
{
    memset(report, 0, SNP_SIZE);
    report[0] = version;
    report[0xa] = 3;
    report[0x34] = 1;
    memset(report + 0x90, 0x11, MRTD_DIGEST_SIZE);
}

static void test_snp(void **state)
{
    uint8_t report[SNP_SIZE];
    uint8_t hcl[1300] = {0};
    struct mrtd_evidence e;
    struct mrtd_value value;
    static const struct {
        uint16_t offset;
        uint8_t bits;
    } later[] = {{0x0b, 0x04}, {0x0f, 0x80}, {0x48, 0x20}, {0x4b, 0x80},
                 {0x4c, 1},    {0x18b, 1},   {0x208, 1},   {0x29f, 0x80},
                 {0x330, 1},   {0x49f, 0x80}};
    (void)state;
    for (uint8_t version = 0; version < 12; version++) {
        enum mrtd_evidence_kind kind = MRTD_EVIDENCE_TDINFO;
        make_snp(report, version);
        const int is = version >= 2 && version <= 9;
        assert_int_equal(mrtd_evidence_detect(report, sizeof report, &kind),
                         is);
        assert_int_equal(kind, is ? MRTD_EVIDENCE_SNP : MRTD_EVIDENCE_TDINFO);
        assert_int_equal(mrtd_evidence_read(&e, MRTD_EVIDENCE_SNP, report,
                                            sizeof report, NULL),
                         is ? MRTD_OK : MRTD_ERR_EVIDENCE_KIND);
        /* What is reserved may be used by versions that are newer. */
        for (size_t i = 0; is && i < sizeof later / sizeof *later; i++) {
            make_snp(report, version);
            report[later[i].offset] |= later[i].bits;
            assert_int_equal(mrtd_evidence_read(&e, MRTD_EVIDENCE_SNP, report,
                                                sizeof report, NULL),
                             version <= 5 || later[i].offset >= 0x330
                                 ? MRTD_ERR_EVIDENCE_RESERVED
                                 : MRTD_OK);
        }
    }
    /* Azure's says itself what it has. */
    memcpy(hcl, "HCLA", 4);
    for (uint8_t version = 0; version < 2; version++) {
        make_snp(hcl + 32, version);
        assert_int_equal(
            mrtd_evidence_read(&e, MRTD_EVIDENCE_HCL, hcl, sizeof hcl, NULL),
            MRTD_ERR_EVIDENCE_VERSION);
    }
    make_snp(report, 3);
    memcpy(report + 0x188, genoa, sizeof genoa);
    assert_int_equal(
        mrtd_evidence_read(&e, MRTD_EVIDENCE_SNP, report, sizeof report, NULL),
        MRTD_OK);
    assert_int_equal(e.size, SNP_SIZE);
    assert_int_equal(e.value_offset, 0x90);
    assert_int_equal(e.consistent, 1);
    assert_int_equal(e.snp.policy, 0x30000);
    assert_int_equal(mrtd_snp_report_signature(&e.snp), 0xa10f11);
    mrtd_evidence_value(&value, &e);
    assert_int_equal(value.id, MRTD_REGISTER_SNP);
    assert_int_equal(value.digest.size, MRTD_DIGEST_SIZE);
    assert_memory_equal(value.digest.bytes, report + 0x90, MRTD_DIGEST_SIZE);
    e.snp.version = 2;
    assert_int_equal(mrtd_snp_report_signature(&e.snp), 0);
}

/* AMD 56860, table 23: fields that other tests do not look at. */
static void test_snp_fields(void **state)
{
    uint8_t report[SNP_SIZE];
    struct mrtd_evidence e;
    (void)state;
    make_snp(report, 5);
    fill(report, 0x1a0, 0x1eb);
    fill(report, 0x1ec, 0x1ef);
    fill(report, 0x1f0, 0x208);
    assert_int_equal(
        mrtd_evidence_read(&e, MRTD_EVIDENCE_SNP, report, sizeof report, NULL),
        MRTD_OK);
    assert_memory_equal(e.snp.chip_id, report + 0x1a0, 64);
    assert_int_equal(e.snp.committed_tcb, number(report + 0x1e0));
    assert_int_equal(e.snp.current_build, report[0x1e8]);
    assert_int_equal(e.snp.current_minor, report[0x1e9]);
    assert_int_equal(e.snp.current_major, report[0x1ea]);
    assert_int_equal(e.snp.committed_build, report[0x1ec]);
    assert_int_equal(e.snp.committed_minor, report[0x1ed]);
    assert_int_equal(e.snp.committed_major, report[0x1ee]);
    assert_int_equal(e.snp.launch_tcb, number(report + 0x1f0));
    assert_int_equal(e.snp.launch_mit_vector, number(report + 0x1f8));
    assert_int_equal(e.snp.current_mit_vector, number(report + 0x200));
}

/* Each length: cut off, or with zeros after it. */
static void test_snp_sizes(void **state)
{
    static uint8_t data[SNP_SIZE + 64];
    struct mrtd_evidence e;
    (void)state;
    make_snp(data, 5);
    for (size_t size = 0; size <= sizeof data; size++) {
        const enum mrtd_code code =
            mrtd_evidence_read(&e, MRTD_EVIDENCE_SNP, data, size, NULL);
        assert_int_equal(code,
                         size < SNP_SIZE ? MRTD_ERR_EVIDENCE_SIZE : MRTD_OK);
    }
    for (size_t at = SNP_SIZE; at < sizeof data; at++) {
        struct mrtd_error error;
        data[at] = 1;
        assert_int_equal(mrtd_evidence_read(&e, MRTD_EVIDENCE_SNP, data,
                                            sizeof data, &error),
                         MRTD_ERR_EVIDENCE_SIZE);
        assert_int_equal(error.offset, at);
        data[at] = 0;
    }
}

static void test_bit_names(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_int_equal(mrtd_snp_policy_name(bit) != NULL,
                         bit == 16 || (bit >= 18 && bit <= 25));
        assert_int_equal(mrtd_guest_feature_name(bit) != NULL,
                         bit < 16 && bit != 13);
    }
    assert_null(mrtd_snp_policy_name(UINT32_MAX));
    assert_null(mrtd_guest_feature_name(UINT32_MAX));
    assert_string_equal(mrtd_snp_policy_name(19), "DEBUG");
    assert_string_equal(mrtd_snp_policy_name(16), "SMT");
    assert_string_equal(mrtd_snp_policy_name(25), "PAGE_SWAP_DISABLE");
    assert_string_equal(mrtd_guest_feature_name(0), "SNPActive");
    assert_string_equal(mrtd_guest_feature_name(5), "DebugSwap");
    assert_string_equal(mrtd_guest_feature_name(9), "SecureTSC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_failure_leaves_outputs),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_detect),
        cmocka_unit_test(test_detect_report),
        cmocka_unit_test(test_td_report),
        cmocka_unit_test(test_hcl_tdx),
        cmocka_unit_test(test_snp),
        cmocka_unit_test(test_snp_fields),
        cmocka_unit_test(test_snp_sizes),
        cmocka_unit_test(test_bit_names),
    };
    return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
