/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_members.h"

#include <string.h>

/* Fewer hexadecimal digits may be a date, or a word such as "facade"; and twice
 * as many, if they are all decimal, a time. */
#define DATA_DIGITS 16
/* An MRTD, in hexadecimal digits and base64. Shorter base64 may be words. */
#define MRTD_DIGITS     96
#define MRTD_CHARACTERS 64

/* --- Values ------------------------------------------------------------ */

bool members_is_false(json_t *value)
{
    static const char *const words[] = {"", "false", "no", "never", "0", NULL};
    const char *text = json_string_value(value);
    return text ? names_is_one_of(text, words)
                : !json_is_true(value) && json_number_value(value) == 0;
}

static bool is_plain_word(const char *text, const char *const *words)
{
    char plain[MEMBERS_NAME];
    return text && members_plain(plain, text) && names_is_one_of(plain, words);
}

static bool is_on(json_t *value)
{
    static const char *const words[] = {"true", "yes", "1", NULL};
    return json_is_true(value) || json_integer_value(value) == 1 ||
           is_plain_word(json_string_value(value), words);
}

static bool is_tdx(json_t *value)
{
    /* The type of the TEE in the header of a quote is 0x81. */
    static const char *const words[] = {
        "tdx",  "inteltdx",   "td",       "tdxvm",    "aztdxvtpm",
        "0x81", "0x00000081", "00000081", "81000000", NULL};
    const char *text = json_string_value(value);
    return json_integer_value(value) == 0x81 || is_plain_word(text, words) ||
           (text && names_tdx(text) && !names_another(text) &&
            !names_negate(text));
}

static bool is_status(json_t *object, json_t *value)
{
    static const char *const words[] = {
        "active",   "approved", "current",  "released", "release",
        "final",    "valid",    "ok",       "stable",   "published",
        "accepted", "trusted",  "uptodate", "enabled",  NULL};
    /* dcap-qvl says so what it found of a platform. */
    return json_is_object(json_object_get(object, "report")) ||
           is_plain_word(json_string_value(value), words);
}

static bool is_sort(const char *text)
{
    static const char *const words[] = {"referencevalue",
                                        "referencevalues",
                                        "measurement",
                                        "measurements",
                                        "tdx",
                                        "td",
                                        "mrtd",
                                        "firmware",
                                        "expected",
                                        "allow",
                                        "allowlist",
                                        "permit",
                                        "accept",
                                        NULL};
    return is_plain_word(text, words);
}

static bool may_be(json_t *object, json_t *value, enum members_says says)
{
    static const char *const sha384[] = {"sha384", NULL};
    switch (says) {
    case SAYS_ABOUT:
        return !json_is_boolean(value);
    case SAYS_NAME:
        return json_is_string(value) &&
               !names_another(json_string_value(value)) &&
               !names_negate(json_string_value(value));
    case SAYS_TEXT:
        return json_is_string(value) || json_is_number(value);
    case SAYS_ON:
        return is_on(value);
    case SAYS_TDX:
        return is_tdx(value);
    case SAYS_ALGORITHM:
        return is_plain_word(json_string_value(value), sha384);
    case SAYS_STATUS:
        return is_status(object, value);
    case SAYS_SORT:
        return is_sort(json_string_value(value));
    default:
        return true; /* times are read where the object ends */
    }
}

static bool has_any(const char *text, const char *characters)
{
    return text[strcspn(text, characters)] != '\0';
}

/* Is the text bytes of something, and no word or time by which anything is
 * said? What has the size of an MRTD might be the one that counts instead. */
static bool is_data_text(json_t *value)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
    static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char digits[] = "0123456789";
    const char *text = json_string_value(value);
    const size_t len = json_string_length(value);
    if (!text || len < DATA_DIGITS) {
        return false;
    }
    if (strspn(text, "0123456789abcdefABCDEF") == len) {
        return len != MRTD_DIGITS &&
               (len >= 2 * DATA_DIGITS || has_any(text, "abcdefABCDEF"));
    }
    return len > MRTD_CHARACTERS && has_any(text, lower) &&
           has_any(text, upper) && has_any(text, digits) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_=") == len;
}

/* Is the value text that looks like data, or a list of such texts? */
static bool is_data(json_t *value)
{
    bool all = true;
    for (size_t i = 0; i < json_array_size(value); i++) {
        all = all && is_data_text(json_array_get(value, i));
    }
    return json_is_array(value) ? all : is_data_text(value);
}

/* Is it a list of what may be MRTDs? */
static bool is_mrtds(json_t *value)
{
    bool all = json_is_array(value);
    for (size_t i = 0; all && i < json_array_size(value); i++) {
        all = json_string_length(json_array_get(value, i)) == MRTD_DIGITS;
    }
    return all;
}

