/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk through the records of an event log: one after the other, each
 * decoded and checked. It allocates nothing and hashes nothing.
 */
#ifndef EVENTS_LOG_WALK_H
#define EVENTS_LOG_WALK_H

#include "base/span.h"
#include "mrtd.h"

#define LOG_MOST_ALGORITHMS 16

struct log_algorithm {
    uint16_t id; /* TPM_ALG_ID */
    uint16_t size;
};

/* Begins with the bytes, at most MRTD_LOG_MOST_BYTES, and the error; all else
 * is zero. */
struct log_walk {
    struct span bytes;
    struct mrtd_error *error; /* or NULL */
    uint64_t at;              /* of the next record */
    uint32_t count;           /* of the records before it */
    uint32_t algorithm_count;
    struct log_algorithm algorithms[LOG_MOST_ALGORITHMS];
};

/*@ predicate walking(struct log_walk *w) =
      \valid(w) && readable(w->bytes) &&
      w->at <= w->bytes.size <= MRTD_LOG_MOST_BYTES &&
      w->count <= MRTD_LOG_MOST_EVENTS &&
      w->algorithm_count <= LOG_MOST_ALGORITHMS &&
      (w->error == \null || \valid(w->error)) &&
      \separated(w, w->error, w->bytes.data + (0 .. w->bytes.size - 1));

    predicate digests_fit(struct log_walk *w) =
      \forall integer i; 0 <= i < w->algorithm_count &&
        w->algorithms[i].id == 12 ==>
        w->algorithms[i].size == MRTD_DIGEST_SIZE;

    predicate is_digest_at(struct log_walk *w, struct mrtd_digest *digest,
                           integer at) =
      digest->size == MRTD_DIGEST_SIZE &&
      \forall integer i; 0 <= i < MRTD_DIGEST_SIZE ==>
        digest->bytes[i] == w->bytes.data[at + i];

    predicate digest_between(struct log_walk *w, struct mrtd_digest *digest,
                             integer from, integer to) =
      digest->size == 0 ||
      \exists integer at; from <= at && at + MRTD_DIGEST_SIZE <= to &&
        is_digest_at(w, digest, at);
@*/

/* Reads the first record, which says what the log has digests of, into an event
 * of zeros. */
enum mrtd_code log_walk_first(struct log_walk *w, struct mrtd_log_event *event);

/* Reads the next one, likewise; is_of_data is left to be said. */
enum mrtd_code log_walk_next(struct log_walk *w, struct mrtd_log_event *event);

/*@ requires walking(w);
    assigns \nothing;
    ensures \result <==>
      (\forall integer i; w->at <= i < w->bytes.size ==>
        w->bytes.data[i] == 0) ||
      (\forall integer i; w->at <= i < w->bytes.size ==>
        w->bytes.data[i] == 0xff);
@*/
/* Is all that is left the filler of the buffer? */
bool log_walk_is_over(const struct log_walk *w);

#endif
