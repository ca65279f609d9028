/* SPDX-License-Identifier: Apache-2.0 */
/* The MRTDs of the rules that decide, and what is said of the others. */
#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_rego_judge.h"

/* --- What they ask for ------------------------------------------------- */

/* All rules that one needs, with itself. */
static uint64_t reach(const struct rego *r, uint64_t from)
{
    uint64_t before = 0;
    uint64_t now = from;
    while (now != before) {
        before = now;
        for (size_t i = 0; i < r->clause_count; i++) {
            const struct rego_clause *c = &r->clauses[i];
            now |=
                (before & rego_bit(c->rule)) && rego_holds(r, c) ? c->needs : 0;
        }
    }
    return now;
}

static bool read_hex(const struct rego *r, size_t token,
                     uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    struct policy_text t;
    rego_text(r, token, &t);
    return t.length <= POLICY_STRING &&
           mrtd_hex_decode(mrtd, MRTD_DIGEST_SIZE, t.text, t.length);
}

static bool take_value(struct rego *r, const struct rego_values *v,
                       size_t token, bool forbids)
{
    struct policy_scan *s = r->scan;
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    struct policy_text t;
    char where[160];
    rego_text(r, token, &t);
    policy_where(where, sizeof where, v->name, t.at);
    if (!read_hex(r, token, mrtd)) {
        return policy_fail_value(s, t.at, v->name);
    }
    if (forbids) {
        return claims_deny(s->claims, MRTD_REGISTER_MRTD, mrtd, where,
                           "it is what the MRTD must not be", s->error);
    }
    return (strspn(t.text, "0123456789abcdef") == t.length ||
            claims_misspelled(s->claims, "against-policy", t.at, where,
                              "is not lower-case hexadecimal digits, which is "
                              "how it is compared",
                              s->error)) &&
           claims_add(s->claims, MRTD_REGISTER_MRTD, mrtd, where, s->error);
}

static const char not_here[] =
    "it is compared with values that are not in the policy";

static bool take_values(struct rego *r, const struct rego_values *v,
                        bool forbids)
{
    if (forbids && v->is_elsewhere) {
        claims_pass_over(r->scan->claims, v->name, not_here);
    }
    for (size_t i = v->first; i < v->end; i++) {
        if (r->tokens[i].kind == TOKEN_STRING &&
            !take_value(r, v, i, forbids)) {
            return false;
        }
    }
    return true;
}

static bool take_rules(struct rego *r, uint64_t reached, bool forbids)
{
    struct claims *claims = r->scan->claims;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        if (!(reached & rego_bit(c->rule)) || !rego_holds(r, c)) {
            continue;
        }
        claims->group = REGO_GROUP(i);
        if (!take_values(r, forbids ? &c->forbids : &c->asks, forbids)) {
            return false;
        }
        if (forbids && c->like_mrtd) {
            char where[160];
            policy_where(where, sizeof where, "an MRTD",
                         r->tokens[c->like_mrtd].at);
            claims_pass_over(claims, where, "it is not a claim that is known");
        }
    }
    return true;
}

/*
 * Is it asked for beside MRTDs of the policy, of the same kind of evidence? A
 * claim of Trustee's is of the evidence that there is: of a TD as such, or of
 * one with a vTPM above it.
 */
static bool is_beside(const struct rego *r, const struct rego_clause *other,
                      uint64_t reached)
{
    bool found = false;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        found |=
            (reached & rego_bit(c->rule)) && rego_holds(r, c) &&
            c->asks.is_there && !c->asks.is_elsewhere &&
            (!r->rules[other->rule].is_trust ||
             c->asks.tee == other->asks.tee || other->asks.tee == TEE_UNKNOWN);
    }
    return found;
}

/* A way to hold for MRTDs that the policy does not have: with it, those that it
 * has are not all that pass. */
static bool take_elsewhere(struct rego *r, uint64_t reached)
{
    struct policy_scan *s = r->scan;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        char where[160];
        if (!(reached & rego_bit(c->rule)) || !rego_holds(r, c) ||
            !c->asks.is_elsewhere) {
            continue;
        }
        policy_where(where, sizeof where, c->asks.name, r->tokens[c->first].at);
        if (!is_beside(r, c, reached)) {
            claims_pass_over(s->claims, where, not_here);
        } else if (!claims_misspelled(
                       s->claims, "against-policy", r->tokens[c->first].at,
                       where,
                       "is also compared with values that are not in the "
                       "policy, so that other MRTDs may pass, too",
                       s->error)) {
            return false;
        }
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct mrtd_value *x = &((const struct claim *)a)->value;
    const struct mrtd_value *y = &((const struct claim *)b)->value;
    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    return memcmp(x->digest.bytes, y->digest.bytes, sizeof x->digest.bytes);
}

