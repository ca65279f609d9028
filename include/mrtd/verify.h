/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is evidence genuine? Signatures and certificate chains of TDX quotes and of
 * SEV-SNP reports, checked from bytes alone: nothing is fetched, no clock is
 * read, and no file is opened. The keys of Intel's and AMD's roots are built
 * in.
 *
 * Genuine means that the vendor's hardware signed these bytes. It does not
 * mean that the evidence is fresh: who has a copy of it can hand it out again.
 * Nor does it mean that a certificate was not revoked since, or that the
 * platform's TCB is recent: for quotes of TDX Intel's collateral tells, which
 * struct mrtd_collateral takes for the first, and mrtd_tcb_evaluate() for the
 * second.
 *
 * Documents cited below:
 *   [DCAP]    Intel TDX DCAP Quoting Library API, appendix A: TDX quote formats
 *   [PCK]     Intel SGX PCK Certificate and Certificate Revocation List Profile
 *             Specification
 *   [PCS]     Intel SGX and TDX Provisioning Certification Service, API
 *             version 4
 *   [SNPABI]  AMD, SEV Secure Nested Paging Firmware ABI Specification, 56860,
 *             revision 1.58
 *   [VCEK]    AMD, Versioned Chip Endorsement Key (VCEK) Certificate and KDS
 *             Interface Specification, 57230
 *   [GHCB]    AMD, Guest Hypervisor Communication Block Standardization, 56421,
 *             revision 2.03
 */
#ifndef MRTD_VERIFY_H
#define MRTD_VERIFY_H

#include "mrtd/base.h"
#include "mrtd/evidence.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* What follows for the evidence. It is genuine only where it is GOOD. */
enum mrtd_verify_status {
    MRTD_VERIFY_GOOD = 1, /* all that can be checked here was, and is right */
    MRTD_VERIFY_FORGED,   /* made up, changed or damaged, or not of these
                             certificates */
    MRTD_VERIFY_EXPIRED,  /* genuine, but for a certificate that was not valid
                             at the time asked for */
    MRTD_VERIFY_UNSUPPORTED, /* signed in a way that is not known here, or
                                by collateral that cannot be relied on */
    MRTD_VERIFY_NOT_CHECKED, /* there is nothing to check it by */
};

/* e.g. "not-checked"; NULL if there is no such status. */
const char *mrtd_verify_status_name(enum mrtd_verify_status status);

/* Why it is not GOOD. Each reason has one status. Numbers and names stay. */
enum mrtd_verify_reason {
    MRTD_REASON_NONE, /* "none": it is GOOD */

    /* NOT_CHECKED */
    MRTD_REASON_NO_LIBCRYPTO = 1, /* "no-libcrypto": the library was built
                                     without it */
    MRTD_REASON_NO_SIGNATURE = 2, /* "no-signature": TDINFO, which has none */
    MRTD_REASON_MAC = 3, /* "mac": TDREPORT, alone or in Azure's report, whose
                            MAC only the machine that made it can check */
    MRTD_REASON_NO_CHAIN = 4,    /* "no-chain": a quote without certificates, or
                                    an own root, and none were given */
    MRTD_REASON_VEK_MISSING = 5, /* "vek-missing": no VCEK (or VLEK, where that
                                    signed) was given */
    MRTD_REASON_SIGNING_OFF = 6, /* "signing-off": the host let the firmware
                                    sign with zeros */

    /* UNSUPPORTED */
    MRTD_REASON_KEY_TYPE = 20,  /* "key-type": attestation key type not 2 */
    MRTD_REASON_QE_VENDOR = 21, /* "qe-vendor": not Intel's quoting enclave */
    MRTD_REASON_CERTIFICATION_TYPE = 22, /* "certification-type": of the
                                            signature data */
    MRTD_REASON_VEK_FAMILY = 23, /* "vek-family": an own root that is not
                                    ARK-Milan, ARK-Genoa or ARK-Turin by name,
                                    so how TCB versions are laid out is not
                                    known */
    MRTD_REASON_TDX_MODULE = 24, /* "tdx-module": MRSIGNERSEAM or SEAMATTRIBUTES
                                    is not 0, as it is of each TDX module that
                                    Intel released */
    MRTD_REASON_COLLATERAL_MISMATCH = 25, /* "collateral-mismatch": collateral
                                             of another kind of platform, or in
                                             a form that is not known */
    MRTD_REASON_TCB_UNSUPPORTED = 26, /* "tcb-unsupported": no TCB level of the
                                         collateral is the platform's, or it
                                         has another module or enclave */
    MRTD_REASON_COLLATERAL_SIGNATURE =
        47, /* "collateral-signature": collateral is not Intel's, or was
               changed, or its CRLs are not of the quote's issuers: that says
               nothing against the quote */

