/* SPDX-License-Identifier: Apache-2.0 */
/* dm-verity: the root hash of a disk image or of a partition of it, by what is
 * known of the tree: a superblock, a line of parameters, or options. */
#ifndef MODEL_VERITY_H
#define MODEL_VERITY_H

#include "model/evaluation.h"

/* What of it was given. */
enum verity_field {
    VERITY_TYPE = 1 << 0,
    VERITY_ALGORITHM = 1 << 1,
    VERITY_DATA_BLOCK_SIZE = 1 << 2,
    VERITY_HASH_BLOCK_SIZE = 1 << 3,
    VERITY_BLOCKS = 1 << 4,
    VERITY_SALT = 1 << 5,
    VERITY_ROOT = 1 << 6,
};

/* What is asked for. */
struct verity_request {
    struct mrtd_verity verity; /* the fields that were given, or defaults */
    unsigned given;            /* VERITY_* of each */
    uint8_t root[MRTD_MAX_DIGEST_SIZE]; /* the root hash that is expected */
    uint32_t root_size;
    uint32_t partition;      /* of the data; 0: all of the image */
    uint32_t hash_partition; /* of the tree, in the image; 0: none */
    bool has_hash_offset;    /* the tree is in the file of the data, if there is
                                no other */
    uint64_t hash_offset;
    bool no_superblock;
};

/* Sets defaults. */
void verity_request_begin(struct verity_request *request);

/*
 * Takes the fields of "root_hash=...,salt=...,data_blocks=...,...", as Kata
 * Containers has them in its configuration, beside those that were given; what
 * has them is called so in messages.
 */
enum exit_status verity_take_params(struct verity_request *request,
                                    const char *what, const char *text,
                                    struct failure *failure);

/* Hexadecimal digits of any case, or "-" for none; false: neither. */
bool verity_take_salt(struct mrtd_verity *verity, const char *text);
bool verity_take_root(struct verity_request *request, const char *text);

/* A part of a file. */
struct verity_part {
    const char *file; /* name of the file */
    const struct mrtd_source *whole;
    uint32_t partition; /* 0: all of it */
    struct mrtd_partition entry;
    struct mrtd_source source;
};

/* Is that the GUID of a partition? It is in the order of its text. */
bool verity_is_guid(const struct mrtd_partition *entry,
                    const uint8_t guid[MRTD_DISK_GUID]);

struct verity {
    const struct verity_request *request;
    struct mrtd_verity verity; /* by which the root hash was computed */
    bool has_superblock;
    /* Of two partition tables, which say different places. */
    bool tables_differ;
    struct verity_part data;
    struct verity_part hash; /* file NULL: there is no tree */
    struct mrtd_verity_root root;
    bool differs; /* from the root hash that is expected */
    /* Of partitions of a GPT: are their GUIDs the halves of the root hash, as
     * systemd's Discoverable Partitions Specification has it? */
    bool data_guid;
    bool hash_guid;
};

/*
 * Computes it; hash_device is a file with the tree, or without a name. *verity
 * must stay where it is. say is given what is to be noted.
 */
enum exit_status verity_make(struct verity *verity,
                             const struct verity_request *request,
                             const struct evaluation_file *image,
                             const struct evaluation_file *hash_device,
                             const struct mrtd_observer *observer,
                             remark_fn *say, struct failure *failure);

#endif
