/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotes and reports of TDs, and which kind of evidence an input is. Layouts:
 * Intel TDX DCAP Quoting Library API, appendix A.3 (quote version 4) and A.4
 * (version 5); intel/tdx-module 1666adc,
 * src/common/data_structures/tdx_api_defs.h (TDREPORT, TDINFO).
 */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/span.h"
#include "evidence/quote_layout.h"
#include "evidence/snp_report.h"
#include "evidence/tdinfo.h"
#include "hash/sha384.h"
#include "mrtd.h"

/* TEE_TYPE and TDREPORT's TYPE. */
#define TEE_SGX 0x00
#define TEE_TDX 0x81

enum {
    /* TDREPORT_STRUCT. */
    REPORT_TYPE = 0,     /* u8 */
    REPORT_SUBTYPE = 1,  /* u8 */
    REPORT_RESERVED = 3, /* u8 of REPORTTYPE, and 12 bytes after it */
    REPORT_CPUSVN = 16,
    REPORT_INFO_HASH = 80, /* TEE_INFO_HASH */
    REPORT_REPORTDATA = 128,
    REPORT_TEE_TCB_SVN = 264, /* in TEE_TCB_INFO, after its VALID */
    REPORT_TEE_TCB_SVN2 = 384,
    REPORT_TDINFO = 512,
    REPORT_SIZE = 1024,
};

static const char *const kind_names[] = {
    [MRTD_EVIDENCE_QUOTE_V4] = "TDX quote version 4",
    [MRTD_EVIDENCE_QUOTE_V5] = "TDX quote version 5",
    [MRTD_EVIDENCE_TDREPORT] = "TDREPORT",
    [MRTD_EVIDENCE_TDINFO] = "TDINFO",
    [MRTD_EVIDENCE_SNP] = "SEV-SNP report",
    [MRTD_EVIDENCE_HCL] = "SEV-SNP report of Azure's paravisor",
    [MRTD_EVIDENCE_HCL_TDX] = "TDREPORT of Azure's paravisor",
};

const char *mrtd_evidence_kind_name(enum mrtd_evidence_kind kind)
{
    return (unsigned)kind < sizeof kind_names / sizeof *kind_names
               ? kind_names[kind]
               : NULL;
}

enum mrtd_platform mrtd_evidence_platform(enum mrtd_evidence_kind kind)
{
    switch (kind) {
    case MRTD_EVIDENCE_SNP:
    case MRTD_EVIDENCE_HCL:
        return MRTD_PLATFORM_SNP;
    default:
        return mrtd_evidence_kind_name(kind) ? MRTD_PLATFORM_TDX : 0;
    }
}

void mrtd_evidence_value(struct mrtd_value *value,
                         const struct mrtd_evidence *evidence)
{
    if (!value || !evidence) {
        mrtd_value_set(value, 0, NULL);
        return;
    }
    if (mrtd_evidence_platform(evidence->kind) == MRTD_PLATFORM_SNP) {
        mrtd_value_set(value, MRTD_REGISTER_SNP, evidence->snp.measurement);
    } else {
        mrtd_value_set(value, MRTD_REGISTER_MRTD, evidence->tdinfo.mrtd);
    }
}

static bool tdinfo_reserved_is_zero(struct span s, uint64_t at)
{
    static const uint8_t zeros[MRTD_TDINFO_SIZE - TDINFO_RESERVED];
    return span_equals(s, at + TDINFO_RESERVED, zeros, sizeof zeros);
}

static bool info_hash_agrees(struct span s)
{
    uint8_t digest[SHA384_SIZE];
    sha384_digest(span_bytes(s, REPORT_TDINFO, MRTD_TDINFO_SIZE),
                  MRTD_TDINFO_SIZE, digest);
    return span_equals(s, REPORT_INFO_HASH, digest, sizeof digest);
}

/* TYPE TDX, SUBTYPE 0, any VERSION, and reserved bytes up to CPUSVN, which are
 * zero. What follows may be anything. */
static bool begins_as_report(struct span s)
{
    static const uint8_t type[2] = {TEE_TDX, 0};
    static const uint8_t zeros[REPORT_CPUSVN - REPORT_RESERVED];
    return span_equals(s, REPORT_TYPE, type, sizeof type) &&
           span_equals(s, REPORT_RESERVED, zeros, sizeof zeros);
}

/*
 * A report that is cut off or damaged is recognized, too; a longer input only
 * where TEE_INFO_HASH is right.
 */
static bool is_report(struct span s)
{
    return begins_as_report(s) &&
           (s.size <= REPORT_SIZE || info_hash_agrees(s));
}

