/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

#define MOST_ROUNDS 101

struct workload {
    const char *name;
    struct mrtd_source source;
    struct mrtd_image *image;
    struct mrtd_plan *plan;
    unsigned copies; /* measured together; 1: mrtd_measure() */
    uint8_t want[MRTD_DIGEST_SIZE];
    /* What a careful user of EVP does. */
    void (*evp)(const struct workload *w, uint8_t digest[MRTD_DIGEST_SIZE]);
    bool lanes; /* lanes are used for one image, too */
};

/* The end of mrtd-bench, with the reason; seconds, of the clock. */
void bench_die(const char *what);
double bench_now(void);
/* The order of two doubles, for qsort(). */
int bench_compare(const void *a, const void *b);

/* An image for SEV-SNP of size bytes, random but for zeros of them. */
struct workload bench_snp(const char *name, size_t size, size_t zeros);

/* Searches that find nothing, of all launches and of those of one virtual CPU:
 * prints a row each. */
void bench_search(unsigned rounds, bool json);

/* Runs the program on inputs that are made to take time; prints a row each. */
void bench_hostile(const char *program, bool json);

#endif
