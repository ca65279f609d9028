/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_members.h"
#include "reference/claims_store.h"
#include "reference/initdata_value.h"

/* --- Names --------------------------------------------------------------- */

/* The last part of a path, without the version after it; false: it is long. */
static bool last_part(char part[MEMBERS_NAME], const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;
    const size_t len = slash ? strcspn(last, ":") : strlen(last);
    if (len >= MEMBERS_NAME) {
        return false;
    }
    memcpy(part, last, len);
    part[len] = '\0';
    return true;
}

enum boot_value_id claims_boot_id(const char *key)
{
    const bool is_path = strchr(key, '/') != NULL;
    char part[MEMBERS_NAME];
    enum boot_value_id id = 0;
    if (!last_part(part, key)) {
        return BOOT_VALUES;
    }
    while (id < BOOT_VALUES &&
           strcmp(part, is_path ? boot_value_names(id)->path
                                : boot_value_names(id)->rvps) != 0) {
        id++;
    }
    return id;
}

/* Registers and events by any name that other documents have: tdx_rtmr1,
 * Rtmrs/1, tdx.quote.body.rtmr_1, TDVFKernel, .../Kernel:1. */
static void say_registers(struct claims *claims, const char *name)
{
    static const char stem[] = "rtmr";
    const char *slash = strrchr(name, '/');
    char part[MEMBERS_NAME];
    char plain[MEMBERS_NAME];
    if (!last_part(part, name)) {
        return;
    }
    const char *dot = strrchr(part, '.');
    if (!members_plain(plain, dot ? dot + 1 : part)) {
        return;
    }
    const char *at = strncmp(plain, "tdx", 3) == 0 ? plain + 3 : plain;
    for (enum boot_value_id id = BOOT_VALUE_KERNEL; id < BOOT_VALUES; id++) {
        const struct boot_value_names *names = boot_value_names(id);
        if (strcmp(at, names->rvps) == 0 ||
            (slash && strcmp(at, names->path) == 0)) {
            claims_boot_said(claims, id);
        }
    }
    if (strncmp(at, stem, strlen(stem)) != 0) {
        return;
    }
    at += strlen(stem);
    const bool is_one = *at >= '0' && *at <= '3' && !at[1];
    const bool is_all = !*at || strcmp(at, "s") == 0;
    for (enum boot_value_id id = BOOT_VALUE_RTMR0; id <= BOOT_VALUE_RTMR3;
         id++) {
        if (is_all || (is_one && *at == (char)('0' + id))) {
            claims_boot_said(claims, id);
        }
    }
}

/* --- What is said, and what of it is taken ------------------------------- */

void claims_boot_said(struct claims *claims, enum boot_value_id id)
{
    claims->boot_said[id]++;
}

void claims_boot_member(struct claims *claims, const char *name)
{
    const enum boot_value_id id = claims_boot_id(name);
    if (id < BOOT_VALUES) {
        claims_boot_said(claims, id);
        return;
    }
    const char *slash = strrchr(name, '/');
    const char *list = strstr(name, "/Rtmrs/"); /* of Contrast */
    if (list && !slash[strspn(slash, "/0123456789")]) {
        char one[] = "rtmr0";
        one[4] = slash[1];
        say_registers(claims, slash[1] && !slash[2] ? one : "rtmrs");
        return;
    }
    say_registers(claims, name);
}

bool claims_boot_is_unread(const struct claims *claims, enum boot_value_id id)
{
    return claims->boot_said[id] > claims->boot_taken[id];
}

static bool add(struct claims *claims, enum boot_value_id id,
                const uint8_t *digest, size_t size, struct failure *error)
{
    if (claims->boot_count == CLAIMS_MAX) {
        return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                           "it holds more than %d values", CLAIMS_MAX);
    }
    struct boot_claim *items =
        claims_room(claims->boot, claims->boot_count, sizeof *claims->boot);
    if (!items) {
        return claims_no_memory(error);
    }
    claims->boot = items;
    struct boot_claim *claim = &items[claims->boot_count++];
    claim->id = id;
    claim->group = claims->group;
    claim->size = size;
    memcpy(claim->digest, digest, size);
    return true;
}

bool claims_boot_add(struct claims *claims, enum boot_value_id id,
                     const uint8_t *digest, struct failure *error)
{
    claims->boot_said[id]++;
    claims->boot_taken[id]++;
    return add(claims, id, digest, MRTD_DIGEST_SIZE, error);
}

bool claims_boot_made(struct claims *claims, json_t *origin,
                      struct failure *error)
{
    struct boot_made *made =
        claims_room(claims->made, claims->made_count, sizeof *claims->made);
    if (!made) {
        return claims_no_memory(error);
    }
    claims->made = made;
    made[claims->made_count++] =
        (struct boot_made){claims->group, json_incref(origin)};
    return true;
}

/* Is it a digest as its consumers compare it? Of initdata either field is one,
 * which no guest of the other platform has. */
