/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to compute SHA-384 that the library has. */
#ifndef MRTD_ENGINE_H
#define MRTD_ENGINE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* A way to compute SHA-384. All give the same digests. */
struct mrtd_engine {
    const char *name; /* e.g. "libcrypto" */
    unsigned lanes;   /* messages that it hashes at once */
    int usable;       /* this CPU has it, and it passed its known answer */
    int for_one;      /* mrtd_measure() uses it */
    int for_many;     /* mrtd_measure_many() uses it */
};

/* Describes the index-th engine; 0 if there is none. */
int mrtd_engine_at(size_t index, struct mrtd_engine *engine);

/*
 * Makes all measurements of this process use the engine of that name, NULL: the
 * defaults. Returns 1, or 0 (nothing changed) where there is no such engine or
 * it is not usable. For tests and benchmarks; not while measurements run.
 */
int mrtd_engine_force(const char *name);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
