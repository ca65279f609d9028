/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dm-verity: the root hash of a guest's disk image, by which a command line
 * names the image, and with which it is in a measurement.
 *
 * Documents cited below:
 *   [DMV]     Linux, Documentation/admin-guide/device-mapper/verity.rst
 *   [CSV]     cryptsetup 2.7.0, lib/verity/verity.c (struct verity_sb) and
 *             lib/verity/verity_hash.c
 */
#ifndef MRTD_VERITY_H
#define MRTD_VERITY_H

#include "mrtd/measure.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Bytes of a superblock [CSV]. */
#define MRTD_VERITY_SUPERBLOCK 512
/* The largest salt, in bytes [CSV]. */
#define MRTD_VERITY_MAX_SALT 256
/* Room for the name of a hash algorithm, with the zero that ends it. */
#define MRTD_VERITY_NAME_SIZE 33
/* Sizes of blocks are powers of two from this to that [CSV]. */
#define MRTD_VERITY_MIN_BLOCK 512
#define MRTD_VERITY_MAX_BLOCK 524288

/* What a root hash depends on, beside the data. */
struct mrtd_verity {
    size_t struct_size; /* sizeof(struct mrtd_verity) */
    /* 1: the salt comes before a block, and each digest of a hash block has
     * room of a power of two; 0: it comes after it, and digests follow each
     * other, as Chrome OS has it [DMV]. */
    uint32_t hash_type;
    uint32_t data_block_size; /* in bytes */
    uint32_t hash_block_size; /* in bytes */
    uint32_t salt_size;       /* in bytes */
    uint64_t data_blocks;     /* 0: as many whole ones as the data have */
    uint8_t salt[MRTD_VERITY_MAX_SALT];
    char
        algorithm[MRTD_VERITY_NAME_SIZE]; /* as the kernel names it: "sha256" */
    uint8_t
        uuid[16]; /* of a superblock, in the order of its text; in no hash */
};

/* What veritysetup takes where nothing is said, without a salt: type 1, blocks
 * of 4096 bytes, sha256. Sets struct_size, too. */
void mrtd_verity_defaults(struct mrtd_verity *verity);

/*
 * Reads the superblock at an offset of a device or file. On failure returns the
 * error's code (MRTD_ERR_VERITY_SUPERBLOCK where there is no superblock, or a
 * field of it is wrong), fills *error, and leaves *verity as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_verity_read(struct mrtd_verity *verity,
                                              const struct mrtd_source *source,
                                              uint64_t offset,
                                              struct mrtd_error *error);

/* Where a device keeps the tree of hashes. */
struct mrtd_verity_tree {
    const struct mrtd_source *source; /* the device, or NULL: there is none */
    /* As veritysetup has --hash-offset, a multiple of 512; after a superblock
     * there the tree begins with the next whole block, otherwise with the one
     * that has the offset in it. */
    uint64_t hash_offset;
    int has_superblock;
};

/* What was computed of an image. */
struct mrtd_verity_root {
    uint64_t data_blocks; /* how many were hashed */
    uint32_t size;        /* bytes of the root hash */
    uint8_t bytes[MRTD_MAX_DIGEST_SIZE];
    /* Of the tree that the root hash is of; 0 bytes where one block of data is
     * all there is. */
    uint64_t tree_size;
    uint64_t tree_offset; /* where it is on the device of the tree */
    /* The first byte of the device at which its tree is another one, or
     * MRTD_NO_OFFSET: the kernel then fails to read that data, although the
     * root hash is right. */
    uint64_t tree_differs;
};

/*
 * Computes the root hash of data, in one pass, and compares the tree, if there
 * is one. Of the observer, which may be NULL, progress is called. Codes:
 * MRTD_ERR_VERITY_PARAMETER for what no dm-verity has, MRTD_ERR_VERITY_SIZE
 * for data or a tree that the sources do not have all of, MRTD_ERR_UNSUPPORTED
 * for an algorithm that this build, or its libcrypto, lacks. Memory: one block
 * of hashes for each level, and a megabyte. On failure returns the error's
 * code, fills *error, and leaves *root as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_verity_hash(
    struct mrtd_verity_root *root, const struct mrtd_verity *verity,
    const struct mrtd_source *data, const struct mrtd_verity_tree *tree,
    const struct mrtd_observer *observer, struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
