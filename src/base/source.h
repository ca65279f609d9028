/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes out of a struct mrtd_source, as spans. */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include "base/span.h"
#include "mrtd.h"

/*@ predicate fetchable(struct mrtd_source *s) =
      s->data == \null || s->size == 0 ||
      \valid_read((uint8_t *)s->data + (0 .. s->size - 1));
@*/

/* Is the source well formed: memory, a read function, or nothing at all? */
/*@ requires source == \null || \valid_read(source);
    assigns \nothing;
    ensures \result <==> source != \null && (source->data != \null ||
      source->read != \null || source->size == 0);
@*/
bool source_valid(const struct mrtd_source *source);

/*@ requires \valid_read(source) && fetchable(source) && \valid(out);
    requires source->data != \null || \valid(buffer + (0 .. len - 1));
    requires error == \null || \valid(error);
    requires \separated(source, out, error, buffer + (0 .. len - 1));
    assigns *out, *error, buffer[0 .. len - 1];
    ensures \result == MRTD_OK ==> offset + len <= source->size;
    ensures \result == MRTD_OK ==> out->size == len && out->base == offset;
    ensures \result == MRTD_OK ==> out->data ==
      (source->data != \null ? (uint8_t *)source->data + offset : buffer);
    ensures \result == MRTD_OK ==> readable(*out);
    ensures \result != MRTD_OK ==> *out == \old(*out);
@*/
/*
 * The len bytes at offset, which the caller has checked to be inside (anything
 * else is MRTD_ERR_ARGUMENT). They are read into buffer (len bytes) unless the
 * source is in memory; *out is valid as long as both are.
 */
enum mrtd_code source_view(const struct mrtd_source *source, uint64_t offset,
                           size_t len, uint8_t *buffer, struct span *out,
                           struct mrtd_error *error);

/* Those bytes, into buffer also where the source is in memory. */
enum mrtd_code source_copy(const struct mrtd_source *source, uint64_t offset,
                           size_t len, uint8_t *buffer,
                           struct mrtd_error *error);

#endif
