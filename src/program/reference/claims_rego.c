/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a policy in Rego. A form that is not understood is kept as a
 * clause with a problem: it matters if a rule that decides needs it.
 */
#include "reference/claims_rego.h"

#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_rego_boot.h"
#include "reference/claims_rego_judge.h"

static bool fail(struct rego *r, size_t token, const char *what)
{
    return policy_fail(r->scan, r->tokens[token].at, what);
}

/* --- Rules ------------------------------------------------------------- */

const struct rego_rule *rego_rule_named(const struct rego *r, size_t token)
{
    const struct rego_token *t = &r->tokens[token];
    for (size_t i = 0; i < r->rule_count; i++) {
        if (strlen(r->rules[i].name) == t->length &&
            memcmp(r->rules[i].name, r->scan->text + t->at, t->length) == 0) {
            return &r->rules[i];
        }
    }
    return NULL;
}

/* The index of the rule that the token names, made if it is new; -1: there is
 * an error. */
static int add_rule(struct rego *r, size_t token)
{
    const struct rego_rule *found = rego_rule_named(r, token);
    const struct rego_token *t = &r->tokens[token];
    if (found) {
        return (int)(found - r->rules);
    }
    if (t->kind != TOKEN_NAME || rego_is_keyword(r, token) ||
        rego_is_word(r, token, "input") || rego_is_word(r, token, "data") ||
        rego_is_word(r, token, "_")) {
        fail(r, token,
             "a word of Rego, or a sign, where the name of a rule should be");
        return -1;
    }
    if (r->rule_count == REGO_RULES || t->length > REGO_NAME) {
        claims_fail(r->scan->error, "against-policy", t->at,
                    "more than %d rules, or a name longer than %d characters",
                    REGO_RULES, REGO_NAME);
        return -1;
    }
    struct rego_rule *made = &r->rules[r->rule_count++];
    memcpy(made->name, r->scan->text + t->at, t->length);
    made->at = t->at;
    return (int)(made - r->rules);
}

static bool add_clause(struct rego *r, const struct rego_clause *c)
{
    if (r->clause_count == REGO_CLAUSES) {
        return claims_fail(r->scan->error, "against-policy", c->at,
                           "more than %d bodies of rules", REGO_CLAUSES);
    }
    struct rego_clause *made =
        claims_room(r->clauses, r->clause_count, sizeof *made);
    if (!made) {
        return claims_no_memory(r->scan->error);
    }
    r->clauses = made;
    made[r->clause_count++] = *c;
    r->rules[c->rule].clauses++;
    return true;
}

/* --- Where something ends ---------------------------------------------- */

static bool is_joint(const struct rego *r, size_t token)
{
    return rego_is_word(r, token, "with") || rego_is_word(r, token, "in") ||
           rego_is_word(r, token, "as") ||
           (r->tokens[token].kind == TOKEN_SIGN && rego_depth(r, token) == 0 &&
            !rego_is_sign(r, token, ";"));
}

/* Does the line of that token go on with the one before it? */
static bool goes_on(const struct rego *r, size_t token)
{
    return is_joint(r, token) || is_joint(r, token - 1) ||
           rego_is_word(r, token - 1, "not") ||
           rego_is_word(r, token - 1, "some") ||
           rego_is_word(r, token - 1, "every");
}

/* The token after the line that begins at that one, with what its brackets
 * hold. */
static size_t line_end(const struct rego *r, size_t at)
{
    int depth = 0;
    size_t i = at;
    while (r->tokens[i].kind != TOKEN_END) {
        const int change = rego_depth(r, i);
        if (depth == 0 &&
            (change < 0 || rego_is_sign(r, i, ";") ||
             (i > at && r->tokens[i].begins_line && !goes_on(r, i)))) {
            break;
        }
        depth += change;
        i++;
    }
    return i;
}

/* The bracket that closes the one at that token; TOKEN_END: there is none. */
static size_t closing(const struct rego *r, size_t at)
{
    int depth = 0;
    size_t i = at;
    while (r->tokens[i].kind != TOKEN_END) {
        depth += rego_depth(r, i);
        if (depth == 0) {
            break;
        }
        i++;
    }
    return i;
}

