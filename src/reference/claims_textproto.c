/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in the configuration of go-tdx-guest's check (proto/checkconfig.proto
 * at 91f9a52), in the text format of protocol buffers (protobuf.dev, "Text
 * Format Language Specification"): a Config, or the Policy or
 * TDQuoteBodyPolicy in it alone. The TDQuoteBody of a quote is read as well,
 * but is what a TD reported.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_policy.h"

#define MAX_DEPTH 8

/* Messages, as bits. */
enum message {
    ROOT = 1,
    POLICY = 2,
    BODY = 4,      /* TDQuoteBodyPolicy */
    OTHER = 8,     /* known, and has nothing of an MRTD */
    REPORTED = 16, /* TDQuoteBody */
    UNKNOWN = 32,
};

struct field {
    const char *name;
    unsigned in;          /* messages that have it */
    enum message message; /* that it is, or 0 */
    bool is_mrtd;
    bool is_repeated;
};

static const struct field fields[] = {
    {"policy", ROOT, POLICY, false, false},
    {"root_of_trust", ROOT, OTHER, false, false},
    {"header_policy", ROOT | POLICY, OTHER, false, false},
    {"td_quote_body_policy", ROOT | POLICY, BODY, false, false},
    {"mr_td", ROOT | BODY | REPORTED, 0, true, false},
    {"any_mr_td", ROOT | BODY, 0, true, true},
    {"minimum_tee_tcb_svn", ROOT | BODY, 0, false, false},
    {"mr_seam", ROOT | BODY, 0, false, false},
    {"td_attributes", ROOT | BODY, 0, false, false},
    {"xfam", ROOT | BODY, 0, false, false},
    {"mr_config_id", ROOT | BODY, 0, false, false},
    {"mr_owner", ROOT | BODY, 0, false, false},
    {"mr_owner_config", ROOT | BODY, 0, false, false},
    {"rtmrs", ROOT | BODY, 0, false, true},
    {"report_data", ROOT | BODY, 0, false, false},
    {"enable_td_debug_check", ROOT | BODY, 0, false, false},
    /* Of a quote, proto/tdx.proto. */
    {"header", ROOT, OTHER, false, false},
    {"signed_data", ROOT, OTHER, false, false},
    {"td_quote_body", ROOT, REPORTED, false, false},
    {"td_quote_body_descriptor", ROOT, REPORTED, false, false},
    {"td_quote_body_v5", REPORTED, REPORTED, false, false},
};

#define FIELDS (sizeof fields / sizeof *fields)

/* A message that is being read. */
struct open_message {
    enum message message;
    char end;      /* the sign that ends it */
    unsigned seen; /* fields, as bits */
    const char *why;
};

struct textproto {
    struct policy_scan *scan;
    struct open_message open[MAX_DEPTH];
    size_t depth; /* without the root */
};

/* --- Strings ------------------------------------------------------------- */

/* After a backslash: the byte that is meant, or -1. */
static int escaped(struct policy_scan *s)
{
    static const char letters[] = "ntrabfv\\'\"?";
    static const char meanings[] = "\n\t\r\a\b\f\v\\'\"?";
    const char c = policy_peek(s);
    if (c == 'x') {
        s->at++;
        return policy_number(s, 16, 2);
    }
    if (c >= '0' && c <= '7') {
        const int value = policy_number(s, 8, 3);
        return value > 0xff ? -1 : value;
    }
    const char *found = c ? strchr(letters, c) : NULL;
    s->at += s->at < s->size;
    return found ? (unsigned char)meanings[found - letters] : -1;
}

/* One string in quotes, appended. */
static bool read_quoted(struct policy_scan *s, struct policy_text *t)
{
    const size_t start = s->at;
    const char quote = s->text[s->at++];
    while (s->at < s->size && policy_peek(s) != quote &&
           policy_peek(s) != '\n') {
        int c = (unsigned char)s->text[s->at++];
        if (c >= 0x80) {
            return policy_fail(s, s->at - 1,
                               "a byte that is not ASCII; bytes from 0x80 on "
                               "are written as escapes");
        }
        if (c == '\\') {
            c = escaped(s);
        }
        if (c < 0) {
            return policy_fail(s, s->at, "an escape in a string that is none");
        }
        policy_keep(t, c);
    }
    if (policy_peek(s) != quote) {
        return policy_fail(s, start, "a string without its end");
    }
    s->at++;
    return true;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* A string: of several in a row the text format makes one. */
static bool read_string(struct policy_scan *s, struct policy_text *t)
{
    memset(t, 0, sizeof *t);
    t->at = s->at;
    do {
        if (!read_quoted(s, t)) {
            return false;
        }
        policy_skip_space(s);
    } while (is_quote(policy_peek(s)));
    return true;
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' ||
           c == '+';
}

/* A name or number; empty: neither. */
static void read_name(struct policy_scan *s, struct policy_text *t)
{
    memset(t, 0, sizeof *t);
    t->at = s->at;
    while (s->at < s->size && is_name(policy_peek(s))) {
        policy_keep(t, s->text[s->at++]);
    }
}

/* --- Values -------------------------------------------------------------- */

static bool take(struct policy_scan *s, const struct policy_text *t,
                 const char *name)
{
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    char where[160];
    policy_where(where, sizeof where, name, t->at);
    if (t->length == 0) {
        claims_pass_over(s->claims, where, "it is empty: nothing is asked for");
        return true;
    }
    if (t->length == MRTD_DIGEST_SIZE) {
        memcpy(mrtd, t->text, sizeof mrtd);
    } else if (t->length > POLICY_STRING ||
               !mrtd_hex_decode(mrtd, t->text, t->length)) {
        return policy_fail_value(s, t->at, name);
    } else if (!claims_misspelled(s->claims, "against-policy", t->at, where,
                                  "is hexadecimal digits, where go-tdx-guest "
                                  "wants 48 bytes with escapes",
                                  s->error)) {
        return false;
    }
    return claims_add(s->claims, mrtd, where, s->error);
}

/* Why an MRTD of a field in that message is not a statement; or NULL. */
static const char *void_reason(const struct textproto *p,
                               const struct field *field, const char *name)
{
    const struct open_message *in = &p->open[p->depth];
    if (in->message == UNKNOWN) {
        return in->why;
    }
    if (!field) {
        return names_look_like_mrtd(name)
                   ? "go-tdx-guest has no field of this name there"
                   : NULL;
    }
    if (field->is_mrtd && in->message == REPORTED &&
        p->scan->claims->reading == CLAIMS_EXACT) {
        return "it is what a TD reported; check --against compares it";
    }
    return NULL;
}

/* A string, or several in a row, as the value of a field. */
static bool take_string(struct textproto *p, const struct field *field,
                        const char *name)
{
    struct policy_scan *s = p->scan;
    struct policy_text t;
    if (!read_string(s, &t)) {
        return false;
    }
    const char *why = void_reason(p, field, name);
    if (why && (field ? field->is_mrtd : names_look_like_mrtd(name))) {
        char where[160];
        policy_where(where, sizeof where, name, t.at);
        claims_pass_over(s->claims, where, why);
        return true;
    }
    return why || !field || !field->is_mrtd || take(s, &t, name);
}

/* A list of strings or other scalars. */
static bool take_list(struct textproto *p, const struct field *field,
                      const char *name)
{
    struct policy_scan *s = p->scan;
    struct policy_text t;
    if (field && !field->is_repeated) {
        return policy_fail(s, s->at, "a list for a field that has one value");
    }
    s->at++;
    policy_skip_space(s);
    while (policy_peek(s) != ']') {
        if (is_quote(policy_peek(s))) {
            if (!take_string(p, field, name)) {
                return false;
            }
        } else {
            read_name(s, &t);
            if (t.length == 0 || (field && field->is_mrtd)) {
                return policy_fail_value(s, t.at, name);
            }
        }
        policy_skip_space(s);
        if (policy_peek(s) == ',') {
            s->at++;
            policy_skip_space(s);
        } else if (policy_peek(s) != ']') {
            return claims_fail(s->error, "against-policy", s->at,
                               "the list after %s has no end", name);
        }
    }
    s->at++;
    return true;
}

/* --- Fields -------------------------------------------------------------- */

static bool begin_message(struct textproto *p, const struct field *field,
                          const char *name)
{
    struct policy_scan *s = p->scan;
    const struct open_message *in = &p->open[p->depth];
    const bool is_known = field && field->message;
    if (p->depth + 1 == MAX_DEPTH) {
        return policy_fail(s, s->at, "messages nested deeper than any policy");
    }
    struct open_message *made = &p->open[p->depth + 1];
    memset(made, 0, sizeof *made);
    made->end = (char)(policy_peek(s) == '{' ? '}' : '>');
    made->message = in->message == OTHER ? OTHER
                    : is_known           ? field->message
                                         : UNKNOWN;
    made->why = in->message == UNKNOWN ? in->why
                : names_negate(name)
                    ? "the name of the message around it says no"
                    : "go-tdx-guest has no message of this name around it";
    p->depth++;
    s->at++;
    return true;
}

static const struct field *find(const struct textproto *p, const char *name,
                                unsigned *bit)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if ((fields[i].in & p->open[p->depth].message) &&
            strcmp(fields[i].name, name) == 0) {
            *bit = 1u << i;
            return &fields[i];
        }
    }
    *bit = 0;
    return NULL;
}

