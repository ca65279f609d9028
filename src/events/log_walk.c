/* SPDX-License-Identifier: Apache-2.0 */
#include "events/log_walk.h"

#include <inttypes.h>

#include "base/error.h"

/* TCG_PCR_EVENT, the first record [PFP 10.2.1]. */
enum {
    LOG_MR = 0,
    LOG_TYPE = 4,
    LOG_FIRST_SIZE = 28,
    LOG_FIRST_HEADER = 32,
};
/* TCG_EfiSpecIdEvent, its data [PFP 10.4.5.1]. */
enum {
    SPEC_ALGORITHM_COUNT = 24,
    SPEC_ALGORITHMS = 28,
    SPEC_ALGORITHM_SIZE = 4,
};
/* TCG_PCR_EVENT2, all others [PFP 10.2.2]. */
enum {
    LOG_COUNT = 8,
    LOG_DIGESTS = 12,
};

#define MOST_REGISTERS 4 /* after MRTD, whose number is 0 */
#define TPM_ALG_SHA384 0x000c

/*@ requires walking(w);
    assigns *w->error;
    ensures walking(w) && stays{Pre, Post}(w);
    ensures \result == MRTD_ERR_EVENT_LOG;
@*/
static enum mrtd_code malformed(const struct log_walk *w, uint64_t offset,
                                const char *why)
{
    return error_set(w->error, MRTD_ERR_EVENT_LOG, offset,
                     "record %" PRIu32 ": %s", w->count, why);
}

/*@ requires walking(w) && \valid(id) && \separated(id, w, w->error);
    requires \separated(id, w->bytes.data + (0 .. w->bytes.size - 1));
    assigns *id, *w->error;
    ensures walking(w) && stays{Pre, Post}(w);
    ensures \result == MRTD_OK <==> number <= MOST_REGISTERS;
    ensures \result == MRTD_OK ==> *id == MRTD_REGISTER_MRTD + number;
@*/
/* The register of that number, in the record at that offset. */
static enum mrtd_code find_register(const struct log_walk *w, uint32_t number,
                                    enum mrtd_register *id)
{
    if (number > MOST_REGISTERS) {
        return error_set(w->error, MRTD_ERR_EVENT_LOG, w->at + LOG_MR,
                         "record %" PRIu32 ": it is of register %" PRIu32
                         ", and a TD has 0 (MRTD) to 4 (RTMR3); logs of a TPM "
                         "are of PCRs and not read",
                         w->count, number);
    }
    *id = MRTD_REGISTER_MRTD + number;
    return MRTD_OK;
}

/*@ requires walking(w);
    requires w->at <= end <= w->bytes.size;
    assigns w->at, w->count, *w->error;
    ensures walking(w);
    ensures \result == MRTD_OK ==>
      w->at == end && w->count == \old(w->count) + 1;
    ensures \result != MRTD_OK ==>
      w->at == \old(w->at) && w->count == \old(w->count);
@*/
/* Moves on to the end of a record that was read. */
static enum mrtd_code move(struct log_walk *w, uint64_t end)
{
    if (w->count == MRTD_LOG_MOST_EVENTS) {
        return error_set(w->error, MRTD_ERR_EVENT_LOG, w->at,
                         "more than %d records", MRTD_LOG_MOST_EVENTS);
    }
    w->count++;
    w->at = end;
    return MRTD_OK;
}

/* --- The first record ----------------------------------------------------- */

/*@ requires \valid_read(algorithm);
    assigns \nothing;
    ensures \result && algorithm->id == TPM_ALG_SHA384 ==>
      algorithm->size == MRTD_DIGEST_SIZE;
@*/
/* Has the algorithm digests of that size, or is it one that is not known? */
static bool is_right(const struct log_algorithm *algorithm)
{
    switch (algorithm->id) {
    case 0x0004: /* SHA-1 */
        return algorithm->size == 20;
    case 0x000b: /* SHA-256 */
    case 0x0012: /* SM3-256 */
        return algorithm->size == 32;
    case TPM_ALG_SHA384:
        return algorithm->size == MRTD_DIGEST_SIZE;
    case 0x000d: /* SHA-512 */
        return algorithm->size == 64;
    default:
        return true;
    }
}

