/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents that this program writes: measurements, reference values and
 * indexes of releases, by docs/json.md and docs/schemas. Each member is read,
 * for each says what holds of which file as which VMM launches it.
 */
#include "reference/claims_own.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_forms.h"
#include "reference/claims_guest.h"
#include "reference/claims_walk.h"
#include "reference/values_json.h"
#include "schemas.h"

struct own {
    struct claims *claims;
    struct failure *error;
};

static bool malformed(struct own *w, const char *what)
{
    return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                       "it says to be JSON of mrtd-calc, but %s", what);
}

/* Has an object only members that its schema has, of the types that they have
 * there? All of ours are strict. */
static bool has_only(struct own *w, json_t *object, const struct form *forms)
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
            return malformed(w, what);
        }
    }
    return true;
}

/* --- Digests of the firmware file -------------------------------------- */

/* Names of digests: ours, and how in-toto's DigestSet spells them. */
static const char *const digest_keys[CLAIMS_DIGESTS] = {"sha256", "sha384",
                                                        "sha512"};

/* Which digest is meant by a name in any case, with or without hyphens;
 * CLAIMS_DIGESTS: none that is known. */
static size_t digest_meant(const char *key)
{
    char plain[8] = "";
    size_t used = 0;
    for (; *key && used < sizeof plain - 1; key++) {
        if (*key != '-' && *key != '_') {
            plain[used++] = (char)tolower((unsigned char)*key);
        }
    }
    size_t i = *key ? CLAIMS_DIGESTS : 0;
    while (i < CLAIMS_DIGESTS && strcmp(plain, digest_keys[i]) != 0) {
        i++;
    }
    return i;
}

/* A digest, in lower-case digits as those who compare it write it. */
static bool take_digest(struct own *w, const char *key, json_t *member,
                        size_t kind)
{
    const size_t digits = 2 * claims_digest_sizes[kind];
    char where[80];
    size_t size = 0;
    unsigned char *bytes =
        json_is_string(member) && json_string_length(member) == digits
            ? claims_decode_text(json_string_value(member), digits, &size)
            : NULL;
    if (!bytes && size == SIZE_MAX) {
        return claims_no_memory(w->error);
    }
    if (size != digits / 2) {
        free(bytes);
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the \"%s\" of a file is not %zu hexadecimal "
                           "digits",
                           digest_keys[kind], digits);
    }
    snprintf(where, sizeof where, "the \"%s\" of a file", key);
    const bool lower =
        strspn(json_string_value(member), "0123456789abcdef") == digits;
    const bool good =
        claims_file_digest(w->claims, (enum claims_digest)kind, bytes,
                           w->error) &&
        (strcmp(key, digest_keys[kind]) == 0 ||
         claims_misspelled(w->claims, "against-digest", MRTD_NO_OFFSET, where,
                           "is not the name of the digest as it is compared, "
                           "which is in lower case and without hyphens",
                           w->error)) &&
        (lower ||
         claims_misspelled(w->claims, "against-digest", MRTD_NO_OFFSET, where,
                           "is not in lower-case digits", w->error));
    free(bytes);
    return good;
}

/*
 * What is said of one firmware file. In an object of nothing but digests what
 * is not known is skipped, with a note that names it.
 */
static bool take_file(struct own *w, json_t *object, bool only_digests)
{
    const char *key;
    json_t *member;
    bool good = claims_add_file(w->claims, w->error);
    json_object_foreach(object, key, member)
    {
        const size_t kind = digest_meant(key);
        if (kind < CLAIMS_DIGESTS) {
            good = good && take_digest(w, key, member, kind);
        } else if (only_digests) {
            char where[80];
            snprintf(where, sizeof where, "the digest \"%s\" of a file", key);
            claims_pass_over(w->claims, where,
                             "only sha256, sha384 and sha512 are computed");
        }
    }
    return good;
}

/* Is there a digest of the file added last by which it can be told? */
static bool is_known_file(const struct own *w)
{
    const struct claimed_file *file =
        &w->claims->files[w->claims->file_count - 1];
    return file->has[CLAIMS_SHA256] || file->has[CLAIMS_SHA384] ||
           file->has[CLAIMS_SHA512];
}

