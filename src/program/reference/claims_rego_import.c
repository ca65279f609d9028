/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which version of Rego a policy is of. OPA reads one text in one version, and
 * what another version allows in it is an error of the whole (Policy
 * Reference, "OPA 1.0 and Rego").
 */
#include "reference/claims_rego.h"

/* The words that "import future.keywords" gives; a bit each. */
static const char *const words[] = {"if", "in", "every", "contains"};

#define WORDS     (sizeof words / sizeof *words)
#define ALL_WORDS ((1u << WORDS) - 1)

static unsigned bit_of(const struct rego *r, size_t token)
{
    unsigned bit = 0;
    for (size_t i = 0; i < WORDS; i++) {
        bit |= rego_is_word(r, token, words[i]) ? 1u << i : 0;
    }
    return bit;
}

/* What is imported, after the word "import"; false: something else. */
static bool take_import(struct rego *r, size_t at, size_t words_in_it)
{
    if (words_in_it == 4 && rego_is_word(r, at + 1, "rego") &&
        rego_is_word(r, at + 3, "v1")) {
        r->is_v1 = true;
        return true;
    }
    if (!rego_is_word(r, at + 1, "future") ||
        !rego_is_word(r, at + 3, "keywords")) {
        return false;
    }
    const unsigned bits = words_in_it == 6 ? bit_of(r, at + 5) : ALL_WORDS;
    r->imports |= bits;
    return bits && (words_in_it == 4 || words_in_it == 6);
}

bool rego_read_top(struct rego *r, size_t *at)
{
    size_t end = *at + 1;
    while (!rego_ends(r, end, r->count)) {
        end++;
    }
    const bool is_import = rego_is_word(r, *at, "import");
    const size_t count = end - *at;
    bool plain = count > 1 && count % 2 == 0 &&
                 (is_import ? r->clause_count == 0 : *at == 1);
    for (size_t i = *at + 1; plain && i < end; i++) {
        plain = (i - *at) % 2 ? r->tokens[i].kind == TOKEN_NAME &&
                                    !rego_is_word(r, i, "as")
                              : rego_is_sign(r, i, ".");
    }
    if (!plain || (is_import && (count < 4 || !take_import(r, *at, count)))) {
        return policy_fail(r->scan, r->tokens[*at].at,
                           "an \"import\" that may give a name another "
                           "meaning or is not at the start, or a line that is "
                           "not understood");
    }
    *at = end;
    return true;
}

/* A keyword of version 1 that is not imported, or 0. */
static size_t find_keyword(const struct rego *r)
{
    for (size_t i = 1; i + 1 < r->count; i++) {
        const bool is_member =
            rego_is_sign(r, i - 1, ".") ||
            (rego_is_word(r, i, "contains") && rego_is_sign(r, i + 1, "("));
        if (!is_member && (bit_of(r, i) & ~r->imports)) {
            return i;
        }
    }
    return 0;
}

bool rego_check_version(const struct rego *r)
{
    if (r->is_v1 && r->imports) {
        return policy_fail(r->scan, 0,
                           "both \"import rego.v1\" and \"import "
                           "future.keywords\", which exclude each other");
    }
    if (r->bare && (r->is_v1 || find_keyword(r))) {
        return policy_fail(r->scan, r->tokens[r->bare].at,
                           "a body without \"if\" before it, in a policy of "
                           "version 1 of Rego");
    }
    return true;
}
