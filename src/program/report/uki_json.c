/* SPDX-License-Identifier: Apache-2.0 */
#include "report/uki_json.h"

#include <string.h>

#include "report/json.h"

static json_t *digest_json(const struct mrtd_digest *digest)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    mrtd_hex_encode(hex, digest->bytes, digest->size);
    return json_string(hex);
}

/* The digest of what the stub measures of a section; null where it measures
 * none, or it was not asked for. */
static json_t *measured(const struct boot *boot, const char *name)
{
    for (size_t i = 0; i < boot->count; i++) {
        const struct mrtd_event *event = &boot->events[i];
        if (event->type == MRTD_EV_IPL && strcmp(event->what, name) == 0) {
            return digest_json(&event->digest);
        }
    }
    return json_null();
}

static json_t *sections_json(const struct boot *boot)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < boot->uki.section_count; i++) {
        const struct mrtd_uki_section *section = &boot->uki.sections[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:I, s:o}", "name", section->name,
                            "offset", json_hex64(section->offset), "size",
                            (json_int_t)section->size, "sha384",
                            measured(boot, section->name)));
    }
    return list;
}

json_t *uki_json(const struct boot *boot)
{
    const struct mrtd_uki *uki = &boot->uki;
    struct mrtd_digest digest;
    if (uki->section_count == 0) {
        return json_null();
    }
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o}", "file",
        json_file_name(boot->e->options->boot.uki), "disk",
        json_file_name(boot->e->options->boot.disk), "stub",
        *uki->stub ? json_string(uki->stub) : json_null(), "systemd",
        boot->systemd ? json_integer(boot->systemd) : json_null(),
        "sections_value",
        boot_digest(boot, LAUNCH_SECTIONS, &digest) ? digest_json(&digest)
                                                    : json_null(),
        "sections", sections_json(boot));
}
