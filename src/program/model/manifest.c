/* SPDX-License-Identifier: Apache-2.0 */
#include "model/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "model/manifest_json.h"
#include "model/manifest_members.h"
#include "printable.h"
#include "reference/settings.h"
#include "schemas.h"

/* --- Names --------------------------------------------------------------- */

static enum exit_status take_release(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return manifest_text(t, key, value, &t->manifest->release.settings.id);
}

static enum exit_status take_id(const struct taking *t, const char *key,
                                const json_t *value)
{
    return manifest_text(t, key, value, &t->component->order.settings.id);
}

static enum exit_status take_name(const struct taking *t, const char *key,
                                  const json_t *value)
{
    return manifest_text(t, key, value, &t->component->name);
}

static enum exit_status take_artifact(const struct taking *t, const char *key,
                                      const json_t *value)
{
    enum exit_status status =
        manifest_text(t, key, value, &t->component->artifact);
    if (status) {
        return status;
    }
    const char *name = t->component->artifact;
    return strchr(name, '/') || strcmp(name, ".") == 0 ||
                   strcmp(name, "..") == 0 || strcmp(name, "-") == 0
               ? manifest_refuse(
                     t, key, "the name of a file, without folders, is needed")
               : EXIT_DONE;
}

/* --- Objects ----------------------------------------------------------- */

static const struct manifest_member release_members[] = {
    {"release", take_release, 0},
    {"schema", NULL, 0},
    {"components", NULL, 0},
};
static const struct manifest_member component_members[] = {
    {"id", take_id, 0},
    {"component", take_name, 0},
    {"artifact", take_artifact, 0},
};

static const struct manifest_member *find(const struct manifest_table *table,
                                          const char *key)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->members[i].key, key) == 0) {
            return &table->members[i];
        }
    }
    return NULL;
}

static enum exit_status take_member(const struct taking *t,
                                    const struct manifest_table *tables,
                                    size_t count, const char *key,
                                    const json_t *value)
{
    const struct manifest_member *m = NULL;
    for (size_t i = 0; !m && i < count; i++) {
        m = find(&tables[i], key);
    }
    if (!m) {
        return manifest_refuse(t, key, "there is no such member");
    }
    const enum mrtd_platform platform =
        t->component ? t->component->launch.platform : 0;
    if (platform && m->platforms && !(m->platforms & MANIFEST_OF(platform))) {
        return manifest_refuse(t, key, "a component of platform %s has none",
                               mrtd_platform_name(platform));
    }
    return m->take ? m->take(t, key, value) : EXIT_DONE;
}

static enum exit_status take_object(const struct taking *t,
                                    const struct manifest_table *tables,
                                    size_t count, json_t *object)
{
    const char *key;
    json_t *value;
    enum exit_status status = EXIT_DONE;
    json_object_foreach(object, key, value)
    {
        status = take_member(t, tables, count, key, value);
        if (status) {
            break;
        }
    }
    return status;
}

/* --- Components ----------------------------------------------------------- */

struct reference_settings manifest_settings(const struct manifest *m,
                                            enum mrtd_platform platform)
{
    const struct reference_settings *said = &m->release.settings;
    struct reference_settings s = settings_default(platform);
    s.id = said->id;
    s.version = said->version;
    s.entity = said->entity;
    s.scalar = said->scalar;
    s.expires = said->expires;
    s.key = said->key ? said->key : s.key;
    memcpy(s.date, said->date, sizeof s.date);
    if (platform == MRTD_PLATFORM_TDX) {
        s.vendor = said->vendor;
        s.model = said->model;
        s.class_id = said->class_id;
        s.corim_form = said->corim_form;
    }
    return s;
}

/* What other members mean depends on it. */
static enum exit_status take_platform(const struct taking *t,
                                      const json_t *object)
{
    const json_t *value = json_object_get(object, "platform");
    const char *text = value ? json_string_value(value) : "tdx";
    t->component->launch.platform = text ? mrtd_platform_find(text) : 0;
    return t->component->launch.platform
               ? EXIT_DONE
               : manifest_refuse(t, "platform",
                                 "not one of tdx, snp, sev-es or sev");
}

/* A component without what must be there, or with what cannot be. */
static enum exit_status check_component(const struct taking *t)
{
    const struct manifest_component *c = t->component;
    if (!c->name) {
        return manifest_refuse(t, "component", "it is missing");
    }
    if (!c->file) {
        return manifest_refuse(t, "file", "it is missing");
    }
    if (c->order.format_count == 0) {
        return manifest_refuse(t, "formats", "it is missing");
    }
    for (size_t i = 0; i < c->order.format_count; i++) {
        if (strcmp(c->order.formats[i]->name, "dcap-policy") == 0 &&
            !reference_is_td_class(c->order.settings.class_id)) {
            return manifest_refuse(t, "class_id",
                                   "a dcap-policy has " REFERENCE_CLASS_TD15
                                   " (TD 1.5) or " REFERENCE_CLASS_TD10
                                   " (TD 1.0)");
        }
    }
    const enum exit_status status = manifest_check_launch(t);
    return status ? status : manifest_check_boot(t);
}

