/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_boot.h"
#include "reference/claims_manifest.h"
#include "reference/claims_protojson.h"
#include "reference/claims_store.h"
#include "schemas.h"

#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)

void walk_printable(char *to, size_t size, const char *from)
{
    size_t i = 0;
    for (; from[i] && i + 1 < size; i++) {
        to[i] = (char)(from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?');
    }
    to[i] = '\0';
}

/* The path of a member of the innermost object or list. */
static void path_of(const struct walk *w, const char *key, char *path,
                    size_t size)
{
    size_t used = (size_t)snprintf(path, size, "$");
    for (size_t i = 0; i < w->depth && used < size; i++) {
        const struct walk_frame *f = &w->frames[i];
        const char *name = i + 1 < w->depth ? w->frames[i + 1].key : key;
        const int more =
            json_is_array(f->node)
                ? snprintf(path + used, size - used, "[%zu]", f->index - 1)
                : snprintf(path + used, size - used, ".%s", name);
        used += (size_t)more;
    }
}

static void pass_over(struct walk *w, const char *key, const char *why)
{
    char path[160];
    path_of(w, key, path, sizeof path);
    claims_pass_over(w->claims, path, why);
}

/* --- Values ------------------------------------------------------------ */

/* Is the text, which stands for 48 bytes, spelled like that? *how says how it
 * should be. */
static bool is_spelled(enum spelling spelling, const char *text, size_t len,
                       const char **how)
{
    static const char lower[] = "0123456789abcdef";
    static const char hex[] = "0123456789abcdefABCDEF";
    switch (spelling) {
    case SPELLED_BASE64:
        *how = "is not spelled as 64 characters of base64, as JSON of protocol "
               "buffers is";
        return len == 64;
    case SPELLED_HEX:
        *how = "is not spelled as 96 hexadecimal digits";
        return len == HEX_DIGITS && strspn(text, hex) == len;
    default:
        *how = "is not spelled as 96 lower-case hexadecimal digits, which is "
               "how it is compared";
        return len == HEX_DIGITS && strspn(text, lower) == len;
    }
}

/* A string that is the value of an MRTD, of that key. */
static bool take_value(struct walk *w, const char *key, json_t *node,
                       enum spelling spelling)
{
    const char *text = json_string_value(node);
    const size_t len = json_string_length(node);
    const char *how;
    char where[160];
    char shown[64];
    size_t size = 0;
    unsigned char *bytes =
        len <= 4 * HEX_DIGITS ? claims_decode_text(text, len, &size) : NULL;
    bool good = false;
    walk_printable(shown, sizeof shown, key);
    snprintf(where, sizeof where, "JSON member \"%s\"", shown);
    if (!bytes && size == SIZE_MAX) {
        good = claims_no_memory(w->error);
    } else if (bytes && size == MRTD_DIGEST_SIZE) {
        good =
            (is_spelled(spelling, text, len, &how) ||
             claims_misspelled(w->claims, "against-json", MRTD_NO_OFFSET, where,
                               how, w->error)) &&
            claims_add(w->claims, MRTD_REGISTER_MRTD, bytes, where, w->error);
        w->values++;
    } else {
        claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                    "%s has %zu characters that are not an MRTD: 96 "
                    "hexadecimal digits or 64 of base64",
                    where, len);
    }
    free(bytes);
    return good;
}

/* A string in something that is not a statement: is an MRTD skipped? */
static bool leave_value(struct walk *w, const char *key, json_t *node,
                        const struct walk_frame *in)
{
    const size_t len = json_string_length(node);
    size_t size = 0;
    if (len > 4 * HEX_DIGITS || !in->is_near) {
        return true;
    }
    unsigned char *bytes =
        claims_decode_text(json_string_value(node), len, &size);
    bool good = bytes || size != SIZE_MAX || claims_no_memory(w->error);
    if (bytes && size == MRTD_DIGEST_SIZE && in->sense == SENSE_NOT) {
        char path[160];
        path_of(w, key, path, sizeof path);
        good = claims_deny(w->claims, MRTD_REGISTER_MRTD, bytes, path, in->why,
                           w->error);
    } else if (bytes && size == MRTD_DIGEST_SIZE) {
        pass_over(w, key, in->why);
    }
    free(bytes);
    return good;
}

