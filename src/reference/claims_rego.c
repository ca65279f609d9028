/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in Rego (Open Policy Agent, "Policy Reference"), as policies of Intel
 * Trust Authority and Trustee use it. Of the language only this is understood:
 * rules that allow, whose bodies have a statement that compares the claim with
 * a string. The text is read three times: for the names of the rules, for what
 * each of their bodies asks for, and for the values.
 */
#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_rego.h"

/* A rule's body that is being read. */
struct body {
    size_t rule;
    bool is_true;   /* the rule's value is true, or not given */
    bool has_value; /* an MRTD is compared */
    struct policy_text value;
    uint64_t asked;            /* rules, as bits */
    char alias[REGO_NAME + 1]; /* a name for input.tdx */
};

/* Is that the claim of an MRTD? */
static bool is_claim(const struct body *b, const struct rego_token *t)
{
    static const char *const claims[] = {
        "input.tdx.tdx_mrtd",         /* Intel Trust Authority, version 2 */
        "input.tdx_mrtd",             /* version 1 */
        "input.tdx.quote.body.mr_td", /* Trustee */
        NULL,
    };
    const size_t alias = strlen(b->alias);
    return t->kind == TOKEN_NAME &&
           (names_is_one_of(t->t.text, claims) ||
            (alias && strncmp(t->t.text, b->alias, alias) == 0 &&
             strcmp(t->t.text + alias, ".tdx_mrtd") == 0));
}

/* A comparison of the claim with a string. */
struct comparison {
    const struct policy_text *name;
    const struct rego_token *value;
    bool is_negative;
};

static bool is_comparison(const struct body *b, const struct rego_statement *st,
                          struct comparison *c)
{
    const bool is_not = st->count == 4 && rego_is_word(&st->tokens[0], "not");
    const struct rego_token *t = st->tokens + is_not;
    if (st->count != 3u + is_not) {
        return false;
    }
    const bool is_left = is_claim(b, &t[0]);
    if (!is_left && !is_claim(b, &t[2])) {
        return false;
    }
    const bool is_different = rego_is_sign(&t[1], "!=");
    c->name = is_left ? &t[0].t : &t[2].t;
    c->value = is_left ? &t[2] : &t[0];
    c->is_negative = is_not || is_different;
    return is_different || rego_is_sign(&t[1], "==") ||
           rego_is_sign(&t[1], "=");
}

/* --- Values -------------------------------------------------------------- */

/* Does what a rule's bodies say hold for the whole policy? */
static const char *void_reason(const struct rego *r, const struct body *b)
{
    const struct rego_rule *rule = &r->rules[b->rule];
    if (rule->forbids) {
        return "the rule that it is in forbids";
    }
    if (rule->problem) {
        return rule->problem;
    }
    if (!b->is_true) {
        return "the value of the rule that it is in is not true";
    }
    if (rule->is_bare) {
        return "another body of its rule asks for no MRTD";
    }
    if (!rule->allows && (rule->is_odd || !rule->is_used)) {
        return "the rule that it is in is not known to be the one that allows";
    }
    return NULL;
}

static bool give_comparison(struct rego *r, const struct body *b,
                            const struct comparison *c)
{
    struct policy_scan *s = r->scan;
    const struct policy_text *value = &c->value->t;
    const char *why = void_reason(r, b);
    const bool forbids = r->rules[b->rule].forbids;
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    char where[160];
    policy_where(where, sizeof where, c->name->text, value->at);
    if (c->value->kind != TOKEN_STRING) {
        claims_pass_over(s->claims, where,
                         "it is compared with something "
                         "that is not a string");
        return true;
    }
    if (value->length > POLICY_STRING ||
        !mrtd_hex_decode(mrtd, value->text, value->length)) {
        return policy_fail_value(s, value->at, c->name->text);
    }
    if (c->is_negative && !forbids) {
        return claims_deny(s->claims, mrtd, where,
                           "it is what the MRTD must not be", s->error);
    }
    if (why && forbids && !c->is_negative) {
        return claims_deny(s->claims, mrtd, where, why, s->error);
    }
    if (why) {
        claims_pass_over(s->claims, where, why);
        return true;
    }
    return (strspn(value->text, "0123456789abcdef") == value->length ||
            claims_misspelled(s->claims, "against-policy", value->at, where,
                              "is not lower-case hexadecimal digits, which is "
                              "how it is compared",
                              s->error)) &&
           claims_add(s->claims, mrtd, where, s->error);
}

