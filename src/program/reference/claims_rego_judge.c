/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule is sound if each way for it to hold is understood, and fixed if each
 * of them asks for an MRTD, itself or by a rule that is fixed. Only rules that
 * decide and are fixed say what the MRTD must be.
 */
#include "reference/claims_rego_judge.h"

#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"

/* Trustee's trust claims (RFC draft ietf-rats-ar4si, section 2.3.2): these
 * affirm, larger ones warn or refuse, smaller ones say nothing. */
#define TRUST_AFFIRMS 2
#define TRUST_WARNS   32
#define TRUST_LAST    127

bool rego_is_allowing(const char *name)
{
    static const char *const allowing[] = {
        "match",       "matches", "matches_tdx_policy",
        "matches_tdx", "allow",   "allowed",
        "permit",      "accept",  "accepted",
        NULL,
    };
    return names_is_one_of(name, allowing);
}

/* --- Values of rules --------------------------------------------------- */

enum outcome {
    HOLDS,
    FAILS,
    UNCLEAR
};

/* What a rule says by that value. */
static enum outcome outcome_of(const struct rego *r,
                               const struct rego_rule *rule, size_t value)
{
    struct policy_text t;
    if (!rule->is_trust) {
        return value == 0 || rego_is_word(r, value, "true") ? HOLDS
               : rego_is_word(r, value, "false")            ? FAILS
                                                            : UNCLEAR;
    }
    rego_text(r, value, &t);
    if (t.length > 3 || strspn(t.text, "0123456789") != t.length) {
        return UNCLEAR;
    }
    const unsigned long number = strtoul(t.text, NULL, 10);
    return number < TRUST_AFFIRMS || number > TRUST_LAST ? UNCLEAR
           : number < TRUST_WARNS                        ? HOLDS
                                                         : FAILS;
}

bool rego_holds(const struct rego *r, const struct rego_clause *c)
{
    return outcome_of(r, &r->rules[c->rule], c->value) != FAILS;
}

/* --- Which rules are sound, and which are fixed ------------------------ */

uint64_t rego_bit(size_t rule)
{
    return UINT64_C(1) << rule;
}

/* What is wrong with the rule itself. */
static void find_problem(const struct rego *r, struct rego_rule *rule)
{
    const char *const no_value =
        rule->is_trust ? "the value of the rule is not one that affirms"
                       : "the value of the rule is not true";
    const char *what = NULL;
    if (rule->fallback && outcome_of(r, rule, rule->fallback) != FAILS) {
        what = "the default of its rule is not false";
    }
    bool any = false;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        if (&r->rules[c->rule] != rule) {
            continue;
        }
        any |= rego_holds(r, c);
        /* Another value at once is a fault, and one before it comes first: it
         * may only be the last resort. */
        if (!rego_holds(r, c) ? !c->is_else
                              : c->is_else && !rego_holds(r, c - 1)) {
            what = "a body of it gives a value that does not allow";
        }
        if (!c->problem.what && outcome_of(r, rule, c->value) == UNCLEAR) {
            what = no_value;
        }
    }
    if (!any) {
        what = no_value;
    }
    if (what) {
        rule->problem.what = what;
        rule->problem.at = rule->at;
    }
}

/* One round: sound are rules whose clauses need sound ones only, so that those
 * which need each other in a circle never are. */
static bool settle_sound(struct rego *r, uint64_t *sound)
{
    const uint64_t before = *sound;
    uint64_t now = 0;
    for (size_t i = 0; i < r->rule_count; i++) {
        now |=
            r->rules[i].problem.what || r->rules[i].is_value ? 0 : rego_bit(i);
    }
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        if (c->problem.what || (rego_holds(r, c) && (c->needs & ~before))) {
            now &= ~rego_bit(c->rule);
        }
    }
    *sound = now;
    return now != before;
}

static bool settle_fixed(struct rego *r, uint64_t *fixed)
{
    const uint64_t before = *fixed;
    uint64_t free_ones = 0;
    uint64_t asking = 0;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        const bool asks = c->asks.is_there || (c->needs & before);
        if (rego_holds(r, c)) {
            asking |= asks ? rego_bit(c->rule) : 0;
            free_ones |= !asks && !(r->rules[c->rule].is_trust && c->tee)
                             ? rego_bit(c->rule)
                             : 0;
        }
    }
    *fixed = asking & ~free_ones;
    for (size_t i = 0; i < r->rule_count; i++) {
        *fixed &= r->rules[i].is_sound ? UINT64_MAX : ~rego_bit(i);
    }
    return *fixed != before;
}

