/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes that the TDX module hashes for a launch plan, a few pages at a
 * time. Source: intel/tdx-module 1666adc, src/vmm_dispatcher/api_calls/
 * tdh_mem_page_add.c, tdh_mr_extend.c, tdh_mr_finalize.c (which adds nothing).
 */
#ifndef MEASURE_TDX_STREAM_H
#define MEASURE_TDX_STREAM_H

#include "base/span.h"
#include "launch/tdx/build.h"

struct stream {
    const struct mrtd_plan *plan;
    uint32_t run;    /* index of the run at work */
    uint64_t offset; /* offset of the next page in that run */

    uint8_t *blocks; /* what stream_next() hands out */
    unsigned layout; /* the ops that their headers are laid out for, 0: none */
    uint8_t *read;   /* the source's bytes, read ahead */
    struct span ahead;
};

/* The stream of plan, from its start. False if out of memory. */
bool stream_open(struct stream *stream, const struct mrtd_plan *plan);
void stream_close(struct stream *stream);

/* Starts the stream of another plan with the same buffers. */
void stream_restart(struct stream *stream, const struct mrtd_plan *plan);

/*
 * The next *count 128-byte blocks, at *blocks until the next call; all of one
 * run. At the end *count is 0.
 */
enum mrtd_code stream_next(struct stream *stream, const uint8_t **blocks,
                           size_t *count, struct mrtd_error *error);

/*
 * True where the last blocks handed out were the end of a region's last run;
 * *region is then its index.
 */
bool stream_ends_region(const struct stream *stream, uint32_t *region);

#endif
