/* SPDX-License-Identifier: Apache-2.0 */
#include "base/findings.h"

#include <string.h>

#include "base/array.h"

void findings_add(struct findings *list, enum mrtd_severity severity,
                  uint32_t section, const struct mrtd_error *what)
{
    struct mrtd_finding *items =
        array_room(list->items, list->count, sizeof *items);
    if (!items) {
        list->failed = true;
        return;
    }
    list->items = items;
    struct mrtd_finding *f = &items[list->count++];
    f->code = what->code;
    f->severity = severity;
    f->region = section;
    f->offset = what->offset;
    memcpy(f->message, what->message, sizeof f->message);
}

void findings_free(struct findings *list)
{
    free(list->items);
    memset(list, 0, sizeof *list);
}
