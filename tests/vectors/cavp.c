/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs NIST's CAVP vectors (byte-oriented: ShortMsg, LongMsg, Monte): those for
 * SHA-384 through every backend and each of its lanes, those for SHA-512
 * through every backend, those for SHA-256 through the library's own. Usage:
 * cavp FILE.rsp...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "hash/sha256.h"
#include "hash/sha384.h"

#define MOST_BYTES 16384

/* A way to hash: SHA-256, or SHA-384 or SHA-512 by a backend. */
struct way {
    const char *name;
    size_t size; /* of its digests: the vectors call it L */
    const struct sha384_backend *backend;
};

static unsigned long passed;
static unsigned long failed;

/* Pads (FIPS 180-4, section 5.1.2) and hashes in every lane. */
static void digest_384(const struct sha384_backend *backend,
                       const uint8_t *bytes, size_t size,
                       uint8_t out[SHA384_SIZE])
{
    static uint8_t padded[MOST_BYTES + 2 * SHA384_BLOCK];
    const size_t blocks = (size + 17 + SHA384_BLOCK - 1) / SHA384_BLOCK;
    struct sha384_state state;
    const uint8_t *at[SHA384_MAX_LANES];
    memset(padded, 0, blocks * SHA384_BLOCK);
    memcpy(padded, bytes, size);
    padded[size] = 0x80;
    for (unsigned i = 0; i < 8; i++) {
        padded[blocks * SHA384_BLOCK - 1 - i] =
            (uint8_t)((uint64_t)size * 8 >> 8 * i);
    }
    for (unsigned l = 0; l < backend->lanes; l++) {
        sha384_lane_init(&state, l);
        at[l] = padded;
    }
    backend->compress(&state, at, blocks);
    sha384_lane_digest(&state, 0, out);
    for (unsigned l = 1; l < backend->lanes; l++) {
        uint8_t other[SHA384_SIZE];
        sha384_lane_digest(&state, l, other);
        if (memcmp(other, out, SHA384_SIZE) != 0) {
            memset(out, 0, SHA384_SIZE);
        }
    }
}

static void digest(const struct way *way, const uint8_t *bytes, size_t size,
                   uint8_t *out)
{
    if (way->size == SHA384_SIZE) {
        digest_384(way->backend, bytes, size, out);
    } else if (way->size == SHA512_SIZE) {
        const size_t whole = size - size % SHA384_BLOCK;
        struct sha384 stream;
        sha512_init(&stream, way->backend);
        sha384_update(&stream, bytes, whole / SHA384_BLOCK);
        sha512_final(&stream, bytes + whole, size - whole, out);
    } else {
        struct sha256 stream;
        sha256_init(&stream);
        sha256_update(&stream, bytes, size);
        sha256_final(&stream, out);
    }
}

static void count(const struct way *way, const uint8_t *got,
                  const uint8_t *want)
{
    if (memcmp(got, want, way->size) == 0) {
        passed++;
    } else {
        failed++;
        printf("%s: a vector failed\n", way->name);
    }
}

/* The Monte Carlo test: SHAVS, section 6.4. */
static void monte(const struct way *way, uint8_t seed[SHA512_SIZE])
{
    const size_t size = way->size;
    uint8_t md[3 * SHA512_SIZE];
    uint8_t next[SHA512_SIZE];
    for (unsigned i = 0; i < 3; i++) {
        memcpy(md + i * size, seed, size);
    }
    for (unsigned i = 0; i < 1000; i++) {
        digest(way, md, 3 * size, next);
        memmove(md, md + size, 2 * size);
        memcpy(md + 2 * size, next, size);
    }
    memcpy(seed, next, size);
}

/* Runs the vectors of a file that are for digests of the way's size. */
static void run_file(const struct way *way, const char *name)
{
    static char line[2 * MOST_BYTES + 100];
    static char hex[2 * MOST_BYTES + 100];
    static uint8_t message[MOST_BYTES];
    uint8_t seed[SHA512_SIZE];
    uint8_t want[SHA512_SIZE];
    uint8_t got[SHA512_SIZE];
    bool is_monte = false;
    size_t size = 0;
    unsigned long bits = 0;
    FILE *file = fopen(name, "r");
    if (!file) {
        perror(name);
        exit(1);
    }
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "[L = %zu]", &size) == 1) {
            continue;
        }
        if (size != way->size || sscanf(line, "Len = %lu", &bits) == 1) {
            continue;
        }
        if (sscanf(line, "Seed = %128s", hex) == 1) {
            is_monte = hex_decode(seed, hex, size);
        } else if (sscanf(line, "Msg = %32867s", hex) == 1) {
            if (bits > 8 * MOST_BYTES || strlen(hex) < bits / 4) {
                printf("%s: a message of %lu bits\n", name, bits);
                exit(1);
            }
            hex_decode(message, hex, bits / 8);
        } else if (sscanf(line, "MD = %128s", hex) == 1) {
            hex_decode(want, hex, size);
            if (is_monte) {
                monte(way, seed);
                count(way, seed, want);
            } else {
                digest(way, message, bits / 8, got);
                count(way, got, want);
            }
        }
    }
    fclose(file);
}

/* Runs all files; a way that no vector is for fails. */
static void run_files(const struct way *way, char **names)
{
    const unsigned long before = passed;
    for (; *names; names++) {
        run_file(way, *names);
    }
    if (passed == before) {
        printf("%s: no vector passed\n", way->name);
        failed++;
    }
}

int main(int argc, char **argv)
{
    const struct way sha256 = {"SHA-256", SHA256_SIZE, NULL};
    if (argc < 2) {
        fputs("usage: cavp FILE.rsp...\n", stderr);
        return 2;
    }
    run_files(&sha256, argv + 1);
    for (size_t b = 0; sha384_backend_at(b); b++) {
        const struct sha384_backend *backend = sha384_backend_at(b);
        const struct way ways[] = {{backend->name, SHA384_SIZE, backend},
                                   {backend->name, SHA512_SIZE, backend}};
        if (sha384_usable(backend, cpu_features())) {
            run_files(&ways[0], argv + 1);
            run_files(&ways[1], argv + 1);
        } else {
            printf("%s: not on this CPU\n", backend->name);
        }
    }
    printf("%lu passed, %lu failed\n", passed, failed);
    return failed > 0;
}