/* --- Bodies -------------------------------------------------------------- */

static void note_comparison(struct rego *r, struct body *b,
                            const struct comparison *c)
{
    if (c->is_negative || c->value->kind != TOKEN_STRING) {
        return;
    }
    if (b->has_value && strcmp(b->value.text, c->value->t.text) != 0) {
        rego_add_problem(r, b->rule,
                         "a body of its rule asks for two MRTDs at "
                         "once");
    }
    b->has_value = true;
    b->value = c->value->t;
}

/* What one statement of a body says. */
static bool take_statement(struct rego *r, struct body *b,
                           const struct rego_statement *st)
{
    const struct rego_token *t = st->tokens;
    struct comparison c;
    char where[160];
    if (st->count == 3 && t[0].kind == TOKEN_NAME &&
        rego_is_sign(&t[1], ":=") && rego_is_word(&t[2], "input.tdx") &&
        t[0].t.length <= REGO_NAME) {
        memcpy(b->alias, t[0].t.text, t[0].t.length + 1);
        return true;
    }
    if (is_comparison(b, st, &c)) {
        if (r->pass == PASS_BODIES) {
            note_comparison(r, b, &c);
        }
        return r->pass != PASS_VALUES || give_comparison(r, b, &c);
    }
    const struct rego_rule *asked =
        st->count == 1 ? rego_find_rule(r, t[0].t.text) : NULL;
    if (st->count == 1 && rego_is_word(&t[0], "false")) {
        rego_add_problem(r, b->rule,
                         "a statement \"false\" switches its rule off");
    } else if (asked) {
        b->asked |= UINT64_C(1) << (asked - r->rules);
    } else if (st->mentions && r->pass == PASS_VALUES) {
        policy_where(where, sizeof where, "an MRTD", st->mention.at);
        claims_pass_over(r->scan->claims, where,
                         "it is not a statement that compares it with a "
                         "string by \"==\"");
    }
    return true;
}

static bool end_body(struct rego *r, const struct body *b)
{
    struct rego_rule *rule = &r->rules[b->rule];
    if (r->pass != PASS_BODIES) {
        return true;
    }
    rule->asks |= b->has_value;
    if (!b->is_true && rule->allows) {
        rego_add_problem(r, b->rule, "the value of its rule is not true");
    }
    if (b->has_value) {
        return true;
    }
    if (!rule->allows || !b->asked) {
        rule->is_bare = true;
        return true;
    }
    if (r->body_count == REGO_BODIES) {
        return policy_fail(r->scan, r->token.t.at,
                           "too many bodies of rules without an MRTD");
    }
    r->bodies[r->body_count].asked = b->asked;
    r->bodies[r->body_count++].rule = b->rule;
    return true;
}

/* From the token after "{" to the one after "}", or a body of one line. */
static bool read_body(struct rego *r, struct body *b, bool is_braced)
{
    struct rego_statement st;
    bool goes_on = true;
    while (goes_on) {
        if (!rego_read_statement(r, &st) || !take_statement(r, b, &st)) {
            return false;
        }
        goes_on = rego_is_sign(&r->token, ";");
        if (goes_on && !rego_next(r)) {
            return false;
        }
        goes_on = goes_on || (is_braced && r->token.kind != TOKEN_END &&
                              rego_depth_change(&r->token) >= 0);
    }
    if (is_braced && !rego_is_sign(&r->token, "}")) {
        return policy_fail(r->scan, r->token.t.at,
                           "the body of a rule without its end");
    }
    return (!is_braced || rego_next(r)) && end_body(r, b);
}