/* Azure's report with one in it, which may be damaged. */
static bool is_hcl_tdx(struct span s)
{
    struct span report;
    return hcl_begins(s) && span_part(s, HCL_REPORT, REPORT_SIZE, &report) &&
           begins_as_report(report);
}

int mrtd_evidence_detect(const void *data, size_t size,
                         enum mrtd_evidence_kind *kind)
{
    struct span s = span_make(data, size, 0);
    uint16_t version = 0;
    uint32_t tee = 0;
    uint64_t xfam = 0;
    if (!data || !kind) {
        return 0;
    }
    /* The first four bytes of a quote are no version of a report: its key type
     * is 2. */
    if (snp_report_detect(s) || snp_report_detect_hcl(s)) {
        *kind = snp_report_detect(s) ? MRTD_EVIDENCE_SNP : MRTD_EVIDENCE_HCL;
        return 1;
    }
    if (is_hcl_tdx(s)) {
        *kind = MRTD_EVIDENCE_HCL_TDX;
        return 1;
    }
    if (span_u32(s, QUOTE_TEE_TYPE, &tee) &&
        span_u16(s, QUOTE_VERSION, &version) && tee == TEE_TDX &&
        version >= 4 && version <= 15) {
        *kind = version == 4 ? MRTD_EVIDENCE_QUOTE_V4 : MRTD_EVIDENCE_QUOTE_V5;
        return 1;
    }
    if (is_report(s)) {
        *kind = MRTD_EVIDENCE_TDREPORT;
        return 1;
    }
    if (size == MRTD_TDINFO_SIZE && tdinfo_reserved_is_zero(s, 0) &&
        span_u64(s, TDINFO_XFAM, &xfam) &&
        (xfam & TDINFO_XFAM_FIXED) == TDINFO_XFAM_FIXED) {
        *kind = MRTD_EVIDENCE_TDINFO;
        return 1;
    }
    return 0;
}

static enum mrtd_code too_short(struct span s, const char *what, uint64_t need,
                                struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_EVIDENCE_SIZE, s.size,
                     "the %s is cut off: it has %" PRIu64 " bytes, and needs "
                     "%" PRIu64,
                     what, s.size, need);
}

/* The signature data follows the body, its length in front. */
static enum mrtd_code check_signature_size(struct span s, const char *what,
                                           uint64_t body_end,
                                           struct mrtd_evidence *evidence,
                                           struct mrtd_error *error)
{
    uint32_t len = 0;
    if (!span_u32(s, body_end, &len)) {
        return too_short(s, what, body_end + sizeof len, error);
    }
    evidence->size = body_end + sizeof len + len;
    return evidence->size > s.size ? too_short(s, what, evidence->size, error)
                                   : MRTD_OK;
}

/* What a TD report body begins with, and TEE_TCB_INFO has after VALID. */
enum {
    MODULE_MRSEAM = 16,
    MODULE_MRSIGNERSEAM = 64,
    MODULE_SEAMATTRIBUTES = 112,
};

static void decode_module(struct mrtd_td_report *report, struct span s,
                          uint64_t at)
{
    span_copy(s, at, sizeof report->tee_tcb_svn, report->tee_tcb_svn);
    span_copy(s, at + MODULE_MRSEAM, MRTD_DIGEST_SIZE, report->mrseam);
    span_copy(s, at + MODULE_MRSIGNERSEAM, MRTD_DIGEST_SIZE,
              report->mrsignerseam);
    (void)span_u64(s, at + MODULE_SEAMATTRIBUTES, &report->seamattributes);
}

/* Finds the TD report body of a version 5 quote. */
static enum mrtd_code find_v5_body(struct span s, const char *what,
                                   uint64_t *size, struct mrtd_error *error)
{
    uint16_t type = 0;
    uint32_t claimed = 0;
    if (!span_u16(s, QUOTE_BODY_TYPE, &type) ||
        !span_u32(s, QUOTE_BODY_SIZE_FIELD, &claimed)) {
        return too_short(s, what, QUOTE_V5_BODY, error);
    }
    if (type != BODY_TYPE_TD_10 && type != BODY_TYPE_TD_15) {
        return error_set(error, MRTD_ERR_EVIDENCE_VERSION, QUOTE_BODY_TYPE,
                         "the quote's body type is %u, not 2 (TDX 1.0) or 3 "
                         "(TDX 1.5)",
                         type);
    }
    *size = type == BODY_TYPE_TD_10 ? BODY_10_SIZE : BODY_15_SIZE;
    if (claimed != *size) {
        return error_set(error, MRTD_ERR_EVIDENCE_SIZE, QUOTE_BODY_SIZE_FIELD,
                         "the quote's body size is %" PRIu32 ", but a body of "
                         "type %u has %" PRIu64 " bytes",
                         claimed, type, *size);
    }
    return MRTD_OK;
}

