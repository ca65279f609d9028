/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attestation reports of SEV-SNP. Layouts: AMD, SEV Secure Nested Paging
 * Firmware ABI Specification, 56860, revision 1.58, table 23
 * (ATTESTATION_REPORT) and table 9 (GUEST_POLICY); Linux 6.12,
 * drivers/virt/coco/sev-guest (MSG_REPORT_RSP); AMD, Guest Hypervisor
 * Communication Block Standardization, 56421, revision 2.03, 4.1.8.1
 * (certificate table); kinvolk/azure-cvm-tooling e4e4407,
 * az-cvm-vtpm/src/hcl/mod.rs (Azure's report).
 */
#include "evidence/snp_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "evidence/certificate_table.h"
#include "evidence/snp_layout.h"

enum {
    /* ATTESTATION_REPORT. */
    REPORT_VERSION = 0x00,   /* u32 */
    REPORT_GUEST_SVN = 0x04, /* u32 */
    REPORT_POLICY = 0x08,    /* u64 */
    REPORT_FAMILY_ID = 0x10,
    REPORT_IMAGE_ID = 0x20,
    REPORT_VMPL = 0x30,          /* u32 */
    REPORT_ALGORITHM = 0x34,     /* SIGNATURE_ALGO, u32 */
    REPORT_CURRENT_TCB = 0x38,   /* u64 */
    REPORT_PLATFORM_INFO = 0x40, /* u64 */
    REPORT_DATA = 0x50,
    REPORT_HOST_DATA = 0xc0,
    REPORT_ID_KEY_DIGEST = 0xe0,
    REPORT_AUTHOR_KEY_DIGEST = 0x110,
    REPORT_REPORTED_TCB = 0x180,   /* u64 */
    REPORT_CPUID_FAMILY = 0x188,   /* u8, CPUID_FAM_ID */
    REPORT_CPUID_MODEL = 0x189,    /* u8, CPUID_MOD_ID */
    REPORT_CPUID_STEPPING = 0x18a, /* u8, CPUID_STEP */
    REPORT_COMMITTED_TCB = 0x1e0,  /* u64 */
    /* u8 each: BUILD, MINOR, MAJOR. */
    REPORT_CURRENT_VERSION = 0x1e8,
    REPORT_COMMITTED_VERSION = 0x1ec,
    REPORT_LAUNCH_TCB = 0x1f0,         /* u64 */
    REPORT_LAUNCH_MIT_VECTOR = 0x1f8,  /* u64 */
    REPORT_CURRENT_MIT_VECTOR = 0x200, /* u64 */

    ALGORITHM_ECDSA_P384 = 1, /* with SHA-384; table 139 */
    MAX_VMPL = 3,

    /* Versions that begin as a report does, known or not. */
    FIRST_VERSION = 2,
    LAST_VERSION = 9,
    /* At this offset an SGX quote, whose version and TEE_TYPE look like
     * VERSION and GUEST_SVN, has its QE vendor id. */
    QUOTE_VENDOR = 12,

    /* MSG_REPORT_RSP: status, size, and zeros before the report. */
    DRIVER_STATUS = 0, /* u32 */
    DRIVER_SIZE = 4,   /* u32 */
    DRIVER_REPORT = 32,

    /* Azure's report. */
    HCL_TYPE = 8,    /* from HCL_DATA, u32 */
    HCL_HASH = 12,   /* from HCL_DATA, u32 */
    HCL_SIZE = 16,   /* from HCL_DATA, u32: size of the claims */
    HCL_CLAIMS = 20, /* from HCL_DATA */
    HCL_HASH_SHA256 = 1,
    SHA256_BYTES = 32,
    REPORT_DATA_BYTES = 64,
};

/* Bits of POLICY: 17 is 1, and those from 26 on are 0. */
#define POLICY_ONE       (UINT64_C(1) << 17)
#define POLICY_FIRST_BIT 16
#define POLICY_LAST_BIT  25

static const uint8_t hcl_magic[4] = {'H', 'C', 'L', 'A'};

static const char *const policy_names[] = {"SMT",
                                           NULL,
                                           "MIGRATE_MA",
                                           "DEBUG",
                                           "SINGLE_SOCKET",
                                           "CXL_ALLOW",
                                           "MEM_AES_256_XTS",
                                           "RAPL_DIS",
                                           "CIPHERTEXT_HIDING",
                                           "PAGE_SWAP_DISABLE"};

const char *mrtd_snp_policy_name(unsigned bit)
{
    return bit >= POLICY_FIRST_BIT && bit <= POLICY_LAST_BIT
               ? policy_names[bit - POLICY_FIRST_BIT]
               : NULL;
}

uint32_t mrtd_snp_report_signature(const struct mrtd_snp_report *report)
{
    return !report || report->version < 3
               ? 0
               : mrtd_vcpu_signature(report->cpuid_family, report->cpuid_model,
                                     report->cpuid_stepping);
}

/* --- Where a report is -------------------------------------------------- */

/* 0 where it does not end inside. */
static uint32_t number32(struct span s, uint64_t offset)
{
    uint32_t value = 0;
    (void)span_u32(s, offset, &value);
    return value;
}

static uint64_t number64(struct span s, uint64_t offset)
{
    uint64_t value = 0;
    (void)span_u64(s, offset, &value);
    return value;
}

/* A report at offset: by its size, or by two fields that are always the same.
 */
static bool begins_as_report(struct span s, uint64_t offset)
{
    /* Intel's QE vendor id, 939a7233-f79c-4ca9-940a-0db3957f0607. */
    static const uint8_t vendor[] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c,
                                     0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3,
                                     0x95, 0x7f, 0x06, 0x07};
    const uint32_t version = number32(s, offset + REPORT_VERSION);
    if (version < FIRST_VERSION || version > LAST_VERSION ||
        span_equals(s, offset + QUOTE_VENDOR, vendor, sizeof vendor)) {
        return false;
    }
    return s.size - offset == MRTD_SNP_REPORT_SIZE ||
           (number32(s, offset + REPORT_ALGORITHM) == ALGORITHM_ECDSA_P384 &&
            (number64(s, offset + REPORT_POLICY) & POLICY_ONE));
}

