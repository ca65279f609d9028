/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event_pairs.h"

#include <string.h>

/* RTMR0 of OVMF has events that are not known. */
static bool is_rtmr0(const struct boot *b, enum mrtd_register id)
{
    return id == MRTD_REGISTER_RTMR0 && !b->is_shim;
}

/* The next event of the register from *index on, which becomes that after it;
 * of RTMR0 of OVMF with what is known of it. */
static const struct mrtd_event *
next_predicted(const struct boot *b, enum mrtd_register id, size_t *index,
               const struct mrtd_ovmf_event **ovmf)
{
    *ovmf = NULL;
    if (is_rtmr0(b, id)) {
        *ovmf = *index < b->rtmr0.count ? &b->rtmr0.events[(*index)++] : NULL;
        return *ovmf ? &(*ovmf)->event : NULL;
    }
    while (*index < b->count) {
        const struct mrtd_event *event = &b->events[(*index)++];
        if (event->id == id) {
            return event;
        }
    }
    return NULL;
}

static const struct mrtd_log_event *
next_logged(const struct event_log *l, enum mrtd_register id, size_t *index)
{
    const struct mrtd_log_event *event;
    while ((event = event_log_event(l, *index))) {
        ++*index;
        if (event->extends && event->id == id) {
            return event;
        }
    }
    return NULL;
}

static bool is_same(const struct mrtd_event *predicted,
                    const struct mrtd_log_event *logged)
{
    return predicted && logged &&
           memcmp(predicted->digest.bytes, logged->digest.bytes,
                  MRTD_DIGEST_SIZE) == 0;
}

static bool is_item(const struct mrtd_ovmf_event *e)
{
    return e->file >= MRTD_OVMF_FIRST_ITEM && e->file < MRTD_OVMF_FILES;
}

/* Is the logged event one that is predicted after the item, among items? */
static bool is_later_item(const struct boot *b,
                          const struct mrtd_ovmf_event *item,
                          const struct mrtd_log_event *logged)
{
    const struct mrtd_ovmf_event *end = b->rtmr0.events + b->rtmr0.count;
    for (const struct mrtd_ovmf_event *e = item + 1; e < end && is_item(e);
         e++) {
        if (!e->needs && is_same(&e->event, logged)) {
            return true;
        }
    }
    return false;
}

/* QEMU may have none of an item that was not given: is the log without it? */
static bool is_absent(const struct boot *b, const struct mrtd_ovmf_event *item,
                      const struct mrtd_log_event *logged)
{
    return item && is_item(item) && item->needs &&
           item->file != MRTD_OVMF_BOOT_MENU &&
           (!logged || logged->type != item->event.type ||
            is_later_item(b, item, logged));
}

/* What is needed to know whether they are the same. The loader's file says the
 * order of the others that QEMU makes with it. */
static const struct mrtd_ovmf_event *
needed(const struct boot *b, const struct mrtd_ovmf_event *predicted,
       bool is_same)
{
    const struct mrtd_ovmf_event *loader = b->rtmr0.events;
    if (!predicted || predicted->needs) {
        return predicted;
    }
    if (is_same || (predicted->file != MRTD_OVMF_ACPI_RSDP &&
                    predicted->file != MRTD_OVMF_ACPI_TABLES)) {
        return NULL;
    }
    while (loader->file != MRTD_OVMF_ACPI_LOADER) {
        loader++;
    }
    return loader->needs ? loader : NULL;
}

bool event_pairs_next(struct event_boot_pair *pair, struct event_place *place,
                      enum mrtd_register id, const struct boot *b,
                      const struct event_log *l)
{
    const struct mrtd_ovmf_event *ovmf = NULL;
    const struct mrtd_event *predicted = NULL;
    size_t after = place->logged;
    const struct mrtd_log_event *logged = next_logged(l, id, &after);
    while (!place->open) {
        predicted = next_predicted(b, id, &place->predicted, &ovmf);
        if (!is_absent(b, ovmf, logged)) {
            break;
        }
    }
    /* An item that the log does not have: what follows is beside the log's. */
    if (logged && ovmf && is_item(ovmf) && logged->type != predicted->type) {
        logged = NULL;
        after = place->logged;
    }
    const bool same = is_same(predicted, logged);
    const struct mrtd_ovmf_event *needs = needed(b, ovmf, same);
    /* Of variables that are not known, it is not known how many follow. */
    place->open =
        place->open || (needs && predicted->type == MRTD_EV_EFI_VARIABLE_BOOT);
    place->logged = after;
    *pair = (struct event_boot_pair){
        .id = id,
        .predicted = predicted,
        .logged = logged,
        .index = after - 1,
        .same = !needs && same,
        .unknown = predicted
                       ? needs && logged && logged->type == predicted->type
                       : place->open && logged,
        .needs = needs};
    return predicted || logged;
}