/* No clause may be fixed twice, since it would ask for two MRTDs at once, nor
 * be of what is not a TD as well. */
static void find_twice(struct rego *r, uint64_t fixed)
{
    for (size_t i = 0; i < r->clause_count; i++) {
        struct rego_clause *c = &r->clauses[i];
        const uint64_t by = c->needs & fixed;
        if (!c->problem.what && ((c->asks.is_there && by) || (by & (by - 1)))) {
            c->problem.what = "a body of its rule asks for two MRTDs at once";
            c->problem.at = c->at;
        }
        if (!c->problem.what && (c->asks.is_there || by) &&
            c->tee == TEE_NEVER) {
            c->problem.what = "a body of it is of what is not a TD, too";
            c->problem.at = c->at;
        }
    }
}

static void settle(struct rego *r)
{
    /* The second time with the clauses that are fixed twice. */
    for (int round = 0; round < 2; round++) {
        uint64_t sound = 0;
        uint64_t fixed = 0;
        while (settle_sound(r, &sound)) {
        }
        for (size_t i = 0; i < r->rule_count; i++) {
            r->rules[i].is_sound = (sound & rego_bit(i)) != 0;
        }
        while (settle_fixed(r, &fixed)) {
        }
        for (size_t i = 0; i < r->rule_count; i++) {
            r->rules[i].is_fixed = (fixed & rego_bit(i)) != 0;
        }
        find_twice(r, fixed);
    }
}

/* --- Why a rule does not say what the MRTD must be --------------------- */

/* The first clause of a rule that prevents it; NULL: none. */
static const struct rego_clause *find_free(const struct rego *r, size_t rule)
{
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        bool fixed = c->asks.is_there && !c->problem.what;
        bool sound = true;
        for (size_t k = 0; k < r->rule_count; k++) {
            fixed |= (c->needs & rego_bit(k)) && r->rules[k].is_fixed;
            sound &= !(c->needs & rego_bit(k)) || r->rules[k].is_sound;
        }
        if (c->rule == rule &&
            (c->problem.what || (rego_holds(r, c) && (!fixed || !sound)))) {
            return c;
        }
    }
    return NULL;
}

/* A rule that the clause needs and that is not sound; -1: none. */
static int find_unsound(const struct rego *r, const struct rego_clause *c)
{
    for (size_t k = 0; k < r->rule_count; k++) {
        if ((c->needs & rego_bit(k)) && !r->rules[k].is_sound) {
            return (int)k;
        }
    }
    return -1;
}

static struct rego_problem explain(const struct rego *r, size_t rule)
{
    size_t at = rule;
    for (size_t round = 0; round <= r->rule_count; round++) {
        const struct rego_clause *c = find_free(r, at);
        const int next = c ? find_unsound(r, c) : -1;
        if (r->rules[at].problem.what) {
            return r->rules[at].problem;
        }
        if (!c || c->problem.what) {
            return c ? c->problem
                     : (struct rego_problem){"it is not a rule",
                                             r->rules[at].at};
        }
        if (next < 0) {
            return (struct rego_problem){
                c->forbids.is_there
                    ? "a body of it says what the MRTD must not be"
                : c->like_mrtd
                    ? "a body of it asks for no MRTD by a name that is known"
                    : "a body of it asks for no MRTD",
                c->at};
        }
        at = (size_t)next;
    }
    return (struct rego_problem){"it needs itself", r->rules[rule].at};
}

static bool fail_rule(const struct rego *r, size_t rule)
{
    const struct rego_problem why = explain(r, rule);
    return claims_fail(r->scan->error, "against-policy", why.at,
                       "the rule \"%s\" does not say what the MRTD must be: %s",
                       r->rules[rule].name, why.what);
}

/* --- Which rules decide ------------------------------------------------ */

static bool asks_at_all(const struct rego *r, size_t rule)
{
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        for (size_t k = 0; c->rule == rule && k < r->rule_count; k++) {
            if (c->asks.is_there ||
                ((c->needs & rego_bit(k)) && r->rules[k].is_fixed)) {
                return true;
            }
        }
    }
    return false;
}

/* All rules that allow decide: which of them a service looks at is not known.
 */
static bool decide_by_allowing(const struct rego *r, uint64_t *deciding)
{
    for (size_t i = 0; i < r->rule_count; i++) {
        if (rego_is_allowing(r->rules[i].name)) {
            *deciding |= rego_bit(i);
        }
    }
    for (size_t i = 0; i < r->rule_count; i++) {
        if ((*deciding & rego_bit(i)) && !r->rules[i].is_fixed) {
            return fail_rule(r, i);
        }
    }
    return true;
}