/* --- The walk ---------------------------------------------------------- */

/* A member by its key alone, in an object whose members may be statements. */
static void judge_name(const struct walk *w, const char *key,
                       enum spelling spelling, struct walk_frame *f)
{
    if (names_disabled(key)) {
        f->sense = SENSE_OFF;
        f->why = "what its name begins with switches it off";
    } else if (spelling != SPELLED_UNKNOWN) {
        f->sense = f->sense == SENSE_MUST ? SENSE_VALUE : f->sense;
        f->spelling = spelling;
    } else if (names_negate(key)) {
        f->sense = SENSE_NOT;
        f->why = "its name says no";
    } else if (f->sense == SENSE_MUST &&
               (w->is_flat || !names_container(key, &f->context))) {
        f->sense = SENSE_UNKNOWN;
        f->why = names_look_like_mrtd(key)
                     ? "no known format has a member of this name"
                     : "no known format has an object of this name around it";
    }
}

/* What a member of that key is, by its key and what it is in. */
static void judge(const struct walk *w, const char *key, enum spelling spelling,
                  const struct walk_frame *in, struct walk_frame *f)
{
    f->sense = in ? in->sense : SENSE_MUST;
    /* All of a token is what a service says that a TD reported. */
    f->context = in                    ? in->context
                 : w->claims->is_token ? NAMES_REPORTED
                                       : NAMES_PLAIN;
    f->why = in ? in->why : NULL;
    f->spelling = in ? in->spelling : SPELLED_UNKNOWN;
    f->is_near =
        (in && in->is_near) || names_look_like_mrtd(key) || names_negate(key);
    snprintf(f->key, sizeof f->key, "%s", key);
    if (!in || json_is_array(in->node) || f->sense == SENSE_NOT ||
        f->sense == SENSE_OFF) {
        return;
    }
    if (f->sense != SENSE_VALUE) {
        judge_name(w, key, spelling, f);
    } else if (!names_value(key)) {
        f->sense = SENSE_UNKNOWN;
        f->why = "what is known of an MRTD has no member of this name";
    }
}

/* Is it what a TD had, and not what one must have? */
static bool is_reported(const struct walk_frame *f)
{
    return f->context == NAMES_REPORTED || f->context == NAMES_GO_REPORTED;
}

/*
 * May a string be taken, by what is beside it and around it? Otherwise it is
 * skipped, with a note that names it.
 */
static bool is_plain(struct walk *w, const char *key)
{
    const char *misplaced = walk_misplaced(w, key);
    bool is_beside = true;
    for (size_t i = w->depth; !misplaced && i > 0; i--) {
        const struct walk_frame *f = &w->frames[i - 1];
        const struct members_fault *fault = is_beside ? &f->beside : &f->around;
        if (json_is_array(f->node)) {
            misplaced = f->around.why;
            continue;
        }
        if (fault->key) {
            char shown[40];
            char why[160];
            walk_printable(shown, sizeof shown, fault->key);
            snprintf(why, sizeof why, "the member \"%s\" %s it %s", shown,
                     is_beside ? "beside" : "of an object around", fault->why);
            pass_over(w, key, why);
            return false;
        }
        /* What is known of an MRTD is beside what it is a member of. */
        is_beside = is_beside && f->sense == SENSE_VALUE;
    }
    if (misplaced) {
        pass_over(w, key, misplaced);
    }
    return !misplaced;
}

static bool visit_string(struct walk *w, const char *key, json_t *node,
                         struct walk_frame *f)
{
    char where[160];
    char shown[64];
    if (f->sense == SENSE_VALUE && f->is_pairs &&
        !(w->depth > 0 && json_is_object(w->frames[w->depth - 1].node) &&
          w->frames[w->depth - 1].is_pairs)) {
        f->sense = SENSE_UNKNOWN;
        f->why = "it is not in a pair of \"alg\" and \"value\"";
    }
    if (f->sense == SENSE_VALUE && is_reported(f) &&
        w->claims->reading == CLAIMS_EXACT) {
        f->sense = SENSE_UNKNOWN;
        f->why = "it is what a TD reported; check --against compares it";
    }
    if (f->sense == SENSE_VALUE) {
        if (!is_plain(w, key)) {
            return true;
        }
        w->said += !is_reported(f);
        return take_value(w, key, node, f->spelling);
    }
    if (f->sense != SENSE_MUST && !leave_value(w, key, node, f)) {
        return false;
    }
    if (f->sense == SENSE_NOT || f->sense == SENSE_OFF) {
        return true;
    }
    walk_printable(shown, sizeof shown, key);
    snprintf(where, sizeof where, "JSON member \"%s\"", shown);
    return nested_evidence(w, key, node, where);
}

