/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/bundle_lists.h"

#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "model/list_line.h"
#include "reference/json.h"
#include "reference/schemas.h"
#include "reference/values_json.h"

static enum exit_status no_memory(struct bundle_file *file)
{
    free(file->name);
    free(file->bytes);
    diagnostic("out of memory");
    return EXIT_IO;
}

/* Ends the stream into a file's bytes. glibc's fclose() says nothing if its
 * last realloc() failed. */
static bool finish(FILE *to, const struct bundle_file *file)
{
    return fclose(to) == 0 && file->bytes;
}

/* A line of a list for sha256sum -c. */
static void write_sha256(FILE *to, const char *hex, const char *name)
{
    bool escaped = false;
    const char *text = list_name(name, &escaped);
    fprintf(to, "%s%s  %s\n", escaped ? "\\" : "", hex, text);
}

/* A line of a list for -c of this program. */
static void write_mrtd(FILE *to, const struct mrtd_profile *profile,
                       unsigned image_format, const char *hex, const char *name)
{
    bool escaped = false;
    char label[LIST_LABEL_SIZE];
    const char *text = list_name(name, &escaped);
    fprintf(to, "%sMRTD%s (%s) = %s\n", escaped ? "\\" : "",
            list_label(profile, image_format, label), text, hex);
}

/* The firmware's value under a profile, or NULL. */
static const char *value_of(const struct reference_firmware *f,
                            const struct mrtd_profile *profile)
{
    for (size_t i = 0; i < f->value_count; i++) {
        for (size_t k = 0; f->values[i].profiles[k]; k++) {
            if (strcmp(f->values[i].profiles[k], profile->name) == 0) {
                return f->values[i].hex;
            }
        }
    }
    return NULL;
}

enum exit_status bundle_mrtdsums(const struct bundle *b,
                                 const struct mrtd_profile *profile,
                                 struct bundle_file *file)
{
    *file = (struct bundle_file){.component = BUNDLE_RELEASE};
    FILE *to = open_memstream(&file->bytes, &file->size);
    if (!to) {
        return no_memory(file);
    }
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct manifest_component *c = &b->manifest.components[i];
        const char *value = value_of(&b->firmware[i], profile);
        /* A list has no place for a second file. */
        if (value && !c->vars && !(c->payload && profile->takes_payload)) {
            write_mrtd(to, profile, c->image_format, value,
                       b->firmware[i].artifact);
        }
    }
    if (!finish(to, file)) {
        return no_memory(file);
    }
    if (file->size == 0) {
        free(file->bytes);
        return EXIT_DONE;
    }
    const bool first = profile == mrtd_profile_at(0);
    if (asprintf(&file->name, "MRTDSUMS%s%s", first ? "" : ".",
                 first ? "" : profile->name) < 0) {
        file->name = NULL;
        return no_memory(file);
    }
    return EXIT_DONE;
}

enum exit_status bundle_sha256sums(const struct bundle *b,
                                   struct bundle_file *file)
{
    *file = (struct bundle_file){.component = BUNDLE_RELEASE,
                                 .name = strdup("SHA256SUMS")};
    FILE *to = open_memstream(&file->bytes, &file->size);
    if (!to) {
        return no_memory(file);
    }
    for (size_t i = 0; i < b->file_count; i++) {
        write_sha256(to, b->files[i].sha256, b->files[i].name);
    }
    return finish(to, file) ? EXIT_DONE : no_memory(file);
}

/* --- index.json ---------------------------------------------------------- */

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
        f->image_format, "vars", json_file_name(input_base_name(c->vars)),
        "payload", json_file_name(input_base_name(c->payload)), "values",
        values_of_firmware(f), "files", files(b, i));
}

enum exit_status bundle_index(const struct bundle *b, struct bundle_file *file)
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
    *file = (struct bundle_file){.component = BUNDLE_RELEASE,
                                 .name = strdup("index.json")};
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    if (!text || json_no_memory()) {
        free(text);
        return no_memory(file);
    }
    const int size = asprintf(&file->bytes, "%s\n", text);
    free(text);
    if (size < 0) {
        file->bytes = NULL;
        return no_memory(file);
    }
    file->size = (size_t)size;
    return EXIT_DONE;
}
