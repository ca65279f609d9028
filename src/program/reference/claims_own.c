/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents that this program writes: measurements, reference values and
 * indexes of releases, by docs/json.md and docs/schemas. Each member is read,
 * for each says what holds of which file as which VMM launches it.
 */
#include "reference/claims_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_files.h"
#include "reference/claims_forms.h"
#include "reference/claims_guest.h"
#include "reference/claims_walk.h"
#include "reference/values_json.h"
#include "schemas.h"

bool own_malformed(struct own *w, const char *what)
{
    return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                       "it says to be JSON of mrtd-calc, but %s", what);
}

bool own_has_only(struct own *w, json_t *object, const struct form *forms)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const struct form *form = form_find(forms, key);
        const bool is_known = form && strcmp(form->name, key) == 0;
        if (!is_known || !form_fits(form, value)) {
            char shown[40];
            char what[100];
            walk_printable(shown, sizeof shown, key);
            snprintf(what, sizeof what,
                     is_known ? "its member \"%s\" is not of the type that its "
                                "schema has"
                              : "has a member \"%s\" that its schema does not "
                                "have",
                     shown);
            return own_malformed(w, what);
        }
    }
    return true;
}

/* --- The firmware file --------------------------------------------------- */

/* What our documents say of a file, which can be told by it. */
static bool take_our_file(struct own *w, json_t *object)
{
    json_t *size = json_object_get(object, "size");
    if (!claims_files_take(w->claims, object, false, w->error)) {
        return false;
    }
    if (!claims_files_known(w->claims)) {
        return own_malformed(w,
                             "a file in it has neither \"sha256\", \"sha384\" "
                             "nor \"sha512\"");
    }
    if (!size) {
        return true;
    }
    return json_is_integer(size) && json_integer_value(size) >= 0
               ? claims_file_size(w->claims, (uint64_t)json_integer_value(size),
                                  w->error)
               : own_malformed(
                     w, "the \"size\" of a file in it is not a number of "
                        "bytes");
}

/* --- What an image was measured to ------------------------------------- */

/* Adds an MRTD, or says what is wrong where hex is not hexadecimal, or NULL. */
static bool take_mrtd(struct own *w, const char *hex, const char *wrong,
                      const char *where)
{
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    if (!hex || !mrtd_hex_decode(mrtd, MRTD_DIGEST_SIZE, hex, strlen(hex))) {
        return own_malformed(w, wrong);
    }
    return claims_add(w->claims, MRTD_REGISTER_MRTD, mrtd, where, w->error) &&
           (hex[strcspn(hex, "ABCDEF")] == '\0' ||
            claims_misspelled(w->claims, "against-not-exact", MRTD_NO_OFFSET,
                              where, "is not in lower-case digits", w->error));
}

/* Is a document of the platform? */
static bool is_of_platform(struct own *w, json_t *object)
{
    const char *platform = walk_member(object, "platform");
    const char *wanted = mrtd_platform_name(w->claims->platform);
    char what[60];
    if (platform && strcmp(platform, wanted) == 0) {
        return true;
    }
    if (platform && mrtd_platform_find(platform)) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "JSON of mrtd-calc whose \"platform\" is %s, and "
                           "%s is asked for",
                           platform, wanted);
    }
    snprintf(what, sizeof what, "its \"platform\" is not \"%s\"", wanted);
    return own_malformed(w, what);
}

/* The files that the claims from that one on were made with, besides. */
static void take_others(struct own *w, json_t *object, size_t from)
{
    const bool has_vars = walk_member(object, "vars") != NULL;
    const bool has_payload = walk_member(object, "payload") != NULL;
    /* No MRTD depends on it. */
    const bool has_kernel = w->claims->platform != MRTD_PLATFORM_TDX &&
                            walk_member(object, "kernel") != NULL;
    for (size_t i = from; i < w->claims->count; i++) {
        w->claims->items[i].has_vars = has_vars;
        w->claims->items[i].has_payload = has_payload;
        w->claims->items[i].has_kernel = has_kernel;
    }
}

/* Are the values the MRTD, and with "boot" registers that are not compared? */
static bool values_of_measurement(json_t *root, const char *hex)
{
    json_t *values = json_object_get(root, "values");
    size_t i;
    json_t *value;
    if (!json_object_get(root, "boot")) {
        return values_is_mrtd(values, hex);
    }
    const char *first = values_mrtd(json_array_get(values, 0));
    bool good = first && strcmp(first, hex) == 0;
    json_array_foreach(values, i, value)
    {
        good = good && (i == 0 || own_register(walk_member(value, "register")) <
                                      BOOT_VALUES);
    }
    return good;
}

