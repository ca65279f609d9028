/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a launch results in: a value is always a register and the digest that it
 * holds.
 *
 * Documents cited below:
 *   [NI]      IANA, Named Information Hash Algorithm Registry
 *   [TDXMOD]  Intel TDX Module source code (intel/tdx-module):
 *             tdx_api_defs.h, td_info_t
 *   [SNPABI]  AMD, SEV Secure Nested Paging Firmware ABI Specification, 56860,
 *             revision 1.58, table 23
 *   [SEVAPI]  AMD, Secure Encrypted Virtualization API, 55766, revision 3.24,
 *             6.5.1
 */
#ifndef MRTD_VALUE_H
#define MRTD_VALUE_H

#include "mrtd/base.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* What isolates the guest and reports its registers. */
enum mrtd_platform {
    MRTD_PLATFORM_TDX = 1, /* Intel TDX */
    MRTD_PLATFORM_SNP,     /* AMD SEV-SNP */
    MRTD_PLATFORM_SEV_ES,  /* AMD SEV-ES */
    MRTD_PLATFORM_SEV,     /* AMD SEV */
};

/* The name of a platform, e.g. "tdx"; NULL if there is none. */
const char *mrtd_platform_name(enum mrtd_platform platform);
/* The platform of that name; 0 if there is none. */
enum mrtd_platform mrtd_platform_find(const char *name);

/* Hash algorithms, with their numbers in [NI]. */
enum mrtd_algorithm {
    MRTD_ALGORITHM_SHA256 = 1,
    MRTD_ALGORITHM_SHA384 = 7,
    MRTD_ALGORITHM_SHA512 = 8,
};

/* The name of an algorithm in [NI], e.g. "sha-384"; NULL if there is none. */
const char *mrtd_algorithm_name(enum mrtd_algorithm algorithm);
/* The size of its digests in bytes; 0 if there is no such algorithm. */
size_t mrtd_algorithm_size(enum mrtd_algorithm algorithm);

/* Size of the largest digest: one SHA-512 value. */
#define MRTD_MAX_DIGEST_SIZE 64

struct mrtd_digest {
    enum mrtd_algorithm algorithm;
    uint32_t size; /* bytes in use: mrtd_algorithm_size() of the algorithm */
    uint8_t bytes[MRTD_MAX_DIGEST_SIZE];
};

/*
 * Digests of all bytes of a source, in one pass: of each of count digests the
 * caller has set the algorithm, and gets size and bytes, the rest of them zero.
 * On failure returns the error's code, fills *error, and leaves all digests as
 * they were.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_digest_source(struct mrtd_digest digests[], size_t count,
                   const struct mrtd_source *source, struct mrtd_error *error);

/* Where a value is reported, or would be. */
enum mrtd_register {
    MRTD_REGISTER_MRTD = 1, /* MRTD, the measurement of the launch [TDXMOD] */
    MRTD_REGISTER_RTMR0,    /* RTMR0 to RTMR3, extended at run time [TDXMOD] */
    MRTD_REGISTER_RTMR1,
    MRTD_REGISTER_RTMR2,
    MRTD_REGISTER_RTMR3,
    MRTD_REGISTER_SNP,    /* MEASUREMENT of an SNP report [SNPABI] */
    MRTD_REGISTER_SEV_ES, /* launch digest of SEV-ES, which no report has but
                             in an HMAC: LAUNCH_MEASURE [SEVAPI] */
    MRTD_REGISTER_SEV,    /* launch digest of SEV, likewise */
};

struct mrtd_register_info {
    enum mrtd_register id;
    enum mrtd_platform platform;
    enum mrtd_algorithm algorithm; /* algorithm of the digest that it holds */
    const char *name;              /* e.g. "RTMR0" */
};

/* The index-th register, NULL after the last. */
const struct mrtd_register_info *mrtd_register_at(size_t index);
/* The register of that name, in whichever case, or NULL. */
const struct mrtd_register_info *mrtd_register_find(const char *name);
/* What is known of a register; NULL if there is none. */
const struct mrtd_register_info *mrtd_register_info(enum mrtd_register id);

struct mrtd_value {
    enum mrtd_register id;
    struct mrtd_digest digest;
};

/*
 * Fills *value: the register, its algorithm, and the digest from bytes, which
 * must hold mrtd_algorithm_size() of it; all zero if there is no such register,
 * or bytes is NULL.
 */
void mrtd_value_set(struct mrtd_value *value, enum mrtd_register id,
                    const uint8_t *bytes);
/* 1 if the same register has the same digest. A register that does not exist,
 * or a digest of another algorithm or size than the register's, equals nothing.
 */
int mrtd_value_equal(const struct mrtd_value *a, const struct mrtd_value *b);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
