/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/compare.h"

#include <stdlib.h>
#include <string.h>

/* Work on two maps. */
struct comparison {
    const struct volume_map *maps[2];
    uint32_t *match[2]; /* for each module its match in the other map */
    bool *explained;    /* for each module of a: a module within it differs */
    struct volume_changes *changes;
};

/* --- Which module is which --------------------------------------------- */

static const char *volume_name(const struct volume_map *map,
                               const struct volume_module *m)
{
    return map->volumes[m->volume].name;
}

/* What a module of b is found by: sorted, so that those of one kind follow one
 * another, the first of b first. */
struct key {
    const char *guid;
    const char *volume; /* its name, or "" where any will do */
    uint32_t home;      /* the module of b that holds it, or VOLUME_NONE */
    uint32_t index;     /* of the module in b */
    uint32_t next;      /* of the first of a kind: how many were looked at */
};

static int compare_kinds(const struct key *a, const struct key *b)
{
    int order = strcmp(a->guid, b->guid);
    if (order == 0) {
        order = (a->home > b->home) - (a->home < b->home);
    }
    return order == 0 ? strcmp(a->volume, b->volume) : order;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a;
    const struct key *y = b;
    int order = compare_kinds(x, y);
    return order == 0 ? (x->index > y->index) - (x->index < y->index) : order;
}

/* At home: in the same volume of the same module. home is that of b. */
static struct key key_of(const struct volume_map *map, uint32_t index,
                         uint32_t home, bool anywhere)
{
    const struct volume_module *m = &map->modules[index];
    return (struct key){.guid = m->guid,
                        .volume = anywhere ? "" : volume_name(map, m),
                        .home = anywhere ? VOLUME_NONE : home,
                        .index = index};
}

static void sort_keys(const struct comparison *c, struct key *keys,
                      bool anywhere)
{
    const struct volume_map *b = c->maps[1];
    for (uint32_t i = 0; i < b->module_count; i++) {
        keys[i] = key_of(b, i, b->modules[i].parent, anywhere);
    }
    if (b->module_count > 0) {
        qsort(keys, b->module_count, sizeof *keys, compare_keys);
    }
}

