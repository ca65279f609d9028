/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patches of reference values (RFC 6902), as Contrast takes them. Operations
 * are carried out one after the other, and all or none: only a list in which
 * each MRTD is set once, and in which everything else is known, says what it
 * must be.
 */
#include <stdio.h>
#include <string.h>

#include "reference/claims_manifest.h"
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
    const char *rest = names_entry(walk_member(operation, "path"));
    json_t *value = json_object_get(operation, "value");
    char name[64];
    if (!rest || !names_component(&rest, name, sizeof name)) {
        return false;
    }
    /* What lies deeper in something that is known is its own matter. */
    return !members_why(NULL, name, !*rest && value ? value : operation, &of,
                        true);
}

/* What is known of the operations of a list. */
struct patch {
    json_t *paths;   /* paths of all operations */
    const char *why; /* they do not say what an MRTD must be; or NULL */
    size_t root;     /* what all paths have before that of a member */
    bool sets;       /* an MRTD is set */
    bool touches;    /* what for is an MRTD, or what it is in */
};

/* Does a list with such an operation set an MRTD, and which? */
static const char *operation_why(struct patch *p, json_t *operation)
{
    static const char *const known[] = {"op", "path", "value", "from", NULL};
    const char *path = walk_member(operation, "path");
    const char *from = walk_member(operation, "from");
    const char *rest = names_entry(path);
    const size_t root = rest ? (size_t)(rest - path) : 0;
    const char *key;
    json_t *value;
    json_object_foreach(operation, key, value)
    {
        if (!names_is_one_of(key, known)) {
            return "an operation with a member that is not known";
        }
    }
    if (is_set(operation)) {
        p->sets = true;
        if (!json_is_string(json_object_get(operation, "value"))) {
            return "an operation that sets an MRTD to what is not text";
        }
    } else if (names_around_mrtd(path) || (from && names_around_mrtd(from))) {
        p->touches = true;
        return "an operation for an MRTD, or for what it is in, that does "
               "not set it";
    } else if (!is_known(operation)) {
        return "an operation for something that is not known here, or is "
               "not TDX";
    } else if (contrast_operation_why(operation)) {
        return contrast_operation_why(operation);
    }
    if (json_object_get(p->paths, path)) {
        return "two operations for one path";
    }
    if (json_object_size(p->paths) > 0 && root != p->root) {
        return "operations for several entries, or for an entry and what it "
               "is in";
    }
    p->root = root;
    return NULL;
}

static bool look_at(struct patch *p, json_t *operation)
{
    if (!walk_is_operation(operation)) {
        /* What a list in it would set depends on the operations around it. */
        p->touches = json_is_array(operation);
        p->why = "an item that is not one of its operations";
        return true;
    }
    const char *why = operation_why(p, operation);
    p->why = why ? why : p->why;
    return json_object_set_new(p->paths, walk_member(operation, "path"),
                               json_true()) == 0;
}

/* Is a path in another one: "/Rtmrs/0" in "/Rtmrs"? No list needs both. */
static bool has_nested(json_t *paths)
{
    const char *path;
    json_t *value;
    bool found = false;
    json_object_foreach(paths, path, value)
    {
        const char *end = strrchr(path, '/');
        char around[64];
        if (end && end > path && (size_t)(end - path) < sizeof around) {
            snprintf(around, sizeof around, "%.*s", (int)(end - path), path);
            found |= json_object_get(paths, around) != NULL;
        }
    }
    return found;
}

bool walk_patch(json_t *list, struct failure *error)
{
    const bool has_operations = is_patch(list);
    struct patch p = {.paths = has_operations ? json_object() : NULL};
    bool has_memory = p.paths || !has_operations;
    for (size_t i = 0;
         p.paths && has_memory && i < json_array_size(list) && !p.touches;
         i++) {
        has_memory = look_at(&p, json_array_get(list, i));
    }
    if (!p.why && p.paths && has_nested(p.paths)) {
        p.why = "an operation for something, and one for what is in it";
    }
    json_decref(p.paths);
    return !has_memory ? claims_no_memory(error)
           : p.why && (p.touches || p.sets)
               ? claims_fail(
                     error, "against-json", MRTD_NO_OFFSET,
                     "the patch has %s; one \"replace\" or \"add\" says "
                     "what an MRTD must be",
                     p.why)
               : true;
}
