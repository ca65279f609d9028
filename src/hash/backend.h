/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a SHA-384 backend is: the compression function of FIPS 180-4, section
 * 6.4.2, of one message or of several independent messages at once. No backend
 * keeps anything between calls; where it works is decided in select.c.
 */
#ifndef HASH_BACKEND_H
#define HASH_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash/cpu.h"

#define SHA384_BLOCK 128
#define SHA384_SIZE  48
#define SHA384_WORDS 8
/* The most messages that any backend takes at once. */
#define SHA384_MAX_LANES 8

/*
 * The chaining values of several messages: word i of message l is word[i][l].
 * Aligned for the widest vectors.
 */
struct sha384_state {
    _Alignas(64) uint64_t word[SHA384_WORDS][SHA384_MAX_LANES];
};

struct sha384_backend {
    const char *name;
    unsigned lanes;    /* messages that it compresses at once */
    unsigned features; /* what it needs of the CPU: a set of CPU_* */
    /*
     * Compresses count blocks of each of the backend's messages: message l's
     * are at blocks[l], one after the other, of any alignment.
     */
    void (*compress)(struct sha384_state *state,
                     const uint8_t *const blocks[SHA384_MAX_LANES],
                     size_t count);
};

extern const struct sha384_backend sha384_scalar;
#if defined(MRTD_LIBCRYPTO)
extern const struct sha384_backend sha384_libcrypto;
#endif
#if defined(__x86_64__)
extern const struct sha384_backend sha384_avx2;
extern const struct sha384_backend sha384_avx512;
#endif

/* FIPS 180-4, section 4.2.3. */
extern const uint64_t sha384_constants[80];
/* FIPS 180-4, sections 5.3.4 and 5.3.5. */
extern const uint64_t sha384_initial[SHA384_WORDS];
extern const uint64_t sha512_initial[SHA384_WORDS];

#endif