/* What "mrtd-calc --json" printed: only its member "mrtd" is the MRTD. */
static bool take_measurement(struct own *w, json_t *root)
{
    static const struct form measured[] = {
        {"schema", FORM_TEXT, 0, 0},      {"version", FORM_TEXT, 0, 0},
        {"platform", FORM_TEXT, 0, 0},    {"vmm", FORM_TEXT, 0, 0},
        {"file", FORM_TEXT, 0, 0},        {"vars", FORM_MAY_TEXT, 0, 0},
        {"payload", FORM_MAY_TEXT, 0, 0}, {"size", FORM_NUMBER, 0, 0},
        {"sha256", FORM_TEXT, 0, 0},      {"sha384", FORM_TEXT, 0, 0},
        {"locator", FORM_OBJECT, 0, 0},   {"guids", FORM_LIST, 0, 0},
        {"igvm", FORM_MAY_OBJECT, 0, 0},  {"permissive", FORM_BOOL, 0, 0},
        {"sections", FORM_LIST, 0, 0},    {"totals", FORM_OBJECT, 0, 0},
        {"notes", FORM_LIST, 0, 0},       {"values", FORM_LIST, 0, 0},
        {"mrtd", FORM_TEXT, 0, 0},        {"boot", FORM_OBJECT, 0, 0},
        {NULL, FORM_ANY, 0, 0},
    };
    const char *file = walk_member(root, "file");
    const char *vmm = walk_member(root, "vmm");
    const char *hex = walk_member(root, "mrtd");
    char names[2][64];
    char where[160];
    walk_printable(names[0], sizeof names[0], file ? file : "?");
    walk_printable(names[1], sizeof names[1], vmm ? vmm : "?");
    snprintf(where, sizeof where, "%s, VMM %s", names[0], names[1]);
    /* Of another platform it has other members. */
    if (!is_of_platform(w, root) || !own_has_only(w, root, measured) ||
        !take_mrtd(w, hex, "its member \"mrtd\" is not an MRTD", where)) {
        return false;
    }
    if (!values_of_measurement(root, hex)) {
        return own_malformed(w,
                             "its \"values\" are not a list of \"mrtd\" alone, "
                             "or with registers of \"boot\"");
    }
    if (!(vmm ? claims_label(w->claims, vmm, strlen(vmm), w->error)
              : claims_misspelled(w->claims, "against-label", MRTD_NO_OFFSET,
                                  where, "lacks its member \"vmm\"",
                                  w->error))) {
        return false;
    }
    take_others(w, root, w->claims->count - 1);
    if (!own_take_registers(w, json_object_get(root, "values")) ||
        !own_take_made(w, json_object_get(root, "boot"))) {
        return false;
    }
    /* With VARS, the digests are of both files together. */
    if (json_is_string(json_object_get(root, "vars"))) {
        return true;
    }
    const bool good = take_our_file(w, root);
    claims_of_last_file(w->claims);
    return good;
}

/* --- Reference values -------------------------------------------------- */

/* An MRTD, and the VMMs that give it. */
static bool take_value(struct own *w, json_t *value, const char *artifact)
{
    static const struct form members[] = {
        {"register", FORM_TEXT, 0, 0}, {"algorithm", FORM_TEXT, 0, 0},
        {"value", FORM_TEXT, 0, 0},    {"vmm", FORM_LIST, 0, 0},
        {NULL, FORM_ANY, 0, 0},
    };
    json_t *vmms = json_object_get(value, "vmm");
    char name[64];
    char where[160];
    walk_printable(name, sizeof name, artifact);
    snprintf(where, sizeof where, "a value of \"%s\"", name);
    bool good =
        own_has_only(w, value, members) &&
        take_mrtd(w, values_mrtd(value), "a value in it is not an MRTD", where);
    if (good && vmms && json_array_size(vmms) == 0) {
        return own_malformed(w,
                             "the \"vmm\" of a value is not a list of names");
    }
    if (good && !vmms) {
        return claims_misspelled(w->claims, "against-label", MRTD_NO_OFFSET,
                                 where, "lacks its list \"vmm\"", w->error);
    }
    for (size_t i = 0; good && i < json_array_size(vmms); i++) {
        json_t *vmm = json_array_get(vmms, i);
        good = json_is_string(vmm)
                   ? claims_label(w->claims, json_string_value(vmm),
                                  json_string_length(vmm), w->error)
                   : own_malformed(w, "a member of \"vmm\" is not text");
    }
    return good;
}

