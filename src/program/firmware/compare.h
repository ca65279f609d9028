/* SPDX-License-Identifier: Apache-2.0 */
/* The modules of two images, matched and compared. */
#ifndef FIRMWARE_COMPARE_H
#define FIRMWARE_COMPARE_H

#include "firmware/causes.h"
#include "firmware/map.h"

/* A module that differs. */
struct volume_change {
    const struct volume_module *a; /* NULL: only in b */
    const struct volume_module *b; /* NULL: only in a */
    struct causes causes; /* why it differs, where both images have it */
};

struct volume_changes {
    struct volume_change *items; /* in the order of a, those only in b last */
    uint32_t count;
    uint32_t same;    /* modules that do not differ */
    uint32_t moved;   /* unchanged modules that are elsewhere in their volume */
    uint32_t unknown; /* modules of one image only, where the other cannot be
                         unpacked */
};

/*
 * Compares two maps, which must outlive the changes. A module that holds
 * volumes counts only if none of its modules does. Where one side of it cannot
 * be unpacked, it counts, and not what the other side has in it. False where
 * memory is short: then *changes holds nothing. Otherwise free it with
 * volume_changes_free().
 */
bool volume_compare(const struct volume_map *a, const struct volume_map *b,
                    struct volume_changes *changes);
void volume_changes_free(struct volume_changes *changes);

#endif