static bool is_driver_answer(struct span s)
{
    return span_has(s, 0, DRIVER_REPORT) && number32(s, DRIVER_STATUS) == 0 &&
           number32(s, DRIVER_SIZE) == MRTD_SNP_REPORT_SIZE &&
           begins_as_report(s, DRIVER_REPORT);
}

bool snp_report_detect(struct span s)
{
    return is_driver_answer(s) || begins_as_report(s, 0);
}

bool snp_report_detect_hcl(struct span s)
{
    return hcl_begins(s) && begins_as_report(s, HCL_REPORT);
}

static enum mrtd_code too_short(struct span s, uint64_t need,
                                struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_EVIDENCE_SIZE, s.size,
                     "the SEV-SNP report is cut off: the input has %" PRIu64
                     " bytes, and it needs %" PRIu64,
                     s.size, need);
}

/* --- Rules of the fields ------------------------------------------------ */

/* May it have fields where the versions that are known have zeros? */
static bool is_newer(struct span r)
{
    return number32(r, REPORT_VERSION) > MRTD_SNP_REPORT_VERSION;
}

static enum mrtd_code check_version(struct span r, struct mrtd_error *error)
{
    const uint32_t version = number32(r, REPORT_VERSION);
    return version >= FIRST_VERSION
               ? MRTD_OK
               : error_set(error, MRTD_ERR_EVIDENCE_VERSION,
                           r.base + REPORT_VERSION,
                           "the SEV-SNP report's VERSION is %" PRIu32
                           "; versions 2 to %d are known",
                           version, MRTD_SNP_REPORT_VERSION);
}

static enum mrtd_code check_policy(struct span r, struct mrtd_error *error)
{
    const uint64_t policy = number64(r, REPORT_POLICY);
    const uint64_t unknown = policy >> (POLICY_LAST_BIT + 1);
    if (!(policy & POLICY_ONE) || (unknown && !is_newer(r))) {
        return error_set(error, MRTD_ERR_EVIDENCE_RESERVED,
                         r.base + REPORT_POLICY,
                         "the SEV-SNP report's POLICY is 0x%" PRIx64
                         ": of each guest bit 17 is 1, and bits 26 to 63 are 0",
                         policy);
    }
    return MRTD_OK;
}