/*@ requires walking(w);
    assigns \nothing;
    ensures \result <= w->algorithm_count;
    ensures \result < w->algorithm_count ==> w->algorithms[\result].id == id;
    ensures \forall integer i; 0 <= i < \result ==> w->algorithms[i].id != id;
@*/
/* The index of the algorithm; their number: the first record does not name
 * it. */
static uint32_t find_algorithm(const struct log_walk *w, uint16_t id)
{
    uint32_t i = 0;
    /*@ loop invariant i <= w->algorithm_count;
        loop invariant \forall integer k; 0 <= k < i ==>
          w->algorithms[k].id != id;
        loop assigns i;
        loop variant w->algorithm_count - i;
    @*/
    while (i < w->algorithm_count && w->algorithms[i].id != id) {
        i++;
    }
    return i;
}

/*@ requires walking(w) && readable(spec);
    requires w->algorithm_count < LOG_MOST_ALGORITHMS;
    requires spec.base + spec.size <= w->bytes.size;
    requires \separated(w, spec.data + (0 .. spec.size - 1));
    assigns w->algorithm_count, w->algorithms[w->algorithm_count], *w->error;
    ensures stays{Pre, Post}(w);
    ensures walking(w);
    ensures \result == MRTD_OK ==>
      w->algorithm_count == \old(w->algorithm_count) + 1;
    ensures \result == MRTD_OK ==> inside(spec, at, SPEC_ALGORITHM_SIZE);
@*/
/* Adds the algorithm that is named there. */
static enum mrtd_code read_algorithm(struct log_walk *w, struct span spec,
                                     uint64_t at)
{
    struct log_algorithm a = {0, 0};
    if (!span_u16(spec, at, &a.id) || !span_u16(spec, at + 2, &a.size)) {
        return malformed(w, spec.base + at, "its algorithms are cut off");
    }
    if (find_algorithm(w, a.id) < w->algorithm_count || !is_right(&a)) {
        return error_set(w->error, MRTD_ERR_EVENT_LOG, spec.base + at,
                         "algorithm 0x%x is there twice, or has not digests of "
                         "%u bytes",
                         a.id, a.size);
    }
    w->algorithms[w->algorithm_count++] = a;
    return MRTD_OK;
}

/*@ requires walking(w) && readable(spec) && w->algorithm_count > 0;
    requires spec.base + spec.size <= w->bytes.size;
    assigns *w->error;
    ensures walking(w) && stays{Pre, Post}(w);
    ensures \result == MRTD_OK ==>
      \exists integer i; 0 <= i < w->algorithm_count &&
        w->algorithms[i].id == TPM_ALG_SHA384;
@*/
/* Is SHA-384 one of the algorithms, after which there is nothing but the
 * vendor's part? */
static enum mrtd_code check_algorithms(const struct log_walk *w,
                                       struct span spec)
{
    uint8_t vendor = 0;
    if (find_algorithm(w, TPM_ALG_SHA384) == w->algorithm_count) {
        return error_set(w->error, MRTD_ERR_EVENT_LOG,
                         spec.base + SPEC_ALGORITHMS,
                         "the log has digests of other algorithms than SHA-384 "
                         "(the first is 0x%x), and registers of TDX are "
                         "extended with SHA-384 alone",
                         w->algorithms[0].id);
    }
    const uint64_t end =
        SPEC_ALGORITHMS + (uint64_t)w->algorithm_count * SPEC_ALGORITHM_SIZE;
    return !span_u8(spec, end, &vendor) || spec.size != end + 1 + vendor
               ? malformed(w, spec.base + end, "vendorInfoSize does not end it")
               : MRTD_OK;
}

