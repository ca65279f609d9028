/* SPDX-License-Identifier: Apache-2.0 */
/* The MRTD of one launch plan. */
#include "measure/tdx.h"

#include "base/error.h"
#include "hash/sha384.h"
#include "measure/tdx_stream.h"

/* Bytes hashed between two calls of the observer's progress(). */
#define PROGRESS_BYTES (UINT64_C(1) << 24)

/* Reports the blocks just hashed to the observer. */
static enum mrtd_code observe(const struct mrtd_observer *o,
                              const struct stream *stream,
                              const struct sha384 *hash,
                              uint64_t *next_progress, struct mrtd_error *error)
{
    const uint64_t hashed = hash->blocks * SHA384_BLOCK;
    uint32_t region = 0;
    if (o->region && stream_ends_region(stream, &region)) {
        uint8_t running[MRTD_DIGEST_SIZE];
        sha384_peek(hash, running);
        o->region(o->context, region, running);
    }
    if (o->progress && hashed >= *next_progress) {
        *next_progress = hashed + PROGRESS_BYTES;
        if (o->progress(o->context, hashed,
                        mrtd_plan_info(stream->plan)->hashed_bytes)) {
            return error_set(error, MRTD_ERR_CANCELLED, MRTD_NO_OFFSET,
                             "stopped on request");
        }
    }
    return MRTD_OK;
}

enum mrtd_code tdx_measure(const struct mrtd_plan *plan,
                           const struct mrtd_observer *observer,
                           struct mrtd_value *value, struct mrtd_error *error)
{
    static const struct mrtd_observer nobody = {0};
    uint64_t next_progress = PROGRESS_BYTES;
    struct stream stream;
    struct sha384 hash;
    const uint8_t *blocks = NULL;
    size_t count = 0;
    if (!stream_open(&stream, plan)) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the measurement");
    }
    sha384_init(&hash, sha384_choose_one(cpu_features()));
    enum mrtd_code code = stream_next(&stream, &blocks, &count, error);
    while (!code && count > 0) {
        sha384_update(&hash, blocks, count);
        code = observe(observer ? observer : &nobody, &stream, &hash,
                       &next_progress, error);
        if (!code) {
            code = stream_next(&stream, &blocks, &count, error);
        }
    }
    if (!code) {
        uint8_t digest[MRTD_DIGEST_SIZE];
        sha384_peek(&hash, digest);
        mrtd_value_set(value, MRTD_REGISTER_MRTD, digest);
    }
    stream_close(&stream);
    return code;
}
