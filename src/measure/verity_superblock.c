/* SPDX-License-Identifier: Apache-2.0 */
/* The superblock of dm-verity [CSV], and what its fields may be. */
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "measure/verity.h"

/* Offsets in a superblock: struct verity_sb. */
enum {
    VERITY_SIGNATURE = 0,
    VERITY_VERSION = 8,
    VERITY_HASH_TYPE = 12,
    VERITY_UUID = 16,
    VERITY_ALGORITHM = 32,
    VERITY_DATA_BLOCK_SIZE = 64,
    VERITY_HASH_BLOCK_SIZE = 68,
    VERITY_DATA_BLOCKS = 72,
    VERITY_SALT_SIZE = 80,
    VERITY_SALT = 88,
};

#define UUID_SIZE 16

void mrtd_verity_defaults(struct mrtd_verity *verity)
{
    if (verity) {
        *verity = (struct mrtd_verity){.struct_size = sizeof *verity,
                                       .hash_type = 1,
                                       .data_block_size = 4096,
                                       .hash_block_size = 4096,
                                       .algorithm = "sha256"};
    }
}

/* --- Fields --------------------------------------------------------------- */

/* Of a superblock, or of none. */
static uint64_t place(uint64_t superblock, unsigned field)
{
    return superblock == MRTD_NO_OFFSET ? superblock : superblock + field;
}

static bool is_block_size(uint32_t size)
{
    return size >= MRTD_VERITY_MIN_BLOCK && size <= MRTD_VERITY_MAX_BLOCK &&
           (size & (size - 1)) == 0;
}

enum mrtd_code verity_check(const struct mrtd_verity *v, enum mrtd_code code,
                            uint64_t offset, struct mrtd_error *error)
{
    if (v->hash_type > 1) {
        return error_set(error, code, place(offset, VERITY_HASH_TYPE),
                         "hash type %u is neither 0 nor 1", v->hash_type);
    }
    if (!is_block_size(v->data_block_size)) {
        return error_set(error, code, place(offset, VERITY_DATA_BLOCK_SIZE),
                         "data block size %u is not a power of two from %d "
                         "to %d",
                         v->data_block_size, MRTD_VERITY_MIN_BLOCK,
                         MRTD_VERITY_MAX_BLOCK);
    }
    if (!is_block_size(v->hash_block_size)) {
        return error_set(error, code, place(offset, VERITY_HASH_BLOCK_SIZE),
                         "hash block size %u is not a power of two from %d "
                         "to %d",
                         v->hash_block_size, MRTD_VERITY_MIN_BLOCK,
                         MRTD_VERITY_MAX_BLOCK);
    }
    if (!memchr(v->algorithm, 0, sizeof v->algorithm)) {
        return error_set(error, code, place(offset, VERITY_ALGORITHM),
                         "the name of the hash algorithm does not end");
    }
    if (v->salt_size > MRTD_VERITY_MAX_SALT) {
        return error_set(error, code, place(offset, VERITY_SALT_SIZE),
                         "a salt of %u bytes is longer than %d", v->salt_size,
                         MRTD_VERITY_MAX_SALT);
    }
    return MRTD_OK;
}

/* --- Reading -------------------------------------------------------------- */

static enum mrtd_code refuse(uint64_t offset, unsigned field,
                             struct mrtd_error *error, const char *why)
{
    return error_set(error, MRTD_ERR_VERITY_SUPERBLOCK, offset + field, "%s",
                     why);
}

/* The name up to its first zero, after which there are zeros alone. */
static bool read_name(struct span sb, struct mrtd_verity *v)
{
    uint8_t name[MRTD_VERITY_NAME_SIZE] = {0};
    struct span rest;
    span_copy(sb, VERITY_ALGORITHM, MRTD_VERITY_NAME_SIZE - 1, name);
    memcpy(v->algorithm, name, sizeof v->algorithm);
    const size_t len = strlen(v->algorithm);
    return len > 0 &&
           span_part(sb, VERITY_ALGORITHM + len,
                     MRTD_VERITY_NAME_SIZE - 1 - len, &rest) &&
           span_is_zero(rest);
}

static void read_numbers(struct span sb, struct mrtd_verity *v)
{
    uint16_t salt = 0;
    span_u32(sb, VERITY_HASH_TYPE, &v->hash_type);
    span_u32(sb, VERITY_DATA_BLOCK_SIZE, &v->data_block_size);
    span_u32(sb, VERITY_HASH_BLOCK_SIZE, &v->hash_block_size);
    span_u64(sb, VERITY_DATA_BLOCKS, &v->data_blocks);
    span_u16(sb, VERITY_SALT_SIZE, &salt);
    v->salt_size = salt;
}

static enum mrtd_code read_fields(struct span sb, uint64_t offset,
                                  struct mrtd_verity *v,
                                  struct mrtd_error *error)
{
    static const uint8_t signature[8] = "verity";
    uint32_t version = 0;
    if (!span_equals(sb, VERITY_SIGNATURE, signature, sizeof signature)) {
        return refuse(offset, VERITY_SIGNATURE, error,
                      "no superblock of dm-verity, which begins with "
                      "\"verity\"");
    }
    span_u32(sb, VERITY_VERSION, &version);
    if (version != 1) {
        return error_set(
            error, MRTD_ERR_VERITY_SUPERBLOCK, offset + VERITY_VERSION,
            "the superblock has version %u, and 1 is known", version);
    }
    read_numbers(sb, v);
    const enum mrtd_code code =
        verity_check(v, MRTD_ERR_VERITY_SUPERBLOCK, offset, error);
    if (code) {
        return code;
    }
    if (v->data_blocks == 0) {
        return refuse(offset, VERITY_DATA_BLOCKS, error,
                      "the superblock says that there are 0 data blocks");
    }
    if (!read_name(sb, v)) {
        return refuse(offset, VERITY_ALGORITHM, error,
                      "the superblock does not name a hash algorithm");
    }
    span_copy(sb, VERITY_UUID, UUID_SIZE, v->uuid);
    span_copy(sb, VERITY_SALT, v->salt_size, v->salt);
    return MRTD_OK;
}

enum mrtd_code mrtd_verity_read(struct mrtd_verity *verity,
                                const struct mrtd_source *source,
                                uint64_t offset, struct mrtd_error *error)
{
    uint8_t buffer[MRTD_VERITY_SUPERBLOCK];
    struct mrtd_verity v;
    struct span sb;
    if (!verity || !source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for what the superblock says, or a source "
                         "that has neither data nor a read function");
    }
    if (source->size < sizeof buffer || offset > source->size - sizeof buffer) {
        return error_set(error, MRTD_ERR_VERITY_SUPERBLOCK, offset,
                         "a superblock of dm-verity has %d bytes, and its "
                         "device ends after %llu",
                         MRTD_VERITY_SUPERBLOCK,
                         (unsigned long long)source->size);
    }
    mrtd_verity_defaults(&v);
    enum mrtd_code code =
        source_view(source, offset, sizeof buffer, buffer, &sb, error);
    if (!code) {
        code = read_fields(sb, offset, &v, error);
    }
    if (!code) {
        *verity = v;
    }
    return code;
}
