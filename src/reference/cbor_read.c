/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/cbor_read.h"

#include <string.h>

/* CoRIMs have some hundred bytes; an item takes some 50 in memory. */
#define MAX_SIZE ((size_t)1 << 20)

/* CoRIMs are nested 9 deep; libcbor's own limit looks like short memory. */
#define MAX_DEPTH   64
#define UNTIL_BREAK SIZE_MAX

/* How many items each of the arrays, maps and tags at work still wants. */
struct nesting {
    size_t wanted[MAX_DEPTH];
    size_t depth;
    size_t items; /* that the last head says will follow */
};

/* A number of half of SIZE_MAX is too large anyway, and not UNTIL_BREAK. */
static void count_array(void *context, size_t items)
{
    ((struct nesting *)context)->items =
        items < SIZE_MAX / 2 ? items : SIZE_MAX / 2;
}

static void count_map(void *context, size_t pairs)
{
    /* Two items each. */
    ((struct nesting *)context)->items =
        pairs < SIZE_MAX / 2 ? 2 * pairs : SIZE_MAX / 2;
}

/* What follows the head: nothing, so many items, or items until a break. */
static size_t followers(const struct nesting *n, unsigned char head)
{
    switch (head >> 5) {
    case 2: /* byte string */
    case 3: /* text string */
        return (head & 0x1f) == 0x1f ? UNTIL_BREAK : 0;
    case 4: /* array */
    case 5: /* map */
        return (head & 0x1f) == 0x1f ? UNTIL_BREAK : n->items;
    case 6: /* tag */
        return 1;
    default:
        return 0;
    }
}

/* Takes an item into account; left bytes follow its head. */
static bool count_item(struct nesting *n, unsigned char head, size_t left)
{
    const size_t follow = followers(n, head);
    if (head == 0xff) { /* break */
        if (n->depth == 0 || n->wanted[n->depth - 1] != UNTIL_BREAK) {
            return false;
        }
        n->wanted[n->depth - 1] = 0;
    } else if (follow > 0) {
        if (n->depth == MAX_DEPTH || (follow != UNTIL_BREAK && follow > left)) {
            return false;
        }
        n->wanted[n->depth++] = follow;
        return true;
    }
    /* The item is whole, and with it perhaps those around it. */
    while (n->depth > 0) {
        size_t *wanted = &n->wanted[n->depth - 1];
        if (*wanted == UNTIL_BREAK || (*wanted > 0 && --*wanted > 0)) {
            break;
        }
        n->depth--;
    }
    return true;
}

/*
 * Is no claim of an array or map larger than the bytes left, for which libcbor
 * would allocate, and nothing nested too deep?
 */
static bool is_modest(const unsigned char *data, size_t size)
{
    struct cbor_callbacks callbacks = cbor_empty_callbacks;
    callbacks.array_start = count_array;
    callbacks.map_start = count_map;
    struct nesting n = {.depth = 0};
    for (size_t at = 0; at < size;) {
        struct cbor_decoder_result r =
            cbor_stream_decode(data + at, size - at, &callbacks, &n);
        if (r.status != CBOR_DECODER_FINISHED || r.read == 0 ||
            !count_item(&n, data[at], size - at - r.read)) {
            return false;
        }
        at += r.read;
    }
    return true;
}

cbor_item_t *read_item(const unsigned char *data, size_t size, bool *no_memory)
{
    struct cbor_load_result r;
    if (size > MAX_SIZE || !is_modest(data, size)) {
        return NULL;
    }
    cbor_item_t *item = cbor_load(data, size, &r);
    if (!item && r.error.code == CBOR_ERR_MEMERROR) {
        *no_memory = true;
    }
    if (item && r.read != size) {
        cbor_decref(&item);
        return NULL;
    }
    return item;
}

cbor_item_t *read_tagged(cbor_item_t *item, uint64_t tag)
{
    if (!item || !cbor_isa_tag(item) || cbor_tag_value(item) != tag) {
        return NULL;
    }
    return cbor_move(cbor_tag_item(item));
}

bool read_is_int(cbor_item_t *item, int value)
{
    if (!item || !cbor_is_int(item)) {
        return false;
    }
    const uint64_t number = cbor_get_int(item);
    return value >= 0
               ? cbor_isa_uint(item) && number == (uint64_t)value
               : cbor_isa_negint(item) && number == (uint64_t)(-1 - value);
}

bool read_is_text(cbor_item_t *item, const char *text)
{
    return item && cbor_isa_string(item) && cbor_string_is_definite(item) &&
           cbor_string_length(item) == strlen(text) &&
           memcmp(cbor_string_handle(item), text, strlen(text)) == 0;
}

cbor_item_t *read_member(cbor_item_t *map, int key)
{
    if (!map || !cbor_isa_map(map)) {
        return NULL;
    }
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (read_is_int(cbor_map_handle(map)[i].key, key)) {
            return cbor_map_handle(map)[i].value;
        }
    }
    return NULL;
}

cbor_item_t *read_element(cbor_item_t *array, size_t index)
{
    return array && cbor_isa_array(array) && index < cbor_array_size(array)
               ? cbor_array_handle(array)[index]
               : NULL;
}

bool read_is_bytes(cbor_item_t *item)
{
    return item && cbor_isa_bytestring(item) &&
           cbor_bytestring_is_definite(item);
}
