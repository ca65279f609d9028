/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MRTD and the file in a CoSWID (RFC 9393, section 2), as the command
 * reference writes it: a resource of the payload with the member "mr_td".
 * docs/reading.md says what is read, refused and skipped.
 */
#include <stdio.h>
#include <string.h>

#include "reference/claims_cbor.h"

enum {
    TAG_SWID = 1398229316, /* RFC 9393, section 8 */
    SWID_TAG_ID = 0,
    SWID_ENTITY = 2,
    SWID_LINK = 4,
    SWID_META = 5,
    SWID_PAYLOAD = 6,
    SWID_CORPUS = 8,
    SWID_PATCH = 9,
    SWID_SUPPLEMENTAL = 11,
    PAYLOAD_DIRECTORY = 16,
    PAYLOAD_FILE = 17,
    PAYLOAD_PROCESS = 18,
    PAYLOAD_RESOURCE = 19,
    FILE_HASH = 7,
    FILE_SIZE = 20,
    RESOURCE_TYPE = 29,
};

/* --- What the maps may hold: RFC 9393, sections 2.3 to 2.9 ------------- */

/* One item, or an array of them (one-or-more). */
#define SOME (TYPE_MAP | TYPE_ARRAY)

#define TABLE(symbol, shown, unknown)                                          \
    static const struct table symbol = {                                       \
        shown, symbol##_members,                                               \
        sizeof symbol##_members / sizeof *symbol##_members, unknown}

static const struct table_member swid_members[] = {
    {SWID_TAG_ID, TYPE_TEXT | TYPE_UUID, true},
    {1 /* software-name */, TYPE_TEXT, true},
    {SWID_ENTITY, SOME, true},
    {SWID_LINK, SOME, false},
    {SWID_META, SOME, false},
    {SWID_PAYLOAD, TYPE_MAP, true},
    {SWID_CORPUS, TYPE_SIMPLE, false},
    {SWID_PATCH, TYPE_SIMPLE, false},
    {10 /* media */, TYPE_TEXT, false},
    {SWID_SUPPLEMENTAL, TYPE_SIMPLE, false},
    {12 /* tag-version */, TYPE_INT, true},
    {13 /* software-version */, TYPE_TEXT, false},
    {14 /* version-scheme */, TYPE_INT | TYPE_TEXT, false},
    {15 /* lang */, TYPE_TEXT, false},
};
TABLE(swid, "concise-swid-tag", UNKNOWN_REFUSED);

static const struct table_member entity_members[] = {
    {31 /* entity-name */, TYPE_TEXT, true},
    {32 /* reg-id */, TYPE_TAG | TYPE_TEXT, false},
    {33 /* role */, TYPE_INT | TYPE_TEXT | TYPE_ARRAY, true},
    {34 /* thumbprint */, TYPE_ARRAY, false},
    {15 /* lang */, TYPE_TEXT, false},
};
TABLE(entity, "entity-entry", UNKNOWN_NAMED);

static const struct table_member link_members[] = {
    {10 /* media */, TYPE_TEXT, false},
    {15 /* lang */, TYPE_TEXT, false},
    {37 /* artifact */, TYPE_TEXT, false},
    {38 /* href */, TYPE_TAG | TYPE_TEXT, true},
    {39 /* ownership */, TYPE_INT | TYPE_TEXT, false},
    {40 /* rel */, TYPE_INT | TYPE_TEXT, true},
    {41 /* media-type */, TYPE_TEXT, false},
    {42 /* use */, TYPE_INT | TYPE_TEXT, false},
};
TABLE(link, "link-entry", UNKNOWN_NAMED);

/* All but the activation status (43), which may say that it is not valid. */
static const struct table_member meta_members[] = {
    {15 /* lang */, TYPE_TEXT, false},
    {44 /* channel-type */, TYPE_TEXT, false},
    {45 /* colloquial-version */, TYPE_TEXT, false},
    {46 /* description */, TYPE_TEXT, false},
    {47 /* edition */, TYPE_TEXT, false},
    {48 /* entitlement-data-required */, TYPE_SIMPLE, false},
    {49 /* entitlement-key */, TYPE_TEXT, false},
    {50 /* generator */, TYPE_TEXT | TYPE_UUID, false},
    {51 /* persistent-id */, TYPE_TEXT, false},
    {52 /* product */, TYPE_TEXT, false},
    {53 /* product-family */, TYPE_TEXT, false},
    {54 /* revision */, TYPE_TEXT, false},
    {55 /* summary */, TYPE_TEXT, false},
    {56 /* unspsc-code */, TYPE_TEXT, false},
    {57 /* unspsc-version */, TYPE_TEXT, false},
};
TABLE(meta, "software-meta-entry", UNKNOWN_REFUSED);

static const struct table_member payload_members[] = {
    {15 /* lang */, TYPE_TEXT, false}, {PAYLOAD_DIRECTORY, SOME, false},
    {PAYLOAD_FILE, SOME, false},       {PAYLOAD_PROCESS, SOME, false},
    {PAYLOAD_RESOURCE, SOME, false},
};
TABLE(payload, "payload-entry", UNKNOWN_REFUSED);

static const struct table_member file_members[] = {
    {FILE_HASH, TYPE_ARRAY, true},
    {15 /* lang */, TYPE_TEXT, false},
    {FILE_SIZE, TYPE_INT, false},
    {21 /* file-version */, TYPE_TEXT, false},
    {22 /* key */, TYPE_SIMPLE, false},
    {23 /* location */, TYPE_TEXT, false},
    {24 /* fs-name */, TYPE_TEXT, true},
    {25 /* root */, TYPE_TEXT, false},
};
TABLE(file, "file-entry", UNKNOWN_REFUSED);

static bool malformed(const struct table_reader *r, const char *what)
{
    return table_malformed(r, what);
}

/* A member is one map, or an array of maps. */
static bool for_each(const struct table_reader *r, cbor_item_t *member,
                     bool (*take)(const struct table_reader *r,
                                  const struct cbor_label *label,
                                  cbor_item_t *map),
                     const struct cbor_label *label)
{
    if (member && cbor_isa_map(member)) {
        return take(r, label, member);
    }
    if (member && !read_element(member, 0)) {
        return malformed(r, "a list of files or resources is empty");
    }
    for (size_t i = 0; read_element(member, i); i++) {
        if (!cbor_isa_map(read_element(member, i))) {
            return malformed(r, "a file or resource of its payload is not a "
                                "map");
        }
        if (!take(r, label, read_element(member, i))) {
            return false;
        }
    }
    return true;
}

static bool take_file(const struct table_reader *r,
                      const struct cbor_label *label, cbor_item_t *map)
{
    struct cbor_digest digest;
    int64_t size = 0;
    (void)label;
    if (!table_check(r, &file, map) || !claims_add_file(r->claims, r->error)) {
        return false;
    }
    cbor_item_t *hash = read_member(map, FILE_HASH);
    cbor_item_t *given = read_member(map, FILE_SIZE);
    if (hash &&
        (!cbor_take_digest(r, hash, &digest) ||
         (digest.kind != CLAIMS_DIGESTS &&
          !claims_file_digest(r->claims, (enum claims_digest)digest.kind,
                              digest.bytes, r->error)))) {
        return false;
    }
    if (!given) {
        return true;
    }
    if (!table_int(given, &size) || size < 0) {
        return malformed(r, "the size of a file is not a number");
    }
    return claims_file_size(r->claims, (uint64_t)size, r->error);
}

/* Text of 96 lower-case digits, as it is written. */
static bool take_mrtd(const struct table_reader *r,
                      const struct cbor_label *label, cbor_item_t *value)
{
    static const char where[] = "resource \"mr_td\"";
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    if (!cbor_isa_string(value) ||
        !mrtd_hex_decode(mrtd, MRTD_DIGEST_SIZE,
                         (char *)cbor_string_handle(value),
                         cbor_string_length(value))) {
        return malformed(r, "its mr_td is not text of 96 hexadecimal digits");
    }
    bool lower = true;
    for (size_t i = 0; i < cbor_string_length(value); i++) {
        const unsigned char c = cbor_string_handle(value)[i];
        lower = lower && (c < 'A' || c > 'F');
    }
    return claims_add(r->claims, MRTD_REGISTER_MRTD, mrtd, where, r->error) &&
           cbor_take_label(r, label) &&
           (lower ||
            claims_misspelled(r->claims, "against-coswid", MRTD_NO_OFFSET,
                              where, "is not in lower-case digits", r->error));
}

/* The attribute (any-attribute) of a resource; NULL if it has none. */
static cbor_item_t *find_mrtd(cbor_item_t *map)
{
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (read_is_text(cbor_map_handle(map)[i].key, "mr_td")) {
            return cbor_map_handle(map)[i].value;
        }
    }
    return NULL;
}

