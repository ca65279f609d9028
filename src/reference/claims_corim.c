/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in a CoRIM (draft-ietf-rats-corim-09, sections 4 and 5), as the Intel
 * profile spells them (draft-cds-rats-intel-corim-profile): mkey 83 with
 * digests, or the measurement value -83. A signature around it (RFC 9052
 * COSE_Sign1) is not verified.
 */
#include <stdio.h>
#include <string.h>

#include <cbor.h>

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

/* CoRIMs have some hundred bytes; an item takes some 50 in memory. */
#define MAX_SIZE ((size_t)1 << 20)

struct corim {
    struct claims *claims;
    struct claims_error *error;
    const char *where;
    size_t found;
};

static bool malformed(struct claims_error *error, const char *what)
{
    return claims_fail(error, "against-corim", MRTD_NO_OFFSET,
                       "not a CoRIM: %s", what);
}

/* --- CBOR ------------------------------------------------------------------
 */

struct counting {
    size_t left; /* bytes behind the item's head */
    bool good;
};

static void count_items(void *context, size_t items)
{
    struct counting *c = context;
    c->good = c->good && items <= c->left;
}

/*
 * Do all arrays and maps claim no more items than there are bytes left? libcbor
 * allocates what they claim.
 */
static bool claims_are_modest(const unsigned char *data, size_t size)
{
    struct cbor_callbacks callbacks = cbor_empty_callbacks;
    callbacks.array_start = count_items;
    callbacks.map_start = count_items;
    struct counting c = {.good = true};
    for (size_t at = 0; at < size && c.good;) {
        c.left = size - at;
        struct cbor_decoder_result r =
            cbor_stream_decode(data + at, size - at, &callbacks, &c);
        if (r.status != CBOR_DECODER_FINISHED || r.read == 0) {
            return false;
        }
        at += r.read;
    }
    return c.good;
}

/* One whole item, to be released with cbor_decref(); or NULL. */
static cbor_item_t *load(const unsigned char *data, size_t size)
{
    struct cbor_load_result r;
    if (size > MAX_SIZE || !claims_are_modest(data, size)) {
        return NULL;
    }
    cbor_item_t *item = cbor_load(data, size, &r);
    if (item && r.read != size) {
        cbor_decref(&item);
        return NULL;
    }
    return item;
}

/* What a tag of that number is on; NULL if it is not one. Borrowed. */
static cbor_item_t *tagged(cbor_item_t *item, uint64_t tag)
{
    if (!item || !cbor_isa_tag(item) || cbor_tag_value(item) != tag) {
        return NULL;
    }
    return cbor_move(cbor_tag_item(item));
}

static bool is_integer(cbor_item_t *item, int value)
{
    if (!item || !cbor_is_int(item)) {
        return false;
    }
    const uint64_t number = cbor_get_int(item);
    return value >= 0
               ? cbor_isa_uint(item) && number == (uint64_t)value
               : cbor_isa_negint(item) && number == (uint64_t)(-1 - value);
}

static bool is_text(cbor_item_t *item, const char *text)
{
    return item && cbor_isa_string(item) && cbor_string_is_definite(item) &&
           cbor_string_length(item) == strlen(text) &&
           memcmp(cbor_string_handle(item), text, strlen(text)) == 0;
}

/* The value of a map's key; NULL if there is none. Borrowed. */
static cbor_item_t *member(cbor_item_t *map, int key)
{
    if (!map || !cbor_isa_map(map)) {
        return NULL;
    }
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (is_integer(cbor_map_handle(map)[i].key, key)) {
            return cbor_map_handle(map)[i].value;
        }
    }
    return NULL;
}

/* The index-th item of an array; NULL if there is none. Borrowed. */
static cbor_item_t *element(cbor_item_t *array, size_t index)
{
    return array && cbor_isa_array(array) && index < cbor_array_size(array)
               ? cbor_array_handle(array)[index]
               : NULL;
}

static bool is_bytes(cbor_item_t *item)
{
    return item && cbor_isa_bytestring(item) &&
           cbor_bytestring_is_definite(item);
}

/* --- CoRIM -----------------------------------------------------------------
 */

