/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/cbor_build.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static void release(cbor_item_t *item)
{
    if (item) {
        cbor_decref(&item);
    }
}

static cbor_item_t *build_uint(uint64_t value)
{
    return value <= UINT8_MAX    ? cbor_build_uint8((uint8_t)value)
           : value <= UINT16_MAX ? cbor_build_uint16((uint16_t)value)
           : value <= UINT32_MAX ? cbor_build_uint32((uint32_t)value)
                                 : cbor_build_uint64(value);
}

cbor_item_t *build_int(int64_t value)
{
    cbor_item_t *item =
        build_uint(value >= 0 ? (uint64_t)value : (uint64_t)(-1 - value));
    if (item && value < 0) {
        cbor_mark_negint(item);
    }
    return item;
}

cbor_item_t *build_bytes(const void *bytes, size_t size)
{
    return bytes ? cbor_build_bytestring(bytes, size) : NULL;
}

cbor_item_t *build_text(const char *text)
{
    /* jansson knows what UTF-8 is. */
    json_t *valid = json_string(text);
    cbor_item_t *item = valid ? cbor_build_string(text) : NULL;
    json_decref(valid);
    return item;
}

/* libcbor 0.8's cbor_build_tag() crashes where memory is short. */
cbor_item_t *build_tag(uint64_t tag, cbor_item_t *item)
{
    cbor_item_t *made = item ? cbor_new_tag(tag) : NULL;
    if (made) {
        cbor_tag_set_item(made, item);
    }
    release(item);
    return made;
}

cbor_item_t *build_append(cbor_item_t *array, cbor_item_t *item)
{
    const bool good = array && item && cbor_array_push(array, item);
    release(item);
    if (!good) {
        release(array);
        return NULL;
    }
    return array;
}

/* An array without a fixed size is encoded as such; this one has its size from
 * the start. */
cbor_item_t *build_array(size_t count, ...)
{
    cbor_item_t *array = cbor_new_definite_array(count);
    va_list items;
    va_start(items, count);
    for (size_t i = 0; i < count; i++) {
        array = build_append(array, va_arg(items, cbor_item_t *));
    }
    va_end(items);
    return array;
}

cbor_item_t *build_map(size_t count, ...)
{
    cbor_item_t *map = cbor_new_definite_map(count);
    va_list items;
    va_start(items, count);
    for (size_t i = 0; i < count; i++) {
        cbor_item_t *key = va_arg(items, cbor_item_t *);
        cbor_item_t *value = va_arg(items, cbor_item_t *);
        const bool good =
            map && key && value &&
            cbor_map_add(map, (struct cbor_pair){.key = key, .value = value});
        release(key);
        release(value);
        if (!good) {
            release(map);
            map = NULL;
        }
    }
    va_end(items);
    return map;
}

unsigned char *build_encode(cbor_item_t *item, size_t *size)
{
    unsigned char *bytes = NULL;
    size_t room = 0;
    *size = item ? cbor_serialize_alloc(item, &bytes, &room) : 0;
    release(item);
    return bytes;
}

cbor_item_t *build_embedded(cbor_item_t *item)
{
    size_t size = 0;
    unsigned char *bytes = build_encode(item, &size);
    cbor_item_t *made = build_bytes(bytes, size);
    free(bytes);
    return made;
}
