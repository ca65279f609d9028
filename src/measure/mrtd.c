/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MRTD of a launch plan: what the TDX module hashes for each operation.
 * Source: intel/tdx-module 1666adc, src/vmm_dispatcher/api_calls/
 * tdh_mem_page_add.c, tdh_mr_extend.c, tdh_mr_finalize.c (which adds nothing).
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "launch/plan.h"
#include "sha384/sha384.h"

/* Each operation starts with a block: name, zero-padded; at 16 the GPA. */
#define BLOCK_SIZE 128
#define BLOCK_GPA  16

#define CHUNKS_PER_PAGE (MRTD_PAGE_SIZE / MRTD_CHUNK_SIZE)
#define PAGE_STREAM     (PLAN_ADD_BYTES + PLAN_EXTEND_BYTES)

/* Pages read at once; pages added at once. */
#define READ_PAGES 16
#define ADD_PAGES  64
/* Bytes hashed between two calls of the observer's progress(). */
#define PROGRESS_BYTES (UINT64_C(1) << 24)

struct measurement {
    const struct mrtd_plan *plan;
    const struct mrtd_observer *observer;
    struct sha384 *hash;
    uint8_t *read_buffer; /* READ_PAGES pages */
    uint64_t hashed;
    uint64_t next_progress;
};

static void put_gpa(uint8_t *block, uint64_t gpa)
{
    for (unsigned i = 0; i < 8; i++) {
        block[BLOCK_GPA + i] = (uint8_t)(gpa >> 8 * i);
    }
}

static void put_name(uint8_t *block, const char *name, size_t len)
{
    memset(block, 0, BLOCK_SIZE);
    memcpy(block, name, len);
}

static enum mrtd_code hash(struct measurement *m, const uint8_t *bytes,
                           size_t len, struct mrtd_error *error)
{
    const struct mrtd_observer *o = m->observer;
    if (!sha384_update(m->hash, bytes, len)) {
        return error_set(error, MRTD_ERR_CRYPTO, MRTD_NO_OFFSET,
                         "libcrypto failed to hash");
    }
    m->hashed += len;
    if (m->hashed >= m->next_progress) {
        m->next_progress = m->hashed + PROGRESS_BYTES;
        if (o && o->progress &&
            o->progress(o->context, m->hashed, m->plan->info.hashed_bytes)) {
            return error_set(error, MRTD_ERR_CANCELLED, MRTD_NO_OFFSET,
                             "stopped on request");
        }
    }
    return MRTD_OK;
}

static enum mrtd_code add_pages(struct measurement *m,
                                const struct mrtd_run *run,
                                struct mrtd_error *error)
{
    uint8_t blocks[ADD_PAGES * BLOCK_SIZE];
    uint64_t pages = run->size / MRTD_PAGE_SIZE;
    for (unsigned i = 0; i < ADD_PAGES; i++) {
        put_name(blocks + i * BLOCK_SIZE, "MEM.PAGE.ADD", 12);
    }
    for (uint64_t done = 0; done < pages;) {
        unsigned batch =
            pages - done < ADD_PAGES ? (unsigned)(pages - done) : ADD_PAGES;
        for (unsigned i = 0; i < batch; i++) {
            put_gpa(blocks + i * BLOCK_SIZE,
                    run->gpa + (done + i) * MRTD_PAGE_SIZE);
        }
        enum mrtd_code code = hash(m, blocks, batch * BLOCK_SIZE, error);
        if (code) {
            return code;
        }
        done += batch;
    }
    return MRTD_OK;
}

/*
 * The content of the run's page at offset: in the source's memory, in the read
 * buffer, or in partial, where zeros follow the data. Reads ahead.
 */
static enum mrtd_code page_content(const struct measurement *m,
                                   const struct mrtd_run *run, uint64_t offset,
                                   struct span *ahead,
                                   uint8_t partial[MRTD_PAGE_SIZE],
                                   struct span *page, struct mrtd_error *error)
{
    static const uint8_t zeros[MRTD_PAGE_SIZE];
    if (run->content == MRTD_CONTENT_ZERO || offset >= run->data_size) {
        *page = span_make(zeros, sizeof zeros, 0);
        return MRTD_OK;
    }
    uint64_t at = run->data_offset + offset;
    uint64_t left = run->data_size - offset;
    if (!span_has(*ahead, at - ahead->base, 1)) {
        size_t len = left < READ_PAGES * MRTD_PAGE_SIZE
                         ? (size_t)left
                         : READ_PAGES * MRTD_PAGE_SIZE;
        enum mrtd_code code = source_view(plan_run_source(m->plan, run), at,
                                          len, m->read_buffer, ahead, error);
        if (code) {
            return code;
        }
    }
    if (left < MRTD_PAGE_SIZE) {
        memset(partial, 0, MRTD_PAGE_SIZE);
        span_copy(*ahead, at - ahead->base, (size_t)left, partial);
        *page = span_make(partial, MRTD_PAGE_SIZE, at);
    } else {
        *page = span_make(span_bytes(*ahead, at - ahead->base, MRTD_PAGE_SIZE),
                          MRTD_PAGE_SIZE, at);
    }
    return MRTD_OK;
}

