/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rego, as far as policies need it: tokens, statements, and rules by name
 * (Open Policy Agent, "Policy Reference").
 */
#ifndef REFERENCE_CLAIMS_REGO_H
#define REFERENCE_CLAIMS_REGO_H

#include "reference/claims_policy.h"

/* Rules by name, and bodies that ask for an MRTD by another rule only. */
#define REGO_RULES  64
#define REGO_BODIES 64
#define REGO_NAME   63
/* Of a statement the first are kept: those that are understood have no more. */
#define REGO_KEPT 4

enum rego_token_kind {
    TOKEN_END,
    TOKEN_NAME, /* letters, digits, '_' and '.' */
    TOKEN_STRING,
    TOKEN_SIGN, /* one character, or ":=", "==", "!=", "<=", ">=" */
};

struct rego_token {
    enum rego_token_kind kind;
    bool begins_line;
    struct policy_text t;
};

struct rego_rule {
    char name[REGO_NAME + 1];
    bool allows;  /* by its name */
    bool forbids; /* the same */
    bool is_odd;  /* its name is used for more than being asked for */
    bool asks;    /* a body compares an MRTD itself */
    bool is_bare; /* a body does not, nor asks for another rule */
    bool is_used; /* an allowing rule asks for it */
    const char *problem;
};

enum rego_pass {
    PASS_NAMES,
    PASS_BODIES,
    PASS_VALUES
};

struct rego {
    struct policy_scan *scan;
    enum rego_pass pass;
    struct rego_token token; /* the next one */
    struct rego_rule rules[REGO_RULES];
    size_t rule_count;
    /* Per body of an allowing rule without an MRTD: rules that it asks for. */
    struct {
        uint64_t asked;
        size_t rule;
    } bodies[REGO_BODIES];
    size_t body_count;
};

/* The first tokens of a statement, and what the rest of it is like. */
struct rego_statement {
    struct rego_token tokens[REGO_KEPT];
    size_t count;
    bool mentions; /* an MRTD, by name */
    struct policy_text mention;
};

/* Reads on: r->token is the next one. */
bool rego_next(struct rego *r);

bool rego_is_sign(const struct rego_token *t, const char *sign);
bool rego_is_word(const struct rego_token *t, const char *word);

/* 1 for a bracket that opens, -1 for one that closes. */
int rego_depth_change(const struct rego_token *t);

struct rego_rule *rego_find_rule(struct rego *r, const char *name);

/* The rule of that name; made, in the first pass. NULL: there is an error. */
struct rego_rule *rego_add_rule(struct rego *r, const struct policy_text *name);

/* Something odd of a rule; the first is kept. */
void rego_add_problem(struct rego *r, size_t rule, const char *problem);

/* The name of a rule that is used otherwise than by asking for it. */
void rego_use_name(struct rego *r, const struct rego_token *t);

/* Reads up to the end of the line, a ';', or the bracket that ends what it is
 * in. A bracket in it may have several lines. */
bool rego_read_statement(struct rego *r, struct rego_statement *st);

#endif
