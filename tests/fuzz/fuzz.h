/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target: one file each defines fuzz_one(). libFuzzer and AFL++ call it
 * with what they make up (fuzzer.c), ctest with the files of a corpus
 * (replay.c).
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void fuzz_one(const uint8_t *data, size_t size);

/* What must hold for every input. */
#define HOLDS(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            dprintf(2, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,       \
                    #condition);                                               \
            abort();                                                           \
        }                                                                      \
    } while (0)

#endif