/* Why a resource with an MRTD is not known to be one that says what it must be;
 * NULL if it is: by its type, which is free, and has no attribute more. */
static const char *judge_resource(cbor_item_t *map)
{
    /* The second is in examples. */
    static const char *const types[] = {"mrtd-calc.tdx.mrtd",
                                        "org.example.tdx.mrtd"};
    cbor_item_t *type = read_member(map, RESOURCE_TYPE);
    bool is_known = !type;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        is_known = is_known || read_is_text(type, types[i]);
    }
    if (!is_known) {
        return "its type is not \"mrtd-calc.tdx.mrtd\"";
    }
    const size_t known =
        (type ? 2U : 1U) + (read_member(map, 15 /* lang */) ? 1U : 0U);
    return cbor_map_size(map) == known
               ? NULL
               : "it has another attribute, which may change what it says";
}

static bool take_resource(const struct table_reader *r,
                          const struct cbor_label *label, cbor_item_t *map)
{
    static const struct table_member members[] = {
        {RESOURCE_TYPE, TYPE_TEXT, true},
        {15 /* lang */, TYPE_TEXT, false},
    };
    static const struct table table = {"resource-entry", members, 2,
                                       UNKNOWN_LEFT};
    cbor_item_t *mrtd = find_mrtd(map);
    if (!mrtd) {
        return true; /* the digest is of something else */
    }
    const char *why = judge_resource(map);
    if (why) {
        claims_pass_over(r->claims, "a resource with an mr_td", why);
        return true;
    }
    return table_check(r, &table, map) && take_mrtd(r, label, mrtd);
}

