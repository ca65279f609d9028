/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/cose_read.h"

#include <string.h>

#define HEAD_SIGN1 0xd2 /* tag 18, encoded */

bool sign1_begins(const unsigned char *bytes, size_t size)
{
    return size > 1 && bytes[0] == HEAD_SIGN1;
}

static bool fail(struct cbor_fault *fault, const char *message)
{
    fault->message = message;
    fault->offset = CBOR_NO_OFFSET;
    return false;
}

/* The array and the types of its elements. */
static bool split(struct sign1 *s, struct cbor_fault *fault)
{
    s->header = read_element(s->root, 0);
    s->unprotected = read_element(s->root, 1);
    s->payload = read_element(s->root, 2);
    s->signature = read_element(s->root, 3);
    if (!s->signature || read_element(s->root, 4)) {
        return fail(fault, "a COSE_Sign1 is an array of four");
    }
    if (!read_is_bytes(s->header) || !cbor_isa_map(s->unprotected) ||
        !read_is_bytes(s->signature)) {
        return fail(fault, "the headers or the signature of the COSE_Sign1 "
                           "are not a byte string, a map and a byte string");
    }
    return read_is_bytes(s->payload) ||
           fail(fault, "the payload of the COSE_Sign1 is detached, or not a "
                       "byte string");
}

/* Are two keys, integers or text, the same? */
static bool same_key(cbor_item_t *a, cbor_item_t *b)
{
    if (cbor_typeof(a) != cbor_typeof(b)) {
        return false;
    }
    if (cbor_isa_string(a)) {
        return cbor_string_length(a) == cbor_string_length(b) &&
               memcmp(cbor_string_handle(a), cbor_string_handle(b),
                      cbor_string_length(a)) == 0;
    }
    return cbor_get_int(a) == cbor_get_int(b);
}

/* Few labels are unprotected; more than a handful are refused, so that
 * comparing them takes no time. */
#define MAX_UNPROTECTED 64

static bool check_labels(const struct sign1 *s, struct cbor_fault *fault)
{
    const size_t count = cbor_map_size(s->unprotected);
    if (read_member(s->unprotected, HEADER_CRIT)) {
        return fail(fault, "the COSE_Sign1 has crit in its unprotected header");
    }
    if (count > MAX_UNPROTECTED) {
        return fail(fault, "the COSE_Sign1 has more than 64 unprotected "
                           "parameters");
    }
    for (size_t i = 0; s->parameters && i < count; i++) {
        cbor_item_t *label = cbor_map_handle(s->unprotected)[i].key;
        for (size_t k = 0; k < cbor_map_size(s->parameters); k++) {
            if (same_key(label, cbor_map_handle(s->parameters)[k].key)) {
                return fail(fault, "the COSE_Sign1 has the same label in both "
                                   "headers");
            }
        }
    }
    return true;
}

static bool open_header(struct sign1 *s, struct cbor_fault *fault)
{
    if (cbor_bytestring_length(s->header) == 0) {
        return true;
    }
    s->parameters = read_item(cbor_bytestring_handle(s->header),
                              cbor_bytestring_length(s->header), fault);
    if (!s->parameters) {
        if (!fault->is_memory) {
            fail(fault, "the protected header of the COSE_Sign1 is not "
                        "well-formed CBOR, or has a label twice");
        }
        return false;
    }
    return cbor_isa_map(s->parameters) ||
           fail(fault, "the protected header of the COSE_Sign1 is not a map");
}

/* Is the label one of those, as far as the list goes (0: its end)? */
static bool is_label(cbor_item_t *label, const int *labels)
{
    while (*labels && !read_is_int(label, *labels)) {
        labels++;
    }
    return *labels != 0;
}

static bool is_hash_envelope(cbor_item_t *header)
{
    return read_member(header, HEADER_PAYLOAD_HASH_ALG) ||
           read_member(header, HEADER_PREIMAGE_CONTENT_TYPE) ||
           read_member(header, HEADER_PAYLOAD_LOCATION);
}

/* Does the protected header say that the payload is a CoRIM, and nothing else
 * of it? Whose key it is of (kid, certificates) says nothing of the payload. */
static bool check_protected(const struct sign1 *s, struct cbor_fault *fault)
{
    static const int known[] = {
        HEADER_ALG,

        HEADER_KID,        HEADER_CONTENT_TYPE, HEADER_CORIM_META,
        HEADER_CWT_CLAIMS, HEADER_X5BAG,        HEADER_X5CHAIN,
        HEADER_X5T,        HEADER_X5U,          0};
    cbor_item_t *map = s->parameters;
    if (is_hash_envelope(map) || is_hash_envelope(s->unprotected)) {
        return fail(fault, "the COSE_Sign1 is a hash envelope (parameters 258 "
                           "to 260): its payload is a hash, not the CoRIM");
    }
    if (read_member(map, HEADER_CRIT)) {
        return fail(fault, "the COSE_Sign1 has critical parameters (crit), of "
                           "which none is known here");
    }
    for (size_t i = 0; map && i < cbor_map_size(map); i++) {
        if (!is_label(cbor_map_handle(map)[i].key, known)) {
            return fail(fault, "the protected header of the COSE_Sign1 has a "
                               "label that is not known here, and may change "
                               "what its payload is");
        }
    }
    if (!read_is_text(read_member(map, HEADER_CONTENT_TYPE),
                      COSE_CONTENT_TYPE)) {
        return fail(fault, "the content type in the protected header of the "
                           "COSE_Sign1 is not " COSE_CONTENT_TYPE);
    }
    if (!read_member(map, HEADER_CORIM_META) &&
        !read_member(map, HEADER_CWT_CLAIMS)) {
        return fail(fault, "the protected header of the COSE_Sign1 does not "
                           "say who signed it: neither corim-meta (8) nor "
                           "CWT claims (15)");
    }
    return true;
}

bool sign1_open(struct sign1 *s, const unsigned char *bytes, size_t size,
                struct cbor_fault *fault)
{
    memset(s, 0, sizeof *s);
    if (!sign1_begins(bytes, size)) {
        *fault = (struct cbor_fault){.message = "no COSE_Sign1"};
        return false;
    }
    /* libcbor 0.8 does not read tags of one byte, but for a few. */
    s->root = read_item(bytes + 1, size - 1, fault);
    if (!s->root) {
        fault->offset++;
        return false;
    }
    if (split(s, fault) && open_header(s, fault) && check_labels(s, fault) &&
        check_protected(s, fault)) {
        return true;
    }
    sign1_free(s);
    return false;
}

void sign1_free(struct sign1 *s)
{
    if (s->parameters) {
        cbor_decref(&s->parameters);
    }
    if (s->root) {
        cbor_decref(&s->root);
    }
}