/* The run's pages one by one: ADD where the plan says so, then 16 EXTEND. */
static enum mrtd_code extend_pages(struct measurement *m,
                                   const struct mrtd_run *run,
                                   struct mrtd_error *error)
{
    const size_t extend_size = BLOCK_SIZE + MRTD_CHUNK_SIZE;
    uint8_t stream[PAGE_STREAM];
    uint8_t partial[MRTD_PAGE_SIZE];
    uint8_t *extends = stream + BLOCK_SIZE;
    struct span ahead = span_make(NULL, 0, 0);
    struct span page;
    const uint8_t *first = run->add ? stream : extends;
    size_t len = run->add ? PAGE_STREAM : PLAN_EXTEND_BYTES;

    put_name(stream, "MEM.PAGE.ADD", 12);
    for (unsigned i = 0; i < CHUNKS_PER_PAGE; i++) {
        put_name(extends + i * extend_size, "MR.EXTEND", 9);
    }
    for (uint64_t offset = 0; offset < run->size; offset += MRTD_PAGE_SIZE) {
        enum mrtd_code code =
            page_content(m, run, offset, &ahead, partial, &page, error);
        if (code) {
            return code;
        }
        put_gpa(stream, run->gpa + offset);
        for (unsigned i = 0; i < CHUNKS_PER_PAGE; i++) {
            uint8_t *extend = extends + i * extend_size;
            put_gpa(extend, run->gpa + offset + i * MRTD_CHUNK_SIZE);
            span_copy(page, i * MRTD_CHUNK_SIZE, MRTD_CHUNK_SIZE,
                      extend + BLOCK_SIZE);
        }
        code = hash(m, first, len, error);
        if (code) {
            return code;
        }
    }
    return MRTD_OK;
}

static enum mrtd_code peek(const struct measurement *m,
                           uint8_t digest[MRTD_DIGEST_SIZE],
                           struct mrtd_error *error)
{
    if (!sha384_peek(m->hash, digest)) {
        return error_set(error, MRTD_ERR_CRYPTO, MRTD_NO_OFFSET,
                         "libcrypto failed to finish a SHA-384");
    }
    return MRTD_OK;
}

/* Tells the observer, if the run is the last of its section. */
static enum mrtd_code section_done(const struct measurement *m, uint32_t index,
                                   struct mrtd_error *error)
{
    const struct mrtd_run *run = &m->plan->runs[index];
    const struct mrtd_observer *o = m->observer;
    uint8_t running[MRTD_DIGEST_SIZE];
    bool last = index + 1 == m->plan->info.run_count ||
                m->plan->runs[index + 1].section != run->section;
    if (!last || !o || !o->section) {
        return MRTD_OK;
    }
    enum mrtd_code code = peek(m, running, error);
    if (!code) {
        o->section(o->context, run->section, running);
    }
    return code;
}

enum mrtd_code mrtd_measure(const struct mrtd_plan *plan,
                            const struct mrtd_observer *observer,
                            uint8_t mrtd[MRTD_DIGEST_SIZE],
                            struct mrtd_error *error)
{
    struct measurement m = {
        .plan = plan, .observer = observer, .next_progress = PROGRESS_BYTES};
    enum mrtd_code code = MRTD_OK;
    m.hash = sha384_new();
    m.read_buffer = malloc(READ_PAGES * MRTD_PAGE_SIZE);
    if (!m.hash || !m.read_buffer) {
        code = error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for a SHA-384");
    }
    for (uint32_t i = 0; !code && i < plan->info.run_count; i++) {
        const struct mrtd_run *run = &plan->runs[i];
        code = run->extend ? extend_pages(&m, run, error)
                           : add_pages(&m, run, error);
        if (!code) {
            code = section_done(&m, i, error);
        }
    }
    if (!code) {
        code = peek(&m, mrtd, error);
    }
    free(m.read_buffer);
    sha384_free(m.hash);
    return code;
}
