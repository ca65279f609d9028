/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TD that QEMU starts with a kernel (-kernel) and OVMF: which events the
 * firmware makes of itself and of the machine, in RTMR0. mrtd/boot.h has those
 * of the kernel.
 *
 * Documents cited below:
 *   [EDK2]    edk2, OvmfPkg: IntelTdx/TdxHelperLib/SecTdxHelper.c,
 *             Library/QemuFwCfgLib/QemuFwCfgCacheInit.c, Tcg/TdTcg2Dxe,
 *             Library/AcpiPlatformLib/QemuFwCfgAcpi.c,
 *             Library/PlatformBootManagerLib/BdsPlatform.c; MdeModulePkg,
 *             Universal/SmbiosMeasurementDxe
 *   [QEMU]    QEMU, hw/i386/tdvf-hob.c, pc_q35.c; target/i386/kvm/tdx.c
 */
#ifndef MRTD_OVMF_H
#define MRTD_OVMF_H

#include "mrtd/events.h"
#include "mrtd/image.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* What QEMU gives the firmware through fw_cfg, and is measured. */
enum mrtd_ovmf_file {
    MRTD_OVMF_ACPI_LOADER, /* etc/table-loader */
    MRTD_OVMF_ACPI_RSDP,   /* etc/acpi/rsdp */
    MRTD_OVMF_ACPI_TABLES, /* etc/acpi/tables */
    /* The SMBIOS structures that the firmware has made of QEMU's, as
     * /sys/firmware/dmi/tables/DMI of the guest has them. */
    MRTD_OVMF_SMBIOS,
    MRTD_OVMF_EXTRA_PCI_ROOTS,     /* etc/extra-pci-roots */
    MRTD_OVMF_BOOT_MENU,           /* BootMenu, the item 0x000e */
    MRTD_OVMF_BOOT_MENU_WAIT,      /* etc/boot-menu-wait */
    MRTD_OVMF_RESERVED_MEMORY_END, /* etc/reserved-memory-end */
    MRTD_OVMF_PCI_MMIO64,          /* opt/ovmf/X-PciMmio64Mb */
    MRTD_OVMF_BOOT_ORDER,          /* bootorder */
    MRTD_OVMF_FILES,
};

/* From here on items that only releases since edk2-stable202505 measure. */
#define MRTD_OVMF_FIRST_ITEM MRTD_OVMF_EXTRA_PCI_ROOTS

/* "etc/table-loader", and "SMBIOS" of MRTD_OVMF_SMBIOS. NULL: no such file.
 * Static. */
const char *mrtd_ovmf_file_name(uint32_t file);

/* Is the firmware built for Secure Boot (SECURE_BOOT_ENABLE)? No image says
 * so. */
enum mrtd_ovmf_secure_boot {
    MRTD_OVMF_SECURE_BOOT_UNKNOWN,
    MRTD_OVMF_SECURE_BOOT_NONE, /* it is not: there is no SecureBoot */
    MRTD_OVMF_SECURE_BOOT_OFF,  /* it is, and without keys SecureBoot is 0 */
};

/* What an event is not known without. */
enum mrtd_ovmf_need {
    MRTD_OVMF_NEEDS_NOTHING,     /* it is known */
    MRTD_OVMF_NEEDS_RAM,         /* ram */
    MRTD_OVMF_NEEDS_SECURE_BOOT, /* secure_boot */
    MRTD_OVMF_NEEDS_FILE,        /* files[file] */
    /* The CFV is not a variable store without variables, and what the firmware
     * makes of those in it is not known here. */
    MRTD_OVMF_NEEDS_EMPTY_STORE,
    /* How the release, 202605 or a later one, names boot options is not known
     * here. */
    MRTD_OVMF_NEEDS_RULE,
};

struct mrtd_ovmf_event {
    struct mrtd_event event; /* of size 0 where it is not known */
    uint32_t needs;          /* enum mrtd_ovmf_need */
    uint32_t file;           /* which, where it is made of one; or
                                MRTD_OVMF_FILES */
};

/* The guest's RAM: a multiple of 4 KiB, and less than half of the addresses of
 * a TD. */
#define MRTD_OVMF_MOST_RAM (UINT64_C(1) << 51)

struct mrtd_ovmf {
    size_t struct_size;   /* sizeof(struct mrtd_ovmf) */
    uint32_t edk2;        /* the release, as 202511 */
    uint32_t secure_boot; /* enum mrtd_ovmf_secure_boot */
    uint64_t ram;         /* bytes; 0: not known */
    const struct mrtd_image *image;
    /* NULL: not known. */
    const struct mrtd_source *files[MRTD_OVMF_FILES];
    /* A sum of 1 << MRTD_OVMF_*, of those that QEMU does not have: what is of
     * fw_cfg since edk2-stable202505, but for BootMenu, which it always has. */
    uint32_t absent;
};

/* Most events that there are. */
#define MRTD_OVMF_EVENTS 24

/*
 * The events of RTMR0 in their order, those that are known and those that are
 * not; the register can be predicted where all are. Of a guest of the machine
 * q35 that QEMU gives a kernel to, without a virtual TPM. The order of the
 * blobs of ACPI is the loader's; where it is not known, that of QEMU. Codes:
 * MRTD_ERR_ARGUMENT for a release before 202311 or of a month that has none,
 * RAM that cannot be, or a file that is given or needed, and absent;
 * MRTD_ERR_TD_HOB for sections that are not in the RAM once each, or leave no
 * room for the list; MRTD_ERR_CFV for an image without one CFV;
 * MRTD_ERR_ACPI_LOADER for one that OVMF refuses, or that allocates other
 * files; MRTD_ERR_SMBIOS for a table that is malformed or has more than
 * MRTD_OVMF_MOST_SMBIOS bytes; MRTD_ERR_FW_CFG for an item of a size that OVMF
 * does not take; and those of mrtd_digest_source(). On failure returns the
 * error's code, fills *error, and leaves events and *count as they were; *file,
 * if not NULL, becomes which of files it is about, or MRTD_OVMF_FILES.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_ovmf_events(struct mrtd_ovmf_event events[MRTD_OVMF_EVENTS], size_t *count,
                 const struct mrtd_ovmf *ovmf, uint32_t *file,
                 struct mrtd_error *error);

#define MRTD_OVMF_MOST_SMBIOS (UINT64_C(1) << 20)

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
