/* SPDX-License-Identifier: Apache-2.0 */
/* The setup header of Linux's bzImage [BOOT], and what QEMU writes into it
 * [QEMU: x86_load_linux()]. */
#include "image/bzimage.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"

/* Offsets in [BOOT]. */
enum {
    BZ_SETUP_SECTS = 0x1f1,
    BZ_VID_MODE = 0x1fa,
    BZ_HEADER = 0x202,
    BZ_VERSION = 0x206,
    BZ_KERNEL_VERSION = 0x20e,
    BZ_TYPE_OF_LOADER = 0x210,
    BZ_LOADFLAGS = 0x211,
    BZ_RAMDISK_IMAGE = 0x218,
    BZ_RAMDISK_SIZE = 0x21c,
    BZ_HEAP_END_PTR = 0x224,
    BZ_CMD_LINE_PTR = 0x228,
    BZ_INITRD_ADDR_MAX = 0x22c,
    BZ_XLOADFLAGS = 0x236,
    BZ_SIZE = 0x238,
};

#define SECTOR         512
#define PROTOCOL_FIRST 0x200
/* The protocol from which command line and kernel are where QEMU has them now,
 * and that of XLF_CAN_BE_LOADED_ABOVE_4G. */
#define PROTOCOL_CMDLINE 0x202
#define PROTOCOL_XLF     0x20c
#define LOADED_HIGH      0x01
#define CAN_USE_HEAP     0x80
#define ABOVE_4G         0x02

/* What QEMU writes. */
#define LOADER_QEMU  0xb0
#define CMDLINE_ADDR 0x20000
#define REAL_ADDR    0x10000
/* RAM below 4 GiB of the machine q35 where there is more than that; of which
 * it keeps so much for ACPI tables. */
#define LOW_RAM_SPLIT UINT64_C(0xb0000000)
#define LOW_RAM_MOST  UINT64_C(0x80000000)
#define ACPI_DATA     UINT64_C(0x28000)

/* --- Reading -------------------------------------------------------------- */

struct setup {
    uint16_t protocol;
    uint8_t loadflags;
    uint64_t size; /* of the boot sector and the setup code */
};

/* head is a span of all that is there, at most BZIMAGE_HEAD. */
static enum mrtd_code read_setup(struct setup *setup, struct span head,
                                 struct mrtd_error *error)
{
    static const uint8_t magic[4] = {'H', 'd', 'r', 'S'};
    uint8_t sectors = 0;
    if (!span_has(head, 0, BZ_SIZE) ||
        !span_equals(head, BZ_HEADER, magic, sizeof magic)) {
        return error_set(error, MRTD_ERR_KERNEL, BZ_HEADER,
                         "not a bzImage: there is no setup header with the "
                         "magic \"HdrS\"");
    }
    span_u16(head, BZ_VERSION, &setup->protocol);
    span_u8(head, BZ_LOADFLAGS, &setup->loadflags);
    span_u8(head, BZ_SETUP_SECTS, &sectors);
    /* 0 means 4, as in old kernels. */
    setup->size = (uint64_t)SECTOR * ((sectors ? sectors : 4U) + 1);
    return MRTD_OK;
}

static enum mrtd_code view_head(const struct mrtd_source *source,
                                uint8_t buffer[BZIMAGE_HEAD], struct span *head,
                                struct mrtd_error *error)
{
    const size_t size =
        source->size < BZIMAGE_HEAD ? (size_t)source->size : BZIMAGE_HEAD;
    return source_view(source, 0, size, buffer, head, error);
}

/* The number at the text's start, which moves on after it; false: there
 * is no number. */
static bool take_number(const char **text, uint32_t *number)
{
    char *end = NULL;
    if (**text < '0' || **text > '9') {
        return false;
    }
    const unsigned long value = strtoul(*text, &end, 10);
    *number = value < UINT16_MAX ? (uint32_t)value : UINT16_MAX;
    *text = end;
    return true;
}

/* "6.12.3-amd64 (builder@host) ...", of which the first word counts: it is in
 * the setup code, which may be longer than the head. */
