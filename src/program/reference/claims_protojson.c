/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_protojson.h"

#include <ctype.h>
#include <string.h>

#include "reference/claims_textproto.h"

#define MAX_DEPTH 4
#define RTMRS     4

/* A message that is being read. */
struct open_object {
    void *member;
    unsigned kind;
    json_t *values[TEXTPROTO_FIELDS]; /* of its fields */
};

static json_t *either(json_t *object, const char *camel, const char *snake)
{
    json_t *found = json_object_get(object, camel);
    return found ? found : json_object_get(object, snake);
}

static bool has_body(json_t *policy)
{
    return either(policy, "tdQuoteBodyPolicy", "td_quote_body_policy") != NULL;
}

bool protojson_is_policy(json_t *root)
{
    return has_body(root) || has_body(json_object_get(root, "policy"));
}

/* Is a key the name of a field, or that in lowerCamelCase? */
static bool is_named(const char *key, const char *field)
{
    const char *camel = key;
    bool is_camel = true;
    for (const char *p = field; *p && is_camel; p++) {
        const bool up = *p == '_' && p[1];
        p += up;
        is_camel = *camel == (up ? (char)toupper((unsigned char)*p) : *p);
        camel += is_camel;
    }
    return strcmp(key, field) == 0 || (is_camel && *camel == '\0');
}

static size_t find(const struct open_object *o, const char *key)
{
    size_t i = 0;
    while (i < TEXTPROTO_FIELDS && (!(textproto_fields[i].in & o->kind) ||
                                    !is_named(key, textproto_fields[i].name))) {
        i++;
    }
    return i;
}

/* --- Values ------------------------------------------------------------ */

/* Bytes are base64 of either alphabet, padded or not. */
static bool is_bytes(json_t *value, uint64_t size)
{
    static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value)) {
        return false;
    }
    const size_t len = strlen(text);
    const size_t one = strspn(text, standard);
    const size_t other = strspn(text, url);
    const size_t digits = one > other ? one : other;
    const bool is_padded = len % 4 == 0 && len - digits <= 2 &&
                           strspn(text + digits, "=") == len - digits;
    return digits % 4 != 1 && (digits == len || is_padded) &&
           (len == 0 || size == 0 ||
            digits / 4 * 3 + digits % 4 * 3 / 4 == size);
}

static bool fits(const struct textproto_field *field, json_t *value)
{
    switch (field->type) {
    case TEXTPROTO_BYTES:
        /* How an MRTD is spelled is looked at where it is taken. */
        return field->is_mrtd ? json_string_length(value) > 0
                              : is_bytes(value, field->size);
    case TEXTPROTO_STRING:
        return json_is_string(value);
    case TEXTPROTO_BOOL:
        return json_is_boolean(value);
    case TEXTPROTO_NUMBER:
        return json_is_integer(value) && json_integer_value(value) >= 0 &&
               (uint64_t)json_integer_value(value) <= field->size;
    default:
        return json_is_object(value);
    }
}

static bool all_fit(const struct textproto_field *field, json_t *list)
{
    const size_t count = json_array_size(list);
    bool good = json_is_array(list) && (count == 0 || count == RTMRS ||
                                        strcmp(field->name, "rtmrs") != 0);
    for (size_t i = 0; good && i < count; i++) {
        good = fits(field, json_array_get(list, i));
    }
    return good;
}

static const char *take(struct open_object *o, const char *key, json_t *value,
                        const struct textproto_field **field)
{
    const size_t i = find(o, key);
    if (i == TEXTPROTO_FIELDS) {
        return "go-tdx-guest has no such member as one of the policy's, and "
               "refuses the file";
    }
    *field = &textproto_fields[i];
    if (o->values[i]) {
        return "a member of the policy is there in both spellings, and "
               "go-tdx-guest refuses the file";
    }
    o->values[i] = value;
    return ((*field)->is_repeated ? all_fit(*field, value)
                                  : fits(*field, value))
               ? NULL
               : "a member of the policy has a value of another type, size or "
                 "range than go-tdx-guest reads";
}

/* The MRTD must be both mr_td and one of any_mr_td. */
static bool has_both(const struct open_object *o)
{
    json_t *one = NULL;
    json_t *any = NULL;
    for (size_t i = 0; i < TEXTPROTO_FIELDS; i++) {
        if (textproto_fields[i].is_mrtd && o->values[i]) {
            *(textproto_fields[i].is_repeated ? &any : &one) = o->values[i];
        }
    }
    bool same = true;
    for (size_t i = 0; one && i < json_array_size(any); i++) {
        same = same && json_equal(one, json_array_get(any, i));
    }
    return same;
}

const char *protojson_why(json_t *root)
{
    struct open_object open[MAX_DEPTH] = {
        {.member = json_object_iter(root),
         .kind = has_body(root) ? TEXTPROTO_POLICY : TEXTPROTO_CONFIG}};
    json_t *nodes[MAX_DEPTH] = {root};
    const char *why = NULL;
    size_t depth = 1;
    while (!why && depth > 0) {
        struct open_object *o = &open[depth - 1];
        const struct textproto_field *field = NULL;
        if (!o->member) {
            why = has_both(o) ? NULL
                              : "its \"mr_td\" and \"any_mr_td\" are not the "
                                "same";
            depth--;
            continue;
        }
        json_t *value = json_object_iter_value(o->member);
        why = take(o, json_object_iter_key(o->member), value, &field);
        o->member = json_object_iter_next(nodes[depth - 1], o->member);
        /* No message of a Config is nested deeper than a policy's. */
        if (!why && field->type == TEXTPROTO_MESSAGE && depth < MAX_DEPTH) {
            nodes[depth] = value;
            open[depth++] = (struct open_object){
                .member = json_object_iter(value), .kind = field->message};
        }
    }
    return why;
}