static enum mrtd_code check_numbers(struct span r, struct mrtd_error *error)
{
    const uint32_t vmpl = number32(r, REPORT_VMPL);
    const uint32_t algorithm = number32(r, REPORT_ALGORITHM);
    const uint32_t keys = number32(r, SNP_KEY_INFO);
    const uint32_t key = keys >> SNP_SIGNING_KEY_SHIFT & SNP_SIGNING_KEY_MASK;
    if (vmpl > MAX_VMPL) {
        return error_set(
            error, MRTD_ERR_EVIDENCE_RESERVED, r.base + REPORT_VMPL,
            "the SEV-SNP report's VMPL is %" PRIu32 "; there are 0 to 3", vmpl);
    }
    if (algorithm != ALGORITHM_ECDSA_P384) {
        return error_set(error, MRTD_ERR_EVIDENCE_RESERVED,
                         r.base + REPORT_ALGORITHM,
                         "the SEV-SNP report's SIGNATURE_ALGO is %" PRIu32
                         ", not 1 (ECDSA P-384 with SHA-384)",
                         algorithm);
    }
    if ((keys >> SNP_KEY_INFO_BITS && !is_newer(r)) ||
        (key > SNP_SIGNED_BY_VLEK && key != SNP_SIGNED_BY_NOBODY)) {
        return error_set(error, MRTD_ERR_EVIDENCE_RESERVED,
                         r.base + SNP_KEY_INFO,
                         "the SEV-SNP report's flags of keys are 0x%" PRIx32
                         ": SIGNING_KEY (bits 2 to 4) is 0, 1 or 7, and bits 5 "
                         "to 31 are 0",
                         keys);
    }
    return MRTD_OK;
}

/* Bytes that are 0 in all versions before that one; NEWER: in those that are
 * known. What follows the signature is signed by nobody, and 0 in each. */
#define NEWER (MRTD_SNP_REPORT_VERSION + 1)
static const struct {
    uint16_t offset;
    uint16_t size;
    uint16_t before;
} reserved[] = {
    {0x04c, 4, NEWER},         /* after KEY_INFO */
    {0x188, 3, 3},             /* CPUID of version 3 */
    {0x18b, 0x15, NEWER},      /* after it */
    {0x1eb, 1, NEWER},         /* after CURRENT_MAJOR */
    {0x1ef, 1, NEWER},         /* after COMMITTED_MAJOR */
    {0x1f8, 0x10, 5},          /* LAUNCH_MIT_VECTOR, CURRENT_MIT_VECTOR */
    {0x208, 0x98, NEWER},      /* up to the signature */
    {0x330, 0x170, UINT16_MAX} /* of the signature, after R and S */
};

static enum mrtd_code check_reserved(struct span r, struct mrtd_error *error)
{
    const uint32_t version = number32(r, REPORT_VERSION);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        for (uint64_t k = 0;
             version < reserved[i].before && k < reserved[i].size; k++) {
            uint8_t byte = 0;
            (void)span_u8(r, reserved[i].offset + k, &byte);
            if (byte) {
                return error_set(error, MRTD_ERR_EVIDENCE_RESERVED,
                                 r.base + reserved[i].offset + k,
                                 "byte 0x%" PRIx64
                                 " of the SEV-SNP report is 0x%02x; in "
                                 "version %" PRIu32 " it is reserved, and 0",
                                 reserved[i].offset + k, byte, version);
            }
        }
    }
    return MRTD_OK;
}

/* --- Reading ------------------------------------------------------------ */

