/* SPDX-License-Identifier: Apache-2.0 */
/* Which module and which volume a byte of the image belongs to. */
#include <stdlib.h>

#include "firmware/map.h"

/* A cover of count stretches, of which the last are the innermost. */
static bool cover_innermost(struct cover *cover,
                            const struct cover_stretch *stretches,
                            uint32_t count)
{
    if (!cover_make(cover, stretches, count)) {
        return false;
    }
    for (uint32_t i = count; i > 0; i--) {
        cover_take_all(cover, &stretches[i - 1], i - 1);
    }
    return true;
}

static struct cover_stretch stretch_of(struct span bytes, bool packed)
{
    return (struct cover_stretch){.start = bytes.base,
                                  .size = packed ? 0 : bytes.size};
}

bool volume_places_make(struct volume_map *map)
{
    struct cover_stretch *stretches = calloc(
        (size_t)map->module_count + map->volume_count + 1, sizeof *stretches);
    if (!stretches) {
        return false;
    }
    struct cover_stretch *of_volumes = stretches + map->module_count;
    for (uint32_t i = 0; i < map->module_count; i++) {
        const struct volume_module *m = &map->modules[i];
        stretches[i] = stretch_of(m->file, m->packed);
    }
    for (uint32_t i = 0; i < map->volume_count; i++) {
        const struct volume *v = &map->volumes[i];
        of_volumes[i] = stretch_of(v->bytes, v->packed);
    }
    bool good =
        cover_innermost(&map->module_cover, stretches, map->module_count) &&
        cover_innermost(&map->volume_cover, of_volumes, map->volume_count);
    free(stretches);
    return good;
}

uint32_t volume_module_at(const struct volume_map *map, uint64_t offset,
                          uint64_t *until)
{
    return cover_at(&map->module_cover, offset, until);
}

uint32_t volume_at(const struct volume_map *map, uint64_t offset)
{
    uint64_t until = 0;
    return cover_at(&map->volume_cover, offset, &until);
}