/* What our documents say of a file, which can be told by it. */
static bool take_our_file(struct own *w, json_t *object)
{
    json_t *size = json_object_get(object, "size");
    if (!take_file(w, object, false)) {
        return false;
    }
    if (!is_known_file(w)) {
        return malformed(w, "a file in it has neither \"sha256\", \"sha384\" "
                            "nor \"sha512\"");
    }
    if (!size) {
        return true;
    }
    return json_is_integer(size) && json_integer_value(size) >= 0
               ? claims_file_size(w->claims, (uint64_t)json_integer_value(size),
                                  w->error)
               : malformed(w, "the \"size\" of a file in it is not a number of "
                              "bytes");
}

/* --- What an image was measured to ------------------------------------- */

/* Adds an MRTD, or says what is wrong where hex is not hexadecimal, or NULL. */
static bool take_mrtd(struct own *w, const char *hex, const char *wrong,
                      const char *where)
{
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    if (!hex || !mrtd_hex_decode(mrtd, MRTD_DIGEST_SIZE, hex, strlen(hex))) {
        return malformed(w, wrong);
    }
    return claims_add(w->claims, MRTD_REGISTER_MRTD, mrtd, where, w->error) &&
           (hex[strcspn(hex, "ABCDEF")] == '\0' ||
            claims_misspelled(w->claims, "against-not-exact", MRTD_NO_OFFSET,
                              where, "is not in lower-case digits", w->error));
}

/* Is a document, or a component of a release, of the platform? */
static bool is_of_platform(struct own *w, json_t *object)
{
    const char *platform = walk_member(object, "platform");
    const char *wanted = mrtd_platform_name(w->claims->platform);
    char what[60];
    snprintf(what, sizeof what, "its \"platform\" is not \"%s\"", wanted);
    return (platform && strcmp(platform, wanted) == 0) || malformed(w, what);
}

/* The files that the claims from that one on were made with, besides. */
static void take_others(struct own *w, json_t *object, size_t from)
{
    const bool has_vars = walk_member(object, "vars") != NULL;
    const bool has_payload = walk_member(object, "payload") != NULL;
    for (size_t i = from; i < w->claims->count; i++) {
        w->claims->items[i].has_vars = has_vars;
        w->claims->items[i].has_payload = has_payload;
    }
}