    /* FORGED: quotes */
    MRTD_REASON_LAYOUT = 40,          /* "layout": sizes that contradict each
                                         other */
    MRTD_REASON_QUOTE_SIGNATURE = 41, /* "quote-signature": of header and body,
                                         by the attestation key */
    MRTD_REASON_QE_BINDING = 42,    /* "qe-binding": the attestation key is not
                                       the one that the enclave reports */
    MRTD_REASON_QE_IDENTITY = 43,   /* "qe-identity": not Intel's TD quoting
                                       enclave */
    MRTD_REASON_QE_SIGNATURE = 44,  /* "qe-signature": of the enclave's report,
                                       by the PCK key */
    MRTD_REASON_PCK_EXTENSION = 45, /* "pck-extension": the SGX extension of
                                       the PCK certificate */
    MRTD_REASON_INFO_HASH = 46,     /* "info-hash": of a TDREPORT, alone or in
                                       Azure's report, which is not the SHA-384
                                       of its TDINFO */

    /* FORGED: of both platforms */
    MRTD_REASON_SIGNATURE_RANGE = 50, /* "signature-range": r or s is 0, or not
                                         less than the order of the curve */
    MRTD_REASON_KEY_INVALID = 51, /* "key-invalid": not a point of the curve,
                                     or a key of another kind */
    MRTD_REASON_CHAIN_FORMAT =
        52, /* "chain-format": not certificates, one after the other in PEM, or
               not of the vendor's kinds of keys, signatures and uses */
    MRTD_REASON_CHAIN_COUNT = 53,     /* "chain-count": a quote has three */
    MRTD_REASON_CHAIN_NAMES = 54,     /* "chain-names": subjects and issuers */
    MRTD_REASON_CHAIN_SIGNATURE = 55, /* "chain-signature": of a certificate */
    MRTD_REASON_ROOT_UNTRUSTED = 56,  /* "root-untrusted": the chain ends in
                                         another key than the root's */
    MRTD_REASON_CERT_REVOKED = 57,    /* "cert-revoked" */

    /* FORGED: SEV-SNP reports */
    MRTD_REASON_REPORT_SIGNATURE = 60, /* "report-signature": by the VEK */
    MRTD_REASON_SIGNING_KEY = 61,   /* "signing-key": VLEK in the place of VCEK
                                       or the other way, or a key that does not
                                       sign reports */
    MRTD_REASON_VEK_EXTENSION = 62, /* "vek-extension": one of the VEK's is
                                       missing, doubled or malformed */
    MRTD_REASON_VEK_TCB = 63,       /* "vek-tcb": a VEK of another TCB */
    MRTD_REASON_VEK_CHIP = 64,      /* "vek-chip": a VCEK of another chip */
    MRTD_REASON_VEK_PROCESSOR = 65, /* "vek-processor": a VEK of another family
                                       of processors than the report's CPUID */
    MRTD_REASON_CLAIMS = 66,        /* "claims": MRTD_EVIDENCE_HCL or HCL_TDX,
                                       whose REPORT_DATA is not the claims'
                                       SHA-256 */

    /* EXPIRED */
    MRTD_REASON_CERT_EXPIRED = 80,             /* "cert-expired" */
    MRTD_REASON_CERT_NOT_YET_VALID = 81,       /* "cert-not-yet-valid" */
    MRTD_REASON_COLLATERAL_EXPIRED = 82,       /* "collateral-expired" */
    MRTD_REASON_COLLATERAL_NOT_YET_VALID = 83, /* "collateral-not-yet-valid" */
};

