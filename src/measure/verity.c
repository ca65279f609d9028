/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of hashes of dm-verity and its root [DMV] [CSV]. Of each level one
 * hash block is kept, which the level below fills: the data are read once, and
 * no tree is stored.
 */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/request.h"
#include "base/source.h"
#include "hash/block_hash.h"
#include "measure/verity.h"

/* A hash block has 8 digests at least, so that more levels than this would be
 * of more than 2^64 blocks. */
#define LEVELS 22
/* Bytes of data that are read at once: whole blocks of each size. */
#define CHUNK ((size_t)1 << 20)

struct level {
    uint8_t *block;   /* the hash block at hand */
    uint32_t used;    /* digests in it */
    uint64_t written; /* hash blocks of the level before it */
    uint64_t offset;  /* where the level begins on the tree's device */
};

struct hashing {
    const struct mrtd_verity *verity;
    const struct mrtd_observer *observer;
    const struct mrtd_source *stored; /* or NULL */
    struct mrtd_error *error;
    struct block_hash *hash;
    uint8_t *buffer;   /* for reads of data */
    uint8_t *compared; /* for reads of the stored tree */
    uint64_t blocks;
    uint32_t room; /* digests in a hash block: a power of two */
    uint32_t slot; /* bytes for each */
    unsigned level_count;
    struct level levels[LEVELS];
    struct mrtd_verity_root root;
};

