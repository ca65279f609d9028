/* SPDX-License-Identifier: Apache-2.0 */
#include "report/show_parts.h"

#include <inttypes.h>

#include "report/json.h"
#include "report/words.h"

const struct palette *show_palette(bool colour)
{
    static const struct palette coloured = {"\033[1m", "\033[33m", "\033[36m",
                                            "\033[0m"};
    static const struct palette plain = {"", "", "", ""};
    return colour ? &coloured : &plain;
}

void show_guids(FILE *to, const struct mrtd_image *image)
{
    const struct mrtd_guid_entry *g;
    for (uint32_t i = 0; (g = mrtd_image_guid_entry(image, i)); i++) {
        fprintf(to, "  %-14s %s  %s, %u bytes at 0x%" PRIx64 "\n",
                i == 0 ? "GUIDed table" : "", g->guid,
                g->name ? g->name : "unknown", g->size, g->offset);
    }
}

void show_vmm(FILE *to, const struct evaluation *e)
{
    const struct mrtd_vmm *vmm = mrtd_plan_info(e->plan)->vmm;
    fprintf(to, "  VMM            %s (%s)\n", vmm->name,
            word_software(vmm, e->image));
}

struct findings {
    FILE *to;
    const struct palette *palette;
};

static void show_finding(void *context, const struct mrtd_finding *f)
{
    const struct findings *findings = context;
    const struct palette *p = findings->palette;
    FILE *to = findings->to;
    bool warning = f->severity == MRTD_WARNING;
    fprintf(to, "%s%s%s: ", warning ? p->warning : p->note,
            warning ? "warning" : "note", p->off);
    if (f->offset != MRTD_NO_OFFSET) {
        fprintf(to, "offset 0x%" PRIx64 ": ", f->offset);
    }
    fprintf(to, "%s [%s]\n", f->message, mrtd_code_name(f->code));
}

void show_findings(FILE *to, const struct evaluation *e,
                   const struct mrtd_value *value,
                   const struct palette *palette)
{
    struct findings findings = {to, palette};
    evaluation_findings(e, show_finding, &findings);
    evaluation_value_findings(e, value, show_finding, &findings);
}

/* --- JSON ---------------------------------------------------------------- */

json_t *show_json_guids(const struct mrtd_image *image)
{
    json_t *list = json_array();
    const struct mrtd_guid_entry *g;
    for (uint32_t i = 0; (g = mrtd_image_guid_entry(image, i)); i++) {
        json_array_append_new(list, json_pack("{s:s, s:s?, s:o, s:o}", "guid",
                                              g->guid, "name", g->name,
                                              "offset", json_hex64(g->offset),
                                              "size", json_count(g->size)));
    }
    return list;
}

static void add_note(void *context, const struct mrtd_finding *f)
{
    json_array_append_new(context, json_finding(f));
}

json_t *show_json_notes(const struct evaluation *e,
                        const struct mrtd_value *value)
{
    json_t *notes = json_array();
    evaluation_findings(e, add_note, notes);
    evaluation_value_findings(e, value, add_note, notes);
    return notes;
}
