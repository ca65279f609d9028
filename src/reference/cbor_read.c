/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/cbor_read.h"

#include <string.h>

/* CoRIMs have some hundred bytes; an item takes some 50 in memory. */
#define MAX_SIZE ((size_t)1 << 20)

struct counting {
    size_t left; /* bytes behind the item's head */
    bool good;
};

static void count_items(void *context, size_t items)
{
    struct counting *c = context;
    c->good = c->good && items <= c->left;
}

/*
 * Do all arrays and maps claim no more items than there are bytes left? libcbor
 * allocates what they claim.
 */
static bool claims_are_modest(const unsigned char *data, size_t size)
{
    struct cbor_callbacks callbacks = cbor_empty_callbacks;
    callbacks.array_start = count_items;
    callbacks.map_start = count_items;
    struct counting c = {.good = true};
    for (size_t at = 0; at < size && c.good;) {
        c.left = size - at;
        struct cbor_decoder_result r =
            cbor_stream_decode(data + at, size - at, &callbacks, &c);
        if (r.status != CBOR_DECODER_FINISHED || r.read == 0) {
            return false;
        }
        at += r.read;
    }
    return c.good;
}

cbor_item_t *read_item(const unsigned char *data, size_t size, bool *no_memory)
{
    struct cbor_load_result r;
    if (size > MAX_SIZE || !claims_are_modest(data, size)) {
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
