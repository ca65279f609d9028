/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in policies that are text: go-tdx-guest's configuration in the text
 * format of protocol buffers (any_mr_td: "\x91..."), and Rego for Intel Trust
 * Authority (input.tdx.tdx_mrtd == "91..."). Only what stands beside these
 * names is taken; the rest is not understood.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "reference/claims.h"

/* Longest string that is kept: an MRTD in hexadecimal, and a bit. */
#define MAX_STRING 128

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,   /* letters, digits, '_' and '.' */
    TOKEN_STRING, /* in quotes */
    TOKEN_EQUAL,  /* "==" */
    TOKEN_OTHER,  /* any other character: sign */
};

struct token {
    enum token_kind kind;
    size_t at;
    char sign;
    char text[MAX_STRING + 1]; /* of a name or string, cut */
    size_t length;             /* of the string, also where it is cut */
};

struct scan {
    const char *text;
    size_t size;
    size_t at;
    struct claims *claims;
    struct claims_error *error;
};

static void keep(struct token *t, int c)
{
    if (t->length < MAX_STRING) {
        t->text[t->length] = (char)c;
    }
    t->length++;
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static void skip_space(struct scan *s)
{
    while (s->at < s->size) {
        if (s->text[s->at] == '#') {
            while (s->at < s->size && s->text[s->at] != '\n') {
                s->at++;
            }
        } else if (isspace((unsigned char)s->text[s->at])) {
            s->at++;
        } else {
            return;
        }
    }
}

/* Up to most digits of a base from s->at on, as a number; -1: none. */
static int number(struct scan *s, int base, int most)
{
    static const char digits[] = "0123456789abcdef";
    int value = -1;
    for (int i = 0; i < most && s->at < s->size; i++) {
        const char c = (char)tolower((unsigned char)s->text[s->at]);
        const char *found = c ? strchr(digits, c) : NULL;
        if (!found || found - digits >= base) {
            break;
        }
        value = (value < 0 ? 0 : value * base) + (int)(found - digits);
        s->at++;
    }
    return value;
}

/* Behind a backslash: the byte that is meant, or -1. */
static int escaped(struct scan *s)
{
    static const char letters[] = "ntrabfv\\'\"?/";
    static const char meanings[] = "\n\t\r\a\b\f\v\\'\"?/";
    if (s->at == s->size) {
        return -1;
    }
    const char c = s->text[s->at];
    if (c == 'x' || c == 'X') {
        s->at++;
        return number(s, 16, 2);
    }
    if (c >= '0' && c <= '7') {
        const int value = number(s, 8, 3);
        return value > 0xff ? -1 : value;
    }
    const char *found = c ? strchr(letters, c) : NULL;
    s->at++;
    return found ? (unsigned char)meanings[found - letters] : -1;
}

static bool read_string(struct scan *s, struct token *t)
{
    const char quote = s->text[s->at++];
    t->kind = TOKEN_STRING;
    while (s->at < s->size && s->text[s->at] != quote &&
           s->text[s->at] != '\n') {
        int c = (unsigned char)s->text[s->at++];
        if (c == '\\') {
            c = escaped(s);
        }
        if (c < 0) {
            return claims_fail(s->error, "against-policy", s->at,
                               "an escape in a string that is none");
        }
        keep(t, c);
    }
    if (s->at == s->size || s->text[s->at] != quote) {
        return claims_fail(s->error, "against-policy", t->at,
                           "a string without its end");
    }
    s->at++;
    return true;
}

static bool next(struct scan *s, struct token *t)
{
    memset(t, 0, sizeof *t);
    skip_space(s);
    t->at = s->at;
    if (s->at == s->size) {
        return true;
    }
    const char c = s->text[s->at];
    if (c == '"' || c == '\'') {
        return read_string(s, t);
    }
    if (is_name(c)) {
        t->kind = TOKEN_NAME;
        while (s->at < s->size && is_name(s->text[s->at])) {
            keep(t, s->text[s->at++]);
        }
        return true;
    }
    s->at++;
    t->kind = TOKEN_OTHER;
    t->sign = c;
    if (c == '=' && s->at < s->size && s->text[s->at] == '=') {
        t->kind = TOKEN_EQUAL;
        s->at++;
    }
    return true;
}

/* Is the name, or its last part, that of an MRTD? */
static bool names_mrtd(const struct token *t)
{
    static const char *const names[] = {"mr_td", "any_mr_td", "tdx_mrtd"};
    const char *dot = strrchr(t->text, '.');
    const char *last = dot ? dot + 1 : t->text;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (t->kind == TOKEN_NAME && strcmp(last, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* 48 bytes, or 96 hexadecimal digits. */
static bool take(struct scan *s, const struct token *t, const char *name)
{
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    char where[160];
    snprintf(where, sizeof where, "%s at offset %zu", name, t->at);
    if (t->kind == TOKEN_STRING && t->length == MRTD_DIGEST_SIZE) {
        memcpy(mrtd, t->text, sizeof mrtd);
    } else if (t->kind != TOKEN_STRING || t->length > MAX_STRING ||
               !mrtd_hex_decode(mrtd, t->text, t->length)) {
        return claims_fail(s->error, "against-policy", t->at,
                           "%s has no MRTD beside it: a string of 48 bytes or "
                           "96 hexadecimal digits",
                           name);
    }
    return claims_add(s->claims, mrtd, where, s->error);
}

/* What stands behind "any_mr_td:": a string, or a list of them. */
static bool take_field(struct scan *s, const char *name)
{
    struct token t;
    if (!next(s, &t)) {
        return false;
    }
    if (t.kind != TOKEN_OTHER || t.sign != '[') {
        return take(s, &t, name);
    }
    do {
        if (!next(s, &t) || !take(s, &t, name) || !next(s, &t)) {
            return false;
        }
    } while (t.kind == TOKEN_OTHER && t.sign == ',');
    return (t.kind == TOKEN_OTHER && t.sign == ']') ||
           claims_fail(s->error, "against-policy", t.at,
                       "the list behind %s has no end", name);
}

/* Takes what is compared with or assigned to the name just read. left is what
 * stood before the "==" in front of it, or is of another kind. */
static bool take_beside(struct scan *s, const struct token *name,
                        const struct token *left)
{
    const size_t behind = s->at;
    struct token t;
    if (left->kind == TOKEN_STRING) {
        return take(s, left, name->text);
    }
    if (!next(s, &t)) {
        return false;
    }
    if (t.kind == TOKEN_OTHER && t.sign == ':') {
        return take_field(s, name->text);
    }
    if (t.kind == TOKEN_EQUAL) {
        return next(s, &t) && take(s, &t, name->text);
    }
    s->at = behind;
    return true;
}

bool claims_read_policy(struct claims *claims, const char *text, size_t size,
                        struct claims_error *error)
{
    struct scan s = {
        .text = text, .size = size, .claims = claims, .error = error};
    struct token t;
    struct token before = {.kind = TOKEN_END};
    struct token left = {.kind = TOKEN_END};
    snprintf(claims->kind, sizeof claims->kind, "policy");
    while (next(&s, &t)) {
        if (t.kind == TOKEN_END) {
            return claims->count > 0 ||
                   claims_fail(error, "against-policy", MRTD_NO_OFFSET,
                               "text without an MRTD: no mr_td, any_mr_td or "
                               "tdx_mrtd with a value");
        }
        if (names_mrtd(&t) && !take_beside(&s, &t, &left)) {
            return false;
        }
        /* The left side of a comparison, if this is its sign. */
        left = t.kind == TOKEN_EQUAL ? before : (struct token){0};
        before = t;
    }
    return false;
}
