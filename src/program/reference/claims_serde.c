/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report of SEV-SNP in JSON, a member for each field, as Rust's crate sev
 * writes it with serde (virtee/sev, src/firmware/guest/types/snp.rs,
 * AttestationReport, of 1.0 to 7.1): so are Trustee's evidence, and what the
 * attestation agent of Confidential Containers answers. Offsets are those of
 * AMD's firmware ABI (56860, table 23).
 */
#include <string.h>

#include "reference/claims_evidence.h"
#include "reference/claims_walk.h"

#define REPORT_SIZE 1184

/* Where a member is: an integer, lowest byte first, a list of bytes, or an
 * object with members of its own. */
struct place {
    const char *name;
    uint16_t offset;
    uint16_t size;
    enum {
        PLACE_INTEGER,
        PLACE_BYTES,
        PLACE_OBJECT
    } is;
    bool is_optional;
    const struct place *within; /* of an object, relative to it; ends with a
                                   row without a name */
};

/* TCB_VERSION of Milan and Genoa, and of Turin [56860, tables 3 and 4]. */
static const struct place tcb[] = {
    {"fmc", 0, 1, PLACE_INTEGER, true, NULL},
    {"bootloader", 0, 1, PLACE_INTEGER, false, NULL},
    {"tee", 1, 1, PLACE_INTEGER, false, NULL},
    {"_reserved", 2, 4, PLACE_BYTES, true, NULL},
    {"snp", 6, 1, PLACE_INTEGER, false, NULL},
    {"microcode", 7, 1, PLACE_INTEGER, false, NULL},
    {.name = NULL},
};
static const struct place tcb_of_turin[] = {
    {"fmc", 0, 1, PLACE_INTEGER, false, NULL},
    {"bootloader", 1, 1, PLACE_INTEGER, false, NULL},
    {"tee", 2, 1, PLACE_INTEGER, false, NULL},
    {"snp", 3, 1, PLACE_INTEGER, false, NULL},
    {"microcode", 7, 1, PLACE_INTEGER, false, NULL},
    {.name = NULL},
};
static const struct place firmware[] = {
    {"build", 0, 1, PLACE_INTEGER, false, NULL},
    {"minor", 1, 1, PLACE_INTEGER, false, NULL},
    {"major", 2, 1, PLACE_INTEGER, false, NULL},
    {.name = NULL},
};
static const struct place signature[] = {
    {"r", 0, 72, PLACE_BYTES, false, NULL},
    {"s", 72, 72, PLACE_BYTES, false, NULL},
    {"_reserved", 144, 368, PLACE_BYTES, true, NULL},
    {.name = NULL},
};
/* Of what the crate has called otherwise, each name is there. What it calls
 * reserved may have what was not known when it was written. */
static const struct place report[] = {
    {"version", 0x00, 4, PLACE_INTEGER, false, NULL},
    {"guest_svn", 0x04, 4, PLACE_INTEGER, false, NULL},
    {"policy", 0x08, 8, PLACE_INTEGER, false, NULL},
    {"family_id", 0x10, 16, PLACE_BYTES, false, NULL},
    {"image_id", 0x20, 16, PLACE_BYTES, false, NULL},
    {"vmpl", 0x30, 4, PLACE_INTEGER, false, NULL},
    {"sig_algo", 0x34, 4, PLACE_INTEGER, false, NULL},
    {"current_tcb", 0x38, 8, PLACE_OBJECT, false, tcb},
    {"plat_info", 0x40, 8, PLACE_INTEGER, false, NULL},
    {"_author_key_en", 0x48, 4, PLACE_INTEGER, true, NULL},
    {"author_key_en", 0x48, 4, PLACE_INTEGER, true, NULL},
    {"key_info", 0x48, 4, PLACE_INTEGER, true, NULL},
    {"_reserved_0", 0x4c, 4, PLACE_INTEGER, true, NULL},
    {"report_data", 0x50, 64, PLACE_BYTES, false, NULL},
    {"measurement", 0x90, 48, PLACE_BYTES, false, NULL},
    {"host_data", 0xc0, 32, PLACE_BYTES, false, NULL},
    {"id_key_digest", 0xe0, 48, PLACE_BYTES, false, NULL},
    {"author_key_digest", 0x110, 48, PLACE_BYTES, false, NULL},
    {"report_id", 0x140, 32, PLACE_BYTES, false, NULL},
    {"report_id_ma", 0x160, 32, PLACE_BYTES, false, NULL},
    {"reported_tcb", 0x180, 8, PLACE_OBJECT, false, tcb},
    {"_reserved_1", 0x188, 24, PLACE_BYTES, true, NULL},
    {"cpuid_fam_id", 0x188, 1, PLACE_INTEGER, true, NULL},
    {"cpuid_mod_id", 0x189, 1, PLACE_INTEGER, true, NULL},
    {"cpuid_step", 0x18a, 1, PLACE_INTEGER, true, NULL},
    {"chip_id", 0x1a0, 64, PLACE_BYTES, false, NULL},
    {"committed_tcb", 0x1e0, 8, PLACE_OBJECT, false, tcb},
    {"current", 0x1e8, 3, PLACE_OBJECT, true, firmware},
    {"current_build", 0x1e8, 1, PLACE_INTEGER, true, NULL},
    {"current_minor", 0x1e9, 1, PLACE_INTEGER, true, NULL},
    {"current_major", 0x1ea, 1, PLACE_INTEGER, true, NULL},
    {"_reserved_2", 0x1eb, 1, PLACE_INTEGER, true, NULL},
    {"committed", 0x1ec, 3, PLACE_OBJECT, true, firmware},
    {"committed_build", 0x1ec, 1, PLACE_INTEGER, true, NULL},
    {"committed_minor", 0x1ed, 1, PLACE_INTEGER, true, NULL},
    {"committed_major", 0x1ee, 1, PLACE_INTEGER, true, NULL},
    {"_reserved_3", 0x1ef, 1, PLACE_INTEGER, true, NULL},
    {"launch_tcb", 0x1f0, 8, PLACE_OBJECT, false, tcb},
    {"_reserved_4", 0x1f8, 168, PLACE_BYTES, true, NULL},
    {"launch_mit_vector", 0x1f8, 8, PLACE_INTEGER, true, NULL},
    {"current_mit_vector", 0x200, 8, PLACE_INTEGER, true, NULL},
    {"signature", 0x2a0, 144, PLACE_OBJECT, false, signature},
    {.name = NULL},
};

