/* SPDX-License-Identifier: Apache-2.0 */
/* src/verify: the built-in keys, its names, and what is read strictly. */
#include "unit.h"

#include <openssl/sha.h>

#include "base/hex.h"
#include "verify/certificates.h"
#include "verify/der.h"
#include "verify/moment.h"
#include "verify/pem.h"
#include "verify/roots.h"

/* SHA-256 of SubjectPublicKeyInfo, as Intel's and AMD's certificates have it;
 * here libcrypto hashes, and only the start of each is compared. */
static void built_in_keys(void **state)
{
    static const char *const starts[] = {
        "a0af031289f5d5d4", "9f056bee44377e29", "42491669ccb851d6",
        "66450a123ea58762", "429a69c9422aa258", "0324d55bcd48ba87",
        "7d1633252ebbadaa", "4f125410563a2ab9", "0000ead352025f20",
        "bfc441408b2f806c"};
    const size_t count = sizeof starts / sizeof *starts;
    (void)state;
    for (size_t i = 0; i < count; i++) {
        uint8_t info[ROOTS_MAX_INFO];
        uint8_t digest[SHA256_DIGEST_LENGTH];
        char hex[2 * SHA256_DIGEST_LENGTH + 1];
        struct certificate key;
        assert_true(authority_key(authority_at(i), info, &key));
        SHA256(info, (size_t)key.key_info.size, digest);
        hex_encode(hex, digest, sizeof digest);
        assert_memory_equal(hex, starts[i], 16);
        assert_int_equal(root_of_key(&key),
                         authority_at(i)->level == ROOT_ITSELF
                             ? authority_at(i)->root
                             : MRTD_ROOT_OWN);
        /* A key that is not of its digest is refused. */
        struct authority other = *authority_at(i);
        other.digest = authority_at((i + 1) % count)->digest;
        assert_false(authority_key(&other, info, &key));
    }
    assert_null(authority_at(count));
}

/* Each reason has a name, a text and a status, and no two have one name. */
static void names(void **state)
{
    unsigned found = 0;
    (void)state;
    for (int i = -1; i < 200; i++) {
        const enum mrtd_verify_reason reason = (enum mrtd_verify_reason)i;
        const char *name = mrtd_verify_reason_name(reason);
        const enum mrtd_verify_status status =
            mrtd_verify_reason_status(reason);
        assert_int_equal(!name, !mrtd_verify_reason_text(reason));
        assert_int_equal(!name, !mrtd_verify_status_name(status));
        assert_int_equal(status == MRTD_VERIFY_GOOD,
                         reason == MRTD_REASON_NONE);
        found += name != NULL;
        for (int k = 0; name && k < i; k++) {
            const char *other =
                mrtd_verify_reason_name((enum mrtd_verify_reason)k);
            assert_true(!other || strcmp(other, name) != 0);
        }
    }
    assert_int_equal(found, 41);
    assert_string_equal(mrtd_verify_check_name(MRTD_CHECKED_CLAIMS), "claims");
    assert_null(mrtd_verify_check_name(MRTD_CHECKED_REVOCATION << 1));
    assert_null(mrtd_verify_check_name(3));
    assert_string_equal(mrtd_verify_root_name(MRTD_ROOT_AMD_TURIN),
                        "amd-ark-turin");
    assert_null(mrtd_verify_root_name((enum mrtd_verify_root)6));
}

/* Hexadecimal digits as bytes. */
static struct span from_hex(uint8_t *bytes, const char *hex)
{
    assert_true(hex_decode(bytes, hex, strlen(hex) / 2));
    return span_make(bytes, strlen(hex) / 2, 0);
}

static void der(void **state)
{
    /* A tag of two bytes; lengths that are indefinite, could be shorter, or are
     * more than there is. */
    static const char *const bad[] = {"",     "30",        "1f0100", "3080",
                                      "3001", "308101aa",  "308180", "308200ff",
                                      "3084", "3085010101"};
    static const char *const numbers[] = {"",     "80", "0001",
                                          "0000", "ff", "0101"};
    uint8_t bytes[64];
    struct der item;
    uint64_t number = 5;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct span rest = from_hex(bytes, bad[i]);
        const uint64_t size = rest.size;
        assert_false(der_next(&rest, &item));
        assert_int_equal(rest.size, size);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_false(der_number(from_hex(bytes, numbers[i]), 255, &number));
    }
    assert_int_equal(number, 5);
    assert_true(der_number(from_hex(bytes, "00ff"), 255, &number));
    assert_int_equal(number, 255);
    assert_false(der_only(from_hex(bytes, "020101aa"), DER_INTEGER, &item));
    assert_false(der_only(from_hex(bytes, "040101"), DER_INTEGER, &item));
}