/* A digest: [alg, bytes]. Those of other algorithms are passed over. */
static bool take_digest(struct corim *c, cbor_item_t *digest)
{
    cbor_item_t *alg = element(digest, 0);
    cbor_item_t *value = element(digest, 1);
    if (!(is_integer(alg, ALG_SHA384) || is_text(alg, "sha-384")) ||
        !is_bytes(value)) {
        return true;
    }
    if (cbor_bytestring_length(value) != MRTD_DIGEST_SIZE) {
        return malformed(c->error, "a SHA-384 digest does not have 48 bytes");
    }
    c->found++;
    return claims_add(c->claims, cbor_bytestring_handle(value), c->where,
                      c->error);
}

/* Digests, or a single one, or the Intel profile's set of them. */
static bool take_digests(struct corim *c, cbor_item_t *digests)
{
    cbor_item_t *set = tagged(digests, TAG_SET);
    if (set) {
        digests = element(set, 1);
    }
    cbor_item_t *first = element(digests, 0);
    if (!first) {
        return true;
    }
    if (!cbor_isa_array(first)) {
        return take_digest(c, digests);
    }
    for (size_t i = 0; element(digests, i); i++) {
        if (!take_digest(c, element(digests, i))) {
            return false;
        }
    }
    return true;
}

static bool take_measurement(struct corim *c, cbor_item_t *measurement)
{
    cbor_item_t *key = member(measurement, MEASUREMENT_KEY);
    cbor_item_t *value = member(measurement, MEASUREMENT_VALUE);
    if (!take_digests(c, member(value, VALUE_MRTEE))) {
        return false;
    }
    if (is_integer(key, MKEY_MRTEE) || is_text(key, "mr_td") ||
        is_text(member(value, VALUE_NAME), "mr_td")) {
        return take_digests(c, member(value, VALUE_DIGESTS));
    }
    return true;
}

static bool take_comid(struct corim *c, cbor_item_t *comid)
{
    cbor_item_t *triples =
        member(member(comid, COMID_TRIPLES), TRIPLES_REFERENCE);
    for (size_t t = 0; element(triples, t); t++) {
        cbor_item_t *measurements = element(element(triples, t), 1);
        for (size_t m = 0; element(measurements, m); m++) {
            if (!take_measurement(c, element(measurements, m))) {
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
    cbor_item_t *bytes = tagged(tag, TAG_COMID);
    if (!bytes) {
        return true;
    }
    cbor_item_t *comid = is_bytes(bytes) ? load(cbor_bytestring_handle(bytes),
                                                cbor_bytestring_length(bytes))
                                         : NULL;
    if (!comid) {
        return malformed(c->error, "a CoMID in it is not well-formed CBOR");
    }
    const bool good = take_comid(c, comid);
    cbor_decref(&comid);
    return good;
}

static bool take_corim(struct corim *c, cbor_item_t *root)
{
    cbor_item_t *map = tagged(root, TAG_CORIM);
    if (!map) {
        return malformed(c->error, "no tag 501");
    }
    cbor_item_t *tags = member(map, CORIM_TAGS);
    for (size_t i = 0; element(tags, i); i++) {
        if (!take_tag(c, element(tags, i))) {
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
    cbor_item_t *payload = element(sign1, SIGN1_PAYLOAD);
    cbor_item_t *inner = is_bytes(payload)
                             ? load(cbor_bytestring_handle(payload),
                                    cbor_bytestring_length(payload))
                             : NULL;
    if (!inner) {
        return malformed(c->error, "the payload of the COSE_Sign1 is not "
                                   "well-formed CBOR, or detached");
    }
    const bool good = take_corim(c, inner);
    cbor_decref(&inner);
    return good;
}

bool claims_is_corim(const unsigned char *data, size_t size)
{
    static const unsigned char corim[] = {0xd9, 0x01, 0xf5}; /* tag 501 */
    return (size > 0 && data[0] == HEAD_SIGN1) ||
           (size >= sizeof corim && memcmp(data, corim, sizeof corim) == 0);
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
    cbor_item_t *root = load(data + is_signed, size - is_signed);
    if (!root) {
        return malformed(error, "not one whole item of well-formed CBOR");
    }
    const bool good = is_signed ? take_sign1(&c, root) : take_corim(&c, root);
    cbor_decref(&root);
    return good;
}
