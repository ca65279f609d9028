/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates in PEM (RFC 7468), read strictly: nothing but certificates, and
 * no character in them that is not one of base64.
 */
#ifndef VERIFY_PEM_H
#define VERIFY_PEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Does it begin as a certificate in PEM does? */
bool pem_begins(struct span rest);

/*
 * Decodes the certificate at the start of *rest into bytes, which has room for
 * rest->size; *rest then begins after the line that ends it. Lines may end with
 * CR and LF where that is allowed. On failure *rest begins where it was wrong.
 */
bool pem_next(struct span *rest, bool allow_cr, uint8_t *bytes, size_t *size);

/* Skips CR, LF, spaces and tabs. */
void pem_skip_blank(struct span *rest);

#endif
