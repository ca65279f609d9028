/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in a CoRIM (draft-ietf-rats-corim-11, sections 4 and 5), as the Intel
 * profile spells them (draft-cds-rats-intel-corim-profile): mkey 83 with
 * digests, or the measurement value -83. A signature around it (RFC 9052
 * COSE_Sign1) is not verified. docs/reading.md says what is read, refused and
 * skipped.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reference/claims_cbor.h"
#include "reference/corim_environment.h"
#include "reference/corim_measurement.h"
#include "reference/corim_registers.h"
#include "reference/corim_snp.h"
#include "reference/cose_read.h"

enum {
    TAG_CORIM = 501,
    TAG_COSWID = 505,
    TAG_COMID = 506,
    TAG_SET = 60020, /* of the Intel profile: [operator, [+ digest]] */
    SET_MEMBER = 6,
    SET_NOT_MEMBER = 7,

    CORIM_ID = 0,
    CORIM_TAGS = 1,
    CORIM_PROFILE = 3,
    CORIM_VALIDITY = 4,
    CORIM_ENTITIES = 5,
    COMID_IDENTITY = 1,
    COMID_ENTITIES = 2,
    COMID_LINKED = 3,
    COMID_TRIPLES = 4,
    IDENTITY_ID = 0,
    TRIPLES_REFERENCE = 0,
};

/* --- What the maps may hold -------------------------------------------- */

