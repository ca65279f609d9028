/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in the configuration of go-tdx-guest's check (proto/checkconfig.proto
 * at 91f9a52, and fields of later versions), in the text format of protocol
 * buffers (protobuf.dev, "Text Format Language Specification"): a Config, or
 * the Policy or TDQuoteBodyPolicy in it alone. A quote (proto/tdx.proto) is
 * read as well, but is what a TD reported. What that program refuses to read is
 * refused here, since it then checks nothing. And the same of go-sev-guest's
 * check (proto/check.proto), of which it is a Config.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_boot.h"
#include "reference/claims_names.h"
#include "reference/claims_textproto.h"

#define MAX_DEPTH           8
#define RTMRS               4
#define SEV_POLICY_RESERVED (UINT64_C(1) << 17)

/* A message that is being read. */
struct open_message {
    unsigned kinds; /* messages that it may be, as bits: one but at the root */
    char end;       /* the sign that ends it */
    bool seen[TEXTPROTO_FIELDS];
    size_t rtmrs;
    size_t from;     /* claims that there were before it */
    size_t single;   /* the claim of mr_td, counted from 1; 0: none */
    uint64_t policy; /* of SEV-SNP's guest, as go-sev-guest has it */
};

struct textproto {
    struct policy_scan *scan;
    const char *consumer; /* the program whose policy it is */
    struct open_message open[MAX_DEPTH];
    size_t depth; /* without the root */
};

/* --- Strings ----------------------------------------------------------- */

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
            return policy_fail(s, s->at, "an invalid escape in a string");
        }
        t->has_high |= c >= 0x80;
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

/* --- Values ------------------------------------------------------------ */

static bool take_mrtd(struct textproto *p, const struct textproto_field *field,
                      const struct policy_text *t)
{
    struct policy_scan *s = p->scan;
    struct open_message *in = &p->open[p->depth];
    const bool is_tdx = s->claims->platform == MRTD_PLATFORM_TDX;
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    char where[160];
    char how[100];
    policy_where(where, sizeof where, field->name, t->at);
    if (t->length == 0 && field->is_repeated) {
        return policy_fail(s, t->at,
                           "any_mr_td is empty: go-tdx-guest then allows any "
                           "MRTD");
    }
    if (t->length == 0 || ((in->kinds & TEXTPROTO_REPORTED) &&
                           s->claims->reading == CLAIMS_EXACT)) {
        claims_pass_over(s->claims, where,
                         t->length == 0
                             ? "it is empty: nothing is asked for"
                             : "it is what a TD reported; check --against "
                               "compares it");
        return true;
    }
    if (t->length == MRTD_DIGEST_SIZE) {
        memcpy(mrtd, t->text, sizeof mrtd);
    } else if (t->length > POLICY_STRING ||
               !mrtd_hex_decode(mrtd, MRTD_DIGEST_SIZE, t->text, t->length)) {
        return policy_fail_value(s, t->at, field->name);
    } else {
        snprintf(how, sizeof how,
                 "is hexadecimal digits, where %s wants 48 bytes with escapes",
                 p->consumer);
        if (!claims_misspelled(s->claims, "against-policy", t->at, where, how,
                               s->error)) {
            return false;
        }
    }
    if (!claims_add(s->claims, is_tdx ? MRTD_REGISTER_MRTD : MRTD_REGISTER_SNP,
                    mrtd, where, s->error)) {
        return false;
    }
    in->single = field->is_repeated ? in->single : s->claims->count;
    return true;
}

static bool fail_type(struct textproto *p, const struct textproto_field *field,
                      size_t at)
{
    static const char *const wanted[] = {
        [TEXTPROTO_BYTES] = "a string of the right number of bytes",
        [TEXTPROTO_STRING] = "a string of ASCII",
        [TEXTPROTO_BOOL] = "true or false",
        [TEXTPROTO_NUMBER] = "a number that is not too large",
        [TEXTPROTO_PRODUCT] = "the name of a product",
        [TEXTPROTO_MESSAGE] = "a message in brackets",
    };
    if (field->is_mrtd) {
        return policy_fail_value(p->scan, at, field->name);
    }
    return claims_fail(p->scan->error, "against-policy", at,
                       "%s is not %s, and %s refuses the file", field->name,
                       wanted[field->type], p->consumer);
}

