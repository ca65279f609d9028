/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event_boot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/words_differ.h"

static const struct {
    enum mrtd_register id;
    unsigned bit;
} registers[] = {{MRTD_REGISTER_RTMR0, LAUNCH_RTMR0},
                 {MRTD_REGISTER_RTMR1, LAUNCH_RTMR1},
                 {MRTD_REGISTER_RTMR2, LAUNCH_RTMR2}};
#define REGISTERS (sizeof registers / sizeof *registers)

/* How many are the same, each at its place. */
static size_t count_same(const void *context, const struct boot *b)
{
    size_t score = 0;
    for (size_t i = 0; i < REGISTERS; i++) {
        struct event_place place = {.predicted = 0};
        struct event_boot_pair pair;
        bool all = b->wanted & registers[i].bit;
        while (b->wanted & registers[i].bit &&
               event_pairs_next(&pair, &place, registers[i].id, b, context)) {
            score += pair.same ? 2 : 0;
            all = all && (pair.same || pair.unknown);
        }
        score += all;
    }
    return score;
}

/* --- What a log says of td-shim ------------------------------------------- */

/* TD_SHIM_PLATFORM_CONFIG_INFO, td-shim's specification, table 3.5-4: a name of
 * 16 bytes, the length of what was measured, and that. */
#define CONFIG_LENGTH 16
#define CONFIG_DATA   20
/* UEFI_PLATFORM_FIRMWARE_BLOB2 of "td_payload": the length of the name, the
 * name with its zero, where it is, how many bytes. */
#define BLOB_SIZE   28
#define BLOB_LENGTH 20

static const char parameter_name[CONFIG_LENGTH] = "td_payload_info";
static const char hob_name[CONFIG_LENGTH] = "td_hob";
static const char payload_name[] = "\x0btd_payload";

