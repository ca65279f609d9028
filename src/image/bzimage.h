/* SPDX-License-Identifier: Apache-2.0 */
/* The setup header of Linux's bzImage. */
#ifndef IMAGE_BZIMAGE_H
#define IMAGE_BZIMAGE_H

#include "mrtd.h"

/* Most bytes at the start of a kernel that QEMU changes. */
#define BZIMAGE_HEAD 8192

/* What QEMU puts into a setup header depends on this. */
struct bzimage_boot {
    uint64_t ram;        /* bytes of the guest's RAM, if there is an initrd */
    int has_initrd;      /* is there one? */
    uint64_t initrd;     /* its bytes */
    const char *cmdline; /* ends with a zero */
};

/* The first *size bytes of the kernel as QEMU gives them to the firmware. */
enum mrtd_code bzimage_patch(uint8_t head[BZIMAGE_HEAD], size_t *size,
                             const struct mrtd_source *source,
                             const struct bzimage_boot *boot,
                             struct mrtd_error *error);

/* Refuses a kernel that boots at no address but the old low one, or by a
 * protocol before 2.00. */
enum mrtd_code bzimage_check_high(const struct mrtd_source *source,
                                  struct mrtd_error *error);

#endif