/* A field that go-tdx-guest does not have makes it refuse the whole file. */
static bool check_field(struct textproto *p, const struct field *field,
                        const struct policy_text *name, unsigned bit)
{
    struct open_message *in = &p->open[p->depth];
    if (field && !field->is_repeated && (in->seen & bit)) {
        return claims_fail(p->scan->error, "against-policy", name->at,
                           "%s is there twice, and can have one value",
                           name->text);
    }
    in->seen |= bit;
    if (!field && (in->message & (ROOT | POLICY | BODY)) &&
        !names_look_like_mrtd(name->text) &&
        p->scan->claims->reading == CLAIMS_EXACT) {
        return claims_fail(p->scan->error, "against-policy", name->at,
                           "go-tdx-guest has no field \"%s\" there, and "
                           "refuses the file",
                           name->text);
    }
    return true;
}

/* What comes after the name of a field. */
static bool take_value(struct textproto *p, const struct field *field,
                       const char *name)
{
    struct policy_scan *s = p->scan;
    struct policy_text t;
    policy_skip_space(s);
    const bool has_colon = policy_peek(s) == ':';
    s->at += has_colon;
    policy_skip_space(s);
    const char c = policy_peek(s);
    if (c == '{' || c == '<') {
        return !(field && !field->message) ? begin_message(p, field, name)
                                           : policy_fail_value(s, s->at, name);
    }
    if (!has_colon || (field && field->message)) {
        return policy_fail(s, s->at,
                           "neither a field of the text format nor "
                           "Rego, which compares with \"==\"");
    }
    if (is_quote(c)) {
        return take_string(p, field, name);
    }
    if (c == '[') {
        return take_list(p, field, name);
    }
    read_name(s, &t);
    return (t.length > 0 && !(field && field->is_mrtd)) ||
           policy_fail_value(s, t.at, name);
}

static bool take_field(struct textproto *p)
{
    struct policy_scan *s = p->scan;
    struct policy_text name;
    unsigned bit;
    read_name(s, &name);
    if (name.length == 0 || name.length > POLICY_STRING) {
        return policy_fail(s, name.at,
                           "no name of a field where one should "
                           "be");
    }
    const struct field *field = find(p, name.text, &bit);
    if (!check_field(p, field, &name, bit) ||
        !take_value(p, field, name.text)) {
        return false;
    }
    policy_skip_space(s);
    if (policy_peek(s) == ',' || policy_peek(s) == ';') {
        s->at++;
    }
    return true;
}

bool policy_read_textproto(struct policy_scan *s)
{
    struct textproto p = {.scan = s, .open = {{.message = ROOT}}};
    while (policy_skip_space(s), s->at < s->size) {
        if (p.depth > 0 && policy_peek(s) == p.open[p.depth].end) {
            p.depth--;
            s->at++;
            policy_skip_space(s);
            if (policy_peek(s) == ',' || policy_peek(s) == ';') {
                s->at++;
            }
        } else if (!take_field(&p)) {
            return false;
        }
    }
    return p.depth == 0 || policy_fail(s, s->at, "a message without its end");
}
