/* SPDX-License-Identifier: Apache-2.0 */
#include "model/manifest.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "model/image_format.h"
#include "model/manifest_json.h"
#include "model/vmms.h"
#include "printable.h"
#include "reference/settings.h"
#include "schemas.h"

/* Where a member is taken to. */
struct taking {
    struct manifest *manifest;
    struct manifest_component *component; /* NULL: the release */
    struct failure *failure;
};

typedef enum exit_status take_fn(const struct taking *t, const char *key,
                                 const json_t *value);

struct member {
    const char *key;
    take_fn *take;
};

static struct manifest_order *order_of(const struct taking *t)
{
    return t->component ? &t->component->order : &t->manifest->release;
}

/* "MANIFEST: components[1]: KEY: WHY [manifest]" */
__attribute__((format(printf, 3, 4))) static enum exit_status
refuse(const struct taking *t, const char *key, const char *format, ...)
{
    char why[300];
    char where[40] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    if (t->component) {
        snprintf(where, sizeof where, "components[%zu]: ",
                 (size_t)(t->component - t->manifest->components));
    }
    return failure_refused(t->failure, t->manifest->name, "manifest",
                           "%s\"%s\": %s", where, printable(key), why);
}

/* --- Kinds of values --------------------------------------------------- */

static enum exit_status take_text(const struct taking *t, const char *key,
                                  const json_t *value, const char **field)
{
    const char *text = json_string_value(value);
    if (!text || !*text) {
        return refuse(t, key, "not a string, or an empty one");
    }
    *field = text;
    return EXIT_DONE;
}

/* Calls each for every string of a list that is not empty. */
static enum exit_status take_list(const struct taking *t, const char *key,
                                  const json_t *value, take_fn *each)
{
    size_t i;
    json_t *item;
    enum exit_status status = EXIT_DONE;
    if (json_array_size(value) == 0) {
        return refuse(t, key, "not a list, or an empty one");
    }
    json_array_foreach(value, i, item)
    {
        status = json_is_string(item)
                     ? each(t, key, item)
                     : refuse(t, key, "an item that is not a string");
        if (status) {
            break;
        }
    }
    return status;
}

/* A path, which starts where the manifest is. */
static enum exit_status take_path(const struct taking *t, const char *key,
                                  const json_t *value, char **field)
{
    const char *text = NULL;
    enum exit_status status = take_text(t, key, value, &text);
    if (status || !text) {
        return status;
    }
    const char *base = t->manifest->name;
    const char *slash = strrchr(base, '/');
    const int folder = *text == '/' || !slash ? 0 : (int)(slash - base) + 1;
    if (asprintf(field, "%.*s%s", folder, base, text) < 0) {
        *field = NULL;
        return failure_memory(t->failure, NULL);
    }
    return EXIT_DONE;
}

/* --- Members of the release and of components -------------------------- */

static enum exit_status take_id(const struct taking *t, const char *key,
                                const json_t *value)
{
    return take_text(t, key, value, &order_of(t)->settings.id);
}

static enum exit_status take_version(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return take_text(t, key, value, &order_of(t)->settings.version);
}

static enum exit_status take_entity(const struct taking *t, const char *key,
                                    const json_t *value)
{
    return take_text(t, key, value, &order_of(t)->settings.entity);
}

static enum exit_status take_vendor(const struct taking *t, const char *key,
                                    const json_t *value)
{
    return take_text(t, key, value, &order_of(t)->settings.vendor);
}

static enum exit_status take_model(const struct taking *t, const char *key,
                                   const json_t *value)
{
    return take_text(t, key, value, &order_of(t)->settings.model);
}

static enum exit_status take_key(const struct taking *t, const char *key,
                                 const json_t *value)
{
    return take_text(t, key, value, &order_of(t)->settings.key);
}

static enum exit_status take_class_id(const struct taking *t, const char *key,
                                      const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text || !settings_is_uuid(text)) {
        return refuse(t, key,
                      "not a UUID in lower case, as " SETTINGS_CLASS_ID);
    }
    order_of(t)->settings.class_id = text;
    return EXIT_DONE;
}

static enum exit_status take_scalar(const struct taking *t, const char *key,
                                    const json_t *value)
{
    if (!json_is_boolean(value)) {
        return refuse(t, key, "neither true nor false");
    }
    order_of(t)->settings.scalar = json_is_true(value);
    return EXIT_DONE;
}

static enum exit_status take_corim_form(const struct taking *t, const char *key,
                                        const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text ||
        !settings_find_corim_form(text, &order_of(t)->settings.corim_form)) {
        return refuse(t, key, "not one of " SETTINGS_CORIM_FORMS);
    }
    return EXIT_DONE;
}

