/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests of all bytes of a source. For SHA-256 libcrypto's low-level interface
 * is used where it is there, for the reasons that libcrypto.c gives.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "hash/sha256.h"
#include "hash/sha384.h"
#include "mrtd.h"

#if defined(MRTD_LIBCRYPTO)
#include <openssl/sha.h>
#endif

/* Bytes read at once: whole blocks of each algorithm, on the stack of a thread
 * that may have little. */
#define CHUNK       ((size_t)1 << 14)
#define WHOLE_BLOCK ((size_t)128)

union stream {
    struct sha384 sha384; /* SHA-512, too */
#if defined(MRTD_LIBCRYPTO)
    SHA256_CTX sha256;
#else
    struct sha256 sha256;
#endif
};

/* A way to compute an algorithm. */
struct hash {
    enum mrtd_algorithm algorithm;
    void (*init)(union stream *stream);
    /* The next blocks: size is a multiple of WHOLE_BLOCK. */
    void (*update)(union stream *stream, const uint8_t *bytes, size_t size);
    /* The bytes after the last block, fewer than WHOLE_BLOCK, and the end. */
    void (*final)(union stream *stream, const uint8_t *rest, size_t size,
                  uint8_t *digest);
};

static void init_384(union stream *stream)
{
    sha384_init(&stream->sha384, sha384_choose_one(cpu_features()));
}

static void init_512(union stream *stream)
{
    sha512_init(&stream->sha384, sha384_choose_one(cpu_features()));
}

/* Of SHA-512, too. */
static void update_384(union stream *stream, const uint8_t *bytes, size_t size)
{
    sha384_update(&stream->sha384, bytes, size / SHA384_BLOCK);
}

static void final_384(union stream *stream, const uint8_t *rest, size_t size,
                      uint8_t *digest)
{
    sha384_final(&stream->sha384, rest, size, digest);
}

static void final_512(union stream *stream, const uint8_t *rest, size_t size,
                      uint8_t *digest)
{
    sha512_final(&stream->sha384, rest, size, digest);
}

#if defined(MRTD_LIBCRYPTO)
static void init_256(union stream *stream)
{
    SHA256_Init(&stream->sha256);
}

static void update_256(union stream *stream, const uint8_t *bytes, size_t size)
{
    SHA256_Update(&stream->sha256, bytes, size);
}

static void final_256(union stream *stream, const uint8_t *rest, size_t size,
                      uint8_t *digest)
{
    SHA256_Update(&stream->sha256, rest, size);
    SHA256_Final(digest, &stream->sha256);
}
#else
static void init_256(union stream *stream)
{
    sha256_init(&stream->sha256);
}

static void update_256(union stream *stream, const uint8_t *bytes, size_t size)
{
    sha256_update(&stream->sha256, bytes, size);
}

static void final_256(union stream *stream, const uint8_t *rest, size_t size,
                      uint8_t *digest)
{
    sha256_update(&stream->sha256, rest, size);
    sha256_final(&stream->sha256, digest);
}
#endif

#define HASHES 3

static const struct hash hashes[HASHES] = {
    {MRTD_ALGORITHM_SHA256, init_256, update_256, final_256},
    {MRTD_ALGORITHM_SHA384, init_384, update_384, final_384},
    {MRTD_ALGORITHM_SHA512, init_512, update_384, final_512},
};

/* Where in hashes an algorithm is; HASHES where it is not there. */
static size_t hash_index(enum mrtd_algorithm algorithm)
{
    size_t h = 0;
    while (h < HASHES && hashes[h].algorithm != algorithm) {
        h++;
    }
    return h;
}

/* Refuses what is no algorithm; otherwise wanted says of each hash whether a
 * digest asks for it. */
static enum mrtd_code choose(const struct mrtd_digest digests[], size_t count,
                             bool wanted[HASHES], struct mrtd_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const size_t h = hash_index(digests[i].algorithm);
        if (h == HASHES) {
            return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                             "%d is not the number of a hash algorithm",
                             (int)digests[i].algorithm);
        }
        wanted[h] = true;
    }
    return MRTD_OK;
}

/* The digest of each hash that is wanted, in one pass. */
static enum mrtd_code
make_digests(const bool wanted[HASHES], const struct mrtd_source *source,
             uint8_t results[HASHES][MRTD_MAX_DIGEST_SIZE],
             struct mrtd_error *error)
{
    uint8_t buffer[CHUNK];
    union stream streams[HASHES];
    struct span chunk = {0};
    const uint8_t *rest = buffer;
    size_t size = 0;
    for (size_t h = 0; h < HASHES; h++) {
        if (wanted[h]) {
            hashes[h].init(&streams[h]);
        }
    }
    for (uint64_t at = 0; at < source->size; at += chunk.size) {
        const uint64_t left = source->size - at;
        const size_t len = left < CHUNK ? (size_t)left : CHUNK;
        enum mrtd_code code =
            source_view(source, at, len, buffer, &chunk, error);
        if (code) {
            return code;
        }
        const uint8_t *bytes = span_bytes(chunk, 0, len);
        size = len % WHOLE_BLOCK;
        rest = bytes + (len - size);
        for (size_t h = 0; h < HASHES; h++) {
            if (wanted[h]) {
                hashes[h].update(&streams[h], bytes, len - size);
            }
        }
    }
    for (size_t h = 0; h < HASHES; h++) {
        if (wanted[h]) {
            hashes[h].final(&streams[h], rest, size, results[h]);
        }
    }
    return MRTD_OK;
}

enum mrtd_code mrtd_digest_source(struct mrtd_digest digests[], size_t count,
                                  const struct mrtd_source *source,
                                  struct mrtd_error *error)
{
    uint8_t results[HASHES][MRTD_MAX_DIGEST_SIZE] = {{0}};
    bool wanted[HASHES] = {false};
    if (!digests) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for the digests");
    }
    if (!source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the source has neither data nor a read function");
    }
    enum mrtd_code code = choose(digests, count, wanted, error);
    if (!code) {
        code = make_digests(wanted, source, results, error);
    }
    for (size_t i = 0; !code && i < count; i++) {
        const uint8_t *result = results[hash_index(digests[i].algorithm)];
        digests[i].size = (uint32_t)mrtd_algorithm_size(digests[i].algorithm);
        memcpy(digests[i].bytes, result, sizeof digests[i].bytes);
    }
    return code;
}