/* The next register; one of no bytes is not checked. */
static bool take_rtmr(struct textproto *p, const struct policy_text *t)
{
    struct open_message *in = &p->open[p->depth];
    struct claims *claims = p->scan->claims;
    const size_t index = in->rtmrs++;
    if (claims->reading != CLAIMS_EXACT || index >= RTMRS || t->length == 0) {
        return true;
    }
    if (in->kinds & TEXTPROTO_REPORTED || t->length != MRTD_DIGEST_SIZE) {
        claims_boot_said(claims, (enum boot_value_id)index);
        return true;
    }
    return claims_boot_add(claims, (enum boot_value_id)index,
                           (const uint8_t *)t->text, p->scan->error);
}

/* A string, or several in a row, as the value of a field. */
static bool take_string(struct textproto *p,
                        const struct textproto_field *field)
{
    struct policy_text t;
    const size_t at = p->scan->at;
    if (!read_string(p->scan, &t)) {
        return false;
    }
    if (field->is_mrtd) {
        return take_mrtd(p, field, &t);
    }
    if (strcmp(field->name, "rtmrs") == 0 && !take_rtmr(p, &t)) {
        return false;
    }
    const bool is_ascii = field->type == TEXTPROTO_STRING && !t.has_high;
    const bool is_sized =
        field->type == TEXTPROTO_BYTES &&
        (field->size == 0 || t.length == 0 || t.length == field->size);
    return is_ascii || is_sized || fail_type(p, field, at);
}

/* A number or a word. */
static bool take_word(struct textproto *p, const struct textproto_field *field)
{
    static const char *const words[] = {"true",  "True", "t", "1", "false",
                                        "False", "f",    "0", NULL};
    static const char *const products[] = {
        "SEV_PRODUCT_UNKNOWN", "SEV_PRODUCT_MILAN", "SEV_PRODUCT_GENOA",
        "SEV_PRODUCT_TURIN", NULL};
    struct policy_text t;
    unsigned long long number = 0;
    char *end;
    read_name(p->scan, &t);
    const bool is_word =
        field->type == TEXTPROTO_BOOL && names_is_one_of(t.text, words);
    const bool is_product =
        field->type == TEXTPROTO_PRODUCT && names_is_one_of(t.text, products);
    /* No more digits than always fit into 64 bits. */
    const bool is_number =
        field->type == TEXTPROTO_NUMBER && isdigit((unsigned char)t.text[0]) &&
        t.length < (field->size > UINT32_MAX ? 19 : 12) &&
        (number = strtoull(t.text, &end, 0)) <= field->size && !*end;
    if (is_number && strcmp(field->name, "policy") == 0) {
        p->open[p->depth].policy = number;
    }
    return is_word || is_product || is_number || fail_type(p, field, t.at);
}

static bool take_scalar(struct textproto *p,
                        const struct textproto_field *field)
{
    return is_quote(policy_peek(p->scan)) ? take_string(p, field)
                                          : take_word(p, field);
}

/* A list of scalars, between which commas have to be, and not after them. */
static bool take_list(struct textproto *p, const struct textproto_field *field)
{
    struct policy_scan *s = p->scan;
    bool goes_on = true;
    if (!field->is_repeated) {
        return policy_fail(s, s->at, "a list for a field that has one value");
    }
    s->at++;
    policy_skip_space(s);
    if (policy_peek(s) == ']') {
        s->at++;
        return true;
    }
    while (goes_on) {
        if (!take_scalar(p, field)) {
            return false;
        }
        policy_skip_space(s);
        goes_on = policy_peek(s) == ',';
        if (!goes_on && policy_peek(s) != ']') {
            return claims_fail(s->error, "against-policy", s->at,
                               "the list after %s has no end", field->name);
        }
        s->at++;
        policy_skip_space(s);
    }
    return true;
}

/* --- Messages ---------------------------------------------------------- */

static bool begin_message(struct textproto *p,
                          const struct textproto_field *field)
{
    struct policy_scan *s = p->scan;
    if (p->depth + 1 == MAX_DEPTH) {
        return policy_fail(s, s->at, "messages nested deeper than any policy");
    }
    struct open_message *made = &p->open[++p->depth];
    memset(made, 0, sizeof *made);
    made->end = (char)(policy_peek(s) == '{' ? '}' : '>');
    made->kinds = field->message;
    made->from = s->claims->count;
    s->at++;
    return true;
}

