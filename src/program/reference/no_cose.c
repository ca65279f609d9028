/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instead of cose.c, which needs both libcbor and libcrypto. What would lead
 * here is refused before: the format or the key.
 */
#include "reference/reference.h"

enum exit_status cose_sign(struct evp_pkey_st *key, const char *signer,
                           const char *name, const unsigned char *payload,
                           size_t size, unsigned char **out, size_t *out_size,
                           struct failure *failure)
{
    (void)key;
    (void)signer;
    (void)payload;
    (void)size;
    (void)out;
    (void)out_size;
    return failure_refused(failure, name, NULL,
                           "cannot sign: this program was built without "
                           "libcbor or libcrypto");
}

enum exit_status cose_verify(struct evp_pkey_st *key, const char *name,
                             const unsigned char *data, size_t size,
                             struct failure *failure)
{
    (void)key;
    (void)data;
    (void)size;
    return failure_differs(failure, name, "signature",
                           "this program was built without libcbor or "
                           "libcrypto");
}