/* e.g. "qe-binding"; NULL if there is no such reason. */
const char *mrtd_verify_reason_name(enum mrtd_verify_reason reason);
/* The same as a sentence without a period; NULL if there is no such reason. */
const char *mrtd_verify_reason_text(enum mrtd_verify_reason reason);
/* The status of a reason; 0 if there is no such reason. */
enum mrtd_verify_status
mrtd_verify_reason_status(enum mrtd_verify_reason reason);

/* What was checked, and found right. A sum of these. */
#define MRTD_CHECKED_HEADER_BODY      UINT32_C(0x0001) /* of a quote */
#define MRTD_CHECKED_QE_BINDING       UINT32_C(0x0002)
#define MRTD_CHECKED_QE_IDENTITY      UINT32_C(0x0004)
#define MRTD_CHECKED_QE_REPORT        UINT32_C(0x0008)
#define MRTD_CHECKED_PCK_CHAIN        UINT32_C(0x0010)
#define MRTD_CHECKED_ROOT_PIN         UINT32_C(0x0020) /* of both platforms */
#define MRTD_CHECKED_VALIDITY         UINT32_C(0x0040) /* of both platforms */
#define MRTD_CHECKED_REPORT_SIGNATURE UINT32_C(0x0080) /* of an SNP report */
#define MRTD_CHECKED_VEK_CHAIN        UINT32_C(0x0100)
#define MRTD_CHECKED_VEK_TCB          UINT32_C(0x0200)
#define MRTD_CHECKED_VEK_CHIP         UINT32_C(0x0400) /* VCEK */
#define MRTD_CHECKED_CLAIMS           UINT32_C(0x0800) /* MRTD_EVIDENCE_HCL */
#define MRTD_CHECKED_REVOCATION       UINT32_C(0x1000) /* with collateral */

/* The name of one of them, e.g. "header-body"; NULL if there is none. */
const char *mrtd_verify_check_name(uint32_t check);

/* In which root the chain ends. */
enum mrtd_verify_root {
    MRTD_ROOT_NONE, /* none was reached */
    MRTD_ROOT_OWN,  /* of the options, and its key is not built in */
    MRTD_ROOT_INTEL_SGX,
    MRTD_ROOT_AMD_MILAN,
    MRTD_ROOT_AMD_GENOA,
    MRTD_ROOT_AMD_TURIN,
};

/* e.g. "intel-sgx", "amd-ark-milan"; NULL if there is no such root. */
const char *mrtd_verify_root_name(enum mrtd_verify_root root);

/* Families of AMD's processors, which differ in how a TCB version is laid out.
 */
enum mrtd_snp_family {
    MRTD_SNP_FAMILY_UNKNOWN,
    MRTD_SNP_FAMILY_MILAN,
    MRTD_SNP_FAMILY_GENOA, /* and Bergamo, Siena */
    MRTD_SNP_FAMILY_TURIN,
};

/* e.g. "Milan"; NULL if there is no such family. */
const char *mrtd_snp_family_name(enum mrtd_snp_family family);
/* The family of the processor that a report says it is of by its CPUID; UNKNOWN
 * for version 2, which does not say, for another processor, and for NULL. */
enum mrtd_snp_family
mrtd_snp_report_family(const struct mrtd_snp_report *report);

/* The parts of a TCB version, each a security version number [VCEK]. */
struct mrtd_snp_tcb {
    uint8_t fmc; /* Turin only, otherwise 0 */
    uint8_t boot_loader;
    uint8_t tee;
    uint8_t snp;
    uint8_t microcode;
};

/* Divides a TCB version as that family has it; all zero where it is UNKNOWN. */
void mrtd_snp_tcb_decode(struct mrtd_snp_tcb *tcb, enum mrtd_snp_family family,
                         uint64_t version);

/* Who signed a quote: what the PCK certificate says of the platform [PCK], and
 * the quoting enclave of itself. */
