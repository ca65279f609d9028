/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in policies that are text: go-tdx-guest's configuration in the text
 * format of protocol buffers (any_mr_td: "\x91..."), and Rego for Intel Trust
 * Authority (input.tdx.tdx_mrtd == "91..."). Which of the two it is, and what
 * both readers need.
 */
#include "reference/claims_policy.h"
#include "reference/claims_guest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void policy_keep(struct policy_text *t, int c)
{
    if (t->length < POLICY_STRING) {
        t->text[t->length] = (char)c;
    }
    t->length++;
}

char policy_peek(const struct policy_scan *s)
{
    if (s->at >= s->size) {
        return '\0';
    }
    return s->text[s->at];
}

bool policy_skip_space(struct policy_scan *s)
{
    bool is_line = false;
    while (s->at < s->size) {
        if (policy_peek(s) == '#') {
            while (s->at < s->size && policy_peek(s) != '\n') {
                s->at++;
            }
        } else if (policy_peek(s) && strchr(" \t\r\n", policy_peek(s))) {
            is_line |= policy_peek(s) == '\n';
            s->at++;
        } else {
            break;
        }
    }
    return is_line;
}

int policy_number(struct policy_scan *s, int base, int most)
{
    static const char digits[] = "0123456789abcdef";
    int value = -1;
    for (int i = 0; i < most && s->at < s->size; i++) {
        const char c = (char)tolower((unsigned char)policy_peek(s));
        const char *found = c ? strchr(digits, c) : NULL;
        if (!found || found - digits >= base) {
            break;
        }
        value = (value < 0 ? 0 : value * base) + (int)(found - digits);
        s->at++;
    }
    return value;
}

bool policy_fail(struct policy_scan *s, size_t at, const char *what)
{
    return claims_fail(s->error, "against-policy", at, "%s", what);
}

bool policy_fail_value(struct policy_scan *s, size_t at, const char *name)
{
    return claims_fail(s->error, "against-policy", at,
                       "%s has no %s beside it: a string of 48 bytes or 96 "
                       "hexadecimal digits",
                       name,
                       s->claims->platform == MRTD_PLATFORM_TDX
                           ? "MRTD"
                           : claims_guest_digest(s->claims));
}

void policy_where(char *where, size_t size, const char *name, size_t at)
{
    snprintf(where, size, "%s at offset %zu", name, at);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Does it begin with two words? A field of the text format does not. */
static bool begins_as_rego(struct policy_scan s)
{
    policy_skip_space(&s);
    const size_t start = s.at;
    while (is_word(policy_peek(&s))) {
        s.at++;
    }
    const size_t end = s.at;
    policy_skip_space(&s);
    return end > start && s.at > end && is_word(policy_peek(&s));
}

/* Rego compares or assigns, and has a '=' outside of strings and comments; the
 * text format has none. */
static bool is_rego(const char *text, size_t size)
{
    char quote = '\0';
    for (size_t i = 0; i < size; i++) {
        const char c = text[i];
        if (quote) {
            i += c == '\\' && quote != '`' && quote != '#';
            quote = (char)(c == quote || (c == '\n' && quote != '`') ? '\0'
                                                                     : quote);
        } else if (c == '"' || c == '\'' || c == '`' || c == '#') {
            quote = c;
        } else if (c == '=') {
            return true;
        }
    }
    return false;
}

bool claims_read_policy(struct claims *claims, const char *text, size_t size,
                        struct failure *error)
{
    struct policy_scan s = {
        .text = text, .size = size, .claims = claims, .error = error};
    const bool is_tdx = claims->platform == MRTD_PLATFORM_TDX;
    snprintf(claims->kind, sizeof claims->kind, "policy");
    if (!(is_tdx && (begins_as_rego(s) || is_rego(text, size))
              ? policy_read_rego(&s)
              : policy_read_textproto(&s))) {
        return false;
    }
    return claims->count > 0 ||
           claims_fail_empty(claims, "against-policy",
                             is_tdx ? "text without an MRTD: no mr_td, "
                                      "any_mr_td or tdx_mrtd with a value"
                                    : "text without an SNP launch digest: no "
                                      "measurement with a value",
                             error);
}
