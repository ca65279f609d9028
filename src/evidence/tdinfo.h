/* SPDX-License-Identifier: Apache-2.0 */
/* TDINFO_STRUCT, as intel/tdx-module 1666adc lays it out: td_info_t of
 * src/common/data_structures/tdx_api_defs.h. */
#ifndef EVIDENCE_TDINFO_H
#define EVIDENCE_TDINFO_H

#include "base/span.h"
#include "mrtd.h"

enum {
    TDINFO_ATTRIBUTES = 0, /* u64 */
    TDINFO_XFAM = 8,       /* u64 */
    TDINFO_MRTD = 16,
    TDINFO_MRCONFIGID = 64,
    TDINFO_MROWNER = 112,
    TDINFO_MROWNERCONFIG = 160,
    TDINFO_RTMR = 208, /* RTMR0 to RTMR3 */
    TDINFO_SERVTD_HASH = 400,
    TDINFO_RESERVED = 448, /* zero, up to MRTD_TDINFO_SIZE */
};

/* Bits of XFAM that are 1 in every TD: x87 and SSE (Intel TDX module, ABI
 * reference specification, XFAM). */
#define TDINFO_XFAM_FIXED UINT64_C(3)

/* Decodes the MRTD_TDINFO_SIZE bytes at offset, which must all be there. */
void tdinfo_decode(struct mrtd_tdinfo *info, struct span s, uint64_t offset);

#endif
