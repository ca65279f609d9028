/* SPDX-License-Identifier: Apache-2.0 */
#include "base/findings.h"

#include <stdlib.h>
#include <string.h>

void findings_add(struct findings *list, enum mrtd_severity severity,
                  uint32_t section, const struct mrtd_error *what)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? 2 * list->capacity : 8;
        struct mrtd_finding *items =
            realloc(list->items, capacity * sizeof *items);
        if (!items) {
            list->failed = true;
            return;
        }
        list->items = items;
        list->capacity = capacity;
    }
    struct mrtd_finding *f = &list->items[list->count++];
    f->code = what->code;
    f->severity = severity;
    f->section = section;
    f->offset = what->offset;
    memcpy(f->message, what->message, sizeof f->message);
}

void findings_free(struct findings *list)
{
    free(list->items);
    memset(list, 0, sizeof *list);
}
