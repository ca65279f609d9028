/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HASH_CPU_H
#define HASH_CPU_H

/* What backends can need of a CPU and of its operating system. */
#define CPU_AVX2   0x1u
#define CPU_AVX512 0x2u /* AVX-512 F, BW and VL, with the state saved */

/* The CPU's features: a set of CPU_*. */
unsigned cpu_features(void);

#endif
