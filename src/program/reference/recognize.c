/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks of files. Quotes: Intel TDX DCAP Quoting Library API, appendix A.3;
 * SEV-SNP: AMD 56421 revision 2.03, 4.1.8.1 (certificate table); event logs:
 * TCG PC Client Platform Firmware Profile 1.06, 10.4.5.1; HCL: kinvolk/
 * azure-cvm-tooling e4e4407, az-cvm-vtpm/src/hcl/mod.rs.
 */
#include "reference/recognize.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mrtd.h"
#include "reference/claims.h"
#include "reference/claims_evidence.h"
#include "schemas.h"

enum {
    TEE_SGX = 0x00,
    TEE_TDX = 0x81,
    /* Of a quote's header, A.3.1. */
    QUOTE_TEE_TYPE = 4,
    QUOTE_VENDOR = 12,
    VENDOR_SIZE = 16,
    /* Where a quote may begin in a file that has something before it. */
    VENDOR_SEARCH = 4096,

    SPEC_ID = 32, /* of an event log: its first event's data */
};

/* Intel's vendor id, in the quotes of TDs and of SGX enclaves alike. */
static const uint8_t vendor[VENDOR_SIZE] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c,
                                            0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3,
                                            0x95, 0x7f, 0x06, 0x07};

struct bytes {
    const uint8_t *data;
    size_t size;
};

static bool has(struct bytes b, size_t offset, const void *mark, size_t len)
{
    return offset <= b.size && len <= b.size - offset &&
           memcmp(b.data + offset, mark, len) == 0;
}

/* The number of that many bytes; 0 past the end. */
static uint64_t number(struct bytes b, size_t offset, size_t len)
{
    uint64_t value = 0;
    if (offset > b.size || len > b.size - offset) {
        return 0;
    }
    for (size_t i = 0; i < len; i++) {
        value |= (uint64_t)b.data[offset + i] << (8 * i);
    }
    return value;
}

static bool is(struct recognized *what, enum recognized_use use,
               const char *name, const char *advice)
{
    what->use = use;
    snprintf(what->name, sizeof what->name, "%s", name);
    snprintf(what->advice, sizeof what->advice, "%s", advice);
    return true;
}

static bool is_other(struct recognized *what, const char *name,
                     const char *advice)
{
    return is(what, RECOGNIZED_OTHER, name, advice);
}

static bool is_values(struct recognized *what, const char *name)
{
    return is(what, RECOGNIZED_VALUES, name, "");
}

/* --- Intel ------------------------------------------------------------- */

/* A report whose hash is wrong is damaged, and has no MRTD. */
static bool tdreport(struct bytes b, struct recognized *what)
{
    struct mrtd_evidence evidence;
    static const uint8_t start[16] = {TEE_TDX};
    if (!has(b, 0, start, sizeof start)) {
        return false;
    }
    if (mrtd_evidence_read(&evidence, MRTD_EVIDENCE_TDREPORT, b.data, b.size,
                           NULL)) {
        return is_other(what, "the beginning of a TDREPORT, which is cut off",
                        "a TDREPORT has 1024 bytes: fetch it again");
    }
    return evidence.consistent
               ? is_values(what, "a TDREPORT")
               : is_other(what,
                          "a damaged TDREPORT, or none: its TEE_INFO_HASH is "
                          "not the SHA-384 of its TDINFO",
                          "fetch it again, from the TD itself");
}

static bool quote(struct bytes b, struct recognized *what)
{
    enum mrtd_evidence_kind kind;
    char name[64];
    if (number(b, QUOTE_TEE_TYPE, 4) != TEE_TDX ||
        !mrtd_evidence_detect(b.data, b.size, &kind)) {
        return false;
    }
    snprintf(name, sizeof name, "a %s", mrtd_evidence_kind_name(kind));
    return is_values(what, name);
}

