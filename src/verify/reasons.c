/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the interface. */
#include <stddef.h>

#include "mrtd.h"

static const struct {
    enum mrtd_verify_reason reason;
    enum mrtd_verify_status status;
    const char *name;
    const char *text;
} reasons[] = {
    {MRTD_REASON_NONE, MRTD_VERIFY_GOOD, "none",
     "all that can be checked here is right"},
    {MRTD_REASON_NO_LIBCRYPTO, MRTD_VERIFY_NOT_CHECKED, "no-libcrypto",
     "this build has no libcrypto, and cannot check signatures; one with "
     "libcrypto does"},
    {MRTD_REASON_NO_SIGNATURE, MRTD_VERIFY_NOT_CHECKED, "no-signature",
     "a TDINFO has no signature"},
    {MRTD_REASON_MAC, MRTD_VERIFY_NOT_CHECKED, "mac",
     "a TDREPORT has a MAC, which only the machine that made it can check"},
    {MRTD_REASON_NO_CHAIN, MRTD_VERIFY_NOT_CHECKED, "no-chain",
     "there is no certificate chain: it is neither in the evidence nor given"},
    {MRTD_REASON_VEK_MISSING, MRTD_VERIFY_NOT_CHECKED, "vek-missing",
     "there is no certificate of the key that signed the report, VCEK or VLEK"},
    {MRTD_REASON_SIGNING_OFF, MRTD_VERIFY_NOT_CHECKED, "signing-off",
     "the host has switched signing off, and the signature is all zeros"},
    {MRTD_REASON_KEY_TYPE, MRTD_VERIFY_UNSUPPORTED, "key-type",
     "the quote's attestation key is not of ECDSA with P-256"},
    {MRTD_REASON_QE_VENDOR, MRTD_VERIFY_UNSUPPORTED, "qe-vendor",
     "the quoting enclave is not Intel's"},
    {MRTD_REASON_CERTIFICATION_TYPE, MRTD_VERIFY_UNSUPPORTED,
     "certification-type",
     "the quote's certification data is of a type that is not known"},
    {MRTD_REASON_VEK_FAMILY, MRTD_VERIFY_UNSUPPORTED, "vek-family",
     "the root given is not of a family of processors that is known"},
    {MRTD_REASON_TDX_MODULE, MRTD_VERIFY_UNSUPPORTED, "tdx-module",
     "the TDX module is not one that Intel released for production"},
    {MRTD_REASON_COLLATERAL_MISMATCH, MRTD_VERIFY_UNSUPPORTED,
     "collateral-mismatch",
     "the collateral is of another kind of platform, or of another form"},
    {MRTD_REASON_TCB_UNSUPPORTED, MRTD_VERIFY_UNSUPPORTED, "tcb-unsupported",
     "the collateral has no TCB level for the platform"},
    {MRTD_REASON_COLLATERAL_SIGNATURE, MRTD_VERIFY_UNSUPPORTED,
     "collateral-signature", "the collateral is not signed as Intel signs it"},
    {MRTD_REASON_LAYOUT, MRTD_VERIFY_FORGED, "layout",
     "sizes in the quote's signature data contradict each other"},
    {MRTD_REASON_QUOTE_SIGNATURE, MRTD_VERIFY_FORGED, "quote-signature",
     "the quote's signature does not fit its content"},
    {MRTD_REASON_QE_BINDING, MRTD_VERIFY_FORGED, "qe-binding",
     "the key that signed the quote is not the quoting enclave's"},
    {MRTD_REASON_QE_IDENTITY, MRTD_VERIFY_FORGED, "qe-identity",
     "the enclave that signed the quote is not Intel's TD quoting enclave"},
    {MRTD_REASON_QE_SIGNATURE, MRTD_VERIFY_FORGED, "qe-signature",
     "the signature of the quoting enclave's report does not fit it"},
    {MRTD_REASON_PCK_EXTENSION, MRTD_VERIFY_FORGED, "pck-extension",
     "the SGX extension of the PCK certificate is missing or malformed"},
    {MRTD_REASON_INFO_HASH, MRTD_VERIFY_FORGED, "info-hash",
     "the TDREPORT's TEE_INFO_HASH is not the SHA-384 of its TDINFO"},
    {MRTD_REASON_SIGNATURE_RANGE, MRTD_VERIFY_FORGED, "signature-range",
     "a signature's numbers are not those of any signature"},
    {MRTD_REASON_KEY_INVALID, MRTD_VERIFY_FORGED, "key-invalid",
     "a key is not a point of its curve, or of another kind"},
    {MRTD_REASON_CHAIN_FORMAT, MRTD_VERIFY_FORGED, "chain-format",
     "the certificates are not in PEM, or not of the vendor's kinds"},
    {MRTD_REASON_CHAIN_COUNT, MRTD_VERIFY_FORGED, "chain-count",
     "the number of certificates is not three"},
    {MRTD_REASON_CHAIN_NAMES, MRTD_VERIFY_FORGED, "chain-names",
     "the certificates' names do not make the vendor's chain"},
    {MRTD_REASON_CHAIN_SIGNATURE, MRTD_VERIFY_FORGED, "chain-signature",
     "a certificate's signature does not fit it"},
    {MRTD_REASON_ROOT_UNTRUSTED, MRTD_VERIFY_FORGED, "root-untrusted",
     "the certificates end in a root that is not trusted"},
    {MRTD_REASON_CERT_REVOKED, MRTD_VERIFY_FORGED, "cert-revoked",
     "a certificate was revoked"},
    {MRTD_REASON_REPORT_SIGNATURE, MRTD_VERIFY_FORGED, "report-signature",
     "the report's signature does not fit its content"},
    {MRTD_REASON_SIGNING_KEY, MRTD_VERIFY_FORGED, "signing-key",
     "the certificate is of another kind of key than the report says"},
    {MRTD_REASON_VEK_EXTENSION, MRTD_VERIFY_FORGED, "vek-extension",
     "an extension of the VCEK or VLEK is missing or malformed"},
    {MRTD_REASON_VEK_TCB, MRTD_VERIFY_FORGED, "vek-tcb",
     "the VCEK or VLEK is of another TCB than the report's"},
    {MRTD_REASON_VEK_CHIP, MRTD_VERIFY_FORGED, "vek-chip",
     "the VCEK or VLEK is of another chip than the report's"},
    {MRTD_REASON_VEK_PROCESSOR, MRTD_VERIFY_FORGED, "vek-processor",
     "the VCEK or VLEK is of another family of processors than the report's"},
    {MRTD_REASON_CLAIMS, MRTD_VERIFY_FORGED, "claims",
     "the report's REPORT_DATA (of a TDREPORT REPORTDATA) is not the SHA-256 "
     "of the claims beside it"},
    {MRTD_REASON_CERT_EXPIRED, MRTD_VERIFY_EXPIRED, "cert-expired",
     "a certificate was no longer valid at that time"},
    {MRTD_REASON_CERT_NOT_YET_VALID, MRTD_VERIFY_EXPIRED, "cert-not-yet-valid",
     "a certificate was not yet valid at that time"},
    {MRTD_REASON_COLLATERAL_EXPIRED, MRTD_VERIFY_EXPIRED, "collateral-expired",
     "the collateral was no longer valid at that time"},
    {MRTD_REASON_COLLATERAL_NOT_YET_VALID, MRTD_VERIFY_EXPIRED,
     "collateral-not-yet-valid",
     "the collateral was not yet valid at that time"},
};

