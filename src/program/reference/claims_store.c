/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_store.h"

#include "reference/claims_walk.h"

/* The name of an entry; NULL: the item is something else. */
static const char *entry_name(json_t *item)
{
    const bool has_value =
        json_object_get(item, "value") || json_object_get(item, "hash-value");
    const bool is_kept = json_object_get(item, "version") ||
                         json_object_get(item, "expiration") ||
                         json_object_get(item, "expired");
    return has_value && is_kept ? walk_member(item, "name") : NULL;
}

bool claims_store_check(json_t *list, struct failure *error)
{
    json_t *names = json_object();
    size_t i;
    json_t *item;
    bool good = names != NULL;
    json_array_foreach(list, i, item)
    {
        const char *name = good ? entry_name(item) : NULL;
        if (name && json_object_get(names, name)) {
            char shown[100];
            walk_printable(shown, sizeof shown, name);
            json_decref(names);
            return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                               "two entries of RVPS are named \"%s\", and it "
                               "takes one of them: put all values into one",
                               shown);
        }
        good = good &&
               (!name || json_object_set_new(names, name, json_true()) == 0);
    }
    json_decref(names);
    return good || claims_no_memory(error);
}

json_t *claims_store_map(json_t *list)
{
    json_t *map = json_object();
    json_t *first = json_object_get(json_array_get(list, 0), "expiration");
    size_t i;
    json_t *entry;
    bool good = map && json_array_size(list) > 0;
    json_array_foreach(list, i, entry)
    {
        const char *name = walk_member(entry, "name");
        json_t *value = json_object_get(entry, "value");
        json_t *expiration = json_object_get(entry, "expiration");
        good = good && name && value && !json_object_get(map, name) &&
               (first ? json_equal(first, expiration) : !expiration) &&
               json_object_set(map, name, value) == 0;
    }
    if (!good) {
        json_decref(map);
    }
    return good ? map : NULL;
}
