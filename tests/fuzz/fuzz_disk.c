/* SPDX-License-Identifier: Apache-2.0 */
/* Disk images: partition tables, superblocks of dm-verity, and root hashes. */
#include <string.h>

#include "fuzz.h"
#include "mrtd.h"

/* Most data blocks that are hashed here. */
#define MOST_BLOCKS 64

static int read_bytes(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct mrtd_source *memory = context;
    HOLDS(offset <= memory->size && size <= memory->size - offset);
    memcpy(buffer, (const uint8_t *)memory->data + offset, size);
    return 0;
}

static void check_partition(struct mrtd_source *memory, uint64_t start,
                            uint32_t number)
{
    const struct mrtd_source reader = {
        .size = memory->size, .read = read_bytes, .context = memory};
    struct mrtd_partition p = {.number = 7};
    struct mrtd_partition again = {.number = 7};
    struct mrtd_error error = {.code = MRTD_OK};
    const enum mrtd_code code =
        mrtd_disk_partition(&p, memory, start, number, &error);
    HOLDS(code == error.code);
    HOLDS(code == mrtd_disk_partition(&again, &reader, start, number, NULL));
    HOLDS(memcmp(&p, &again, sizeof p) == 0);
    if (code) {
        HOLDS(p.number == 7 && mrtd_code_class(code) == MRTD_CLASS_REFUSED);
        return;
    }
    HOLDS(p.number == number && p.size > 0);
    HOLDS(p.offset >= start && p.offset <= memory->size);
    HOLDS(p.size <= memory->size - p.offset);
}

/* The root hash of what a superblock says, with few blocks. */
static void check_verity(struct mrtd_source *memory, uint64_t offset)
{
    const struct mrtd_source reader = {
        .size = memory->size, .read = read_bytes, .context = memory};
    struct mrtd_verity v = {.hash_type = 7};
    struct mrtd_verity_root root = {.size = 7};
    struct mrtd_verity_root again = {.size = 7};
    struct mrtd_error error;
    if (mrtd_verity_read(&v, memory, offset, &error)) {
        HOLDS(v.hash_type == 7 && error.code == MRTD_ERR_VERITY_SUPERBLOCK);
        return;
    }
    HOLDS(v.data_blocks > 0 && v.hash_type <= 1 && v.algorithm[0]);
    v.data_blocks = v.data_blocks % MOST_BLOCKS + 1;
    const struct mrtd_verity_tree tree = {memory, offset, 1};
    const struct mrtd_verity_tree other = {&reader, offset, 1};
    const enum mrtd_code code =
        mrtd_verity_hash(&root, &v, memory, &tree, NULL, &error);
    HOLDS(code == MRTD_OK || code == MRTD_ERR_VERITY_SIZE ||
          code == MRTD_ERR_UNSUPPORTED);
    HOLDS(code == mrtd_verity_hash(&again, &v, &reader, &other, NULL, NULL));
    HOLDS(memcmp(&root, &again, sizeof root) == 0);
    HOLDS(code || root.tree_differs == MRTD_NO_OFFSET ||
          (root.tree_differs >= root.tree_offset &&
           root.tree_differs - root.tree_offset < root.tree_size));
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct mrtd_source memory = {.data = data, .size = size};
    for (uint32_t number = 0; number <= 5; number++) {
        check_partition(&memory, 0, number);
    }
    check_partition(&memory, 2048, 1);
    check_verity(&memory, 0);
    check_verity(&memory, 512);
}