/* --- Rules in the text ------------------------------------------------- */

/* Notes a body in brackets that has no "if" before it. */
static void note_bare(struct rego *r, size_t bracket, bool is_if)
{
    if (!is_if && !r->bare) {
        r->bare = bracket;
    }
}

/* A body after "if", or in brackets, or none: *at is moved after it. */
static bool read_body(struct rego *r, struct rego_clause *c, size_t *at)
{
    const bool is_if = rego_is_word(r, *at, "if");
    *at += is_if;
    if (rego_is_sign(r, *at, "{")) {
        note_bare(r, *at, is_if);
        c->first = *at + 1;
        c->end = closing(r, *at);
        if (!rego_is_sign(r, c->end, "}")) {
            return fail(r, *at, "the body of a rule without its end");
        }
        *at = c->end + 1;
    } else if (is_if) {
        c->first = *at;
        c->end = *at = line_end(r, *at);
    }
    if ((is_if || c->first) && c->first == c->end) {
        return fail(r, *at, "the body of a rule with nothing in it");
    }
    return add_clause(r, c);
}

/* ":= value", if it is there and a constant. */
static bool read_value(struct rego *r, struct rego_clause *c, size_t *at)
{
    if (!rego_is_sign(r, *at, ":=") && !rego_is_sign(r, *at, "=")) {
        return true;
    }
    const size_t value = *at + 1;
    size_t end = value;
    if (!rego_read_constant(r, &end, r->count)) {
        return false;
    }
    c->value = value;
    *at = end;
    return true;
}

/* Does a rule or a body follow as one may? */
static bool may_follow(const struct rego *r, size_t at)
{
    return rego_ends(r, at, r->count) || rego_is_sign(r, at, "{") ||
           rego_is_word(r, at, "if") || rego_is_word(r, at, "else");
}

/* The same in a form that is not understood: a bracket that follows neither a
 * sign nor a word that joins, but what might be the end of a head. */
static void find_bare(struct rego *r, size_t first, size_t end)
{
    int depth = 0;
    bool is_if = false;
    for (size_t i = first; i < end; i++) {
        is_if = (is_if || rego_is_word(r, i, "if")) &&
                !(depth == 0 && rego_is_word(r, i, "else"));
        if (depth == 0 && rego_is_sign(r, i, "{")) {
            note_bare(r, i,
                      is_if || is_joint(r, i - 1) ||
                          rego_is_word(r, i - 1, "contains"));
        }
        depth += rego_depth(r, i);
    }
}

/* A form of rule that is not understood: functions, sets, comprehensions. */
static bool read_odd(struct rego *r, struct rego_clause *c, size_t *at)
{
    c->problem.what = "a form of rule that is not understood";
    c->problem.at = c->at;
    c->value = 0;
    c->first = *at;
    do {
        *at = line_end(r, *at);
    } while (rego_is_word(r, *at, "else") || rego_is_sign(r, *at, "{"));
    c->end = *at;
    find_bare(r, c->first, c->end);
    bool is_rule = false;
    for (size_t i = c->first; i < c->end; i++) {
        is_rule |= rego_is_sign(r, i, ":=") || rego_is_sign(r, i, "=") ||
                   rego_is_sign(r, i, "{") || rego_is_word(r, i, "if") ||
                   rego_is_word(r, i, "contains");
    }
    return (is_rule || fail(r, c->first, "a line that is no rule")) &&
           add_clause(r, c);
}

