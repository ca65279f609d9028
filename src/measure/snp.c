/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch digest of a plan of SEV-SNP. The contents of pages are messages
 * that do not depend on one another, and are hashed in lanes; the chain over
 * them is not.
 */
#include "measure/snp.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/span.h"
#include "launch/snp/build.h"
#include "measure/run.h"
#include "measure/snp_chain.h"

#define PAGE_BLOCKS (MRTD_PAGE_SIZE / SHA384_BLOCK)
/* Bytes hashed between two calls of the observer's progress(). */
#define PROGRESS_BYTES (UINT64_C(1) << 24)

static const uint8_t zero_page[MRTD_PAGE_SIZE];

struct chain {
    const struct mrtd_plan *plan;
    const struct mrtd_observer *observer;
    struct snp_engines engines;
    uint8_t digest[SHA384_SIZE];
    uint8_t zeros[SHA384_SIZE]; /* the digest of a page of zeros */
    uint64_t next_progress;
    uint64_t hashed;
    /* As many pages as there may be lanes, where they are in memory, and their
     * digests. */
    uint8_t *pages;
    struct span view;
    uint8_t contents[SHA384_MAX_LANES][SHA384_SIZE];
};

/* --- The contents of pages --------------------------------------------- */

/* Hashes the first count of the pages; pages of zeros are not hashed again. */
static void hash_pages(struct chain *c, unsigned count)
{
    const uint8_t *pages[SHA384_MAX_LANES];
    uint8_t *digests[SHA384_MAX_LANES];
    unsigned busy = 0;
    for (unsigned i = 0; i < count; i++) {
        const uint64_t at = i * (uint64_t)MRTD_PAGE_SIZE;
        if (span_equals(c->view, at, zero_page, sizeof zero_page)) {
            memcpy(c->contents[i], c->zeros, SHA384_SIZE);
        } else {
            pages[busy] = span_bytes(c->view, at, MRTD_PAGE_SIZE);
            digests[busy++] = c->contents[i];
        }
    }
    snp_hash_pages(&c->engines, pages, digests, busy);
}

/* Reads count pages of the run, the first at offset, zeros after its data; they
 * are not copied where the source has them in memory. */
static enum mrtd_code read_pages(struct chain *c, const struct mrtd_run *run,
                                 uint64_t offset, unsigned count,
                                 struct mrtd_error *error)
{
    const size_t size = (size_t)count * MRTD_PAGE_SIZE;
    const uint64_t left = offset < run->data_size ? run->data_size - offset : 0;
    const size_t len = left < size ? (size_t)left : size;
    if (len == size) {
        return run_view(c->plan, run, offset, len, c->pages, &c->view, error);
    }
    memset(c->pages + len, 0, size - len);
    c->view = span_make(c->pages, size, 0);
    return len == 0 ? MRTD_OK
                    : run_read(c->plan, run, offset, len, c->pages, error);
}

/* --- The chain --------------------------------------------------------- */

static enum mrtd_code say_progress(struct chain *c, uint64_t bytes,
                                   struct mrtd_error *error)
{
    const struct mrtd_observer *o = c->observer;
    c->hashed += bytes;
    if (!o->progress || c->hashed < c->next_progress) {
        return MRTD_OK;
    }
    c->next_progress = c->hashed + PROGRESS_BYTES;
    return o->progress(o->context, c->hashed, c->plan->info.hashed_bytes)
               ? error_set(error, MRTD_ERR_CANCELLED, MRTD_NO_OFFSET,
                           "stopped on request")
               : MRTD_OK;
}

/* Adds pages whose contents do not count. */
static enum mrtd_code add_bare(struct chain *c, const struct mrtd_run *run,
                               struct mrtd_error *error)
{
    const uint64_t bytes = (uint64_t)SNP_PAGE_INFO_BLOCKS * SHA384_BLOCK;
    enum mrtd_code code = MRTD_OK;
    for (uint64_t at = 0; !code && at < run->size; at += MRTD_PAGE_SIZE) {
        snp_chain(c->digest, c->engines.one, NULL, run->page_type,
                  run->gpa + at);
        code = say_progress(c, bytes, error);
    }
    return code;
}