static enum mrtd_code read_version(struct mrtd_kernel *kernel,
                                   const struct mrtd_source *source,
                                   const struct setup *setup, struct span head,
                                   struct mrtd_error *error)
{
    uint8_t buffer[MRTD_KERNEL_VERSION_SIZE - 1];
    struct span text = {0};
    uint16_t pointer = 0;
    uint8_t c = 0;
    size_t len = 0;
    span_u16(head, BZ_KERNEL_VERSION, &pointer);
    const uint64_t at = (uint64_t)pointer + SECTOR;
    if (pointer == 0 || at >= setup->size || at >= source->size) {
        return MRTD_OK;
    }
    const uint64_t left = source->size - at;
    enum mrtd_code code = source_view(
        source, at, left < sizeof buffer ? (size_t)left : sizeof buffer, buffer,
        &text, error);
    while (!code && span_u8(text, len, &c) && c > ' ' && c < 0x7f) {
        kernel->version[len++] = (char)c;
    }
    const char *rest = kernel->version;
    if (take_number(&rest, &kernel->major) && *rest++ == '.' &&
        take_number(&rest, &kernel->minor)) {
        kernel->has_numbers = 1;
    } else {
        kernel->major = kernel->minor = 0;
    }
    return code;
}

enum mrtd_code mrtd_kernel_read(struct mrtd_kernel *kernel,
                                const struct mrtd_source *source,
                                struct mrtd_error *error)
{
    uint8_t buffer[BZIMAGE_HEAD];
    struct mrtd_kernel read = {.protocol = 0};
    struct setup setup = {0};
    struct span head;
    if (!kernel || !source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for what the kernel says, or a source that "
                         "has neither data nor a read function");
    }
    if (source->size == 0) {
        return error_set(error, MRTD_ERR_EMPTY, MRTD_NO_OFFSET,
                         "the kernel is empty");
    }
    enum mrtd_code code = view_head(source, buffer, &head, error);
    if (!code) {
        code = read_setup(&setup, head, error);
    }
    if (!code) {
        read.protocol = setup.protocol;
        code = read_version(&read, source, &setup, head, error);
    }
    if (!code) {
        *kernel = read;
    }
    return code;
}

enum mrtd_code bzimage_check_high(const struct mrtd_source *source,
                                  struct mrtd_error *error)
{
    uint8_t buffer[BZIMAGE_HEAD];
    struct span head;
    struct setup setup = {0};
    enum mrtd_code code = view_head(source, buffer, &head, error);
    if (!code) {
        code = read_setup(&setup, head, error);
    }
    return !code && (setup.protocol < PROTOCOL_FIRST ||
                     !(setup.loadflags & LOADED_HIGH))
               ? error_set(error, MRTD_ERR_KERNEL, BZ_VERSION,
                           "the kernel's boot protocol 0x%x with loadflags "
                           "0x%x is older than any that is loaded high",
                           setup.protocol, setup.loadflags)
               : code;
}

/* --- What QEMU writes ----------------------------------------------------- */

static void put(uint8_t *head, unsigned at, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        head[at + i] = (uint8_t)(value >> 8 * i);
    }
}

/* "vga=" of the command line, wherever in it. QEMU ends where it is followed by
 * anything else. */
static enum mrtd_code put_vga(uint8_t *head, const char *cmdline,
                              struct mrtd_error *error)
{
    static const struct {
        const char *name;
        uint16_t mode;
    } modes[] = {{"normal", 0xffff}, {"ext", 0xfffe}, {"ask", 0xfffd}};
    const char *vga = strstr(cmdline, "vga=");
    char *end = NULL;
    if (!vga) {
        return MRTD_OK;
    }
    vga += strlen("vga=");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strncmp(vga, modes[i].name, strlen(modes[i].name)) == 0) {
            put(head, BZ_VID_MODE, modes[i].mode, 2);
            return MRTD_OK;
        }
    }
    const unsigned long long mode = strtoull(vga, &end, 0);
    if (*vga < '0' || *vga > '9' || (*end && *end != ' ') ||
        mode > UINT32_MAX) {
        return error_set(
            error, MRTD_ERR_KERNEL, MRTD_NO_OFFSET,
            "the command line has a \"vga=\" that is not predicted: "
            "it is neither a number nor normal, ext or ask");
    }
    put(head, BZ_VID_MODE, (uint32_t)mode, 2);
    return MRTD_OK;
}

