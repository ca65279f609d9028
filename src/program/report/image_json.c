/* SPDX-License-Identifier: Apache-2.0 */
#include "report/image_json.h"

#include "report/json.h"

static json_t *hex(const uint8_t *bytes, size_t size)
{
    char text[2 * MRTD_VERITY_MAX_SALT + 1];
    mrtd_hex_encode(text, bytes, size);
    return json_string(text);
}

static json_t *root_json(const struct image_root *r)
{
    const struct mrtd_verity *v = &r->verity;
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "parameter",
        r->parameter, "root_hash", hex(r->root.bytes, r->root.size),
        "partition", r->partition ? json_count(r->partition) : json_null(),
        "hash_type", json_count(v->hash_type), "algorithm", v->algorithm,
        "data_block_size", json_count(v->data_block_size), "hash_block_size",
        json_count(v->hash_block_size), "data_blocks",
        json_count(r->root.data_blocks), "salt", hex(v->salt, v->salt_size));
}

json_t *image_json(const struct image_check *c)
{
    json_t *roots = json_array();
    json_t *others = json_array();
    for (size_t i = 0; i < c->count; i++) {
        json_array_append_new(roots, root_json(&c->roots[i]));
    }
    for (size_t i = 0; i < c->unknown_count; i++) {
        json_array_append_new(others, i < LINE_UNKNOWN
                                          ? json_string(c->unknown[i])
                                          : json_null());
    }
    return json_pack("{s:o, s:o, s:o}", "file", json_file_name(c->image),
                     "roots", roots, "not_compared", others);
}

json_t *image_json_add(const struct evaluation *e, json_t *root)
{
    if (root && e->disk.name &&
        json_object_set_new(root, "image", image_json(e->image_check))) {
        json_decref(root);
        return NULL;
    }
    return root;
}
