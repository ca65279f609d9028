/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_forms.h"

#include <string.h>
#include <strings.h>

const struct form *form_find(const struct form *table, const char *name)
{
    while (table->name && strcasecmp(table->name, name) != 0) {
        table++;
    }
    return table->name ? table : NULL;
}

bool form_is_hex(json_t *value, size_t size)
{
    const char *text = json_string_value(value);
    return text && json_string_length(value) == 2 * size &&
           strspn(text, "0123456789abcdefABCDEF") == 2 * size;
}

static bool is_hex_list(const struct form *form, json_t *value)
{
    const size_t count = json_array_size(value);
    bool good =
        json_is_array(value) && (form->count == 0 || count == form->count);
    for (size_t i = 0; good && i < count; i++) {
        good = form_is_hex(json_array_get(value, i), form->size);
    }
    return good;
}

bool form_fits(const struct form *form, json_t *value)
{
    switch (form->kind) {
    case FORM_TEXT:
        return json_is_string(value);
    case FORM_MAY_TEXT:
        return json_is_string(value) || json_is_null(value);
    case FORM_LIST:
        return json_is_array(value);
    case FORM_OBJECT:
        return json_is_object(value);
    case FORM_MAY_OBJECT:
        return json_is_object(value) || json_is_null(value);
    case FORM_NUMBER:
        return json_is_integer(value) && json_integer_value(value) >= 0;
    case FORM_BOOL:
        return json_is_boolean(value);
    case FORM_HEX:
        return form_is_hex(value, form->size);
    case FORM_HEX_LIST:
        return is_hex_list(form, value);
    default:
        return true;
    }
}