struct mrtd_tdx_signer {
    uint8_t fmspc[6];
    uint8_t pceid[2];
    uint16_t pcesvn;
    uint8_t components[16]; /* SVNs of the platform's TCB */
    uint16_t qe_isvsvn;
    int platform_ca;  /* 1: of the PCK Platform CA, 0: of the Processor CA */
    uint8_t ppid[16]; /* it identifies the machine */
    /* What the quoting enclave's report says beside ISVSVN. */
    uint8_t qe_mrsigner[32];
    uint8_t qe_attributes[16];
    uint32_t qe_miscselect;
    uint16_t qe_isvprodid;
};

/* Who signed a report: what the VEK says [VCEK]. */
struct mrtd_snp_signer {
    enum mrtd_snp_family family;
    int vlek; /* 1: VLEK, 0: VCEK */
    struct mrtd_snp_tcb tcb;
    char csp_id[64]; /* VLEK: of whose cloud it is, printable ASCII; else "" */
    uint8_t chip_id[64]; /* VCEK: it identifies the machine; else zeros */
};

/* Parts of the collateral, each of which is a member of struct
 * mrtd_collateral. */
enum mrtd_collateral_part {
    MRTD_COLLATERAL_NONE,
    MRTD_COLLATERAL_TCB_INFO,
    MRTD_COLLATERAL_TCB_INFO_CHAIN,
    MRTD_COLLATERAL_QE_IDENTITY,
    MRTD_COLLATERAL_QE_IDENTITY_CHAIN,
    MRTD_COLLATERAL_PCK_CRL,
    MRTD_COLLATERAL_ROOT_CRL,
};

/* The verdict on one piece of evidence. */
struct mrtd_verification {
    enum mrtd_verify_status status;
    enum mrtd_verify_reason reason;
    /* Where in the data the reason is, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII that says what was found, and nothing that
     * identifies a machine; "" where it is GOOD. */
    char message[256];
    uint32_t checked; /* a sum of MRTD_CHECKED_* */
    enum mrtd_verify_root root;
    /* When all certificates of the chain are valid, both ends included, in
     * seconds since 1970 (UTC); both 0 where no chain was verified. */
    int64_t not_before;
    int64_t not_after;
    /* The type of a quote's certification data: 5 is a chain [DCAP]; 0 where
     * the evidence is no quote. */
    uint16_t certification_type;
    /* Offset of the first byte after the evidence that is not 0, or
     * MRTD_NO_OFFSET. Such bytes are signed by nobody. */
    uint64_t trailing;
    /* Of whom it is; zeros where checked has neither PCK_CHAIN nor VEK_CHAIN
     * with ROOT_PIN. Read the one of the evidence's platform. */
    union {
        struct mrtd_tdx_signer tdx;
        struct mrtd_snp_signer snp;
    };
    /* How long the collateral is valid: the least of the times of its next
     * updates and of the end of its signers' certificates; 0 where checked has
     * not REVOCATION. */
    int64_t collateral_until;
    /* The part of the collateral that the reason is about, or NONE. */
    enum mrtd_collateral_part collateral_part;
};

/* Bytes of a file with certificates. */
struct mrtd_verify_bytes {
    const void *data;
    size_t size;
};

/* No file with certificates may be larger, and all of them may not hold more
 * certificates than this. */
#define MRTD_VERIFY_MAX_BYTES        65536
#define MRTD_VERIFY_MAX_CERTIFICATES 64

/*
 * A document of Intel's about the TCB, and its signature [PCS]: the JSON object
 * after "tcbInfo" or "enclaveIdentity", as it was received from its first brace
 * to its last. If the signature is not of these bytes, those without white
 * space outside strings are tried, too.
 */
struct mrtd_collateral_document {
    const void *data;
    size_t size;
    uint8_t signature[64]; /* r and s, the most significant byte first */
    /* In PEM: the certificate "Intel SGX TCB Signing", and then the root's. */
    const void *chain;
    size_t chain_size;
    /* Its issueDate and nextUpdate, which the caller has read from data, in
     * seconds since 1970. */
    int64_t issued;
    int64_t next_update;
};

