/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CoRIM (draft-ietf-rats-corim-11) of AMD's profile for SEV-SNP (draft-
 * deeglaze-amd-sev-snp-corim-profile): mkey 641 is the MEASUREMENT of a report.
 */
#include "reference/corim_snp.h"

#include <stdlib.h>

#include "reference/cbor_build.h"
#include "reference/formats.h"

/* The contents of an OID: 1.3.6.1.4.1.3704.3.1. */
const unsigned char corim_snp_vcek[CORIM_SNP_OID_SIZE] = {
    0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x03, 0x01};
const unsigned char corim_snp_vlek[CORIM_SNP_OID_SIZE] = {
    0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x03, 0x02};
const char corim_snp_profile[] = "tag:amd.com,2024:snp-corim-profile";

/* "ID/VERSION/snp/LAUNCH": a digest is that of one launch. */
static cbor_item_t *id_item(const struct reference_set *set,
                            const struct reference_settings *settings)
{
    const char *id = settings->id ? settings->id : set->firmware[0].artifact;
    const char *version = settings->version ? settings->version : "";
    char launch[GUEST_TEXT_SIZE];
    char *text = NULL;
    cbor_item_t *item = NULL;
    guest_text(&set->only->guest, launch);
    if (asprintf(&text, "%s%s%s%s%s", id, *version ? "/" : "", version,
                 CORIM_SNP_MARK, launch) >= 0) {
        item = build_text(text);
        free(text);
    }
    return item;
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

/* {0: entity's name, 2: roles}, of which a CoMID's is the first, too. */
static cbor_item_t *entities(const struct reference_settings *settings,
                             bool is_tag)
{
    cbor_item_t *roles = is_tag ? build_array(2, build_int(0), build_int(1))
                                : build_array(1, build_int(1));
    return build_array(1,
                       build_map(2, build_int(0), build_text(settings->entity),
                                 build_int(2), roles));
}

static cbor_item_t *comid(const struct reference_set *set,
                          const struct reference_settings *settings)
{
    cbor_item_t *triple =
        build_array(2, environment(),
                    build_array(1, measurement(&set->only->value.digest)));
    return build_map(3, build_int(1),
                     build_map(1, build_int(0), id_item(set, settings)),
                     build_int(2), entities(settings, true), build_int(4),
                     build_map(1, build_int(0), build_array(1, triple)));
}

bool write_corim_snp(FILE *to, const struct reference_set *set,
                     const struct reference_settings *settings)
{
    cbor_item_t *tag =
        build_tag(CORIM_SNP_TAG_COMID, build_embedded(comid(set, settings)));
    cbor_item_t *profile =
        build_tag(CORIM_SNP_TAG_URI, build_text(corim_snp_profile));
    cbor_item_t *map =
        build_map(4, build_int(0), id_item(set, settings), build_int(1),
                  build_array(1, tag), build_int(3), profile, build_int(5),
                  entities(settings, false));
    size_t size = 0;
    unsigned char *bytes = build_encode(build_tag(CORIM_SNP_TAG, map), &size);
    if (bytes) {
        fwrite(bytes, 1, size, to);
    }
    free(bytes);
    return bytes != NULL;
}