/* The first key that is not before the wanted kind. */
static uint32_t find_kind(const struct key *keys, uint32_t count,
                          const struct key *wanted)
{
    uint32_t low = 0;
    while (low < count) {
        uint32_t middle = low + (count - low) / 2;
        if (compare_kinds(&keys[middle], wanted) < 0) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return low;
}

/* The first module of b of the kind that is not taken, or VOLUME_NONE. */
static uint32_t find_match(const struct comparison *c, struct key *keys,
                           const struct key *wanted)
{
    uint32_t count = c->maps[1]->module_count;
    uint32_t first = find_kind(keys, count, wanted);
    uint32_t i = first < count ? first + keys[first].next : count;
    while (i < count && compare_kinds(&keys[i], wanted) == 0) {
        keys[first].next++;
        if (c->match[1][keys[i].index] == VOLUME_NONE) {
            return keys[i].index;
        }
        i++;
    }
    return VOLUME_NONE;
}

/*
 * Matches modules in the same place first, then those that have moved to
 * another volume.
 */
static void match_all(struct comparison *c, struct key *keys)
{
    const struct volume_map *a = c->maps[0];
    for (unsigned pass = 0; pass < 2; pass++) {
        sort_keys(c, keys, pass == 1);
        for (uint32_t i = 0; i < a->module_count; i++) {
            uint32_t parent = a->modules[i].parent;
            uint32_t home =
                parent == VOLUME_NONE ? VOLUME_NONE : c->match[0][parent];
            struct key wanted = key_of(a, i, home, pass == 1);
            uint32_t other = c->match[0][i] == VOLUME_NONE
                                 ? find_match(c, keys, &wanted)
                                 : VOLUME_NONE;
            if (other != VOLUME_NONE) {
                c->match[0][i] = other;
                c->match[1][other] = i;
            }
        }
    }
}

/* --- What differs ------------------------------------------------------ */

/* The rest of two files, without headers and their packed sections. */
static bool same_around(const struct volume_module *a,
                        const struct volume_module *b)
{
    const struct volume_module *const sides[2] = {a, b};
    struct span before[2];
    struct span behind[2];
    for (unsigned i = 0; i < 2; i++) {
        const struct volume_module *m = sides[i];
        uint64_t start = m->packed_part.base - m->file.base;
        uint64_t end = start + m->packed_part.size;
        if (!span_part(m->file, m->header, start - m->header, &before[i]) ||
            !span_part(m->file, end, m->file.size - end, &behind[i])) {
            return false;
        }
    }
    return causes_same(before[0], before[1]) &&
           causes_same(behind[0], behind[1]);
}

/* Compares what is around the content, where that is unpacked. */
static void compare_around(const struct volume_module *a,
                           const struct volume_module *b, struct causes *causes)
{
    if (!a->unpacked || !b->unpacked) {
        return;
    }
    if (!same_around(a, b)) {
        causes->mask |= CAUSE_CONTENT;
    } else if (!causes->mask && !causes_same(a->file, b->file)) {
        causes->mask |= CAUSE_PACKING;
    }
}

/* One of the two cannot be unpacked: they are compared as packed. */
static bool compare_unread(const struct volume_module *a,
                           const struct volume_module *b, struct causes *causes)
{
    struct volume_module files[2] = {*a, *b};
    for (unsigned i = 0; i < 2; i++) {
        files[i].content = files[i].file;
        files[i].sections = files[i].file.size;
        files[i].unpacked = false;
    }
    if (!causes_find(&files[0], &files[1], causes)) {
        return false;
    }
    if (causes->mask) {
        causes->mask = a->unread ? CAUSE_UNREAD_A : CAUSE_UNREAD_B;
    }
    return true;
}

static bool compare_pair(struct comparison *c, uint32_t index,
                         struct causes *causes)
{
    const struct volume_module *a = &c->maps[0]->modules[index];
    const struct volume_module *b = &c->maps[1]->modules[c->match[0][index]];
    memset(causes, 0, sizeof *causes);
    if (a->unread != b->unread) {
        return compare_unread(a, b, causes);
    }
    if (c->explained[index]) {
        return true;
    }
    if (a->holds_volumes && b->holds_volumes) {
        /* Its modules are the same: headers and free space differ. */
        causes->mask = causes_same(a->content, b->content) ? 0 : CAUSE_LAYOUT;
    } else if (!causes_find(a, b, causes)) {
        return false;
    }
    compare_around(a, b, causes);
    return true;
}

static void explain(struct comparison *c, uint32_t parent)
{
    if (parent != VOLUME_NONE) {
        c->explained[parent] = true;
    }
}

static void add(struct comparison *c, const struct volume_change *change)
{
    c->changes->items[c->changes->count++] = *change;
}

/* Does it lie, at any depth, in what the other image's match of it holds in a
 * section that cannot be unpacked? */
static bool is_unknown(const struct comparison *c, unsigned side,
                       uint32_t index)
{
    const struct volume_map *own = c->maps[side];
    const struct volume_map *others = c->maps[1 - side];
    uint32_t parent = own->modules[index].parent;
    while (parent != VOLUME_NONE) {
        uint32_t other = c->match[side][parent];
        if (other != VOLUME_NONE && others->modules[other].unread) {
            return true;
        }
        parent = own->modules[parent].parent;
    }
    return false;
}

/* Those that only b has, and what that explains. */
static void add_only_b(struct comparison *c)
{
    struct volume_change change = {0};
    for (uint32_t i = c->maps[1]->module_count; i > 0; i--) {
        change.b = &c->maps[1]->modules[i - 1];
        if (c->match[1][i - 1] != VOLUME_NONE) {
            continue;
        }
        if (is_unknown(c, 1, i - 1)) {
            c->changes->unknown++;
        } else {
            if (change.b->parent != VOLUME_NONE) {
                explain(c, c->match[1][change.b->parent]);
            }
            add(c, &change);
        }
    }
}

/* From the last to the first: a module comes after the one that holds it. */
static bool add_of_a(struct comparison *c)
{
    struct volume_change change = {0};
    for (uint32_t i = c->maps[0]->module_count; i > 0; i--) {
        uint32_t other = c->match[0][i - 1];
        change.a = &c->maps[0]->modules[i - 1];
        change.b = NULL;
        if (other == VOLUME_NONE && is_unknown(c, 0, i - 1)) {
            c->changes->unknown++;
            continue;
        }
        memset(&change.causes, 0, sizeof change.causes);
        if (other != VOLUME_NONE) {
            change.b = &c->maps[1]->modules[other];
            if (!compare_pair(c, i - 1, &change.causes)) {
                return false;
            }
        }
        if (!change.b || change.causes.mask) {
            explain(c, change.a->parent);
            add(c, &change);
        } else if (c->explained[i - 1]) {
            explain(c, change.a->parent);
        } else {
            c->changes->same++;
            c->changes->moved +=
                change.a->volume_offset != change.b->volume_offset;
        }
    }
    return true;
}

static void reverse(struct volume_changes *changes)
{
    for (uint32_t i = 0; i < changes->count / 2; i++) {
        struct volume_change *other = &changes->items[changes->count - 1 - i];
        struct volume_change kept = changes->items[i];
        changes->items[i] = *other;
        *other = kept;
    }
}

static uint32_t *no_matches(uint32_t count)
{
    uint32_t *match = malloc(((size_t)count + 1) * sizeof *match);
    for (uint32_t i = 0; match && i < count; i++) {
        match[i] = VOLUME_NONE;
    }
    return match;
}

bool volume_compare(const struct volume_map *a, const struct volume_map *b,
                    struct volume_changes *changes)
{
    struct comparison c = {.maps = {a, b}, .changes = changes};
    size_t most = (size_t)a->module_count + b->module_count + 1;
    struct key *keys = calloc((size_t)b->module_count + 1, sizeof *keys);
    memset(changes, 0, sizeof *changes);
    c.match[0] = no_matches(a->module_count);
    c.match[1] = no_matches(b->module_count);
    c.explained = calloc((size_t)a->module_count + 1, sizeof *c.explained);
    changes->items = calloc(most, sizeof *changes->items);
    bool good =
        keys && c.match[0] && c.match[1] && c.explained && changes->items;
    if (good) {
        match_all(&c, keys);
        add_only_b(&c);
        good = add_of_a(&c);
        reverse(changes);
    }
    free(c.match[0]);
    free(c.match[1]);
    free(c.explained);
    free(keys);
    if (!good) {
        volume_changes_free(changes);
    }
    return good;
}

void volume_changes_free(struct volume_changes *changes)
{
    free(changes->items);
    memset(changes, 0, sizeof *changes);
}
