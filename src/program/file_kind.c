/* SPDX-License-Identifier: Apache-2.0 */
#include "file_kind.h"

#include <string.h>

bool file_kind_is(const struct file_kind *kind, uint64_t size, const char *head,
                  size_t head_size)
{
    if (kind->size > 0 && (size != kind->size || !kind->starts)) {
        return size == kind->size;
    }
    for (const struct file_start *s = kind->starts; s && s->bytes; s++) {
        if (head_size < s->size || memcmp(head, s->bytes, s->size) != 0) {
            continue;
        }
        const char *rest = head + s->size;
        const size_t rest_size = head_size - s->size;
        if ((!s->next || s->next(rest, rest_size)) &&
            (!s->later ||
             memmem(rest, rest_size, s->later, strlen(s->later)))) {
            return true;
        }
    }
    return false;
}