static enum exit_status add_format(const struct taking *t, const char *key,
                                   const json_t *value)
{
    struct manifest_order *order = order_of(t);
    const char *name = json_string_value(value);
    const struct reference_format *f = reference_format_find(name);
    if (!f) {
        return refuse(t, key, "there is no format '%s'", printable(name));
    }
    if (!reference_holds(f, MRTD_REGISTER_MRTD)) {
        return refuse(t, key, "%s holds no MRTD", name);
    }
    if (f->is_cbor && !reference_has_cbor) {
        return refuse(t, key,
                      "this program was built without CBOR (libcbor) "
                      "and writes no %s",
                      name);
    }
    for (size_t i = 0; i < order->format_count; i++) {
        if (order->formats[i] == f) {
            return refuse(t, key, "%s is there twice", name);
        }
    }
    order->formats[order->format_count++] = f;
    return EXIT_DONE;
}

static enum exit_status take_formats(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return take_list(t, key, value, add_format);
}

/* --- Members of components --------------------------------------------- */

static enum exit_status take_component(const struct taking *t, const char *key,
                                       const json_t *value)
{
    return take_text(t, key, value, &t->component->name);
}

static enum exit_status take_file(const struct taking *t, const char *key,
                                  const json_t *value)
{
    return take_path(t, key, value, &t->component->file);
}

static enum exit_status take_vars(const struct taking *t, const char *key,
                                  const json_t *value)
{
    return take_path(t, key, value, &t->component->vars);
}

static enum exit_status take_payload(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return take_path(t, key, value, &t->component->payload);
}

static enum exit_status take_artifact(const struct taking *t, const char *key,
                                      const json_t *value)
{
    enum exit_status status = take_text(t, key, value, &t->component->artifact);
    if (status) {
        return status;
    }
    const char *name = t->component->artifact;
    return strchr(name, '/') || strcmp(name, ".") == 0 ||
                   strcmp(name, "..") == 0 || strcmp(name, "-") == 0
               ? refuse(t, key,
                        "the name of a file, without folders, is needed")
               : EXIT_DONE;
}

static enum exit_status take_platform(const struct taking *t, const char *key,
                                      const json_t *value)
{
    const char *text = json_string_value(value);
    return text && strcmp(text, "tdx") == 0
               ? EXIT_DONE
               : refuse(t, key, "the only platform so far is tdx");
}

static enum exit_status take_image_format(const struct taking *t,
                                          const char *key, const json_t *value)
{
    const char *text = json_string_value(value);
    return text && image_format_find(text, &t->component->image_format)
               ? EXIT_DONE
               : refuse(t, key, "not one of " IMAGE_FORMATS);
}

static enum exit_status add_vmm(const struct taking *t, const char *key,
                                const json_t *value)
{
    struct manifest_component *c = t->component;
    const char *name = json_string_value(value);
    const struct mrtd_vmm *vmm = vmms_find(name, strlen(name));
    if (!vmm && mrtd_vmm_find(MRTD_PLATFORM_TDX, name)) {
        return refuse(t, key, "%s launches nothing, and so has no value", name);
    }
    if (!vmm) {
        return refuse(t, key,
                      "there is no VMM '%s'; 'mrtd-calc --vmm help' "
                      "lists them",
                      printable(name));
    }
    for (unsigned i = 0; i < c->vmm_count; i++) {
        if (c->vmms[i] == vmm) {
            return refuse(t, key, "%s is there twice", name);
        }
    }
    if (c->vmm_count == LAUNCH_MAX_VMMS) {
        return refuse(t, key, "more than %d", LAUNCH_MAX_VMMS);
    }
    c->vmms[c->vmm_count++] = vmm;
    return EXIT_DONE;
}

static enum exit_status take_vmms(const struct taking *t, const char *key,
                                  const json_t *value)
{
    return take_list(t, key, value, add_vmm);
}

/* --- Objects ----------------------------------------------------------- */

static enum exit_status take_member(const struct taking *t,
                                    const struct member *members, size_t count,
                                    const char *key, const json_t *value)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(key, members[i].key) == 0) {
            return members[i].take ? members[i].take(t, key, value) : EXIT_DONE;
        }
    }
    return refuse(t, key, "there is no such member");
}

static enum exit_status take_object(const struct taking *t,
                                    const struct member *members, size_t count,
                                    json_t *object)
{
    const char *key;
    json_t *value;
    enum exit_status status = EXIT_DONE;
    json_object_foreach(object, key, value)
    {
        status = take_member(t, members, count, key, value);
        if (status) {
            break;
        }
    }
    return status;
}

/* Members of all orders; NULL: looked at elsewhere. */
#define ORDER_MEMBERS                                                          \
    {"version", take_version}, {"entity", take_entity},                        \
        {"vendor", take_vendor}, {"model", take_model}, {"key", take_key},     \
        {"class_id", take_class_id}, {"scalar", take_scalar},                  \
        {"corim_form", take_corim_form},                                       \
    {                                                                          \
        "formats", take_formats                                                \
    }

