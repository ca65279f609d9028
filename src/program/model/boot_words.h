/* SPDX-License-Identifier: Apache-2.0 */
/* How a user says a boot: registers, and releases of QEMU and edk2. */
#ifndef MODEL_BOOT_WORDS_H
#define MODEL_BOOT_WORDS_H

#include "model/boot.h"

/* The names, for messages. */
#define BOOT_WORDS_REGISTERS                                                   \
    "mrtd, rtmr0, rtmr1, rtmr2, kernel, cmdline, uki, sections or all"

/* Adds what the name of len bytes, in whichever case, asks for; false: there is
 * no such register. */
bool boot_words_register(struct launch_boot *boot, const char *name,
                         size_t len);

/* "10.2", "9.2.1", "9.2.1+tdx1.0": the first two numbers count. */
bool boot_words_qemu(struct launch_boot *boot, const char *text);
/* "202511", "edk2-stable202511", "edk2-stable202408.01". */
bool boot_words_edk2(struct launch_boot *boot, const char *text);

/* Is it a VMM that gives a kernel to OVMF as QEMU does? */
bool boot_words_is_qemu(const struct mrtd_vmm *vmm);

#endif
