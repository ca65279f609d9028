/* SPDX-License-Identifier: Apache-2.0 */
/* What a TD reports as TDINFO, and the hashes of it. */
#ifndef MODEL_TDINFO_H
#define MODEL_TDINFO_H

#include <stdbool.h>

#include "mrtd.h"

struct tdinfo {
    const char *file;           /* name of the firmware file, or NULL */
    const struct mrtd_vmm *vmm; /* VMM by which the firmware is launched */
    struct mrtd_tdinfo info;
    uint64_t servtd_attributes;
    bool has_servtd; /* SERVTD_ATTR was given */
    uint8_t bytes[MRTD_TDINFO_SIZE];
    uint8_t hash[MRTD_DIGEST_SIZE];
    uint8_t servtd_info_hash[MRTD_DIGEST_SIZE];
};

/* Makes the bytes and the hashes of the rest. */
void tdinfo_encode(struct tdinfo *tdinfo);

#endif