static enum mrtd_code check_header(struct span s, uint16_t wanted,
                                   struct mrtd_error *error)
{
    /*
     * Intel's QE vendor id: 939a7233-f79c-4ca9-940a-0db3957f0607, in text
     * order.
     */
    static const uint8_t vendor[] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c,
                                     0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3,
                                     0x95, 0x7f, 0x06, 0x07};
    uint16_t version = 0;
    uint32_t tee = 0;
    if (!span_u16(s, QUOTE_VERSION, &version) ||
        !span_u32(s, QUOTE_TEE_TYPE, &tee)) {
        return too_short(s, "TDX quote", QUOTE_HEADER_SIZE, error);
    }
    /* At these offsets an AMD SEV-SNP report has its version and GUEST_SVN. */
    if (version >= 3 && version <= 5 && tee == TEE_SGX &&
        span_equals(s, QUOTE_VENDOR, vendor, sizeof vendor)) {
        return error_set(error, MRTD_ERR_EVIDENCE_TEE, QUOTE_TEE_TYPE,
                         "this is the quote of an SGX enclave, which has no "
                         "MRTD");
    }
    if (tee != TEE_TDX) {
        return error_set(error, MRTD_ERR_EVIDENCE_KIND, QUOTE_TEE_TYPE,
                         "not a TDX quote: TEE_TYPE is 0x%" PRIx32 ", not 0x81",
                         tee);
    }
    if (version != wanted) {
        return error_set(error, MRTD_ERR_EVIDENCE_VERSION, QUOTE_VERSION,
                         "the quote's version is %u; versions 4 and 5 are "
                         "known",
                         version);
    }
    return MRTD_OK;
}

static enum mrtd_code read_quote(struct mrtd_evidence *evidence, struct span s,
                                 struct mrtd_error *error)
{
    const bool v5 = evidence->kind == MRTD_EVIDENCE_QUOTE_V5;
    const char *what = mrtd_evidence_kind_name(evidence->kind);
    uint64_t body = v5 ? QUOTE_V5_BODY : QUOTE_HEADER_SIZE;
    uint64_t size = BODY_10_SIZE;
    uint8_t info[MRTD_TDINFO_SIZE] = {0};
    enum mrtd_code code = check_header(s, v5 ? 5 : 4, error);
    if (!code && v5) {
        code = find_v5_body(s, what, &size, error);
    }
    if (code) {
        return code;
    }
    if (!span_has(s, body, size)) {
        return too_short(s, what, body + size, error);
    }
    span_copy(s, body + BODY_TD_INFO, TDINFO_SERVTD_HASH, info);
    decode_module(&evidence->report, s, body);
    span_copy(s, body + BODY_REPORTDATA, sizeof evidence->report.reportdata,
              evidence->report.reportdata);
    if (size == BODY_15_SIZE) {
        evidence->report.has_svn2 = 1;
        span_copy(s, body + BODY_TEE_TCB_SVN2,
                  sizeof evidence->report.tee_tcb_svn2,
                  evidence->report.tee_tcb_svn2);
        span_copy(s, body + BODY_MRSERVICETD, MRTD_DIGEST_SIZE,
                  info + TDINFO_SERVTD_HASH);
    }
    tdinfo_decode(&evidence->tdinfo, span_make(info, sizeof info, 0), 0);
    evidence->value_offset = body + BODY_TD_INFO + TDINFO_MRTD;
    return check_signature_size(s, what, body + size, evidence, error);
}

static enum mrtd_code read_report(struct mrtd_evidence *evidence, struct span s,
                                  struct mrtd_error *error)
{
    static const uint8_t type[2] = {TEE_TDX, 0};
    if (!span_has(s, 0, REPORT_CPUSVN) &&
        span_equals(s, REPORT_TYPE, type, sizeof type)) {
        return too_short(s, "TDREPORT", REPORT_SIZE, error);
    }
    if (!span_equals(s, REPORT_TYPE, type, sizeof type)) {
        return error_set(error, MRTD_ERR_EVIDENCE_KIND, REPORT_TYPE,
                         "not a TDREPORT of TDX: its type and subtype are not "
                         "0x81 and 0");
    }
    if (!begins_as_report(s)) {
        return error_set(error, MRTD_ERR_EVIDENCE_RESERVED, REPORT_RESERVED,
                         "not a TDREPORT: its reserved bytes are not zero");
    }
    if (!span_has(s, 0, REPORT_SIZE)) {
        return too_short(s, "TDREPORT", REPORT_SIZE, error);
    }
    evidence->size = REPORT_SIZE;
    evidence->value_offset = REPORT_TDINFO + TDINFO_MRTD;
    evidence->consistent = info_hash_agrees(s);
    tdinfo_decode(&evidence->tdinfo, s, REPORT_TDINFO);
    decode_module(&evidence->report, s, REPORT_TEE_TCB_SVN);
    evidence->report.has_svn2 = 1;
    span_copy(s, REPORT_TEE_TCB_SVN2, sizeof evidence->report.tee_tcb_svn2,
              evidence->report.tee_tcb_svn2);
    span_copy(s, REPORT_REPORTDATA, sizeof evidence->report.reportdata,
              evidence->report.reportdata);
    return MRTD_OK;
}

