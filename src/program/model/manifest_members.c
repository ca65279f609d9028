/* SPDX-License-Identifier: Apache-2.0 */
#include "model/manifest_members.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "reference/settings.h"

enum exit_status manifest_refuse(const struct taking *t, const char *key,
                                 const char *format, ...)
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

enum exit_status manifest_text(const struct taking *t, const char *key,
                               const json_t *value, const char **field)
{
    const char *text = json_string_value(value);
    if (!text || !*text) {
        return manifest_refuse(t, key, "not a string, or an empty one");
    }
    *field = text;
    return EXIT_DONE;
}

enum exit_status manifest_list(const struct taking *t, const char *key,
                               const json_t *value, take_fn *each)
{
    size_t i;
    json_t *item;
    enum exit_status status = EXIT_DONE;
    if (json_array_size(value) == 0) {
        return manifest_refuse(t, key, "not a list, or an empty one");
    }
    json_array_foreach(value, i, item)
    {
        status = each(t, key, item);
        if (status) {
            break;
        }
    }
    return status;
}

enum exit_status manifest_texts(const struct taking *t, const char *key,
                                const json_t *value, take_fn *each)
{
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item)) {
            return manifest_refuse(t, key, "an item that is not a string");
        }
    }
    return manifest_list(t, key, value, each);
}

enum exit_status manifest_path(const struct taking *t, const char *key,
                               const json_t *value, const char **field)
{
    struct manifest_component *c = t->component;
    char *path = NULL;
    const char *text = NULL;
    enum exit_status status = manifest_text(t, key, value, &text);
    if (status || !text) {
        return status;
    }
    const char *base = t->manifest->name;
    const char *slash = strrchr(base, '/');
    const int folder = *text == '/' || !slash ? 0 : (int)(slash - base) + 1;
    /* A file of that name, and not standard input. */
    const char *here = !folder && strcmp(text, "-") == 0 ? "./" : "";
    if (asprintf(&path, "%.*s%s%s", folder, base, here, text) < 0) {
        return failure_memory(t->failure, NULL);
    }
    c->paths[c->path_count++] = path;
    *field = path;
    return EXIT_DONE;
}

/* --- What is published -------------------------------------------------- */

static struct manifest_order *order_of(const struct taking *t)
{
    return t->component ? &t->component->order : &t->manifest->release;
}

static enum exit_status take_version(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return manifest_text(t, key, value, &order_of(t)->settings.version);
}

static enum exit_status take_entity(const struct taking *t, const char *key,
                                    const json_t *value)
{
    return manifest_text(t, key, value, &order_of(t)->settings.entity);
}

static enum exit_status take_vendor(const struct taking *t, const char *key,
                                    const json_t *value)
{
    return manifest_text(t, key, value, &order_of(t)->settings.vendor);
}

static enum exit_status take_model(const struct taking *t, const char *key,
                                   const json_t *value)
{
    return manifest_text(t, key, value, &order_of(t)->settings.model);
}

static enum exit_status take_key(const struct taking *t, const char *key,
                                 const json_t *value)
{
    return manifest_text(t, key, value, &order_of(t)->settings.key);
}

static enum exit_status take_class_id(const struct taking *t, const char *key,
                                      const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text || !settings_is_uuid(text)) {
        return manifest_refuse(
            t, key, "not a UUID in lower case, as " SETTINGS_CLASS_ID);
    }
    order_of(t)->settings.class_id = text;
    return EXIT_DONE;
}

static enum exit_status take_scalar(const struct taking *t, const char *key,
                                    const json_t *value)
{
    if (!json_is_boolean(value)) {
        return manifest_refuse(t, key, "neither true nor false");
    }
    order_of(t)->settings.scalar = json_is_true(value);
    return EXIT_DONE;
}

static enum exit_status take_expires(const struct taking *t, const char *key,
                                     const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text || !settings_is_expiry(text)) {
        return manifest_refuse(t, key, "not " SETTINGS_EXPIRES);
    }
    order_of(t)->settings.expires = text;
    return EXIT_DONE;
}

static enum exit_status take_corim_form(const struct taking *t, const char *key,
                                        const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text ||
        !settings_find_corim_form(text, &order_of(t)->settings.corim_form)) {
        return manifest_refuse(t, key, "not one of " SETTINGS_CORIM_FORMS);
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
        return manifest_refuse(t, key, "there is no format '%s'",
                               printable(name));
    }
    /* Which platforms the release has is known at its end. */
    if (t->component && !manifest_holds(f, t->component->launch.platform)) {
        return manifest_refuse(
            t, key, "%s holds no value of platform %s", name,
            mrtd_platform_name(t->component->launch.platform));
    }
    if (f->is_cbor && !reference_has_cbor) {
        return manifest_refuse(t, key,
                               "this program was built without CBOR (libcbor) "
                               "and writes no %s",
                               name);
    }
    for (size_t i = 0; i < order->format_count; i++) {
        if (order->formats[i] == f) {
            return manifest_refuse(t, key, "%s is there twice", name);
        }
    }
    order->formats[order->format_count++] = f;
    return EXIT_DONE;
}

static enum exit_status take_formats(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return manifest_texts(t, key, value, add_format);
}

bool manifest_holds(const struct reference_format *format,
                    enum mrtd_platform platform)
{
    return reference_holds(format, guest_register(platform)->id);
}

/* Of AMD's platforms a CoRIM has one environment and one form. */
#define TDX MANIFEST_OF(MRTD_PLATFORM_TDX)

static const struct manifest_member members[] = {
    {"version", take_version, 0}, {"entity", take_entity, 0},
    {"vendor", take_vendor, TDX}, {"model", take_model, TDX},
    {"key", take_key, 0},         {"class_id", take_class_id, TDX},
    {"scalar", take_scalar, 0},   {"corim_form", take_corim_form, TDX},
    {"formats", take_formats, 0}, {"expires", take_expires, 0},
};
const struct manifest_table manifest_publishing = {
    members, sizeof members / sizeof *members};
