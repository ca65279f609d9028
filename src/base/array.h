/* SPDX-License-Identifier: Apache-2.0 */
/* The growing array, which doubles its room when it is full. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdint.h>
#include <stdlib.h>

/*
 * The array with room for one more than the count items of size bytes that it
 * has; NULL where memory is short, and then items is as it was. An array is
 * full where its count is 0 or a power of two, so no capacity is kept beside
 * it; each array must have been made here from NULL, item by item.
 */
static inline void *array_room(void *items, size_t count, size_t size)
{
    if (count & (count - 1)) {
        return items;
    }
    const size_t room = count ? 2 * count : 1;
    return room <= SIZE_MAX / 2 / size ? realloc(items, room * size) : NULL;
}

#endif
