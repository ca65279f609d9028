/* SPDX-License-Identifier: Apache-2.0 */
/* TDX quotes, up to their signature data: Intel TDX DCAP Quoting Library API,
 * appendix A.3 (version 4) and A.4 (version 5). */
#ifndef EVIDENCE_QUOTE_LAYOUT_H
#define EVIDENCE_QUOTE_LAYOUT_H

enum {
    /* Quote header, A.3.1. */
    QUOTE_VERSION = 0,  /* u16 */
    QUOTE_KEY_TYPE = 2, /* u16: of the attestation key */
    QUOTE_TEE_TYPE = 4, /* u32 */
    QUOTE_VENDOR = 12,  /* QE vendor id, 16 bytes */
    QUOTE_HEADER_SIZE = 48,

    /* Version 5 names the body, A.4.2. */
    QUOTE_BODY_TYPE = 48,       /* u16 */
    QUOTE_BODY_SIZE_FIELD = 50, /* u32 */
    QUOTE_V5_BODY = 54,
    BODY_TYPE_TD_10 = 2,
    BODY_TYPE_TD_15 = 3,

    /* The TD report body: A.3.2 (TDX 1.0), A.4.3 (TDX 1.5). */
    BODY_MRSIGNERSEAM = 64,
    BODY_SEAMATTRIBUTES = 112,
    BODY_TD_INFO = 120, /* TDINFO_STRUCT's fields up to RTMR3 */
    BODY_MRTD = 136,
    BODY_REPORTDATA = 520,
    BODY_10_SIZE = 584,
    BODY_TEE_TCB_SVN2 = 584, /* TDX 1.5 only */
    BODY_MRSERVICETD = 600,  /* TDX 1.5 only */
    BODY_15_SIZE = 648,
};

#endif
