/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference values as CBOR: CoRIM (draft-ietf-rats-corim-11) with the Intel
 * profile (draft-cds-rats-intel-corim-profile-05), and CoSWID (RFC 9393).
 */
#include <stdlib.h>
#include <string.h>

#include "reference/cbor_build.h"
#include "reference/environment.h"
#include "reference/formats.h"
#include "reference/write_cbor.h"

enum {
    TAG_UUID = 37,
    TAG_OID = 111,
    TAG_CORIM = 501,
    TAG_COMID = 506,
    TAG_SET = 60020,       /* Intel profile: set of digests */
    TAG_SWID = 1398229316, /* RFC 9393, section 8 */
    SET_MEMBER = 6,        /* op.mem */
    MKEY_MRTEE = 83,       /* tee.mrtee */
    VALUE_MRTEE = -83,
    VALUE_REGISTERS = 14, /* integrity-registers */
    ROLE_TAG_CREATOR = 0, /* CoMID */
    ROLE_CREATOR = 1,     /* CoMID; of a CoRIM: manifest creator */
    SWID_TAG_CREATOR = 1, /* RFC 9393, section 4.2 */
    SWID_SOFTWARE_CREATOR = 2,
};

/* 2.16.840.1.113741.1.16.1, the Intel profile, as contents of an OID. */
static const unsigned char intel_profile[] = {0x60, 0x86, 0x48, 0x01, 0x86,
                                              0xf8, 0x4d, 0x01, 0x10, 0x01};
const bool reference_has_cbor = true;

/* Writes the encoded item; false if there is none. */
static bool dump(FILE *to, cbor_item_t *item)
{
    size_t size = 0;
    unsigned char *bytes = build_encode(item, &size);
    if (bytes) {
        fwrite(bytes, 1, size, to);
    }
    free(bytes);
    return bytes != NULL;
}

/* NULL where there is none. */
static cbor_item_t *text_item(const char *text)
{
    return text ? build_text(text) : NULL;
}

/* "ID/VERSION/tdx/PROFILE": who writes several documents needs several names.
 * To be freed; NULL if memory is short. */
static char *id_text(const struct reference_set *set,
                     const struct reference_settings *settings)
{
    const char *id = settings->id ? settings->id : set->firmware[0].artifact;
    const char *version = settings->version ? settings->version : "";
    const char *profile = set->only ? set->only->vmms[0] : "";
    const size_t size =
        strlen(id) + strlen(version) + strlen(profile) + sizeof "//tdx/";
    char *text = malloc(size);
    if (text) {
        snprintf(text, size, "%s%s%s/tdx%s%s", id, *version ? "/" : "", version,
                 *profile ? "/" : "", profile);
    }
    return text;
}

/* Algorithms have their numbers of IANA's Named Information registry here,
 * too. */
static cbor_item_t *digest_of(enum mrtd_algorithm algorithm,
                              const uint8_t *bytes)
{
    return build_array(2, build_int(algorithm),
                       build_bytes(bytes, mrtd_algorithm_size(algorithm)));
}

static cbor_item_t *digest(const struct mrtd_value *value)
{
    return digest_of(value->digest.algorithm, value->digest.bytes);
}

/* --- CoRIM ------------------------------------------------------------- */

static cbor_item_t *environment(const struct reference_settings *settings)
{
    uint8_t class_id[ENVIRONMENT_UUID_SIZE];
    environment_uuid(settings->class_id, class_id);
    return build_map(
        1, build_int(0),
        build_map(3, build_int(0),
                  build_tag(TAG_UUID, build_bytes(class_id, sizeof class_id)),
                  build_int(1), build_text(settings->vendor), build_int(2),
                  build_text(settings->model)));
}

/*
 * The registers as integrity registers, {1: digests, 2: digests}. Intel's
 * profile has no number for RTMRs: that the index is that of the register's
 * name is our reading of the draft.
 */
static cbor_item_t *registers(const struct reference_firmware *f)
{
    cbor_item_t *digests[2] = {NULL, NULL};
    int index[2] = {0, 0};
    int count = 0;
    for (enum boot_value_id id = BOOT_VALUE_RTMR1; id <= BOOT_VALUE_RTMR2;
         id++) {
        const struct boot_value *v =
            boot_value_find(f->boot, f->boot_count, id);
        if (v) {
            index[count] = (int)(id - BOOT_VALUE_RTMR0);
            digests[count++] =
                build_array(1, digest_of(MRTD_ALGORITHM_SHA384, v->digest));
        }
    }
    return count == 2 ? build_map(2, build_int(index[0]), digests[0],
                                  build_int(index[1]), digests[1])
                      : build_map(1, build_int(index[0]), digests[0]);
}

static bool has_registers(const struct reference_firmware *f)
{
    return boot_value_find(f->boot, f->boot_count, BOOT_VALUE_RTMR1) ||
           boot_value_find(f->boot, f->boot_count, BOOT_VALUE_RTMR2);
}

/* Under mkey 83 the digests are the MRTD's alone, so that registers are a
 * measurement of their own, of the TD as a whole. */