static bool is_digest(enum boot_value_id id, const json_t *value)
{
    const char *text = json_string_value(value);
    const size_t len = json_string_length(value);
    return text && strspn(text, "0123456789abcdef") == len &&
           (len == 2 * MRTD_DIGEST_SIZE ||
            (id == BOOT_VALUE_INITDATA && len == 2 * INITDATA_HOST_DATA));
}

static bool is_digests(enum boot_value_id id, const json_t *list)
{
    bool all = json_array_size(list) > 0;
    for (size_t i = 0; all && i < json_array_size(list); i++) {
        all = is_digest(id, json_array_get(list, i));
    }
    return all;
}

static bool take_text(struct claims *claims, enum boot_value_id id,
                      const json_t *value, struct failure *error)
{
    const size_t size = json_string_length(value) / 2;
    uint8_t digest[MRTD_DIGEST_SIZE];
    return mrtd_hex_decode(digest, size, json_string_value(value), 2 * size) &&
           add(claims, id, digest, size, error);
}

bool claims_boot_take(struct claims *claims, enum boot_value_id id,
                      const json_t *value, struct failure *error)
{
    if (!is_digest(id, value)) {
        return true;
    }
    claims->boot_taken[id]++;
    return take_text(claims, id, value, error);
}

static bool take_list(struct claims *claims, enum boot_value_id id,
                      const json_t *list, struct failure *error)
{
    bool good = true;
    if (!is_digests(id, list)) {
        return true;
    }
    claims->boot_taken[id]++;
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        good = take_text(claims, id, json_array_get(list, i), error);
    }
    return good;
}

/* --- Documents ----------------------------------------------------------- */

/* The MRTDs that the object has itself, each under a key. */
static size_t count_mrtds(json_t *root)
{
    const char *key;
    json_t *value;
    size_t count = 0;
    json_object_foreach(root, key, value)
    {
        count += names_spelling(key, NAMES_PLAIN) == SPELLED_LOWER &&
                 (json_is_string(value) || json_is_array(value));
    }
    return count;
}

/* What the launch digest's key of the same path and version has, or NULL;
 * false: memory is short. */
static bool find_digest(json_t *root, enum mrtd_platform platform,
                        enum boot_value_id id, const char *key, json_t **digest)
{
    const char *slash = strrchr(key, '/');
    const size_t before = slash ? (size_t)(slash - key) + 1 : 0;
    const struct boot_value_names *names = boot_value_names(id);
    const size_t after = before + strlen(slash ? names->path : names->rvps);
    char *made = NULL;
    if (asprintf(&made, "%.*s%s%s", (int)before, key,
                 boot_value_beside(platform), key + after) < 0) {
        return false;
    }
    *digest = json_object_get(root, made);
    free(made);
    return true;
}

/* Trustee's policy compares an event's digest with one text, and looks for a
 * register in a list. Under a key of another name, or where the launch digest
 * is not in a list either, the policy is another one. */
static bool may_be_list(enum boot_value_id id)
{
    return !boot_value_names(id)->is_event;
}

static bool may_be_text(enum boot_value_id id, const char *key,
                        const json_t *digest)
{
    return !may_be_list(id) || strchr(key, '/') || json_is_string(digest);
}

bool claims_boot_key(struct claims *claims, json_t *root, const char *key,
                     json_t *value, struct failure *error)
{
    const enum boot_value_id id = claims_boot_id(key);
    json_t *digest = NULL;
    if (!find_digest(root, claims->platform, id, key, &digest)) {
        return claims_no_memory(error);
    }
    return !digest ? true
           : may_be_list(id) && json_is_array(value)
               ? take_list(claims, id, value, error)
           : may_be_text(id, key, digest)
               ? claims_boot_take(claims, id, value, error)
               : true;
}

/* What the keys of a map have beside its one MRTD. */
static bool take_map(struct claims *claims, json_t *root, struct failure *error)
{
    const char *key;
    json_t *value;
    bool good = true;
    json_object_foreach(root, key, value)
    {
        good = good && (claims_boot_id(key) == BOOT_VALUES ||
                        claims_boot_key(claims, root, key, value, error));
    }
    return good;
}

bool claims_boot_document(struct claims *claims, json_t *root,
                          struct failure *error)
{
    /* Where something was skipped, it is not known what else it is about. */
    if (claims->reading != CLAIMS_EXACT || claims->remark_count > 0 ||
        claims->count == 0) {
        return true;
    }
    json_t *store = json_is_array(root) ? claims_store_map(root) : NULL;
    json_t *map = store ? store : root;
    const size_t mrtds = count_mrtds(map);
    bool good = true;
    if (mrtds == 0) {
        good = claims_boot_forms(claims, root, error);
    } else {
        claims->has_events = true;
        /* Of several it is not known which registers are beside which. */
        good = mrtds > 1 || take_map(claims, map, error);
    }
    json_decref(store);
    return good;
}
