/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/cbor_table.h"

#include <inttypes.h>
#include <stdio.h>

unsigned table_type(cbor_item_t *item)
{
    static const unsigned types[] = {
        [CBOR_TYPE_UINT] = TYPE_INT,
        [CBOR_TYPE_NEGINT] = TYPE_INT,
        [CBOR_TYPE_BYTESTRING] = TYPE_BYTES,
        [CBOR_TYPE_STRING] = TYPE_TEXT,
        [CBOR_TYPE_ARRAY] = TYPE_ARRAY,
        [CBOR_TYPE_MAP] = TYPE_MAP,
        [CBOR_TYPE_TAG] = TYPE_TAG,
        [CBOR_TYPE_FLOAT_CTRL] = TYPE_SIMPLE,
    };
    return item ? types[cbor_typeof(item)] : 0;
}

bool table_int(cbor_item_t *item, int64_t *value)
{
    if (table_type(item) != TYPE_INT || cbor_get_int(item) > INT64_MAX) {
        return false;
    }
    const int64_t number = (int64_t)cbor_get_int(item);
    *value = cbor_isa_uint(item) ? number : -1 - number;
    return true;
}

bool table_malformed(const struct table_reader *r, const char *what)
{
    return claims_fail(r->error, r->tag, MRTD_NO_OFFSET, "not a %s: %s",
                       r->document, what);
}

bool table_not_cbor(const struct table_reader *r, const char *in,
                    const struct cbor_fault *fault)
{
    if (fault->is_memory) {
        return claims_no_memory(r->error);
    }
    if (!in && fault->offset == CBOR_NO_OFFSET) {
        return claims_fail(r->error, r->tag, MRTD_NO_OFFSET,
                           "not a %s that is read here: %s", r->document,
                           fault->message);
    }
    if (!in) {
        return claims_fail(r->error, r->tag, fault->offset,
                           "not a %s in CBOR that can be read in one way only: "
                           "%s",
                           r->document, fault->message);
    }
    return claims_fail(r->error, r->tag, MRTD_NO_OFFSET,
                       "not a %s: %s is not CBOR that can be read in one way "
                       "only: at its byte %zu: %s",
                       r->document, in, fault->offset, fault->message);
}

/* The name of a key, in printable ASCII. */
static void name_key(char name[TABLE_KEY_SIZE], cbor_item_t *key)
{
    int64_t number = 0;
    if (table_int(key, &number)) {
        snprintf(name, TABLE_KEY_SIZE, "%" PRId64, number);
    } else if (cbor_isa_string(key)) {
        const size_t len = cbor_string_length(key);
        snprintf(name, TABLE_KEY_SIZE, "\"%.*s\"", (int)(len < 40 ? len : 40),
                 (const char *)cbor_string_handle(key));
    } else {
        snprintf(name, TABLE_KEY_SIZE, "of a large number");
    }
    for (char *p = name; *p; p++) {
        if (*p < 0x20 || *p > 0x7e) {
            *p = '?';
        }
    }
}

static const struct table_member *find_member(const struct table *table,
                                              cbor_item_t *key)
{
    for (size_t i = 0; i < table->count; i++) {
        if (read_is_int(key, table->members[i].key)) {
            return &table->members[i];
        }
    }
    return NULL;
}

bool table_find_unknown(const struct table *table, cbor_item_t *map,
                        char name[TABLE_KEY_SIZE])
{
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        cbor_item_t *key = cbor_map_handle(map)[i].key;
        if (!find_member(table, key)) {
            name_key(name, key);
            return true;
        }
    }
    return false;
}

/* A key that is not in the table. */
static bool unknown(const struct table_reader *r, const struct table *table,
                    cbor_item_t *key)
{
    char name[TABLE_KEY_SIZE];
    char where[160];
    name_key(name, key);
    snprintf(where, sizeof where, "the member %s of a %s", name, table->name);
    if (table->unknown == UNKNOWN_LEFT) {
        return true;
    }
    if (table->unknown == UNKNOWN_REFUSED) {
        return claims_fail(r->error, r->tag, MRTD_NO_OFFSET,
                           "not a %s that is read here: %s is not known, and "
                           "may change what is around it",
                           r->document, where);
    }
    if (!cbor_isa_uint(key)) {
        claims_pass_over(r->claims, where,
                         "the specification has no such member");
        return true;
    }
    return claims_misspelled(r->claims, r->tag, MRTD_NO_OFFSET, where,
                             "is not one that the specification has", r->error);
}

static bool is_uuid(cbor_item_t *item)
{
    enum {
        SIZE = 16
    };
    return table_type(item) == TYPE_BYTES &&
           cbor_bytestring_length(item) == SIZE;
}

static bool check_pair(const struct table_reader *r, const struct table *table,
                       const struct cbor_pair *pair)
{
    const struct table_member *m = find_member(table, pair->key);
    char what[120];
    if (!m) {
        return unknown(r, table, pair->key);
    }
    if (table_type(pair->value) & m->types ||
        (m->types & TYPE_UUID && is_uuid(pair->value))) {
        return true;
    }
    snprintf(what, sizeof what, "the member %d of a %s has another type",
             m->key, table->name);
    return table_malformed(r, what);
}

bool table_check(const struct table_reader *r, const struct table *table,
                 cbor_item_t *map)
{
    char what[120];
    if (table_type(map) != TYPE_MAP) {
        snprintf(what, sizeof what, "a %s is not a map", table->name);
        return table_malformed(r, what);
    }
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (!check_pair(r, table, &cbor_map_handle(map)[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct table_member *m = &table->members[i];
        if (!m->required || read_member(map, m->key)) {
            continue;
        }
        snprintf(what, sizeof what, "a %s", table->name);
        char why[80];
        snprintf(why, sizeof why, "lacks its member %d", m->key);
        if (!claims_misspelled(r->claims, r->tag, MRTD_NO_OFFSET, what, why,
                               r->error)) {
            return false;
        }
    }
    return true;
}

bool table_check_each(const struct table_reader *r, const struct table *table,
                      cbor_item_t *list)
{
    if (!list || cbor_isa_map(list)) {
        return !list || table_check(r, table, list);
    }
    for (size_t i = 0; read_element(list, i); i++) {
        if (!table_check(r, table, read_element(list, i))) {
            return false;
        }
    }
    return true;
}
