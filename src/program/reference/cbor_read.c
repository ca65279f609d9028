/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/cbor_read.h"

#include <string.h>

cbor_item_t *read_item(const unsigned char *bytes, size_t size,
                       struct cbor_fault *fault)
{
    struct cbor_load_result r;
    if (!cbor_check(bytes, size, fault)) {
        return NULL;
    }
    cbor_item_t *item = cbor_load(bytes, size, &r);
    if (!item || r.read != size) {
        fault->is_memory = r.error.code == CBOR_ERR_MEMERROR;
        fault->message =
            fault->is_memory ? "out of memory" : "a tag that is not read here";
        fault->offset = r.error.position < size ? r.error.position : size;
        if (item) {
            cbor_decref(&item);
        }
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
