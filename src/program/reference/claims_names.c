/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_names.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "reference/environment.h"

/* --- Words ------------------------------------------------------------- */

/* The words of a name: letters and digits, split also before a capital. */
struct words {
    const char *rest;
    char word[24]; /* lower case, cut */
};

static bool next_word(struct words *w)
{
    size_t used = 0;
    while (*w->rest && !isalnum((unsigned char)*w->rest)) {
        w->rest++;
    }
    for (bool was_lower = false; isalnum((unsigned char)*w->rest); w->rest++) {
        const unsigned char c = (unsigned char)*w->rest;
        if (was_lower && isupper(c)) {
            break;
        }
        was_lower = islower(c) || isdigit(c);
        if (used + 1 < sizeof w->word) {
            w->word[used++] = (char)tolower(c);
        }
    }
    w->word[used] = '\0';
    return used > 0;
}

bool names_is_one_of(const char *text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool begins_with_one_of(const char *text, const char *const *stems)
{
    for (size_t i = 0; stems[i]; i++) {
        if (strncmp(text, stems[i], strlen(stems[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_word(const char *name, const char *const *words,
                     const char *const *stems)
{
    struct words w = {.rest = name};
    while (next_word(&w)) {
        if (names_is_one_of(w.word, words) ||
            begins_with_one_of(w.word, stems)) {
            return true;
        }
    }
    return false;
}

/* Beginnings of words that say of a thing that it does not hold. */
static const char *const off_stems[] = {
    "revok",   "deny",     "denie",  "block",    "forbid",  "disallow",
    "disabl",  "deprecat", "obsol",  "retire",   "reject",  "exclu",
    "banned",  "blacklis", "invali", "negat",    "invert",  "withdr",
    "supers",  "remov",    "delet",  "inactiv",  "ignor",   "skip",
    "comprom", "untrust",  "unappr", "unsafe",   "quarant", "prohibit",
    "refuse",  "violat",   "malici", "vulnerab", "unsupp",  "expired",
    "revoc",   NULL,
};
static const char *const off_words[] = {"not", "never", "ban", "except", NULL};

/* And those that only a name of a list or object says so with. */
static const char *const old_stems[] = {
    "expir", "previous", "former", "legacy", "archiv",
    "stale", "fail",     "wrong",  "bad",    NULL};
static const char *const old_words[] = {"no",  "non", "old", "prev",
                                        "off", "un",  NULL};

bool names_negate(const char *name)
{
    return has_word(name, off_words, off_stems) ||
           has_word(name, old_words, old_stems);
}

bool names_disabled(const char *name)
{
    return *name == '#' || *name == '_' || strncmp(name, "//", 2) == 0;
}

/* A switch has no other words than these: "is_revoked", but not
 * "disabled_features". */
bool names_switch_off(const char *name)
{
    static const char *const fillers[] = {
        "is",    "was",  "has",         "been",  "at",    "by",  "on",
        "date",  "time", "mr",          "td",    "mrtd",  "tdx", "reason",
        "since", "rule", "measurement", "value", "entry", NULL,
    };
    struct words w = {.rest = name};
    bool has_off = false;
    while (next_word(&w)) {
        if (names_is_one_of(w.word, off_words) ||
            begins_with_one_of(w.word, off_stems)) {
            has_off = true;
        } else if (!names_is_one_of(w.word, fillers)) {
            return false;
        }
    }
    return has_off;
}

bool names_denial(const char *name)
{
    static const char *const denied[] = {
        "revoked",    "denied",   "deny",   "blocked",    "forbidden",
        "disallowed", "rejected", "banned", "prohibited", NULL,
    };
    static const char *const fillers[] = {
        "mr", "td", "tds", "mrtd", "mrtds", "tdx", "values", "list", NULL};
    struct words w = {.rest = name};
    bool denies = false;
    while (next_word(&w)) {
        if (names_is_one_of(w.word, denied)) {
            denies = true;
        } else if (!names_is_one_of(w.word, fillers)) {
            return false;
        }
    }
    return denies && names_look_like_mrtd(name);
}

bool names_operator(const char *name)
{
    static const char *const words[] = {
        "op",         "operation",  "operator", "operators",
        "comparison", "comparator", "compare",  "matcher",
        "relation",   "cmp",        NULL,
    };
    static const char *const whole[] = {"match", "condition", "matchType",
                                        "match_type", NULL};
    static const char *const none[] = {NULL};
    return has_word(name, words, none) || names_is_one_of(name, whole);
}

bool names_equality(const char *operator_name)
{
    static const char *const equal[] = {
        "equal",  "equals", "eq",     "==",        "=",      "is",
        "in",     "exact",  "member", "member-of", "one-of", "any-of",
        "anyOf",  "oneOf",  "one_of", "any_of",    "EQ",     "EQUAL",
        "EQUALS", "IN",     "Equals", "Equal",     NULL,
    };
    return names_is_one_of(operator_name, equal);
}

/* --- MRTDs ------------------------------------------------------------- */

bool names_look_like_mrtd(const char *name)
{
    static const char wanted[] = "mrtd";
    size_t matched = 0;
    for (const char *p = name; *p && wanted[matched]; p++) {
        const char c = (char)tolower((unsigned char)*p);
        if (!isalnum((unsigned char)c)) {
            continue;
        }
        /* "mr" may begin anew after another "m": mmrtd. */
        matched = c == wanted[matched] ? matched + 1 : c == wanted[0];
    }
    return !wanted[matched] || strstr(name, "claim83") != NULL;
}

/* A name that says by itself that its value is an MRTD. */
struct known_name {
    const char *name;
    enum spelling plain; /* how it is compared outside of what follows */
};

static const struct known_name known_names[] = {
    {"mr_td", SPELLED_LOWER},    /* Trustee, and many */
    {"mrtd", SPELLED_LOWER},     /* this program, dstack */
    {"MRTD", SPELLED_LOWER},     /* in tables made by hand */
    {"tdx_mrtd", SPELLED_LOWER}, /* Intel Trust Authority, Azure, DCAP */
    {"MrTd", SPELLED_HEX},       /* Contrast */
    {"mrTd", SPELLED_LOWER},
    {"tdx.quote.body.mr_td", SPELLED_LOWER}, /* Trustee's claims, flattened */
    {"any_mr_td", SPELLED_UNKNOWN},          /* go-tdx-guest only */
    {"anyMrTd", SPELLED_UNKNOWN},
};

bool names_another(const char *name)
{
    static const char *const words[] = {
        "seam", "mrseam",  "qe",     "tdqe",    "sgx", "snp",
        "sev",  "enclave", "servtd", "gateway", "pce", "amd",
        "arm",  "nvidia",  "cca",    "module",  NULL};
    static const char *const none[] = {NULL};
    return has_word(name, words, none);
}

bool names_tdx(const char *name)
{
    static const char *const words[] = {"tdx", NULL};
    static const char *const none[] = {NULL};
    return has_word(name, words, none);
}

bool names_mask(const char *name)
{
    static const char wanted[] = "mask";
    bool found = false;
    for (; !found && *name; name++) {
        found = strncasecmp(name, wanted, strlen(wanted)) == 0;
    }
    return found;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t len = strlen(text);
    const size_t size = strlen(end);
    return len >= size && strcmp(text + len - size, end) == 0;
}

/*
 * A key of RVPS that is a path: rvps:///github.com/.../mr_td:0.21.0, and what
 * Trustee makes of a CoRIM, VENDOR/MODEL/claim83/digests.
 */
static bool is_path_of_mrtd(const char *key)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:+-";
    static const char *const ends[] = {"claim83/digests", "mr_td/digests"};
    const char *slash = strrchr(key, '/');
    if (!slash || !isalnum((unsigned char)*key) || names_negate(key) ||
        names_another(key)) {
        return false;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_with(key, ends[i])) {
            return environment_has_path(key, strlen(key) - strlen(ends[i]));
        }
    }
    return strncmp(slash, "/mr_td", 6) == 0 &&
           (slash[6] == '\0' || slash[6] == ':') &&
           key[strspn(key, good)] == '\0' &&
           (!strstr(key, ":/") || strncmp(key, "rvps:///", 8) == 0);
}

enum spelling names_spelling(const char *name, enum names_context context)
{
    for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++) {
        const struct known_name *known = &known_names[i];
        if (strcmp(known->name, name) != 0) {
            continue;
        }
        if (context == NAMES_GO_POLICY || context == NAMES_GO_REPORTED) {
            return SPELLED_BASE64;
        }
        return context == NAMES_DCAP && known->plain == SPELLED_LOWER
                   ? SPELLED_HEX
                   : known->plain;
    }
    return is_path_of_mrtd(name) ? SPELLED_LOWER : SPELLED_UNKNOWN;
}

bool names_value(const char *name)
{
    static const char *const values[] = {
        "value",       "values",   "reference",  "expected", "expected_value",
        "single_pass", "two_pass", "hash-value", NULL,
    };
    return names_is_one_of(name, values);
}

/* --- Objects around them ----------------------------------------------- */

struct container {
    const char *name;
    enum names_context context;
};

static const struct container containers[] = {
    {"policy_array", NAMES_DCAP}, /* Intel's quote appraisal */
    {"policy", NAMES_PLAIN},      /* go-tdx-guest */
    {"tdQuoteBodyPolicy", NAMES_GO_POLICY},
    {"td_quote_body_policy", NAMES_GO_POLICY},
    {"predicate", NAMES_PLAIN}, /* in-toto, SCAI */
    {"attributes", NAMES_PLAIN},
    {"conditions", NAMES_PLAIN},
    {"firmware", NAMES_PLAIN}, /* this program */
    {"components", NAMES_PLAIN},
    {"values", NAMES_PLAIN},
    {"ReferenceValues", NAMES_PLAIN}, /* Contrast */
    {"tdx", NAMES_PLAIN},             /* Contrast, claims of TDX */
    {"quote", NAMES_PLAIN},           /* Trustee's claims: tdx.quote.body */
    {"body", NAMES_PLAIN},
    {"reference", NAMES_PLAIN},
    {"reference_values", NAMES_PLAIN},
    {"reference-values", NAMES_PLAIN},
    {"referenceValues", NAMES_PLAIN},
    {"measurement", NAMES_PLAIN},
    {"measurements", NAMES_PLAIN},
    {"expected", NAMES_PLAIN},
    {"allow", NAMES_PLAIN},
    {"allowed", NAMES_PLAIN},
    {"tdvf", NAMES_PLAIN}, /* dstack */
    {"tdQuoteBody", NAMES_GO_REPORTED},
    {"td_quote_body", NAMES_GO_REPORTED},
    {"report", NAMES_REPORTED}, /* dcap-qvl */
    {"TD10", NAMES_REPORTED},
    {"TD15", NAMES_REPORTED},
    {"base", NAMES_REPORTED},
    {"tcb_info", NAMES_REPORTED}, /* dstack */
    {"token", NAMES_REPORTED},    /* of an attestation service */
    {"evidence", NAMES_REPORTED},
    {"claims", NAMES_REPORTED},
    {"submods", NAMES_REPORTED}, /* EAR of Trustee */
    {"cpu0", NAMES_REPORTED},
    {"ear.veraison.annotated-evidence", NAMES_REPORTED},
};

bool names_container(const char *name, enum names_context *context)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        if (strcmp(containers[i].name, name) == 0) {
            if (containers[i].context != NAMES_PLAIN) {
                *context = containers[i].context;
            }
            return true;
        }
    }
    return false;
}

bool names_component(const char **at, char *component, size_t size)
{
    if (**at != '/') {
        return false;
    }
    const size_t len = strcspn(*at + 1, "/");
    const size_t kept = len < size ? len : size - 1;
    memcpy(component, *at + 1, kept);
    component[kept] = '\0';
    *at += 1 + len;
    return true;
}

static bool is_index(const char *component)
{
    const size_t digits = strspn(component, "0123456789");
    return (digits > 0 && component[digits] == '\0') ||
           strcmp(component, "-") == 0;
}

const char *names_entry(const char *path)
{
    static const char list[] = "/tdx/";
    static const char manifest[] = "/ReferenceValues";
    const char *at = path;
    if (strncmp(at, manifest, strlen(manifest)) == 0) {
        at += strlen(manifest);
    }
    if (strncmp(at, list, strlen(list)) == 0) {
        at += strlen(list);
        /* RFC 6901, section 4: no leading zeros. */
        const size_t digits = strspn(at, "0123456789");
        return digits > 0 && (*at != '0' || digits == 1) && at[digits] == '/'
                   ? at + digits
                   : NULL;
    }
    return at == path && *at == '/' ? at : NULL;
}

enum spelling names_pointer(const char *path, enum names_context context)
{
    const char *rest = names_entry(path);
    return rest && strcmp(rest, "/MrTd") == 0 ? names_spelling("MrTd", context)
                                              : SPELLED_UNKNOWN;
}

bool names_around_mrtd(const char *path)
{
    enum names_context context = NAMES_PLAIN;
    char component[64];
    const char *at = path;
    while (names_component(&at, component, sizeof component)) {
        if (names_look_like_mrtd(component)) {
            return true;
        }
        if (!is_index(component) && !names_container(component, &context)) {
            return false;
        }
    }
    return *at == '\0';
}
