/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/id_auth.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "io/key.h"
#include "reference/signature.h"

/* Offsets of ID_AUTH's fields. Those between them are reserved. */
enum {
    ID_KEY_ALGO = 0x000,
    AUTH_KEY_ALGO = 0x004,
    RESERVED_1 = 0x008,
    ID_BLOCK_SIG = 0x040,
    ID_KEY = 0x240,
    RESERVED_2 = 0x644,
    ID_KEY_SIG = 0x680,
    AUTHOR_KEY = 0x880,
    RESERVED_3 = 0xc84
};

/* A signature of algorithm 1: R, S, zeros. */
enum {
    SIG_R = 0x00,
    SIG_S = 0x48,
    SIG_RESERVED = 0x90,
    SIG_SIZE = 0x200
};

/* A public key of it: the curve, QX, QY, zeros. */
enum {
    KEY_CURVE = 0x00,
    KEY_QX = 0x04,
    KEY_QY = 0x4c,
    KEY_RESERVED = 0x94,
    KEY_SIZE = 0x404
};

/* Numbers are little-endian, of 72 bytes. */
#define NUMBER_SIZE 72
/* A coordinate of P-384. */
#define COORDINATE 48
/* ECDSA P-384 with SHA-384. */
#define ALGORITHM 1
#define DIGEST    "SHA384"
/* P-384, and how libcrypto calls it. */
#define CURVE 2
#define GROUP "secp384r1"

#define CODE "id-auth"

/* --- Making -------------------------------------------------------------- */

static bool put_number(uint8_t *to, const BIGNUM *number)
{
    return BN_bn2lebinpad(number, to, NUMBER_SIZE) == NUMBER_SIZE;
}

static bool put_coordinate(uint8_t *to, EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;
    const bool good = EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
                      put_number(to, number);
    BN_free(number);
    return good;
}

static bool put_key(uint8_t to[KEY_SIZE], EVP_PKEY *key)
{
    memset(to, 0, KEY_SIZE);
    to[KEY_CURVE] = CURVE;
    return put_coordinate(to + KEY_QX, key, OSSL_PKEY_PARAM_EC_PUB_X) &&
           put_coordinate(to + KEY_QY, key, OSSL_PKEY_PARAM_EC_PUB_Y);
}

static bool put_signature(uint8_t to[SIG_SIZE], EVP_PKEY *key,
                          const uint8_t *data, size_t size)
{
    unsigned char der[SIGNATURE_SIZE];
    const unsigned char *at = der;
    size_t der_size = sizeof der;
    memset(to, 0, SIG_SIZE);
    if (!signature_make(key, DIGEST, data, size, der, &der_size)) {
        return false;
    }
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der_size);
    const bool good = sig && put_number(to + SIG_R, ECDSA_SIG_get0_r(sig)) &&
                      put_number(to + SIG_S, ECDSA_SIG_get0_s(sig));
    ECDSA_SIG_free(sig);
    return good;
}

enum exit_status id_auth_sign(uint8_t page[ID_AUTH_SIZE], EVP_PKEY *id_key,
                              EVP_PKEY *author_key, const char *name,
                              const uint8_t block[ID_BLOCK_SIZE],
                              struct failure *failure)
{
    memset(page, 0, ID_AUTH_SIZE);
    page[ID_KEY_ALGO] = ALGORITHM;
    bool good =
        put_key(page + ID_KEY, id_key) &&
        put_signature(page + ID_BLOCK_SIG, id_key, block, ID_BLOCK_SIZE);
    if (good && author_key) {
        page[AUTH_KEY_ALGO] = ALGORITHM;
        good = put_key(page + AUTHOR_KEY, author_key) &&
               put_signature(page + ID_KEY_SIG, author_key, page + ID_KEY,
                             KEY_SIZE);
    }
    return good ? EXIT_DONE
                : failure_refused(failure, name, NULL,
                                  "cannot sign: libcrypto failed");
}

/* --- Reading ------------------------------------------------------------- */

/* The offset of the first byte that is not zero, or end. */
static size_t skip_zeros(const uint8_t *page, size_t start, size_t end)
{
    while (start < end && page[start] == 0) {
        start++;
    }
    return start;
}

static enum exit_status check_zeros(const uint8_t *page, size_t start,
                                    size_t end, const char *name,
                                    struct failure *failure)
{
    const size_t at = skip_zeros(page, start, end);
    return at == end
               ? EXIT_DONE
               : failure_refused_at(failure, name, CODE, at,
                                    "reserved byte 0x%02x is not 0", page[at]);
}