/* --- Members ----------------------------------------------------------- */

/* Claims that are flattened, or that say where an Azure VM is, but for those
 * that say no by their names. */
static bool is_of_family(const char *key)
{
    static const char *const families[] = {"tdx.td_attributes.", "tdx.ccel.",
                                           "x-ms-azurevm-", "ear.veraison."};
    static const char *const quote[] = {"tdx.quote.header.", "tdx.quote.body."};
    enum members_says says;
    bool is = false;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        is |= strncmp(key, families[i], strlen(families[i])) == 0;
    }
    for (size_t i = 0; i < sizeof quote / sizeof *quote; i++) {
        const size_t len = strlen(quote[i]);
        is |= strncmp(key, quote[i], len) == 0 &&
              members_find(key + len, &says) &&
              (says == SAYS_ANYTHING || says == SAYS_TEXT || says == SAYS_TDX);
    }
    return is && !names_negate(key);
}

/* Is it the value itself, or what says under which name it is? */
static bool is_statement(json_t *object, const char *key, json_t *value,
                         const struct members_of *of)
{
    static const char *const operation[] = {"op", "path", "from", NULL};
    const bool is_patch = json_object_get(object, "op") &&
                          json_is_string(json_object_get(object, "path"));
    const bool is_entry = json_is_string(json_object_get(object, "name"));
    return (names_spelling(key, of->context) != SPELLED_UNKNOWN &&
            (json_is_string(value) || json_is_array(value) ||
             json_is_object(value))) ||
           (of->is_value && names_value(key)) ||
           ((is_patch || is_entry) && strcmp(key, "value") == 0) ||
           (is_entry && strcmp(key, "hash-value") == 0) ||
           (is_patch && names_is_one_of(key, operation)) ||
           (of->is_ours &&
            (strcmp(key, "vmm") == 0 || strcmp(key, "image_format") == 0));
}

/* Is a member that is not in the table known to be something else? */
static bool is_other(const char *key, json_t *value,
                     const struct members_of *of, bool beside)
{
    /* Reference values of RVPS have paths for names. */
    const bool is_path = strchr(key, '/') != NULL;
    if (json_is_object(value)) {
        return !beside || json_object_size(value) == 0;
    }
    if (json_is_array(value) && (!beside || of->is_flat || is_path)) {
        return true;
    }
    return (is_data(value) && !names_mask(key)) ||
           (json_is_string(value) && strncmp(key, "rvps:///", 8) == 0) ||
           is_of_family(key);
}

/* Is it what RVPS stores? Its version is that of the form. */
static bool is_stored(json_t *object)
{
    return json_object_get(object, "name") &&
           json_object_get(object, "expiration");
}

static bool is_known_store(json_t *version)
{
    return json_is_string(version) &&
           strcmp(json_string_value(version), "0.1.0") == 0;
}

const char *members_why(json_t *object, const char *key, json_t *value,
                        const struct members_of *of, bool beside)
{
    enum names_context context = of->context;
    const bool is_container = json_is_object(value) || json_is_array(value);
    enum members_says says;
    if (names_disabled(key) || is_statement(object, key, value, of) ||
        (names_denial(key) && is_mrtds(value)) ||
        (!beside && is_container && names_container(key, &context)) ||
        (names_operator(key) && !json_is_null(value))) {
        return NULL; /* What an operator says is judged with its object. */
    }
    if (members_find(key, &says)) {
        return may_be(object, value, says) &&
                       (strcmp(key, "version") != 0 || !is_stored(object) ||
                        is_known_store(value))
                   ? NULL
                   : "has a value that is not known to leave it as it is";
    }
    if (!is_container && names_switch_off(key) && members_is_false(value)) {
        return NULL;
    }
    return is_other(key, value, of, beside)
               ? NULL
               : "is not known, and could be a condition";
}

void members_look(json_t *object, const struct members_of *of,
                  struct members_fault *beside, struct members_fault *around)
{
    const char *key;
    json_t *value;
    *beside = *around = (struct members_fault){NULL, NULL};
    json_object_foreach(object, key, value)
    {
        const char *why = beside->key && around->key
                              ? NULL
                              : members_why(object, key, value, of, true);
        if (why && !beside->key) {
            *beside = (struct members_fault){key, why};
        }
        if (why && !around->key && members_why(object, key, value, of, false)) {
            *around = (struct members_fault){key, why};
        }
    }
}

enum members_time members_time(const char *key)
{
    enum members_says says;
    if (!members_find(key, &says)) {
        return MEMBERS_NO_TIME;
    }
    return says == SAYS_FIRST  ? MEMBERS_FIRST
           : says == SAYS_LAST ? MEMBERS_LAST
           : says == SAYS_END  ? MEMBERS_END
                               : MEMBERS_NO_TIME;
}