static enum mrtd_code no_memory(struct hashing *h)
{
    return error_set(h->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the root hash");
}

/* --- The shape of the tree ------------------------------------------------ */

/* The largest power of two that is not larger. */
static uint32_t power_below(uint64_t number)
{
    uint32_t power = 1;
    while (2 * (uint64_t)power <= number) {
        power *= 2;
    }
    return power;
}

/* How many hash blocks a level has, of so many below. */
static uint64_t blocks_above(const struct hashing *h, uint64_t below)
{
    return below / h->room + (below % h->room != 0);
}

/* Levels are stored from the top to the leaves. */
static enum mrtd_code shape(struct hashing *h)
{
    const uint32_t size = h->verity->hash_block_size;
    const size_t digest = block_hash_size(h->hash);
    uint64_t counts[LEVELS];
    uint64_t total = 0;
    uint64_t at = h->root.tree_offset;
    h->room = power_below(size / digest);
    h->slot = h->verity->hash_type == 0 ? (uint32_t)digest
                                        : power_below(2 * (uint64_t)digest - 1);
    for (uint64_t below = h->blocks; below > 1; h->level_count++) {
        below = blocks_above(h, below);
        counts[h->level_count] = below;
        total += below;
    }
    if (!checked_mul(total, size, &h->root.tree_size)) {
        return error_set(h->error, MRTD_ERR_VERITY_SIZE, MRTD_NO_OFFSET,
                         "a tree of %llu blocks does not fit into 64 bits",
                         (unsigned long long)total);
    }
    for (unsigned i = h->level_count; i-- > 0;) {
        h->levels[i].offset = at;
        at += counts[i] * size;
    }
    return MRTD_OK;
}

static enum mrtd_code make_room(struct hashing *h)
{
    h->buffer = malloc(CHUNK);
    h->compared = malloc(h->verity->hash_block_size);
    bool good = h->buffer && h->compared;
    for (unsigned i = 0; i < h->level_count; i++) {
        h->levels[i].block = calloc(1, h->verity->hash_block_size);
        good = good && h->levels[i].block;
    }
    return good ? MRTD_OK : no_memory(h);
}

static void drop(struct hashing *h)
{
    for (unsigned i = 0; i < h->level_count; i++) {
        free(h->levels[i].block);
    }
    free(h->buffer);
    free(h->compared);
    block_hash_free(h->hash);
}

/* --- Hashing -------------------------------------------------------------- */

/* Compares a hash block with the one that is stored. */
static enum mrtd_code compare(struct hashing *h, const struct level *level)
{
    const size_t size = h->verity->hash_block_size;
    const uint64_t at = level->offset + level->written * size;
    struct span there;
    if (!h->stored) {
        return MRTD_OK;
    }
    const enum mrtd_code code =
        source_view(h->stored, at, size, h->compared, &there, h->error);
    if (code) {
        return code;
    }
    const uint64_t differs =
        span_differs(span_make(level->block, size, 0), there, 0);
    if (differs < size && at + differs < h->root.tree_differs) {
        h->root.tree_differs = at + differs;
    }
    return MRTD_OK;
}

/* The hash block at hand of a level is complete: its digest, and the next. */
static enum mrtd_code complete(struct hashing *h, struct level *level,
                               uint8_t *digest)
{
    const size_t size = h->verity->hash_block_size;
    const enum mrtd_code code = compare(h, level);
    if (code) {
        return code;
    }
    if (!block_hash_digest(h->hash, level->block, size, digest)) {
        return no_memory(h);
    }
    memset(level->block, 0, size);
    level->used = 0;
    level->written++;
    return MRTD_OK;
}

/* Puts a digest into a level, and where that completes a hash block, its digest
 * into the next level. After the highest it is the root. */
static enum mrtd_code put(struct hashing *h, unsigned first, uint8_t *digest)
{
    const size_t size = block_hash_size(h->hash);
    for (unsigned i = first; i < h->level_count; i++) {
        struct level *level = &h->levels[i];
        memcpy(level->block + (size_t)level->used * h->slot, digest, size);
        if (++level->used < h->room) {
            return MRTD_OK;
        }
        const enum mrtd_code code = complete(h, level, digest);
        if (code) {
            return code;
        }
    }
    memcpy(h->root.bytes, digest, size);
    return MRTD_OK;
}

static bool is_stopped(const struct hashing *h, uint64_t done, uint64_t total)
{
    const struct mrtd_observer *o = h->observer;
    return o && o->progress && o->progress(o->context, done, total) != 0;
}

/* The blocks of data, in their order. */
static enum mrtd_code hash_data(struct hashing *h,
                                const struct mrtd_source *data)
{
    const size_t size = h->verity->data_block_size;
    const uint64_t total = h->blocks * size;
    uint8_t digest[MRTD_MAX_DIGEST_SIZE];
    struct span chunk = {.size = 0};
    enum mrtd_code code = MRTD_OK;
    for (uint64_t at = 0; !code && at < total; at += chunk.size) {
        const uint64_t left = total - at;
        const size_t len = left < CHUNK ? (size_t)left : CHUNK;
        code = source_view(data, at, len, h->buffer, &chunk, h->error);
        for (size_t k = 0; !code && k < len; k += size) {
            code = block_hash_digest(h->hash, span_bytes(chunk, k, size), size,
                                     digest)
                       ? put(h, 0, digest)
                       : no_memory(h);
        }
        if (!code && is_stopped(h, at + len, total)) {
            code = error_set(h->error, MRTD_ERR_CANCELLED, MRTD_NO_OFFSET,
                             "the observer asked to stop");
        }
    }
    return code;
}

/* What is left in each level is the rest of its last hash block. */
static enum mrtd_code finish(struct hashing *h)
{
    uint8_t digest[MRTD_MAX_DIGEST_SIZE];
    enum mrtd_code code = MRTD_OK;
    for (unsigned i = 0; !code && i < h->level_count; i++) {
        if (h->levels[i].used > 0) {
            code = complete(h, &h->levels[i], digest);
            code = code ? code : put(h, i + 1, digest);
        }
    }
    return code;
}

/* --- What is asked for ---------------------------------------------------- */

static const struct request request = {"dm-verity", "struct mrtd_verity",
                                       sizeof(struct mrtd_verity),
                                       sizeof(struct mrtd_verity)};

/* Which blocks of data are hashed: all of the file but a tree that follows them
 * in it, where no number is given. */
static enum mrtd_code count_blocks(struct hashing *h,
                                   const struct mrtd_source *data,
                                   const struct mrtd_verity_tree *tree)
{
    const uint64_t size = h->verity->data_block_size;
    const bool is_shared = tree && tree->source == data;
    /* A tree without a superblock begins before an offset within its block. */
    const uint64_t area = is_shared && tree->hash_offset < h->root.tree_offset
                              ? tree->hash_offset
                              : h->root.tree_offset;
    const uint64_t end = is_shared && area < data->size ? area : data->size;
    uint64_t bytes = 0;
    h->blocks = h->verity->data_blocks ? h->verity->data_blocks : end / size;
    if (h->blocks == 0) {
        return error_set(h->error, MRTD_ERR_VERITY_SIZE, MRTD_NO_OFFSET,
                         "the data have %llu bytes, which is no whole block of "
                         "%llu",
                         (unsigned long long)end, (unsigned long long)size);
    }
    if (!checked_mul(h->blocks, size, &bytes) || bytes > data->size) {
        return error_set(h->error, MRTD_ERR_VERITY_SIZE, MRTD_NO_OFFSET,
                         "%llu data blocks of %llu bytes are more than the "
                         "%llu bytes that there are",
                         (unsigned long long)h->blocks,
                         (unsigned long long)size,
                         (unsigned long long)data->size);
    }
    if (bytes > end) {
        return error_set(h->error, MRTD_ERR_VERITY_SIZE, end,
                         "%llu data blocks of %llu bytes overlap the hash area "
                         "there",
                         (unsigned long long)h->blocks,
                         (unsigned long long)size);
    }
    h->root.data_blocks = h->blocks;
    return MRTD_OK;
}

/* Where the first hash block is [CSV, VERITY_hash_offset_block]. */
static enum mrtd_code begin_tree(struct hashing *h,
                                 const struct mrtd_verity_tree *tree)
{
    const uint64_t size = h->verity->hash_block_size;
    uint64_t at = tree ? tree->hash_offset : 0;
    if (at % MRTD_VERITY_MIN_BLOCK != 0) {
        return error_set(h->error, MRTD_ERR_VERITY_PARAMETER, MRTD_NO_OFFSET,
                         "hash offset %llu is not a multiple of %d",
                         (unsigned long long)at, MRTD_VERITY_MIN_BLOCK);
    }
    if (tree && tree->has_superblock &&
        !checked_add(at, MRTD_VERITY_SUPERBLOCK + size - 1, &at)) {
        return error_set(h->error, MRTD_ERR_VERITY_SIZE, MRTD_NO_OFFSET,
                         "hash offset %llu is too large",
                         (unsigned long long)tree->hash_offset);
    }
    h->root.tree_offset = at - at % size;
    return MRTD_OK;
}

/* Is all of the tree there? */
static enum mrtd_code check_tree(struct hashing *h,
                                 const struct mrtd_verity_tree *tree)
{
    uint64_t end = 0;
    h->stored = tree ? tree->source : NULL;
    if (h->stored && h->level_count > 0 &&
        (!checked_add(h->root.tree_offset, h->root.tree_size, &end) ||
         end > h->stored->size)) {
        return error_set(h->error, MRTD_ERR_VERITY_SIZE, h->root.tree_offset,
                         "the tree of %llu bytes there does not fit into the "
                         "%llu bytes of its device",
                         (unsigned long long)h->root.tree_size,
                         (unsigned long long)h->stored->size);
    }
    return MRTD_OK;
}

static enum mrtd_code run(struct hashing *h, const struct mrtd_source *data,
                          const struct mrtd_verity_tree *tree)
{
    const struct mrtd_verity *v = h->verity;
    enum mrtd_code code =
        block_hash_new(&h->hash, v->algorithm, v->salt, v->salt_size,
                       v->hash_type == 1, h->error);
    if (!code) {
        code = begin_tree(h, tree);
    }
    if (!code) {
        code = count_blocks(h, data, tree);
    }
    if (!code) {
        code = shape(h);
    }
    if (!code) {
        code = check_tree(h, tree);
    }
    if (!code) {
        code = make_room(h);
    }
    if (!code) {
        code = hash_data(h, data);
    }
    return code ? code : finish(h);
}

enum mrtd_code mrtd_verity_hash(struct mrtd_verity_root *root,
                                const struct mrtd_verity *verity,
                                const struct mrtd_source *data,
                                const struct mrtd_verity_tree *tree,
                                const struct mrtd_observer *observer,
                                struct mrtd_error *error)
{
    struct mrtd_verity v = {0};
    struct hashing h = {.verity = &v,
                        .observer = observer,
                        .error = error,
                        .root.tree_differs = MRTD_NO_OFFSET};
    if (!root || !verity || !data || !source_valid(data) ||
        (tree && tree->source && !source_valid(tree->source))) {
        return error_set(
            error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "no parameters, no place for the root hash, or a source "
            "that has neither data nor a read function");
    }
    enum mrtd_code code = request_read(&request, &v, verity, error);
    if (!code) {
        code =
            verity_check(&v, MRTD_ERR_VERITY_PARAMETER, MRTD_NO_OFFSET, error);
    }
    if (!code) {
        code = run(&h, data, tree);
    }
    if (!code) {
        h.root.size = (uint32_t)block_hash_size(h.hash);
        *root = h.root;
    }
    drop(&h);
    return code;
}
