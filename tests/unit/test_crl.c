/* SPDX-License-Identifier: Apache-2.0 */
/* verify/crl.c: certificate revocation lists as RFC 5280, 5 has them, and what
 * is not one. */
#include "unit.h"

#include <stdbool.h>

#include "base/hex.h"
#include "verify/crl.h"

#define ROOM 2048

/* ecdsa-with-SHA256, and with SHA384. */
#define ALGORITHM   "300a06082a8648ce3d040302"
#define ALGORITHM_2 "300a06082a8648ce3d040303"
#define ISSUER      "300d310b300906035504030c026361"
#define UPDATE      "170d3236303130313030303030305a"
#define NEXT        "170d3236303230313030303030305a"
#define LATER       "180f32303530303130313030303030305a"
/* cRLNumber, and an authorityKeyIdentifier without content. */
#define USUAL                                                                  \
    "300a0603551d140403020101"                                                 \
    "300b0603551d2304043002"                                                   \
    "8000"
/* Of 1.2.3. */
#define UNKNOWN          "300706022a0304010a"
#define UNKNOWN_CRITICAL "300a06022a030101ff04010a"

/* Appends tag, length and content, both hexadecimal, as hexadecimal. */
static void put(char *out, const char *tag, const char *content)
{
    const size_t size = strlen(content) / 2;
    char length[8];
    uint8_t bytes[3] = {(uint8_t)size};
    size_t count = 1;
    if (size >= 256) {
        bytes[0] = 0x82;
        bytes[1] = (uint8_t)(size >> 8);
        bytes[2] = (uint8_t)size;
        count = 3;
    } else if (size >= 128) {
        bytes[0] = 0x81;
        bytes[1] = (uint8_t)size;
        count = 2;
    }
    hex_encode(length, bytes, count);
    assert_true(strlen(out) + strlen(content) + 10 < 2 * ROOM);
    strcat(out, tag);
    strcat(out, length);
    strcat(out, content);
}

struct parts {
    const char *version;
    const char *algorithm;
    const char *issuer;
    const char *update;
    const char *next;
    const char *entries;    /* with its tag and length, or "" */
    const char *extensions; /* a SEQUENCE's content, or "" */
    const char *outer;
    const char *signature; /* with its tag and length */
    const char *after;
};

static const struct parts usual = {
    "020101",
    ALGORITHM,
    ISSUER,
    UPDATE,
    NEXT,
    "",
    USUAL,
    ALGORITHM,
    "0304003001"
    "00",
    "",
};

/* Fills text with the CRL in hexadecimal. */
static void make(char text[2 * ROOM], const struct parts *p)
{
    char tbs[2 * ROOM] = "";
    char all[2 * ROOM] = "";
    char list[2 * ROOM] = "";
    strcat(tbs, p->version);
    strcat(tbs, p->algorithm);
    strcat(tbs, p->issuer);
    strcat(tbs, p->update);
    strcat(tbs, p->next);
    strcat(tbs, p->entries);
    if (*p->extensions) {
        put(list, "30", p->extensions);
        put(tbs, "a0", list);
    }
    put(all, "30", tbs);
    strcat(all, p->outer);
    strcat(all, p->signature);
    text[0] = '\0';
    put(text, "30", all);
    strcat(text, p->after);
}

/* Reads it; what is wrong has that text in its message, NULL: nothing is. */
static void read(struct crl *crl, uint8_t bytes[ROOM], const struct parts *p,
                 const char *wrong)
{
    char text[2 * ROOM];
    struct mrtd_error error;
    make(text, p);
    const size_t size = strlen(text) / 2;
    assert_true(hex_decode(bytes, text, size));
    const enum mrtd_code code =
        crl_load(crl, span_make(bytes, size, 0), &error);
    assert_int_equal(code, wrong ? MRTD_ERR_COLLATERAL_FORMAT : MRTD_OK);
    assert_int_equal(mrtd_verify_crl(bytes, size, NULL), code);
    if (wrong) {
        assert_non_null(strstr(error.message, wrong));
    }
}