static uint64_t number_at(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* The bytes that were measured of an event with that name; NULL: it is another
 * event. */
static const unsigned char *config_of(const struct event_log *l,
                                      const struct mrtd_log_event *event,
                                      const char name[CONFIG_LENGTH],
                                      size_t *size)
{
    const unsigned char *data = l->bytes + event->data_offset;
    if (event->type != MRTD_EV_PLATFORM_CONFIG_FLAGS ||
        event->data_size < CONFIG_DATA ||
        memcmp(data, name, CONFIG_LENGTH) != 0 ||
        number_at(data + CONFIG_LENGTH, 4) != event->data_size - CONFIG_DATA) {
        return NULL;
    }
    *size = (size_t)event->data_size - CONFIG_DATA;
    return data + CONFIG_DATA;
}

static bool is_payload(const struct event_log *l,
                       const struct mrtd_log_event *event)
{
    return event->type == MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2 &&
           event->data_size == BLOB_SIZE &&
           memcmp(l->bytes + event->data_offset, payload_name,
                  sizeof payload_name) == 0;
}

/* The largest region of a kernel that a log is believed; its size is hashed,
 * with zeros. */
#define PAYLOAD_MOST (UINT64_C(1) << 30)

/* False: it is no log of td-shim's with a kernel of the VMM. */
static bool read_shim(struct mrtd_shim *shim, const struct event_log *l)
{
    const struct mrtd_log_event *event;
    *shim = (struct mrtd_shim){.takes_kernel = 1};
    for (size_t i = 0; (event = event_log_event(l, i)); i++) {
        size_t size = 0;
        if (event->id == MRTD_REGISTER_RTMR0 &&
            config_of(l, event, hob_name, &size)) {
            shim->has_td_hob = 1;
            /* The region may be larger; no log is. */
            shim->td_hob_size = MRTD_LOG_MOST_BYTES;
        } else if (event->id == MRTD_REGISTER_RTMR1 &&
                   config_of(l, event, parameter_name, &size)) {
            shim->parameter_size = size;
        } else if (event->id == MRTD_REGISTER_RTMR1 && is_payload(l, event)) {
            shim->extends_payload = 1;
            shim->payload_size =
                number_at(l->bytes + event->data_offset + BLOB_LENGTH, 8);
        }
    }
    return shim->parameter_size > 0;
}

/* --- Pairs ---------------------------------------------------------------- */

static void make_pairs(struct event_boot *a)
{
    for (size_t i = 0; i < REGISTERS; i++) {
        struct event_place place = {.predicted = 0};
        struct event_boot_pair *pair = &a->pairs[a->count];
        while (
            a->boot.wanted & registers[i].bit &&
            event_pairs_next(pair, &place, registers[i].id, &a->boot, a->log)) {
            a->match = a->match && (pair->same || pair->unknown);
            pair = &a->pairs[++a->count];
        }
    }
}

static size_t count_events(const struct event_log *l)
{
    size_t count = 0;
    while (event_log_event(l, count)) {
        count++;
    }
    return count;
}

static enum exit_status check_sizes(const struct mrtd_shim *shim,
                                    const struct event_log *log,
                                    struct failure *failure)
{
    return shim->extends_payload && (shim->payload_size == 0 ||
                                     shim->payload_size > PAYLOAD_MOST)
               ? failure_refused(
                     failure, log->name, "event-log-boot",
                     "its event td_payload is of %" PRIu64
                     " bytes, and a log is believed 1 to %" PRIu64
                     "; give --firmware-image, whose section says it",
                     shim->payload_size, PAYLOAD_MOST)
               : EXIT_DONE;
}

/* A kernel that was given is compared, or there is no answer. */
static enum exit_status check_kernel(const struct boot *b,
                                     const struct event_log *log,
                                     struct failure *failure)
{
    struct mrtd_digest digest;
    return b->e->kernel.name && !boot_digest(b, LAUNCH_KERNEL, &digest)
               ? failure_refused(
                     failure, log->name, "event-log-boot",
                     "no event of such a boot is of the kernel, which "
                     "td-shim's image may have in the MRTD: leave --kernel "
                     "out, and ask check, with a quote and the image")
               : EXIT_DONE;
}

enum exit_status event_boot_make(struct event_boot *a,
                                 const struct evaluation *e,
                                 const struct event_log *log,
                                 struct failure *failure)
{
    struct mrtd_shim shim;
    const bool is_shim = read_shim(&shim, log);
    *a = (struct event_boot){.is_asked = true, .match = true, .log = log};
    enum exit_status status =
        is_shim && !e->image ? check_sizes(&shim, log, failure) : EXIT_DONE;
    if (!status) {
        const struct boot_fit fit = {
            .count = count_same, .context = log, .by_event = true};
        status =
            boot_search(&a->boot, e, is_shim ? &shim : NULL, &fit, failure);
    }
    if (!status) {
        status = check_kernel(&a->boot, log, failure);
    }
    if (status) {
        return status;
    }
    /* One more, which only marks the end, closes each register. */
    a->pairs = calloc(count_events(log) + BOOT_EVENTS + 1, sizeof *a->pairs);
    if (!a->pairs) {
        return failure_memory(failure, log->name);
    }
    make_pairs(a);
    return EXIT_DONE;
}

void event_boot_free(struct event_boot *a)
{
    if (a->is_asked) {
        boot_free(&a->boot);
        free(a->pairs);
    }
}

/* --- Why ------------------------------------------------------------------ */

/* td-shim's command line is in its log; what was measured, if the digest is
 * that of it. */
static bool logged_line(const struct event_boot *a,
                        const struct mrtd_log_event *event, const char **line,
                        size_t *size)
{
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA384};
    struct mrtd_error error;
    const unsigned char *data = config_of(a->log, event, parameter_name, size);
    const struct mrtd_source source = {.data = data, .size = *size};
    if (!data || mrtd_digest_source(&digest, 1, &source, &error) ||
        memcmp(digest.bytes, event->digest.bytes, MRTD_DIGEST_SIZE) != 0 ||
        !memchr(data, 0, *size)) {
        return false;
    }
    *line = (const char *)data;
    *size = strlen(*line);
    return true;
}

static const char *why_line(const struct event_boot *a,
                            const struct event_boot_pair *pair,
                            char text[EVENT_BOOT_TEXT])
{
    const char *line = NULL;
    size_t size = 0;
    if (!pair->logged || !logged_line(a, pair->logged, &line, &size)) {
        return "another command line, of which each byte counts, and the log "
               "has only its digest: compare with the guest's /proc/cmdline, "
               "which --cmdline takes as it is";
    }
    snprintf(text, EVENT_BOOT_TEXT, "another command line: ");
    const size_t used = strlen(text);
    return words_differ(line, size, a->boot.line.text, text + used,
                        EVENT_BOOT_TEXT - used)
               ? text
               : "another command line; memory is short to say which words";
}

static bool is_start(const struct mrtd_log_event *event)
{
    return event && (event->type == MRTD_EV_EFI_BOOT_SERVICES_APPLICATION ||
                     event->type == MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2);
}

static const char *why_kernel(const struct event_boot *a,
                              const struct event_boot_pair *pair)
{
    return a->boot.is_shim ? "another kernel than the VMM loaded"
           : !is_start(pair->logged)
               ? "the log has another event where the kernel is started: it is "
                 "of another way to boot, as from a disk, through shim or GRUB"
           : !a->boot.tried_patched && a->boot.e->options->boot.qemu
               ? "another kernel: it is not as in its file; that QEMU has "
                 "changed it was not tried, by --qemu"
           : !a->boot.line.text
               ? "another kernel; or QEMU before 10.2 has changed it, which "
                 "depends on the command line: --append TEXT or --cmdline FILE"
           : a->boot.e->initrd.name && !a->boot.e->options->boot.ram
               ? "another kernel: it is neither as in its file, nor as QEMU "
                 "before 10.2 changes it in a guest with RAM of 2 GiB or at "
                 "least 2.75 GiB; of another one say --ram"
               : "another kernel: it is neither as in its file, nor as QEMU "
                 "before 10.2 changes it";
}