/* Tags that are not of what is installed: RFC 9393, section 2.3. */
static bool check_meaning(const struct table_reader *r, cbor_item_t *map)
{
    static const int others[] = {SWID_CORPUS, SWID_PATCH, SWID_SUPPLEMENTAL};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cbor_item_t *flag = read_member(map, others[i]);
        if (flag && !(cbor_is_bool(flag) && !cbor_get_bool(flag))) {
            return malformed(r, "it is a corpus, patch or supplemental tag, "
                                "which does not say what the firmware is");
        }
    }
    return true;
}

/* A firmware is neither a folder nor a process: what is said of them is not
 * compared with anything. */
static bool check_payload(const struct table_reader *r, cbor_item_t *map)
{
    static const struct {
        int key;
        const char *where;
    } others[] = {
        {PAYLOAD_DIRECTORY, "a directory in the payload"},
        {PAYLOAD_PROCESS, "a process in the payload"},
    };
    bool good = table_check(r, &payload, map) &&
                (read_member(map, PAYLOAD_FILE) ||
                 claims_misspelled(r->claims, "against-coswid", MRTD_NO_OFFSET,
                                   "its payload",
                                   "has no file, so that it does not say "
                                   "whose MRTD it is",
                                   r->error));
    for (size_t i = 0; good && i < sizeof others / sizeof *others; i++) {
        good = !read_member(map, others[i].key) ||
               claims_misspelled(
                   r->claims, "against-coswid", MRTD_NO_OFFSET, others[i].where,
                   "says something that is not compared", r->error);
    }
    return good;
}

static bool take_swid(const struct table_reader *r, cbor_item_t *map)
{
    struct cbor_label label = {NULL, 0};
    cbor_item_t *contents =
        table_type(map) == TYPE_MAP ? read_member(map, SWID_PAYLOAD) : NULL;
    if (!map) {
        return malformed(r, "no tag 1398229316");
    }
    if (!table_check(r, &swid, map) || !check_meaning(r, map) ||
        !table_check_each(r, &entity, read_member(map, SWID_ENTITY)) ||
        !table_check_each(r, &link, read_member(map, SWID_LINK)) ||
        !table_check_each(r, &meta, read_member(map, SWID_META)) ||
        (contents && !check_payload(r, contents)) ||
        !cbor_read_label(r, read_member(map, SWID_TAG_ID), &label) ||
        !for_each(r, read_member(contents, PAYLOAD_FILE), take_file, &label) ||
        !for_each(r, read_member(contents, PAYLOAD_RESOURCE), take_resource,
                  &label)) {
        return false;
    }
    return r->claims->count > 0 ||
           claims_fail_empty(r->claims, "against-coswid",
                             "not a CoSWID with an MRTD: no resource in its "
                             "payload has a member mr_td",
                             r->error);
}

bool claims_read_coswid(struct claims *claims, const unsigned char *data,
                        size_t size, struct failure *error)
{
    const struct table_reader r = {claims, error, "against-coswid",
                                   "CoSWID with an MRTD"};
    struct cbor_fault fault;
    snprintf(claims->kind, sizeof claims->kind, "CoSWID");
    cbor_item_t *root = read_item(data, size, &fault);
    if (!root) {
        return table_not_cbor(&r, NULL, &fault);
    }
    const bool good = take_swid(&r, read_tagged(root, TAG_SWID));
    cbor_decref(&root);
    return good;
}