static bool contained(struct bytes b, struct recognized *what)
{
    const unsigned char *data = b.data;
    size_t size = b.size;
    enum mrtd_evidence_kind kind;
    const char *container = NULL;
    char name[100];
    if (!evidence_contained(&data, &size, &kind, &container)) {
        return false;
    }
    snprintf(name, sizeof name, "%s with a %s in it", container,
             mrtd_evidence_kind_name(kind));
    return is_values(what, name);
}

static bool sgx_quote(struct bytes b, struct recognized *what)
{
    const uint64_t version = number(b, 0, 2);
    return version >= 3 && version <= 5 &&
           number(b, QUOTE_TEE_TYPE, 4) == TEE_SGX &&
           has(b, QUOTE_VENDOR, vendor, sizeof vendor) &&
           is_other(what, "the quote of an SGX enclave",
                    "it has no MRTD; give the quote of the TD");
}

/* A quote without its first bytes, or with others before them: who made the
 * header is not where it should be. */
static bool shifted_quote(struct bytes b, struct recognized *what)
{
    char name[100];
    char advice[100];
    size_t at = 0;
    while (at < VENDOR_SEARCH && !has(b, at, vendor, sizeof vendor)) {
        at++;
    }
    if (at == VENDOR_SEARCH || at == QUOTE_VENDOR) {
        return false;
    }
    /* Eight bytes before it is the TEE's type. */
    const bool typed = at >= 8;
    const bool tdx = typed && number(b, at - 8, 4) == TEE_TDX;
    const char *of = tdx ? "a TDX quote" : typed ? "an SGX quote" : "a quote";
    if (at < QUOTE_VENDOR) {
        snprintf(name, sizeof name, "%s without its first %zu bytes", of,
                 QUOTE_VENDOR - at);
        return is_other(what, name,
                        "give the whole of it, as the TD or its host wrote it");
    }
    snprintf(name, sizeof name, "%s with %zu bytes before it", of,
             at - QUOTE_VENDOR);
    snprintf(advice, sizeof advice, "give the quote alone: tail -c +%zu FILE",
             at - QUOTE_VENDOR + 1);
    return is_other(what, name, advice);
}

static bool tdinfo(struct bytes b, struct recognized *what)
{
    enum mrtd_evidence_kind kind;
    return mrtd_evidence_detect(b.data, b.size, &kind) &&
           kind == MRTD_EVIDENCE_TDINFO && is_values(what, "a TDINFO");
}

/* --- AMD --------------------------------------------------------------- */

/* What is refused of one is for its reader to say. */
static bool snp_report(struct bytes b, struct recognized *what)
{
    enum mrtd_evidence_kind kind;
    if (!mrtd_evidence_detect(b.data, b.size, &kind)) {
        return false;
    }
    return kind == MRTD_EVIDENCE_SNP ? is_values(what, "an AMD SEV-SNP report")
           : kind == MRTD_EVIDENCE_HCL
               ? is_values(what, "an Azure HCL report with an AMD SEV-SNP "
                                 "report in it")
               : false;
}

static bool snp_certificates(struct bytes b, struct recognized *what)
{
    return mrtd_snp_certificates_detect(b.data, b.size) &&
           is_other(what, "a certificate table of AMD SEV-SNP",
                    "nothing is measured in it; give the report that it goes "
                    "with");
}

/* --- Others ------------------------------------------------------------ */

/* What Azure's paravisor hands out: a report of the hardware within. */
static bool hcl(struct bytes b, struct recognized *what)
{
    enum mrtd_evidence_kind kind;
    struct mrtd_evidence evidence;
    if (!has(b, 0, "HCLA", 4)) {
        return false;
    }
    if (mrtd_evidence_detect(b.data, b.size, &kind) &&
        kind == MRTD_EVIDENCE_HCL_TDX) {
        /* What else is refused of it is for its reader to say. */
        return mrtd_evidence_read(&evidence, kind, b.data, b.size, NULL) ||
                       evidence.consistent
                   ? is_values(what, "an Azure HCL report with a TDREPORT in "
                                     "it")
                   : is_other(what,
                              "a damaged Azure HCL report with a TDREPORT in "
                              "it: REPORTDATA is not the SHA-256 of the claims "
                              "beside it, or TEE_INFO_HASH not that of TDINFO",
                              "fetch it again, from the guest itself");
    }
    return is_other(what,
                    "an Azure HCL report without a TDREPORT or an SEV-SNP "
                    "report in it",
                    "fetch it again, from the guest itself");
}

