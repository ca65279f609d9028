/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a body uses of the input, and how: a body in which two statements
 * exclude each other never holds, and asks for nothing. Of each thing, and what
 * is in it, only uses that are known to go together are taken.
 */
#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_rego_term.h"

#define IN (*REGO_APART)

uint64_t rego_hash(const struct rego *r, size_t first, size_t end)
{
    uint64_t made = UINT64_C(0xcbf29ce484222325);
    for (size_t i = first; i < end; i++) {
        const struct rego_token *t = &r->tokens[i];
        for (size_t k = 0; k <= t->length; k++) {
            const char c = (char)(k < t->length ? r->scan->text[t->at + k] : 0);
            made = (made ^ (unsigned char)c) * UINT64_C(0x100000001b3);
        }
    }
    return made;
}

/* --- Do two uses go together? ------------------------------------------ */

static bool is_equality(const struct rego *r, size_t op)
{
    return rego_is_sign(r, op, "==") || rego_is_sign(r, op, "=") ||
           rego_is_word(r, op, "in");
}

static bool is_order(const struct rego *r, size_t op)
{
    const char sign = r->scan->text[r->tokens[op].at];
    return sign == '<' || sign == '>';
}

/* Does the condition bound from below (1), from above (-1), or not (0)? */
static int bounds(const struct rego *r, const struct rego_use *c)
{
    const char sign = r->scan->text[r->tokens[c->op].at];
    const int side = sign == '>' ? 1 : sign == '<' ? -1 : 0;
    return c->is_not != c->is_turned ? -side : side;
}

static bool is_same_constant(const struct rego *r, size_t a, size_t b)
{
    size_t a_end = a;
    size_t b_end = b;
    return rego_read_constant(r, &a_end, r->count) &&
           rego_read_constant(r, &b_end, r->count) && a_end - a == b_end - b &&
           rego_hash(r, a, a_end) == rego_hash(r, b, b_end);
}

/* Is it compared with one string, for being the same or not? */
static bool is_one(const struct rego *r, const struct rego_use *c)
{
    return (is_equality(r, c->op) || rego_is_sign(r, c->op, "!=")) &&
           r->tokens[c->constant].kind == TOKEN_STRING;
}

static bool differs(const struct rego *r, const struct rego_use *c)
{
    return c->is_not != rego_is_sign(r, c->op, "!=");
}

/* May two conditions of one claim exclude each other? */
static bool may_exclude(const struct rego *r, const struct rego_use *a,
                        const struct rego_use *b)
{
    const bool equals = (is_equality(r, a->op) && !a->is_not) ||
                        (is_equality(r, b->op) && !b->is_not);
    if (!a->op || !b->op) {
        const struct rego_use *other = a->op ? a : b;
        return a->is_not != b->is_not ||
               (other->op && is_equality(r, other->op) &&
                (rego_is_word(r, other->constant, "false") ||
                 rego_is_word(r, other->constant, "null") ||
                 rego_is_collection(r, other->constant)));
    }
    if (rego_is_same(r, a->op, b->op) && a->is_not == b->is_not &&
        bounds(r, a) == bounds(r, b) &&
        is_same_constant(r, a->constant, b->constant)) {
        return false;
    }
    if (bounds(r, a) * bounds(r, b) == -1) {
        const struct rego_use *low = bounds(r, a) > 0 ? a : b;
        struct policy_text from;
        struct policy_text to;
        rego_text(r, low->constant, &from);
        rego_text(r, low == a ? b->constant : a->constant, &to);
        return r->tokens[a->constant].kind != TOKEN_NUMBER ||
               r->tokens[b->constant].kind != TOKEN_NUMBER ||
               strtod(from.text, NULL) >= strtod(to.text, NULL);
    }
    if (is_one(r, a) && is_one(r, b) && differs(r, a) != differs(r, b)) {
        return is_same_constant(r, a->constant, b->constant);
    }
    return equals || a->is_not != b->is_not ||
           (bounds(r, a) != 0 && bounds(r, b) != 0 &&
            r->tokens[a->constant].kind != r->tokens[b->constant].kind);
}

