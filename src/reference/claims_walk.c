/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reference/recognize.h"

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

/* --- Values -------------------------------------------------------------- */

/* Remembers what the first member holds that might have been a quote. */
static void note_other(struct walk *w, const char *what, const char *where)
{
    if (!w->other[0]) {
        snprintf(w->other, sizeof w->other, "%s", what);
        snprintf(w->where, sizeof w->where, "%s", where);
    }
}

/* "quote", "td_quote", "TdQuote": who has no TD gets an empty one. */
static bool names_quote(const char *key)
{
    static const char wanted[] = "quote";
    const size_t len = strlen(key);
    return len >= strlen(wanted) &&
           strcasecmp(key + len - strlen(wanted), wanted) == 0;
}

/* A string that may hold a quote: at least as long as a TDINFO in base64. */
static bool add_evidence_of(struct walk *w, const char *text, size_t len,
                            const char *where)
{
    enum mrtd_evidence_kind kind;
    struct recognized what;
    size_t size = 0;
    unsigned char *bytes = len >= MRTD_TDINFO_SIZE * 4 / 3
                               ? claims_decode_text(text, len, &size)
                               : NULL;
    bool good = bytes || size != SIZE_MAX || claims_no_memory(w->error);
    if (bytes && recognize_evidence(bytes, size, &kind) &&
        kind != MRTD_EVIDENCE_TDINFO) {
        good =
            claims_add_evidence(w->claims, kind, bytes, size, where, w->error);
        w->evidence++;
    } else if (bytes && recognize_binary(bytes, size, &what) &&
               what.use == RECOGNIZED_OTHER) {
        note_other(w, what.name, where);
    }
    free(bytes);
    return good;
}

bool walk_is_spelled(enum spelling spelling, const char *text, size_t len,
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
        good = (walk_is_spelled(spelling, text, len, &how) ||
                claims_misspelled(w->claims, "against-json", MRTD_NO_OFFSET,
                                  where, how, w->error)) &&
               claims_add(w->claims, bytes, where, w->error);
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

/* A string in something that is not a statement: is an MRTD passed over? */
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
        good = claims_deny(w->claims, bytes, path, in->why, w->error);
    } else if (bytes && size == MRTD_DIGEST_SIZE) {
        pass_over(w, key, in->why);
    }
    free(bytes);
    return good;
}

/* --- The walk ------------------------------------------------------------ */

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
    f->context = in ? in->context : NAMES_PLAIN;
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
static bool is_reported(const struct walk *w, const struct walk_frame *f)
{
    return (f->context == NAMES_REPORTED || f->context == NAMES_GO_REPORTED) &&
           w->claims->reading == CLAIMS_EXACT;
}

