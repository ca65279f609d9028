/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware volumes, as diff reads them; the input is cut into two images. */
#include "firmware/compare.h"
#include "firmware/map.h"
#include "fuzz.h"

static void check_map(const struct volume_map *map)
{
    HOLDS(map->volume_count <= VOLUME_MAX_VOLUMES);
    HOLDS(map->module_count <= VOLUME_MAX_MODULES);
    HOLDS(map->unpacked_size <= VOLUME_MAX_UNPACKED);
    for (uint32_t i = 0; i < map->module_count; i++) {
        const struct volume_module *m = &map->modules[i];
        HOLDS(m->volume < map->volume_count);
        HOLDS(m->parent == VOLUME_NONE || m->parent < i);
        HOLDS(m->header <= m->file.size && m->sections <= m->content.size);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct volume_map a;
    struct volume_map b;
    struct volume_changes changes;
    const size_t half = size / 2;
    if (!volume_map_read(&a, data, size)) {
        return;
    }
    check_map(&a);
    if (volume_map_read(&b, data, half)) {
        check_map(&b);
        if (volume_compare(&a, &b, &changes)) {
            volume_changes_free(&changes);
        }
        HOLDS(volume_compare(&a, &a, &changes));
        HOLDS(changes.count == 0);
        volume_changes_free(&changes);
        volume_map_free(&b);
    }
    volume_map_free(&a);
}
