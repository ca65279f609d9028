/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest reports about itself, or its host hands out: read, not verified.
 *
 * Documents cited below:
 *   [TDXMOD]  Intel TDX Module source code (intel/tdx-module)
 *   [DCAP]    Intel TDX DCAP Quoting Library API, appendix A: TDX quote formats
 */
#ifndef MRTD_EVIDENCE_H
#define MRTD_EVIDENCE_H

#include "mrtd/base.h"
#include "mrtd/snp_report.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Size of TDINFO_STRUCT. */
#define MRTD_TDINFO_SIZE 512

/*
 * TDINFO_STRUCT: what the TDX module reports of a TD ([TDXMOD],
 * tdx_api_defs.h, td_info_t). Digests are 48 bytes, all zero where not set.
 */
struct mrtd_tdinfo {
    uint64_t attributes; /* ATTRIBUTES; bit 0 is DEBUG */
    uint64_t xfam;       /* XFAM */
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    uint8_t mrconfigid[MRTD_DIGEST_SIZE];
    uint8_t mrowner[MRTD_DIGEST_SIZE];
    uint8_t mrownerconfig[MRTD_DIGEST_SIZE];
    uint8_t rtmr[4][MRTD_DIGEST_SIZE];
    uint8_t servtd_hash[MRTD_DIGEST_SIZE]; /* TDX 1.5; zero in TDX 1.0 */
};

#define MRTD_TDINFO_ATTRIBUTE_DEBUG UINT64_C(1)

/* The structure's MRTD_TDINFO_SIZE bytes, as TDREPORT has them. */
void mrtd_tdinfo_encode(uint8_t bytes[MRTD_TDINFO_SIZE],
                        const struct mrtd_tdinfo *info);

/* TEE_INFO_HASH of REPORTMACSTRUCT: the SHA-384 of these bytes ([TDXMOD],
 * helpers.c, get_tdinfo_and_teeinfohash). */
void mrtd_tdinfo_hash(uint8_t digest[MRTD_DIGEST_SIZE],
                      const struct mrtd_tdinfo *info);

/*
 * SERVTD_INFO_HASH: TEE_INFO_HASH with the fields zeroed that SERVTD_ATTR says
 * to ignore ([TDXMOD], service_td.h, ignore_tdinfo_bitmap_t): bit 32
 * ATTRIBUTES, 33 XFAM, 34 MRTD, 35 MRCONFIGID, 36 MROWNER, 37 MROWNERCONFIG, 38
 * to 41 RTMR0 to RTMR3, 42 SERVTD_HASH. Other bits are without effect on it.
 */
void mrtd_servtd_info_hash(uint8_t digest[MRTD_DIGEST_SIZE],
                           const struct mrtd_tdinfo *info,
                           uint64_t servtd_attributes);

/*
 * What quotes and TDREPORT say beside TDINFO: of the TDX module, and the data
 * of whoever asked for the report ([DCAP], A.3.2 and A.4.3; [TDXMOD],
 * tdx_api_defs.h, tee_tcb_info_t and report_mac_struct_t).
 */
struct mrtd_td_report {
    /* TEE_TCB_SVN: security version numbers of the module that launched the TD,
     * and of what loads it. */
    uint8_t tee_tcb_svn[16];
    uint8_t mrseam[MRTD_DIGEST_SIZE];
    uint8_t mrsignerseam[MRTD_DIGEST_SIZE]; /* zeros: Intel's module */
    uint64_t seamattributes;
    uint8_t reportdata[64];
    /* TEE_TCB_SVN2: of the module that is loaded now; TDX 1.5, otherwise zeros.
     */
    uint8_t tee_tcb_svn2[16];
    int has_svn2; /* 1: TEE_TCB_SVN2 was reported, be it zeros; 0: it was not */
};

/* What a guest, or its host, reports about it. */
enum mrtd_evidence_kind {
    MRTD_EVIDENCE_QUOTE_V4, /* [DCAP] quote version 4 */
    MRTD_EVIDENCE_QUOTE_V5, /* [DCAP] quote version 5 */
    MRTD_EVIDENCE_TDREPORT, /* TDREPORT_STRUCT, 1024 bytes */
    MRTD_EVIDENCE_TDINFO,   /* TDINFO_STRUCT, 512 bytes */
    MRTD_EVIDENCE_SNP,      /* ATTESTATION_REPORT of SEV-SNP, 1184 bytes, alone
                               or as the guest's driver hands it out */
    MRTD_EVIDENCE_HCL,      /* the same in the report of Azure's paravisor */
    MRTD_EVIDENCE_HCL_TDX,  /* a TDREPORT_STRUCT in that report */
};

struct mrtd_evidence {
    enum mrtd_evidence_kind kind;
    /* Size of the evidence in bytes; the rest of the input is padding. */
    uint64_t size;
    /* Offset in the input of what was measured at launch: MRTD, or SEV-SNP's
     * MEASUREMENT. */
    uint64_t value_offset;
    union {
        struct mrtd_tdinfo tdinfo;  /* of TDX */
        struct mrtd_snp_report snp; /* MRTD_EVIDENCE_SNP, MRTD_EVIDENCE_HCL */
    };
    /* TDREPORT: 0 if TEE_INFO_HASH is not the SHA-384 of its TDINFO, so
     * that the report was changed or damaged. MRTD_EVIDENCE_HCL: 0 if
     * REPORT_DATA is not the SHA-256 of the claims beside it.
     * MRTD_EVIDENCE_HCL_TDX: 0 in either case. Otherwise 1. */
    int consistent;
    /* Of quotes and TDREPORT; otherwise zeros. */
    struct mrtd_td_report report;
};

/* The platform whose evidence it is; 0: there is no such kind. */
enum mrtd_platform mrtd_evidence_platform(enum mrtd_evidence_kind kind);
/* What was measured at launch, as the evidence says: MRTD, or the launch digest
 * of SEV-SNP. All zero where evidence is NULL. */
void mrtd_evidence_value(struct mrtd_value *value,
                         const struct mrtd_evidence *evidence);

/*
 * Does data look like evidence? Then stores the kind and returns 1. A
 * TDREPORT_STRUCT that is longer than 1024 bytes needs a right TEE_INFO_HASH. A
 * TDINFO_STRUCT has no mark: it is taken for one if it has exactly 512 bytes,
 * its reserved bytes are zero, and bits 0 and 1 of XFAM are 1, as of all TDs. A
 * report of SEV-SNP is one of any version, also one that is refused.
 */
int mrtd_evidence_detect(const void *data, size_t size,
                         enum mrtd_evidence_kind *kind);

/*
 * Decodes evidence of that kind. Signatures and MACs are NOT verified: whoever
 * made the bytes may have written anything into them. On failure returns the
 * error's code, fills *error, and leaves *evidence as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_evidence_read(struct mrtd_evidence *evidence,
                                                enum mrtd_evidence_kind kind,
                                                const void *data, size_t size,
                                                struct mrtd_error *error);

/* e.g. "TDX quote version 4"; NULL if there is no such kind. */
const char *mrtd_evidence_kind_name(enum mrtd_evidence_kind kind);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
