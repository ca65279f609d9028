/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a kernel that QEMU gives to OVMF. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/request.h"
#include "base/source.h"
#include "hash/sha384.h"
#include "image/bzimage.h"

static const char initrd_first[] = MRTD_BOOT_INITRD " ";
static const char initrd_last[] = " " MRTD_BOOT_INITRD;

/* All that there are. */
#define RULES                                                                  \
    (MRTD_BOOT_PATCHED_KERNEL | MRTD_BOOT_INITRD_LAST |                        \
     MRTD_BOOT_SEPARATOR_RTMR0 | MRTD_BOOT_SILENT_KERNEL |                     \
     MRTD_BOOT_FINAL_CMDLINE)

static const struct request request = {"boot", "struct mrtd_boot",
                                       sizeof(struct mrtd_boot),
                                       sizeof(struct mrtd_boot)};

struct booting {
    const struct mrtd_boot *boot;
    struct mrtd_error *error;
    char *cmdline; /* with a zero after it */
    struct mrtd_event events[MRTD_BOOT_EVENTS];
    size_t count;
};

/* --- Events --------------------------------------------------------------- */

static struct mrtd_event *add(struct booting *b, enum mrtd_register id,
                              uint32_t type, const char *what)
{
    struct mrtd_event *event = &b->events[b->count++];
    *event = (struct mrtd_event){.id = id,
                                 .type = type,
                                 .digest = {.algorithm = MRTD_ALGORITHM_SHA384,
                                            .size = MRTD_DIGEST_SIZE},
                                 .what = what};
    return event;
}

/* What is hashed without the zero that ends it. */
static void add_action(struct booting *b, const char *action)
{
    struct mrtd_event *event =
        add(b, MRTD_REGISTER_RTMR1, MRTD_EV_EFI_ACTION, action);
    sha384_digest(action, strlen(action), event->digest.bytes);
}

/* --- The kernel ----------------------------------------------------------- */

/* A kernel with another head. */
struct patched {
    const struct mrtd_source *kernel;
    uint8_t head[BZIMAGE_HEAD];
    size_t head_size;
};

static int read_patched(void *context, uint64_t offset, void *buffer,
                        size_t size)
{
    const struct patched *p = context;
    uint8_t *to = buffer;
    if (offset < p->head_size) {
        const uint64_t left = p->head_size - offset;
        const size_t part = left < size ? (size_t)left : size;
        memcpy(to, p->head + offset, part);
        to += part;
        offset += part;
        size -= part;
    }
    struct mrtd_error error;
    return size > 0 && source_copy(p->kernel, offset, size, to, &error) ? -1
                                                                        : 0;
}

static enum mrtd_code hash_kernel(const struct booting *b,
                                  struct mrtd_digest *digest)
{
    const struct mrtd_boot *boot = b->boot;
    struct patched patched = {.kernel = boot->kernel};
    const struct mrtd_source source = {
        .size = boot->kernel->size, .read = read_patched, .context = &patched};
    if (!(boot->rules & MRTD_BOOT_PATCHED_KERNEL)) {
        return mrtd_pe_digest(digest, boot->kernel, b->error);
    }
    const struct bzimage_boot bzimage = {
        .ram = boot->ram,
        .has_initrd = boot->initrd != NULL,
        .initrd = boot->initrd ? boot->initrd->size : 0,
        .cmdline = b->cmdline};
    enum mrtd_code code = bzimage_patch(patched.head, &patched.head_size,
                                        boot->kernel, &bzimage, b->error);
    return code ? code : mrtd_pe_digest(digest, &source, b->error);
}

/* All of RTMR1, in the order of [EDK2]: the kernel is loaded, and then the boot
 * is said to begin. */
static enum mrtd_code add_kernel(struct booting *b)
{
    struct mrtd_event *event =
        add(b, MRTD_REGISTER_RTMR1, MRTD_EV_EFI_BOOT_SERVICES_APPLICATION,
            "kernel");
    enum mrtd_code code = hash_kernel(b, &event->digest);
    if (code) {
        return code;
    }
    add_action(b, "Calling EFI Application from Boot Option");
    if (!(b->boot->rules & MRTD_BOOT_SEPARATOR_RTMR0)) {
        mrtd_event_separator(&b->events[b->count++], MRTD_REGISTER_RTMR1, 0);
    }
    add_action(b, "Exit Boot Services Invocation");
    add_action(b, "Exit Boot Services Returned with Success");
    return MRTD_OK;
}

/* --- The command line ----------------------------------------------------- */

/* Each byte becomes a unit of UTF-16, whatever it means, as edk2's "%a" does
 * it; then a zero. Of an empty line edk2 makes no options, and Linux measures
 * none. */