static uint32_t get32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
           (uint32_t)at[3] << 24;
}

/* Which of the two pairs of key and signature. */
struct half {
    const char *algorithm_field;
    const char *key_field;
    size_t algorithm;
    size_t signature;
    size_t key;
};

static const struct half halves[] = {
    {"ID_KEY_ALGO", "ID_KEY", ID_KEY_ALGO, ID_BLOCK_SIG, ID_KEY},
    {"AUTH_KEY_ALGO", "AUTHOR_KEY", AUTH_KEY_ALGO, ID_KEY_SIG, AUTHOR_KEY},
};

/*
 * May there be such a point, by the curve's equation y^2 = x^3 + ax + b (SEC 1,
 * 2.2.1)? Asked where libcrypto makes no key of it, which may be for want of
 * memory; where that is so here, too, there may be.
 */
static bool may_be_point(const unsigned char x[COORDINATE],
                         const unsigned char y[COORDINATE])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    BN_CTX *context = BN_CTX_new();
    BIGNUM *n[6] = {NULL}; /* p, a, b, x, y, and what x gives */
    bool good = group && context;
    for (size_t i = 0; i < sizeof n / sizeof(void *); i++) {
        n[i] = BN_new();
        good = good && n[i];
    }
    good = good && EC_GROUP_get_curve(group, n[0], n[1], n[2], context) == 1 &&
           BN_bin2bn(x, COORDINATE, n[3]) && BN_bin2bn(y, COORDINATE, n[4]) &&
           BN_mod_sqr(n[5], n[3], n[0], context) == 1 &&
           BN_mod_add(n[5], n[5], n[1], n[0], context) == 1 &&
           BN_mod_mul(n[5], n[5], n[3], n[0], context) == 1 &&
           BN_mod_add(n[5], n[5], n[2], n[0], context) == 1;
    const bool in_range =
        good && BN_cmp(n[3], n[0]) < 0 && BN_cmp(n[4], n[0]) < 0;
    good = good && BN_mod_sqr(n[4], n[4], n[0], context) == 1;
    const bool may_be = !good || (in_range && BN_cmp(n[4], n[5]) == 0);
    for (size_t i = 0; i < sizeof n / sizeof(void *); i++) {
        BN_free(n[i]);
    }
    BN_CTX_free(context);
    EC_GROUP_free(group);
    return may_be;
}

/* The key, or NULL: then *is_point says whether there is such a point. */
static EVP_PKEY *make_key(const uint8_t bytes[KEY_SIZE], bool *is_point)
{
    unsigned char point[1 + 2 * COORDINATE] = {POINT_CONVERSION_UNCOMPRESSED};
    char group[] = GROUP;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point,
                                          sizeof point),
        OSSL_PARAM_construct_end(),
    };
    for (size_t i = 0; i < COORDINATE; i++) {
        point[COORDINATE - i] = bytes[KEY_QX + i];
        point[2 * COORDINATE - i] = bytes[KEY_QY + i];
    }
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    if (!context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) !=
            1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    *is_point = key || may_be_point(point + 1, point + 1 + COORDINATE);
    return key;
}

static enum exit_status read_key(EVP_PKEY **key, const struct half *h,
                                 const uint8_t *page, const char *name,
                                 struct failure *failure)
{
    const uint8_t *bytes = page + h->key;
    const uint32_t curve = get32(bytes + KEY_CURVE);
    if (curve != CURVE) {
        return failure_refused_at(failure, name, CODE, h->key,
                                  "the curve of %s, 0x%x, is not %d (P-384)",
                                  h->key_field, curve, CURVE);
    }
    const enum exit_status status = check_zeros(
        page, h->key + KEY_RESERVED, h->key + KEY_SIZE, name, failure);
    if (status) {
        return status;
    }
    const bool fits =
        skip_zeros(bytes, KEY_QX + COORDINATE, KEY_QY) == KEY_QY &&
        skip_zeros(bytes, KEY_QY + COORDINATE, KEY_RESERVED) == KEY_RESERVED;
    bool is_point = fits;
    *key = fits ? make_key(bytes, &is_point) : NULL;
    if (!is_point) {
        return failure_refused_at(failure, name, CODE, h->key + KEY_QX,
                                  "%s is not a point of P-384", h->key_field);
    }
    return *key ? EXIT_DONE : failure_memory(failure, name);
}