static cbor_item_t *by_mkey(const struct reference_set *set)
{
    const struct reference_firmware *f = &set->firmware[0];
    cbor_item_t *mrtd = build_map(
        2, build_int(0), build_int(MKEY_MRTEE), build_int(1),
        build_map(1, build_int(2), build_array(1, digest(&set->only->value))));
    return has_registers(f)
               ? build_array(2, mrtd,
                             build_map(1, build_int(1),
                                       build_map(1, build_int(VALUE_REGISTERS),
                                                 registers(f))))
               : build_array(1, mrtd);
}

/* Without a key, registers are beside the value of the MRTD. */
static cbor_item_t *by_value(const struct reference_firmware *f,
                             cbor_item_t *mrtee)
{
    cbor_item_t *values =
        has_registers(f)
            ? build_map(2, build_int(VALUE_REGISTERS), registers(f),
                        build_int(VALUE_MRTEE), mrtee)
            : build_map(1, build_int(VALUE_MRTEE), mrtee);
    return build_array(1, build_map(1, build_int(1), values));
}

static cbor_item_t *measurements(const struct reference_set *set,
                                 const struct reference_settings *settings)
{
    const struct reference_firmware *f = &set->firmware[0];
    if (settings->corim_form == CORIM_MKEY) {
        return by_mkey(set);
    }
    if (settings->corim_form == CORIM_EXTENSION) {
        return by_value(f, build_array(1, digest(&set->only->value)));
    }
    cbor_item_t *digests = cbor_new_definite_array(f->value_count);
    for (size_t i = 0; i < f->value_count; i++) {
        digests = build_append(digests, digest(&f->values[i].value));
    }
    return by_value(
        f, build_tag(TAG_SET, build_array(2, build_int(SET_MEMBER), digests)));
}

/* [{0: name, 2: roles}]: who makes a CoMID is the creator of the tag, too. */
static cbor_item_t *entities(const struct reference_settings *settings,
                             bool is_comid)
{
    cbor_item_t *roles = is_comid ? build_array(2, build_int(ROLE_TAG_CREATOR),
                                                build_int(ROLE_CREATOR))
                                  : build_array(1, build_int(ROLE_CREATOR));
    return build_array(1,
                       build_map(2, build_int(0), build_text(settings->entity),
                                 build_int(2), roles));
}

bool write_cbor_corim(FILE *to, const struct reference_settings *settings,
                      const struct corim_parts *parts)
{
    cbor_item_t *triple =
        build_array(2, parts->environment, parts->measurements);
    cbor_item_t *comid = build_map(
        3, build_int(1), build_map(1, build_int(0), text_item(parts->id)),
        build_int(2), entities(settings, true), build_int(4),
        build_map(1, build_int(0), build_array(1, triple)));
    cbor_item_t *tag = build_tag(TAG_COMID, build_embedded(comid));
    cbor_item_t *map =
        build_map(4, build_int(0), text_item(parts->id), build_int(1),
                  build_array(1, tag), build_int(3), parts->profile,
                  build_int(5), entities(settings, false));
    return dump(to, build_tag(TAG_CORIM, map));
}

bool write_corim(FILE *to, const struct reference_set *set,
                 const struct reference_settings *settings)
{
    char *id = id_text(set, settings);
    const struct corim_parts parts = {
        .id = id,
        .profile = build_tag(TAG_OID,
                             build_bytes(intel_profile, sizeof intel_profile)),
        .environment = environment(settings),
        .measurements = measurements(set, settings),
    };
    const bool good = write_cbor_corim(to, settings, &parts);
    free(id);
    return good;
}

/* --- CoSWID ------------------------------------------------------------ */

static cbor_item_t *file_entry(const struct reference_firmware *f)
{
    uint8_t sha384[MRTD_DIGEST_SIZE];
    return !mrtd_hex_decode(sha384, MRTD_DIGEST_SIZE, f->sha384,
                            strlen(f->sha384))
               ? NULL
               : build_map(3, build_int(7),
                           digest_of(MRTD_ALGORITHM_SHA384, sha384),
                           build_int(20), build_int((int64_t)f->size),
                           build_int(24), build_text(f->artifact));
}

bool write_coswid(FILE *to, const struct reference_set *set,
                  const struct reference_settings *settings)
{
    const struct reference_firmware *f = &set->firmware[0];
    const char *name = settings->id ? settings->id : f->artifact;
    char *id = id_text(set, settings);
    cbor_item_t *tag_id = text_item(id);
    free(id);
    cbor_item_t *entity =
        build_map(2, build_int(31), build_text(settings->entity), build_int(33),
                  build_array(2, build_int(SWID_TAG_CREATOR),
                              build_int(SWID_SOFTWARE_CREATOR)));
    /* RFC 9393 has no measurements: a resource with an attribute of ours. */
    cbor_item_t *resource =
        build_map(2, build_int(29), build_text("mrtd-calc.tdx.mrtd"),
                  build_text("mr_td"), build_text(set->only->hex));
    cbor_item_t *payload =
        build_map(2, build_int(17), file_entry(f), build_int(19), resource);
    cbor_item_t *map =
        settings->version
            ? build_map(6, build_int(0), tag_id, build_int(1), build_text(name),
                        build_int(2), entity, build_int(6), payload,
                        build_int(12), build_int(0), build_int(13),
                        build_text(settings->version))
            : build_map(5, build_int(0), tag_id, build_int(1), build_text(name),
                        build_int(2), entity, build_int(6), payload,
                        build_int(12), build_int(0));
    return dump(to, build_tag(TAG_SWID, map));
}
