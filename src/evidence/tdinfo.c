/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/tdinfo.h"

void tdinfo_decode(struct mrtd_tdinfo *info, struct span s, uint64_t offset)
{
    span_u64(s, offset + TDINFO_ATTRIBUTES, &info->attributes);
    span_u64(s, offset + TDINFO_XFAM, &info->xfam);
    span_copy(s, offset + TDINFO_MRTD, MRTD_DIGEST_SIZE, info->mrtd);
    span_copy(s, offset + TDINFO_MRCONFIGID, MRTD_DIGEST_SIZE,
              info->mrconfigid);
    span_copy(s, offset + TDINFO_MROWNER, MRTD_DIGEST_SIZE, info->mrowner);
    span_copy(s, offset + TDINFO_MROWNERCONFIG, MRTD_DIGEST_SIZE,
              info->mrownerconfig);
    span_copy(s, offset + TDINFO_RTMR, sizeof info->rtmr, info->rtmr);
    span_copy(s, offset + TDINFO_SERVTD_HASH, MRTD_DIGEST_SIZE,
              info->servtd_hash);
}