/* Is that number in it? */
static bool lists(const struct crl *crl, const char *hex)
{
    uint8_t bytes[32];
    assert_true(hex_decode(bytes, hex, strlen(hex) / 2));
    return crl_lists(crl, span_make(bytes, strlen(hex) / 2, 0));
}

static void good(void **state)
{
    struct parts p = usual;
    uint8_t bytes[ROOM];
    struct crl crl;
    (void)state;
    read(&crl, bytes, &p, NULL);
    assert_null(crl.limit);
    assert_int_equal(crl.last_update, 1767225600); /* date -u -d 2026-01-01 */
    assert_int_equal(crl.next_update, 1769904000); /* 2026-02-01 */
    assert_int_equal(crl.entries.size, 0);
    assert_int_equal(crl.as_made.signature_kind, SIGNATURE_ECDSA_SHA256);
    assert_false(lists(&crl, "01"));
    p.next = LATER;
    p.extensions = "";
    read(&crl, bytes, &p, NULL);
    assert_int_equal(crl.next_update, 2524608000); /* 2050-01-01 */
    p.entries = "3000";
    p.algorithm = p.outer = ALGORITHM_2;
    read(&crl, bytes, &p, NULL);
    assert_int_equal(crl.as_made.signature_kind, SIGNATURE_UNKNOWN);
}

static void entries(void **state)
{
    struct parts p = usual;
    uint8_t bytes[ROOM];
    struct crl crl;
    (void)state;
    /* 1, 0x80, 0x0100, and 5 with reasonCode removeFromCRL. */
    p.entries = "3060"
                "3012020101" UPDATE "301302020080" UPDATE "301302020100" UPDATE
                "3020020105" UPDATE "300c300a0603551d1504030a0108";
    read(&crl, bytes, &p, NULL);
    assert_null(crl.limit);
    assert_true(lists(&crl, "01"));
    assert_true(lists(&crl, "0001")); /* not DER, and the same number */
    assert_true(lists(&crl, "0080"));
    assert_true(lists(&crl, "0100"));
    assert_true(lists(&crl, "05"));
    assert_false(lists(&crl, "00"));
    assert_false(lists(&crl, "02"));
    assert_false(lists(&crl, "10"));
    assert_false(lists(&crl, "010000"));
    assert_false(lists(&crl, "0105"));
}

/* What it does not say of all certificates of its issuer. */
static void limits(void **state)
{
    static const struct {
        const char *extensions;
        const char *limit;
    } rows[] = {
        {UNKNOWN, NULL},
        {USUAL UNKNOWN_CRITICAL, "critical extension"},
        {UNKNOWN_CRITICAL USUAL, "critical extension"},
        {"300a0603551d1b0403020101", "changes to another"},
        {"300d0603551d1b0101ff0403020101", "changes to another"},
        {"30090603551d1c04023000", "part of the certificates"},
        {"300c0603551d1c0101ff04023000", "part of the certificates"},
    };
    struct parts p = usual;
    uint8_t bytes[ROOM];
    struct crl crl;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        p.extensions = rows[i].extensions;
        read(&crl, bytes, &p, NULL);
        assert_int_equal(!crl.limit, !rows[i].limit);
        assert_true(!crl.limit ||
                    (rows[i].limit && strstr(crl.limit, rows[i].limit)));
    }
    /* Of entries: certificateIssuer, and one that is not known. */
    p = usual;
    p.entries = "30233021020105" UPDATE "300d300b0603551d1d04043002a000";
    read(&crl, bytes, &p, NULL);
    assert_non_null(strstr(crl.limit, "other issuers"));
    p.entries = "30223020020105" UPDATE "300c" UNKNOWN_CRITICAL;
    read(&crl, bytes, &p, NULL);
    assert_non_null(strstr(crl.limit, "critical"));
}

