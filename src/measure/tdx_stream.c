/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/tdx_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/source.h"

/* Each operation starts with a block: name, zero-padded; at 16 the GPA. */
#define BLOCK_SIZE 128
#define BLOCK_GPA  16

#define CHUNKS_PER_PAGE (MRTD_PAGE_SIZE / MRTD_CHUNK_SIZE)
#define EXTEND_SIZE     (BLOCK_SIZE + MRTD_CHUNK_SIZE)
#define PAGE_SIZE_MOST  (TDX_ADD_BYTES + TDX_EXTEND_BYTES)

/* Pages of an extending run that are handed out, and read, at once. */
#define PAGES      8
#define READ_PAGES 16
#define BUFFER     ((size_t)PAGES * PAGE_SIZE_MOST)

bool stream_open(struct stream *stream, const struct mrtd_plan *plan)
{
    stream->blocks = malloc(BUFFER);
    stream->read = malloc((size_t)READ_PAGES * MRTD_PAGE_SIZE);
    if (!stream->blocks || !stream->read) {
        stream_close(stream);
        return false;
    }
    stream->layout = 0;
    stream_restart(stream, plan);
    return true;
}

void stream_close(struct stream *stream)
{
    free(stream->blocks);
    free(stream->read);
    memset(stream, 0, sizeof *stream);
}

void stream_restart(struct stream *stream, const struct mrtd_plan *plan)
{
    stream->plan = plan;
    stream->run = 0;
    stream->offset = 0;
    stream->ahead = span_make(NULL, 0, 0);
}

static void put_gpa(uint8_t *block, uint64_t gpa)
{
    for (unsigned i = 0; i < 8; i++) {
        block[BLOCK_GPA + i] = (uint8_t)(gpa >> 8 * i);
    }
}

/* Pages of the run for which there is room. */
static size_t pages_at_once(const struct mrtd_run *run)
{
    return (run->ops & MRTD_OP_TDX_EXTEND) ? PAGES : BUFFER / TDX_ADD_BYTES;
}

/* Writes the names of all operations; the GPAs and data come page by page. */
static void lay_out(struct stream *stream, const struct mrtd_run *run)
{
    const unsigned layout = run->ops;
    uint8_t *at = stream->blocks;
    if (layout == stream->layout) {
        return;
    }
    stream->layout = layout;
    memset(stream->blocks, 0, BUFFER);
    for (size_t n = pages_at_once(run); n > 0; n--) {
        if (run->ops & MRTD_OP_TDX_ADD) {
            memcpy(at, "MEM.PAGE.ADD", sizeof "MEM.PAGE.ADD");
            at += BLOCK_SIZE;
        }
        for (unsigned c = 0;
             (run->ops & MRTD_OP_TDX_EXTEND) && c < CHUNKS_PER_PAGE; c++) {
            memcpy(at, "MR.EXTEND", sizeof "MR.EXTEND");
            at += EXTEND_SIZE;
        }
    }
}

/*
 * The content of the run's page at the stream's offset: in the source's memory,
 * in the read buffer, or in partial, where zeros follow the data.
 */
static enum mrtd_code page_content(struct stream *stream,
                                   const struct mrtd_run *run,
                                   uint8_t partial[MRTD_PAGE_SIZE],
                                   struct span *page, struct mrtd_error *error)
{
    static const uint8_t zeros[MRTD_PAGE_SIZE];
    if (run->content == MRTD_CONTENT_ZERO || stream->offset >= run->data_size) {
        *page = span_make(zeros, sizeof zeros, 0);
        return MRTD_OK;
    }
    uint64_t at = run->data_offset + stream->offset;
    uint64_t left = run->data_size - stream->offset;
    if (!span_has(stream->ahead, at - stream->ahead.base, 1)) {
        size_t len = left < (uint64_t)READ_PAGES * MRTD_PAGE_SIZE
                         ? (size_t)left
                         : (size_t)READ_PAGES * MRTD_PAGE_SIZE;
        enum mrtd_code code =
            source_view(plan_run_source(stream->plan, run), at, len,
                        stream->read, &stream->ahead, error);
        if (code) {
            return code;
        }
    }
    if (left < MRTD_PAGE_SIZE) {
        memset(partial, 0, MRTD_PAGE_SIZE);
        span_copy(stream->ahead, at - stream->ahead.base, (size_t)left,
                  partial);
        *page = span_make(partial, MRTD_PAGE_SIZE, at);
    } else {
        *page = span_make(
            span_bytes(stream->ahead, at - stream->ahead.base, MRTD_PAGE_SIZE),
            MRTD_PAGE_SIZE, at);
    }
    return MRTD_OK;
}

/* Fills in the GPAs and data of one page at *at, and moves *at after it. */
static enum mrtd_code put_page(struct stream *stream,
                               const struct mrtd_run *run, uint8_t **at,
                               struct mrtd_error *error)
{
    const uint64_t gpa = run->gpa + stream->offset;
    uint8_t partial[MRTD_PAGE_SIZE];
    struct span page;
    if (run->ops & MRTD_OP_TDX_ADD) {
        put_gpa(*at, gpa);
        *at += BLOCK_SIZE;
    }
    if (!(run->ops & MRTD_OP_TDX_EXTEND)) {
        return MRTD_OK;
    }
    enum mrtd_code code = page_content(stream, run, partial, &page, error);
    for (unsigned c = 0; !code && c < CHUNKS_PER_PAGE; c++) {
        put_gpa(*at, gpa + (uint64_t)c * MRTD_CHUNK_SIZE);
        span_copy(page, (uint64_t)c * MRTD_CHUNK_SIZE, MRTD_CHUNK_SIZE,
                  *at + BLOCK_SIZE);
        *at += EXTEND_SIZE;
    }
    return code;
}

enum mrtd_code stream_next(struct stream *stream, const uint8_t **blocks,
                           size_t *count, struct mrtd_error *error)
{
    const struct mrtd_run *run = mrtd_plan_run(stream->plan, stream->run);
    uint8_t *at = stream->blocks;
    *blocks = stream->blocks;
    *count = 0;
    if (run && stream->offset == run->size) {
        stream->offset = 0;
        stream->ahead = span_make(NULL, 0, 0);
        run = mrtd_plan_run(stream->plan, ++stream->run);
    }
    if (!run) {
        return MRTD_OK;
    }
    lay_out(stream, run);
    for (size_t n = pages_at_once(run); n > 0 && stream->offset < run->size;
         n--) {
        enum mrtd_code code = put_page(stream, run, &at, error);
        if (code) {
            return code;
        }
        stream->offset += MRTD_PAGE_SIZE;
    }
    *count = (size_t)(at - stream->blocks) / BLOCK_SIZE;
    return MRTD_OK;
}

bool stream_ends_region(const struct stream *stream, uint32_t *region)
{
    const struct mrtd_run *run = mrtd_plan_run(stream->plan, stream->run);
    if (!run || stream->offset < run->size) {
        return false;
    }
    const struct mrtd_run *next = mrtd_plan_run(stream->plan, stream->run + 1);
    *region = run->region;
    return !next || next->region != run->region;
}
