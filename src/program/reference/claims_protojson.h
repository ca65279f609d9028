/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of go-tdx-guest's check as JSON of protocol buffers
 * (protobuf.dev, "ProtoJSON Format"): by the table of its messages, which the
 * text format has, too. What that program refuses to read says nothing.
 */
#ifndef REFERENCE_CLAIMS_PROTOJSON_H
#define REFERENCE_CLAIMS_PROTOJSON_H

#include <jansson.h>
#include <stdbool.h>

/* Is a document a Config or Policy with a TDQuoteBodyPolicy? */
bool protojson_is_policy(json_t *root);

/* Why go-tdx-guest does not read such a document; NULL: it does. */
const char *protojson_why(json_t *root);

#endif
