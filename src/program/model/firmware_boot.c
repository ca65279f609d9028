/* SPDX-License-Identifier: Apache-2.0 */
#include "model/firmware_boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/boot.h"
#include "printable.h"
#include "reference/json.h"

/* LAUNCH_* of each. */
static const unsigned launch_bits[BOOT_VALUES] = {
    [BOOT_VALUE_RTMR1] = LAUNCH_RTMR1,
    [BOOT_VALUE_RTMR2] = LAUNCH_RTMR2,
    [BOOT_VALUE_KERNEL] = LAUNCH_KERNEL,
    [BOOT_VALUE_CMDLINE] = LAUNCH_CMDLINE,
};

/* What policies call the kernel's event, and the command line's, is of OVMF. */
#define EVENTS                                                                 \
    (BOOT_VALUE_BIT(BOOT_VALUE_KERNEL) | BOOT_VALUE_BIT(BOOT_VALUE_CMDLINE))

static unsigned values_of(unsigned registers)
{
    unsigned values = 0;
    for (enum boot_value_id id = 0; id < BOOT_VALUES; id++) {
        values |= registers & launch_bits[id] ? BOOT_VALUE_BIT(id) : 0;
    }
    return values;
}

unsigned firmware_boot_asked(const struct launch_options *options)
{
    return values_of(options->boot.registers);
}

unsigned firmware_boot_named(const struct launch_options *options)
{
    return values_of(options->boot.named);
}

static void say_notes(const struct boot *boot,
                      const struct firmware_order *order)
{
    for (size_t i = 0; i < boot->note_count; i++) {
        order->say(boot->e->name, "note: %s [%s]", boot->notes[i].message,
                   boot->notes[i].code);
    }
}

/* Of all there may be no event of a command line: it is empty, or the kernel
 * measures none. */
static void take_values(struct reference_firmware *f, const struct boot *boot)
{
    const unsigned asked =
        firmware_boot_asked(boot->e->options) & (boot->is_shim ? ~EVENTS : ~0U);
    struct mrtd_digest digest;
    for (enum boot_value_id id = 0; id < BOOT_VALUES; id++) {
        if (asked & BOOT_VALUE_BIT(id) &&
            boot_digest(boot, launch_bits[id], &digest)) {
            struct boot_value *v = &f->boot[f->boot_count++];
            v->id = id;
            v->size = sizeof v->digest;
            memcpy(v->digest, digest.bytes, sizeof v->digest);
            mrtd_hex_encode(v->hex, v->digest, sizeof v->digest);
        }
    }
}

/* The name of a file without folders, which need not be UTF-8. */
static const char *name_of(const char *name)
{
    const char *base = printable_base_name(name);
    return !base || json_is_utf8(base) ? base : printable(base);
}

/* Copies a text to where *at is, and *at moves on; NULL stays NULL. */
static const char *keep(char **at, const char *text, size_t size)
{
    char *to = *at;
    if (!text) {
        return NULL;
    }
    memcpy(to, text, size);
    to[size] = '\0';
    *at += size + 1;
    return to;
}

/* The files and the boot are closed before documents are written. */
static bool take_origin(struct reference_firmware *f, const struct boot *boot)
{
    const struct launch_guest *guest = &boot->e->options->guest;
    const char *kernel = name_of(guest->kernel);
    const char *initrd = name_of(guest->initrd);
    const size_t kernel_size = kernel ? strlen(kernel) : 0;
    const size_t initrd_size = initrd ? strlen(initrd) : 0;
    char *at = malloc(kernel_size + initrd_size + boot->line.size + 3);
    f->origin_texts = at;
    if (!at) {
        return false;
    }
    f->origin = boot_origin(boot, keep(&at, kernel, kernel_size),
                            keep(&at, initrd, initrd_size));
    f->origin.cmdline = keep(&at, boot->line.text, boot->line.size);
    return true;
}

/* A manifest that says the launch is a file, which is refused; its members
 * have the names of options. */
static enum exit_status of_manifest(const struct evaluation *e,
                                    struct failure *failure)
{
    const struct launch_component *c = &e->options->component;
    char message[FAILURE_MESSAGE];
    if (!c->manifest) {
        return failure->status;
    }
    snprintf(message, sizeof message, "%s", failure->message);
    return failure_refused(failure, c->manifest, "manifest",
                           "components[%zu]: %s; members of the manifest are "
                           "named as these options",
                           c->index, message);
}

enum exit_status firmware_boot(struct reference_firmware *f,
                               const struct evaluation *e,
                               const struct firmware_order *order,
                               struct failure *failure)
{
    struct boot boot;
    if (!(e->options->boot.registers & LAUNCH_BOOT)) {
        return EXIT_DONE;
    }
    enum exit_status status = boot_make(&boot, e, failure);
    if (!status && boot.is_shim && firmware_boot_named(e->options) & EVENTS) {
        status = failure_refused(
            failure, e->name, "boot-image",
            "an image of td-shim, and the digests that documents have under "
            "\"kernel\" and \"cmdline\" are of OVMF's events; ask for rtmr1 "
            "and rtmr2");
    }
    if (status == EXIT_USAGE) {
        status = of_manifest(e, failure);
    }
    if (!status) {
        say_notes(&boot, order);
        take_values(f, &boot);
        status = take_origin(f, &boot) ? EXIT_DONE
                                       : failure_memory(failure, e->name);
    }
    boot_free(&boot);
    return status;
}
