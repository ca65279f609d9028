/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event log of a TD (CCEL): which events its registers RTMR0 to RTMR3 were
 * extended with.
 *
 * Documents cited below:
 *   [PFP]     TCG PC Client Platform Firmware Profile Specification, version
 *             1.06: 10.2 (records), 10.4 (types of events)
 *   [GHCI]    Intel TDX Guest-Host Communication Interface 1.5 / UEFI 2.10,
 *             38.4.1: which number is which register
 */
#ifndef MRTD_LOG_H
#define MRTD_LOG_H

#include "mrtd/value.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* The longest log, in bytes, and most events in it. */
#define MRTD_LOG_MOST_BYTES  16777216
#define MRTD_LOG_MOST_EVENTS 65536

/* A record of a log. */
struct mrtd_log_event {
    uint64_t offset;      /* of the record in the log */
    uint64_t data_offset; /* of the event's data, */
    uint64_t data_size;   /* and how many bytes */
    enum mrtd_register id;
    uint32_t type; /* MRTD_EV_*, or another one */
    /* Was the register extended? Not for what is there only to be read:
     * EV_NO_ACTION [PFP]. */
    int extends;
    struct mrtd_digest digest; /* SHA-384; size 0: the record has none */
    /* 1: the digest is that of the event's data; 0: it should be, by [PFP], and
     * is another one; -1: that was not compared. */
    int is_of_data;
};

/* A log, read. */
struct mrtd_log;

/*
 * Reads a log as firmware writes it, of TCG2's crypto-agile form with SHA-384
 * among its algorithms; after it there may be bytes that are all zero or all
 * 0xff. Nothing of the source is kept. On failure returns the error's code
 * (MRTD_ERR_EVENT_LOG for what is no such log, or malformed), fills *error, and
 * leaves *log as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_log_open(struct mrtd_log **log,
                                           const struct mrtd_source *source,
                                           struct mrtd_error *error);
void mrtd_log_free(struct mrtd_log *log);

/* How many records it has, the first of which says what the log is; 0 for
 * NULL. */
size_t mrtd_log_count(const struct mrtd_log *log);
/* How many bytes of the source are the log; what follows is padding. */
uint64_t mrtd_log_size(const struct mrtd_log *log);
/* The index-th record, NULL after the last. */
const struct mrtd_log_event *mrtd_log_event(const struct mrtd_log *log,
                                            size_t index);

/* The value that a register RTMR0 to RTMR3 has after all events: value->id says
 * which. Another one is MRTD_ERR_ARGUMENT, and leaves *value as it was. */
MRTD_MUST_USE enum mrtd_code mrtd_log_replay(const struct mrtd_log *log,
                                             struct mrtd_value *value,
                                             struct mrtd_error *error);

/* The name of a type of events in [PFP], e.g. "EV_SEPARATOR"; NULL if there is
 * none. */
const char *mrtd_event_type_name(uint32_t type);
/* 1 if by [PFP] the digest of events of that type is that of their data; 0 if
 * it is that of something else, or that is not said. */
int mrtd_event_type_is_of_data(uint32_t type);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
