/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/crypto.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "verify/der.h"

enum {
    P256_SIZE = 32,
    P384_SIZE = 48,
    UNCOMPRESSED = 0x04,
    MIN_RSA_BYTES = 256, /* 2048 bits */
    MAX_RSA_BYTES = 512, /* 4096 bits, as AMD's */
    EXPONENT = 65537,
    PSS_SALT = 48,
    /* SEQUENCE of two INTEGER of up to 49 bytes. */
    MAX_SIGNATURE = 2 + 2 * (2 + 1 + P384_SIZE),
};

/* The orders of the curves: SEC 2, version 2, 2.4.2 and 2.5.1. */
static const uint8_t order_p256[P256_SIZE] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
    0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
static const uint8_t order_p384[P384_SIZE] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
    0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};

bool crypto_is_there(void)
{
    return true;
}

bool crypto_open(struct crypto *crypto)
{
    ERR_clear_error();
    crypto->context = OSSL_LIB_CTX_new();
    return crypto->context;
}

void crypto_close(struct crypto *crypto)
{
    OSSL_LIB_CTX_free(crypto->context);
    crypto->context = NULL;
    ERR_clear_error();
}

/* Why libcrypto has said no: memory was short, or that other answer. */
static enum crypto_answer unless_memory(enum crypto_answer answer)
{
    for (unsigned long e = ERR_get_error(); e != 0; e = ERR_get_error()) {
        if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE) {
            answer = CRYPTO_NO_MEMORY;
        }
    }
    return answer;
}

/* Libcrypto does not always say that memory is short: it then says of a good
 * key that it is not on its curve (seen in 3.0). So what it says no to is asked
 * once more, with nothing kept: where memory is there again the true answer
 * comes, and where there is none the first allocation says so. */
static bool is_doubtful(enum crypto_answer answer)
{
    return answer == CRYPTO_WRONG || answer == CRYPTO_BAD_KEY;
}

/* A public key of those parameters. */
static enum crypto_answer make_key(const struct crypto *crypto,
                                   const char *type, OSSL_PARAM parameters[],
                                   EVP_PKEY **key)
{
    enum crypto_answer answer = CRYPTO_NO_MEMORY;
    EVP_PKEY_CTX *maker =
        EVP_PKEY_CTX_new_from_name(crypto->context, type, NULL);
    if (maker && EVP_PKEY_fromdata_init(maker) == 1) {
        answer =
            EVP_PKEY_fromdata(maker, key, EVP_PKEY_PUBLIC_KEY, parameters) == 1
                ? CRYPTO_RIGHT
                : unless_memory(CRYPTO_BAD_KEY);
    }
    EVP_PKEY_CTX_free(maker);
    return answer;
}

static enum crypto_answer make_ec_key(const struct crypto *crypto,
                                      enum key_kind curve, struct span point,
                                      EVP_PKEY **key)
{
    char p256[] = "prime256v1";
    char p384[] = "secp384r1";
    const bool is_p256 = curve == KEY_P256;
    const size_t size = is_p256 ? P256_SIZE : P384_SIZE;
    /* No shorter form is ever made, for libcrypto would take it. */
    uint8_t bytes[1 + 2 * P384_SIZE] = {UNCOMPRESSED};
    if (point.size != 2 * size || !span_copy(point, 0, 2 * size, bytes + 1)) {
        return CRYPTO_BAD_KEY;
    }
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                         is_p256 ? p256 : p384, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes,
                                          1 + 2 * size),
        OSSL_PARAM_construct_end(),
    };
    return make_key(crypto, "EC", parameters, key);
}

/* --- ECDSA -------------------------------------------------------------- */

/* Is the number, of size bytes, from 1 to the order less 1? */
static bool in_range(const uint8_t *number, const uint8_t *order, size_t size)
{
    static const uint8_t zero[P384_SIZE];
    return memcmp(number, zero, size) != 0 && memcmp(number, order, size) < 0;
}

/* Writes a positive INTEGER in DER; returns its size. */
static size_t put_number(uint8_t *out, const uint8_t *number, size_t size)
{
    while (size > 1 && number[0] == 0) {
        number++;
        size--;
    }
    const size_t zero = number[0] >> 7;
    out[0] = DER_INTEGER;
    out[1] = (uint8_t)(zero + size);
    out[2] = 0;
    memcpy(out + 2 + zero, number, size);
    return 2 + zero + size;
}

/* Ecdsa-Sig-Value (RFC 3279, 2.2.3), which has fewer than 128 bytes. */
static size_t encode(uint8_t out[MAX_SIGNATURE], const struct ecdsa *signature,
                     size_t size)
{
    size_t at = 2;
    at += put_number(out + at, signature->r, size);
    at += put_number(out + at, signature->s, size);
    out[0] = DER_SEQUENCE;
    out[1] = (uint8_t)(at - 2);
    return at;
}

/* All of data with that digest, and its signature. */
static enum crypto_answer check(const struct crypto *crypto, EVP_PKEY *key,
                                const char *digest,
                                const OSSL_PARAM parameters[],
                                struct span signature, struct span data)
{
    enum crypto_answer answer = CRYPTO_NO_MEMORY;
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    const uint8_t *bytes = span_bytes(signature, 0, signature.size);
    const uint8_t *signed_bytes = span_bytes(data, 0, data.size);
    if (state && EVP_DigestVerifyInit_ex(state, NULL, digest, crypto->context,
                                         NULL, key, parameters) == 1) {
        const int right = EVP_DigestVerify(state, bytes, (size_t)signature.size,
                                           signed_bytes, (size_t)data.size);
        answer = right == 1 ? CRYPTO_RIGHT : unless_memory(CRYPTO_WRONG);
    }
    EVP_MD_CTX_free(state);
    return answer;
}