/*@ requires walking(w) && readable(spec) && w->algorithm_count == 0;
    requires spec.base + spec.size <= w->bytes.size;
    requires \separated(w, spec.data + (0 .. spec.size - 1));
    assigns w->algorithm_count, w->algorithms[0 .. LOG_MOST_ALGORITHMS - 1],
            *w->error;
    ensures walking(w);
    ensures stays{Pre, Post}(w);
    ensures \result == MRTD_OK ==>
      \exists integer i; 0 <= i < w->algorithm_count &&
        w->algorithms[i].id == TPM_ALG_SHA384;
@*/
/* What the log has digests of. */
static enum mrtd_code read_algorithms(struct log_walk *w, struct span spec)
{
    uint32_t count = 0;
    if (!span_u32(spec, SPEC_ALGORITHM_COUNT, &count) || count == 0 ||
        count > LOG_MOST_ALGORITHMS) {
        return error_set(w->error, MRTD_ERR_EVENT_LOG,
                         spec.base + SPEC_ALGORITHM_COUNT,
                         "numberOfAlgorithms %" PRIu32 " is not from 1 to %d",
                         count, LOG_MOST_ALGORITHMS);
    }
    /*@ loop invariant 0 <= i <= count;
        loop invariant walking(w) && stays{Pre, Here}(w);
        loop invariant w->algorithm_count == i;
        loop assigns i, w->algorithm_count,
                     w->algorithms[0 .. LOG_MOST_ALGORITHMS - 1], *w->error;
        loop variant count - i;
    @*/
    for (uint32_t i = 0; i < count; i++) {
        const enum mrtd_code code = read_algorithm(
            w, spec, SPEC_ALGORITHMS + (uint64_t)i * SPEC_ALGORITHM_SIZE);
        if (code) {
            return code;
        }
    }
    return check_algorithms(w, spec);
}

enum mrtd_code log_walk_first(struct log_walk *w, struct mrtd_log_event *event)
{
    static const uint8_t signature[16] = "Spec ID Event03";
    uint32_t number = 0;
    uint32_t type = 0;
    uint32_t size = 0;
    struct span spec;
    span_u32(w->bytes, LOG_MR, &number);
    span_u32(w->bytes, LOG_TYPE, &type);
    if (!span_u32(w->bytes, LOG_FIRST_SIZE, &size) ||
        type != MRTD_EV_NO_ACTION ||
        !span_part(w->bytes, LOG_FIRST_HEADER, size, &spec) ||
        !span_equals(spec, 0, signature, sizeof signature)) {
        return error_set(w->error, MRTD_ERR_EVENT_LOG, 0,
                         "not an event log: it does not begin with a record "
                         "of \"Spec ID Event03\"");
    }
    event->type = type;
    event->data_offset = LOG_FIRST_HEADER;
    event->data_size = size;
    enum mrtd_code code = find_register(w, number, &event->id);
    if (!code) {
        code = read_algorithms(w, spec);
    }
    return code ? code : move(w, LOG_FIRST_HEADER + (uint64_t)size);
}

/* --- The records after it ------------------------------------------------- */

/*@ requires walking(w) && \valid(at) && \valid(sha384);
    requires \valid(seen + (0 .. LOG_MOST_ALGORITHMS - 1));
    requires *at <= w->bytes.size;
    requires \separated(at, sha384, seen + (0 .. LOG_MOST_ALGORITHMS - 1), w,
                        w->error, w->bytes.data + (0 .. w->bytes.size - 1));
    assigns *at, *sha384, seen[0 .. LOG_MOST_ALGORITHMS - 1], *w->error;
    ensures walking(w) && stays{Pre, Post}(w);
    ensures \result == MRTD_OK ==> \old(*at) + 2 <= *at <= w->bytes.size;
    ensures *sha384 == \old(*sha384) || \result != MRTD_OK ||
      (*sha384 == \old(*at) + 2 && *sha384 + MRTD_DIGEST_SIZE == *at);
@*/
/* The digest of a record at *at, which moves to its end; *sha384 is where that
 * of SHA-384 is. The algorithms of those before it are seen. */
static enum mrtd_code read_digest(const struct log_walk *w, uint64_t *at,
                                  bool *seen, uint64_t *sha384)
{
    uint16_t id = 0;
    if (!span_u16(w->bytes, *at, &id)) {
        return malformed(w, *at, "it is cut off");
    }
    const uint32_t which = find_algorithm(w, id);
    if (which == w->algorithm_count) {
        return malformed(w, *at,
                         "it has a digest of an algorithm that the first "
                         "record does not name");
    }
    if (seen[which]) {
        return malformed(w, *at, "it has two digests of one algorithm");
    }
    seen[which] = true;
    const uint64_t start = *at + 2;
    if (!span_has(w->bytes, start, w->algorithms[which].size)) {
        return malformed(w, *at, "it is cut off");
    }
    if (id == TPM_ALG_SHA384) {
        *sha384 = start;
    }
    *at = start + w->algorithms[which].size;
    return MRTD_OK;
}

