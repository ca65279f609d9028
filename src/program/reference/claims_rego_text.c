/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_rego.h"

/* --- Strings ----------------------------------------------------------- */

/* After a backslash: the byte that is meant (JSON's escapes), or -1. */
static int escaped(struct policy_scan *s)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char c = policy_peek(s);
    const char *found = c ? strchr(letters, c) : NULL;
    const size_t start = ++s->at;
    if (c == 'u') {
        const int value = policy_number(s, 16, 4);
        return s->at != start + 4 ? -1 : value > 0x7f ? 0xff : value;
    }
    return found ? (unsigned char)meanings[found - letters] : -1;
}

static bool read_string(struct policy_scan *s, struct policy_text *t)
{
    const char quote = s->text[s->at++];
    while (s->at < s->size && policy_peek(s) != quote &&
           (quote == '`' || policy_peek(s) != '\n')) {
        int c = (unsigned char)s->text[s->at++];
        if (c == '\\' && quote == '"') {
            c = s->at < s->size ? escaped(s) : -1;
        }
        if (c < 0) {
            return policy_fail(s, s->at < s->size ? s->at : s->size,
                               "an invalid escape in a string");
        }
        policy_keep(t, c);
    }
    if (policy_peek(s) != quote) {
        return policy_fail(s, t->at, "a string without its end");
    }
    s->at++;
    return true;
}

void rego_text(const struct rego *r, size_t token, struct policy_text *t)
{
    const struct rego_token *k = &r->tokens[token];
    memset(t, 0, sizeof *t);
    t->at = k->at;
    if (k->kind == TOKEN_STRING) {
        /* It was read before, so it has no fault. */
        struct policy_scan s = *r->scan;
        s.at = k->at;
        (void)read_string(&s, t);
        return;
    }
    for (size_t i = 0; i < k->length; i++) {
        policy_keep(t, r->scan->text[k->at + i]);
    }
}

/* --- Tokens ------------------------------------------------------------ */

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_digits(struct policy_scan *s)
{
    while (is_digit(policy_peek(s))) {
        s->at++;
    }
}

/* A number of JSON. */
static bool read_number(struct policy_scan *s)
{
    const size_t start = s->at;
    s->at += policy_peek(s) == '-';
    const bool is_zero = policy_peek(s) == '0';
    s->at++;
    if (is_zero && is_digit(policy_peek(s))) {
        return policy_fail(s, start, "a number that begins with 0");
    }
    skip_digits(s);
    if (policy_peek(s) == '.') {
        s->at++;
        skip_digits(s);
    }
    if (policy_peek(s) == 'e' || policy_peek(s) == 'E') {
        s->at++;
        s->at += policy_peek(s) == '+' || policy_peek(s) == '-';
        skip_digits(s);
    }
    return (is_digit(s->text[s->at - 1]) && !is_name(policy_peek(s)) &&
            policy_peek(s) != '.') ||
           policy_fail(s, start, "a malformed number");
}

static void skip_sign(struct policy_scan *s)
{
    const char c = s->text[s->at++];
    if (c && strchr(":=!<>", c) && policy_peek(s) == '=') {
        s->at++;
    }
}

static bool read_token(struct policy_scan *s, struct rego_token *t)
{
    const char c = policy_peek(s);
    if (c == '"' || c == '`') {
        struct policy_text text = {.at = s->at};
        t->kind = TOKEN_STRING;
        return read_string(s, &text);
    }
    if (is_digit(c) ||
        (c == '-' && s->at + 1 < s->size && is_digit(s->text[s->at + 1]))) {
        t->kind = TOKEN_NUMBER;
        return read_number(s);
    }
    if (is_name(c)) {
        t->kind = TOKEN_NAME;
        while (is_name(policy_peek(s))) {
            s->at++;
        }
        return true;
    }
    t->kind = TOKEN_SIGN;
    skip_sign(s);
    return true;
}

static bool add_token(struct rego *r, const struct rego_token *t)
{
    if (r->count == REGO_TOKENS) {
        return claims_fail(r->scan->error, "against-policy", t->at,
                           "more than %u words and signs", REGO_TOKENS);
    }
    if (r->count == r->room) {
        const size_t room = r->room ? 2 * r->room : 256;
        struct rego_token *made = realloc(r->tokens, room * sizeof *made);
        if (!made) {
            return claims_no_memory(r->scan->error);
        }
        r->tokens = made;
        r->room = room;
    }
    r->tokens[r->count++] = *t;
    return true;
}

bool rego_tokenize(struct rego *r)
{
    struct policy_scan *s = r->scan;
    struct rego_token t = {.kind = TOKEN_END};
    if (!add_token(r, &t)) {
        return false;
    }
    do {
        memset(&t, 0, sizeof t);
        t.begins_line = policy_skip_space(s) || r->count == 1;
        t.at = (uint32_t)s->at;
        if (s->at < s->size && !read_token(s, &t)) {
            return false;
        }
        t.length = (uint32_t)s->at - t.at;
        if (!add_token(r, &t)) {
            return false;
        }
    } while (t.kind != TOKEN_END);
    return true;
}

/* --- Questions --------------------------------------------------------- */

bool rego_is(const struct rego *r, size_t token, const char *text)
{
    const struct rego_token *t = &r->tokens[token];
    return t->length == strlen(text) &&
           memcmp(r->scan->text + t->at, text, t->length) == 0;
}

bool rego_is_sign(const struct rego *r, size_t token, const char *sign)
{
    return r->tokens[token].kind == TOKEN_SIGN && rego_is(r, token, sign);
}

bool rego_is_word(const struct rego *r, size_t token, const char *word)
{
    return r->tokens[token].kind == TOKEN_NAME && rego_is(r, token, word);
}

bool rego_is_keyword(const struct rego *r, size_t token)
{
    static const char *const keywords[] = {
        "true",    "false",  "null",    "not", "some", "every",
        "with",    "as",     "in",      "if",  "else", "contains",
        "default", "import", "package", NULL,
    };
    struct policy_text t;
    rego_text(r, token, &t);
    return r->tokens[token].kind == TOKEN_NAME &&
           names_is_one_of(t.text, keywords);
}

bool rego_is_same(const struct rego *r, size_t a, size_t b)
{
    const struct rego_token *x = &r->tokens[a];
    const struct rego_token *y = &r->tokens[b];
    return x->kind == y->kind && x->length == y->length &&
           memcmp(r->scan->text + x->at, r->scan->text + y->at, x->length) == 0;
}

bool rego_is_next(const struct rego *r, size_t token)
{
    const struct rego_token *before = &r->tokens[token - 1];
    return before->at + before->length == r->tokens[token].at;
}

int rego_depth(const struct rego *r, size_t token)
{
    const struct rego_token *t = &r->tokens[token];
    if (t->kind != TOKEN_SIGN || t->length != 1) {
        return 0;
    }
    const char c = r->scan->text[t->at];
    return c == '(' || c == '{' || c == '['   ? 1
           : c == ')' || c == '}' || c == ']' ? -1
                                              : 0;
}

bool rego_ends(const struct rego *r, size_t token, size_t end)
{
    return token >= end || r->tokens[token].kind == TOKEN_END ||
           r->tokens[token].begins_line || rego_is_sign(r, token, ";");
}
