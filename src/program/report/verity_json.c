/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/verity.schema.json describe it. */
#include "report/verity.h"

#include "report/json.h"
#include "schemas.h"

static json_t *hex(const uint8_t *bytes, size_t size)
{
    char text[2 * MRTD_VERITY_MAX_SALT + 1];
    mrtd_hex_encode(text, bytes, size);
    return json_string(text);
}

/* A file, and the part of it. */
static json_t *part(const struct verity_part *p, bool is_of_root)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "file",
                     json_file_name(p->file), "partition",
                     p->partition > 0 ? json_count(p->partition) : json_null(),
                     "offset", json_hex64(p->entry.offset), "size",
                     json_count(p->entry.size), "guid_is_of_root_hash",
                     p->entry.is_gpt ? json_boolean(is_of_root) : json_null());
}

static json_t *tree(const struct verity *v)
{
    const struct mrtd_verity_root *root = &v->root;
    const bool is_same = root->tree_differs == MRTD_NO_OFFSET;
    return v->hash.file
               ? json_pack("{s:o, s:o, s:o, s:b, s:s, s:o}", "in",
                           part(&v->hash, v->hash_guid), "offset",
                           json_hex64(v->hash.entry.offset + root->tree_offset),
                           "size", json_count(root->tree_size), "superblock",
                           v->has_superblock, "verdict",
                           is_same ? "same" : "differs", "first_difference",
                           is_same ? json_null()
                                   : json_hex64(v->hash.entry.offset +
                                                root->tree_differs))
               : json_null();
}

bool verity_json(FILE *to, const struct verity *v)
{
    const struct mrtd_verity *p = &v->verity;
    const bool is_compared = v->request->given & VERITY_ROOT;
    char params[VERITY_LINE_SIZE];
    char table[VERITY_LINE_SIZE];
    return json_output(
        to,
        json_pack(
            "{s:s, s:s, s:s?, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, "
            "s:o, s:s?, s:s?}",
            "schema", SCHEMA_VERITY, "version", mrtd_version(), "verdict",
            !is_compared ? NULL
            : v->differs ? "differs"
                         : "match",
            "data", part(&v->data, v->data_guid), "tree", tree(v), "hash_type",
            json_count(p->hash_type), "algorithm", p->algorithm,
            "data_block_size", json_count(p->data_block_size),
            "hash_block_size", json_count(p->hash_block_size), "data_blocks",
            json_count(v->root.data_blocks), "salt", hex(p->salt, p->salt_size),
            "root_hash", hex(v->root.bytes, v->root.size), "expected",
            is_compared ? hex(v->request->root, v->request->root_size)
                        : json_null(),
            "params", verity_params(v, params), "dm_mod_create",
            verity_table(v, table)));
}
