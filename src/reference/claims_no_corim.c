/* SPDX-License-Identifier: Apache-2.0 */
/* In place of claims_corim.c and cbor_read.c where libcbor is missing: Debian
 * has no static one. */
#include "reference/claims.h"

bool claims_is_corim(const unsigned char *data, size_t size)
{
    (void)data;
    (void)size;
    return false;
}

bool claims_read_corim(struct claims *claims, const unsigned char *data,
                       size_t size, const char *where,
                       struct claims_error *error)
{
    (void)claims;
    (void)data;
    (void)size;
    (void)where;
    return claims_fail(error, "against-corim", MRTD_NO_OFFSET,
                       "this program was built without CBOR (libcbor) and "
                       "reads no CoRIM");
}