/* What "mrtd-calc --json" printed: only its last member is the MRTD. */
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
        {"mrtd", FORM_TEXT, 0, 0},        {NULL, FORM_ANY, 0, 0},
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
    if (!is_of_platform(w, root) || !has_only(w, root, measured) ||
        !take_mrtd(w, hex, "its member \"mrtd\" is not an MRTD", where)) {
        return false;
    }
    if (!values_is_mrtd(json_object_get(root, "values"), hex)) {
        return malformed(w, "its \"values\" are not a list of \"mrtd\" alone");
    }
    if (!(vmm ? claims_label(w->claims, vmm, strlen(vmm), w->error)
              : claims_misspelled(w->claims, "against-label", MRTD_NO_OFFSET,
                                  where, "lacks its member \"vmm\"",
                                  w->error))) {
        return false;
    }
    take_others(w, root, w->claims->count - 1);
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
        has_only(w, value, members) &&
        take_mrtd(w, values_mrtd(value), "a value in it is not an MRTD", where);
    if (good && vmms && json_array_size(vmms) == 0) {
        return malformed(w, "the \"vmm\" of a value is not a list of names");
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
                   : malformed(w, "a member of \"vmm\" is not text");
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
    if (!has_only(w, value, members)) {
        return false;
    }
    if (!name || strcmp(name, info->name) != 0 || !algorithm ||
        strcmp(algorithm, mrtd_algorithm_name(info->algorithm)) != 0) {
        return malformed(w, "a value in it is of another register or algorithm "
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
        return malformed(w, "a file in it lacks its list \"values\"");
    }
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
    return good && (!format ||
                    claims_image_format(w->claims, first,
                                        json_string_value(format), w->error));
}

/* Those of each file in a list of the document. */
static bool take_list(struct own *w, json_t *root, const char *name,
                      const struct form *members)
{
    json_t *files = json_object_get(root, name);
    const bool has_platform = form_find(members, "platform") != NULL;
    bool good = json_array_size(files) > 0 ||
                malformed(w, "its list of firmware files is empty");
    for (size_t i = 0; good && i < json_array_size(files); i++) {
        json_t *file = json_array_get(files, i);
        good = has_only(w, file, members) &&
               (!has_platform || is_of_platform(w, file)) &&
               take_firmware(w, file);
    }
    return good;
}

static bool take_reference(struct own *w, json_t *root)
{
    static const struct form members[] = {
        {"schema", FORM_TEXT, 0, 0},      {"tool_version", FORM_TEXT, 0, 0},
        {"platform", FORM_TEXT, 0, 0},    {"id", FORM_MAY_TEXT, 0, 0},
        {"version", FORM_MAY_TEXT, 0, 0}, {"date", FORM_MAY_TEXT, 0, 0},
        {"firmware", FORM_LIST, 0, 0},    {NULL, FORM_ANY, 0, 0},
    };
    static const struct form file[] = {
        {"artifact", FORM_TEXT, 0, 0}, {"size", FORM_NUMBER, 0, 0},
        {"sha256", FORM_TEXT, 0, 0},   {"sha384", FORM_TEXT, 0, 0},
        {"sha512", FORM_TEXT, 0, 0},   {"image_format", FORM_TEXT, 0, 0},
        {"values", FORM_LIST, 0, 0},   {NULL, FORM_ANY, 0, 0},
    };
    return has_only(w, root, members) && is_of_platform(w, root) &&
           take_list(w, root, "firmware", file);
}

/* The index of a release, whose components are files. */
static bool take_release(struct own *w, json_t *root)
{
    static const struct form members[] = {
        {"schema", FORM_TEXT, 0, 0},   {"tool_version", FORM_TEXT, 0, 0},
        {"release", FORM_TEXT, 0, 0},  {"version", FORM_MAY_TEXT, 0, 0},
        {"date", FORM_MAY_TEXT, 0, 0}, {"components", FORM_LIST, 0, 0},
        {"files", FORM_LIST, 0, 0},    {NULL, FORM_ANY, 0, 0},
    };
    static const struct form component[] = {
        {"component", FORM_TEXT, 0, 0},    {"version", FORM_MAY_TEXT, 0, 0},
        {"platform", FORM_TEXT, 0, 0},     {"artifact", FORM_TEXT, 0, 0},
        {"size", FORM_NUMBER, 0, 0},       {"sha256", FORM_TEXT, 0, 0},
        {"sha384", FORM_TEXT, 0, 0},       {"sha512", FORM_TEXT, 0, 0},
        {"image_format", FORM_TEXT, 0, 0}, {"vars", FORM_MAY_TEXT, 0, 0},
        {"payload", FORM_MAY_TEXT, 0, 0},  {"values", FORM_LIST, 0, 0},
        {"files", FORM_LIST, 0, 0},        {NULL, FORM_ANY, 0, 0},
    };
    return has_only(w, root, members) &&
           take_list(w, root, "components", component);
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
        return malformed(&w, "of another platform than TDX it is not read");
    }
    return strcmp(schema, documents[i].schema) == 0
               ? documents[i].take(&w, root)
               : malformed(&w, "its schema is of a version that is not known "
                               "here");
}

bool own_take_subjects(struct claims *claims, json_t *root,
                       struct failure *error)
{
    struct own w = {.claims = claims, .error = error};
    json_t *list = json_object_get(root, "subject");
    const size_t count = json_array_size(list);
    bool is_known = false;
    for (size_t i = 0; i < count; i++) {
        json_t *file = json_array_get(list, i);
        json_t *digests = json_object_get(file, "digest");
        if (json_object_size(digests) == 0) {
            return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                               "a \"subject\" of the in-toto statement has no "
                               "digests");
        }
        if (!take_file(&w, digests, true)) {
            return false;
        }
        is_known |= is_known_file(&w);
    }
    if (count == 0) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "the \"subject\" of the in-toto statement is not a "
                           "list of files");
    }
    return is_known ||
           claims_fail(error, "against-json", MRTD_NO_OFFSET,
                       "no \"subject\" of the in-toto statement has a digest "
                       "that is computed here: sha256, sha384 or sha512");
}
