/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

/* Runs the program on inputs that are made to take time; prints a row each. */
void bench_hostile(const char *program, bool json);

#endif