/* The digest of another launch. */
static bool take_guest_value(struct own *w, json_t *value, const char *artifact)
{
    static const struct form members[] = {
        {"register", FORM_TEXT, 0, 0},
        {"algorithm", FORM_TEXT, 0, 0},
        {"value", FORM_TEXT, 0, 0},
        {"vmm", FORM_LIST, 0, 0},
        {"vcpus", FORM_NUMBER, 0, 0},
        {"vcpu_type", FORM_TEXT, 0, 0},
        {"vcpu_signature", FORM_TEXT, 0, 0},
        {"guest_features", FORM_TEXT, 0, 0},
        {NULL, FORM_ANY, 0, 0},
    };
    const struct mrtd_register_info *info = guest_register(w->claims->platform);
    const char *name = walk_member(value, "register");
    const char *algorithm = walk_member(value, "algorithm");
    char shown[64];
    char where[160];
    walk_printable(shown, sizeof shown, artifact);
    snprintf(where, sizeof where, "a value of \"%s\"", shown);
    if (!own_has_only(w, value, members)) {
        return false;
    }
    if (!name || strcmp(name, info->name) != 0 || !algorithm ||
        strcmp(algorithm, mrtd_algorithm_name(info->algorithm)) != 0) {
        return own_malformed(
            w, "a value in it is of another register or algorithm "
               "than its platform's");
    }
    return claims_guest_value(w->claims, value, "value", where, w->error);
}

static bool take_firmware(struct own *w, json_t *file)
{
    const bool is_tdx = w->claims->platform == MRTD_PLATFORM_TDX;
    const char *artifact = json_string_value(json_object_get(file, "artifact"));
    json_t *values = json_object_get(file, "values");
    json_t *format = json_object_get(file, "image_format");
    const size_t first = w->claims->count;
    if (json_array_size(values) == 0) {
        return own_malformed(w, "a file in it lacks its list \"values\"");
    }
    claims_begin_group(w->claims);
    bool good = take_our_file(w, file);
    for (size_t i = 0; good && i < json_array_size(values); i++) {
        const size_t before = w->claims->count;
        json_t *value = json_array_get(values, i);
        const char *name = artifact ? artifact : "?";
        good = is_tdx ? take_value(w, value, name)
                      : take_guest_value(w, value, name);
        if (w->claims->count > before) {
            claims_of_last_file(w->claims);
        }
    }
    take_others(w, file, first);
    good = good &&
           (!json_object_get(file, "boot") ||
            own_take_boot(w, json_object_get(file, "boot"))) &&
           (!json_object_get(file, "initdata") ||
            own_take_initdata(w, json_object_get(file, "initdata")));
    return good && (!format ||
                    claims_image_format(w->claims, first,
                                        json_string_value(format), w->error));
}

/* Those of each file in a list of the document. */
static bool take_list(struct own *w, json_t *root, const char *name,
                      bool (*take)(struct own *w, json_t *file))
{
    json_t *files = json_object_get(root, name);
    bool good = json_array_size(files) > 0 ||
                own_malformed(w, "its list of firmware files is empty");
    for (size_t i = 0; good && i < json_array_size(files); i++) {
        good = take(w, json_array_get(files, i));
    }
    return good;
}

static bool take_artifact(struct own *w, json_t *file)
{
    static const struct form members[] = {
        {"artifact", FORM_TEXT, 0, 0},   {"size", FORM_NUMBER, 0, 0},
        {"sha256", FORM_TEXT, 0, 0},     {"sha384", FORM_TEXT, 0, 0},
        {"sha512", FORM_TEXT, 0, 0},     {"image_format", FORM_TEXT, 0, 0},
        {"values", FORM_LIST, 0, 0},     {"boot", FORM_OBJECT, 0, 0},
        {"initdata", FORM_OBJECT, 0, 0}, {NULL, FORM_ANY, 0, 0},
    };
    return own_has_only(w, file, members) && take_firmware(w, file);
}

static bool take_reference(struct own *w, json_t *root)
{
    static const struct form members[] = {
        {"schema", FORM_TEXT, 0, 0},      {"tool_version", FORM_TEXT, 0, 0},
        {"platform", FORM_TEXT, 0, 0},    {"id", FORM_MAY_TEXT, 0, 0},
        {"version", FORM_MAY_TEXT, 0, 0}, {"date", FORM_MAY_TEXT, 0, 0},
        {"firmware", FORM_LIST, 0, 0},    {NULL, FORM_ANY, 0, 0},
    };
    return own_has_only(w, root, members) && is_of_platform(w, root) &&
           take_list(w, root, "firmware", take_artifact);
}