static enum mrtd_code add_line(struct booting *b)
{
    const struct mrtd_boot *boot = b->boot;
    const bool adds = boot->initrd && !(boot->rules & MRTD_BOOT_FINAL_CMDLINE);
    const bool is_last = boot->rules & MRTD_BOOT_INITRD_LAST;
    const char *parts[] = {adds && !is_last ? initrd_first : "", b->cmdline,
                           adds && is_last ? initrd_last : ""};
    if (!adds && boot->cmdline_size == 0) {
        return MRTD_OK;
    }
    /* The longest of what is added has a zero of its own. */
    uint8_t *line = calloc(boot->cmdline_size + sizeof initrd_first, 2);
    size_t size = 0;
    if (!line) {
        return error_set(b->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the command line");
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (const char *c = parts[i]; *c; c++) {
            line[size] = (uint8_t)*c;
            size += 2;
        }
    }
    struct mrtd_event *event = add(b, MRTD_REGISTER_RTMR2, MRTD_EV_EVENT_TAG,
                                   "LOADED_IMAGE::LoadOptions");
    sha384_digest(line, size + 2, event->digest.bytes);
    free(line);
    return MRTD_OK;
}

static enum mrtd_code add_cmdline(struct booting *b)
{
    const struct mrtd_boot *boot = b->boot;
    if (boot->rules & MRTD_BOOT_SILENT_KERNEL) {
        return MRTD_OK;
    }
    enum mrtd_code code = add_line(b);
    if (!code && boot->initrd) {
        struct mrtd_event *event =
            add(b, MRTD_REGISTER_RTMR2, MRTD_EV_EVENT_TAG, "Linux initrd");
        code = mrtd_digest_source(&event->digest, 1, boot->initrd, b->error);
    }
    return code;
}

/* --- The interface -------------------------------------------------------- */

static enum mrtd_code check(const struct mrtd_boot *boot,
                            struct mrtd_error *error)
{
    const bool is_patched =
        boot->kernel && boot->rules & MRTD_BOOT_PATCHED_KERNEL;
    if (boot->rules & ~(uint32_t)RULES ||
        (boot->rules & MRTD_BOOT_FINAL_CMDLINE && !boot->initrd)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "rules 0x%x are not known, or not without an initrd",
                         (unsigned)boot->rules);
    }
    if ((boot->kernel && !source_valid(boot->kernel)) ||
        (boot->initrd && !source_valid(boot->initrd)) ||
        (boot->has_cmdline && !boot->cmdline && boot->cmdline_size > 0)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "a kernel, an initrd or a command line that has "
                         "neither data nor a read function");
    }
    if (boot->has_cmdline && boot->cmdline_size > 0 &&
        memchr(boot->cmdline, 0, boot->cmdline_size)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is a zero in the command line, and it would "
                         "end there");
    }
    if (is_patched && (!boot->has_cmdline || (boot->initrd && !boot->ram))) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "what QEMU writes into a kernel depends on the "
                         "command line, and with an initrd on the RAM");
    }
    if (boot->initrd && boot->initrd->size == 0) {
        return error_set(error, MRTD_ERR_EMPTY, MRTD_NO_OFFSET,
                         "the initrd is empty, and so none is loaded");
    }
    return MRTD_OK;
}

static enum mrtd_code make(struct booting *b)
{
    const struct mrtd_boot *boot = b->boot;
    const size_t size = boot->has_cmdline ? boot->cmdline_size : 0;
    enum mrtd_code code = check(boot, b->error);
    if (code) {
        return code;
    }
    b->cmdline = calloc(size + 1, 1);
    if (!b->cmdline) {
        return error_set(b->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the command line");
    }
    if (size > 0) {
        memcpy(b->cmdline, boot->cmdline, size);
    }
    if (boot->kernel) {
        code = add_kernel(b);
    }
    return !code && boot->has_cmdline ? add_cmdline(b) : code;
}

enum mrtd_code mrtd_boot_events(struct mrtd_event events[MRTD_BOOT_EVENTS],
                                size_t *count, const struct mrtd_boot *boot,
                                struct mrtd_error *error)
{
    struct mrtd_boot own = {0};
    struct booting b = {.boot = &own, .error = error};
    if (!events || !count || !boot) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for events, or nothing to boot");
    }
    enum mrtd_code code = request_read(&request, &own, boot, error);
    if (!code) {
        code = make(&b);
    }
    if (!code) {
        memcpy(events, b.events, b.count * sizeof *events);
        *count = b.count;
    }
    free(b.cmdline);
    return code;
}
