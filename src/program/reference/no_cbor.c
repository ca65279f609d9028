/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instead of what needs libcbor, where it is missing: Debian has no static one.
 * The commands refuse what would lead here, but for reading.
 */
#include "reference/claims.h"
#include "reference/formats.h"

const bool reference_has_cbor = false;

bool write_corim(FILE *to, const struct reference_set *set,
                 const struct reference_settings *settings)
{
    (void)to;
    (void)set;
    (void)settings;
    return false;
}

bool write_corim_snp(FILE *to, const struct reference_set *set,
                     const struct reference_settings *settings)
{
    return write_corim(to, set, settings);
}

bool write_coswid(FILE *to, const struct reference_set *set,
                  const struct reference_settings *settings)
{
    return write_corim(to, set, settings);
}

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
                           "cannot sign: this program was built without CBOR "
                           "(libcbor)");
}

enum exit_status cose_verify(struct evp_pkey_st *key, const char *name,
                             const unsigned char *data, size_t size,
                             struct failure *failure)
{
    (void)key;
    (void)data;
    (void)size;
    return failure_differs(failure, name, "signature",
                           "this program was built without CBOR (libcbor)");
}

bool claims_read_corim(struct claims *claims, const unsigned char *data,
                       size_t size, const char *where, struct failure *error)
{
    (void)claims;
    (void)data;
    (void)size;
    (void)where;
    return claims_fail(error, "no-cbor", MRTD_NO_OFFSET,
                       "this program was built without CBOR (libcbor) and "
                       "reads neither CoRIM nor CoSWID");
}

bool claims_read_coswid(struct claims *claims, const unsigned char *data,
                        size_t size, struct failure *error)
{
    return claims_read_corim(claims, data, size, "", error);
}
