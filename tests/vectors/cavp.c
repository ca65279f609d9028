/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs NIST's CAVP vectors for SHA-384 (byte-oriented: ShortMsg, LongMsg,
 * Monte) through every backend and each of its lanes. Usage: cavp FILE.rsp...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "hash/sha384.h"

#define MOST_BYTES 16384

static unsigned long passed;
static unsigned long failed;

/* Pads (FIPS 180-4, section 5.1.2) and hashes in every lane. */
static void digest(const struct sha384_backend *backend, const uint8_t *bytes,
                   size_t size, uint8_t out[SHA384_SIZE])
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

static void count(const struct sha384_backend *backend, const uint8_t *got,
                  const uint8_t *want)
{
    if (memcmp(got, want, SHA384_SIZE) == 0) {
        passed++;
    } else {
        failed++;
        printf("%s: a vector failed\n", backend->name);
    }
}

/* The Monte Carlo test: SHAVS, section 6.4. */
static void monte(const struct sha384_backend *backend,
                  uint8_t seed[SHA384_SIZE])
{
    uint8_t md[3 * SHA384_SIZE];
    uint8_t next[SHA384_SIZE];
    for (unsigned i = 0; i < 3; i++) {
        memcpy(md + (size_t)i * SHA384_SIZE, seed, SHA384_SIZE);
    }
    for (unsigned i = 0; i < 1000; i++) {
        digest(backend, md, sizeof md, next);
        memmove(md, md + SHA384_SIZE, (size_t)2 * SHA384_SIZE);
        memcpy(md + (size_t)2 * SHA384_SIZE, next, SHA384_SIZE);
    }
    memcpy(seed, next, SHA384_SIZE);
}

static void run_file(const struct sha384_backend *backend, const char *name)
{
    static char line[2 * MOST_BYTES + 100];
    static char hex[2 * MOST_BYTES + 100];
    static uint8_t message[MOST_BYTES];
    uint8_t seed[SHA384_SIZE];
    uint8_t want[SHA384_SIZE];
    uint8_t got[SHA384_SIZE];
    bool is_monte = false;
    unsigned long bits = 0;
    FILE *file = fopen(name, "r");
    if (!file) {
        perror(name);
        exit(1);
    }
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "Len = %lu", &bits) == 1) {
            continue;
        }
        if (sscanf(line, "Seed = %96s", hex) == 1) {
            is_monte = hex_decode(seed, hex, SHA384_SIZE);
        } else if (sscanf(line, "Msg = %32867s", hex) == 1) {
            if (bits > 8 * MOST_BYTES || strlen(hex) < bits / 4) {
                printf("%s: a message of %lu bits\n", name, bits);
                exit(1);
            }
            hex_decode(message, hex, bits / 8);
        } else if (sscanf(line, "MD = %96s", hex) == 1) {
            hex_decode(want, hex, SHA384_SIZE);
            if (is_monte) {
                monte(backend, seed);
                count(backend, seed, want);
            } else {
                digest(backend, message, bits / 8, got);
                count(backend, got, want);
            }
        }
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    for (size_t b = 0; sha384_backend_at(b); b++) {
        const struct sha384_backend *backend = sha384_backend_at(b);
        if (!sha384_usable(backend, cpu_features())) {
            printf("%s: not on this CPU\n", backend->name);
            continue;
        }
        for (int i = 1; i < argc; i++) {
            run_file(backend, argv[i]);
        }
    }
    printf("%lu passed, %lu failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
