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

/*@ predicate digests_fit(struct log_walk *w) =
      \forall integer i; 0 <= i < w->algorithm_count &&
        w->algorithms[i].id == 12 ==>
        w->algorithms[i].size == MRTD_DIGEST_SIZE;

    predicate walking(struct log_walk *w) =
      \valid(w) && readable(w->bytes) && w->bytes.base == 0 &&
      digests_fit(w) &&
      w->at <= w->bytes.size <= MRTD_LOG_MOST_BYTES &&
      w->count <= MRTD_LOG_MOST_EVENTS &&
      w->algorithm_count <= LOG_MOST_ALGORITHMS &&
      (w->error == \null || \valid(w->error)) &&
      \separated(w, w->error, w->bytes.data + (0 .. w->bytes.size - 1));

    predicate stays{L1, L2}(struct log_walk *w) =
      \at(w->at, L1) == \at(w->at, L2) &&
      \at(w->count, L1) == \at(w->count, L2);

    predicate digest_stays{L1, L2}(struct mrtd_log_event *event) =
      \at(event->digest.size, L1) == \at(event->digest.size, L2) &&
      \forall integer i; 0 <= i < MRTD_DIGEST_SIZE ==>
        \at(event->digest.bytes[i], L1) == \at(event->digest.bytes[i], L2);

    predicate event_stays{L1, L2}(struct mrtd_log_event *event) =
      \at(event->offset, L1) == \at(event->offset, L2) &&
      \at(event->data_offset, L1) == \at(event->data_offset, L2) &&
      \at(event->data_size, L1) == \at(event->data_size, L2) &&
      \at(event->id, L1) == \at(event->id, L2) &&
      \at(event->extends, L1) == \at(event->extends, L2) &&
      digest_stays{L1, L2}(event);

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

/*@ requires walking(w) && \valid(event);
    requires w->at == 0 && w->count == 0 && w->algorithm_count == 0;
    requires \separated(event, w, w->error,
                        w->bytes.data + (0 .. w->bytes.size - 1));
    assigns w->at, w->count, w->algorithm_count,
            w->algorithms[0 .. LOG_MOST_ALGORITHMS - 1], *event, *w->error;
    ensures walking(w);
    ensures \result == MRTD_OK ==> 0 < w->at && w->count == 1;
@*/
/* Reads the first record, which says what the log has digests of, into an event
 * of zeros. */
enum mrtd_code log_walk_first(struct log_walk *w, struct mrtd_log_event *event);

/*@ requires walking(w) && \valid(event);
    requires \separated(event, w, w->error,
                        w->bytes.data + (0 .. w->bytes.size - 1));
    requires event->digest.size == 0;
    assigns w->at, w->count, *event, *w->error;
    ensures walking(w);
    ensures \result == MRTD_OK ==> \old(w->at) < w->at;
    ensures \result == MRTD_OK ==> w->count == \old(w->count) + 1;
@*/
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