static bool read_rule(struct rego *r, size_t *at)
{
    struct rego_clause c = {.at = r->tokens[*at].at};
    const size_t name = *at;
    const int rule = add_rule(r, name);
    if (rule < 0) {
        return false;
    }
    c.rule = (size_t)rule;
    (*at)++;
    size_t body = *at;
    if (!read_value(r, &c, &body) || !may_follow(r, body)) {
        return read_odd(r, &c, at);
    }
    if (!c.value && !rego_is_word(r, body, "if") &&
        !rego_is_sign(r, body, "{")) {
        return fail(r, name, "a name with neither a value nor a body");
    }
    *at = body;
    if (!read_body(r, &c, at)) {
        return false;
    }
    /* Each is another way to hold. What is before an "else" only says when its
     * body is not looked at. */
    while (rego_is_word(r, *at, "else") || rego_is_sign(r, *at, "{")) {
        struct rego_clause more = {
            .rule = c.rule, .at = r->tokens[*at].at, .value = c.value};
        if (rego_is_word(r, *at, "else")) {
            more.value = 0;
            more.is_else = true;
            body = *at + 1;
            if (!read_value(r, &more, &body) || !may_follow(r, body)) {
                return read_odd(r, &more, at);
            }
            *at = body;
        }
        if (!read_body(r, &more, at)) {
            return false;
        }
    }
    return true;
}

/* "default match := false" */
static bool read_default(struct rego *r, size_t *at)
{
    const int rule = add_rule(r, *at + 1);
    if (rule < 0) {
        return false;
    }
    const size_t value = *at + 3;
    size_t end = value;
    if (!(rego_is_sign(r, *at + 2, ":=") || rego_is_sign(r, *at + 2, "=")) ||
        !rego_read_constant(r, &end, r->count) ||
        !rego_ends(r, end, r->count)) {
        return fail(r, *at, "a default that is not understood");
    }
    if (r->rules[rule].fallback) {
        return fail(r, *at, "a rule has two defaults");
    }
    r->rules[rule].fallback = value;
    *at = end;
    return true;
}

static bool read_all(struct rego *r)
{
    size_t at = 1;
    while (r->tokens[at].kind != TOKEN_END) {
        bool good;
        if (rego_is_word(r, at, "package") || rego_is_word(r, at, "import")) {
            good = rego_read_top(r, &at);
        } else if (rego_is_word(r, at, "default")) {
            good = read_default(r, &at);
        } else if (r->tokens[at].kind == TOKEN_NAME) {
            good = read_rule(r, &at);
        } else {
            return fail(r, at,
                        "neither a rule of Rego nor a field of the text "
                        "format");
        }
        if (!good) {
            return false;
        }
        if (!rego_ends(r, at, r->count) || rego_is_sign(r, at, ";")) {
            return fail(r, at, "a rule that does not end with its line");
        }
    }
    return true;
}

/* --- The whole --------------------------------------------------------- */

/* What a rule is, once all of its clauses are known. */
static void classify(struct rego *r)
{
    static const char *const trust[] = {
        "executables",    "hardware",          "configuration",
        "file_system",    "instance_identity", "runtime_opaque",
        "storage_opaque", "sourced_data",      NULL};
    for (size_t i = 0; i < r->clause_count; i++) {
        const struct rego_clause *c = &r->clauses[i];
        struct rego_rule *rule = &r->rules[c->rule];
        rule->is_trust |= names_is_one_of(rule->name, trust) && c->value &&
                          r->tokens[c->value].kind == TOKEN_NUMBER;
        rule->is_value = rule->clauses == 1 && c->value && !c->first &&
                         !rule->fallback && !c->problem.what &&
                         !rego_is_allowing(rule->name);
        rule->constant = rule->is_value ? c->value : 0;
    }
}

bool policy_read_rego(struct policy_scan *s)
{
    struct rego *r = calloc(1, sizeof *r);
    if (!r) {
        return claims_no_memory(s->error);
    }
    r->scan = s;
    bool good = rego_tokenize(r) && read_all(r) && rego_check_version(r);
    if (good) {
        classify(r);
        for (size_t i = 0; i < r->clause_count; i++) {
            if (!r->clauses[i].problem.what) {
                rego_read_body(r, &r->clauses[i]);
            }
        }
        good = rego_judge(r) && rego_take_boot(r);
    }
    free(r->tokens);
    free(r->clauses);
    free(r);
    return good;
}