/* Where QEMU puts the initrd, at the end of the RAM that the kernel can reach
 * below 4 GiB. */
static enum mrtd_code put_initrd(uint8_t *head, struct span before,
                                 const struct setup *setup,
                                 const struct bzimage_boot *boot,
                                 struct mrtd_error *error)
{
    const uint64_t low = boot->ram >= LOW_RAM_SPLIT ? LOW_RAM_MOST : boot->ram;
    uint16_t xloadflags = 0;
    uint32_t most = 0;
    span_u32(before, BZ_INITRD_ADDR_MAX, &most);
    span_u16(before, BZ_XLOADFLAGS, &xloadflags);
    uint64_t max = most;
    if (setup->protocol >= PROTOCOL_XLF && xloadflags & ABOVE_4G) {
        max = UINT32_MAX;
    } else if (setup->protocol < 0x203) {
        max = 0x37ffffff;
    }
    if (low <= ACPI_DATA) {
        return error_set(error, MRTD_ERR_KERNEL, MRTD_NO_OFFSET,
                         "a guest of 0x%" PRIx64
                         " bytes of RAM has no room for an initrd",
                         boot->ram);
    }
    if (max >= low - ACPI_DATA) {
        max = low - ACPI_DATA - 1;
    }
    if (boot->initrd >= max) {
        return error_set(error, MRTD_ERR_KERNEL, MRTD_NO_OFFSET,
                         "an initrd of 0x%" PRIx64
                         " bytes does not fit below 0x%" PRIx64
                         ", up to where QEMU puts it",
                         boot->initrd, max);
    }
    put(head, BZ_RAMDISK_IMAGE,
        (uint32_t)((max - boot->initrd) & ~UINT64_C(4095)), 4);
    put(head, BZ_RAMDISK_SIZE, (uint32_t)boot->initrd, 4);
    return MRTD_OK;
}

enum mrtd_code bzimage_patch(uint8_t head[BZIMAGE_HEAD], size_t *size,
                             const struct mrtd_source *source,
                             const struct bzimage_boot *boot,
                             struct mrtd_error *error)
{
    uint8_t buffer[BZIMAGE_HEAD];
    struct span before;
    struct setup setup = {0};
    enum mrtd_code code = view_head(source, buffer, &before, error);
    if (!code) {
        code = read_setup(&setup, before, error);
    }
    if (code) {
        return code;
    }
    if (setup.protocol < PROTOCOL_CMDLINE || !(setup.loadflags & LOADED_HIGH)) {
        return error_set(error, MRTD_ERR_KERNEL, BZ_VERSION,
                         "the kernel's boot protocol 0x%x with loadflags 0x%x "
                         "is older than any with an EFI stub",
                         setup.protocol, setup.loadflags);
    }
    if (setup.size > source->size) {
        return error_set(error, MRTD_ERR_KERNEL, BZ_SETUP_SECTS,
                         "the setup code of 0x%" PRIx64
                         " bytes is not inside of the kernel's 0x%" PRIx64,
                         setup.size, source->size);
    }
    *size = setup.size < before.size ? (size_t)setup.size : (size_t)before.size;
    span_copy(before, 0, *size, head);
    put(head, BZ_TYPE_OF_LOADER, LOADER_QEMU, 1);
    put(head, BZ_LOADFLAGS, setup.loadflags | CAN_USE_HEAP, 1);
    put(head, BZ_HEAP_END_PTR, CMDLINE_ADDR - REAL_ADDR - 0x200, 2);
    put(head, BZ_CMD_LINE_PTR, CMDLINE_ADDR, 4);
    code = put_vga(head, boot->cmdline, error);
    return !code && boot->has_initrd
               ? put_initrd(head, before, &setup, boot, error)
               : code;
}