static bool visit_string(struct walk *w, const char *key, json_t *node,
                         struct walk_frame *f)
{
    char where[160];
    char shown[64];
    if (f->sense == SENSE_VALUE && is_reported(w, f)) {
        f->sense = SENSE_UNKNOWN;
        f->why = "it is what a TD reported; check --against compares it";
    }
    if (f->sense == SENSE_VALUE) {
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
    if (json_string_length(node) == 0 && names_quote(key)) {
        note_other(w, "an empty quote, as from a machine that is not a TD",
                   where);
    }
    return add_evidence_of(w, json_string_value(node), json_string_length(node),
                           where);
}

/* Looks at a value; objects and arrays are put on the stack. */
static bool visit(struct walk *w, const char *key, enum spelling spelling,
                  json_t *node, const struct walk_frame *in)
{
    struct walk_frame f = {.node = node, .member = json_object_iter(node)};
    judge(w, key, spelling, in, &f);
    if (json_is_string(node)) {
        return visit_string(w, key, node, &f);
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
    if (f.sense == SENSE_VALUE && in &&
        (json_is_array(in->node) || (w->is_flat && json_is_object(node)))) {
        f.sense = SENSE_UNKNOWN;
        f.why = "it is an object or list where a string is wanted";
    }
    if (json_is_object(node) && f.sense != SENSE_NOT) {
        walk_turn(node, &f);
    }
    f.from = w->claims->count;
    w->frames[w->depth++] = f;
    return true;
}

/* An operation that takes an MRTD away, or what is around it, makes what the
 * others say void. */
static bool refuse_operation(struct walk *w, json_t *object)
{
    static const char *const taking[] = {"remove", "move", "copy", NULL};
    const char *op = walk_member(object, "op");
    const char *path = walk_member(object, "path");
    const char *from = walk_member(object, "from");
    if (!walk_is_operation(object) || !names_is_one_of(op, taking) ||
        !(names_around_mrtd(path) || (from && names_around_mrtd(from)))) {
        return true;
    }
    return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                       "the patch has the operation \"%s\" for an MRTD or what "
                       "it is in; only \"replace\" and \"add\" say what it "
                       "must be",
                       op);
}

/*
 * Under which name the value of an entry is: a patch (RFC 6902) has a path,
 * {"op": "replace", "path": "/MrTd", "value"}; RVPS has {"name", "value"}.
 */
static const char *entry_name(json_t *object, enum names_context context,
                              enum spelling *spelling)
{
    const char *path = walk_member(object, "path");
    const char *name = walk_member(object, "name");
    if (path) {
        const bool sets = walk_is_operation(object) &&
                          strcmp(walk_member(object, "op"), "test") != 0;
        *spelling = sets ? names_pointer(path, context) : SPELLED_UNKNOWN;
        return path;
    }
    *spelling = name ? names_spelling(name, context) : SPELLED_UNKNOWN;
    return name;
}

static bool step_object(struct walk *w, struct walk_frame *f)
{
    void *at = f->member;
    const char *key = json_object_iter_key(at);
    enum spelling spelling = names_spelling(key, f->context);
    f->member = json_object_iter_next(f->node, at);
    if (strcmp(key, "value") == 0 && f->sense != SENSE_VALUE) {
        const char *name = entry_name(f->node, f->context, &spelling);
        key = name ? name : key;
    }
    return visit(w, key, spelling, json_object_iter_value(at), f);
}

/* What the conditions of an in-toto statement say of an MRTD: the VMM profiles
 * that launch one so, and what the file was taken for. */
static bool take_conditions(struct walk *w, const struct walk_frame *f)
{
    json_t *profiles = json_object_get(f->node, "profiles");
    json_t *format = json_object_get(f->node, "image_format");
    for (size_t i = 0; i < json_array_size(profiles); i++) {
        json_t *name = json_array_get(profiles, i);
        if (!(json_is_string(name)
                  ? claims_label(w->claims, json_string_value(name),
                                 json_string_length(name), w->error)
                  : claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                                "a member of \"profiles\" is not text"))) {
            return false;
        }
    }
    return !format || claims_image_format(w->claims, f->from,
                                          json_string_value(format), w->error);
}

/* What an object says of the MRTDs in it: until when they are valid (RVPS), or
 * the conditions of one (what this program writes for in-toto). */
static bool take_terms(struct walk *w, const struct walk_frame *f)
{
    json_t *end = json_object_get(f->node, "expiration");
    int64_t seconds;
    if (w->claims->count == f->from) {
        return true;
    }
    if (end && !(json_is_string(end) &&
                 claims_time(json_string_value(end), json_string_length(end),
                             &seconds))) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the \"expiration\" of a value is not a time as "
                           "RFC 3339 has it");
    }
    if (end) {
        claims_validity(w->claims, f->from, INT64_MIN, seconds);
    }
    return strcmp(f->key, "conditions") != 0 || take_conditions(w, f);
}

/* Visits the next child of the innermost frame, or leaves it. */
static bool step(struct walk *w)
{
    struct walk_frame *f = &w->frames[w->depth - 1];
    if (json_is_object(f->node) && f->member) {
        return refuse_operation(w, f->node) && step_object(w, f);
    }
    if (json_is_array(f->node) && f->index < json_array_size(f->node)) {
        json_t *item = json_array_get(f->node, f->index++);
        return visit(w, f->key, SPELLED_UNKNOWN, item, f);
    }
    w->depth--;
    return !json_is_object(f->node) || take_terms(w, f);
}

bool walk_document(struct walk *w, json_t *root)
{
    bool good = visit(w, "", SPELLED_UNKNOWN, root, NULL);
    while (good && w->depth > 0) {
        good = step(w);
    }
    return good;
}
