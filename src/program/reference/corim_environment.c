/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/corim_environment.h"

#include <stdio.h>
#include <string.h>

enum {
    TAG_UUID = 37,
    TAG_OID = 111,
    ENVIRONMENT_CLASS = 0,
    ENVIRONMENT_INSTANCE = 1,
    ENVIRONMENT_GROUP = 2,
    CLASS_ID = 0,
    CLASS_VENDOR = 1,
    CLASS_MODEL = 2,
    CLASS_LAYER = 3,
    CLASS_INDEX = 4,
    SHOWN = 40, /* bytes of a text in a message */
};

static const struct table_member environment_members[] = {
    {ENVIRONMENT_CLASS, TYPE_MAP, false},
    {ENVIRONMENT_INSTANCE, TYPE_ANY, false},
    {ENVIRONMENT_GROUP, TYPE_ANY, false},
};
const struct table environment_table = {"environment-map", environment_members,
                                        3, UNKNOWN_LEFT};

static const struct table_member class_members[] = {
    {CLASS_ID, TYPE_TAG, false},     {CLASS_VENDOR, TYPE_TEXT, false},
    {CLASS_MODEL, TYPE_TEXT, false}, {CLASS_LAYER, TYPE_INT, false},
    {CLASS_INDEX, TYPE_INT, false},
};
const struct table environment_class_table = {"class-map", class_members, 5,
                                              UNKNOWN_LEFT};

bool environment_is_vendor(cbor_item_t *text, const struct environment_own *own)
{
    return table_type(text) == TYPE_TEXT &&
           environment_has_vendor((const char *)cbor_string_handle(text),
                                  cbor_string_length(text), own);
}

bool environment_is_model(cbor_item_t *text, const struct environment_own *own)
{
    return table_type(text) == TYPE_TEXT &&
           environment_has_model((const char *)cbor_string_handle(text),
                                 cbor_string_length(text), own);
}

bool environment_is_intel_profile(cbor_item_t *profile)
{
    /* 2.16.840.1.113741.1.16.1 */
    static const unsigned char intel[] = {0x60, 0x86, 0x48, 0x01, 0x86,
                                          0xf8, 0x4d, 0x01, 0x10, 0x01};
    cbor_item_t *oid = read_tagged(profile, TAG_OID);
    return read_is_bytes(oid) && cbor_bytestring_length(oid) == sizeof intel &&
           memcmp(cbor_bytestring_handle(oid), intel, sizeof intel) == 0;
}

static bool is_other(char why[ENVIRONMENT_WHY], const char *text)
{
    snprintf(why, ENVIRONMENT_WHY, "%s", text);
    return false;
}

/* A vendor or model that is not in the tables. */
static bool is_named_other(char why[ENVIRONMENT_WHY], const char *what,
                           cbor_item_t *text)
{
    const size_t len = cbor_string_length(text);
    snprintf(why, ENVIRONMENT_WHY,
             "its environment is not known to be a TD: it has the %s \"%.*s\"; "
             "--%s takes it for one",
             what, (int)(len < SHOWN ? len : SHOWN),
             (const char *)cbor_string_handle(text), what);
    return false;
}

/*
 * No object identifier is assigned to a TD. The one that is taken is an example
 * (2.16.840.1.113741.1.2.3.4.5), which authors have used for several things: it
 * says nothing, so that the names have to. Others of the examples are those of
 * the TDX module and the quoting enclave.
 */
static bool is_example_oid(cbor_item_t *oid)
{
    static const unsigned char example[] = {0x60, 0x86, 0x48, 0x01, 0x86, 0xf8,
                                            0x4d, 0x01, 0x02, 0x03, 0x04, 0x05};
    return read_is_bytes(oid) &&
           cbor_bytestring_length(oid) == sizeof example &&
           memcmp(cbor_bytestring_handle(oid), example, sizeof example) == 0;
}

/* Is there no class identifier, or one that is a TD's? *says_so: it is known to
 * be by that alone. */
static bool judge_class(cbor_item_t *id, cbor_item_t *model,
                        const struct environment_own *own, bool *says_so,
                        char why[ENVIRONMENT_WHY])
{
    cbor_item_t *uuid = read_tagged(id, TAG_UUID);
    *says_so = false;
    if (!id) {
        return true;
    }
    if (is_example_oid(read_tagged(id, TAG_OID))) {
        return read_is_text(model, "TDX TD") ||
               is_other(why, "its class is an object identifier of no fixed "
                             "meaning, and its model is not \"TDX TD\"");
    }
    if (!uuid) {
        return is_other(why, "its class identifier is of a kind or number that "
                             "no TD has");
    }
    if (!read_is_bytes(uuid) ||
        cbor_bytestring_length(uuid) != ENVIRONMENT_UUID_SIZE) {
        return is_other(why, "its class is not a UUID of 16 bytes");
    }
    const uint8_t *b = cbor_bytestring_handle(uuid);
    *says_so = environment_has_class(b, own);
    if (!*says_so) {
        snprintf(why, ENVIRONMENT_WHY,
                 "its class %02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                 "%02x%02x%02x%02x%02x%02x is not known to be that of a TD; "
                 "--class-id takes it for one",
                 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
                 b[10], b[11], b[12], b[13], b[14], b[15]);
    }
    return *says_so;
}

static bool judge_names(cbor_item_t *vendor, cbor_item_t *model, bool says_so,
                        const struct environment_own *own,
                        char why[ENVIRONMENT_WHY])
{
    if (vendor && !environment_is_vendor(vendor, own)) {
        return is_named_other(why, "vendor", vendor);
    }
    if (model && !environment_is_model(model, own)) {
        return is_named_other(why, "model", model);
    }
    return says_so || (vendor && model) ||
           is_other(why, "its environment does not say what it is: there is "
                         "neither a class that is known, nor both a vendor "
                         "and a model");
}

bool environment_is_td(cbor_item_t *environment,
                       const struct environment_own *own,
                       char why[ENVIRONMENT_WHY])
{
    cbor_item_t *class_map = read_member(environment, ENVIRONMENT_CLASS);
    cbor_item_t *model = read_member(class_map, CLASS_MODEL);
    char name[TABLE_KEY_SIZE];
    bool says_so = false;
    if (table_find_unknown(&environment_table, environment, name) ||
        (class_map &&
         table_find_unknown(&environment_class_table, class_map, name))) {
        snprintf(why, ENVIRONMENT_WHY,
                 "its environment has the member %s, which is not known", name);
        return false;
    }
    if (read_member(environment, ENVIRONMENT_INSTANCE) ||
        read_member(environment, ENVIRONMENT_GROUP)) {
        return is_other(why, "it is of one instance or group only");
    }
    if (read_member(class_map, CLASS_LAYER) ||
        read_member(class_map, CLASS_INDEX)) {
        return is_other(why, "it is of one layer or part of the class only");
    }
    return judge_class(read_member(class_map, CLASS_ID), model, own, &says_so,
                       why) &&
           judge_names(read_member(class_map, CLASS_VENDOR), model, says_so,
                       own, why);
}