/* A component of a release is a file. Those of other platforms are known by
 * their name, and have nothing that is looked for. */
static bool take_component(struct own *w, json_t *component)
{
    static const struct form members[] = {
        {"component", FORM_TEXT, 0, 0},
        {"version", FORM_MAY_TEXT, 0, 0},
        {"platform", FORM_TEXT, 0, 0},
        {"artifact", FORM_TEXT, 0, 0},
        {"size", FORM_NUMBER, 0, 0},
        {"sha256", FORM_TEXT, 0, 0},
        {"sha384", FORM_TEXT, 0, 0},
        {"sha512", FORM_TEXT, 0, 0},
        {"image_format", FORM_TEXT, 0, 0},
        {"vars", FORM_MAY_TEXT, 0, 0},
        {"payload", FORM_MAY_TEXT, 0, 0},
        {"kernel", FORM_MAY_TEXT, 0, 0},
        {"initrd", FORM_MAY_TEXT, 0, 0},
        {"append", FORM_MAY_TEXT, 0, 0},
        {"inputs", FORM_LIST, 0, 0},
        {"image", FORM_OBJECT, 0, 0},
        {"initdata", FORM_OBJECT, 0, 0},
        {"values", FORM_LIST, 0, 0},
        {"boot", FORM_OBJECT, 0, 0},
        {"files", FORM_LIST, 0, 0},
        {NULL, FORM_ANY, 0, 0},
    };
    const char *platform = walk_member(component, "platform");
    const enum mrtd_platform of = platform ? mrtd_platform_find(platform) : 0;
    if (!own_has_only(w, component, members)) {
        return false;
    }
    if (!of) {
        return own_malformed(
            w, "the \"platform\" of a component is not the name of "
               "one");
    }
    return of != w->claims->platform || take_firmware(w, component);
}

/* The index of a release. */
static bool take_release(struct own *w, json_t *root)
{
    static const struct form members[] = {
        {"schema", FORM_TEXT, 0, 0},   {"tool_version", FORM_TEXT, 0, 0},
        {"release", FORM_TEXT, 0, 0},  {"version", FORM_MAY_TEXT, 0, 0},
        {"date", FORM_MAY_TEXT, 0, 0}, {"components", FORM_LIST, 0, 0},
        {"files", FORM_LIST, 0, 0},    {NULL, FORM_ANY, 0, 0},
    };
    return own_has_only(w, root, members) &&
           take_list(w, root, "components", take_component);
}

/* --- Documents --------------------------------------------------------- */

static const struct {
    const char *family; /* the schema's name up to its version */
    const char *schema;
    const char *kind;
    bool (*take)(struct own *w, json_t *root);
} documents[] = {
    {SCHEMA_MEASUREMENT_FAMILY, SCHEMA_MEASUREMENT, "JSON of mrtd-calc",
     take_measurement},
    {SCHEMA_REFERENCE_FAMILY, SCHEMA_REFERENCE, "reference values in JSON",
     take_reference},
    {SCHEMA_RELEASE_INDEX_FAMILY, SCHEMA_RELEASE_INDEX, "index of a release",
     take_release},
};

/* Which of them it is, or their number. */
static size_t find(json_t *root)
{
    const size_t count = sizeof documents / sizeof *documents;
    const char *schema = json_string_value(json_object_get(root, "schema"));
    size_t i = schema ? 0 : count;
    while (i < count && strncmp(schema, documents[i].family,
                                strlen(documents[i].family)) != 0) {
        i++;
    }
    return i;
}

const char *own_kind(json_t *root)
{
    const size_t i = find(root);
    return i < sizeof documents / sizeof *documents ? documents[i].kind : NULL;
}

bool own_read(struct claims *claims, json_t *root, struct failure *error)
{
    struct own w = {.claims = claims, .error = error};
    const size_t i = find(root);
    const char *schema = walk_member(root, "schema");
    if (claims->platform != MRTD_PLATFORM_TDX &&
        documents[i].take == take_measurement) {
        return own_malformed(&w, "of another platform than TDX it is not read");
    }
    return strcmp(schema, documents[i].schema) == 0
               ? documents[i].take(&w, root)
               : own_malformed(&w,
                               "its schema is of a version that is not known "
                               "here");
}
