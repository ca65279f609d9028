/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch digest of SEV-ES and SEV: SHA-256 of all bytes in a row. Source:
 * AMD, Secure Encrypted Virtualization API, 55766, revision 3.24, 6.3 to 6.5.
 */
#include "base/error.h"
#include "measure/run.h"
#include "measure/snp.h"

/* Bytes hashed between two calls of the observer's progress(). */
#define PROGRESS_BYTES (UINT64_C(1) << 24)

/* The plan's runs as one source, read from its start to its end. */
struct row {
    const struct mrtd_plan *plan;
    const struct mrtd_observer *observer;
    uint32_t run;
    uint64_t start; /* offset in the source of the run's first byte */
    uint64_t next_progress;
    struct mrtd_error failure; /* why a read failed */
};

/* Reports that so many bytes are done; false where it is to stop. */
static bool say_progress(struct row *row, uint64_t done)
{
    const struct mrtd_observer *o = row->observer;
    if (!o || !o->progress || done < row->next_progress) {
        return true;
    }
    row->next_progress = done + PROGRESS_BYTES;
    if (o->progress(o->context, done, row->plan->info.hashed_bytes)) {
        error_set(&row->failure, MRTD_ERR_CANCELLED, MRTD_NO_OFFSET,
                  "stopped on request");
        return false;
    }
    return true;
}

/* struct mrtd_source's read(): offset is never before that of the call before,
 * since a digest is made in one pass. */
static int read_row(void *context, uint64_t offset, void *buffer, size_t size)
{
    struct row *row = context;
    uint8_t *to = buffer;
    while (size > 0) {
        const struct mrtd_run *run = mrtd_plan_run(row->plan, row->run);
        const uint64_t at = offset - row->start;
        if (at >= run->size) {
            row->start += run->size;
            row->run++;
            continue;
        }
        const uint64_t left = run->size - at;
        const size_t len = left < size ? (size_t)left : size;
        if (run_read(row->plan, run, at, len, to, &row->failure)) {
            return 1;
        }
        to += len;
        offset += len;
        size -= len;
    }
    return say_progress(row, offset) ? 0 : 1;
}

enum mrtd_code sev_measure(const struct mrtd_plan *plan,
                           const struct mrtd_observer *observer,
                           struct mrtd_value *value, struct mrtd_error *error)
{
    struct row row = {
        .plan = plan, .observer = observer, .next_progress = PROGRESS_BYTES};
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA256};
    const struct mrtd_source source = {
        .size = plan->info.hashed_bytes, .read = read_row, .context = &row};
    enum mrtd_code code = mrtd_digest_source(&digest, 1, &source, error);
    if (code == MRTD_ERR_READ) {
        return error_set(error, row.failure.code, row.failure.offset, "%s",
                         row.failure.message);
    }
    if (!code) {
        mrtd_value_set(value,
                       plan->info.vmm->platform == MRTD_PLATFORM_SEV
                           ? MRTD_REGISTER_SEV
                           : MRTD_REGISTER_SEV_ES,
                       digest.bytes);
    }
    return code;
}
