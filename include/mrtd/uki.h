/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TD that OVMF starts with a unified kernel image (UKI) of systemd: its
 * sections, and which events it makes in RTMR1 and RTMR2.
 *
 * Documents cited below:
 *   [EDK2]    edk2, OvmfPkg/Tcg/TdTcg2Dxe/TdTcg2Dxe.c and
 *             SecurityPkg/Library/DxeTpm2MeasureBootLib
 *   [STUB]    systemd, src/boot/stub.c, linux.c, cpio.c, initrd.c and
 *             src/fundamental/uki.c
 *   [UKI]     UAPI Group, UAPI.5 Unified Kernel Image
 */
#ifndef MRTD_UKI_H
#define MRTD_UKI_H

#include "mrtd/boot.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* A section that systemd-stub knows [UKI]. */
struct mrtd_uki_section {
    const char *name; /* e.g. ".linux"; static */
    uint64_t offset;  /* of its bytes in the file, */
    uint64_t size;    /* and how many: VirtualSize of the PE image */
};

/* Most sections that there are. */
#define MRTD_UKI_SECTIONS 15

struct mrtd_uki {
    uint32_t systemd; /* of the stub's version, e.g. 257; 0: it does not say */
    uint32_t section_count;
    /* e.g. "257.4-1", printable ASCII; "" where it does not say */
    char stub[MRTD_KERNEL_VERSION_SIZE];
    /* in the order in which the stub measures them */
    struct mrtd_uki_section sections[MRTD_UKI_SECTIONS];
    /* A section of a name that was there before: which of the two counts
     * depends on the profile or the machine, and where the first is empty the
     * stub takes none. sections has the first. name NULL: there is none. */
    struct mrtd_uki_section again;
    struct mrtd_kernel kernel; /* of .linux; protocol 0: it is no bzImage */
};

/*
 * Finds the sections of a UKI. MRTD_ERR_PE: no PE image; MRTD_ERR_UKI: there is
 * no .linux, or the bytes of a section in memory are not those of the file. On
 * failure returns the error's code, fills *error, and leaves *uki as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_uki_read(struct mrtd_uki *uki,
                                           const struct mrtd_source *source,
                                           struct mrtd_error *error);

/* Which events are wanted. */
enum mrtd_uki_part {
    MRTD_UKI_IMAGE = 1,   /* of RTMR1, the one of the UKI alone */
    MRTD_UKI_RTMR1 = 2,   /* all of RTMR1, with it */
    MRTD_UKI_STUB = 4,    /* of RTMR2, those of the sections alone */
    MRTD_UKI_CMDLINE = 8, /* the one of the kernel's command line alone */
    MRTD_UKI_RTMR2 = 16,  /* all of RTMR2, with them */
};

/* Which releases of systemd are known: all of RTMR1; and of RTMR2. */
#define MRTD_UKI_SYSTEMD_FIRST      252
#define MRTD_UKI_SYSTEMD_LAST       262
#define MRTD_UKI_SYSTEMD_LAST_RTMR2 260
/* The first that measures sections of a TD; that no longer has the firmware
 * load the kernel; and that may add console= to a command line without it. */
#define MRTD_UKI_SYSTEMD_MEASURES 256
#define MRTD_UKI_SYSTEMD_DIRECT   258
#define MRTD_UKI_SYSTEMD_CONSOLE  260

struct mrtd_uki_boot {
    size_t struct_size; /* sizeof(struct mrtd_uki_boot) */
    uint32_t rules;     /* MRTD_BOOT_SEPARATOR_RTMR0, MRTD_BOOT_SILENT_KERNEL */
    uint32_t parts;     /* MRTD_UKI_* */
    uint64_t systemd;   /* whose stub it is, e.g. 257 */
    const struct mrtd_source *uki;
    /* The raw disk image with a GPT that it is started from, as
     * \EFI\BOOT\BOOTX64.EFI; NULL: QEMU gives it to the firmware (-kernel). */
    const struct mrtd_source *disk;
    /* What QEMU is given with -append, without a zero in it; size 0: nothing */
    const char *cmdline;
    size_t cmdline_size;
};

/* What the member "what" of two of the events is. */
#define MRTD_UKI_IMAGE_EVENT   "unified kernel image"
#define MRTD_UKI_CMDLINE_EVENT "LOADED_IMAGE::LoadOptions"

/* Most events that there are. */
#define MRTD_UKI_EVENTS 32

/*
 * The events of RTMR1 and RTMR2, in their order, of a TD without Secure Boot,
 * where nothing lies beside the UKI that the stub would take, too. Of an image
 * that has a section twice, as one of several profiles, there is
 * MRTD_UKI_IMAGE alone. Those of
 * sections have the type MRTD_EV_IPL, two each: the name with its zero, and the
 * bytes. Codes: MRTD_ERR_ARGUMENT for what makes no sense together,
 * MRTD_ERR_UKI where what is measured is not known, MRTD_ERR_PE for an image
 * that the firmware does not load, MRTD_ERR_DISK_TABLE for a disk without a
 * good GPT. On failure returns the error's code, fills *error, and leaves
 * events and *count as they were.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_uki_events(struct mrtd_event events[MRTD_UKI_EVENTS], size_t *count,
                const struct mrtd_uki_boot *boot, struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
