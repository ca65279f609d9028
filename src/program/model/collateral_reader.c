/* SPDX-License-Identifier: Apache-2.0 */
#include "model/collateral_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mrtd.h"
#include "printable.h"
#include "reference/claims.h"

enum {
    MOST_UP = 8, /* no value that is read lies deeper */
    VALUE_SIZE = 60,
    PATH_SIZE = 200,
};

/* --- What is wrong -------------------------------------------------------- */

/* "tcbLevels[3].tcb.pcesvn" */
static void write_path(char path[PATH_SIZE], const struct place *place)
{
    const struct place *way[MOST_UP];
    size_t count = 0;
    size_t used = 0;
    for (; place && count < MOST_UP; place = place->up) {
        way[count++] = place;
    }
    path[0] = '\0';
    while (count > 0 && used < PATH_SIZE) {
        const struct place *p = way[--count];
        used += (size_t)(p->name ? snprintf(path + used, PATH_SIZE - used,
                                            "%s%s", used ? "." : "", p->name)
                                 : snprintf(path + used, PATH_SIZE - used,
                                            "[%zu]", p->index));
    }
}

/* A value for messages: a long one is cut. */
static void write_value(char text[VALUE_SIZE], const json_t *value)
{
    if (json_is_object(value) || json_is_array(value)) {
        snprintf(text, VALUE_SIZE, "a%s",
                 json_is_object(value) ? "n object" : " list");
        return;
    }
    char *all = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    snprintf(text, VALUE_SIZE, "%s", all ? printable(all) : "a value");
    free(all);
}

bool reader_wrong(const struct reader *r, const struct place *place,
                  const char *wanted)
{
    const char *code = mrtd_code_name(MRTD_ERR_COLLATERAL_FORMAT);
    char path[PATH_SIZE];
    char value[VALUE_SIZE];
    write_path(path, place);
    if (!place->value) {
        failure_refused(r->failure, r->file, code,
                        "%s is missing, which is %s; use it as Intel's "
                        "service gave it",
                        path, wanted);
        return false;
    }
    write_value(value, place->value);
    failure_refused(r->failure, r->file, code,
                    "%s is %s, not %s; use it as Intel's service gave it", path,
                    value, wanted);
    return false;
}

struct place reader_member(const struct place *up, const char *name)
{
    return (struct place){up, name, 0, json_object_get(up->value, name)};
}

struct place reader_item(const struct place *up, size_t index)
{
    return (struct place){up, NULL, index, json_array_get(up->value, index)};
}

/* --- Values --------------------------------------------------------------- */

bool reader_number(const struct reader *r, const struct place *up,
                   const char *name, uint64_t most, uint64_t *number)
{
    const struct place p = reader_member(up, name);
    const json_int_t value = json_integer_value(p.value);
    char wanted[60];
    if (json_is_integer(p.value) && value >= 0 && (uint64_t)value <= most) {
        *number = (uint64_t)value;
        return true;
    }
    snprintf(wanted, sizeof wanted, "a number from 0 to %" PRIu64, most);
    return reader_wrong(r, &p, wanted);
}

bool reader_hex(const struct reader *r, const struct place *up,
                const char *name, uint8_t *bytes, size_t size)
{
    const struct place p = reader_member(up, name);
    char wanted[60];
    if (json_is_string(p.value) &&
        mrtd_hex_decode(bytes, size, json_string_value(p.value),
                        json_string_length(p.value))) {
        return true;
    }
    snprintf(wanted, sizeof wanted, "a string of %zu hexadecimal digits",
             2 * size);
    return reader_wrong(r, &p, wanted);
}

bool reader_time(const struct reader *r, const struct place *up,
                 const char *name, int64_t *time)
{
    const struct place p = reader_member(up, name);
    const char *text = json_string_value(p.value);
    const size_t len = json_string_length(p.value);
    return (text && len > 0 && text[len - 1] == 'Z' &&
            claims_time(text, len, time)) ||
           reader_wrong(r, &p, "a time as 2026-01-31T12:00:00Z");
}

void *reader_list(const struct reader *r, const struct place *p,
                  size_t item_size, size_t *count)
{
    *count = json_array_size(p->value);
    if (*count == 0) {
        reader_wrong(r, p, "a list that is not empty");
        return NULL;
    }
    void *items = calloc(*count, item_size);
    if (!items) {
        failure_memory(r->failure, r->file);
    }
    return items;
}

bool reader_once(const struct reader *r, const struct place *p,
                 const void *items, size_t count, size_t size,
                 reader_compare_fn *compare)
{
    char *sorted = malloc(count * size);
    size_t i = 1;
    if (!sorted) {
        failure_memory(r->failure, r->file);
        return false;
    }
    memcpy(sorted, items, count * size);
    qsort(sorted, count, size, compare);
    while (i < count &&
           compare(sorted + (i - 1) * size, sorted + i * size) != 0) {
        i++;
    }
    free(sorted);
    return i >= count ||
           reader_wrong(r, p, "a list without two of the same level");
}
