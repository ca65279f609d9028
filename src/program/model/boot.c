/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot.h"

#include <stdarg.h>
#include <stdio.h>

#include "model/boot_kinds.h"
#include "model/boot_rtmr0.h"
#include "model/boot_uki.h"
#include "model/image_check.h"

static const struct boot_register registers[] = {
    {LAUNCH_MRTD, "mrtd", "MRTD"},
    {LAUNCH_RTMR0, "rtmr0", "RTMR0"},
    {LAUNCH_RTMR1, "rtmr1", "RTMR1"},
    {LAUNCH_RTMR2, "rtmr2", "RTMR2"},
    {LAUNCH_KERNEL, "kernel", "kernel"},
    {LAUNCH_CMDLINE, "cmdline", "cmdline"},
    {LAUNCH_UKI, "uki", "UKI"},
    {LAUNCH_SECTIONS, "sections", "sections"},
};

const struct boot_register *boot_register_at(size_t index)
{
    return index < sizeof registers / sizeof *registers ? &registers[index]
                                                        : NULL;
}

void boot_note(struct boot *b, const char *code, const char *format, ...)
{
    struct boot_note *n = &b->notes[b->note_count++];
    va_list args;
    va_start(args, format);
    n->code = code;
    vsnprintf(n->message, sizeof n->message, format, args);
    va_end(args);
}

/* --- What is booted ------------------------------------------------------- */

/* td-shim's metadata is found by an offset, and OVMF's by its table; and QEMU
 * launches an OVMF with the first four types of sections. */
static bool is_shim(const struct mrtd_image *image)
{
    const struct mrtd_region *region;
    for (uint32_t i = 0; (region = mrtd_image_region(image, i)); i++) {
        if (region->view == MRTD_VIEW_TDVF &&
            region->type > MRTD_SECTION_TEMP_MEM) {
            return true;
        }
    }
    return mrtd_image_info(image)->locator == MRTD_LOCATOR_OFFSET;
}

static enum exit_status read_image(struct boot *b, struct failure *failure)
{
    const struct evaluation *e = b->e;
    struct mrtd_error error;
    if (!e->image) {
        return EXIT_DONE;
    }
    if (mrtd_image_igvm(e->image)) {
        return failure_refused(failure, e->name, "boot-image",
                               "an IGVM file, and --register is of a kernel "
                               "that OVMF or td-shim starts");
    }
    b->is_shim = is_shim(e->image);
    if (!b->is_shim || !mrtd_shim_read(&b->shim, e->image, &error)) {
        return EXIT_DONE;
    }
    return error.code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure, e->name, &error, NULL);
}

/* A kernel must be Linux: what else starts as a PE image, as a unified kernel
 * image, makes other events. */
static enum exit_status read_kernel(struct boot *b, struct failure *failure)
{
    const struct evaluation_file *file = &b->e->kernel;
    struct mrtd_error error;
    if (!file->name || !mrtd_kernel_read(&b->kernel, &file->source, &error)) {
        return EXIT_DONE;
    }
    return error.code == MRTD_ERR_READ
               ? failure_read(failure, file->name, file->problem)
               : failure_library(failure, file->name, &error,
                                 boot_uki_hint(file));
}

enum exit_status boot_open(struct boot *b, const struct evaluation *e,
                           const struct mrtd_shim *shim, unsigned wanted,
                           struct failure *failure)
{
    *b = (struct boot){.e = e, .wanted = wanted};
    if (!e->image && shim) {
        b->is_shim = true;
        b->shim = *shim;
    }
    enum exit_status status = read_image(b, failure);
    if (!status) {
        const bool by_edk2 = !b->is_shim && wanted & LAUNCH_OF_CMDLINE;
        status = boot_line_take(&b->line, e, by_edk2, failure);
    }
    return status ? status : read_kernel(b, failure);
}

bool boot_measures(const struct mrtd_kernel *k)
{
    return k->major > 6 || (k->major == 6 && k->minor >= 9);
}

/* --- Values --------------------------------------------------------------- */

enum exit_status boot_events(struct boot *b, uint32_t rules,
                             struct failure *failure)
{
    return b->is_shim ? boot_shim_events(b, failure)
                      : boot_ovmf_events(b, rules, failure);
}

enum exit_status boot_make(struct boot *b, const struct evaluation *e,
                           struct failure *failure)
{
    enum exit_status status =
        boot_open(b, e, NULL, e->options->boot.registers, failure);
    if (!status) {
        status = b->is_shim             ? boot_shim_take(b, failure)
                 : e->options->boot.uki ? boot_uki_make(b, failure)
                                        : boot_ovmf_take(b, failure);
    }
    if (!status && e->disk.name) {
        status = image_check_make(e, b->line.text, failure);
    }
    if (!status && !e->options->boot.uki) {
        status = boot_events(b, b->rules, failure);
    }
    return status || b->is_shim || e->options->boot.uki
               ? status
               : boot_rtmr0_make(b, failure);
}

void boot_free(struct boot *b)
{
    boot_line_free(&b->line);
}

/* Of OVMF, and of td-shim. */
static bool is_kernel(const struct mrtd_event *event)
{
    return event->id == MRTD_REGISTER_RTMR1 &&
           (event->type == MRTD_EV_EFI_BOOT_SERVICES_APPLICATION ||
            event->type == MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2);
}

static bool is_cmdline(const struct mrtd_event *event)
{
    return (event->id == MRTD_REGISTER_RTMR2 &&
            event->type == MRTD_EV_EVENT_TAG) ||
           (event->id == MRTD_REGISTER_RTMR1 &&
            event->type == MRTD_EV_PLATFORM_CONFIG_FLAGS);
}

static bool replayed(const struct boot *b, unsigned bit,
                     struct mrtd_digest *digest)
{
    struct mrtd_value value = {.id = bit == LAUNCH_RTMR0 ? MRTD_REGISTER_RTMR0
                                     : bit == LAUNCH_RTMR1
                                         ? MRTD_REGISTER_RTMR1
                                         : MRTD_REGISTER_RTMR2};
    struct mrtd_error error;
    const bool good = !mrtd_events_replay(&value, b->events, b->count, &error);
    *digest = value.digest;
    return good;
}

bool boot_digest(const struct boot *b, unsigned bit, struct mrtd_digest *digest)
{
    if (b->uki.section_count > 0 || bit & LAUNCH_OF_UKI) {
        return boot_uki_digest(b, bit, digest);
    }
    if (!(bit & (LAUNCH_KERNEL | LAUNCH_CMDLINE))) {
        return replayed(b, bit, digest);
    }
    for (size_t i = 0; i < b->count; i++) {
        const struct mrtd_event *event = &b->events[i];
        /* The first one: the initrd's event is of the type of the line's. */
        if (bit == LAUNCH_KERNEL ? is_kernel(event) : is_cmdline(event)) {
            *digest = event->digest;
            return true;
        }
    }
    return false;
}
