/* SPDX-License-Identifier: Apache-2.0 */
/* Which backend is used, and the public functions that list and force it. */
#include <stdatomic.h>
#include <string.h>

#include "hash/sha384.h"
#include "mrtd.h"

/* Of those with as many lanes, the later is the better. NULL ends the list. */
static const struct sha384_backend *const backends[] = {
    &sha384_scalar,
#if defined(MRTD_LIBCRYPTO)
    &sha384_libcrypto,
#endif
#if defined(__x86_64__)
    &sha384_avx2,
    &sha384_avx512,
#endif
    NULL,
};

/* The project's one global: what mrtd_engine_force() chose, or NULL. */
static const struct sha384_backend *_Atomic forced;

const struct sha384_backend *sha384_backend_at(size_t index)
{
    for (size_t i = 0; backends[i]; i++) {
        if (i == index) {
            return backends[i];
        }
    }
    return NULL;
}

/* The example of one block: "abc" (FIPS 180-4's examples, SHA384.pdf). */
static bool known_block(const struct sha384_backend *backend)
{
    static const uint8_t want[SHA384_SIZE] = {
        0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b, 0xb5, 0xa0, 0x3d, 0x69,
        0x9a, 0xc6, 0x50, 0x07, 0x27, 0x2c, 0x32, 0xab, 0x0e, 0xde, 0xd1, 0x63,
        0x1a, 0x8b, 0x60, 0x5a, 0x43, 0xff, 0x5b, 0xed, 0x80, 0x86, 0x07, 0x2b,
        0xa1, 0xe7, 0xcc, 0x23, 0x58, 0xba, 0xec, 0xa1, 0x34, 0xc8, 0x25, 0xa7};
    static const uint8_t block[SHA384_BLOCK] = {'a', 'b', 'c', 0x80,
                                                [SHA384_BLOCK - 1] = 24};
    struct sha384_state state = {0};
    const uint8_t *blocks[SHA384_MAX_LANES];
    uint8_t digest[SHA384_SIZE];
    for (unsigned l = 0; l < backend->lanes; l++) {
        blocks[l] = block;
        sha384_lane_init(&state, l);
    }
    backend->compress(&state, blocks, 1);
    for (unsigned l = 0; l < backend->lanes; l++) {
        sha384_lane_digest(&state, l, digest);
        if (memcmp(digest, want, sizeof want) != 0) {
            return false;
        }
    }
    return true;
}

bool sha384_usable(const struct sha384_backend *backend, unsigned features)
{
    return (backend->features & features) == backend->features &&
           known_block(backend);
}

const struct sha384_backend *sha384_choose_one(unsigned features)
{
    const struct sha384_backend *best = atomic_load(&forced);
    if (best) {
        return best;
    }
    best = &sha384_scalar;
    for (size_t i = 0; backends[i]; i++) {
        if (backends[i]->lanes == 1 && sha384_usable(backends[i], features)) {
            best = backends[i];
        }
    }
    return best;
}

const struct sha384_backend *sha384_choose_many(unsigned features)
{
    const struct sha384_backend *best = sha384_choose_one(features);
    if (atomic_load(&forced)) {
        return best;
    }
    for (size_t i = 0; backends[i]; i++) {
        if (backends[i]->lanes > best->lanes &&
            sha384_usable(backends[i], features)) {
            best = backends[i];
        }
    }
    return best;
}

int mrtd_engine_at(size_t index, struct mrtd_engine *engine)
{
    const struct sha384_backend *b = sha384_backend_at(index);
    unsigned features = cpu_features();
    if (!b || !engine) {
        return 0;
    }
    engine->name = b->name;
    engine->lanes = b->lanes;
    engine->usable = sha384_usable(b, features);
    engine->for_one = b == sha384_choose_one(features);
    engine->for_many = b == sha384_choose_many(features);
    return 1;
}

int mrtd_engine_force(const char *name)
{
    const struct sha384_backend *found = NULL;
    for (size_t i = 0; name && backends[i]; i++) {
        if (strcmp(backends[i]->name, name) == 0 &&
            sha384_usable(backends[i], cpu_features())) {
            found = backends[i];
        }
    }
    if (name && !found) {
        return 0;
    }
    atomic_store(&forced, found);
    return 1;
}
