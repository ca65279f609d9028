/* SPDX-License-Identifier: Apache-2.0 */
#include "report/evidence_words.h"

#include <stddef.h>

/* Linux 6.16, arch/x86/coco/tdx/debug.c. */
const char *evidence_attribute_name(unsigned bit)
{
    static const char *const names[64] = {
        [0] = "DEBUG",       [4] = "HGS_PLUS_PROF",
        [5] = "PERF_PROF",   [6] = "PMT_PROF",
        [16] = "ICSSD",      [27] = "LASS",
        [30] = "PKS",        [28] = "SEPT_VE_DISABLE",
        [29] = "MIGRATABLE", [31] = "KL",
        [62] = "TPA",        [63] = "PERFMON",
    };
    return bit < 64 ? names[bit] : NULL;
}

/* XCR0 and IA32_XSS, whose bits XFAM has: Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 1, 13.1. */
const char *evidence_xfam_name(unsigned bit)
{
    static const char *const names[64] = {
        [0] = "x87",
        [1] = "SSE",
        [2] = "AVX",
        [3] = "MPX bound registers",
        [4] = "MPX configuration",
        [5] = "AVX-512 opmask",
        [6] = "AVX-512 ZMM0-15",
        [7] = "AVX-512 ZMM16-31",
        [8] = "PT",
        [9] = "PKRU",
        [10] = "PASID",
        [11] = "CET of users",
        [12] = "CET of the kernel",
        [13] = "HDC",
        [14] = "UINTR",
        [15] = "LBR",
        [16] = "HWP",
        [17] = "AMX configuration",
        [18] = "AMX tiles",
        [19] = "APX",
    };
    return bit < 64 ? names[bit] : NULL;
}

/* AMD 56860, revision 1.58, table 24, PLATFORM_INFO. */
const char *evidence_platform_name(unsigned bit)
{
    static const char *const names[64] = {
        [0] = "SMT_EN",
        [1] = "TSME_EN",
        [2] = "ECC_EN",
        [3] = "RAPL_DIS",
        [4] = "CIPHERTEXT_HIDING_DRAM_EN",
        [5] = "ALIAS_CHECK_COMPLETE",
        [7] = "TIO_EN",
    };
    return bit < 64 ? names[bit] : NULL;
}