static enum exit_status take_component(const struct taking *t, json_t *object)
{
    const struct manifest_table tables[] = {
        {component_members,
         sizeof component_members / sizeof *component_members},
        manifest_launching,
        manifest_booting,
        manifest_publishing,
    };
    struct reference_settings *s = &t->component->order.settings;
    if (!json_is_object(object)) {
        return manifest_refuse(t, "components", "an item that is no object");
    }
    enum exit_status status = take_platform(t, object);
    if (status) {
        return status;
    }
    *s = manifest_settings(t->manifest, t->component->launch.platform);
    s->id = NULL;
    status = take_object(t, tables, sizeof tables / sizeof *tables, object);
    return status ? status : check_component(t);
}

static enum exit_status take_components(struct manifest *m,
                                        struct failure *failure)
{
    struct taking t = {.manifest = m, .failure = failure};
    json_t *list = json_object_get(m->root, "components");
    enum exit_status status = EXIT_DONE;
    const size_t count = json_array_size(list);
    if (count == 0) {
        return manifest_refuse(&t, "components", "not a list, or an empty one");
    }
    m->components = calloc(count, sizeof *m->components);
    if (!m->components) {
        return failure_memory(failure, NULL);
    }
    m->count = count;
    for (size_t i = 0; !status && i < count; i++) {
        t.component = &m->components[i];
        status = take_component(&t, json_array_get(list, i));
    }
    return status;
}

/* --- The release ---------------------------------------------------------- */

size_t manifest_count(const struct manifest *m, enum mrtd_platform platform)
{
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++) {
        count += m->components[i].launch.platform == platform;
    }
    return count;
}

/* Can the format hold a value of one of the components? */
static bool is_of_use(const struct manifest *m,
                      const struct reference_format *format)
{
    bool is = false;
    for (size_t i = 0; !is && i < m->count; i++) {
        is = manifest_holds(format, m->components[i].launch.platform);
    }
    return is;
}

static enum exit_status take_root(const struct taking *t)
{
    const struct manifest_table tables[] = {
        {release_members, sizeof release_members / sizeof *release_members},
        manifest_publishing,
    };
    json_t *root = t->manifest->root;
    const char *schema = json_string_value(json_object_get(root, "schema"));
    /* First, since another document has other members, too. */
    if (!schema || strcmp(schema, SCHEMA_MANIFEST) != 0) {
        return manifest_refuse(t, "schema", "not \"" SCHEMA_MANIFEST "\"");
    }
    const enum exit_status status =
        take_object(t, tables, sizeof tables / sizeof *tables, root);
    if (status) {
        return status;
    }
    return t->manifest->release.settings.id
               ? EXIT_DONE
               : manifest_refuse(t, "release", "it is missing");
}

/* Each value of a store says when it expires. */
static enum exit_status check_expires(const struct taking *t,
                                      const struct manifest_order *order)
{
    const struct reference_format *store = reference_format_find("rvps-store");
    for (size_t i = 0; i < order->format_count; i++) {
        if (order->formats[i] == store && !order->settings.expires) {
            return manifest_refuse(t, "expires",
                                   "it is missing: format rvps-store says of "
                                   "each value when it expires");
        }
    }
    return EXIT_DONE;
}

/* Documents of the whole release hold all values, those of a platform each. */
static enum exit_status check_release(const struct taking *t)
{
    const struct manifest *m = t->manifest;
    const struct manifest_order *r = &m->release;
    const enum mrtd_platform first = m->components[0].launch.platform;
    enum exit_status status = check_expires(t, r);
    for (size_t i = 0; !status && i < m->count; i++) {
        status = check_expires(t, &m->components[i].order);
    }
    if (status) {
        return status;
    }
    for (size_t i = 0; i < r->format_count; i++) {
        const struct reference_format *f = r->formats[i];
        if (f->scope(&r->settings) != REFERENCE_ALL) {
            return manifest_refuse(
                t, "formats",
                "%s does not hold the values of several files; ask for it in "
                "components",
                f->name);
        }
        if (!is_of_use(m, f)) {
            return manifest_refuse(t, "formats",
                                   "%s holds no value of any of the components",
                                   f->name);
        }
    }
    /* One key would be of two values. */
    return r->settings.key && manifest_count(m, first) != m->count
               ? manifest_refuse(t, "key",
                                 "components are of several platforms, whose "
                                 "values have a key each; give it in "
                                 "components")
               : EXIT_DONE;
}

enum exit_status manifest_read(struct manifest *manifest, const char *name,
                               const char *text, size_t size,
                               struct failure *failure)
{
    struct manifest m = {
        .name = name, .release.settings = settings_default(MRTD_PLATFORM_TDX)};
    const struct taking t = {.manifest = &m, .failure = failure};
    /* The default is the platform's. */
    m.release.settings.key = NULL;
    enum exit_status status = manifest_json(&m.root, name, text, size, failure);
    if (!status) {
        status = settings_take_date(&m.release.settings, failure);
    }
    if (!status) {
        status = take_root(&t);
    }
    if (!status) {
        status = take_components(&m, failure);
    }
    if (!status) {
        status = check_release(&t);
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
        free(manifest->components[i].line);
        for (unsigned k = 0; k < manifest->components[i].path_count; k++) {
            free(manifest->components[i].paths[k]);
        }
    }
    free(manifest->components);
    json_decref(manifest->root);
}
