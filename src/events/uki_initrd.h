/* SPDX-License-Identifier: Apache-2.0 */
/* The initrd that systemd-stub makes of a unified kernel image. */
#ifndef EVENTS_UKI_INITRD_H
#define EVENTS_UKI_INITRD_H

#include "base/pieces.h"

/* Room for the head of an archive: its folder's entry, and the one of its file
 * up to the file's bytes. */
#define UKI_ARCHIVE_HEAD 288
#define UKI_ARCHIVES     3

struct uki_initrd {
    struct pieces pieces; /* size 0: there is none */
    char heads[UKI_ARCHIVES][UKI_ARCHIVE_HEAD];
};

/* Puts it together of the image's sections; *initrd must then stay where it
 * is. */
void uki_initrd_make(struct uki_initrd *initrd, const struct mrtd_uki *uki,
                     const struct mrtd_source *source, uint64_t systemd);

#endif
