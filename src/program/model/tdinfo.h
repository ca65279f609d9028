/* SPDX-License-Identifier: Apache-2.0 */
/* What a TD reports as TDINFO, and the hashes of it. */
#ifndef MODEL_TDINFO_H
#define MODEL_TDINFO_H

#include <stdbool.h>

#include "failure.h"
#include "file_kind.h"

/* SERVTD_ATTR bits that may be set: intel/tdx-module service_td.h,
 * SERVTD_ATTRIBUTES_FIXED_0. */
#define TDINFO_KNOWN_SERVTD UINT64_C(0x000007ff00000001)

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

/* The kinds of files that have the bytes, and the hash, alone. */
extern const struct file_kind tdinfo_kind;
extern const struct file_kind tdinfo_kind_hash;

/* RTMR0 and RTMR1 as td-shim's calculator defines them of a service TD (td-shim
 * 125eeab, td-shim-tools/src/tee_info_hash.rs, build_rtmr_with_seperator): a
 * separator of this number is all that they are extended with. */
void tdinfo_separate(struct mrtd_tdinfo *info, uint32_t number);

/* Makes the bytes and the hashes of the rest. */
void tdinfo_encode(struct tdinfo *tdinfo);

/* Warns of fields that no TD is known to have, and of a debug TD. */
void tdinfo_warn(const struct tdinfo *r, remark_fn *say);

/* Which of the fields without a default were given. */
struct tdinfo_given {
    bool attributes;
    bool xfam;
};

/*
 * tdinfo_manifest.c: sets the fields that a manifest of td-shim's calculator
 * (td-shim-tee-info-hash) has; text is that of the file of this name. On
 * failure *info and *given are as they were.
 */
enum exit_status tdinfo_read_manifest(struct mrtd_tdinfo *info,
                                      struct tdinfo_given *given,
                                      const char *name, const char *text,
                                      size_t size, struct failure *failure);

#endif
