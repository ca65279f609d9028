/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statements of a body. Each restricts the others, so that one which asks
 * for an MRTD holds with any others, as long as these are understood: that they
 * are of something else, can be true, and give no name another meaning.
 */
#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_rego_term.h"

/* --- What a statement asks for ----------------------------------------- */

static bool is_one(const struct rego_values *v)
{
    return !v->is_elsewhere && v->end == v->first + 1;
}

/* Notes which MRTDs a claim is compared with. */
static bool note_values(struct rego_body *b, struct rego_values *to,
                        const struct rego_term *claim,
                        const struct rego_term *other)
{
    const struct rego *r = b->r;
    struct rego_values made = {
        .is_there = true, .name = claim->name, .tee = rego_tee_of(claim->path)};
    made.is_elsewhere = !other->constant;
    made.first = made.end = other->constant;
    if (other->constant) {
        (void)rego_read_constant(r, &made.end, r->count);
    }
    for (size_t i = made.first; i < made.end; i++) {
        if (r->tokens[i].kind != TOKEN_STRING &&
            r->tokens[i].kind != TOKEN_SIGN) {
            return rego_fail(b, i,
                             "the MRTD is compared with something that is "
                             "not a string");
        }
    }
    if (to->is_there &&
        !(is_one(to) && is_one(&made) && strcmp(to->name, made.name) == 0 &&
          rego_is_same(r, to->first, made.first))) {
        return rego_fail(b, claim->first,
                         "a body of its rule asks for two MRTDs at once");
    }
    *to = made;
    return true;
}

static const char not_of_evidence[] =
    "a statement that is of nothing in the evidence";

static const char no_comparison[] =
    "not a statement that compares the MRTD with a string by \"==\" or \"in\"";

/* Notes that a term is compared with another one. */
static bool note_compared(struct rego_body *b, const struct rego_term *t,
                          size_t op, const struct rego_term *value, bool is_not)
{
    const bool is_in = rego_is_word(b->r, op, "in");
    struct rego_use use = {.op = op,
                           .constant = value->constant,
                           .is_not = is_not,
                           .is_turned = t->first > op};
    if (!t->depends) {
        return true;
    }
    use.kind = !value->constant || value->is_lookup || value->is_element ||
                       t->is_lookup
                   ? USE_OTHER
               : is_in && use.is_turned ? USE_MEMBER
                                        : USE_IS;
    if (use.kind == USE_IS && !rego_may_be(b, t, &use)) {
        return rego_fail(b, t->first,
                         "a comparison that may never hold of a TD");
    }
    return rego_note_use(b, t, use);
}

/* The claim and something else, with an operator between them. */
static bool compare_claim(struct rego_body *b, const struct rego_term *claim,
                          size_t op, const struct rego_term *other, bool is_not)
{
    const struct rego *r = b->r;
    const bool is_list = rego_is_word(r, op, "in");
    const bool differs = rego_is_sign(r, op, "!=");
    if (!(is_list || differs || rego_is_sign(r, op, "==") ||
          rego_is_sign(r, op, "=")) ||
        (differs && is_not) || (is_list && claim->first > other->first)) {
        return rego_fail(b, claim->first, no_comparison);
    }
    const bool is_whole = other->constant && !other->is_element &&
                          !other->is_lookup &&
                          rego_is_collection(r, other->constant);
    const bool is_scalar_or_any =
        other->constant && !other->is_lookup &&
        (other->is_element || !rego_is_collection(r, other->constant));
    if (!(other->is_elsewhere && !other->depends) &&
        !(is_list ? is_whole : is_scalar_or_any)) {
        return rego_fail(
            b, claim->first,
            "the MRTD is compared with something that is not a string");
    }
    return note_values(b, differs || is_not ? &b->c->forbids : &b->c->asks,
                       claim, other) &&
           note_compared(b, claim, op, other, is_not);
}

