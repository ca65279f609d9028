/* SPDX-License-Identifier: Apache-2.0 */
#include "report/bundle_lists.h"
#include "report/image_json.h"

#include <stdlib.h>
#include <string.h>

#include "model/vmms.h"
#include "printable.h"
#include "reference/json.h"
#include "reference/values_json.h"
#include "report/lines.h"
#include "report/page.h"
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

/* A list for -c of this program: those values of a VMM that it can check. There
 * may be none. */
static void write_mrtdsums(FILE *to, const struct bundle *b,
                           const struct mrtd_vmm *vmm)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct manifest_component *c = &b->manifest.components[i];
        const struct launch_options *o = &c->launch;
        const char *value = o->platform == MRTD_PLATFORM_TDX
                                ? value_of(&b->firmware[i], vmm)
                                : NULL;
        /* A list has no place for a second file. */
        if (value && !o->vars && !(o->payload && vmm->takes_payload)) {
            const struct launch_options launch = {.image_format =
                                                      o->image_format};
            lines_tagged(to, &launch, vmm, MRTD_REGISTER_MRTD, value,
                         b->firmware[i].artifact, false);
            fputc('\n', to);
        }
    }
}

/* A list for -c: those launch digests of guests of the platform that it can
 * check. There may be none. */
static void write_guests(FILE *to, const struct bundle *b,
                         enum mrtd_platform platform)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct launch_options *o = &b->manifest.components[i].launch;
        const struct reference_firmware *f = &b->firmware[i];
        /* A list has no place for a kernel. */
        const bool is_of_file = o->platform == platform && !o->guest.kernel;
        for (size_t k = 0; is_of_file && k < f->value_count; k++) {
            const struct reference_value *v = &f->values[k];
            const struct launch_options launch = {
                .image_format = o->image_format,
                .guest = {.vcpus = v->guest.vcpus,
                          .vcpu = {v->guest.type, v->guest.signature},
                          .features = v->guest.features}};
            lines_tagged(to, &launch, v->guest.vmm, v->value.id, v->hex,
                         f->artifact, false);
            fputc('\n', to);
        }
    }
}

/* What is extended after the launch, as --register prints it. */
static void write_registers(FILE *to, const struct bundle *b)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct reference_firmware *f = &b->firmware[i];
        for (size_t k = 0; k < f->boot_count; k++) {
            lines_named(to, boot_value_names(f->boot[k].id)->name, f->artifact,
                        f->boot[k].hex);
        }
    }
}

/* A list for sha256sum -c. */
static void write_sha256sums(FILE *to, const struct bundle *b)
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

/* The name of a file that a launch has besides, or null. */
static json_t *base_name(const char *path)
{
    return json_file_name(printable_base_name(path));
}

/* The disk image whose root hash the command line has; NULL: there is none. */
static json_t *disk_of(const struct bundle_guest *guest)
{
    json_t *made = guest->has_disk ? image_json(&guest->disk) : NULL;
    if (made) {
        json_object_set_new(made, "file", base_name(guest->disk.image));
    }
    return made;
}

/* The files that the component's values are of, beside the firmware. */
static json_t *inputs_of(const struct bundle_guest *guest)
{
    json_t *list = json_array();
    for (size_t i = 0; i < guest->input_count; i++) {
        const struct bundle_input *input = &guest->inputs[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:I, s:s}", "input", input->member,
                            "file", base_name(input->path), "size",
                            (json_int_t)input->size, "sha256", input->sha256));
    }
    return list;
}

static json_t *component(const struct bundle *b, size_t i)
{
    const struct manifest_component *c = &b->manifest.components[i];
    const struct launch_options *o = &c->launch;
    const struct reference_firmware *f = &b->firmware[i];
    return json_pack(
        "{s:s, s:s?, s:s, s:s, s:I, s:s, s:s, s:s*, s:o, s:o, s:o, s:o, s:s?, "
        "s:o*, s:o*, s:o, s:o, s:o*, s:o}",
        "component", c->name, "version", c->order.settings.version, "platform",
        mrtd_platform_name(o->platform), "artifact", f->artifact, "size",
        (json_int_t)f->size, "sha256", f->sha256, "sha384", f->sha384,
        "image_format", f->image_format, "vars", base_name(o->vars), "payload",
        base_name(o->payload), "kernel", base_name(o->guest.kernel), "initrd",
        base_name(o->guest.initrd), "append", o->guest.append, "image",
        disk_of(&b->guests[i]), "initdata",
        initdata_value_json(f->initdata, o->platform), "inputs",
        inputs_of(&b->guests[i]), "values", values_of_firmware(f), "boot",
        values_of_boot(f), "files", files(b, i));
}