/* After the parts of the report of Azure's paravisor. */
static enum mrtd_code check_zeros(struct span s, uint64_t from, uint64_t to,
                                  struct mrtd_error *error)
{
    for (uint64_t at = from; at < to; at++) {
        uint8_t byte = 0;
        (void)span_u8(s, at, &byte);
        if (byte) {
            return error_set(error, MRTD_ERR_EVIDENCE_SIZE, at,
                             "byte 0x%02x in the report of Azure's paravisor, "
                             "where zeros follow what ends at %" PRIu64,
                             byte, from);
        }
    }
    return MRTD_OK;
}

/* A TDREPORT, 160 zeros, and the claims of Azure's paravisor. */
static enum mrtd_code read_hcl_tdx(struct mrtd_evidence *evidence,
                                   struct span s, struct mrtd_error *error)
{
    struct span report;
    if (!hcl_begins(s)) {
        return error_set(error, MRTD_ERR_EVIDENCE_KIND, 0,
                         "not a report of Azure's paravisor: it does not begin "
                         "with HCLA");
    }
    if (!span_part(s, HCL_REPORT, REPORT_SIZE, &report)) {
        return too_short(s, "report of Azure's paravisor",
                         HCL_REPORT + REPORT_SIZE, error);
    }
    enum mrtd_code code = read_report(evidence, report, error);
    code =
        code ? code : check_zeros(s, HCL_REPORT + REPORT_SIZE, HCL_DATA, error);
    if (!code) {
        evidence->value_offset += HCL_REPORT;
        code = hcl_read_claims(evidence, s, HCL_TYPE_TDX,
                               HCL_REPORT + REPORT_REPORTDATA, error);
    }
    return code ? code : check_zeros(s, evidence->size, s.size, error);
}

static enum mrtd_code read_tdinfo(struct mrtd_evidence *evidence, struct span s,
                                  struct mrtd_error *error)
{
    if (!span_has(s, 0, MRTD_TDINFO_SIZE)) {
        return too_short(s, "TDINFO", MRTD_TDINFO_SIZE, error);
    }
    if (!tdinfo_reserved_is_zero(s, 0)) {
        return error_set(error, MRTD_ERR_EVIDENCE_RESERVED, TDINFO_RESERVED,
                         "not a TDINFO: its reserved bytes are not zero");
    }
    evidence->size = MRTD_TDINFO_SIZE;
    evidence->value_offset = TDINFO_MRTD;
    tdinfo_decode(&evidence->tdinfo, s, 0);
    return MRTD_OK;
}

enum mrtd_code mrtd_evidence_read(struct mrtd_evidence *evidence,
                                  enum mrtd_evidence_kind kind,
                                  const void *data, size_t size,
                                  struct mrtd_error *error)
{
    struct mrtd_evidence made = {.kind = kind, .consistent = 1};
    struct span s = span_make(data, size, 0);
    enum mrtd_code code = MRTD_OK;
    if (!evidence || (!data && size > 0)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no data, or no place for the evidence");
    }
    switch (kind) {
    case MRTD_EVIDENCE_QUOTE_V4:
    case MRTD_EVIDENCE_QUOTE_V5:
        code = read_quote(&made, s, error);
        break;
    case MRTD_EVIDENCE_TDREPORT:
        code = read_report(&made, s, error);
        break;
    case MRTD_EVIDENCE_TDINFO:
        code = read_tdinfo(&made, s, error);
        break;
    case MRTD_EVIDENCE_SNP:
        code = snp_report_read(&made, s, error);
        break;
    case MRTD_EVIDENCE_HCL:
        code = snp_report_read_hcl(&made, s, error);
        break;
    case MRTD_EVIDENCE_HCL_TDX:
        code = read_hcl_tdx(&made, s, error);
        break;
    default:
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the kind is not one of enum mrtd_evidence_kind");
    }
    if (!code) {
        *evidence = made;
    }
    return code;
}
