/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/snp/hash_table.h"

#include <string.h>

#include "base/guid.h"

#define HASH_SIZE  32
#define ENTRY_SIZE 50 /* GUID, u16 length and hash */
#define TABLE_SIZE 168

static const struct guid table_guid = {
    GUID(0x9438d606, 0x4f22, 0x4cc9, 0xb479, 0xa793d411fd21)};
static const struct guid command_line_guid = {
    GUID(0x97d02dd8, 0xbd20, 0x4c94, 0xaa78, 0xe7714d36ab2a)};
static const struct guid initrd_guid = {
    GUID(0x44baf731, 0x3a2f, 0x4bd7, 0x9af1, 0x41e29169781d)};
static const struct guid kernel_guid = {
    GUID(0x4de79437, 0xabd2, 0x427f, 0xb835, 0xd5b172d2045b)};

/* A GUID and a length; returns what is after them. */
static uint8_t *put_head(uint8_t *at, const struct guid *guid, uint16_t length)
{
    memcpy(at, guid->bytes, sizeof guid->bytes);
    at += sizeof guid->bytes;
    at[0] = (uint8_t)length;
    at[1] = (uint8_t)(length >> 8);
    return at + 2;
}

static uint8_t *put_entry(uint8_t *at, const struct guid *guid,
                          const struct mrtd_digest *digest)
{
    at = put_head(at, guid, ENTRY_SIZE);
    memcpy(at, digest->bytes, HASH_SIZE);
    return at + HASH_SIZE;
}

static enum mrtd_code hash_of(const struct mrtd_source *source,
                              struct mrtd_digest *digest,
                              struct mrtd_error *error)
{
    *digest = (struct mrtd_digest){.algorithm = MRTD_ALGORITHM_SHA256};
    return mrtd_digest_source(digest, 1, source, error);
}

enum mrtd_code hash_table_make(const struct mrtd_launch *launch,
                               uint8_t table[HASH_TABLE_SIZE],
                               struct mrtd_error *error)
{
    /* The command line is hashed with the zero that ends it, and is empty where
     * none is given; so is the initrd. */
    const char *text = launch->append ? launch->append : "";
    const struct mrtd_source command_line = {.data = text,
                                             .size = strlen(text) + 1};
    const struct mrtd_source nothing = {.size = 0};
    struct mrtd_digest digests[3];
    enum mrtd_code code = hash_of(&command_line, &digests[0], error);
    if (!code) {
        code = hash_of(launch->initrd ? launch->initrd : &nothing, &digests[1],
                       error);
    }
    if (!code) {
        code = hash_of(launch->kernel, &digests[2], error);
    }
    if (code) {
        return code;
    }
    memset(table, 0, HASH_TABLE_SIZE);
    uint8_t *at = put_head(table, &table_guid, TABLE_SIZE);
    at = put_entry(at, &command_line_guid, &digests[0]);
    at = put_entry(at, &initrd_guid, &digests[1]);
    put_entry(at, &kernel_guid, &digests[2]);
    return MRTD_OK;
}
