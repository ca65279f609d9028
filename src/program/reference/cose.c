/* SPDX-License-Identifier: Apache-2.0 */
/* COSE_Sign1 (RFC 9052, section 4.2) around a CoRIM, and its verification. */
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "io/key.h"
#include "reference/cbor_build.h"
#include "reference/cose_read.h"
#include "reference/reference.h"
#include "reference/signature.h"

#define TAG_SIGN1     18
#define MAX_SIGNATURE 96

/* A kind of key, and what COSE makes of it. */
struct algorithm {
    const char *name;
    int id;
    const char *digest; /* or NULL */
    size_t half;        /* size of r and of s, 0: not ECDSA */
    size_t size;        /* size of the signature */
};

static const struct algorithm algorithms[] = {
    {"ES384", -35, "SHA384", 48, 96},
    {"ES256", -7, "SHA256", 32, 64},
    {"EdDSA", -8, NULL, 0, 64},
};

static const struct algorithm *find_algorithm(EVP_PKEY *key)
{
    const char *name = key_algorithm(key);
    for (size_t i = 0; name && i < sizeof algorithms / sizeof *algorithms;
         i++) {
        if (strcmp(algorithms[i].name, name) == 0) {
            return &algorithms[i];
        }
    }
    return NULL;
}

#define UNKNOWN_KEY                                                            \
    "the key is not one of P-384 (ES384), P-256 (ES256) or Ed25519 (EdDSA)"

/* What is signed: ["Signature1", protected, h'', payload]. To be freed. */
static unsigned char *to_be_signed(const unsigned char *protected_header,
                                   size_t protected_size,
                                   const unsigned char *payload, size_t size,
                                   size_t *out_size)
{
    return build_encode(
        build_array(4, build_text("Signature1"),
                    build_bytes(protected_header, protected_size),
                    build_bytes("", 0), build_bytes(payload, size)),
        out_size);
}

/* --- ECDSA: DER to r and s of fixed size, and back --------------------- */

static bool split_der(const struct algorithm *a, const unsigned char *der,
                      size_t size, unsigned char *raw)
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)size);
    const int half = (int)a->half;
    const bool good =
        sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, half) == half &&
        BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + a->half, half) == half;
    ECDSA_SIG_free(sig);
    return good;
}

/* To be freed with OPENSSL_free(). */
static unsigned char *join_der(const struct algorithm *a,
                               const unsigned char *raw, size_t *size)
{
    return signature_der(BN_bin2bn(raw, (int)a->half, NULL),
                         BN_bin2bn(raw + a->half, (int)a->half, NULL), size);
}

/* --- Signing ----------------------------------------------------------- */

static bool sign(const struct algorithm *a, EVP_PKEY *key,
                 const unsigned char *data, size_t size,
                 unsigned char raw[MAX_SIGNATURE])
{
    unsigned char der[SIGNATURE_SIZE];
    size_t der_size = sizeof der;
    if (!signature_make(key, a->digest, data, size, der, &der_size)) {
        return false;
    }
    if (a->half) {
        return split_der(a, der, der_size, raw);
    }
    if (der_size != a->size) {
        return false;
    }
    memcpy(raw, der, der_size);
    return true;
}

/* The protected header, encoded; to be freed. */
static unsigned char *build_protected(const struct algorithm *a,
                                      const char *signer, size_t *size)
{
    cbor_item_t *meta = build_map(
        1, build_int(0), build_map(1, build_int(0), build_text(signer)));
    return build_encode(
        build_map(3, build_int(HEADER_ALG), build_int(a->id),
                  build_int(HEADER_CONTENT_TYPE), build_text(COSE_CONTENT_TYPE),
                  build_int(HEADER_CORIM_META), build_embedded(meta)),
        size);
}

static enum exit_status cannot_sign(const char *name, const char *why,
                                    struct failure *failure)
{
    return failure_refused(failure, name, NULL, "cannot sign: %s", why);
}

