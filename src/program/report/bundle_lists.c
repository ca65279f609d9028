/* SPDX-License-Identifier: Apache-2.0 */
#include "report/bundle_lists.h"

#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "reference/json.h"
#include "reference/values_json.h"
#include "report/lines.h"
#include "schemas.h"

/* The firmware's value under a VMM, or NULL. */
static const char *value_of(const struct reference_firmware *f,
                            const struct mrtd_vmm *vmm)
{
    for (size_t i = 0; i < f->value_count; i++) {
        for (size_t k = 0; f->values[i].vmms[k]; k++) {
            if (strcmp(f->values[i].vmms[k], vmm->name) == 0) {
                return f->values[i].hex;
            }
        }
    }
    return NULL;
}

void bundle_mrtdsums(FILE *to, const struct bundle *b,
                     const struct mrtd_vmm *vmm)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct manifest_component *c = &b->manifest.components[i];
        const struct launch_options launch = {.vmm = vmm,
                                              .image_format = c->image_format};
        const char *value = value_of(&b->firmware[i], vmm);
        /* A list has no place for a second file. */
        if (value && !c->vars && !(c->payload && vmm->takes_payload)) {
            lines_tagged(to, &launch, value, b->firmware[i].artifact, false);
            fputc('\n', to);
        }
    }
}

void bundle_sha256sums(FILE *to, const struct bundle *b)
{
    for (size_t i = 0; i < b->file_count; i++) {
        lines_plain(to, b->files[i].sha256, b->files[i].name, false);
        fputc('\n', to);
    }
}

/* --- index.json -------------------------------------------------------- */

/* The written files of a component, or of the release. */
static json_t *files(const struct bundle *b, size_t component)
{
    json_t *list = json_array();
    for (size_t i = 0; i < b->file_count; i++) {
        const struct bundle_file *f = &b->files[i];
        if (f->component == component && f->bytes) {
            json_array_append_new(
                list, json_pack("{s:s, s:s?, s:I, s:s}", "file", f->name,
                                "format", f->format, "size",
                                (json_int_t)f->size, "sha256", f->sha256));
        }
    }
    return list;
}

static json_t *component(const struct bundle *b, size_t i)
{
    const struct manifest_component *c = &b->manifest.components[i];
    const struct reference_firmware *f = &b->firmware[i];
    return json_pack(
        "{s:s, s:s?, s:s, s:s, s:I, s:s, s:s, s:s*, s:o, s:o, s:o, s:o}",
        "component", c->name, "version", c->order.settings.version, "platform",
        VALUES_PLATFORM, "artifact", f->artifact, "size", (json_int_t)f->size,
        "sha256", f->sha256, "sha384", f->sha384, "image_format",
        f->image_format, "vars", json_file_name(printable_base_name(c->vars)),
        "payload", json_file_name(printable_base_name(c->payload)), "values",
        values_of_firmware(f), "files", files(b, i));
}

bool bundle_index(FILE *to, const struct bundle *b)
{
    const struct reference_settings *s = &b->manifest.release.settings;
    json_t *components = json_array();
    for (size_t i = 0; i < b->manifest.count; i++) {
        json_array_append_new(components, component(b, i));
    }
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s?, s:s?, s:o, s:o}", "schema", SCHEMA_RELEASE_INDEX,
        "tool_version", mrtd_version(), "release", s->id, "version", s->version,
        "date", *s->date ? s->date : NULL, "components", components, "files",
        files(b, BUNDLE_RELEASE));
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    const bool good = text && !json_no_memory();
    if (good) {
        fprintf(to, "%s\n", text);
    }
    free(text);
    json_decref(root);
    return good;
}