/* Adds pages with their contents. */
static enum mrtd_code add_pages(struct chain *c, const struct mrtd_run *run,
                                struct mrtd_error *error)
{
    const uint64_t bytes =
        (uint64_t)(PAGE_BLOCKS + 1 + SNP_PAGE_INFO_BLOCKS) * SHA384_BLOCK;
    enum mrtd_code code = MRTD_OK;
    for (uint64_t at = 0; !code && at < run->size;) {
        const uint64_t left = (run->size - at) / MRTD_PAGE_SIZE;
        const unsigned count =
            left < SHA384_MAX_LANES ? (unsigned)left : SHA384_MAX_LANES;
        code = read_pages(c, run, at, count, error);
        if (!code) {
            hash_pages(c, count);
            code = say_progress(c, count * bytes, error);
        }
        for (unsigned i = 0; !code && i < count; i++) {
            snp_chain(c->digest, c->engines.one, c->contents[i], run->page_type,
                      run->gpa + at);
            at += MRTD_PAGE_SIZE;
        }
    }
    return code;
}

/* Virtual CPUs have VMSAs in a row that are all alike, each a run of a page:
 * the contents of the one before are still there. */
static bool repeats(const struct mrtd_run *run, const struct mrtd_run *before)
{
    return before && run->content == MRTD_CONTENT_PLAN &&
           before->content == MRTD_CONTENT_PLAN &&
           run->size == MRTD_PAGE_SIZE && before->size == MRTD_PAGE_SIZE &&
           run->data_offset == before->data_offset;
}

static enum mrtd_code add_runs(struct chain *c, uint32_t count,
                               struct mrtd_error *error)
{
    const struct mrtd_observer *o = c->observer;
    const struct mrtd_run *before = NULL;
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0; !code && i < count; i++) {
        const struct mrtd_run *run = mrtd_plan_run(c->plan, i);
        const struct mrtd_run *next = mrtd_plan_run(c->plan, i + 1);
        if (!snp_counts_contents(run->page_type)) {
            code = add_bare(c, run, error);
        } else if (repeats(run, before)) {
            snp_chain(c->digest, c->engines.one, c->contents[0], run->page_type,
                      run->gpa);
        } else {
            code = add_pages(c, run, error);
        }
        if (!code && o->region && run->region != MRTD_NO_REGION &&
            !(next && next->region == run->region)) {
            o->region(o->context, run->region, c->digest);
        }
        if (!code && o->run) {
            o->run(o->context, i, c->digest);
        }
        before = run;
    }
    return code;
}

enum mrtd_code snp_measure_runs(const struct mrtd_plan *plan, uint32_t count,
                                const struct mrtd_observer *observer,
                                struct mrtd_value *value,
                                struct mrtd_error *error)
{
    static const struct mrtd_observer nobody = {0};
    struct chain c = {.plan = plan,
                      .observer = observer ? observer : &nobody,
                      .engines = snp_engines_choose(),
                      .next_progress = PROGRESS_BYTES};
    c.pages = malloc((size_t)SHA384_MAX_LANES * MRTD_PAGE_SIZE);
    if (!c.pages) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the measurement");
    }
    sha384_digest(zero_page, sizeof zero_page, c.zeros);
    if (plan->start.size > 0) {
        memcpy(c.digest, plan->start.bytes, sizeof c.digest);
    }
    enum mrtd_code code = add_runs(&c, count, error);
    if (!code) {
        mrtd_value_set(value, MRTD_REGISTER_SNP, c.digest);
    }
    free(c.pages);
    return code;
}

enum mrtd_code snp_measure(const struct mrtd_plan *plan,
                           const struct mrtd_observer *observer,
                           struct mrtd_value *value, struct mrtd_error *error)
{
    return snp_measure_runs(plan, plan->info.run_count, observer, value, error);
}
