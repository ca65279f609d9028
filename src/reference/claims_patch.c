/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patches of reference values (RFC 6902), as Contrast takes them. Operations
 * are carried out one after the other, and all or none: only a list in which
 * each MRTD is set once, and in which everything else is known, says what it
 * must be.
 */
#include <string.h>

#include "reference/claims_members.h"
#include "reference/claims_walk.h"

bool walk_is_operation(json_t *object)
{
    static const char *const all[] = {"add",  "remove", "replace", "move",
                                      "copy", "test",   NULL};
    const char *op = walk_member(object, "op");
    return op && names_is_one_of(op, all) && walk_member(object, "path");
}

static bool is_patch(json_t *list)
{
    bool found = false;
    for (size_t i = 0; !found && i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        found = json_object_get(item, "op") && walk_member(item, "path");
    }
    return found;
}

/* Does an operation replace or add an MRTD? */
static bool is_set(json_t *operation)
{
    static const char *const setting[] = {"add", "replace", NULL};
    return names_is_one_of(walk_member(operation, "op"), setting) &&
           names_pointer(walk_member(operation, "path"), NAMES_PLAIN) !=
               SPELLED_UNKNOWN;
}

/* Is an operation that touches no MRTD one of something that is known? */
static bool is_known(json_t *operation)
{
    static const struct members_of of = {.context = NAMES_PLAIN};
    const char *ends[] = {walk_member(operation, "path"),
                          walk_member(operation, "from")};
    json_t *value = json_object_get(operation, "value");
    bool known = true;
    for (size_t i = 0; known && i < 2; i++) {
        char name[64];
        bool is_last = false;
        if (!ends[i]) {
            continue;
        }
        /* What lies deeper in something that is known is its own matter. */
        known = names_pointed(ends[i], name, sizeof name, &is_last) &&
                !members_why(NULL, name, is_last && value ? value : operation,
                             &of, true);
    }
    return known;
}

/* What is known of the operations of a list. */
struct patch {
    json_t *paths;   /* of those that set an MRTD */
    const char *why; /* they do not say what it must be; or NULL */
    bool touches;    /* what for is an MRTD, or what it is in */
};

static void look_at(struct patch *p, json_t *operation)
{
    static const char *const known[] = {"op", "path", "value", "from", NULL};
    const char *path = walk_member(operation, "path");
    const char *from = walk_member(operation, "from");
    const char *key;
    json_t *value;
    if (!walk_is_operation(operation)) {
        /* What a list in it would set depends on the operations around it. */
        p->touches = json_is_array(operation);
        p->why = "an item that is none of its operations";
        return;
    }
    json_object_foreach(operation, key, value)
    {
        if (!names_is_one_of(key, known)) {
            p->why = "an operation with a member that is not known";
        }
    }
    if (is_set(operation)) {
        p->why = !json_is_string(json_object_get(operation, "value"))
                     ? "an operation that sets an MRTD to what is not text"
                 : json_object_get(p->paths, path) ? "two operations for one "
                                                     "MRTD"
                                                   : p->why;
    } else if (names_around_mrtd(path) || (from && names_around_mrtd(from))) {
        p->touches = true;
        p->why = "an operation for an MRTD, or for what it is in, that does "
                 "not set it";
    } else if (!is_known(operation)) {
        p->why = "an operation for something that is not known here, or is "
                 "not TDX";
    }
}

bool walk_patch(json_t *list, struct claims_error *error)
{
    struct patch p = {.paths = is_patch(list) ? json_object() : NULL};
    bool has_memory = p.paths || !is_patch(list);
    for (size_t i = 0;
         p.paths && has_memory && i < json_array_size(list) && !p.touches;
         i++) {
        json_t *operation = json_array_get(list, i);
        look_at(&p, operation);
        if (walk_is_operation(operation) && is_set(operation)) {
            has_memory =
                json_object_set_new(p.paths, walk_member(operation, "path"),
                                    json_true()) == 0;
        }
    }
    const bool is_void = p.why && (p.touches || json_object_size(p.paths) > 0);
    json_decref(p.paths);
    return !has_memory ? claims_no_memory(error)
           : is_void   ? claims_fail(error, "against-json", MRTD_NO_OFFSET,
                                     "the patch has %s; one \"replace\" or "
                                       "\"add\" says what an MRTD must be",
                                     p.why)
                       : true;
}