/*@ requires walking(w) && \valid(at) && \valid(event);
    requires event->digest.size == 0;
    requires \separated(at, event, w, w->error,
                        w->bytes.data + (0 .. w->bytes.size - 1));
    assigns *at, event->digest.algorithm, event->digest.size,
            event->digest.bytes[0 .. MRTD_DIGEST_SIZE - 1], *w->error;
    ensures walking(w) && stays{Pre, Post}(w);
    ensures event->offset == \old(event->offset);
    ensures event->id == \old(event->id);
    ensures event->extends == \old(event->extends);
    ensures \result == MRTD_OK ==> w->at + LOG_DIGESTS < *at <= w->bytes.size;
    ensures \result == MRTD_OK ==>
      digest_between(w, &event->digest, w->at + LOG_DIGESTS + 2, *at);
@*/
/* The digests of a record, of which SHA-384's is kept; *at moves to their
 * end. */
static enum mrtd_code read_digests(const struct log_walk *w, uint64_t *at,
                                   struct mrtd_log_event *event)
{
    bool seen[LOG_MOST_ALGORITHMS] = {false};
    uint64_t sha384 = 0; /* there is none */
    uint32_t count = 0;
    if (!span_u32(w->bytes, w->at + LOG_COUNT, &count) || count == 0 ||
        count > LOG_MOST_ALGORITHMS) {
        return malformed(w, w->at + LOG_COUNT,
                         "it has no digest, or more than 16");
    }
    *at = w->at + LOG_DIGESTS;
    /*@ loop invariant 0 <= i <= count;
        loop invariant walking(w) && stays{Pre, Here}(w);
        loop invariant w->at + LOG_DIGESTS + 2 * i <= *at <= w->bytes.size;
        loop invariant sha384 == 0 || (w->at + LOG_DIGESTS + 2 <= sha384 &&
                                       sha384 + MRTD_DIGEST_SIZE <= *at);
        loop assigns i, *at, sha384, seen[0 .. LOG_MOST_ALGORITHMS - 1],
                     *w->error;
        loop variant count - i;
    @*/
    for (uint32_t i = 0; i < count; i++) {
        const enum mrtd_code code = read_digest(w, at, seen, &sha384);
        if (code) {
            return code;
        }
    }
    if (sha384) {
        event->digest.algorithm = MRTD_ALGORITHM_SHA384;
        event->digest.size = MRTD_DIGEST_SIZE;
        span_copy(w->bytes, sha384, MRTD_DIGEST_SIZE, event->digest.bytes);
        /*@ assert is_digest_at(w, &event->digest, sha384); @*/
    }
    return MRTD_OK;
}

/*@ requires walking(w) && \valid(event);
    requires \separated(event, w, w->error,
                        w->bytes.data + (0 .. w->bytes.size - 1));
    assigns event->offset, event->id, event->type, event->extends, *w->error;
    ensures walking(w) && stays{Pre, Post}(w);
    ensures \result == MRTD_OK ==>
      event->offset == w->at && w->at + LOG_COUNT <= w->bytes.size;
    ensures \result == MRTD_OK ==>
      little32(w->bytes.data + w->at) == event->id - MRTD_REGISTER_MRTD &&
      event->id <= MRTD_REGISTER_RTMR3;
    ensures \result == MRTD_OK ==>
      event->type == little32(w->bytes.data + w->at + LOG_TYPE);
@*/
/* What a record begins with. */
static enum mrtd_code read_head(const struct log_walk *w,
                                struct mrtd_log_event *event)
{
    uint32_t number = 0;
    uint32_t type = 0;
    if (!span_u32(w->bytes, w->at + LOG_MR, &number) ||
        !span_u32(w->bytes, w->at + LOG_TYPE, &type)) {
        return malformed(w, w->at, "it is cut off");
    }
    const enum mrtd_code code = find_register(w, number, &event->id);
    event->offset = w->at;
    event->type = type;
    event->extends = type != MRTD_EV_NO_ACTION;
    return code;
}