static bool event_log(struct bytes b, struct recognized *what)
{
    /* After the register's number, EV_NO_ACTION. */
    const bool log =
        number(b, 4, 4) == 3 && has(b, SPEC_ID, "Spec ID Event0", 14);
    return (log || has(b, 0, "CCEL", 4)) &&
           is_other(what, "an event log",
                    "it is of RTMRs and has no MRTD; give the quote of the TD, "
                    "and the "
                    "log to mrtd-calc events");
}

static bool certificate(struct bytes b, struct recognized *what)
{
    /* SEQUENCE { SEQUENCE, each with its length in two bytes. */
    return (has(b, 0, "-----BEGIN ", 11) ||
            (has(b, 0, "\x30\x82", 2) && has(b, 4, "\x30\x82", 2))) &&
           is_other(what, "a certificate, key or other file of PEM or DER",
                    "it has no MRTD");
}

/* --- CBOR (RFC 8949, section 3) ---------------------------------------- */

enum {
    MAJOR_NEGATIVE = 1,
    MAJOR_BYTES = 2,
    MAJOR_TEXT = 3,
    MAJOR_MAP = 5,
};

/* The first byte of an item, and the argument after it. */
struct item {
    unsigned major;
    uint64_t argument;
    size_t content; /* offset of what follows */
};

/* False past the end, and for an item of indefinite length, which no document
 * here may have. */
static bool read_item_head(struct bytes b, size_t offset, struct item *item)
{
    if (offset >= b.size) {
        return false;
    }
    const unsigned info = b.data[offset] & 0x1f;
    const size_t more = info < 24   ? 0
                        : info < 28 ? (size_t)1 << (info - 24)
                                    : 9;
    if (more > 8 || more > b.size - offset - 1) {
        return false;
    }
    item->major = b.data[offset] >> 5;
    item->argument = more ? 0 : info;
    for (size_t i = 0; i < more; i++) {
        item->argument = item->argument << 8 | b.data[offset + 1 + i];
    }
    item->content = offset + 1 + more;
    return true;
}

/* Is there a map, empty or with a first key that is an integer or text? */
static bool has_map(struct bytes b, size_t offset)
{
    struct item map;
    struct item key;
    return read_item_head(b, offset, &map) && map.major == MAJOR_MAP &&
           (map.argument == 0 ||
            (read_item_head(b, map.content, &key) &&
             (key.major <= MAJOR_NEGATIVE || key.major == MAJOR_TEXT)));
}

/* Is there a byte string with a map in it? *end is then the offset after it. */
static bool has_wrapped_map(struct bytes b, size_t offset, size_t *end)
{
    struct item string;
    if (!read_item_head(b, offset, &string) || string.major != MAJOR_BYTES ||
        string.argument > b.size - string.content) {
        return false;
    }
    *end = string.content + (size_t)string.argument;
    return has_map((struct bytes){b.data, *end}, string.content);
}

/* COSE_Sign1 (RFC 9052, section 4.2): an array of four, of which the first two
 * are the protected header, a map in a byte string or an empty string, and the
 * other header, a map. */
static bool has_sign1(struct bytes b)
{
    size_t end = 3;
    return has(b, 0, "\xd2\x84", 2) &&
           (has(b, 2, "\x40", 1) || has_wrapped_map(b, 2, &end)) &&
           has_map(b, end);
}

/* A tag is a mark of a few bytes only, with which a firmware may begin as well:
 * what it is on has to look like the document. */
