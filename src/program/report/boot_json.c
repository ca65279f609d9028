/* SPDX-License-Identifier: Apache-2.0 */
#include "report/boot_json.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/boot_rtmr0.h"
#include "reference/values_json.h"
#include "report/json.h"
#include "report/uki_json.h"

static json_t *digest_text(const struct mrtd_digest *digest)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    mrtd_hex_encode(hex, digest->bytes, digest->size);
    return json_string(hex);
}

static json_t *event_json(const struct mrtd_event *event)
{
    return json_pack("{s:s, s:o, s:s, s:o}", "register",
                     mrtd_register_info(event->id)->name, "type",
                     json_hex64(event->type), "what", event->what, "digest",
                     digest_text(&event->digest));
}

static json_t *events_json(const struct boot *boot)
{
    json_t *list = json_array();
    for (size_t i = 0; i < boot->count; i++) {
        json_array_append_new(list, event_json(&boot->events[i]));
    }
    return list;
}

static json_t *rtmr0_event_json(const struct mrtd_ovmf_event *e)
{
    char text[BOOT_RTMR0_NEED];
    const char *reason = NULL;
    const char *need = boot_rtmr0_need(e, &reason, text);
    return json_pack("{s:o, s:s, s:o, s:s?, s:s?}", "type",
                     json_hex64(e->event.type), "what", e->event.what, "digest",
                     e->needs ? json_null() : digest_text(&e->event.digest),
                     "needs", need, "reason", reason);
}

json_t *boot_rtmr0_json(const struct boot *boot)
{
    json_t *list = boot->rtmr0.count > 0 ? json_array() : json_null();
    for (size_t i = 0; i < boot->rtmr0.count; i++) {
        json_array_append_new(list, rtmr0_event_json(&boot->rtmr0.events[i]));
    }
    return list;
}

static json_t *rtmr0_rules_json(const struct boot_rtmr0 *rtmr0)
{
    static const char *const builds[] = {[MRTD_OVMF_SECURE_BOOT_UNKNOWN] = NULL,
                                         [MRTD_OVMF_SECURE_BOOT_NONE] = "none",
                                         [MRTD_OVMF_SECURE_BOOT_OFF] = "off"};
    char release[16];
    snprintf(release, sizeof release, "%" PRIu32, rtmr0->edk2);
    return rtmr0->count > 0
               ? json_pack("{s:s, s:s?}", "edk2", release, "secure_boot",
                           builds[rtmr0->secure_boot])
               : json_null();
}

json_t *boot_json(const struct boot *boot)
{
    const struct launch_guest *guest = &boot->e->options->guest;
    const struct boot_origin origin =
        boot_origin(boot, guest->kernel, guest->initrd);
    json_t *made = boot_origin_json(&origin);
    json_object_set_new(made, "td_hob",
                        json_file_name(boot->e->options->boot.td_hob));
    json_object_set_new(made, "uki", uki_json(boot));
    json_object_set_new(made, "rtmr0_rules", rtmr0_rules_json(&boot->rtmr0));
    json_object_set_new(made, "events", events_json(boot));
    return made;
}

void boot_json_add(const struct boot *boot, json_t *values, json_t *notes)
{
    static const struct {
        unsigned bit;
        enum mrtd_register id;
    } registers[] = {{LAUNCH_RTMR0, MRTD_REGISTER_RTMR0},
                     {LAUNCH_RTMR1, MRTD_REGISTER_RTMR1},
                     {LAUNCH_RTMR2, MRTD_REGISTER_RTMR2}};
    const unsigned asked = boot->wanted;
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        struct mrtd_value value = {.id = registers[i].id};
        if (asked & registers[i].bit &&
            boot_digest(boot, registers[i].bit, &value.digest)) {
            json_array_append_new(values, values_item(&value));
        }
    }
    for (size_t i = 0; i < boot->note_count; i++) {
        json_array_append_new(
            notes, json_pack("{s:s, s:s, s:n, s:n, s:s}", "severity", "note",
                             "code", boot->notes[i].code, "section", "offset",
                             "message", boot->notes[i].message));
    }
}