/* What Intel publishes about the platforms of quotes. All of it is needed. */
struct mrtd_collateral {
    size_t struct_size; /* sizeof(struct mrtd_collateral) */
    struct mrtd_collateral_document tcb_info;
    struct mrtd_collateral_document qe_identity;
    struct mrtd_verify_bytes
        pck_crl; /* DER; of the CA of the PCK certificate */
    struct mrtd_verify_bytes root_crl; /* DER */
};

/* No document and no CRL may be larger. */
#define MRTD_VERIFY_MAX_COLLATERAL 1048576

struct mrtd_verify_options {
    size_t struct_size; /* sizeof(struct mrtd_verify_options) */
    /* The time at which certificates have to be valid: seconds since 1970, UTC.
     */
    int64_t time;
    /* The one root that is trusted, a certificate in DER or PEM, in the place
     * of those that are built in; NULL: the built-in ones. */
    const void *root;
    size_t root_size;
    /* Certificates beside the evidence, in any order: PEM with one or more, one
     * as DER, or a certificate table of SEV-SNP [GHCB, 4.1.8.1]. Of TDX the
     * PCK chain of a quote that has none; of SEV-SNP the VCEK or VLEK, and with
     * a root of one's own also the ASK. They are never trusted themselves. */
    const struct mrtd_verify_bytes *certificates;
    size_t certificate_count;
    /* For quotes, or NULL: whether certificates were revoked is then not
     * checked. It is looked at only where a quote is GOOD by itself. That
     * verdict then becomes FORGED where the collateral says so, EXPIRED where
     * the collateral was not valid, and UNSUPPORTED where it is not to be
     * trusted itself; checked stays what was found right of the quote. */
    const struct mrtd_collateral *collateral;
};

/*
 * Verifies evidence as mrtd_evidence_read() takes it. What it finds is in
 * *verification, also where the evidence is not genuine, and the function then
 * returns MRTD_OK. It fails with the codes of mrtd_evidence_read(), with
 * MRTD_ERR_CERTIFICATE where a certificate of the options cannot be read, with
 * MRTD_ERR_COLLATERAL_FORMAT where a CRL cannot, with MRTD_ERR_MEMORY, and with
 * MRTD_ERR_ARGUMENT. On failure returns the error's code, fills *error, and
 * leaves *verification as it was.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_verify(struct mrtd_verification *verification,
            enum mrtd_evidence_kind kind, const void *data, size_t size,
            const struct mrtd_verify_options *options,
            struct mrtd_error *error);

/*
 * Can that file be one of the certificates of the options? Stores how many it
 * has. Otherwise returns the error's code, MRTD_ERR_CERTIFICATE as a rule,
 * fills *error, and leaves *count as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_verify_certificates(size_t *count,
                                                      const void *data,
                                                      size_t size,
                                                      struct mrtd_error *error);

/* Can that file be the root of the options: one certificate of a CA, signed
 * with its own key? Fails as mrtd_verify_certificates() does. */
MRTD_MUST_USE enum mrtd_code mrtd_verify_root(const void *data, size_t size,
                                              struct mrtd_error *error);

/* Can those bytes be a CRL of collateral? Fails with
 * MRTD_ERR_COLLATERAL_FORMAT, or MRTD_ERR_ARGUMENT where data is NULL, and
 * fills *error. */
MRTD_MUST_USE enum mrtd_code mrtd_verify_crl(const void *data, size_t size,
                                             struct mrtd_error *error);

/* Room for every address, with its NUL. */
#define MRTD_VERIFY_URL_SIZE 256

/*
 * The address at which AMD hands out the VCEK that a report is signed with
 * [VCEK], as a string. The family is needed where the report does not say it
 * (mrtd_snp_report_family() is UNKNOWN), and otherwise has to be UNKNOWN or
 * that one. With show_chip 0 the address has <CHIP_ID> in the place of what
 * identifies the machine. Returns 0, and leaves url as it was, where there is
 * no such address: other evidence, a family that is not known, a report that a
 * VLEK or nobody signed, or one without a chip id.
 */
int mrtd_verify_kds_url(char url[MRTD_VERIFY_URL_SIZE],
                        enum mrtd_evidence_kind kind, const void *data,
                        size_t size, enum mrtd_snp_family family,
                        int show_chip);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
