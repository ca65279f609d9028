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
