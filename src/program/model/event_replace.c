/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event_replace.h"

#include <string.h>

#include "model/event_log.h"

/* What LoadImage() starts: TCG PC Client Platform Firmware Profile 1.06,
 * 10.4.1. */
#define EV_EFI_BOOT_SERVICES_DRIVER    0x80000004U
#define EV_EFI_RUNTIME_SERVICES_DRIVER 0x80000005U

/* The tag by which Linux measures an initrd: TCG_PCClientTaggedEvent,
 * INITRD_EVENT_TAG_ID. */
static const unsigned char initrd_tag[] = {0xec, 0x22, 0x3b, 0x8f};

/* How a file is measured. */
enum measured {
    AS_NOTHING,
    AS_IMAGE,
    AS_BYTES
};

static enum measured measured(const struct event_log *l,
                              const struct mrtd_log_event *event)
{
    const uint32_t type = event->type;
    if (type == MRTD_EV_EFI_BOOT_SERVICES_APPLICATION ||
        type == EV_EFI_BOOT_SERVICES_DRIVER ||
        type == EV_EFI_RUNTIME_SERVICES_DRIVER) {
        return AS_IMAGE;
    }
    const bool is_initrd =
        type == MRTD_EV_EVENT_TAG && event->data_size >= sizeof initrd_tag &&
        memcmp(l->bytes + event->data_offset, initrd_tag, sizeof initrd_tag) ==
            0;
    return type == MRTD_EV_IPL || is_initrd || mrtd_event_type_is_of_data(type)
               ? AS_BYTES
               : AS_NOTHING;
}

/* The event; NULL: it cannot be replaced. */
static const struct mrtd_log_event *find(const struct event_log *l,
                                         size_t index, struct failure *failure)
{
    const size_t count = event_log_count(l);
    if (index >= count) {
        failure_refused(failure, l->name, "event-log-replace",
                        "--replace %zu: the log has events 0 to %zu", index,
                        count - 1);
        return NULL;
    }
    const struct mrtd_log_event *event = event_log_event(l, index);
    if (!event->extends) {
        failure_refused(failure, l->name, "event-log-replace",
                        "--replace %zu: that event extends no register", index);
        return NULL;
    }
    return event;
}

enum exit_status event_replace_measure(struct event_replacement *r,
                                       const struct event_log *l,
                                       const struct evaluation_file *file,
                                       struct failure *failure)
{
    struct mrtd_error error;
    const struct mrtd_log_event *event = find(l, r->index, failure);
    if (!event) {
        return failure->status;
    }
    const enum measured as = measured(l, event);
    if (as == AS_NOTHING) {
        const char *name = mrtd_event_type_name(event->type);
        return failure_refused(
            failure, l->name, "event-log-replace",
            "--replace %zu: how a file is measured as an event of type %s is "
            "not known here; give the digest, as --replace %zu=HEX",
            r->index, name ? name : "without a name", r->index);
    }
    if (file->source.size == 0) {
        return failure_refused(failure, r->file, "event-log-replace",
                               "it is empty; a replacement has content");
    }
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA384};
    const enum mrtd_code code =
        as == AS_IMAGE ? mrtd_pe_digest(&digest, &file->source, &error)
                       : mrtd_digest_source(&digest, 1, &file->source, &error);
    if (code) {
        return code == MRTD_ERR_READ
                   ? failure_read(failure, r->file, file->problem)
                   : failure_library(failure, r->file, &error, NULL);
    }
    r->digest = digest;
    return EXIT_DONE;
}

enum exit_status event_replace(struct event_log *l,
                               struct event_replacement *replacements,
                               size_t count, struct failure *failure)
{
    for (size_t i = 0; i < count; i++) {
        struct event_replacement *r = &replacements[i];
        const struct mrtd_log_event *event = find(l, r->index, failure);
        if (!event) {
            return failure->status;
        }
        r->event = *event;
        r->logged = event->digest;
        r->event.digest = r->digest;
        r->event.is_of_data = -1; /* Its data are of the other. */
    }
    l->replacements = replacements;
    l->replacement_count = count;
    return event_log_replay(l, failure);
}
