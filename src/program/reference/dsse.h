/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Envelopes of signatures around an in-toto statement: DSSE (secure-systems-
 * lab/dsse 1.0.2, envelope.md and protocol.md), alone or in a bundle of
 * Sigstore (sigstore/protobuf-specs, sigstore_bundle.proto), one or several,
 * one after the other.
 */
#ifndef REFERENCE_DSSE_H
#define REFERENCE_DSSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "failure.h"

struct evp_pkey_st;

/* Does JSON text begin with such an envelope? One that is malformed counts. */
bool dsse_begins(const char *text, size_t size);

/* Is it one, or a bundle? */
bool dsse_is_envelope(json_t *root);

/*
 * The payloads, one after the other with a line's end after each; statements of
 * something else are left out, and counted, where another is of values. To be
 * freed; NULL after a failure.
 */
unsigned char *dsse_payloads(const char *text, size_t size, size_t *payloads,
                             size_t *left_out, struct failure *error);

/*
 * Is each envelope whose payload dsse_payloads() has signed by that key, of the
 * file of that name? EXIT_DIFFERS: it is not.
 */
enum exit_status dsse_verify(struct evp_pkey_st *key, const char *name,
                             const void *data, size_t size,
                             struct failure *failure);

#endif
