/* SPDX-License-Identifier: Apache-2.0 */
/* Which releases of QEMU, edk2 and Linux make what a TD reports of its boot? */
#ifndef MODEL_BOOT_SEARCH_H
#define MODEL_BOOT_SEARCH_H

#include "model/boot.h"

/* The guest's RAM that is tried where it was not given: of 2 GiB, and of 2.75
 * GiB and more, QEMU puts an initrd at the same address. */
#define BOOT_SEARCH_RAM (UINT64_C(1) << 32)

/* How well do its events fit? The more the better. */
typedef size_t boot_fit_fn(const void *context, const struct boot *boot);

/*
 * Computes RTMR1 where there is a kernel, and RTMR2 where there is a command
 * line, of OVMF by each combination of rules that a release has, but for what
 * the options say; and keeps the rules and events that fit best, of those that
 * do equally well the newest. That a kernel measures nothing is tried only
 * where its version or an option says it. Of td-shim there is one way, also of
 * RTMR0; shim as for boot_open(). *boot must be freed in any case.
 */
enum exit_status boot_search(struct boot *boot, const struct evaluation *e,
                             const struct mrtd_shim *shim, boot_fit_fn *fit,
                             const void *context, struct failure *failure);

#endif