/* Seconds as "date -u -d ... +%s" has them. */
static void moments(void **state)
{
    static const struct {
        const char *text;
        const char *der;
        int64_t time;
    } good[] = {
        {"1970-01-01T00:00:00Z", "170d3730303130313030303030305a", 0},
        {"2049-12-31T23:59:59Z", "170d3439313233313233353935395a", 2524607999},
        {"2000-02-29T12:34:56Z", "180f32303030303232393132333435365a",
         951827696},
        {"1950-01-01T00:00:00Z", "170d3530303130313030303030305a", -631152000},
    };
    /* 2001-02-29, month 13, hour 24, no zone, a zone, a letter. */
    static const char *const bad[] = {
        "170d3031303232393030303030305a", "170d3031313330313030303030305a",
        "170d3031303130313234303030305a", "170c303130313031303030303030",
        "170d3031303130313030303030302b", "170d3061303130313030303030305a"};
    uint8_t bytes[64];
    struct der item;
    int64_t time = 0;
    char text[MOMENT_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct span rest = from_hex(bytes, good[i].der);
        assert_true(der_next(&rest, &item) && der_time(&item, &time));
        assert_int_equal(time, good[i].time);
        moment_text(text, time);
        assert_string_equal(text, good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct span rest = from_hex(bytes, bad[i]);
        assert_true(der_next(&rest, &item));
        assert_false(der_time(&item, &time));
    }
    moment_text(text, INT64_MAX);
    assert_string_equal(text, "9223372036854775807");
}

#define PEM(content)                                                           \
    "-----BEGIN CERTIFICATE-----\n" content "-----END CERTIFICATE-----"

static void pem(void **state)
{
    static const char *const good[] = {PEM("TWFu\n"), PEM("TW\nFu\n") "\n"};
    /* A character that is none, padding in the middle, bits to spare, three
     * digits, an empty line, no content, another label, text after it. */
    static const char *const bad[] = {
        PEM("TW!u\n"),     PEM("TQ==TWFu\n"),
        PEM("TR==\n"),     PEM("TWF\n"),
        PEM("TWFu\n\n"),   PEM(""),
        PEM("TWFu"),       PEM("=Wgu\n"),
        PEM("TWFu\n") "x", "-----BEGIN X509 CERTIFICATE-----\nTWFu\n"};
    uint8_t bytes[128];
    size_t size = 0;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct span rest =
            span_make((const uint8_t *)good[i], strlen(good[i]), 0);
        assert_true(pem_next(&rest, false, bytes, &size));
        assert_int_equal(size, 3);
        assert_memory_equal(bytes, "Man", 3);
        assert_int_equal(rest.size, 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct span rest =
            span_make((const uint8_t *)bad[i], strlen(bad[i]), 0);
        assert_false(pem_next(&rest, true, bytes, &size));
    }
}

/* TCB versions and addresses: examples of AMD's key server. */
static void families(void **state)
{
    struct mrtd_snp_tcb tcb;
    struct mrtd_snp_report report = {
        .version = 3, .cpuid_family = 0x19, .cpuid_model = 0xa0};
    (void)state;
    mrtd_snp_tcb_decode(&tcb, MRTD_SNP_FAMILY_MILAN, 0x7308000000000003);
    assert_int_equal(tcb.boot_loader, 3);
    assert_int_equal(tcb.snp, 8);
    assert_int_equal(tcb.microcode, 0x73);
    mrtd_snp_tcb_decode(&tcb, MRTD_SNP_FAMILY_TURIN, 0x5100000004030201);
    assert_int_equal(tcb.fmc, 1);
    assert_int_equal(tcb.boot_loader, 2);
    assert_int_equal(tcb.tee, 3);
    assert_int_equal(tcb.snp, 4);
    assert_int_equal(tcb.microcode, 0x51);
    mrtd_snp_tcb_decode(&tcb, MRTD_SNP_FAMILY_UNKNOWN, UINT64_MAX);
    assert_int_equal(tcb.boot_loader | tcb.snp | tcb.microcode, 0);
    assert_int_equal(mrtd_snp_report_family(&report), MRTD_SNP_FAMILY_GENOA);
    report.cpuid_model = 0x20;
    assert_int_equal(mrtd_snp_report_family(&report), MRTD_SNP_FAMILY_UNKNOWN);
    report.version = 2;
    report.cpuid_model = 0;
    assert_int_equal(mrtd_snp_report_family(&report), MRTD_SNP_FAMILY_UNKNOWN);
    assert_null(mrtd_snp_family_name(MRTD_SNP_FAMILY_UNKNOWN));
}

/* --- TDREPORT in Azure's report ----------------------------------------- */

#define HCL_CLAIMS 7
#define HCL_SIZE   (1236 + HCL_CLAIMS)

/* As mrtd_evidence_read(3) takes it; intel/tdx-module, tdx_api_defs.h: the
 * TDREPORT at 32, its TDINFO at 512 with the SHA-384 at 80, the claims at 1236
 * with the SHA-256 in REPORTDATA, at 128. */
static void make_hcl_tdx(uint8_t data[HCL_SIZE])
{
    memset(data, 0, HCL_SIZE);
    memcpy(data, "HCLA", 4);
    data[32] = 0x81;
    memset(data + 32 + 528, 0x22, MRTD_DIGEST_SIZE);
    SHA384(data + 32 + 512, 512, data + 32 + 80);
    data[1216] = HCL_CLAIMS + 20;
    data[1224] = 4; /* TDX */
    data[1228] = 1; /* SHA-256 */
    data[1232] = HCL_CLAIMS;
    memset(data + 1236, 'c', HCL_CLAIMS);
    SHA256(data + 1236, HCL_CLAIMS, data + 32 + 128);
}

static void hcl_tdx(void **state)
{
    /* A byte that is changed, and what is said of it. */
    static const struct {
        size_t at;
        enum mrtd_verify_status status;
        enum mrtd_verify_reason reason;
    } rows[] = {
        {32 + 192, MRTD_VERIFY_NOT_CHECKED, MRTD_REASON_MAC}, /* of TCB info */
        {32 + 80, MRTD_VERIFY_FORGED, MRTD_REASON_INFO_HASH},
        {32 + 528, MRTD_VERIFY_FORGED, MRTD_REASON_INFO_HASH}, /* MRTD */
        {32 + 128, MRTD_VERIFY_FORGED, MRTD_REASON_CLAIMS},
        {1236, MRTD_VERIFY_FORGED, MRTD_REASON_CLAIMS},
        {1236 + HCL_CLAIMS - 1, MRTD_VERIFY_FORGED, MRTD_REASON_CLAIMS},
    };
    const struct mrtd_verify_options options = {.struct_size = sizeof options};
    struct mrtd_verification v;
    uint8_t data[HCL_SIZE];
    (void)state;
    make_hcl_tdx(data);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        data[rows[i].at] ^= 1;
        assert_int_equal(mrtd_verify(&v, MRTD_EVIDENCE_HCL_TDX, data,
                                     sizeof data, &options, NULL),
                         MRTD_OK);
        assert_int_equal(v.status, rows[i].status);
        assert_int_equal(v.reason, rows[i].reason);
        assert_int_equal(v.checked, 0);
        data[rows[i].at] ^= 1;
    }
    assert_int_equal(mrtd_verify(&v, MRTD_EVIDENCE_HCL_TDX, data, sizeof data,
                                 &options, NULL),
                     MRTD_OK);
    assert_int_equal(v.reason, MRTD_REASON_MAC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_keys), cmocka_unit_test(names),
        cmocka_unit_test(der),           cmocka_unit_test(moments),
        cmocka_unit_test(pem),           cmocka_unit_test(families),
        cmocka_unit_test(hcl_tdx),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
