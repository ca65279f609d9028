/* SPDX-License-Identifier: Apache-2.0 */
/* Which releases of QEMU, edk2 and Linux make what a TD reports of its boot? */
#ifndef MODEL_BOOT_SEARCH_H
#define MODEL_BOOT_SEARCH_H

#include "model/boot.h"

/* The guest's RAM that is tried where it was not given: of 2 GiB, and of 2.75
 * GiB and more, QEMU puts an initrd at the same address. */
#define BOOT_SEARCH_RAM (UINT64_C(1) << 32)

/* With what a boot is compared. */
struct boot_fit {
    /* How well do its events fit? The more the better. */
    size_t (*count)(const void *context, const struct boot *boot);
    const void *context;
    /* Each event is compared: those of OVMF's RTMR0 that are known are of use
     * without the others, and are predicted wherever there is an image. */
    bool by_event;
};

/*
 * Computes RTMR1 where there is a kernel, RTMR2 where there is a command line,
 * both of a unified kernel image, and RTMR0 where an option of it was given; of
 * OVMF by each combination of rules that a release has, but for what the
 * options say; and keeps the rules and events that fit best, of those that do
 * equally well the newest. That a kernel measures nothing is tried only where
 * its version or an option says it. Of td-shim there is one way, also of RTMR0;
 * shim as for boot_open(). *boot must be freed in any case.
 */
enum exit_status boot_search(struct boot *boot, const struct evaluation *e,
                             const struct mrtd_shim *shim,
                             const struct boot_fit *fit,
                             struct failure *failure);

#endif