/* Does it ask for no more than that something is there? */
static bool is_presence(const struct rego_use *u)
{
    return !u->is_not &&
           (u->kind == USE_DEFINED || (u->kind == USE_IS && !u->op));
}

/* Two uses of one thing. */
static bool go_together(const struct rego *r, const struct rego_use *a,
                        const struct rego_use *b)
{
    if (a->kind == USE_IS && b->kind == USE_IS) {
        return !may_exclude(r, a, b);
    }
    if (is_presence(a) || is_presence(b)) {
        const struct rego_use *other = is_presence(a) ? b : a;
        return other->kind != USE_IS || other->op || !other->is_not;
    }
    return (a->kind == USE_MEMBER && b->kind == USE_MEMBER && !a->is_not &&
            !b->is_not) ||
           (a->kind == USE_CALL && b->kind == USE_CALL && a->call == b->call);
}

static bool is_inside(const char *path, const char *outer)
{
    const size_t len = strlen(outer);
    return strncmp(path, outer, len) == 0 && path[len] == IN;
}

/* May something in it be used as well? */
static bool may_be_entered(const struct rego_use *u)
{
    return is_presence(u) || (u->kind == USE_MEMBER && !u->is_not);
}

bool rego_note_use(struct rego_body *b, const struct rego_term *t,
                   struct rego_use use)
{
    if (!t->depends || !t->path[0]) {
        return true;
    }
    memcpy(use.path, t->path, sizeof use.path);
    for (size_t i = 0; i < b->use_count; i++) {
        const struct rego_use *u = &b->uses[i];
        if ((strcmp(u->path, use.path) == 0 && !go_together(b->r, u, &use)) ||
            (is_inside(u->path, use.path) && !may_be_entered(&use)) ||
            (is_inside(use.path, u->path) && !may_be_entered(u))) {
            return rego_fail(b, t->first,
                             "two conditions of one claim, or of what is in "
                             "it, that may exclude each other");
        }
    }
    if (b->use_count == REGO_USES) {
        return rego_fail(b, t->first,
                         "more conditions than this program keeps");
    }
    b->uses[b->use_count++] = use;
    return true;
}

/* --- Functions --------------------------------------------------------- */

const struct rego_function *rego_function_named(const char *name)
{
    static const struct rego_function functions[] = {
        {"count", 1, GIVES_COUNT, TAKES_NONE},
        {"lower", 1, GIVES_LOWER, TAKES_NONE},
        {"upper", 1, GIVES_UPPER, TAKES_NONE},
        {"startswith", 2, GIVES_BOOLEAN, TAKES_STRINGS},
        {"endswith", 2, GIVES_BOOLEAN, TAKES_STRINGS},
        {"regex.match", 2, GIVES_BOOLEAN, TAKES_PATTERN},
        {"object.subset", 2, GIVES_BOOLEAN, TAKES_LISTS},
        {"time.now_ns", 0, GIVES_NUMBER, TAKES_NONE},
        {"time.parse_rfc3339_ns", 1, GIVES_NUMBER, TAKES_STRINGS},
        {"time.add_date", 4, GIVES_NUMBER, TAKES_NUMBERS},
        {"query_reference_value", 1, GIVES_ANY, TAKES_STRINGS},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(name, functions[i].name) == 0) {
            return &functions[i];
        }
    }
    return NULL;
}

/* A regular expression that something matches: characters, and lists of
 * characters, with "^" at the start only and "$" at the end. */
static bool is_plain_pattern(const struct rego *r, size_t token)
{
    struct policy_text t;
    rego_text(r, token, &t);
    bool in_list = false;
    bool plain = t.length > 0 && t.length <= POLICY_STRING;
    for (size_t i = t.text[0] == '^'; plain && i < t.length; i++) {
        const char c = t.text[i];
        const bool is_last = i + 1 == t.length;
        if (c == '[' || c == ']') {
            plain =
                in_list == (c == ']') && t.text[i + (c == '[')] != '-' &&
                !(c == ']' && (t.text[i - 1] == '[' || t.text[i - 1] == '-'));
            in_list = c == '[';
        } else if (c == '-' && in_list) {
            plain = t.text[i - 1] < t.text[i + 1] && t.text[i + 1] != ']' &&
                    t.text[i + 2] != '-';
        } else {
            plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                    (c >= 'A' && c <= 'Z') || strchr("_:- ", c) ||
                    (c == '$' && is_last);
        }
    }
    return plain && !in_list;
}