/* A statement that is of something else. */
static bool note_condition(struct rego_body *b, const struct rego_term *t,
                           bool is_not)
{
    const enum rego_tee tee = rego_tee_of(t->path);
    if (!is_not && tee > b->c->tee) {
        b->c->tee = tee;
    }
    return true;
}

/* A term, an operator, a term. */
static bool take_relation(struct rego_body *b, const struct rego_term *x,
                          size_t op, const struct rego_term *y, bool is_not)
{
    const struct rego *r = b->r;
    if ((x->name && x->is_lookup) || (y->name && y->is_lookup) ||
        (x->name && y->name)) {
        return rego_fail(b, x->first, no_comparison);
    }
    if (x->name || y->name) {
        return x->name ? compare_claim(b, x, op, y, is_not)
                       : compare_claim(b, y, op, x, is_not);
    }
    if ((!x->is_wild && rego_is_near_claim(x->path)) ||
        (!y->is_wild && rego_is_near_claim(y->path))) {
        return rego_fail(b, x->first,
                         "what is around an MRTD, or in it, is "
                         "compared");
    }
    if (x->rule >= 0 || y->rule >= 0) {
        return rego_fail(b, x->first, "a rule is compared with something");
    }
    if (!x->depends && !y->depends) {
        return rego_fail(b, x->first, not_of_evidence);
    }
    if (x->depends && y->depends && strcmp(x->path, y->path) == 0) {
        return rego_fail(b, x->first, "something is compared with itself");
    }
    if (rego_is_word(r, op, "in") && y->is_literal &&
        !rego_is_collection(r, y->constant)) {
        return rego_fail(b, y->first, "\"in\" what has no elements");
    }
    return note_compared(b, x, op, y, is_not) &&
           note_compared(b, y, op, x, is_not) && note_condition(b, x, is_not) &&
           note_condition(b, y, is_not);
}

/* A term alone. */
static bool take_single(struct rego_body *b, const struct rego_term *t,
                        bool is_not)
{
    const struct rego *r = b->r;
    if (t->is_lookup && t->name) {
        const struct rego_term set = {.constant = t->constant};
        const struct rego_use use = {.kind = USE_OTHER, .is_not = is_not};
        return rego_note_use(b, t, use) &&
               note_values(b, is_not ? &b->c->forbids : &b->c->asks, t, &set);
    }
    if (t->rule >= 0 && !is_not) {
        b->c->needs |= UINT64_C(1) << t->rule;
        return true;
    }
    if (t->rule >= 0) {
        return rego_fail(b, t->first, "\"not\" before a rule");
    }
    if (t->is_literal && rego_is_word(r, t->constant, "true") && !is_not) {
        return true;
    }
    if (!t->depends) {
        return rego_fail(b, t->first,
                         rego_is_word(r, t->first, "false")
                             ? "a statement \"false\", which switches "
                               "its rule off"
                             : not_of_evidence);
    }
    if (is_not && (t->name || t->is_wild || rego_is_near_claim(t->path))) {
        return rego_fail(b, t->first,
                         "\"not\" before an MRTD, or what is around "
                         "it");
    }
    const struct rego_use use = {.kind = t->is_lookup ? USE_OTHER : USE_IS,
                                 .is_not = is_not};
    return rego_note_use(b, t, use) && note_condition(b, t, is_not);
}

/* --- Statements -------------------------------------------------------- */

static bool is_relation(const struct rego_body *b)
{
    static const char *const signs[] = {
        "==", "=", "!=", "<=", ">=", "<", ">", NULL};
    struct policy_text t;
    if (b->at >= b->end) {
        return false;
    }
    rego_text(b->r, b->at, &t);
    return rego_is_word(b->r, b->at, "in") ||
           (b->r->tokens[b->at].kind == TOKEN_SIGN &&
            names_is_one_of(t.text, signs));
}

