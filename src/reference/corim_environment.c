/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/corim_environment.h"

#include <ctype.h>
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
};

static const struct table_member environment_members[] = {
    {ENVIRONMENT_CLASS, TYPE_MAP, false},
    {ENVIRONMENT_INSTANCE, TYPE_ANY, false},
    {ENVIRONMENT_GROUP, TYPE_ANY, false},
};
const struct table environment_table = {"environment-map", environment_members,
                                        3};

static const struct table_member class_members[] = {
    {CLASS_ID, TYPE_TAG, false},      {CLASS_VENDOR, TYPE_TEXT, false},
    {CLASS_MODEL, TYPE_TEXT, false},  {3 /* layer */, TYPE_INT, false},
    {4 /* index */, TYPE_INT, false},
};
const struct table environment_class_table = {"class-map", class_members, 5};

/*
 * Class identifiers of Intel's appraisal engine (SGXDataCenterAttestation-
 * Primitives, QuoteVerification/appraisal/qal/qal_script.rego).
 */
static const struct {
    unsigned char id[16];
    bool is_td;
} classes[] = {
    /* TD of a quote with a TD report 1.5, and 1.0 */
    {{0x45, 0xb7, 0x34, 0xfc, 0xaa, 0x4e, 0x4c, 0x3d, 0xad, 0x28, 0xe4, 0x3d,
      0x08, 0x88, 0x0e, 0x68},
     true},
    {{0xa1, 0xe4, 0xee, 0x9c, 0xa1, 0x2e, 0x48, 0xac, 0xbe, 0xd0, 0xe3, 0xf8,
      0x92, 0x97, 0xf6, 0x87},
     true},
    /* platform of SGX, of TDX 1.0, of TDX 1.5 */
    {{0x31, 0x23, 0xec, 0x35, 0x8d, 0x38, 0x4e, 0xa5, 0x87, 0xa5, 0xd6, 0xc4,
      0x8b, 0x56, 0x75, 0x70},
     false},
    {{0x9e, 0xec, 0x01, 0x8b, 0x74, 0x81, 0x4b, 0x1c, 0x8e, 0x1a, 0x9f, 0x7c,
      0x0c, 0x8c, 0x77, 0x7f},
     false},
    {{0xf7, 0x08, 0xb9, 0x7f, 0x0f, 0xb2, 0x4e, 0x6b, 0x8b, 0x03, 0x8a, 0x5b,
      0xcd, 0x12, 0x21, 0xd3},
     false},
    /* enclave, quoting enclave of TDs */
    {{0xbe, 0xf7, 0xcb, 0x8c, 0x31, 0xaa, 0x42, 0xc1, 0x85, 0x4c, 0x10, 0xdb,
      0x00, 0x5d, 0x5c, 0x41},
     false},
    {{0x37, 0x69, 0x25, 0x8c, 0x75, 0xe6, 0x4b, 0xc7, 0x8d, 0x72, 0xd2, 0xb0,
      0xe2, 0x24, 0xca, 0xd2},
     false},
};

/*
 * Words of vendors whose machines have no TDX, and of what else is measured on
 * a machine that has: the models of draft-cds-rats-intel-corim-profile's and of
 * veraison/corim's examples, the fields of a quote.
 */
static const char *const other_words[] = {
    "amd",     "arm",     "nvidia",  "ibm",      "apple",     "qualcomm",
    "hygon",   "sev",     "snp",     "cca",      "seam",      "tdxseam",
    "module",  "mrseam",  "mr_seam", "mrsigner", "mr_signer", "mrenclave",
    "sgx",     "enclave", "qe",      "tdqe",     "pce",       "quoting",
    "sev-snp", "tpm",     "migtd",   "servtd",
};

/* Is the word of that length, in any case, one of them? */
static bool is_other_word(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++) {
        const char *other = other_words[i];
        size_t k = 0;
        while (k < len && other[k] == tolower((unsigned char)word[k])) {
            k++;
        }
        if (k == len && other[k] == '\0') {
            return true;
        }
    }
    return false;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool environment_names_other(cbor_item_t *text)
{
    if (table_type(text) != TYPE_TEXT) {
        return false;
    }
    const char *word = (const char *)cbor_string_handle(text);
    const char *end = word + cbor_string_length(text);
    while (word < end) {
        const char *stop = word;
        while (stop < end && is_letter(*stop)) {
            stop++;
        }
        if (stop > word && is_other_word(word, (size_t)(stop - word))) {
            return true;
        }
        word = stop + 1;
    }
    return false;
}