/* --- Heads --------------------------------------------------------------- */

/* The value of a rule, after ":=" or "=". */
static bool read_head_value(struct rego *r, struct body *b)
{
    int depth = 0;
    b->is_true = rego_is_word(&r->token, "true");
    do {
        rego_use_name(r, &r->token);
        depth += rego_depth_change(&r->token);
        if (!rego_next(r)) {
            return false;
        }
        if (depth <= 0 &&
            (rego_is_sign(&r->token, "{") || rego_is_word(&r->token, "if"))) {
            return true;
        }
        b->is_true = b->is_true && r->token.begins_line;
    } while (r->token.kind != TOKEN_END &&
             (depth > 0 || !r->token.begins_line));
    return true;
}

/* What is neither a value nor a body: arguments, keys, "contains". */
static bool skip_head(struct rego *r, struct body *b)
{
    int depth = 0;
    b->is_true = false;
    while (
        r->token.kind != TOKEN_END &&
        (depth > 0 || (!r->token.begins_line && !rego_is_sign(&r->token, "{") &&
                       !rego_is_word(&r->token, "if")))) {
        depth += rego_depth_change(&r->token);
        if (!rego_next(r)) {
            return false;
        }
    }
    return true;
}

/* What comes after the name of a rule, or after "else". */
static bool read_head(struct rego *r, struct body *b)
{
    const bool is_value =
        rego_is_sign(&r->token, ":=") || rego_is_sign(&r->token, "=");
    bool is_if = false;
    b->is_true = true;
    if (is_value && !(rego_next(r) && read_head_value(r, b))) {
        return false;
    }
    if (!is_value && !r->token.begins_line && !rego_is_sign(&r->token, "{") &&
        !rego_is_word(&r->token, "if") && !skip_head(r, b)) {
        return false;
    }
    if (rego_is_word(&r->token, "if")) {
        is_if = true;
        if (!rego_next(r)) {
            return false;
        }
    }
    if (rego_is_sign(&r->token, "{")) {
        return rego_next(r) && read_body(r, b, true);
    }
    /* Without a body a rule holds always. */
    return is_if ? read_body(r, b, false) : end_body(r, b);
}

static bool read_rule(struct rego *r)
{
    static const char *const keywords[] = {
        "true", "false", "null", "not",  "some",     "every", "with",
        "as",   "in",    "if",   "else", "contains", NULL,
    };
    struct body b = {.is_true = true};
    if (names_is_one_of(r->token.t.text, keywords)) {
        return policy_fail(r->scan, r->token.t.at,
                           "a keyword of Rego where a rule should begin");
    }
    const struct rego_rule *rule = rego_add_rule(r, &r->token.t);
    if (!rule) {
        return false;
    }
    b.rule = (size_t)(rule - r->rules);
    if (r->pass == PASS_VALUES && names_look_like_mrtd(rule->name)) {
        char where[160];
        policy_where(where, sizeof where, rule->name, r->token.t.at);
        claims_pass_over(r->scan->claims, where,
                         "a rule of this name asks for nothing");
    }
    if (!rego_next(r) || !read_head(r, &b)) {
        return false;
    }
    while (rego_is_word(&r->token, "else")) {
        struct body other = {.rule = b.rule};
        rego_add_problem(r, b.rule, "its rule has an \"else\"");
        if (!rego_next(r) || !read_head(r, &other)) {
            return false;
        }
    }
    /* A body may follow a body. */
    while (rego_is_sign(&r->token, "{")) {
        struct body more = {.rule = b.rule, .is_true = b.is_true};
        if (!rego_next(r) || !read_body(r, &more, true)) {
            return false;
        }
    }
    return true;
}

