/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/id-block.schema.json describe it. */
#include "report/id_block.h"

#include "reference/values_json.h"
#include "report/json.h"
#include "schemas.h"

static json_t *hex_id(const uint8_t id[ID_SIZE])
{
    char text[2 * ID_SIZE + 1];
    mrtd_hex_encode(text, id, ID_SIZE);
    return json_string(text);
}

static json_t *base64(const uint8_t *bytes, size_t size)
{
    char text[ID_AUTH_BASE64];
    base64_encode(text, bytes, size);
    return json_string(text);
}

/* The launch digest. */
static json_t *values(const struct id_block *block)
{
    char hex[MRTD_HEX_SIZE];
    json_t *list = json_array();
    mrtd_hex_encode(hex, block->launch_digest, MRTD_DIGEST_SIZE);
    json_array_append_new(
        list, values_new(mrtd_register_info(MRTD_REGISTER_SNP)->name, hex));
    return list;
}

static json_t *match(enum id_match match)
{
    return match == ID_NOT_ASKED ? json_null()
                                 : json_boolean(match == ID_MATCHES);
}

/* What was verified, or null. */
static json_t *verified(const struct id_facts *f)
{
    if (!f->block_name) {
        return json_null();
    }
    return json_pack("{s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o}",
                     "id_block_file", json_file_name(f->block_name),
                     "id_auth_file", json_file_name(f->page_name), "verdict",
                     id_is_right(f) ? "match" : "differs", "id_block_sig",
                     f->auth.block_is_signed, "id_key_sig",
                     match(f->auth.has_author
                               ? id_match_of(f->auth.key_is_signed)
                               : ID_NOT_ASKED),
                     "id_key", match(f->id_key), "author_key",
                     match(f->author_key), "launch_digest", match(f->digest));
}

bool id_block_json(FILE *to, const void *facts)
{
    const struct id_facts *f = facts;
    const struct id_block *b = &f->block;
    return json_output(
        to,
        json_pack(
            "{s:s, s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
            "s:o, s:o, s:o, s:o}",
            "schema", SCHEMA_ID_BLOCK, "version", mrtd_version(), "platform",
            mrtd_platform_name(MRTD_PLATFORM_SNP), "vmm",
            f->file ? f->vmm->name : NULL, "file", json_file_name(f->file),
            "values", values(b), "launch_digest", json_digest(b->launch_digest),
            "family_id", hex_id(b->family_id), "image_id", hex_id(b->image_id),
            "guest_svn", json_count(b->guest_svn), "policy",
            json_hex64(b->policy), "id_key_digest",
            json_digest(f->auth.id_key_digest), "author_key_digest",
            f->auth.has_author ? json_digest(f->auth.author_key_digest)
                               : json_null(),
            "id_block", base64(f->block_bytes, sizeof f->block_bytes),
            "id_auth", base64(f->page, sizeof f->page), "verified",
            verified(f)));
}