static void decode(struct mrtd_snp_report *report, struct span r)
{
    report->version = number32(r, REPORT_VERSION);
    report->guest_svn = number32(r, REPORT_GUEST_SVN);
    report->policy = number64(r, REPORT_POLICY);
    report->vmpl = number32(r, REPORT_VMPL);
    report->key_info = number32(r, SNP_KEY_INFO);
    report->platform_info = number64(r, REPORT_PLATFORM_INFO);
    report->current_tcb = number64(r, REPORT_CURRENT_TCB);
    report->reported_tcb = number64(r, REPORT_REPORTED_TCB);
    report->committed_tcb = number64(r, REPORT_COMMITTED_TCB);
    report->launch_tcb = number64(r, REPORT_LAUNCH_TCB);
    (void)span_u8(r, REPORT_CPUID_FAMILY, &report->cpuid_family);
    (void)span_u8(r, REPORT_CPUID_MODEL, &report->cpuid_model);
    (void)span_u8(r, REPORT_CPUID_STEPPING, &report->cpuid_stepping);
    (void)span_u8(r, REPORT_CURRENT_VERSION, &report->current_build);
    (void)span_u8(r, REPORT_CURRENT_VERSION + 1, &report->current_minor);
    (void)span_u8(r, REPORT_CURRENT_VERSION + 2, &report->current_major);
    (void)span_u8(r, REPORT_COMMITTED_VERSION, &report->committed_build);
    (void)span_u8(r, REPORT_COMMITTED_VERSION + 1, &report->committed_minor);
    (void)span_u8(r, REPORT_COMMITTED_VERSION + 2, &report->committed_major);
    report->launch_mit_vector = number64(r, REPORT_LAUNCH_MIT_VECTOR);
    report->current_mit_vector = number64(r, REPORT_CURRENT_MIT_VECTOR);
    const struct {
        uint8_t *to;
        uint64_t offset;
        size_t size;
    } bytes[] = {
        {report->family_id, REPORT_FAMILY_ID, sizeof report->family_id},
        {report->image_id, REPORT_IMAGE_ID, sizeof report->image_id},
        {report->report_data, REPORT_DATA, sizeof report->report_data},
        {report->measurement, SNP_MEASUREMENT, sizeof report->measurement},
        {report->host_data, REPORT_HOST_DATA, sizeof report->host_data},
        {report->chip_id, SNP_CHIP_ID, sizeof report->chip_id},
        {report->id_key_digest, REPORT_ID_KEY_DIGEST,
         sizeof report->id_key_digest},
        {report->author_key_digest, REPORT_AUTHOR_KEY_DIGEST,
         sizeof report->author_key_digest},
    };
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        span_copy(r, bytes[i].offset, bytes[i].size, bytes[i].to);
    }
}

/* The report at offset, which is all there. */
static enum mrtd_code read_at(struct mrtd_evidence *evidence, struct span s,
                              uint64_t offset, struct mrtd_error *error)
{
    struct span r;
    enum mrtd_code code;
    if (!span_part(s, offset, MRTD_SNP_REPORT_SIZE, &r)) {
        return too_short(s, offset + MRTD_SNP_REPORT_SIZE, error);
    }
    code = check_version(r, error);
    code = code ? code : check_policy(r, error);
    code = code ? code : check_numbers(r, error);
    code = code ? code : check_reserved(r, error);
    if (!code) {
        evidence->size = offset + MRTD_SNP_REPORT_SIZE;
        evidence->value_offset = offset + SNP_MEASUREMENT;
        decode(&evidence->snp, r);
    }
    return code;
}

/* Zeros, or the table of certificates that goes with a report. */
static enum mrtd_code check_rest(struct span s, uint64_t from,
                                 struct mrtd_error *error)
{
    unsigned kind = 0;
    if (certificate_table_kind(s, from, &kind)) {
        return MRTD_OK;
    }
    for (uint64_t at = from; at < s.size; at++) {
        uint8_t byte = 0;
        (void)span_u8(s, at, &byte);
        if (byte) {
            return error_set(error, MRTD_ERR_EVIDENCE_SIZE, at,
                             "byte 0x%02x after the SEV-SNP report, which has "
                             "%d bytes: only zeros follow it, or a table of "
                             "certificates",
                             byte, MRTD_SNP_REPORT_SIZE);
        }
    }
    return MRTD_OK;
}