/* R and S as DER; to be freed with OPENSSL_free(). */
static unsigned char *make_der(const uint8_t *bytes, size_t *size)
{
    return signature_der(BN_lebin2bn(bytes + SIG_R, NUMBER_SIZE, NULL),
                         BN_lebin2bn(bytes + SIG_S, NUMBER_SIZE, NULL), size);
}

/* As signature_check(). */
static int check_signature(EVP_PKEY *key, const uint8_t *signature,
                           const uint8_t *data, size_t size)
{
    size_t der_size = 0;
    unsigned char *der = make_der(signature, &der_size);
    const int result =
        der ? signature_check(key, DIGEST, data, size, der, der_size) : -1;
    OPENSSL_free(der);
    return result;
}

static bool digest_of(uint8_t digest[MRTD_DIGEST_SIZE],
                      const uint8_t key[KEY_SIZE])
{
    size_t size = MRTD_DIGEST_SIZE;
    return EVP_Q_digest(NULL, DIGEST, NULL, key, KEY_SIZE, digest, &size) == 1;
}

/* Reads a key, and the signature that it makes over the data. */
static enum exit_status read_half(const struct half *h, const uint8_t *page,
                                  const uint8_t *data, size_t size,
                                  const char *name, bool *is_right,
                                  uint8_t digest[MRTD_DIGEST_SIZE],
                                  struct failure *failure)
{
    EVP_PKEY *key = NULL;
    const uint32_t algorithm = get32(page + h->algorithm);
    if (algorithm != ALGORITHM) {
        return failure_refused_at(failure, name, CODE, h->algorithm,
                                  "%s 0x%x is not %d (ECDSA P-384 with "
                                  "SHA-384)",
                                  h->algorithm_field, algorithm, ALGORITHM);
    }
    enum exit_status status =
        check_zeros(page, h->signature + SIG_RESERVED, h->signature + SIG_SIZE,
                    name, failure);
    if (!status) {
        status = read_key(&key, h, page, name, failure);
    }
    if (status) {
        return status;
    }
    const int result = check_signature(key, page + h->signature, data, size);
    EVP_PKEY_free(key);
    *is_right = result == 1;
    return result >= 0 && digest_of(digest, page + h->key)
               ? EXIT_DONE
               : failure_memory(failure, name);
}

/* Without an author's key nothing is where it would be. */
static enum exit_status read_author(struct id_auth *a, const uint8_t *page,
                                    const char *name, struct failure *failure)
{
    a->has_author = get32(page + AUTH_KEY_ALGO) != 0;
    if (a->has_author) {
        return read_half(&halves[1], page, page + ID_KEY, KEY_SIZE, name,
                         &a->key_is_signed, a->author_key_digest, failure);
    }
    const size_t at = skip_zeros(page, ID_KEY_SIG, RESERVED_3);
    return at == RESERVED_3
               ? EXIT_DONE
               : failure_refused_at(failure, name, CODE, at,
                                    "AUTH_KEY_ALGO is 0, for no author's key, "
                                    "but ID_KEY_SIG or AUTHOR_KEY is there");
}

enum exit_status id_auth_read(struct id_auth *a, const char *name,
                              const uint8_t page[ID_AUTH_SIZE],
                              const uint8_t block[ID_BLOCK_SIZE],
                              struct failure *failure)
{
    static const struct {
        size_t start;
        size_t end;
    } reserved[] = {{RESERVED_1, ID_BLOCK_SIG},
                    {RESERVED_2, ID_KEY_SIG},
                    {RESERVED_3, ID_AUTH_SIZE}};
    enum exit_status status = EXIT_DONE;
    memset(a, 0, sizeof *a);
    if (!key_can_begin()) {
        return failure_memory(failure, name);
    }
    for (size_t i = 0; !status && i < sizeof reserved / sizeof *reserved; i++) {
        status = check_zeros(page, reserved[i].start, reserved[i].end, name,
                             failure);
    }
    if (!status) {
        status = read_half(&halves[0], page, block, ID_BLOCK_SIZE, name,
                           &a->block_is_signed, a->id_key_digest, failure);
    }
    return status ? status : read_author(a, page, name, failure);
}

bool id_auth_key_digest(uint8_t digest[MRTD_DIGEST_SIZE], EVP_PKEY *key)
{
    uint8_t bytes[KEY_SIZE];
    return put_key(bytes, key) && digest_of(digest, bytes);
}