/* Is it what RVPS stored before version 0.14: the digest with its algorithm? */
static bool is_pair(json_t *node, const struct walk_frame *f)
{
    return f->is_pairs && json_is_object(node) && walk_member(node, "alg") &&
           walk_member(node, "value") && json_object_size(node) == 2;
}

/* Are all items of a list strings, or such pairs? */
static bool is_plain_list(json_t *list, const struct walk_frame *f)
{
    bool all = true;
    for (size_t i = 0; all && i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        all = f->is_pairs ? is_pair(item, f) : json_is_string(item);
    }
    return all;
}

/* Has a list of objects and lists anything else in it? */
static bool has_scalar(json_t *list)
{
    bool has = false;
    for (size_t i = 0; !has && i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        has = !json_is_object(item) && !json_is_array(item);
    }
    return has;
}

/* What an object or list says of the MRTDs in it. */
static void look_in(struct walk *w, json_t *node, const struct walk_frame *in,
                    struct walk_frame *f)
{
    const char *schema = walk_member(node, "schema");
    if (f->sense == SENSE_VALUE && in &&
        (json_is_array(in->node) || (w->is_flat && json_is_object(node)) ||
         (f->is_pairs && json_is_object(node))) &&
        !is_pair(node, f)) {
        f->sense = SENSE_UNKNOWN;
        f->why = "it is an object or list where a string is wanted";
    }
    if (json_is_array(node) && f->sense == SENSE_VALUE &&
        !is_plain_list(node, f)) {
        f->sense = SENSE_UNKNOWN;
        f->why = "it is in a list of something else than strings";
    }
    const char *policies =
        strcmp(f->key, "policy_array") == 0 ? walk_policies_why(node) : NULL;
    if (policies) {
        f->sense = SENSE_UNKNOWN;
        f->why = policies;
    }
    const char *entries = strcmp(f->key, "tdx") == 0 && in &&
                                  json_is_object(in->node) &&
                                  strcmp(in->key, "ReferenceValues") == 0
                              ? contrast_list_why(node)
                              : NULL;
    if (entries && f->sense == SENSE_MUST) {
        f->sense = SENSE_UNKNOWN;
        f->why = entries;
    }
    if (json_is_array(node) && f->sense == SENSE_MUST && has_scalar(node)) {
        f->around.why = "a list around it has items that are neither objects "
                        "nor lists";
    }
    if (!json_is_object(node) || f->sense == SENSE_NOT) {
        return;
    }
    if (schema && strncmp(schema, SCHEMA_PREFIX, strlen(SCHEMA_PREFIX)) == 0) {
        f->sense = SENSE_OFF;
        f->why = "what mrtd-calc wrote is read as a document of its own only";
    }
    if (!in && protojson_is_policy(node)) {
        f->why = protojson_why(node);
        f->sense = f->why ? SENSE_UNKNOWN : f->sense;
        w->is_policy = !f->why;
    }
    walk_turn(node, f);
    const struct members_of of = {.context = f->context,
                                  .is_value = f->sense == SENSE_VALUE,
                                  .is_flat = w->is_flat,
                                  .is_ours = walk_is_conditions(f)};
    if (f->sense == SENSE_MUST || f->sense == SENSE_VALUE) {
        members_look(node, &of, &f->beside, &f->around);
    }
}

