/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/json.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "printable.h"

static atomic_bool short_of_memory;

static void *allocate(size_t size)
{
    void *block = malloc(size);
    if (!block) {
        atomic_store(&short_of_memory, true);
    }
    return block;
}

void json_init(void)
{
    json_set_alloc_funcs(allocate, free);
}

bool json_no_memory(void)
{
    return atomic_load(&short_of_memory);
}

json_t *json_hex64(uint64_t value)
{
    char text[19];
    snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

json_t *json_count(uint64_t value)
{
    return json_integer((json_int_t)value);
}

json_t *json_digest(const uint8_t digest[MRTD_DIGEST_SIZE])
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, digest, MRTD_DIGEST_SIZE);
    return json_string(hex);
}

json_t *json_file_name(const char *name)
{
    if (!name) {
        return json_null();
    }
    json_t *text = json_string(name);
    return text ? text : json_string(printable(name));
}

bool json_is_utf8(const char *text)
{
    json_t *made = json_string(text);
    const bool is = made || json_no_memory();
    json_decref(made);
    return is;
}

json_t *json_offset(uint64_t offset)
{
    return offset == MRTD_NO_OFFSET ? json_null() : json_hex64(offset);
}

json_t *json_section(uint32_t section)
{
    return section == MRTD_NO_REGION ? json_null() : json_count(section);
}

const char *json_locator_name(enum mrtd_locator locator)
{
    static const char *const names[] = {
        [MRTD_LOCATOR_GUID_TABLE] = "guid-table",
        [MRTD_LOCATOR_OFFSET] = "offset",
        [MRTD_LOCATOR_IGVM] = "igvm",
    };
    return names[locator];
}

json_t *json_read_object(const char *text, size_t size, char why[JSON_WHY_SIZE])
{
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(root) && !json_no_memory()) {
        return root;
    }
    if (root) {
        snprintf(why, JSON_WHY_SIZE, "not a JSON object");
    } else {
        snprintf(why, JSON_WHY_SIZE, "line %d: not a JSON object: %s",
                 error.line, printable(error.text));
    }
    json_decref(root);
    return NULL;
}
