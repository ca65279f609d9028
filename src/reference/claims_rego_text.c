/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_rego.h"

#include <ctype.h>
#include <string.h>

#include "reference/claims_names.h"

/* --- Tokens -------------------------------------------------------------- */

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
                               "an escape in a string that is none");
        }
        policy_keep(t, c);
    }
    if (policy_peek(s) != quote) {
        return policy_fail(s, t->at, "a string without its end");
    }
    s->at++;
    return true;
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

bool rego_next(struct rego *r)
{
    struct policy_scan *s = r->scan;
    struct rego_token *t = &r->token;
    memset(t, 0, sizeof *t);
    t->begins_line = policy_skip_space(s) || s->at == 0 || s->at == s->size;
    t->t.at = s->at;
    const char c = policy_peek(s);
    if (s->at == s->size) {
        return true;
    }
    if (c == '"' || c == '`') {
        t->kind = TOKEN_STRING;
        return read_string(s, &t->t);
    }
    if (is_name(c)) {
        t->kind = TOKEN_NAME;
        while (s->at < s->size && is_name(policy_peek(s))) {
            policy_keep(&t->t, s->text[s->at++]);
        }
        /* An import, an assignment or "some" may give it another meaning. */
        if (rego_is_word(t, "input") && policy_peek(s) != '[') {
            return policy_fail(s, t->t.at,
                               "the word \"input\" without a member of it");
        }
        return true;
    }
    t->kind = TOKEN_SIGN;
    policy_keep(&t->t, c);
    s->at++;
    if (c && strchr(":=!<>", c) && policy_peek(s) == '=') {
        policy_keep(&t->t, '=');
        s->at++;
    }
    return true;
}

bool rego_is_sign(const struct rego_token *t, const char *sign)
{
    return t->kind == TOKEN_SIGN && strcmp(t->t.text, sign) == 0;
}

bool rego_is_word(const struct rego_token *t, const char *word)
{
    return t->kind == TOKEN_NAME && strcmp(t->t.text, word) == 0;
}

int rego_depth_change(const struct rego_token *t)
{
    if (t->kind != TOKEN_SIGN || !t->t.text[0] || t->t.text[1]) {
        return 0;
    }
    return strchr("({[", t->t.text[0])   ? 1
           : strchr(")}]", t->t.text[0]) ? -1
                                         : 0;
}

/* --- Rules --------------------------------------------------------------- */

struct rego_rule *rego_find_rule(struct rego *r, const char *name)
{
    for (size_t i = 0; i < r->rule_count; i++) {
        if (strcmp(r->rules[i].name, name) == 0) {
            return &r->rules[i];
        }
    }
    return NULL;
}

/* The rule of that name, made if it is new. */
struct rego_rule *rego_add_rule(struct rego *r, const struct policy_text *name)
{
    static const char *const allowing[] = {
        "match",       "matches", "matches_tdx_policy",
        "matches_tdx", "allow",   "allowed",
        "permit",      "accept",  "accepted",
        NULL,
    };
    struct rego_rule *found = rego_find_rule(r, name->text);
    if (found || r->pass != PASS_NAMES) {
        return found;
    }
    if (r->rule_count == REGO_RULES || name->length > REGO_NAME) {
        claims_fail(r->scan->error, "against-policy", name->at,
                    "more than %d rules, or a name longer than %d characters",
                    REGO_RULES, REGO_NAME);
        return NULL;
    }
    struct rego_rule *made = &r->rules[r->rule_count++];
    memcpy(made->name, name->text, name->length);
    made->allows = names_is_one_of(made->name, allowing);
    made->forbids = names_negate(made->name);
    return made;
}

void rego_add_problem(struct rego *r, size_t rule, const char *problem)
{
    if (!r->rules[rule].problem) {
        r->rules[rule].problem = problem;
    }
}

/* The rules that are named otherwise than as a statement of their own. */
void rego_use_name(struct rego *r, const struct rego_token *t)
{
    const char *dot = strrchr(t->t.text, '.');
    struct rego_rule *rule = t->kind == TOKEN_NAME
                                 ? rego_find_rule(r, dot ? dot + 1 : t->t.text)
                                 : NULL;
    if (rule) {
        rule->is_odd = true;
    }
}

/* --- Statements ---------------------------------------------------------- */

static void add_token(struct rego *r, struct rego_statement *st)
{
    const struct rego_token *t = &r->token;
    if (st->count < REGO_KEPT) {
        st->tokens[st->count] = *t;
    }
    /* A name that is a statement of its own asks for the rule. */
    if (st->count == 1) {
        rego_use_name(r, &st->tokens[0]);
    }
    if (st->count > 0) {
        rego_use_name(r, t);
    }
    st->count++;
    if (!st->mentions && t->kind != TOKEN_SIGN &&
        names_look_like_mrtd(t->t.text)) {
        st->mentions = true;
        st->mention = t->t;
    }
}

/* A word between two terms, before which and after which a line may end. */
static bool is_joint(const struct rego_token *t)
{
    return rego_is_word(t, "with") || rego_is_word(t, "in") ||
           rego_is_word(t, "as");
}

static bool is_operator(const struct rego_token *t)
{
    return t->kind == TOKEN_SIGN && rego_depth_change(t) == 0 &&
           !rego_is_sign(t, ";");
}

/* Does the statement go on in the next line, whatever that begins with? */
static bool is_open(const struct rego_token *t)
{
    return is_joint(t) || is_operator(t) || rego_is_word(t, "not") ||
           rego_is_word(t, "some") || rego_is_word(t, "every");
}

/* Does a line that begins so go on with the statement before it? */
static bool goes_on(const struct rego_token *t)
{
    return is_joint(t) || is_operator(t);
}

bool rego_read_statement(struct rego *r, struct rego_statement *st)
{
    int depth = 0;
    bool was_open = false;
    memset(st, 0, sizeof *st);
    for (;;) {
        const struct rego_token *t = &r->token;
        const int change = rego_depth_change(t);
        if (t->kind == TOKEN_END ||
            (depth == 0 &&
             (change < 0 || rego_is_sign(t, ";") ||
              (st->count > 0 && t->begins_line && !was_open && !goes_on(t))))) {
            break;
        }
        was_open = is_open(t);
        depth += change;
        add_token(r, st);
        if (!rego_next(r)) {
            return false;
        }
    }
    return true;
}