/* Looks at a value; objects and arrays are put on the stack. */
static bool visit(struct walk *w, const char *key, enum spelling spelling,
                  json_t *node, const struct walk_frame *in, bool is_pairs)
{
    struct walk_frame f = {.node = node,
                           .member = json_object_iter(node),
                           .is_pairs = is_pairs || (in && in->is_pairs)};
    judge(w, key, spelling, in, &f);
    if (in && f.sense == SENSE_VALUE && json_is_object(in->node) &&
        !w->is_flat) {
        f.node = walk_stored(w, key, node);
        if (!f.node) {
            return claims_no_memory(w->error);
        }
        f.member = json_object_iter(f.node);
        node = f.node;
    }
    if (f.sense != SENSE_VALUE && w->claims->reading == CLAIMS_LENIENT) {
        node = nested_json(w, node);
        if (!node) {
            return claims_no_memory(w->error);
        }
        f.node = node;
        f.member = json_object_iter(node);
    }
    if (json_is_string(node)) {
        return visit_string(w, key, node, &f);
    }
    if (nested_is_bytes(node) && f.sense != SENSE_NOT && f.sense != SENSE_OFF) {
        return nested_numbers(w, key, node);
    }
    if (serde_is_report(node) && f.sense != SENSE_NOT && f.sense != SENSE_OFF) {
        return serde_report(w, key, node);
    }
    if (!json_is_object(node) && !json_is_array(node)) {
        if (f.sense == SENSE_VALUE) {
            pass_over(w, key, "it is neither a string nor a list of strings");
        }
        return true;
    }
    if (w->depth == WALK_DEPTH) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the JSON is nested deeper than %d levels",
                           WALK_DEPTH);
    }
    if (!walk_refuse_error(node, w->error)) {
        return false;
    }
    look_in(w, node, in, &f);
    if (json_is_array(node) &&
        !(walk_patch(node, w->error) && claims_store_check(node, w->error))) {
        return false;
    }
    f.from = w->claims->count;
    f.said = w->said;
    w->frames[w->depth++] = f;
    return true;
}

/*
 * Under which name the value of an entry is: a patch (RFC 6902) has a path,
 * {"op": "replace", "path": "/MrTd", "value"}; RVPS has {"name", "value"}.
 */
static const char *entry_name(const struct walk *w, const struct walk_frame *f,
                              enum spelling *spelling)
{
    const char *path = walk_member(f->node, "path");
    const char *name = walk_member(f->node, "name");
    if (path) {
        const bool sets = w->depth > 1 &&
                          json_is_array(w->frames[w->depth - 2].node) &&
                          walk_is_operation(f->node) &&
                          strcmp(walk_member(f->node, "op"), "test") != 0;
        *spelling = sets ? names_pointer(path, f->context) : SPELLED_UNKNOWN;
        return path;
    }
    *spelling = name ? names_spelling(name, f->context) : SPELLED_UNKNOWN;
    return name;
}

static bool step_object(struct walk *w, struct walk_frame *f)
{
    void *at = f->member;
    const char *key = json_object_iter_key(at);
    const bool is_pairs = strcmp(key, "hash-value") == 0;
    enum spelling spelling = names_spelling(key, f->context);
    f->member = json_object_iter_next(f->node, at);
    if ((strcmp(key, "value") == 0 || is_pairs) && f->sense != SENSE_VALUE) {
        const char *name = entry_name(w, f, &spelling);
        key = name ? name : key;
    }
    claims_boot_member(w->claims, key);
    return visit(w, key, spelling, json_object_iter_value(at), f, is_pairs);
}

/* Visits the next child of the innermost frame, or leaves it. */
static bool step(struct walk *w)
{
    struct walk_frame *f = &w->frames[w->depth - 1];
    if (json_is_object(f->node) && f->member) {
        return step_object(w, f);
    }
    if (json_is_array(f->node) && f->index < json_array_size(f->node)) {
        json_t *item = json_array_get(f->node, f->index++);
        return visit(w, f->key, SPELLED_UNKNOWN, item, f, false);
    }
    w->depth--;
    return !json_is_object(f->node) ||
           (nested_certificates(w, f) && walk_terms(w, f));
}

bool walk_document(struct walk *w, json_t *root)
{
    w->is_policy = false;
    bool good = visit(w, "", SPELLED_UNKNOWN, root, NULL, false);
    while (good && w->depth > 0) {
        good = step(w);
    }
    json_decref(w->stored);
    w->stored = NULL;
    w->depth = 0;
    return good && claims_boot_document(w->claims, root, w->error);
}
