/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the TCB of a TDX platform up to date? By the levels that Intel publishes
 * in TCB info and QE identity, whose signatures mrtd_verify() checks. These are
 * JSON, which the library does not read: the caller decodes them into the
 * structs below. Nothing here is allocated, and all is plain data.
 *
 * Documents cited below:
 *   [PCS]  Intel SGX and TDX Provisioning Certification Service, API version 4:
 *          TCB info version 3, QE identity version 2
 *   [QVL]  intel/confidential-computing.tee.dcap.qvl d12717e,
 *          AttestationLibrary/src/Verifiers: Intel's own verifier
 */
#ifndef MRTD_TCB_H
#define MRTD_TCB_H

#include "mrtd/base.h"
#include "mrtd/evidence.h"
#include "mrtd/verify.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* "tcbStatus" [PCS], and what is made of several. Numbers and names stay. */
enum mrtd_tcb_status {
    MRTD_TCB_NONE = 0,       /* there is no status, and it has no name */
    MRTD_TCB_UP_TO_DATE = 1, /* "UpToDate" */
    MRTD_TCB_SW_HARDENING_NEEDED = 2,  /* "SWHardeningNeeded" */
    MRTD_TCB_CONFIGURATION_NEEDED = 3, /* "ConfigurationNeeded" */
    MRTD_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED =
        4,                    /* "ConfigurationAndSWHardeningNeeded" */
    MRTD_TCB_OUT_OF_DATE = 5, /* "OutOfDate" */
    MRTD_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED =
        6,                            /* "OutOfDateConfigurationNeeded" */
    MRTD_TCB_TD_RELAUNCH_ADVISED = 7, /* "TDRelaunchAdvised": the module that is
                                         loaded now is up to date, and the one
                                         that launched the TD was not; of no
                                         level, as the next */
    MRTD_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED =
        8,                /* "TDRelaunchAdvisedConfigurationNeeded" */
    MRTD_TCB_REVOKED = 9, /* "Revoked" */
};

/* e.g. "UpToDate"; NULL if there is no such status. */
const char *mrtd_tcb_status_name(enum mrtd_tcb_status status);
/* The status of that name, letter by letter; MRTD_TCB_NONE if there is none, or
 * name is NULL. */
enum mrtd_tcb_status mrtd_tcb_status_find(const char *name);

/* One of "tcbLevels" of TCB info: what a platform has at least. */
struct mrtd_tcb_level {
    uint8_t sgx[16]; /* "sgxtcbcomponents": the svn of each */
    uint8_t tdx[16]; /* "tdxtcbcomponents" */
    uint16_t pcesvn;
    enum mrtd_tcb_status status;
    int64_t date; /* "tcbDate", in seconds since 1970 */
};

/* One of "tcbLevels" of a TDX module, or of the quoting enclave. */
struct mrtd_tcb_svn_level {
    uint16_t isvsvn;
    enum mrtd_tcb_status status;
    int64_t date;
};

/* "tdxModule", which has no levels, or one of "tdxModuleIdentities". */
struct mrtd_tcb_module {
    uint8_t version; /* N of its id "TDX_N", which is hexadecimal; 0: it is
                        "tdxModule", or its id is another */
    uint8_t mrsigner[48];
    uint8_t attributes[8];
    uint8_t attributes_mask[8];
    const struct mrtd_tcb_svn_level *levels;
    size_t level_count;
};

/* "tcbInfo" of TDX. */
struct mrtd_tcb_info {
    uint8_t fmspc[6];
    uint8_t pceid[2];
    struct mrtd_tcb_module module; /* of TDX 1.0: TEE_TCB_SVN[1] is 0 */
    const struct mrtd_tcb_module *modules;
    size_t module_count;
    const struct mrtd_tcb_level *levels; /* in any order */
    size_t level_count;
};

/* "enclaveIdentity" of the TD quoting enclave. Integers are of the enclave's
 * report: "miscselect" is its four bytes in their order there. */
struct mrtd_tcb_enclave {
    uint8_t mrsigner[32];
    uint8_t attributes[16];
    uint8_t attributes_mask[16];
    uint8_t miscselect[4];
    uint8_t miscselect_mask[4];
    uint16_t isvprodid;
    const struct mrtd_tcb_svn_level *levels; /* in any order */
    size_t level_count;
};

/* No level, or no module. */
#define MRTD_TCB_NO_INDEX SIZE_MAX

/* What follows for a quote. */
struct mrtd_tcb_verdict {
    /* MRTD_REASON_NONE; or MRTD_REASON_COLLATERAL_MISMATCH or _TCB_UNSUPPORTED:
     * then there is no status, and the message says why in one line of
     * printable ASCII. */
    enum mrtd_verify_reason reason;
    char message[256];
    enum mrtd_tcb_status status; /* of all of it */
    enum mrtd_tcb_status platform;
    enum mrtd_tcb_status module; /* MRTD_TCB_NONE where TEE_TCB_SVN[1] is 0 */
    enum mrtd_tcb_status enclave;
    /* Of all of it by TEE_TCB_SVN2, which is of the module that is loaded now;
     * MRTD_TCB_NONE where that was not reported. */
    enum mrtd_tcb_status current;
    int64_t date; /* the earliest of the levels below */
    /* Which levels apply by TEE_TCB_SVN: of the TCB info, of the module with
     * that index, and of the enclave. */
    size_t platform_level;
    size_t module_index; /* MRTD_TCB_NO_INDEX where TEE_TCB_SVN[1] is 0 */
    size_t module_level; /* MRTD_TCB_NO_INDEX then, too */
    size_t enclave_level;
};

/*
 * Evaluates the TCB of a quote as [QVL] does: evidence is what
 * mrtd_evidence_read() made of it, and signer what mrtd_verify() says of it
 * where it is GOOD.
 *
 * The level of the platform is the highest of which each SVN is at most the
 * platform's, the highest by the SVNs of SGX, then PCESVN, then the SVNs of
 * TDX, each the first that differs. That of the enclave is the one of the
 * highest SVN up to its own, and of those the latest. Where TEE_TCB_SVN[1] is
 * not 0, the first two SVNs of TDX are the module's, whose level is found in
 * its identity by TEE_TCB_SVN[0]. Two levels that are equal by that are no
 * answer.
 *
 * A module or an enclave that is revoked revokes the whole; one that is out of
 * date makes a platform that is not so that. One that is neither is up to
 * date; with another status there is no answer. Where the module was updated
 * since it launched the TD, and only that one was out of date, a new launch is
 * advised; current is to be looked at, too, for it may be REVOKED.
 *
 * Fails only with MRTD_ERR_ARGUMENT: something is NULL that is needed, or the
 * evidence is no quote. On failure *verdict is as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_tcb_evaluate(
    struct mrtd_tcb_verdict *verdict, const struct mrtd_evidence *evidence,
    const struct mrtd_tdx_signer *signer, const struct mrtd_tcb_info *info,
    const struct mrtd_tcb_enclave *enclave, struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