bool rego_may_be_given(const struct rego *r, const struct rego_function *f,
                       size_t argument, size_t constant)
{
    const bool is_string = constant && r->tokens[constant].kind == TOKEN_STRING;
    if (f->takes == TAKES_PATTERN) {
        return argument == 0 ? is_string && is_plain_pattern(r, constant)
                             : !constant;
    }
    return !constant || (f->takes == TAKES_STRINGS && is_string) ||
           (f->takes == TAKES_NUMBERS &&
            r->tokens[constant].kind == TOKEN_NUMBER) ||
           (f->takes == TAKES_LISTS && rego_is_collection(r, constant));
}

/* --- Can it be so? ----------------------------------------------------- */

/* Can the function give that scalar? */
static bool may_give(const struct rego *r, enum rego_result gives, size_t token)
{
    struct policy_text t;
    rego_text(r, token, &t);
    const bool is_number = r->tokens[token].kind == TOKEN_NUMBER;
    const bool is_string = r->tokens[token].kind == TOKEN_STRING;
    switch (gives) {
    case GIVES_BOOLEAN:
        return rego_is_word(r, token, "true") ||
               rego_is_word(r, token, "false");
    case GIVES_COUNT:
        return is_number && strspn(t.text, "0123456789") == t.length;
    case GIVES_NUMBER:
        return is_number;
    case GIVES_LOWER:
        return is_string && !strpbrk(t.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    case GIVES_UPPER:
        return is_string && !strpbrk(t.text, "abcdefghijklmnopqrstuvwxyz");
    case GIVES_ANY:
        break;
    }
    return true;
}

/* Does a member of that name say what kind of machine it is? */
static bool tells_kind(const char *path)
{
    static const char *const names[] = {"attester_type", "tee_type",  "tee",
                                        "attester_tee",  "tee_class", NULL};
    const char *last = strrchr(path, IN);
    const char *dot = last ? strrchr(last, '.') : NULL;
    return last && names_is_one_of(dot ? dot + 1 : last + 1, names);
}

static bool is_kind_of_td(const struct rego *r, size_t token)
{
    static const char *const kinds[] = {
        "TDX",         "tdx",       "Tdx",      "intel-tdx", "intel_tdx",
        "az-tdx-vtpm", "aztdxvtpm", "81000000", "0x81",      "0x00000081",
        "00000081",    "129",       NULL};
    struct policy_text t;
    rego_text(r, token, &t);
    return names_is_one_of(t.text, kinds);
}

bool rego_may_be(const struct rego_body *b, const struct rego_term *t,
                 const struct rego_use *use)
{
    const struct rego *r = b->r;
    const enum rego_result gives = t->function ? t->function->gives : GIVES_ANY;
    const uint8_t kind = r->tokens[use->constant].kind;
    size_t end = use->constant;
    (void)rego_read_constant(r, &end, r->count);
    if (is_order(r, use->op) &&
        ((kind != TOKEN_NUMBER && kind != TOKEN_STRING) ||
         gives == GIVES_BOOLEAN ||
         (gives == GIVES_COUNT && bounds(r, use) < 0 &&
          rego_is(r, use->constant, "0") && r->tokens[use->op].length == 1))) {
        return false;
    }
    for (size_t i = use->constant; i < end; i++) {
        if (r->tokens[i].kind == TOKEN_SIGN) {
            continue;
        }
        if (!may_give(r, gives, i) ||
            (tells_kind(t->path) && is_kind_of_td(r, i) == differs(r, use))) {
            return false;
        }
    }
    return true;
}
