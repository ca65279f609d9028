/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1,
 * sections 14.3 and 15.2: a vector extension is there if CPUID says so and the
 * operating system saves its registers (XCR0).
 */
#include "hash/cpu.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdint.h>

#define CPUID_1_ECX_OSXSAVE  (1u << 27)
#define CPUID_1_ECX_AVX      (1u << 28)
#define CPUID_7_EBX_AVX2     (1u << 5)
#define CPUID_7_EBX_AVX512F  (1u << 16)
#define CPUID_7_EBX_AVX512BW (1u << 30)
#define CPUID_7_EBX_AVX512VL (1u << 31)

/* XCR0: XMM and YMM; opmask, upper halves of ZMM0-15, ZMM16-31. */
#define XCR0_YMM 0x06u
#define XCR0_ZMM 0xe6u

static uint32_t read_xcr0(void)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

unsigned cpu_features(void)
{
    const unsigned avx512 =
        CPUID_7_EBX_AVX512F | CPUID_7_EBX_AVX512BW | CPUID_7_EBX_AVX512VL;
    unsigned eax;
    unsigned ebx;
    unsigned ecx;
    unsigned edx;
    unsigned features = 0;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) ||
        !(ecx & CPUID_1_ECX_OSXSAVE) || !(ecx & CPUID_1_ECX_AVX)) {
        return 0;
    }
    uint32_t xcr0 = read_xcr0();
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        return 0;
    }
    if ((xcr0 & XCR0_YMM) == XCR0_YMM && ebx & CPUID_7_EBX_AVX2) {
        features |= CPU_AVX2;
    }
    if ((xcr0 & XCR0_ZMM) == XCR0_ZMM && (ebx & avx512) == avx512) {
        features |= CPU_AVX512;
    }
    return features;
}

#else

unsigned cpu_features(void)
{
    return 0;
}

#endif