/* index.json. False: memory is short, nothing is printed. */
static bool write_index(FILE *to, const struct bundle *b)
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

/* --- Files in memory ----------------------------------------------------- */

/* A file that is written into memory: */
struct made {
    struct bundle_file file;
    FILE *to;
};

/* Takes over the name, and begins; NULL: no memory. */
static FILE *begin_file(struct made *made, char *name)
{
    made->file.name = name;
    made->to =
        name ? open_memstream(&made->file.bytes, &made->file.size) : NULL;
    return made->to;
}

/* Adds what was written to the bundle, unless it is nothing. */
static enum exit_status end_file(struct bundle *b, struct made *made, bool good,
                                 struct failure *failure)
{
    struct bundle_file *file = &made->file;
    /* glibc's fclose() says nothing if its last realloc() failed. */
    good = made->to && fclose(made->to) == 0 && file->bytes && good;
    if (good && file->size > 0) {
        return bundle_add(b, *file, failure);
    }
    free(file->name);
    free(file->bytes);
    return good ? EXIT_DONE : failure_memory(failure, NULL);
}

/* For a VMM. */
static enum exit_status add_mrtdsums(struct bundle *b,
                                     const struct mrtd_vmm *vmm,
                                     struct failure *failure)
{
    struct made made = {.file.component = BUNDLE_RELEASE};
    const bool first = vmm == mrtd_vmm_default(MRTD_PLATFORM_TDX);
    char *name = NULL;
    if (asprintf(&name, "MRTDSUMS%s%s", first ? "" : ".",
                 first ? "" : vmm->name) < 0) {
        return failure_memory(failure, NULL);
    }
    if (begin_file(&made, name)) {
        write_mrtdsums(made.to, b, vmm);
    }
    return end_file(b, &made, true, failure);
}

/* Of a platform of AMD: its register's name, and "SUMS". */
static enum exit_status add_guests(struct bundle *b,
                                   enum mrtd_platform platform,
                                   struct failure *failure)
{
    struct made made = {.file.component = BUNDLE_RELEASE};
    char *name = NULL;
    if (asprintf(&name, "%sSUMS", guest_register(platform)->name) < 0) {
        return failure_memory(failure, NULL);
    }
    if (begin_file(&made, name)) {
        write_guests(made.to, b, platform);
    }
    return end_file(b, &made, true, failure);
}

static enum exit_status add_registers(struct bundle *b, struct failure *failure)
{
    struct made made = {.file.component = BUNDLE_RELEASE};
    if (begin_file(&made, strdup("RTMRSUMS"))) {
        write_registers(made.to, b);
    }
    return end_file(b, &made, true, failure);
}

/* The last has all others in it. */
enum exit_status bundle_add_lists(struct bundle *b, struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    struct made index = {.file.component = BUNDLE_RELEASE};
    struct made sums = {.file.component = BUNDLE_RELEASE};
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && (vmm = vmms_at(MRTD_PLATFORM_TDX, i)); i++) {
        status = add_mrtdsums(b, vmm, failure);
    }
    for (enum mrtd_platform p = MRTD_PLATFORM_TDX + 1;
         !status && mrtd_platform_name(p); p++) {
        status = add_guests(b, p, failure);
    }
    if (!status) {
        status = add_registers(b, failure);
    }
    if (!status) {
        const bool good = begin_file(&index, strdup("index.json")) &&
                          write_index(index.to, b);
        status = end_file(b, &index, good, failure);
    }
    if (!status) {
        if (begin_file(&sums, strdup("SHA256SUMS"))) {
            write_sha256sums(sums.to, b);
        }
        status = end_file(b, &sums, true, failure);
    }
    return status;
}

enum exit_status bundle_add_page(struct bundle *b, size_t component,
                                 const struct evaluation *e,
                                 bool (*is_command)(const char *word),
                                 struct failure *failure)
{
    struct made made = {.file = {.component = component, .format = "html"}};
    struct portrait p;
    const enum mrtd_platform platform = e->options->platform;
    const bool named = platform != MRTD_PLATFORM_TDX;
    char *name = NULL;
    if (portrait_make(&p, e, failure)) {
        return failure->status;
    }
    p.file = b->firmware[component].artifact;
    p.published = &b->firmware[component];
    p.is_command = is_command;
    p.disk = b->guests[component].has_disk ? &b->guests[component].disk : NULL;
    p.initdata = b->firmware[component].initdata;
    if (asprintf(&name, "%s%s%s.html", p.file, named ? "." : "",
                 named ? mrtd_platform_name(platform) : "") < 0) {
        portrait_free(&p);
        return failure_memory(failure, NULL);
    }
    if (begin_file(&made, name)) {
        page_write(made.to, &p);
    }
    portrait_free(&p);
    return end_file(b, &made, true, failure);
}
