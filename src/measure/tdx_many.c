/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MRTDs of several launch plans at once, each in a lane of a backend that
 * compresses several messages together. A lane that is done takes the next
 * plan.
 */
#include <string.h>

#include "base/error.h"
#include "hash/sha384.h"
#include "launch/platform.h"
#include "measure/tdx.h"
#include "measure/tdx_stream.h"

/*
 * With fewer lanes at work it is faster to hash one message after the other
 * (docs/performance.md).
 */
#define LANES_WORTH_IT 3

struct lane {
    struct stream stream;
    struct mrtd_measurement *result; /* NULL: the lane is idle */
    const uint8_t *blocks;           /* blocks that are not compressed yet */
    size_t count;
    uint64_t total; /* blocks taken from the stream */
    bool padded;
    uint8_t padding[SHA384_BLOCK];
};

struct work {
    const struct mrtd_plan *const *plans;
    struct mrtd_measurement *results;
    size_t left; /* plans that no lane has taken, some not of TDX */

    const struct sha384_backend *one;
    const struct sha384_backend *many;
    struct sha384_state state;
    struct lane lanes[SHA384_MAX_LANES];
};

/* Gives the lane the next plan of TDX, if there is one. */
static void take_plan(struct work *work, unsigned l)
{
    struct lane *lane = &work->lanes[l];
    lane->result = NULL;
    while (work->left > 0 && !lane->result) {
        const struct mrtd_plan *plan = *work->plans++;
        struct mrtd_measurement *result = work->results++;
        work->left--;
        if (!plan || plan->platform->id != MRTD_PLATFORM_TDX) {
            continue;
        }
        if (!lane->stream.blocks && !stream_open(&lane->stream, plan)) {
            error_set(&result->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                      "out of memory for the measurement");
            continue;
        }
        stream_restart(&lane->stream, plan);
        sha384_lane_init(&work->state, l);
        lane->result = result;
        lane->count = 0;
        lane->total = 0;
        lane->padded = false;
    }
}

/* Gives the lane its next blocks; at the end of its plan, the next plan. */
static void refill(struct work *work, unsigned l)
{
    struct lane *lane = &work->lanes[l];
    while (lane->result && lane->count == 0) {
        struct mrtd_measurement *result = lane->result;
        if (lane->padded) {
            uint8_t digest[MRTD_DIGEST_SIZE];
            sha384_lane_digest(&work->state, l, digest);
            mrtd_value_set(&result->value, MRTD_REGISTER_MRTD, digest);
            result->error.code = MRTD_OK;
            take_plan(work, l);
        } else if (stream_next(&lane->stream, &lane->blocks, &lane->count,
                               &result->error)) {
            take_plan(work, l);
        } else if (lane->count == 0) {
            sha384_padding(lane->padding, lane->total);
            lane->blocks = lane->padding;
            lane->count = 1;
            lane->padded = true;
        } else {
            lane->total += lane->count;
        }
    }
}

/* Compresses n blocks of each lane at work, together. */
static void compress_together(struct work *work, size_t n)
{
    /*
     * Idle lanes compress the blocks of a lane at work; the result is dropped.
     */
    const uint8_t *blocks[SHA384_MAX_LANES];
    const uint8_t *any = NULL;
    for (unsigned l = 0; l < work->many->lanes; l++) {
        if (work->lanes[l].result) {
            any = work->lanes[l].blocks;
        }
    }
    for (unsigned l = 0; l < work->many->lanes; l++) {
        blocks[l] = work->lanes[l].result ? work->lanes[l].blocks : any;
    }
    work->many->compress(&work->state, blocks, n);
}

/* Compresses n blocks of the lane by itself. */
static void compress_alone(struct work *work, unsigned l, size_t n)
{
    struct sha384_state state;
    const uint8_t *blocks[SHA384_MAX_LANES] = {work->lanes[l].blocks};
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        state.word[i][0] = work->state.word[i][l];
    }
    work->one->compress(&state, blocks, n);
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        work->state.word[i][l] = state.word[i][0];
    }
}

/* One step of all lanes; false when all is done. */
static bool step(struct work *work)
{
    unsigned busy = 0;
    size_t n = SIZE_MAX;
    for (unsigned l = 0; l < work->many->lanes; l++) {
        const struct lane *lane = &work->lanes[l];
        refill(work, l);
        if (lane->result) {
            busy++;
            n = lane->count < n ? lane->count : n;
        }
    }
    if (busy == 0) {
        return false;
    }
    bool together = work->one->lanes > 1 || busy >= LANES_WORTH_IT;
    if (together) {
        compress_together(work, n);
    }
    for (unsigned l = 0; l < work->many->lanes; l++) {
        struct lane *lane = &work->lanes[l];
        if (lane->result) {
            if (!together) {
                compress_alone(work, l, n);
            }
            lane->blocks += n * SHA384_BLOCK;
            lane->count -= n;
        }
    }
    return true;
}

void tdx_measure_many(const struct mrtd_plan *const plans[], size_t count,
                      struct mrtd_measurement results[])
{
    const unsigned features = cpu_features();
    struct work work = {.plans = plans, .results = results, .left = count};
    work.one = sha384_choose_one(features);
    work.many = sha384_choose_many(features);
    for (unsigned l = 0; l < work.many->lanes; l++) {
        take_plan(&work, l);
    }
    while (step(&work)) {
    }
    for (unsigned l = 0; l < work.many->lanes; l++) {
        stream_close(&work.lanes[l].stream);
    }
}