/* Does the vendor's name begin with "Intel"? */
static bool is_intel_vendor(cbor_item_t *vendor)
{
    static const char intel[] = "intel";
    const size_t len = sizeof intel - 1;
    if (table_type(vendor) != TYPE_TEXT || cbor_string_length(vendor) < len) {
        return false;
    }
    const char *name = (const char *)cbor_string_handle(vendor);
    for (size_t i = 0; i < len; i++) {
        if (tolower((unsigned char)name[i]) != intel[i]) {
            return false;
        }
    }
    return cbor_string_length(vendor) == len || !is_letter(name[len]);
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

/* Does the model have the word "TD"? */
static bool is_td_model(cbor_item_t *model)
{
    if (table_type(model) != TYPE_TEXT) {
        return false;
    }
    const char *text = (const char *)cbor_string_handle(model);
    const size_t size = cbor_string_length(model);
    for (size_t i = 0; i + 2 <= size; i++) {
        if (tolower((unsigned char)text[i]) == 't' &&
            tolower((unsigned char)text[i + 1]) == 'd' &&
            (i == 0 || !is_letter(text[i - 1])) &&
            (i + 2 == size || !is_letter(text[i + 2]))) {
            return true;
        }
    }
    return false;
}

/*
 * No object identifier is assigned to a TD. The Intel profile's draft has
 * examples 2.16.840.1.113741.1.2.3.4.x, of which 1 is the quoting enclave's and
 * 3 the SEAM module's; an Intel identifier that is none of these may be a TD's
 * if the model says so.
 */
static const char *judge_oid(cbor_item_t *oid, cbor_item_t *model)
{
    static const unsigned char intel[] = {0x60, 0x86, 0x48, 0x01,
                                          0x86, 0xf8, 0x4d};
    static const unsigned char examples[] = {0x60, 0x86, 0x48, 0x01, 0x86, 0xf8,
                                             0x4d, 0x01, 0x02, 0x03, 0x04};
    if (!read_is_bytes(oid)) {
        return "its class is an object identifier that is not bytes";
    }
    const unsigned char *id = cbor_bytestring_handle(oid);
    const size_t size = cbor_bytestring_length(oid);
    if (size < sizeof intel || memcmp(id, intel, sizeof intel) != 0) {
        return "its class is an object identifier that is not Intel's";
    }
    if (size == sizeof examples + 1 &&
        memcmp(id, examples, sizeof examples) == 0 &&
        (id[size - 1] == 1 || id[size - 1] == 3)) {
        return "its class is that of the TDX module or the quoting enclave";
    }
    return is_td_model(model)
               ? NULL
               : "its class is an object identifier that is not known, and its "
                 "model does not say that it is a TD";
}

/* What a class identifier says: *is_td, or why not; NULL: nothing. */
static const char *judge_class(cbor_item_t *id, cbor_item_t *model, bool *is_td)
{
    cbor_item_t *uuid = read_tagged(id, TAG_UUID);
    cbor_item_t *oid = read_tagged(id, TAG_OID);
    if (oid) {
        return judge_oid(oid, model);
    }
    if (id && !uuid) {
        return "its class identifier is of a kind that no TD has";
    }
    if (!read_is_bytes(uuid) || cbor_bytestring_length(uuid) != 16) {
        return id ? "its class is not a UUID of 16 bytes" : NULL;
    }
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (memcmp(cbor_bytestring_handle(uuid), classes[i].id, 16) == 0) {
            *is_td = classes[i].is_td;
            return *is_td ? NULL
                          : "its class is that of an enclave or a platform";
        }
    }
    return NULL;
}

const char *environment_is_other(cbor_item_t *environment, bool by_number,
                                 bool is_intel)
{
    cbor_item_t *class_map = read_member(environment, ENVIRONMENT_CLASS);
    cbor_item_t *vendor = read_member(class_map, CLASS_VENDOR);
    bool is_td = false;
    if (environment_names_other(vendor) ||
        environment_names_other(read_member(class_map, CLASS_MODEL))) {
        return "its environment is, by vendor or model, not a TD";
    }
    if (read_member(environment, ENVIRONMENT_INSTANCE) ||
        read_member(environment, ENVIRONMENT_GROUP)) {
        return "it is of one instance or group only";
    }
    const char *other =
        judge_class(read_member(class_map, CLASS_ID),
                    read_member(class_map, CLASS_MODEL), &is_td);
    if (other || !by_number || is_td || is_intel || is_intel_vendor(vendor)) {
        return other;
    }
    return "nothing says that its number is Intel's: neither the class, nor "
           "the vendor, nor the profile";
}
