/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CoRIM (draft-ietf-rats-corim-11) of AMD's profile for SEV-SNP (draft-
 * deeglaze-amd-sev-snp-corim-profile): mkey 641 is the MEASUREMENT of a report.
 */
#include "reference/corim_snp.h"

#include <stdio.h>
#include <stdlib.h>

#include "reference/cbor_build.h"
#include "reference/formats.h"
#include "reference/write_cbor.h"

/* The contents of an OID: 1.3.6.1.4.1.3704.3.1. */
const unsigned char corim_snp_vcek[CORIM_SNP_OID_SIZE] = {
    0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x03, 0x01};
const unsigned char corim_snp_vlek[CORIM_SNP_OID_SIZE] = {
    0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x03, 0x02};
const char corim_snp_profile[] = "tag:amd.com,2024:snp-corim-profile";

/* "ID/VERSION/snp/LAUNCH": a digest is that of one launch. To be freed; NULL if
 * memory is short. */
static char *id_text(const struct reference_set *set,
                     const struct reference_settings *settings)
{
    const char *id = settings->id ? settings->id : set->firmware[0].artifact;
    const char *version = settings->version ? settings->version : "";
    char launch[GUEST_TEXT_SIZE];
    char *text = NULL;
    guest_text(&set->only->guest, launch);
    return asprintf(&text, "%s%s%s%s%s", id, *version ? "/" : "", version,
                    CORIM_SNP_MARK, launch) >= 0
               ? text
               : NULL;
}

static cbor_item_t *measurement(const struct mrtd_digest *digest)
{
    cbor_item_t *pair = build_array(2, build_int(digest->algorithm),
                                    build_bytes(digest->bytes, digest->size));
    return build_map(2, build_int(0), build_int(CORIM_SNP_MEASUREMENT),
                     build_int(1),
                     build_map(1, build_int(2), build_array(1, pair)));
}

/* The class is that of all chips whose reports a VCEK signs. */
static cbor_item_t *environment(void)
{
    cbor_item_t *oid = build_tag(
        CORIM_SNP_TAG_OID, build_bytes(corim_snp_vcek, CORIM_SNP_OID_SIZE));
    return build_map(1, build_int(0), build_map(1, build_int(0), oid));
}

bool write_corim_snp(FILE *to, const struct reference_set *set,
                     const struct reference_settings *settings)
{
    char *id = id_text(set, settings);
    const struct corim_parts parts = {
        .id = id,
        .profile = build_tag(CORIM_SNP_TAG_URI, build_text(corim_snp_profile)),
        .environment = environment(),
        .measurements = build_array(1, measurement(&set->only->value.digest)),
    };
    const bool good = write_cbor_corim(to, settings, &parts);
    free(id);
    return good;
}