static void malformed(void **state)
{
    static const struct {
        struct parts parts; /* NULL: as usual */
        const char *wrong;
    } rows[] = {
        {{.version = ""}, "version"},
        {{.version = "020100"}, "version"},
        {{.version = "020102"}, "version"},
        {{.version = "02020001"}, "version"},
        {{.algorithm = ALGORITHM_2}, "algorithm"},
        {{.algorithm = ""}, "algorithm"},
        {{.issuer = ""}, "issuer"},
        {{.update = ""}, "next update"},
        {{.update = "170d3236313330313030303030305a"}, "time of its update"},
        {{.next = ""}, "next update"},
        {{.next = "170d3236303230313030303030302b"}, "next update"},
        {{.entries = "30020500"}, "entries"},
        {{.entries = "30053003020101"}, "entries"},
        {{.entries = "30133011"
                     "0200" UPDATE},
         "entries"},
        {{.entries = "30163014020101" UPDATE "0500"}, "entries"},
        {{.entries = "30153013020101" UPDATE "00"}, "entries"},
        {{.entries = "0500"}, "extensions"},
        {{.extensions = "0500"}, "extensions"},
        {{.extensions = USUAL USUAL}, "extensions"},
        {{.extensions = "30030601"
                        "01"},
         "extensions"},
        {{.extensions = "300a06022a03010100"
                        "04010a"},
         "extensions"},
        {{.outer = ""}, "three parts"},
        {{.signature = ""}, "three parts"},
        {{.signature = "03020700"}, "three parts"},
        {{.signature = "0304003001"
                       "00"
                       "00"},
         "three parts"},
        {{.after = "00"}, "nothing else"},
    };
    const size_t members = sizeof(struct parts) / sizeof(const char *);
    uint8_t bytes[ROOM];
    struct crl crl;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *one[sizeof(struct parts) / sizeof(const char *)];
        const char *all[sizeof(struct parts) / sizeof(const char *)];
        struct parts p;
        memcpy(one, &rows[i].parts, sizeof one);
        memcpy(all, &usual, sizeof all);
        for (size_t k = 0; k < members; k++) {
            all[k] = one[k] ? one[k] : all[k];
        }
        memcpy(&p, all, sizeof p);
        read(&crl, bytes, &p, rows[i].wrong);
    }
}

/* Cut off anywhere, and with each of its bytes changed: never read past its
 * end, which the sanitizers see. */
static void cut(void **state)
{
    struct parts p = usual;
    char text[2 * ROOM];
    struct crl crl;
    (void)state;
    p.entries = "30223020020105" UPDATE "300c300a0603551d1504030a0108";
    make(text, &p);
    const size_t size = strlen(text) / 2;
    for (size_t i = 0; i < size; i++) {
        uint8_t *bytes = test_malloc(size);
        assert_true(hex_decode(bytes, text, size));
        assert_int_equal(crl_load(&crl, span_make(bytes, i, 0), NULL),
                         MRTD_ERR_COLLATERAL_FORMAT);
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] ^= (uint8_t)(1U << bit);
            if (!crl_load(&crl, span_make(bytes, size, 0), NULL)) {
                (void)lists(&crl, "05");
            }
            bytes[i] ^= (uint8_t)(1U << bit);
        }
        test_free(bytes);
    }
    uint8_t *large = test_calloc(1, MRTD_VERIFY_MAX_COLLATERAL + 1);
    struct mrtd_error error;
    assert_int_equal(
        mrtd_verify_crl(large, MRTD_VERIFY_MAX_COLLATERAL + 1, &error),
        MRTD_ERR_COLLATERAL_FORMAT);
    assert_non_null(strstr(error.message, "1048577 bytes"));
    test_free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),   cmocka_unit_test(entries),
        cmocka_unit_test(limits), cmocka_unit_test(malformed),
        cmocka_unit_test(cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