enum exit_status cose_sign(EVP_PKEY *key, const char *signer, const char *name,
                           const unsigned char *payload, size_t size,
                           unsigned char **out, size_t *out_size,
                           struct failure *failure)
{
    const struct algorithm *a = find_algorithm(key);
    unsigned char signature[MAX_SIGNATURE];
    size_t header_size = 0;
    size_t data_size = 0;
    enum exit_status status = EXIT_DONE;
    if (!a) {
        return cannot_sign(name, UNKNOWN_KEY, failure);
    }
    unsigned char *header = build_protected(a, signer, &header_size);
    unsigned char *data =
        header ? to_be_signed(header, header_size, payload, size, &data_size)
               : NULL;
    unsigned char *made = NULL;
    if (!data) {
        status = failure_memory(failure, name);
    } else if (!sign(a, key, data, data_size, signature)) {
        status = cannot_sign(
            name, "libcrypto failed to sign; is it a private key?", failure);
    } else {
        made = build_encode(
            build_tag(TAG_SIGN1,
                      build_array(4, build_bytes(header, header_size),
                                  build_map(0), build_bytes(payload, size),
                                  build_bytes(signature, a->size))),
            out_size);
        status = made ? EXIT_DONE : failure_memory(failure, name);
    }
    free(header);
    free(data);
    if (!status) {
        *out = made;
    }
    return status;
}

/* --- Verification ------------------------------------------------------ */

static enum exit_status bad(const char *name, const char *why,
                            struct failure *failure)
{
    return failure_differs(failure, name, "signature", "%s", why);
}

/* Does the protected header name the key's algorithm? */
static enum exit_status check_header(const struct algorithm *a,
                                     const struct sign1 *s, const char *name,
                                     struct failure *failure)
{
    cbor_item_t *alg = read_member(s->parameters, HEADER_ALG);
    if (!alg) {
        return bad(name, "its protected header does not say the algorithm",
                   failure);
    }
    return read_is_int(alg, a->id)
               ? EXIT_DONE
               : bad(name,
                     "it is signed with another algorithm than that of the key",
                     failure);
}

static bool verify(const struct algorithm *a, EVP_PKEY *key,
                   const struct sign1 *s, const unsigned char *data,
                   size_t size)
{
    const unsigned char *raw = cbor_bytestring_handle(s->signature);
    size_t raw_size = cbor_bytestring_length(s->signature);
    unsigned char *der = NULL;
    if (raw_size != a->size) {
        return false;
    }
    if (a->half) {
        der = join_der(a, raw, &raw_size);
        raw = der;
    }
    const bool good =
        raw && signature_is_right(key, a->digest, data, size, raw, raw_size);
    OPENSSL_free(der);
    return good;
}

static enum exit_status verify_sign1(EVP_PKEY *key, const struct sign1 *s,
                                     const char *name, struct failure *failure)
{
    const struct algorithm *a = find_algorithm(key);
    size_t size = 0;
    if (!a) {
        return bad(name, UNKNOWN_KEY, failure);
    }
    const enum exit_status status = check_header(a, s, name, failure);
    if (status) {
        return status;
    }
    unsigned char *data = to_be_signed(
        cbor_bytestring_handle(s->header), cbor_bytestring_length(s->header),
        cbor_bytestring_handle(s->payload), cbor_bytestring_length(s->payload),
        &size);
    if (!data) {
        return failure_memory(failure, name);
    }
    const bool good = verify(a, key, s, data, size);
    free(data);
    return good ? EXIT_DONE
                : bad(name,
                      "the signature is not that of this key over these bytes",
                      failure);
}

enum exit_status cose_verify(EVP_PKEY *key, const char *name,
                             const unsigned char *data, size_t size,
                             struct failure *failure)
{
    struct sign1 s;
    struct cbor_fault fault;
    if (!sign1_begins(data, size)) {
        return bad(name, "it is not signed: no COSE_Sign1", failure);
    }
    if (!sign1_open(&s, data, size, &fault)) {
        return fault.is_memory ? failure_memory(failure, name)
                               : bad(name, fault.message, failure);
    }
    const enum exit_status status = verify_sign1(key, &s, name, failure);
    sign1_free(&s);
    return status;
}
