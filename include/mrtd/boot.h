/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TD that QEMU starts with a kernel (-kernel) and OVMF: which events the
 * kernel, its command line and its initrd make, in RTMR1 and RTMR2.
 *
 * Documents cited below:
 *   [BOOT]    Linux, Documentation/arch/x86/boot.rst
 *   [EDK2]    edk2, OvmfPkg/Tcg/TdTcg2Dxe: MeasureBootPeCoff.c, TdTcg2Dxe.c;
 *             OvmfPkg/Library: X86QemuLoadImageLib, GenericQemuLoadImageLib,
 *             PlatformBootManagerLib/QemuKernel.c
 *   [PE]      Microsoft, PE Format
 *   [QEMU]    QEMU, hw/i386/x86-common.c
 *   [STUB]    Linux, drivers/firmware/efi/libstub/efi-stub-helper.c
 */
#ifndef MRTD_BOOT_H
#define MRTD_BOOT_H

#include "mrtd/events.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/*
 * The Authenticode digest of a PE image, PE32 or PE32+, as edk2 makes it of
 * what it starts [EDK2]: of all bytes but the checksum, the place and the bytes
 * of signatures, the sections in the order of the file. The caller has set
 * digest->algorithm, and gets size and bytes. Codes: MRTD_ERR_PE for what is no
 * PE image or one whose fields lead out of it, and those of
 * mrtd_digest_source(). On failure returns the error's code, fills *error, and
 * leaves *digest as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_pe_digest(struct mrtd_digest *digest,
                                            const struct mrtd_source *source,
                                            struct mrtd_error *error);

/* Room for the first word of a kernel's version, with the zero that ends it. */
#define MRTD_KERNEL_VERSION_SIZE 64

/* What the setup header of a bzImage says [BOOT]. */
struct mrtd_kernel {
    uint32_t protocol; /* of booting, e.g. 0x20f for 2.15 */
    int has_numbers;   /* does the version begin with two numbers? */
    uint32_t major;
    uint32_t minor;
    /* e.g. "6.12.3-amd64", printable ASCII; "" where it does not say */
    char version[MRTD_KERNEL_VERSION_SIZE];
};

/*
 * Reads it. MRTD_ERR_KERNEL: there is none; MRTD_ERR_EMPTY: there are no bytes.
 * On failure returns the error's
 * code, fills *error, and leaves *kernel as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_kernel_read(struct mrtd_kernel *kernel,
                                              const struct mrtd_source *source,
                                              struct mrtd_error *error);

/* What edk2 adds to the command line where there is an initrd, with a space
 * between the two. */
#define MRTD_BOOT_INITRD "initrd=initrd"

/* What another release of QEMU, edk2 or Linux does; 0 is that of QEMU since
 * 10.2, edk2 since edk2-stable202508 and Linux since 6.9. */
enum mrtd_boot_rule {
    /* QEMU before 10.2 writes into the kernel's setup header; edk2 since
     * edk2-stable202502 takes the kernel as the file has it, where QEMU gives
     * it so (since 10.0) [QEMU], [EDK2]. */
    MRTD_BOOT_PATCHED_KERNEL = 1,
    /* edk2 before edk2-stable202508 has " initrd=initrd" after the command
     * line, and later ones "initrd=initrd " before it. */
    MRTD_BOOT_INITRD_LAST = 2,
    /* edk2 before edk2-stable202411 extends RTMR0 with the separator. */
    MRTD_BOOT_SEPARATOR_RTMR0 = 4,
    /* Linux before 6.9 measures nothing into RTMR2 [STUB]. */
    MRTD_BOOT_SILENT_KERNEL = 8,
    /* The command line has edk2's "initrd=initrd" already, as /proc/cmdline of
     * the guest has it. */
    MRTD_BOOT_FINAL_CMDLINE = 16,
};

struct mrtd_boot {
    size_t struct_size; /* sizeof(struct mrtd_boot) */
    uint32_t rules;     /* MRTD_BOOT_* */
    uint32_t has_cmdline;
    uint64_t ram; /* bytes of the guest's RAM: for a kernel that QEMU
                     changes, with an initrd */
    const struct mrtd_source *kernel; /* NULL: its events are not wanted */
    const struct mrtd_source *initrd; /* NULL: there is none */
    /* As QEMU is given it (-append), without a zero in it; with has_cmdline 0
     * it is not known, and its events are not wanted. */
    const char *cmdline;
    size_t cmdline_size;
};

/* Most events that there are. */
#define MRTD_BOOT_EVENTS 8

/*
 * The events of RTMR1 (the kernel's, the calls' and the separator) and of RTMR2
 * (the command line's, the initrd's), in their order. The firmware itself is in
 * none of them. Codes: MRTD_ERR_ARGUMENT for a zero in the command line, or
 * what is needed and not given (MRTD_BOOT_PATCHED_KERNEL needs the command
 * line, and with an initrd the RAM); MRTD_ERR_PE and MRTD_ERR_KERNEL for a
 * kernel that the firmware does not start, or QEMU does not load;
 * MRTD_ERR_EMPTY for an initrd of no bytes, which QEMU does not load. On
 * failure returns the error's code, fills *error, and leaves events and *count
 * as they were.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_boot_events(struct mrtd_event events[MRTD_BOOT_EVENTS], size_t *count,
                 const struct mrtd_boot *boot, struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