/* A component without what must be there, or with what cannot be. */
static enum exit_status check_component(const struct taking *t)
{
    struct manifest_component *c = t->component;
    bool takes_payload = false;
    if (!c->name) {
        return refuse(t, "component", "it is missing");
    }
    if (!c->file) {
        return refuse(t, "file", "it is missing");
    }
    if (c->order.format_count == 0) {
        return refuse(t, "formats", "it is missing");
    }
    if (c->vmm_count == 0) {
        c->vmms[c->vmm_count++] = mrtd_vmm_default(MRTD_PLATFORM_TDX);
    }
    if (c->vars && c->image_format == MRTD_FORMAT_IGVM) {
        return refuse(t, "image_format",
                      "igvm, but an image with \"vars\" is a TDVF image");
    }
    for (size_t i = 0; i < c->order.format_count; i++) {
        if (strcmp(c->order.formats[i]->name, "dcap-policy") == 0 &&
            !reference_is_td_class(c->order.settings.class_id)) {
            return refuse(t, "class_id",
                          "a dcap-policy has " REFERENCE_CLASS_TD15
                          " (TD 1.5) or " REFERENCE_CLASS_TD10 " (TD 1.0)");
        }
    }
    for (unsigned i = 0; i < c->vmm_count; i++) {
        takes_payload |= c->vmms[i]->takes_payload;
    }
    if (c->payload && !takes_payload) {
        return refuse(t, "payload",
                      "none of the VMMs loads it from a file; "
                      "cloud-hypervisor does");
    }
    return EXIT_DONE;
}

static enum exit_status take_components(struct manifest *m, json_t *list,
                                        struct failure *failure)
{
    static const struct member members[] = {
        ORDER_MEMBERS,
        {"id", take_id},
        {"component", take_component},
        {"file", take_file},
        {"vars", take_vars},
        {"payload", take_payload},
        {"artifact", take_artifact},
        {"platform", take_platform},
        {"vmm", take_vmms},
        {"image_format", take_image_format},
    };
    struct taking t = {.manifest = m, .failure = failure};
    enum exit_status status = EXIT_DONE;
    const size_t count = json_array_size(list);
    if (count == 0) {
        return refuse(&t, "components", "not a list, or an empty one");
    }
    m->components = calloc(count, sizeof *m->components);
    if (!m->components) {
        return failure_memory(failure, NULL);
    }
    m->count = count;
    for (size_t i = 0; !status && i < count; i++) {
        t.component = &m->components[i];
        t.component->order.settings = m->release.settings;
        t.component->order.settings.id = NULL;
        json_t *object = json_array_get(list, i);
        status = json_is_object(object)
                     ? take_object(&t, members,
                                   sizeof members / sizeof *members, object)
                     : refuse(&t, "components", "an item that is no object");
        if (!status) {
            status = check_component(&t);
        }
    }
    return status;
}

/* Documents of the whole release hold all values. */
static enum exit_status check_release(const struct taking *t)
{
    const struct manifest_order *r = &t->manifest->release;
    const char *schema =
        json_string_value(json_object_get(t->manifest->root, "schema"));
    if (!schema || strcmp(schema, SCHEMA_MANIFEST) != 0) {
        return refuse(t, "schema", "not \"" SCHEMA_MANIFEST "\"");
    }
    if (!r->settings.id) {
        return refuse(t, "release", "it is missing");
    }
    for (size_t i = 0; i < r->format_count; i++) {
        if (r->formats[i]->scope(&r->settings) != REFERENCE_ALL) {
            return refuse(t, "formats",
                          "%s does not hold the values of several files; ask "
                          "for it in components",
                          r->formats[i]->name);
        }
    }
    return EXIT_DONE;
}

static enum exit_status take_release(struct manifest *m,
                                     struct failure *failure)
{
    static const struct member members[] = {
        ORDER_MEMBERS,
        {"release", take_id},
        {"schema", NULL},
        {"components", NULL},
    };
    const struct taking t = {.manifest = m, .failure = failure};
    enum exit_status status =
        take_object(&t, members, sizeof members / sizeof *members, m->root);
    if (!status) {
        status = check_release(&t);
    }
    return status ? status
                  : take_components(m, json_object_get(m->root, "components"),
                                    failure);
}

enum exit_status manifest_read(struct manifest *manifest, const char *name,
                               const char *text, size_t size,
                               struct failure *failure)
{
    struct manifest m = {
        .name = name, .release.settings = settings_default(MRTD_PLATFORM_TDX)};
    enum exit_status status = manifest_json(&m.root, name, text, size, failure);
    if (!status) {
        status = settings_take_date(&m.release.settings, failure);
    }
    if (!status) {
        status = take_release(&m, failure);
    }
    if (status) {
        manifest_free(&m);
        return status;
    }
    *manifest = m;
    return EXIT_DONE;
}

void manifest_free(struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++) {
        free(manifest->components[i].file);
        free(manifest->components[i].vars);
        free(manifest->components[i].payload);
    }
    free(manifest->components);
    json_decref(manifest->root);
}