bool serde_is_report(json_t *node)
{
    return json_is_array(json_object_get(node, "report_data")) &&
           json_is_array(json_object_get(node, "measurement")) &&
           json_is_array(json_object_get(node, "chip_id")) &&
           json_is_object(json_object_get(node, "reported_tcb")) &&
           json_is_object(json_object_get(node, "signature"));
}

/* Is it called reserved, and zero? Then its place does not matter, which is
 * another one in other versions of the crate. */
static bool is_empty(const char *name, json_t *node)
{
    static const char reserved[] = "_reserved";
    bool is = strncmp(name, reserved, strlen(reserved)) == 0 &&
              (json_is_array(node) ||
               (json_is_integer(node) && json_integer_value(node) == 0));
    for (size_t i = 0; is && i < json_array_size(node); i++) {
        json_t *item = json_array_get(node, i);
        is = json_is_integer(item) && json_integer_value(item) == 0;
    }
    return is;
}

/* An integer of that many bytes; jansson has none of 64 bits. */
static bool put_integer(unsigned char *to, size_t size, json_t *node)
{
    const json_int_t value = json_integer_value(node);
    if (!json_is_integer(node) || value < 0 ||
        (size < 8 && value >> (8 * size) != 0)) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        to[i] = (unsigned char)(value >> (8 * i));
    }
    return true;
}

static bool put_bytes(unsigned char *to, size_t size, json_t *node)
{
    bool good = json_array_size(node) == size;
    for (size_t i = 0; good && i < size; i++) {
        good = put_integer(to + i, 1, json_array_get(node, i));
    }
    return good;
}

static const struct place *find(const struct place *places, const char *name)
{
    while (places->name && strcmp(places->name, name) != 0) {
        places++;
    }
    return places->name ? places : NULL;
}

/* Does another member say what is there, too? */
static bool is_said_twice(json_t *object, const struct place *places,
                          const struct place *place)
{
    bool is = false;
    for (; places->name && !is; places++) {
        json_t *other = json_object_get(object, places->name);
        is = places != place && other && !json_is_null(other) &&
             !is_empty(places->name, other) &&
             places->offset < place->offset + place->size &&
             place->offset < places->offset + places->size;
    }
    return is;
}

typedef bool put_fn(unsigned char *to, const struct place *place,
                    json_t *value);

/* A member that is not as it should be, or is missing; NULL: there is none. */
static const char *put_members(unsigned char *to, json_t *object,
                               const struct place *places, put_fn *put)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const struct place *place = find(places, name);
        const bool is_none =
            is_empty(name, value) ||
            (place && place->is_optional && json_is_null(value));
        if (!is_none && (!place || is_said_twice(object, places, place) ||
                         !put(to + place->offset, place, value))) {
            return name;
        }
    }
    for (; places->name; places++) {
        if (!places->is_optional && !json_object_get(object, places->name)) {
            return places->name;
        }
    }
    return NULL;
}

static bool put_plain(unsigned char *to, const struct place *place,
                      json_t *value)
{
    return place->is == PLACE_BYTES ? put_bytes(to, place->size, value)
                                    : put_integer(to, place->size, value);
}

static bool put_any(unsigned char *to, const struct place *place, json_t *value)
{
    json_t *fmc = json_object_get(value, "fmc");
    const struct place *within =
        place->within == tcb && fmc && !json_is_null(fmc) ? tcb_of_turin
                                                          : place->within;
    return within ? json_is_object(value) &&
                        !put_members(to, value, within, put_plain)
                  : put_plain(to, place, value);
}

bool serde_report(struct walk *w, const char *key, json_t *node)
{
    unsigned char bytes[REPORT_SIZE] = {0};
    char shown[64];
    char where[160];
    const char *wrong = put_members(bytes, node, report, put_any);
    walk_printable(shown, sizeof shown, *key ? key : "the report");
    snprintf(where, sizeof where, "JSON member \"%s\"", shown);
    if (wrong) {
        char member[64];
        walk_printable(member, sizeof member, wrong);
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "%s: its member \"%s\" is missing, or not what a "
                           "report of SEV-SNP has there",
                           *key ? where : "the report", member);
    }
    w->evidence++;
    return claims_add_evidence(w->claims, MRTD_EVIDENCE_SNP, bytes,
                               sizeof bytes, *key ? where : "", w->error);
}
