/* SPDX-License-Identifier: Apache-2.0 */
/* Files that QEMU gives OVMF [EDK2]. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "events/ovmf.h"

/* BIOS_LINKER_LOADER_ENTRY of QEMU, hw/acpi/bios-linker-loader.c. */
enum {
    COMMAND = 0,
    ALLOCATE_FILE = 4,
    COMMAND_SIZE = 128,
    COMMAND_ALLOCATE = 1,
};
/* RSDP of ACPI 1.0, and since 2.0: ACPI 6.5, 5.2.5.3. */
#define RSDP_SIZE_1 20
#define RSDP_SIZE_2 36
static const uint8_t rsdp_signature[8] = {'R', 'S', 'D', ' ',
                                          'P', 'T', 'R', ' '};

/* Most bytes of a loader: QEMU's has 4096, and more with many devices. */
#define MOST_LOADER (UINT64_C(1) << 20)
/* Most bytes of an item: edk2 keeps each in a HOB. */
#define MOST_ITEM 65000

static const struct {
    const char *name;
    uint64_t size; /* the one that is measured; 0: any */
} files[MRTD_OVMF_FILES] = {
    [MRTD_OVMF_ACPI_LOADER] = {"etc/table-loader", 0},
    [MRTD_OVMF_ACPI_RSDP] = {"etc/acpi/rsdp", 0},
    [MRTD_OVMF_ACPI_TABLES] = {"etc/acpi/tables", 0},
    [MRTD_OVMF_SMBIOS] = {"SMBIOS", 0},
    [MRTD_OVMF_EXTRA_PCI_ROOTS] = {"etc/extra-pci-roots", 8},
    [MRTD_OVMF_BOOT_MENU] = {"BootMenu", 2},
    [MRTD_OVMF_BOOT_MENU_WAIT] = {"etc/boot-menu-wait", 2},
    [MRTD_OVMF_RESERVED_MEMORY_END] = {"etc/reserved-memory-end", 8},
    [MRTD_OVMF_PCI_MMIO64] = {"opt/ovmf/X-PciMmio64Mb", 0},
    [MRTD_OVMF_BOOT_ORDER] = {"bootorder", 0},
};

const char *mrtd_ovmf_file_name(uint32_t file)
{
    return file < MRTD_OVMF_FILES ? files[file].name : NULL;
}

enum mrtd_code ovmf_check_item(uint32_t file, const struct mrtd_source *item,
                               struct mrtd_error *error)
{
    const uint64_t wanted = files[file].size;
    if (wanted && item->size != wanted) {
        return error_set(error, MRTD_ERR_FW_CFG, MRTD_NO_OFFSET,
                         "%" PRIu64 " bytes, and OVMF measures %s of %" PRIu64,
                         item->size, files[file].name, wanted);
    }
    if (item->size == 0 || item->size > MOST_ITEM) {
        return error_set(error, MRTD_ERR_FW_CFG, MRTD_NO_OFFSET,
                         "%" PRIu64 " bytes, and OVMF measures %s of 1 to %d",
                         item->size, files[file].name, MOST_ITEM);
    }
    return MRTD_OK;
}

enum mrtd_code ovmf_check_acpi(enum mrtd_ovmf_file file,
                               const struct mrtd_source *blob,
                               struct mrtd_error *error)
{
    uint8_t buffer[RSDP_SIZE_2];
    struct span rsdp = {0};
    const bool is_rsdp = file == MRTD_OVMF_ACPI_RSDP;
    if (blob->size == 0) {
        return error_set(error, MRTD_ERR_FW_CFG, MRTD_NO_OFFSET,
                         "it is empty, and %s is not", files[file].name);
    }
    if (is_rsdp && blob->size != RSDP_SIZE_1 && blob->size != RSDP_SIZE_2) {
        return error_set(error, MRTD_ERR_FW_CFG, MRTD_NO_OFFSET,
                         "not etc/acpi/rsdp: %" PRIu64
                         " bytes, and an RSDP has %d or %d",
                         blob->size, RSDP_SIZE_1, RSDP_SIZE_2);
    }
    enum mrtd_code code =
        is_rsdp ? source_view(blob, 0, (size_t)blob->size, buffer, &rsdp, error)
                : MRTD_OK;
    if (!code && is_rsdp &&
        !span_equals(rsdp, 0, rsdp_signature, sizeof rsdp_signature)) {
        code = error_set(error, MRTD_ERR_FW_CFG, 0,
                         "not etc/acpi/rsdp: an RSDP begins with \"RSD PTR \"");
    }
    return code;
}

static bool is_file(struct span command, uint32_t file)
{
    const char *name = files[file].name;
    return span_equals(command, ALLOCATE_FILE, (const uint8_t *)name,
                       strlen(name) + 1);
}

/* Takes a command that allocates memory for a file, which is then fetched. */
static enum mrtd_code take_file(enum mrtd_ovmf_file order[2], unsigned *count,
                                struct span command, uint64_t at,
                                struct mrtd_error *error)
{
    const enum mrtd_ovmf_file file = is_file(command, MRTD_OVMF_ACPI_RSDP)
                                         ? MRTD_OVMF_ACPI_RSDP
                                         : MRTD_OVMF_ACPI_TABLES;
    if (!is_file(command, file)) {
        return error_set(error, MRTD_ERR_ACPI_LOADER, at + ALLOCATE_FILE,
                         "it allocates another file than etc/acpi/rsdp and "
                         "etc/acpi/tables, as for a TPM or VMGENID, of which "
                         "OVMF measures the bytes, too: such a machine is not "
                         "predicted here");
    }
    if (*count > 1 || (*count == 1 && order[0] == file)) {
        return error_set(error, MRTD_ERR_ACPI_LOADER, at + ALLOCATE_FILE,
                         "it allocates a file twice, which OVMF refuses");
    }
    order[(*count)++] = file;
    return MRTD_OK;
}

enum mrtd_code ovmf_loader(enum mrtd_ovmf_file order[2],
                           const struct mrtd_source *loader,
                           struct mrtd_error *error)
{
    unsigned count = 0;
    if (loader->size == 0 || loader->size > MOST_LOADER ||
        loader->size % COMMAND_SIZE != 0) {
        return error_set(error, MRTD_ERR_ACPI_LOADER, MRTD_NO_OFFSET,
                         "not etc/table-loader: %" PRIu64
                         " bytes, and it has commands of %d bytes each, of no "
                         "more than %" PRIu64,
                         loader->size, COMMAND_SIZE, MOST_LOADER);
    }
    for (uint64_t at = 0; at < loader->size; at += COMMAND_SIZE) {
        uint8_t buffer[COMMAND_SIZE];
        struct span command = {0};
        uint32_t kind = 0;
        enum mrtd_code code =
            source_view(loader, at, COMMAND_SIZE, buffer, &command, error);
        if (!code && span_u32(command, COMMAND, &kind) &&
            kind == COMMAND_ALLOCATE) {
            code = take_file(order, &count, command, at, error);
        }
        if (code) {
            return code;
        }
    }
    return count == 2
               ? MRTD_OK
               : error_set(error, MRTD_ERR_ACPI_LOADER, MRTD_NO_OFFSET,
                           "not etc/table-loader: it does not allocate both "
                           "etc/acpi/rsdp and etc/acpi/tables");
}
