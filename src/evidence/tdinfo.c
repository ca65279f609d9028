/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/tdinfo.h"

#include <string.h>

#include "hash/sha384.h"

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
    span_copy(s, offset + TDINFO_RTMR, sizeof info->rtmr, info->rtmr[0]);
    span_copy(s, offset + TDINFO_SERVTD_HASH, MRTD_DIGEST_SIZE,
              info->servtd_hash);
}

static void put_little_endian(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

void mrtd_tdinfo_encode(uint8_t bytes[MRTD_TDINFO_SIZE],
                        const struct mrtd_tdinfo *info)
{
    if (!bytes || !info) {
        return;
    }
    memset(bytes, 0, MRTD_TDINFO_SIZE);
    put_little_endian(bytes + TDINFO_ATTRIBUTES, info->attributes, 8);
    put_little_endian(bytes + TDINFO_XFAM, info->xfam, 8);
    memcpy(bytes + TDINFO_MRTD, info->mrtd, MRTD_DIGEST_SIZE);
    memcpy(bytes + TDINFO_MRCONFIGID, info->mrconfigid, MRTD_DIGEST_SIZE);
    memcpy(bytes + TDINFO_MROWNER, info->mrowner, MRTD_DIGEST_SIZE);
    memcpy(bytes + TDINFO_MROWNERCONFIG, info->mrownerconfig, MRTD_DIGEST_SIZE);
    memcpy(bytes + TDINFO_RTMR, info->rtmr, sizeof info->rtmr);
    memcpy(bytes + TDINFO_SERVTD_HASH, info->servtd_hash, MRTD_DIGEST_SIZE);
}

void mrtd_tdinfo_hash(uint8_t digest[MRTD_DIGEST_SIZE],
                      const struct mrtd_tdinfo *info)
{
    if (digest && info) {
        uint8_t bytes[MRTD_TDINFO_SIZE];
        mrtd_tdinfo_encode(bytes, info);
        sha384_digest(bytes, sizeof bytes, digest);
    }
}

void mrtd_servtd_info_hash(uint8_t digest[MRTD_DIGEST_SIZE],
                           const struct mrtd_tdinfo *info,
                           uint64_t servtd_attributes)
{
    /* The fields in the order of the bits, from bit 32. */
    static const struct {
        unsigned offset;
        unsigned size;
    } fields[] = {
        {TDINFO_ATTRIBUTES, 8},
        {TDINFO_XFAM, 8},
        {TDINFO_MRTD, MRTD_DIGEST_SIZE},
        {TDINFO_MRCONFIGID, MRTD_DIGEST_SIZE},
        {TDINFO_MROWNER, MRTD_DIGEST_SIZE},
        {TDINFO_MROWNERCONFIG, MRTD_DIGEST_SIZE},
        {TDINFO_RTMR, MRTD_DIGEST_SIZE},
        {TDINFO_RTMR + MRTD_DIGEST_SIZE, MRTD_DIGEST_SIZE},
        {TDINFO_RTMR + 2 * MRTD_DIGEST_SIZE, MRTD_DIGEST_SIZE},
        {TDINFO_RTMR + 3 * MRTD_DIGEST_SIZE, MRTD_DIGEST_SIZE},
        {TDINFO_SERVTD_HASH, MRTD_DIGEST_SIZE},
    };
    uint8_t bytes[MRTD_TDINFO_SIZE];
    if (!digest || !info) {
        return;
    }
    mrtd_tdinfo_encode(bytes, info);
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (servtd_attributes >> (32 + i) & 1) {
            memset(bytes + fields[i].offset, 0, fields[i].size);
        }
    }
    sha384_digest(bytes, sizeof bytes, digest);
}