static enum crypto_answer ecdsa_once(const struct crypto *crypto,
                                     const struct ecdsa *signature,
                                     struct span point, struct span data)
{
    const bool is_p256 = signature->curve == KEY_P256;
    EVP_PKEY *key = NULL;
    enum crypto_answer answer =
        make_ec_key(crypto, signature->curve, point, &key);
    if (answer == CRYPTO_RIGHT) {
        uint8_t encoded[MAX_SIGNATURE];
        const size_t length =
            encode(encoded, signature, is_p256 ? P256_SIZE : P384_SIZE);
        answer = check(crypto, key, is_p256 ? "SHA256" : "SHA384", NULL,
                       span_make(encoded, length, 0), data);
    }
    EVP_PKEY_free(key);
    return answer;
}

enum crypto_answer crypto_ecdsa(const struct crypto *crypto,
                                const struct ecdsa *signature,
                                struct span point, struct span data)
{
    const bool is_p256 = signature->curve == KEY_P256;
    const size_t size = is_p256 ? P256_SIZE : P384_SIZE;
    const uint8_t *order = is_p256 ? order_p256 : order_p384;
    if (!in_range(signature->r, order, size) ||
        !in_range(signature->s, order, size)) {
        return CRYPTO_BAD_RANGE;
    }
    const enum crypto_answer answer =
        ecdsa_once(crypto, signature, point, data);
    return is_doubtful(answer) ? ecdsa_once(crypto, signature, point, data)
                               : answer;
}

/* --- Certificates ------------------------------------------------------- */

/* A number of a signature, with zeros in front. */
static bool read_number(struct span *rest, size_t size, uint8_t *number)
{
    struct der item;
    struct span bytes;
    if (!der_take(rest, DER_INTEGER, &item) ||
        !der_magnitude(item.value, &bytes) || bytes.size > size) {
        return false;
    }
    memset(number, 0, size);
    return span_copy(bytes, 0, (size_t)bytes.size,
                     number + (size - (size_t)bytes.size));
}

static enum crypto_answer check_ecdsa(const struct crypto *crypto,
                                      const struct certificate *certificate,
                                      struct span point)
{
    struct ecdsa signature = {.curve = KEY_P256};
    struct der pair;
    if (!der_only(certificate->signature, DER_SEQUENCE, &pair) ||
        !read_number(&pair.value, P256_SIZE, signature.r) ||
        !read_number(&pair.value, P256_SIZE, signature.s) ||
        pair.value.size > 0) {
        return CRYPTO_BAD_RANGE;
    }
    return crypto_ecdsa(crypto, &signature, point, certificate->tbs);
}

/* n and e of an RSA key as libcrypto takes them. */
static enum crypto_answer make_rsa_key(const struct crypto *crypto,
                                       const struct certificate *issuer,
                                       EVP_PKEY **key)
{
    enum crypto_answer answer = CRYPTO_NO_MEMORY;
    const size_t size = (size_t)issuer->modulus.size;
    static const uint8_t exponent[3] = {EXPONENT >> 16, 0, EXPONENT & 0xff};
    if (size < MIN_RSA_BYTES || size > MAX_RSA_BYTES ||
        issuer->exponent.size != sizeof exponent ||
        !span_equals(issuer->exponent, 0, exponent, sizeof exponent)) {
        return CRYPTO_BAD_KEY;
    }
    BIGNUM *n =
        BN_bin2bn(span_bytes(issuer->modulus, 0, size), (int)size, NULL);
    BIGNUM *e = BN_new();
    OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (n && e && list && BN_set_word(e, EXPONENT) &&
        OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_E, e)) {
        parameters = OSSL_PARAM_BLD_to_param(list);
    }
    if (parameters) {
        answer = make_key(crypto, "RSA", parameters, key);
    }
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(list);
    BN_free(n);
    BN_free(e);
    return answer;
}

static enum crypto_answer rsa_once(const struct crypto *crypto,
                                   const struct certificate *certificate,
                                   const struct certificate *issuer)
{
    char padding[] = OSSL_PKEY_RSA_PAD_MODE_PSS;
    char digest[] = "SHA384";
    int salt = PSS_SALT;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, padding,
                                         0),
        OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST,
                                         digest, 0),
        OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &salt),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    enum crypto_answer answer = make_rsa_key(crypto, issuer, &key);
    if (answer == CRYPTO_RIGHT) {
        answer = check(crypto, key, digest, parameters, certificate->signature,
                       certificate->tbs);
    }
    EVP_PKEY_free(key);
    return answer;
}

static enum crypto_answer check_rsa(const struct crypto *crypto,
                                    const struct certificate *certificate,
                                    const struct certificate *issuer)
{
    const enum crypto_answer answer = rsa_once(crypto, certificate, issuer);
    return is_doubtful(answer) ? rsa_once(crypto, certificate, issuer) : answer;
}

enum crypto_answer crypto_certificate(const struct crypto *crypto,
                                      const struct certificate *certificate,
                                      const struct certificate *issuer)
{
    if (certificate->signature_kind == SIGNATURE_ECDSA_SHA256 &&
        issuer->key_kind == KEY_P256) {
        return check_ecdsa(crypto, certificate, issuer->point);
    }
    if (certificate->signature_kind == SIGNATURE_RSA_PSS_SHA384 &&
        issuer->key_kind == KEY_RSA) {
        return check_rsa(crypto, certificate, issuer);
    }
    return CRYPTO_UNKNOWN;
}