/* "default match := false". */
static bool read_default(struct rego *r)
{
    struct rego_statement st;
    if (!rego_next(r)) {
        return false;
    }
    struct rego_rule *rule = rego_add_rule(r, &r->token.t);
    if (!rule) {
        return false;
    }
    const bool is_odd = rule->is_odd;
    if (!rego_read_statement(r, &st)) {
        return false;
    }
    rule->is_odd = is_odd;
    if (!(st.count == 3 && rego_is_word(&st.tokens[2], "false"))) {
        rego_add_problem(r, (size_t)(rule - r->rules),
                         "the default of its rule is not false");
    }
    return true;
}

/* --- The whole ----------------------------------------------------------- */

static bool read_all(struct rego *r)
{
    struct rego_statement st;
    r->scan->at = 0;
    if (!rego_next(r)) {
        return false;
    }
    while (r->token.kind != TOKEN_END) {
        bool good = false;
        if (rego_is_word(&r->token, "default")) {
            good = read_default(r);
        } else if (rego_is_word(&r->token, "package") ||
                   rego_is_word(&r->token, "import")) {
            good = rego_read_statement(r, &st);
        } else if (r->token.kind == TOKEN_NAME) {
            good = read_rule(r);
        } else if (rego_is_sign(&r->token, ";")) {
            good = rego_next(r);
        } else {
            return policy_fail(r->scan, r->token.t.at,
                               "neither a rule of Rego nor a field of the "
                               "text format");
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

/* Which rules say what the MRTD must be, once all bodies were seen. */
static void judge_rules(struct rego *r)
{
    bool allows = false;
    for (size_t i = 0; i < r->rule_count; i++) {
        allows |= r->rules[i].allows;
    }
    /* Intel Trust Authority: without a rule "match" all of them count. */
    for (size_t i = 0; i < r->rule_count && !allows; i++) {
        r->rules[i].is_used = strncmp(r->rules[i].name, "match", 5) == 0 ||
                              strncmp(r->rules[i].name, "valid", 5) == 0;
    }
    for (size_t i = 0; i < r->body_count; i++) {
        bool asks = false;
        for (size_t k = 0; k < r->rule_count; k++) {
            struct rego_rule *rule = &r->rules[k];
            if ((r->bodies[i].asked >> k & 1) && rule->asks && !rule->is_bare &&
                !rule->problem && !rule->is_odd && !rule->forbids) {
                rule->is_used = true;
                asks = true;
            }
        }
        r->rules[r->bodies[i].rule].is_bare |= !asks;
    }
}

/* All rules that allow have to ask for an MRTD: which of them a service looks
 * at is not known. */
static bool check_allowing(struct rego *r)
{
    bool asks = false;
    for (size_t i = 0; i < r->rule_count; i++) {
        asks |= r->rules[i].asks;
    }
    for (size_t i = 0; asks && i < r->rule_count; i++) {
        const struct rego_rule *rule = &r->rules[i];
        const char *why = rule->problem   ? rule->problem
                          : rule->is_bare ? "a body of it asks for no MRTD"
                                          : NULL;
        if (rule->allows && why) {
            return claims_fail(r->scan->error, "against-policy", MRTD_NO_OFFSET,
                               "the rule \"%s\" does not say what the MRTD "
                               "must be: %s",
                               rule->name, why);
        }
    }
    return true;
}

bool policy_read_rego(struct policy_scan *s)
{
    struct rego *r = calloc(1, sizeof *r);
    if (!r) {
        return claims_no_memory(s->error);
    }
    r->scan = s;
    bool good = read_all(r);
    if (good) {
        r->pass = PASS_BODIES;
        good = read_all(r);
    }
    if (good) {
        judge_rules(r);
        good = check_allowing(r);
    }
    if (good) {
        r->pass = PASS_VALUES;
        good = read_all(r);
    }
    free(r);
    return good;
}
