/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/rtmr0_options.h"

#include <stdio.h>
#include <string.h>

#include "io/diagnostic.h"
#include "options/spelling.h"
#include "printable.h"

static struct launch_boot *boot(void *launching)
{
    return &((struct launching *)launching)->launch.boot;
}

static enum exit_status take_secure_boot(void *launching, const char *value)
{
    const bool off = strcmp(value, "off") == 0;
    if (!off && strcmp(value, "none") != 0) {
        return diagnostic_usage("--secure-boot needs none (the firmware is "
                                "built without it) or off (with it, and no "
                                "keys), not '%s'",
                                printable(value));
    }
    boot(launching)->secure_boot =
        off ? MRTD_OVMF_SECURE_BOOT_OFF : MRTD_OVMF_SECURE_BOOT_NONE;
    return EXIT_DONE;
}

static const char *item_name(const void *context, size_t index)
{
    (void)context;
    return mrtd_ovmf_file_name(MRTD_OVMF_FIRST_ITEM + (uint32_t)index);
}

static enum exit_status bad_item(const char *value, size_t len)
{
    char meant[SPELLING_TEXT];
    char text[64];
    snprintf(text, sizeof text, "%.*s",
             (int)(len < sizeof text ? len : sizeof text), value);
    return diagnostic_usage(
        "--fw-cfg needs NAME=FILE, or NAME= where QEMU has none of it, with "
        "etc/extra-pci-roots, BootMenu, etc/boot-menu-wait, "
        "etc/reserved-memory-end, opt/ovmf/X-PciMmio64Mb or bootorder as NAME, "
        "not '%s'%s",
        printable(text), spelling_meant(meant, "", text, item_name, NULL));
}

static enum exit_status take_item(void *launching, const char *value)
{
    struct launch_boot *b = boot(launching);
    const size_t len = strcspn(value, "=");
    const char *name;
    uint32_t file = MRTD_OVMF_FIRST_ITEM;
    while ((name = mrtd_ovmf_file_name(file)) &&
           (strlen(name) != len || memcmp(name, value, len) != 0)) {
        file++;
    }
    if (!name || !value[len]) {
        return bad_item(value, len);
    }
    if (b->ovmf_files[file] || b->absent >> file & 1) {
        return diagnostic_usage("--fw-cfg %s is given twice", name);
    }
    if (value[len + 1]) {
        b->ovmf_files[file] = value + len + 1;
        return EXIT_DONE;
    }
    if (file == MRTD_OVMF_BOOT_MENU) {
        return diagnostic_usage("--fw-cfg BootMenu needs a file: QEMU always "
                                "has it, two bytes that are 0 without "
                                "-boot menu=on");
    }
    b->absent |= UINT32_C(1) << file;
    return EXIT_DONE;
}

#define FILE_OF(name, file, text)                                              \
    {                                                                          \
        OPTION(name, INPUT, struct launching, launch.boot.ovmf_files[file],    \
               OPTION_IS_FILE, text)                                           \
    }

static const struct option_row rows[] = {
    FILE_OF("acpi-loader", MRTD_OVMF_ACPI_LOADER,
            "QEMU's etc/table-loader, for RTMR0 of OVMF"),
    FILE_OF("acpi-rsdp", MRTD_OVMF_ACPI_RSDP, "QEMU's etc/acpi/rsdp, for it"),
    FILE_OF("acpi-tables", MRTD_OVMF_ACPI_TABLES,
            "QEMU's etc/acpi/tables, for it"),
    FILE_OF("smbios", MRTD_OVMF_SMBIOS,
            "/sys/firmware/dmi/tables/DMI, for it since edk2 202505"),
    {OPTION_CALL_NAMED("fw-cfg", take_item,
                       OPTION_IS("NAME=FILE", "a name and a file name"),
                       "an item of QEMU's, for it since edk2 202505; NAME= for "
                       "none"),
     .repeats = true},
    {OPTION_CALL("secure-boot", take_secure_boot,
                 OPTION_IS("none|off", "none or off"),
                 "is OVMF built with it? For RTMR0")},
    {OPTION("list-events", FLAG, struct launching, launch.boot.lists,
            OPTION_ALONE,
            "print the events of --register, also where some are not known")},
};
const struct option_table rtmr0_options = OPTION_TABLE(rows);
const struct option_table rtmr0_inputs = {rows, 6};