#define TABLE(symbol, shown, unknown)                                          \
    static const struct table symbol = {                                       \
        shown, symbol##_members,                                               \
        sizeof symbol##_members / sizeof *symbol##_members, unknown}

/* Section 4.1 */
static const struct table_member corim_map_members[] = {
    {CORIM_ID, TYPE_TEXT | TYPE_UUID, true},
    {CORIM_TAGS, TYPE_ARRAY, true},
    {2 /* dependent-rims */, TYPE_ARRAY, false},
    {CORIM_PROFILE, TYPE_TAG | TYPE_ARRAY, false},
    {CORIM_VALIDITY, TYPE_MAP, false},
    {CORIM_ENTITIES, TYPE_ARRAY, false},
};
TABLE(corim_map, "corim-map", UNKNOWN_REFUSED);

/* Section 5.1 */
static const struct table_member comid_map_members[] = {
    {0 /* language */, TYPE_TEXT, false}, {COMID_IDENTITY, TYPE_MAP, true},
    {COMID_ENTITIES, TYPE_ARRAY, false},  {COMID_LINKED, TYPE_ARRAY, false},
    {COMID_TRIPLES, TYPE_MAP, true},
};
TABLE(comid_map, "concise-mid-tag", UNKNOWN_REFUSED);

static const struct table_member identity_map_members[] = {
    {IDENTITY_ID, TYPE_TEXT | TYPE_UUID | TYPE_TAG, true},
    {1 /* tag-version */, TYPE_INT, false},
};
TABLE(identity_map, "tag-identity-map", UNKNOWN_NAMED);

static const struct table_member linked_map_members[] = {
    {0 /* linked-tag-id */, TYPE_TEXT | TYPE_UUID | TYPE_TAG, true},
    {1 /* tag-rel */, TYPE_INT, true},
};
TABLE(linked_map, "linked-tag-map", UNKNOWN_NAMED);

static const struct table_member entity_map_members[] = {
    {0 /* entity-name */, TYPE_TEXT, true},
    {1 /* reg-id */, TYPE_TAG, false},
    {2 /* role */, TYPE_ARRAY, true},
};
TABLE(entity_map, "entity-map", UNKNOWN_NAMED);

struct corim {
    struct table_reader r;
    const char *where;
    struct cbor_label label; /* label of the CoRIM, and of the CoMID at work */
    struct corim_registers registers;
};

static bool is_snp(const struct corim *c)
{
    return c->r.claims->platform == MRTD_PLATFORM_SNP;
}

static bool malformed(struct corim *c, const char *what)
{
    return table_malformed(&c->r, what);
}

static void pass_over(struct corim *c, const char *what, const char *why)
{
    char where[160];
    snprintf(where, sizeof where, "%s%s%s", c->where, *c->where ? ": " : "",
             what);
    claims_pass_over(c->r.claims, where, why);
}

/* --- Digests ----------------------------------------------------------- */

/* What is made of the SHA-384 digests of a list. */
enum sense {
    MUST_BE,
    MAY_BE,
    MUST_NOT_BE
};

static bool take_mrtd(struct corim *c, const uint8_t *mrtd, enum sense sense)
{
    if (sense == MUST_NOT_BE) {
        return claims_deny(
            c->r.claims, MRTD_REGISTER_MRTD, mrtd, "a set with the operator 7",
            "the MRTD must not be one of it (not-member)", c->r.error);
    }
    return claims_add(c->r.claims, MRTD_REGISTER_MRTD, mrtd, c->where,
                      c->r.error) &&
           cbor_take_label(&c->r, &c->label);
}

/*
 * A digests-type: [+ [alg, bytes]], each algorithm once, for a measurement has
 * one digest of each (draft-ietf-rats-corim-11, section 7.7). In a set there
 * may be several, since one of them will do.
 */
static bool take_list(struct corim *c, cbor_item_t *list, enum sense sense)
{
    bool has[CLAIMS_DIGESTS] = {false};
    if (table_type(list) != TYPE_ARRAY || !read_element(list, 0)) {
        return malformed(c, "digests that are not a list of [algorithm, "
                            "bytes]");
    }
    for (size_t i = 0; read_element(list, i); i++) {
        struct cbor_digest digest;
        if (!cbor_take_digest(&c->r, read_element(list, i), &digest)) {
            return false;
        }
        if (digest.kind == CLAIMS_DIGESTS) {
            continue; /* reported already */
        }
        if (has[digest.kind] && sense == MUST_BE) {
            return malformed(c, "a measurement with two digests of one "
                                "algorithm");
        }
        has[digest.kind] = true;
        /* An MRTD is SHA-384; other digests beside it are of what it is of. */
        if (digest.kind == CLAIMS_SHA384 &&
            !take_mrtd(c, digest.bytes, sense)) {
            return false;
        }
    }
    return true;
}

/* The Intel profile's set: [operator, digests]. */
static bool take_set(struct corim *c, cbor_item_t *set)
{
    int64_t op = 0;
    char what[80];
    if (table_type(set) != TYPE_ARRAY || cbor_array_size(set) != 2 ||
        !table_int(read_element(set, 0), &op)) {
        return malformed(c, "a set of digests (tag 60020) that is not "
                            "[operator, digests]");
    }
    if (op == SET_MEMBER || op == SET_NOT_MEMBER) {
        return take_list(c, read_element(set, 1),
                         op == SET_MEMBER ? MAY_BE : MUST_NOT_BE);
    }
    snprintf(what, sizeof what, "a set with the operator %" PRId64, op);
    pass_over(c, what, "only 6 (member) says what an MRTD must be");
    return true;
}

/* The measurement value -83: a digest, digests, or an expression. */
static bool take_mrtee(struct corim *c, cbor_item_t *value)
{
    cbor_item_t *set = read_tagged(value, TAG_SET);
    cbor_item_t *first = read_element(value, 0);
    if (set) {
        return take_set(c, set);
    }
    if (table_type(value) == TYPE_TAG) {
        char what[80];
        snprintf(what, sizeof what, "a value in the tag %" PRIu64,
                 cbor_tag_value(value));
        pass_over(c, what, "it is not a set of digests (tag 60020)");
        return true;
    }
    if (table_type(first) == TYPE_INT || table_type(first) == TYPE_TEXT) {
        struct cbor_digest digest;
        if (!cbor_take_digest(&c->r, value, &digest)) {
            return false;
        }
        return digest.kind != CLAIMS_SHA384 ||
               take_mrtd(c, digest.bytes, MUST_BE);
    }
    return take_list(c, value, MUST_BE);
}

/* --- Measurements ------------------------------------------------------ */

/* Is each MRTD from that index on the same? */
static bool is_one_value(const struct claims *claims, size_t from)
{
    for (size_t i = from + 1; i < claims->count; i++) {
        if (!mrtd_value_equal(&claims->items[from].value,
                              &claims->items[i].value)) {
            return false;
        }
    }
    return true;
}

/* One of a TD that is understood. */
static bool take_measurement(struct corim *c, cbor_item_t *measurement)
{
    cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
    cbor_item_t *mrtee = read_member(value, VALUE_MRTEE);
    cbor_item_t *digests = read_member(value, VALUE_DIGESTS);
    const enum measurement_subject subject = measurement_subject(measurement);
    const size_t before = c->r.claims->count;
    if (subject == OF_OTHER) {
        pass_over(c, "a measurement",
                  "its key is not one that is known of a TD");
    }
    if (subject != OF_MRTD) {
        return true;
    }
    if (!mrtee && !digests) {
        pass_over(c, "the measurement of an MRTD", "it has no digests");
    }
    if ((mrtee && !take_mrtee(c, mrtee)) ||
        (digests && !take_list(c, digests, MUST_BE))) {
        return false;
    }
    return !mrtee || !digests || is_one_value(c->r.claims, before) ||
           malformed(c, "a measurement whose value -83 and digests are not "
                        "the same");
}

static bool take_measurements(struct corim *c, cbor_item_t *environment,
                              cbor_item_t *measurements)
{
    const struct environment_own *own = c->r.claims->own;
    if (is_snp(c)) {
        return corim_snp_take(&c->r, c->where, environment, measurements,
                              &c->label);
    }
    char why[ENVIRONMENT_WHY];
    const bool is_td = environment_is_td(environment, own, why);
    const size_t before = c->r.claims->count;
    bool is_known = is_td;
    for (size_t m = 0; read_element(measurements, m); m++) {
        cbor_item_t *measurement = read_element(measurements, m);
        if (!table_check(&c->r, &measurement_table, measurement)) {
            return false;
        }
        is_known = is_known && measurement_is_clear(measurement, own, why);
    }
    if (!is_known) {
        if (is_td || measurements_have_mrtd(measurements)) {
            pass_over(c, "a reference triple", why);
            corim_registers_say(&c->r, measurements);
        }
        return true;
    }
    claims_begin_group(c->r.claims);
    for (size_t m = 0; read_element(measurements, m); m++) {
        if (!take_measurement(c, read_element(measurements, m))) {
            return false;
        }
    }
    return corim_registers_take(&c->registers, &c->r, measurements,
                                c->r.claims->count > before);
}

/* [environment, [+ measurement]] */
static bool take_triple(struct corim *c, cbor_item_t *triple)
{
    cbor_item_t *environment = read_element(triple, 0);
    cbor_item_t *measurements = read_element(triple, 1);
    if (!measurements || read_element(triple, 2) ||
        table_type(measurements) != TYPE_ARRAY) {
        return malformed(c, "a reference triple that is not [environment, "
                            "measurements]");
    }
    cbor_item_t *class_map = table_type(environment) == TYPE_MAP
                                 ? read_member(environment, 0)
                                 : NULL;
    return table_check(&c->r, &environment_table, environment) &&
           (!class_map ||
            table_check(&c->r, &environment_class_table, class_map)) &&
           take_measurements(c, environment, measurements);
}

/* Those of keys, domains and CoSWIDs (2 to 6) say nothing of measurements. */
static bool take_triples(struct corim *c, cbor_item_t *triples)
{
    for (size_t i = 0; i < cbor_map_size(triples); i++) {
        cbor_item_t *key = cbor_map_handle(triples)[i].key;
        cbor_item_t *list = cbor_map_handle(triples)[i].value;
        int64_t number = -1;
        if (table_int(key, &number) && number >= 2 && number <= 6) {
            continue;
        }
        if (number != TRIPLES_REFERENCE) {
            char what[60] = "triples under a name";
            if (table_type(key) == TYPE_INT) {
                snprintf(what, sizeof what, "the triples %" PRId64, number);
            }
            pass_over(c, what,
                      "only reference triples (0) say what an MRTD "
                      "must be");
            continue;
        }
        if (table_type(list) != TYPE_ARRAY) {
            return malformed(c, "its reference triples are not a list");
        }
        for (size_t t = 0; read_element(list, t); t++) {
            if (!take_triple(c, read_element(list, t))) {
                return false;
            }
        }
    }
    return true;
}

static bool take_comid(struct corim *c, cbor_item_t *comid)
{
    const struct cbor_label outer = c->label;
    if (!table_check(&c->r, &comid_map, comid) ||
        !table_check_each(&c->r, &entity_map,
                          read_member(comid, COMID_ENTITIES)) ||
        !table_check_each(&c->r, &linked_map,
                          read_member(comid, COMID_LINKED))) {
        return false;
    }
    cbor_item_t *identity = read_member(comid, COMID_IDENTITY);
    cbor_item_t *triples = read_member(comid, COMID_TRIPLES);
    if ((identity && !table_check(&c->r, &identity_map, identity)) ||
        !cbor_read_label(&c->r, read_member(identity, IDENTITY_ID),
                         &c->label)) {
        return false;
    }
    const bool good = !triples || take_triples(c, triples);
    c->label = outer;
    return good;
}

/* Each tag of a CoRIM is CBOR in a byte string. */
static bool take_tag(struct corim *c, cbor_item_t *tag)
{
    struct cbor_fault fault;
    if (read_tagged(tag, TAG_COSWID)) {
        return true; /* it has no measurements */
    }
    cbor_item_t *bytes = read_tagged(tag, TAG_COMID);
    if (!bytes) {
        pass_over(c, "a tag", "it is not a CoMID (506)");
        return true;
    }
    if (!read_is_bytes(bytes)) {
        return malformed(c, "a CoMID in it is not a byte string");
    }
    cbor_item_t *comid = read_item(cbor_bytestring_handle(bytes),
                                   cbor_bytestring_length(bytes), &fault);
    if (!comid) {
        return table_not_cbor(&c->r, "a CoMID in it", &fault);
    }
    const bool good = take_comid(c, comid);
    cbor_decref(&comid);
    return good;
}

/* The Intel profile or none; in older drafts it is in an array. */
static bool is_of_intel_profile(cbor_item_t *profile)
{
    cbor_item_t *first = read_element(profile, 0);
    return !profile || environment_is_intel_profile(profile) ||
           (environment_is_intel_profile(first) && !read_element(profile, 1));
}

static bool take_corim(struct corim *c, cbor_item_t *root)
{
    cbor_item_t *map = read_tagged(root, TAG_CORIM);
    const size_t before = c->r.claims->count;
    if (!map) {
        return malformed(c, "no tag 501");
    }
    if (!table_check(&c->r, &corim_map, map) ||
        !table_check_each(&c->r, &entity_map,
                          read_member(map, CORIM_ENTITIES)) ||
        !cbor_read_label(&c->r, read_member(map, CORIM_ID), &c->label)) {
        return false;
    }
    if (is_snp(c) ? !corim_snp_is_profile(read_member(map, CORIM_PROFILE))
                  : !is_of_intel_profile(read_member(map, CORIM_PROFILE))) {
        return claims_fail(c->r.error, c->r.tag, MRTD_NO_OFFSET,
                           "the CoRIM is of another profile than %s, so "
                           "that its numbers may mean anything",
                           is_snp(c) ? "AMD's" : "Intel's");
    }
    cbor_item_t *tags = read_member(map, CORIM_TAGS);
    for (size_t i = 0; read_element(tags, i); i++) {
        if (!take_tag(c, read_element(tags, i))) {
            return false;
        }
    }
    corim_registers_end(&c->registers, c->r.claims);
    if (c->r.claims->count == before) {
        return claims_fail_empty(c->r.claims, "against-corim",
                                 is_snp(c)
                                     ? "the CoRIM holds no SNP launch digest: "
                                       "no SHA-384 digest under mkey 641"
                                     : "the CoRIM holds no MRTD: no SHA-384 "
                                       "digest under mkey 83 or measurement "
                                       "value -83",
                                 c->r.error);
    }
    return cbor_take_validity(&c->r, read_member(map, CORIM_VALIDITY), before);
}

/* Parameters that nobody signed change nothing; those that do not say which
 * key or signatures are meant are named. */
static void name_unprotected(struct corim *c, cbor_item_t *header)
{
    static const struct table_member members[] = {
        {HEADER_KID, TYPE_ANY, false},
        {11 /* countersignature */, TYPE_ANY, false},
        {12 /* countersignature in its short form */, TYPE_ANY, false},
        {HEADER_X5BAG, TYPE_ANY, false},
        {HEADER_X5CHAIN, TYPE_ANY, false},
        {HEADER_X5T, TYPE_ANY, false},
        {HEADER_X5U, TYPE_ANY, false},
    };
    static const struct table table = {"header", members, 7, UNKNOWN_LEFT};
    char name[TABLE_KEY_SIZE];
    if (table_find_unknown(&table, header, name)) {
        char what[120];
        snprintf(what, sizeof what, "the unprotected parameter %s", name);
        pass_over(c, what, "it is not signed, and not known here");
    }
}

/* Reads the payload of a COSE_Sign1, and what its header says. */
static bool take_signed(struct corim *c, const struct sign1 *sign1)
{
    struct cbor_fault fault;
    const size_t before = c->r.claims->count;
    cbor_item_t *inner =
        read_item(cbor_bytestring_handle(sign1->payload),
                  cbor_bytestring_length(sign1->payload), &fault);
    if (!inner) {
        return table_not_cbor(&c->r, "the payload of the COSE_Sign1", &fault);
    }
    name_unprotected(c, sign1->unprotected);
    const bool good = take_corim(c, inner) &&
                      cbor_take_header_validity(&c->r, sign1->parameters,
                                                sign1->unprotected, before);
    cbor_decref(&inner);
    return good;
}

bool claims_read_corim(struct claims *claims, const unsigned char *data,
                       size_t size, const char *where, struct failure *error)
{
    struct corim c = {.r = {claims, error, "against-corim", "CoRIM"},
                      .where = where};
    struct cbor_fault fault;
    const bool is_signed = sign1_begins(data, size);
    snprintf(claims->kind, sizeof claims->kind, "%s",
             is_signed ? "signed CoRIM (signature not verified)" : "CoRIM");
    if (is_signed) {
        struct sign1 sign1;
        if (!sign1_open(&sign1, data, size, &fault)) {
            return table_not_cbor(&c.r, NULL, &fault);
        }
        const bool good = take_signed(&c, &sign1);
        sign1_free(&sign1);
        return good;
    }
    cbor_item_t *root = read_item(data, size, &fault);
    if (!root) {
        return table_not_cbor(&c.r, NULL, &fault);
    }
    const bool good = take_corim(&c, root);
    cbor_decref(&root);
    return good;
}