enum mrtd_code snp_report_read(struct mrtd_evidence *evidence, struct span s,
                               struct mrtd_error *error)
{
    const uint64_t offset = is_driver_answer(s) ? DRIVER_REPORT : 0;
    if (!snp_report_detect(s) && span_has(s, 0, MRTD_SNP_REPORT_SIZE)) {
        return error_set(error, MRTD_ERR_EVIDENCE_KIND, REPORT_VERSION,
                         "not a report of SEV-SNP: VERSION is %" PRIu32
                         ", POLICY 0x%" PRIx64 ", SIGNATURE_ALGO %" PRIu32,
                         number32(s, REPORT_VERSION),
                         number64(s, REPORT_POLICY),
                         number32(s, REPORT_ALGORITHM));
    }
    const enum mrtd_code code = read_at(evidence, s, offset, error);
    return code ? code : check_rest(s, evidence->size, error);
}

/* --- Azure -------------------------------------------------------------- */

bool hcl_begins(struct span s)
{
    return span_equals(s, 0, hcl_magic, sizeof hcl_magic);
}

/* Are the bytes at report_data the SHA-256 of the claims, and zeros? */
static bool claims_agree(struct span s, uint64_t report_data, uint32_t size)
{
    static const uint8_t zeros[REPORT_DATA_BYTES - SHA256_BYTES];
    const struct mrtd_source source = {
        .size = size, .data = span_bytes(s, HCL_DATA + HCL_CLAIMS, size)};
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA256};
    return !mrtd_digest_source(&digest, 1, &source, NULL) &&
           span_equals(s, report_data, digest.bytes, SHA256_BYTES) &&
           span_equals(s, report_data + SHA256_BYTES, zeros, sizeof zeros);
}

enum mrtd_code hcl_read_claims(struct mrtd_evidence *evidence, struct span s,
                               uint32_t type, uint64_t report_data,
                               struct mrtd_error *error)
{
    const uint32_t size = number32(s, HCL_DATA + HCL_SIZE);
    if (!span_has(s, HCL_DATA + HCL_CLAIMS, size)) {
        return error_set(error, MRTD_ERR_EVIDENCE_SIZE, s.size,
                         "the report of Azure's paravisor is cut off: it has "
                         "%" PRIu64 " bytes, and claims of %" PRIu32
                         " bytes begin at %d",
                         s.size, size, HCL_DATA + HCL_CLAIMS);
    }
    const uint32_t said = number32(s, HCL_DATA + HCL_TYPE);
    const uint32_t hash = number32(s, HCL_DATA + HCL_HASH);
    if (said != type || hash != HCL_HASH_SHA256 ||
        number32(s, HCL_DATA) != (uint64_t)size + HCL_CLAIMS) {
        return error_set(error, MRTD_ERR_EVIDENCE_KIND, HCL_DATA,
                         "the report of Azure's paravisor has data of %" PRIu32
                         " bytes, type %" PRIu32 ", hash %" PRIu32
                         " and claims of %" PRIu32 " bytes, not %d more than "
                         "the claims, type %" PRIu32
                         " (%s) and hash 1 (SHA-256)",
                         number32(s, HCL_DATA), said, hash, size, HCL_CLAIMS,
                         type, type == HCL_TYPE_SNP ? "SEV-SNP" : "TDX");
    }
    evidence->size = HCL_DATA + HCL_CLAIMS + (uint64_t)size;
    evidence->consistent =
        evidence->consistent && claims_agree(s, report_data, size);
    return MRTD_OK;
}

enum mrtd_code snp_report_read_hcl(struct mrtd_evidence *evidence,
                                   struct span s, struct mrtd_error *error)
{
    if (!hcl_begins(s)) {
        return error_set(error, MRTD_ERR_EVIDENCE_KIND, 0,
                         "not a report of Azure's paravisor: it does not begin "
                         "with HCLA");
    }
    enum mrtd_code code = read_at(evidence, s, HCL_REPORT, error);
    if (!code) {
        code = hcl_read_claims(evidence, s, HCL_TYPE_SNP,
                               HCL_REPORT + REPORT_DATA, error);
    }
    return code ? code : check_rest(s, evidence->size, error);
}