/* Are the MRTDs before and after that index the same ones? */
static bool is_same_set(struct claims *claims, size_t middle)
{
    struct claim *items = claims->items;
    const size_t more = claims->count - middle;
    if (middle == 0 || more == 0) {
        return middle == more;
    }
    qsort(items, middle, sizeof *items, compare);
    qsort(items + middle, more, sizeof *items, compare);
    size_t i = 0;
    size_t k = 0;
    while (i < middle && k < more) {
        const struct claim here = items[i];
        if (compare(&here, &items[middle + k]) != 0) {
            return false;
        }
        while (i < middle && compare(&here, &items[i]) == 0) {
            i++;
        }
        while (k < more && compare(&here, &items[middle + k]) == 0) {
            k++;
        }
    }
    return i == middle && k == more;
}

/* Takes what the rules that decide ask for: all of them the same. */
bool rego_take_deciding(struct rego *r, uint64_t deciding, uint64_t *reached)
{
    struct claims *claims = r->scan->claims;
    for (size_t i = 0; i < r->rule_count; i++) {
        const size_t before = claims->count;
        if (!(deciding & rego_bit(i))) {
            continue;
        }
        const uint64_t now = reach(r, rego_bit(i));
        if (!take_rules(r, now, false)) {
            return false;
        }
        if (*reached && !is_same_set(claims, before)) {
            return claims_fail(r->scan->error, "against-policy", r->rules[i].at,
                               "the rule \"%s\" asks for other MRTDs than "
                               "another rule that decides as well",
                               r->rules[i].name);
        }
        if (*reached) {
            claims->count = before;
        }
        *reached |= now;
    }
    return take_elsewhere(r, *reached) && take_rules(r, *reached, true);
}

/* --- The others -------------------------------------------------------- */

/* The first token of a rule that has the name of an MRTD; 0: none. */
static size_t find_mention(const struct rego *r, size_t rule)
{
    struct policy_text t;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        for (size_t k = c->first; c->rule == rule && k < c->end; k++) {
            rego_text(r, k, &t);
            if ((r->tokens[k].kind == TOKEN_NAME ||
                 r->tokens[k].kind == TOKEN_STRING) &&
                names_look_like_mrtd(t.text)) {
                return k;
            }
        }
    }
    return 0;
}

/* Is it a constant that a rule which was reached compares the MRTD with? */
static bool is_given(const struct rego *r, const struct rego_rule *rule,
                     uint64_t reached)
{
    bool found = false;
    for (size_t i = 0; rule->is_value && i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        found |= (reached & rego_bit(c->rule)) && c->asks.is_there &&
                 c->asks.first == rule->constant;
    }
    return found;
}

/* Is it a constant that is neither true nor false? */
static bool is_list(const struct rego *r, const struct rego_rule *rule)
{
    return rule->is_value && !rego_is_word(r, rule->constant, "true") &&
           !rego_is_word(r, rule->constant, "false");
}

/* Does Trustee's token decide, which is made of trust claims only? */
static bool is_by_trust(const struct rego *r, uint64_t reached)
{
    bool found = false;
    for (size_t i = 0; i < r->rule_count; i++) {
        found |= (reached & rego_bit(i)) && r->rules[i].is_trust;
    }
    return found;
}

/* Does another rule name it? */
static bool is_used(const struct rego *r, size_t rule)
{
    bool found = false;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        for (size_t k = c->first; c->rule != rule && k < c->end; k++) {
            found |= rego_is_word(r, k, r->rules[rule].name);
        }
    }
    return found;
}

/* May whoever reads the policy look at it first? Trustee looks at trust claims
 * only, and at what these need. */
static bool may_forbid(const struct rego *r, size_t rule, uint64_t reached)
{
    const struct rego_rule *it = &r->rules[rule];
    return names_negate(it->name) && !is_list(r, it) &&
           !(is_by_trust(r, reached) && is_used(r, rule));
}

bool rego_pass_over(struct rego *r, size_t rule, uint64_t reached)
{
    const struct rego_rule *it = &r->rules[rule];
    const size_t mention = find_mention(r, rule);
    const bool is_like = names_look_like_mrtd(it->name);
    const bool is_unclear = it->is_trust && !it->is_sound;
    char where[160];
    if (may_forbid(r, rule, reached)) {
        return claims_fail(r->scan->error, "against-policy", it->at,
                           "the rule \"%s\" forbids, by its name; such a "
                           "policy does not say what the MRTD must be",
                           it->name);
    }
    if (is_given(r, it, reached) ||
        (!mention && !is_like && !(is_unclear && reached) &&
         (it->is_value || !reached || is_by_trust(r, reached)))) {
        return true;
    }
    policy_where(where, sizeof where, mention ? "an MRTD" : it->name,
                 mention ? r->tokens[mention].at : it->at);
    claims_pass_over(r->scan->claims, where,
                     is_like      ? "a rule of this name asks for nothing"
                     : is_unclear ? "the rule is not understood"
                     : reached
                         ? "no rule that decides needs the rule that it is in"
                         : "the rule that it is in is not known to be one that "
                           "decides");
    return true;
}