static bool cbor(struct bytes b, struct recognized *what)
{
    size_t end = 0;
    /* Tags 18, 501, 1398229316 and 506. */
    return (has_sign1(b) && is_values(what, "a signed CoRIM")) ||
           (has(b, 0, "\xd9\x01\xf5", 3) && has_map(b, 3) &&
            is_values(what, "a CoRIM")) ||
           (has(b, 0, "\xda\x53\x57\x49\x44", 5) && has_map(b, 5) &&
            is_values(what, "a CoSWID")) ||
           (has(b, 0, "\xd9\x01\xfa", 3) &&
            (has_map(b, 3) || has_wrapped_map(b, 3, &end)) &&
            is_other(what, "a CoMID, which is a part of a CoRIM",
                     "give the CoRIM"));
}

typedef bool recognizer_fn(struct bytes b, struct recognized *what);

/* The first that knows it is taken: what has a mark of its own, then quotes and
 * reports, then what only looks like a part of them, and what has hardly any
 * mark. */
static recognizer_fn *const binary_kinds[] = {
    snp_report,    hcl,      event_log,   snp_certificates,
    quote,         tdreport, contained,   sgx_quote,
    shifted_quote, cbor,     certificate, tdinfo,
};

bool recognize_binary(const void *data, size_t size, struct recognized *what)
{
    const struct bytes b = {data, size};
    for (size_t i = 0; i < sizeof binary_kinds / sizeof *binary_kinds; i++) {
        if (binary_kinds[i](b, what)) {
            return true;
        }
    }
    return false;
}

bool recognize_evidence(const void *data, size_t size,
                        enum mrtd_evidence_kind *kind)
{
    struct recognized what;
    return mrtd_evidence_detect(data, size, kind) &&
           (*kind == MRTD_EVIDENCE_TDREPORT || *kind == MRTD_EVIDENCE_HCL_TDX ||
            !recognize_binary(data, size, &what) ||
            what.use != RECOGNIZED_OTHER);
}

/* --- Text -------------------------------------------------------------- */

/* JSON begins so, and no policy does. */
static bool json(struct bytes b, struct recognized *what)
{
    static const char saved[] = SCHEMA_MEASUREMENT_FAMILY;
    size_t at = 0;
    while (at < b.size && isspace(b.data[at])) {
        at++;
    }
    if (!has(b, at, "{", 1) && !has(b, at, "[", 1)) {
        return false;
    }
    at++;
    while (at < b.size && isspace(b.data[at])) {
        at++;
    }
    if (at == b.size || !strchr("\"{[}]", b.data[at]) || b.data[at] == '\0') {
        return false;
    }
    return memmem(b.data, b.size, saved, strlen(saved))
               ? is_values(what, "JSON of 'mrtd-calc --json'")
               : is_values(what, "JSON");
}

static bool encoded(struct bytes b, struct recognized *what)
{
    size_t size = 0;
    unsigned char *bytes =
        claims_decode_text((const char *)b.data, b.size, &size);
    bool known = false;
    if (bytes && size == MRTD_DIGEST_SIZE) {
        known =
            is(what, RECOGNIZED_MRTD, "an MRTD in hexadecimal or base64", "");
    } else if (bytes && recognize_binary(bytes, size, what)) {
        const size_t len = strlen(what->name);
        known = true;
        snprintf(what->name + len, sizeof what->name - len,
                 " (in hexadecimal or base64)");
    }
    free(bytes);
    return known;
}

/* A policy of go-tdx-guest or in Rego, or other text with an MRTD's name. */
static bool policy(struct bytes b, struct recognized *what)
{
    static const char *const names[] = {"mr_td", "mrtd", "MRTD",
                                        "td_quote_body_policy"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (memmem(b.data, b.size, names[i], strlen(names[i]))) {
            return is(what, RECOGNIZED_TEXT,
                      "a policy or other text that names MRTDs", "");
        }
    }
    return false;
}

static bool is_text(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (b.data[i] < 0x20 && !isspace(b.data[i])) {
            return false;
        }
    }
    return b.size > 0;
}

bool recognize(const void *data, size_t size, struct recognized *what)
{
    const struct bytes b = {data, size};
    return recognize_binary(data, size, what) ||
           (is_text(b) &&
            (json(b, what) || encoded(b, what) || policy(b, what)));
}