/*@ requires walking(w) && \valid(event) && at <= w->bytes.size;
    requires \separated(event, w, w->error,
                        w->bytes.data + (0 .. w->bytes.size - 1));
    assigns event->data_offset, event->data_size, *w->error;
    ensures event->offset == \old(event->offset);
    ensures event->id == \old(event->id);
    ensures event->extends == \old(event->extends);
    ensures digest_stays{Pre, Post}(event);
    ensures walking(w) && stays{Pre, Post}(w);
    ensures \result == MRTD_OK ==> event->data_offset == at + 4 &&
      event->data_size == little32(w->bytes.data + at);
    ensures \result == MRTD_OK ==>
      event->data_offset + event->data_size <= w->bytes.size;
@*/
/* Where the data of a record are, whose size is at that offset. */
static enum mrtd_code read_data(const struct log_walk *w, uint64_t at,
                                struct mrtd_log_event *event)
{
    uint32_t size = 0;
    if (!span_u32(w->bytes, at, &size) || !span_has(w->bytes, at + 4, size)) {
        return malformed(w, at, "its data are cut off");
    }
    event->data_offset = at + 4;
    event->data_size = size;
    return MRTD_OK;
}

/*@ requires walking(w) && \valid_read(event);
    requires \separated(event, w->error);
    assigns *w->error;
    ensures event_stays{Pre, Post}(event);
    ensures walking(w) && stays{Pre, Post}(w);
    ensures \result == MRTD_OK && event->extends ==>
      event->digest.size != 0 && event->id != MRTD_REGISTER_MRTD;
@*/
/* Can the register be extended with it? */
static enum mrtd_code check_extension(const struct log_walk *w,
                                      const struct mrtd_log_event *event)
{
    if (event->extends && event->digest.size == 0) {
        return malformed(w, w->at, "it has no digest of SHA-384");
    }
    if (event->extends && event->id == MRTD_REGISTER_MRTD) {
        return malformed(w, w->at,
                         "it extends register 0, which is MRTD of a TD and "
                         "extended by nothing: logs of a TPM, as "
                         "binary_bios_measurements, are of PCRs and not read");
    }
    return MRTD_OK;
}

enum mrtd_code log_walk_next(struct log_walk *w, struct mrtd_log_event *event)
{
    uint64_t at = 0;
    enum mrtd_code code = read_head(w, event);
    if (!code) {
        code = read_digests(w, &at, event);
    }
    /*@ assert walking(w) && stays{Pre, Here}(w); @*/
    /*@ assert code == MRTD_OK ==> event->offset == w->at; @*/
    /*@ assert code == MRTD_OK ==> w->at < at <= w->bytes.size; @*/
    if (!code) {
        code = read_data(w, at, event);
    }
    /*@ assert code == MRTD_OK ==> event->offset == w->at; @*/
    /*@ assert code == MRTD_OK ==>
          w->at < event->data_offset &&
          event->data_offset + event->data_size <= w->bytes.size; @*/
    if (!code) {
        code = check_extension(w, event);
    }
    if (code) {
        return code;
    }
    const uint64_t end = event->data_offset + event->data_size;
    /*@ assert w->at < end <= w->bytes.size; @*/
    return move(w, end);
}

bool log_walk_is_over(const struct log_walk *w)
{
    uint8_t first = 0;
    uint8_t byte = 0;
    span_u8(w->bytes, w->at, &first);
    if (first != 0 && first != 0xff) {
        return false;
    }
    /*@ loop invariant w->at <= at <= w->bytes.size;
        loop invariant \forall integer i; w->at <= i < at ==>
          w->bytes.data[i] == first;
        loop assigns at, byte;
        loop variant w->bytes.size - at;
    @*/
    for (uint64_t at = w->at; at < w->bytes.size; at++) {
        span_u8(w->bytes, at, &byte);
        if (byte != first) {
            return false;
        }
    }
    return true;
}