/* "x := ..." */
static bool take_definition(struct rego_body *b)
{
    struct rego_term t;
    const size_t name = b->at;
    b->at += 2;
    if (b->at >= b->end) {
        return rego_fail(b, name, "a definition without a value");
    }
    if (!rego_read_term(b, &t)) {
        return false;
    }
    struct rego_variable *v = rego_declare(b, name);
    if (!v) {
        return false;
    }
    if (t.rule >= 0 || t.is_lookup || t.is_element) {
        return rego_fail(b, t.first, "a definition that is not understood");
    }
    v->constant = t.constant;
    v->depends = t.depends;
    v->is_elsewhere = t.is_elsewhere;
    v->is_wild = t.is_wild;
    v->function = t.function;
    memcpy(v->path, t.path, sizeof v->path);
    const struct rego_use use = {.kind = USE_DEFINED};
    return rego_note_use(b, &t, use) && note_condition(b, &t, false);
}

/* "some x in ...", "some i, x in ...", "some x" */
static bool take_some(struct rego_body *b)
{
    const struct rego *r = b->r;
    struct rego_variable *made[2] = {NULL, NULL};
    struct rego_term t = {.rule = -1};
    size_t count = 0;
    do {
        b->at++;
        if (b->at >= b->end || count == 2) {
            return rego_fail(b, b->at - 1, "\"some\" that is not understood");
        }
        made[count] = rego_declare(b, b->at++);
        if (!made[count++]) {
            return false;
        }
    } while (b->at < b->end && rego_is_sign(r, b->at, ","));
    if (b->at < b->end && rego_is_word(r, b->at, "in")) {
        b->at++;
        if (b->at >= b->end || !rego_read_term(b, &t)) {
            return rego_fail(b, b->at - 1, "\"some\" that is not understood");
        }
        if (!t.depends || t.name ||
            (!t.is_wild && rego_is_near_claim(t.path))) {
            return rego_fail(b, t.first, "\"some\" that is not understood");
        }
        note_condition(b, &t, false);
    }
    const struct rego_use use = {.kind = USE_DEFINED};
    for (size_t i = 0; i < count; i++) {
        /* The last is of the elements, one before it of their keys. */
        struct rego_term element = t;
        if (i + 1 < count) {
            element.path[0] = '\0';
        }
        if (!rego_add_index(b, &element, made[i]->name) ||
            !rego_note_use(b, &element, use)) {
            return false;
        }
        made[i]->depends = t.depends;
        made[i]->is_wild = true;
        memcpy(made[i]->path, element.path, sizeof element.path);
    }
    return true;
}

static bool take_statement(struct rego_body *b)
{
    const struct rego *r = b->r;
    struct rego_term x;
    struct rego_term y;
    b->is_not = false;
    if (b->at + 1 < b->end && rego_is_sign(r, b->at + 1, ":=")) {
        return take_definition(b);
    }
    if (rego_is_word(r, b->at, "some")) {
        return take_some(b);
    }
    const bool is_not = rego_is_word(r, b->at, "not");
    b->at += is_not;
    b->is_not = is_not;
    /* A list at the start might belong to the line before it. */
    if (b->at >= b->end || rego_is_collection(r, b->at) ||
        !rego_read_term(b, &x)) {
        return rego_fail(b, b->at < b->end ? b->at : b->end - 1,
                         "a statement that is not understood");
    }
    if (!is_relation(b)) {
        return take_single(b, &x, is_not);
    }
    const size_t op = b->at++;
    return (b->at < b->end && rego_read_term(b, &y))
               ? take_relation(b, &x, op, &y, is_not)
               : rego_fail(b, op, "a statement that is not understood");
}

void rego_read_body(const struct rego *r, struct rego_clause *c)
{
    struct rego_body b = {.r = r, .c = c, .at = c->first, .end = c->end};
    while (b.at < b.end && !c->problem.what) {
        const size_t start = b.at;
        if (take_statement(&b) && !rego_ends(r, b.at, b.end)) {
            rego_fail(&b, start, "a statement that is not understood");
        }
        if (b.at < b.end && rego_is_sign(r, b.at, ";")) {
            b.at++;
        }
    }
}