#define REASONS (sizeof reasons / sizeof *reasons)

static const char *const statuses[] = {
    [MRTD_VERIFY_GOOD] = "good",
    [MRTD_VERIFY_FORGED] = "forged",
    [MRTD_VERIFY_EXPIRED] = "expired",
    [MRTD_VERIFY_UNSUPPORTED] = "unsupported",
    [MRTD_VERIFY_NOT_CHECKED] = "not-checked",
};

static const char *const checks[] = {
    "header-body", "qe-binding", "qe-identity",      "qe-report", "pck-chain",
    "root-pin",    "validity",   "report-signature", "vek-chain", "vek-tcb",
    "vek-chip",    "claims",     "revocation",
};

static const char *const roots[] = {
    [MRTD_ROOT_NONE] = "none",
    [MRTD_ROOT_OWN] = "own",
    [MRTD_ROOT_INTEL_SGX] = "intel-sgx",
    [MRTD_ROOT_AMD_MILAN] = "amd-ark-milan",
    [MRTD_ROOT_AMD_GENOA] = "amd-ark-genoa",
    [MRTD_ROOT_AMD_TURIN] = "amd-ark-turin",
};

#define NAMED(names, index)                                                    \
    ((size_t)(index) < sizeof(names) / sizeof *(names) ? (names)[index] : NULL)

const char *mrtd_verify_status_name(enum mrtd_verify_status status)
{
    return NAMED(statuses, status);
}

const char *mrtd_verify_root_name(enum mrtd_verify_root root)
{
    return NAMED(roots, root);
}

const char *mrtd_verify_check_name(uint32_t check)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (check == UINT32_C(1) << i) {
            return checks[i];
        }
    }
    return NULL;
}

/* Its index; REASONS if there is no such reason. */
static size_t find(enum mrtd_verify_reason reason)
{
    size_t i = 0;
    while (i < REASONS && reasons[i].reason != reason) {
        i++;
    }
    return i;
}

const char *mrtd_verify_reason_name(enum mrtd_verify_reason reason)
{
    const size_t i = find(reason);
    return i < REASONS ? reasons[i].name : NULL;
}

const char *mrtd_verify_reason_text(enum mrtd_verify_reason reason)
{
    const size_t i = find(reason);
    return i < REASONS ? reasons[i].text : NULL;
}

enum mrtd_verify_status
mrtd_verify_reason_status(enum mrtd_verify_reason reason)
{
    const size_t i = find(reason);
    return i < REASONS ? reasons[i].status : 0;
}
