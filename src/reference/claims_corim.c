/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in a CoRIM (draft-ietf-rats-corim-11, sections 4 and 5), as the Intel
 * profile spells them (draft-cds-rats-intel-corim-profile): mkey 83 with
 * digests, or the measurement value -83. A signature around it (RFC 9052
 * COSE_Sign1) is not verified.
 */
#include <stdio.h>
#include <string.h>

#include "reference/cbor_read.h"
#include "reference/claims.h"

enum {
    HEAD_SIGN1 = 0xd2, /* tag 18, COSE_Sign1 */
    TAG_CORIM = 501,
    TAG_COMID = 506,
    TAG_SET = 60020, /* of the Intel profile: [6, [+ digest]] */

    SIGN1_PAYLOAD = 2, /* of COSE_Sign1's array */
    CORIM_TAGS = 1,
    COMID_TRIPLES = 4,
    TRIPLES_REFERENCE = 0,
    MEASUREMENT_KEY = 0,
    MEASUREMENT_VALUE = 1,
    VALUE_DIGESTS = 2,
    VALUE_NAME = 11,
    MKEY_MRTEE = 83,   /* tee.mrtee */
    VALUE_MRTEE = -83, /* the same as a measurement value */

    ALG_SHA384 = 7, /* IANA Named Information Hash Algorithm Registry */
};

struct corim {
    struct claims *claims;
    struct claims_error *error;
    const char *where;
    size_t found;
    bool no_memory;
};

static bool malformed(struct corim *c, const char *what)
{
    if (c->no_memory) {
        return claims_no_memory(c->error);
    }
    return claims_fail(c->error, "against-corim", MRTD_NO_OFFSET,
                       "not a CoRIM: %s", what);
}

/* --- CoRIM --------------------------------------------------------------- */

/* A digest: [alg, bytes]. Those of other algorithms are passed over. */
static bool take_digest(struct corim *c, cbor_item_t *digest)
{
    cbor_item_t *alg = read_element(digest, 0);
    cbor_item_t *value = read_element(digest, 1);
    if (!(read_is_int(alg, ALG_SHA384) || read_is_text(alg, "sha-384")) ||
        !read_is_bytes(value)) {
        return true;
    }
    if (cbor_bytestring_length(value) != MRTD_DIGEST_SIZE) {
        return malformed(c, "a SHA-384 digest does not have 48 bytes");
    }
    c->found++;
    return claims_add(c->claims, cbor_bytestring_handle(value), c->where,
                      c->error);
}

/* Digests, or a single one, or the Intel profile's set of them. */
static bool take_digests(struct corim *c, cbor_item_t *digests)
{
    cbor_item_t *set = read_tagged(digests, TAG_SET);
    if (set) {
        digests = read_element(set, 1);
    }
    cbor_item_t *first = read_element(digests, 0);
    if (!first) {
        return true;
    }
    if (!cbor_isa_array(first)) {
        return take_digest(c, digests);
    }
    for (size_t i = 0; read_element(digests, i); i++) {
        if (!take_digest(c, read_element(digests, i))) {
            return false;
        }
    }
    return true;
}

static bool take_measurement(struct corim *c, cbor_item_t *measurement)
{
    cbor_item_t *key = read_member(measurement, MEASUREMENT_KEY);
    cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
    if (!take_digests(c, read_member(value, VALUE_MRTEE))) {
        return false;
    }
    if (read_is_int(key, MKEY_MRTEE) || read_is_text(key, "mr_td") ||
        read_is_text(read_member(value, VALUE_NAME), "mr_td")) {
        return take_digests(c, read_member(value, VALUE_DIGESTS));
    }
    return true;
}

static bool take_comid(struct corim *c, cbor_item_t *comid)
{
    cbor_item_t *triples =
        read_member(read_member(comid, COMID_TRIPLES), TRIPLES_REFERENCE);
    for (size_t t = 0; read_element(triples, t); t++) {
        cbor_item_t *measurements = read_element(read_element(triples, t), 1);
        for (size_t m = 0; read_element(measurements, m); m++) {
            if (!take_measurement(c, read_element(measurements, m))) {
                return false;
            }
        }
    }
    return true;
}

/* Each tag of a CoRIM is CBOR in a byte string; others than CoMID are passed
 * over. */
static bool take_tag(struct corim *c, cbor_item_t *tag)
{
    cbor_item_t *bytes = read_tagged(tag, TAG_COMID);
    if (!bytes) {
        return true;
    }
    cbor_item_t *comid =
        read_is_bytes(bytes)
            ? read_item(cbor_bytestring_handle(bytes),
                        cbor_bytestring_length(bytes), &c->no_memory)
            : NULL;
    if (!comid) {
        return malformed(c, "a CoMID in it is not well-formed CBOR");
    }
    const bool good = take_comid(c, comid);
    cbor_decref(&comid);
    return good;
}

static bool take_corim(struct corim *c, cbor_item_t *root)
{
    cbor_item_t *map = read_tagged(root, TAG_CORIM);
    if (!map) {
        return malformed(c, "no tag 501");
    }
    cbor_item_t *tags = read_member(map, CORIM_TAGS);
    for (size_t i = 0; read_element(tags, i); i++) {
        if (!take_tag(c, read_element(tags, i))) {
            return false;
        }
    }
    if (c->found == 0) {
        return claims_fail(c->error, "against-corim", MRTD_NO_OFFSET,
                           "the CoRIM holds no MRTD: no SHA-384 digest under "
                           "mkey 83 or measurement value -83");
    }
    return true;
}

/* Unwraps a COSE_Sign1, whose tag is gone already. */
static bool take_sign1(struct corim *c, cbor_item_t *sign1)
{
    cbor_item_t *payload = read_element(sign1, SIGN1_PAYLOAD);
    cbor_item_t *inner =
        read_is_bytes(payload)
            ? read_item(cbor_bytestring_handle(payload),
                        cbor_bytestring_length(payload), &c->no_memory)
            : NULL;
    if (!inner) {
        return malformed(c, "the payload of the COSE_Sign1 is not "
                            "well-formed CBOR, or detached");
    }
    const bool good = take_corim(c, inner);
    cbor_decref(&inner);
    return good;
}

bool claims_read_corim(struct claims *claims, const unsigned char *data,
                       size_t size, const char *where,
                       struct claims_error *error)
{
    struct corim c = {.claims = claims, .error = error, .where = where};
    /* libcbor 0.8 does not read tags of one byte, but for a few. */
    const bool is_signed = size > 0 && data[0] == HEAD_SIGN1;
    snprintf(claims->kind, sizeof claims->kind, "%s",
             is_signed ? "signed CoRIM (signature not verified)" : "CoRIM");
    cbor_item_t *root =
        read_item(data + is_signed, size - is_signed, &c.no_memory);
    if (!root) {
        return malformed(&c, "not one whole item of well-formed CBOR");
    }
    const bool good = is_signed ? take_sign1(&c, root) : take_corim(&c, root);
    cbor_decref(&root);
    return good;
}