/* mr_td and any_mr_td have to hold both, so that one value is left. */
static bool join_values(struct textproto *p, const struct open_message *m)
{
    struct claims *claims = p->scan->claims;
    if (m->single == 0 || claims->count == m->from + 1) {
        return true;
    }
    const struct claim only = claims->items[m->single - 1];
    bool found = false;
    for (size_t i = m->from; i < claims->count; i++) {
        found |= i != m->single - 1 &&
                 mrtd_value_equal(&claims->items[i].value, &only.value);
    }
    if (!found) {
        return policy_fail(p->scan, p->scan->at,
                           "mr_td is not one of any_mr_td, so that nothing is "
                           "allowed");
    }
    claims->items[m->from] = only;
    claims->count = m->from + 1;
    return true;
}

static bool end_message(struct textproto *p)
{
    const struct open_message *m = &p->open[p->depth];
    if (m->rtmrs != 0 && m->rtmrs != RTMRS) {
        return policy_fail(p->scan, p->scan->at,
                           "rtmrs has not four values, and go-tdx-guest "
                           "refuses the file");
    }
    /* abi.ParseSnpPolicy(): bit 17 is reserved, and has to be set. */
    if (m->kinds == TEXTPROTO_SEV_POLICY &&
        !(m->policy & SEV_POLICY_RESERVED)) {
        return policy_fail(p->scan, p->scan->at,
                           "the number policy lacks bit 17, and go-sev-guest "
                           "refuses the file");
    }
    return join_values(p, m);
}

/* --- Fields ------------------------------------------------------------ */

/* The field of that name in the message. At the root it also says which message
 * that is. */
static const struct textproto_field *find(struct textproto *p,
                                          const struct policy_text *name)
{
    struct open_message *in = &p->open[p->depth];
    for (size_t i = 0; i < TEXTPROTO_FIELDS; i++) {
        const struct textproto_field *field = &textproto_fields[i];
        if (!(in->kinds & field->in) || strcmp(field->name, name->text) != 0) {
            continue;
        }
        if (in->seen[i] && !field->is_repeated) {
            claims_fail(p->scan->error, "against-policy", name->at,
                        "%s is there twice, and can have one value",
                        name->text);
            return NULL;
        }
        in->seen[i] = true;
        in->kinds &= field->in;
        return field;
    }
    claims_fail(p->scan->error, "against-policy", name->at,
                "%s has no field \"%s\" there, and refuses the file",
                p->consumer, name->text);
    return NULL;
}

/* What comes after the name of a field. */
static bool take_value(struct textproto *p, const struct textproto_field *field)
{
    struct policy_scan *s = p->scan;
    policy_skip_space(s);
    const bool has_colon = policy_peek(s) == ':';
    s->at += has_colon;
    policy_skip_space(s);
    const char c = policy_peek(s);
    if (field->type == TEXTPROTO_MESSAGE) {
        return c == '{' || c == '<' ? begin_message(p, field)
                                    : fail_type(p, field, s->at);
    }
    if (c == '{' || c == '<') {
        return fail_type(p, field, s->at);
    }
    if (!has_colon) {
        return policy_fail(s, s->at,
                           "neither a field of the text format nor Rego, which "
                           "compares with \"==\"");
    }
    return c == '[' ? take_list(p, field) : take_scalar(p, field);
}

static void skip_separator(struct policy_scan *s)
{
    policy_skip_space(s);
    s->at += policy_peek(s) == ',' || policy_peek(s) == ';';
}

static bool take_field(struct textproto *p)
{
    struct policy_scan *s = p->scan;
    struct policy_text name;
    const size_t depth = p->depth;
    read_name(s, &name);
    if (name.length == 0 || name.length > POLICY_STRING) {
        return policy_fail(s, name.at,
                           "no name of a field where one should be");
    }
    const struct textproto_field *field = find(p, &name);
    if (!field || !take_value(p, field)) {
        return false;
    }
    if (p->depth == depth) {
        skip_separator(s);
    }
    return true;
}

bool policy_read_textproto(struct policy_scan *s)
{
    const bool is_tdx = s->claims->platform == MRTD_PLATFORM_TDX;
    struct textproto p = {
        .scan = s,
        .consumer = is_tdx ? "go-tdx-guest" : "go-sev-guest",
        .open = {{.kinds = is_tdx ? TEXTPROTO_ROOTS : TEXTPROTO_SEV_ROOTS}}};
    while (policy_skip_space(s), s->at < s->size) {
        if (p.depth > 0 && policy_peek(s) == p.open[p.depth].end) {
            if (!end_message(&p)) {
                return false;
            }
            p.depth--;
            s->at++;
            skip_separator(s);
        } else if (!take_field(&p)) {
            return false;
        }
    }
    return p.depth == 0 ? end_message(&p)
                        : policy_fail(s, s->at, "a message without its end");
}
