/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "report/tdinfo.h"

static void print_digest(FILE *to, const char *label,
                         const uint8_t digest[MRTD_DIGEST_SIZE])
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, digest, MRTD_DIGEST_SIZE);
    fprintf(to, "%-17s%s\n", label, hex);
}

void tdinfo_text(FILE *to, const struct tdinfo *r)
{
    const struct mrtd_tdinfo *t = &r->info;
    static const char *const labels[] = {"RTMR0", "RTMR1", "RTMR2", "RTMR3"};
    fprintf(to, "%-17s0x%016" PRIx64 "\n", "ATTRIBUTES", t->attributes);
    fprintf(to, "%-17s0x%016" PRIx64 "\n", "XFAM", t->xfam);
    print_digest(to, "MRTD", t->mrtd);
    print_digest(to, "MRCONFIGID", t->mrconfigid);
    print_digest(to, "MROWNER", t->mrowner);
    print_digest(to, "MROWNERCONFIG", t->mrownerconfig);
    for (size_t i = 0; i < 4; i++) {
        print_digest(to, labels[i], t->rtmr[i]);
    }
    print_digest(to, "SERVTD_HASH", t->servtd_hash);
    print_digest(to, "TEE_INFO_HASH", r->hash);
    if (r->has_servtd) {
        print_digest(to, "SERVTD_INFO_HASH", r->servtd_info_hash);
    }
}