/* Does "trust_claims := {"executables": executables, ...}" name the rule, if
 * there is such a list? A rule that it does not name is not looked at. */
static bool is_listed(const struct rego *r, size_t rule)
{
    const struct rego_clause *list = NULL;
    size_t found = 0;
    for (size_t i = 0; i < r->clause_count; i++) {
        if (strcmp(r->rules[r->clauses[i].rule].name, "trust_claims") == 0) {
            found++;
            list = &r->clauses[i];
        }
    }
    if (found != 1) {
        return found == 0;
    }
    /* ":=", "{", and four tokens each time */
    bool plain = rego_is_sign(r, list->first + 1, "{");
    bool named = false;
    for (size_t i = list->first + 2; plain && i + 3 < list->end; i += 4) {
        struct policy_text key;
        rego_text(r, i, &key);
        for (char *c = key.text; *c; c++) {
            *c = (char)(*c == '-' ? '_' : *c);
        }
        const bool same = strcmp(key.text, r->rules[rule].name) == 0;
        plain = r->tokens[i].kind == TOKEN_STRING &&
                rego_is_sign(r, i + 1, ":") &&
                (rego_is(r, i + 2, key.text) ||
                 (r->tokens[i + 2].kind == TOKEN_NUMBER && !same)) &&
                (rego_is_sign(r, i + 3, ",") ||
                 (rego_is_sign(r, i + 3, "}") && i + 4 == list->end));
        named |= same;
    }
    return plain && named && rego_is_sign(r, list->end - 1, "}");
}

/* Do all ways for the rule to hold give a number that says nothing of a TD,
 * neither good nor bad? */
static bool is_silent(const struct rego *r, size_t rule)
{
    bool silent = true;
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        silent &= c->rule != rule ||
                  (!c->problem.what &&
                   (rego_is(r, c->value, "0") || rego_is(r, c->value, "1")));
    }
    return silent;
}

/* Of Trustee's trust claims the worst counts, so one that is fixed would be
 * enough; but none may ask for an MRTD in some ways to hold, and not in others.
 * One that is silent leaves it to another.
 */
static bool decide_by_trust(const struct rego *r, uint64_t *deciding)
{
    size_t silent = REGO_RULES;
    for (size_t i = 0; i < r->rule_count; i++) {
        const struct rego_rule *rule = &r->rules[i];
        if (!rule->is_trust || !asks_at_all(r, i)) {
            continue;
        }
        if (!rule->is_fixed && is_silent(r, i)) {
            silent = i;
            continue;
        }
        if (!rule->is_fixed) {
            return fail_rule(r, i);
        }
        if (!is_listed(r, i)) {
            return claims_fail(r->scan->error, "against-policy", rule->at,
                               "the rule \"trust_claims\" does not name the "
                               "rule \"%s\"",
                               rule->name);
        }
        *deciding |= rego_bit(i);
    }
    return *deciding || silent == REGO_RULES || fail_rule(r, silent);
}

/* Intel Trust Authority: without a rule "match" all of them have to hold. */
static bool decide_by_all(const struct rego *r, uint64_t *deciding)
{
    for (size_t i = 0; i < r->rule_count; i++) {
        const struct rego_rule *rule = &r->rules[i];
        if ((strncmp(rule->name, "match", 5) != 0 &&
             strncmp(rule->name, "valid", 5) != 0) ||
            names_negate(rule->name)) {
            continue;
        }
        if (!rule->is_sound && !rule->is_value) {
            return fail_rule(r, i);
        }
        *deciding |= rule->is_fixed ? rego_bit(i) : 0;
    }
    return true;
}

/* --- The whole --------------------------------------------------------- */

bool rego_judge(struct rego *r)
{
    uint64_t deciding = 0;
    uint64_t reached = 0;
    for (size_t i = 0; i < r->rule_count; i++) {
        if (!r->rules[i].is_value) {
            find_problem(r, &r->rules[i]);
        }
    }
    settle(r);
    if (!decide_by_allowing(r, &deciding) ||
        (!deciding && !decide_by_trust(r, &deciding)) ||
        (!deciding && !decide_by_all(r, &deciding)) ||
        !rego_take_deciding(r, deciding, &reached)) {
        return false;
    }
    for (size_t i = 0; i < r->rule_count; i++) {
        if (!(reached & rego_bit(i)) && !rego_pass_over(r, i, reached)) {
            return false;
        }
    }
    return true;
}
