/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every rule is "match", and has nothing in its body but comparisons of
 * input.tdx.tdx_mrtd and of the same registers with strings: then the policy
 * allows no TD with another register.
 */
#include "reference/claims_rego_boot.h"

#include <string.h>

#include "reference/claims_boot.h"

/* "input", ".", "tdx", ".", "tdx_rtmr1", "==", "..." */
#define STATEMENT 7

/* The register that a token names with "tdx_" before it, or BOOT_VALUES. */
static enum boot_value_id register_at(const struct rego *r, size_t token)
{
    struct policy_text t;
    enum boot_value_id id = BOOT_VALUE_RTMR0;
    rego_text(r, token, &t);
    while (id <= BOOT_VALUE_RTMR3 &&
           (strncmp(t.text, "tdx_", 4) != 0 ||
            strcmp(t.text + 4, boot_value_names(id)->member) != 0)) {
        id++;
    }
    return id <= BOOT_VALUE_RTMR3 ? id : BOOT_VALUES;
}

/* The registers of a body, as bits; false: it is not of that form. */
static bool registers_of(const struct rego *r, const struct rego_clause *c,
                         unsigned *registers)
{
    bool good = strcmp(r->rules[c->rule].name, "match") == 0 && !c->value &&
                !c->is_else && (c->end - c->first) % STATEMENT == 0;
    *registers = 0;
    for (size_t i = c->first; good && i < c->end; i += STATEMENT) {
        const enum boot_value_id id = register_at(r, i + 4);
        good = rego_is_word(r, i, "input") && rego_is_sign(r, i + 1, ".") &&
               rego_is_word(r, i + 2, "tdx") && rego_is_sign(r, i + 3, ".") &&
               (id < BOOT_VALUES || rego_is_word(r, i + 4, "tdx_mrtd")) &&
               rego_is_sign(r, i + 5, "==") &&
               r->tokens[i + 6].kind == TOKEN_STRING;
        *registers |= good && id < BOOT_VALUES ? BOOT_VALUE_BIT(id) : 0;
    }
    return good;
}

/* Are all rules of that form, with the same registers? */
static bool is_plain(const struct rego *r)
{
    unsigned first = 0;
    bool plain = r->clause_count > 0;
    for (size_t i = 0; plain && i < r->clause_count; i++) {
        unsigned registers = 0;
        plain = registers_of(r, &r->clauses[i], &registers) &&
                (i == 0 || registers == first);
        first = registers;
    }
    return plain;
}

static bool take_body(struct rego *r, const struct rego_clause *c)
{
    struct claims *claims = r->scan->claims;
    for (size_t i = c->first; i < c->end; i += STATEMENT) {
        const enum boot_value_id id = register_at(r, i + 4);
        uint8_t digest[MRTD_DIGEST_SIZE];
        struct policy_text t;
        rego_text(r, i + 6, &t);
        if (id == BOOT_VALUES) {
            continue;
        }
        if (t.length != 2 * sizeof digest ||
            strspn(t.text, "0123456789abcdef") != t.length ||
            !mrtd_hex_decode(digest, sizeof digest, t.text, t.length)) {
            claims_boot_said(claims, id);
        } else if (!claims_boot_add(claims, id, digest, r->scan->error)) {
            return false;
        }
    }
    return true;
}

/* Each name or string of a register. */
static void say_all(struct rego *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct policy_text t;
        if (r->tokens[i].kind == TOKEN_NAME ||
            r->tokens[i].kind == TOKEN_STRING) {
            rego_text(r, i, &t);
            claims_boot_member(r->scan->claims, t.text);
        }
    }
}

bool rego_take_boot(struct rego *r)
{
    bool good = true;
    if (r->scan->claims->reading != CLAIMS_EXACT) {
        return true;
    }
    if (!is_plain(r)) {
        say_all(r);
        return true;
    }
    for (size_t i = 0; good && i < r->clause_count; i++) {
        r->scan->claims->group = REGO_GROUP(i);
        good = take_body(r, &r->clauses[i]);
    }
    return good;
}
