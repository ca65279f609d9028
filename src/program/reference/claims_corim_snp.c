/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "reference/claims_guest.h"
#include "reference/corim_environment.h"
#include "reference/corim_measurement.h"
#include "reference/corim_snp.h"

bool corim_snp_is_profile(cbor_item_t *profile)
{
    /* The second is that of the draft's later versions. */
    static const char later[] = "tag:amd.com,2025:snp-corim-profile";
    cbor_item_t *uri = read_tagged(profile, CORIM_SNP_TAG_URI);
    return !profile || read_is_text(uri, corim_snp_profile) ||
           read_is_text(uri, later);
}

static bool is_oid(cbor_item_t *oid, const unsigned char *wanted)
{
    return read_is_bytes(oid) &&
           cbor_bytestring_length(oid) == CORIM_SNP_OID_SIZE &&
           memcmp(cbor_bytestring_handle(oid), wanted, CORIM_SNP_OID_SIZE) == 0;
}

/* Why an environment is not that of all guests of SEV-SNP; NULL: it is. Its
 * class alone says so: AMD's profile has neither vendor nor model. */
static const char *environment_why(cbor_item_t *environment)
{
    cbor_item_t *class_map = read_member(environment, 0);
    cbor_item_t *oid =
        read_tagged(read_member(class_map, 0), CORIM_SNP_TAG_OID);
    if (!is_oid(oid, corim_snp_vcek) && !is_oid(oid, corim_snp_vlek)) {
        return "its class is not that of AMD's profile";
    }
    if (cbor_map_size(environment) != 1) {
        return "it is of one instance or group only, or of something that is "
               "not known";
    }
    return cbor_map_size(class_map) == 1
               ? NULL
               : "its class has more than an identifier";
}

/* {0: 641, 1: {2: [[7, digest]]}} and nothing else; why says what is not so. */
static cbor_item_t *digest_list(cbor_item_t *measurement, const char **why)
{
    cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
    cbor_item_t *list = read_member(value, VALUE_DIGESTS);
    *why = cbor_map_size(measurement) != 2 ? "a member more than its key and "
                                             "value"
           : table_type(list) != TYPE_ARRAY || cbor_map_size(value) != 1
               ? "another value than digests"
               : NULL;
    return list;
}

static void pass_over(const struct table_reader *r, const char *where,
                      const char *what, const char *why)
{
    char text[160];
    snprintf(text, sizeof text, "%s%s%s", where, *where ? ": " : "", what);
    claims_pass_over(r->claims, text, why);
}

/* A measurement has one digest of each algorithm. */
static bool take_digests(const struct table_reader *r, const char *where,
                         cbor_item_t *list, const struct cbor_label *label)
{
    bool has = false;
    for (size_t i = 0; read_element(list, i); i++) {
        struct cbor_digest digest;
        if (!cbor_take_digest(r, read_element(list, i), &digest)) {
            return false;
        }
        if (digest.kind != CLAIMS_SHA384) {
            continue;
        }
        if (has) {
            return table_malformed(r, "a measurement with two digests of one "
                                      "algorithm");
        }
        has = true;
        if (!claims_add(r->claims, MRTD_REGISTER_SNP, digest.bytes, where,
                        r->error) ||
            !cbor_take_label(r, label)) {
            return false;
        }
    }
    return true;
}

bool corim_snp_take(const struct table_reader *r, const char *where,
                    cbor_item_t *environment, cbor_item_t *measurements,
                    const struct cbor_label *label)
{
    const char *why = environment_why(environment);
    if (why) {
        pass_over(r, where, "a reference triple", why);
        return true;
    }
    for (size_t i = 0; read_element(measurements, i); i++) {
        cbor_item_t *measurement = read_element(measurements, i);
        if (!table_check(r, &measurement_table, measurement)) {
            return false;
        }
        if (!read_is_int(read_member(measurement, MEASUREMENT_KEY),
                         CORIM_SNP_MEASUREMENT)) {
            continue; /* another field of the report */
        }
        cbor_item_t *list = digest_list(measurement, &why);
        if (why) {
            char text[100];
            snprintf(text, sizeof text, "it has %s", why);
            pass_over(r, where, "the measurement 641", text);
        } else if (!take_digests(r, where, list, label)) {
            return false;
        }
    }
    return true;
}

bool corim_snp_read_label(const struct table_reader *r, cbor_item_t *id,
                          struct cbor_label *label)
{
    static const char mark[] = CORIM_SNP_MARK;
    const size_t size = sizeof mark - 1;
    struct guest_launch launch;
    if (table_type(id) != TYPE_TEXT) {
        return true;
    }
    const char *text = (const char *)cbor_string_handle(id);
    const size_t len = cbor_string_length(id);
    for (size_t i = len; i >= size; i--) {
        const char *at = text + i;
        const size_t rest = len - i;
        if (memcmp(at - size, mark, size) != 0 ||
            !guest_parse(&launch, MRTD_PLATFORM_SNP, at, rest)) {
            continue;
        }
        if (label->len > 0 &&
            (label->len != rest || memcmp(label->name, at, rest) != 0)) {
            return claims_fail(r->error, "against-label", MRTD_NO_OFFSET,
                               "the %s is named as of one launch, and a part "
                               "of it as of another",
                               r->document);
        }
        *label = (struct cbor_label){at, rest};
        break;
    }
    return true;
}
