/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MRTD and the file in a CoSWID (RFC 9393, section 2), as the command
 * reference writes it: a resource of the payload with the member "mr_td".
 */
#include <stdio.h>
#include <string.h>

#include "reference/cbor_read.h"
#include "reference/claims.h"

enum {
    TAG_SWID = 1398229316, /* RFC 9393, section 8 */
    TAG_PAYLOAD = 6,
    PAYLOAD_FILE = 17,
    PAYLOAD_RESOURCE = 19,
    FILE_HASH = 7,
    ALG_SHA256 = 1, /* IANA Named Information Hash Algorithm Registry */
    ALG_SHA384 = 7,
};

struct coswid {
    struct claims *claims;
    struct claims_error *error;
};

static bool malformed(struct coswid *c, const char *what)
{
    return claims_fail(c->error, "against-coswid", MRTD_NO_OFFSET,
                       "not a CoSWID with an MRTD: %s", what);
}

/* A member is one map, or an array of two and more. */
static bool for_each(struct coswid *c, cbor_item_t *member,
                     bool (*take)(struct coswid *c, cbor_item_t *map))
{
    if (member && cbor_isa_map(member)) {
        return take(c, member);
    }
    for (size_t i = 0; read_element(member, i); i++) {
        if (!take(c, read_element(member, i))) {
            return false;
        }
    }
    return true;
}

static bool take_file(struct coswid *c, cbor_item_t *file)
{
    cbor_item_t *hash = read_member(file, FILE_HASH);
    cbor_item_t *alg = read_element(hash, 0);
    cbor_item_t *value = read_element(hash, 1);
    const size_t size = read_is_int(alg, ALG_SHA384)   ? 48
                        : read_is_int(alg, ALG_SHA256) ? 32
                                                       : 0;
    if (size == 0) {
        return true;
    }
    if (!read_is_bytes(value) || cbor_bytestring_length(value) != size) {
        return malformed(c, "the hash of a file does not have the size of its "
                            "algorithm");
    }
    return claims_add_file(c->claims, cbor_bytestring_handle(value), size,
                           c->error);
}

static bool take_resource(struct coswid *c, cbor_item_t *resource)
{
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    for (size_t i = 0; cbor_isa_map(resource) && i < cbor_map_size(resource);
         i++) {
        const struct cbor_pair pair = cbor_map_handle(resource)[i];
        if (!read_is_text(pair.key, "mr_td")) {
            continue;
        }
        if (!cbor_isa_string(pair.value) ||
            !cbor_string_is_definite(pair.value) ||
            !mrtd_hex_decode(mrtd, (char *)cbor_string_handle(pair.value),
                             cbor_string_length(pair.value))) {
            return malformed(c, "its mr_td is not text of 96 hexadecimal "
                                "digits");
        }
        return claims_add(c->claims, mrtd, "resource \"mr_td\"", c->error);
    }
    return true;
}

bool claims_read_coswid(struct claims *claims, const unsigned char *data,
                        size_t size, struct claims_error *error)
{
    struct coswid c = {.claims = claims, .error = error};
    bool no_memory = false;
    snprintf(claims->kind, sizeof claims->kind, "CoSWID");
    cbor_item_t *root = read_item(data, size, &no_memory);
    if (no_memory) {
        return claims_no_memory(error);
    }
    if (!root) {
        return malformed(&c, "not one whole item of well-formed CBOR");
    }
    cbor_item_t *payload =
        read_member(read_tagged(root, TAG_SWID), TAG_PAYLOAD);
    bool good =
        for_each(&c, read_member(payload, PAYLOAD_FILE), take_file) &&
        for_each(&c, read_member(payload, PAYLOAD_RESOURCE), take_resource);
    if (good && claims->count == 0) {
        good = malformed(&c, "no resource in its payload has a member mr_td");
    }
    cbor_decref(&root);
    return good;
}
