/* SPDX-License-Identifier: Apache-2.0 */
#include "report/boot_json.h"

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

static json_t *rules_json(const struct boot *boot)
{
    const uint32_t rules = boot->rules;
    const unsigned asked = boot->e->options->boot.registers;
    const bool of_cmdline = asked & LAUNCH_OF_CMDLINE;
    const bool of_kernel = asked & LAUNCH_OF_KERNEL;
    /* What no register that was asked for depends on is null. */
    return json_pack("{s:o, s:s?, s:s?, s:o}", "kernel_is_patched",
                     of_kernel ? json_boolean(rules & MRTD_BOOT_PATCHED_KERNEL)
                               : json_null(),
                     "initrd_argument",
                     !of_cmdline || !boot->e->initrd.name ? NULL
                     : rules & MRTD_BOOT_FINAL_CMDLINE    ? "in-cmdline"
                     : rules & MRTD_BOOT_INITRD_LAST      ? "last"
                                                          : "first",
                     "separator_register",
                     !of_kernel                          ? NULL
                     : rules & MRTD_BOOT_SEPARATOR_RTMR0 ? "RTMR0"
                                                         : "RTMR1",
                     "kernel_measures",
                     of_cmdline
                         ? json_boolean(!(rules & MRTD_BOOT_SILENT_KERNEL))
                         : json_null());
}

/* Each byte as the UTF-16 unit that the firmware makes of it. */
static json_t *cmdline_json(const struct boot *boot)
{
    char text[2 * BOOT_CMDLINE_MOST + 1];
    size_t used = 0;
    if (!boot->cmdline) {
        return json_null();
    }
    for (size_t i = 0; i < boot->cmdline_size && used + 2 < sizeof text; i++) {
        const unsigned char c = (unsigned char)boot->cmdline[i];
        if (c < 0x80) {
            text[used++] = (char)c;
        } else {
            text[used++] = (char)(0xc0 | c >> 6);
            text[used++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return json_stringn(text, used);
}

json_t *boot_json(const struct boot *boot)
{
    const struct evaluation *e = boot->e;
    const char *version = boot->kernel.version;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kernel",
                     json_file_name(e->options->guest.kernel), "kernel_version",
                     *version ? json_string(version) : json_null(), "initrd",
                     json_file_name(e->options->guest.initrd), "cmdline",
                     cmdline_json(boot), "uki", uki_json(boot), "rules",
                     rules_json(boot), "events", events_json(boot));
}

void boot_json_add(const struct boot *boot, json_t *values, json_t *notes)
{
    static const struct {
        unsigned bit;
        enum mrtd_register id;
    } registers[] = {{LAUNCH_RTMR1, MRTD_REGISTER_RTMR1},
                     {LAUNCH_RTMR2, MRTD_REGISTER_RTMR2}};
    const unsigned asked = boot->e->options->boot.registers;
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