static bool is_line(const struct event_boot_pair *pair)
{
    return strcmp(pair->predicted->what, "LOADED_IMAGE::LoadOptions") == 0 ||
           strcmp(pair->predicted->what, "command line") == 0;
}

/* Is it the first of its register that is not the same? */
static bool is_first(const struct event_boot *a,
                     const struct event_boot_pair *pair)
{
    for (const struct event_boot_pair *p = a->pairs; p < pair; p++) {
        if (p->id == pair->id && !p->same && !p->unknown) {
            return false;
        }
    }
    return true;
}

/* The log has no more events of the register. */
static const char *why_missing(const struct event_boot_pair *pair,
                               const char **code)
{
    if (pair->id == MRTD_REGISTER_RTMR0 &&
        pair->predicted->type == MRTD_EV_PLATFORM_CONFIG_FLAGS) {
        *code = "boot-other-machine";
        return "nothing of it was measured: QEMU had none";
    }
    if (pair->id != MRTD_REGISTER_RTMR2) {
        *code = "boot-fewer-events";
        return "the log ends before the boot is over, or is of another one";
    }
    *code = is_line(pair) ? "boot-zero" : "boot-no-initrd";
    return is_line(pair)
               ? "nothing was measured of the command line: Linux before 6.9 "
                 "does not, nor where the guest has a vTPM, too"
               : "no initrd was measured";
}

/* Of RTMR0 of OVMF, by the types of events. */
static const struct {
    uint32_t type;
    const char *code;
    const char *text;
} others[] = {
    {MRTD_EV_EFI_HANDOFF_TABLES2, "boot-other-hob",
     "another TD HOB: other RAM, or a VMM that gives it otherwise"},
    {MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2, "boot-other-cfv",
     "another variable store (CFV): of another build, or with variables"},
    {MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG, "boot-other-variable",
     "another variable: Secure Boot has another state, or keys"},
    {MRTD_EV_EFI_VARIABLE_BOOT, "boot-other-variable",
     "other boot options: of a device, of another build, or of an edk2 that is "
     "not known here"},
    {MRTD_EV_PLATFORM_CONFIG_FLAGS, "boot-other-machine",
     "another file of QEMU's: of another version of QEMU, or of a machine with "
     "another number of virtual CPUs, other RAM or devices"},
    {MRTD_EV_EFI_HANDOFF_TABLES, "boot-other-machine",
     "another SMBIOS table: of another version of QEMU, or of a machine with "
     "another number of virtual CPUs, other RAM or names"}};

/* An event of the type that was predicted, with another digest. */
static const char *why_other(const struct event_boot *a,
                             const struct event_boot_pair *pair,
                             const char **code, char text[EVENT_BOOT_TEXT])
{
    const struct mrtd_event *predicted = pair->predicted;
    const char *what = predicted->what;
    if (is_line(pair)) {
        *code = "boot-other-line";
        return why_line(a, pair, text);
    }
    if (strcmp(what, "Linux initrd") == 0) {
        *code = "boot-other-initrd";
        return "another initrd";
    }
    if (strcmp(what, MRTD_UKI_IMAGE_EVENT) == 0) {
        *code = "boot-other-uki";
        return "another unified kernel image";
    }
    if (a->boot.is_shim && strcmp(what, "TD HOB") == 0) {
        *code = "boot-other-hob";
        return "another TD HOB: another number of virtual CPUs, other RAM or "
               "devices";
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (predicted->id == MRTD_REGISTER_RTMR0 &&
            predicted->type == others[i].type) {
            *code = others[i].code;
            return others[i].text;
        }
    }
    *code = "boot-other-event";
    return "another event: the log is of another way to boot, or of an edk2 "
           "that is not known here";
}

const char *event_boot_reason(const struct event_boot *a,
                              const struct event_boot_pair *pair,
                              const char **code, char text[EVENT_BOOT_TEXT])
{
    const struct mrtd_event *predicted = pair->predicted;
    const bool has_type = predicted && pair->logged &&
                          predicted->type == pair->logged->type &&
                          predicted->type != MRTD_EV_EFI_ACTION;
    if (pair->same || pair->unknown || (!has_type && !is_first(a, pair))) {
        return NULL;
    }
    if (!predicted) {
        *code = "boot-more-events";
        return "the log has events that this boot does not make";
    }
    if (!pair->logged) {
        return why_missing(pair, code);
    }
    if (strcmp(predicted->what, "kernel") == 0) {
        *code = "boot-other-kernel";
        return why_kernel(a, pair);
    }
    if (!has_type) {
        *code = "boot-other-event";
        return "an event of another type: the log is of another way to boot";
    }
    return why_other(a, pair, code, text);
}
