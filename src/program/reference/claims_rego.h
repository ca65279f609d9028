/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rego (Open Policy Agent, "Policy Reference"), as far as policies of Intel
 * Trust Authority and Trustee need it. claims_rego_text.c makes tokens of the
 * text, claims_rego_body.c statements of tokens, claims_rego.c rules of these,
 * and claims_rego_judge.c finds those that decide. Each understands what
 * docs/reading.md lists; a rule with anything else in it is not understood, and
 * gives no value.
 */
#ifndef REFERENCE_CLAIMS_REGO_H
#define REFERENCE_CLAIMS_REGO_H

#include "reference/claims_policy.h"

#define REGO_TOKENS  (1u << 18)
#define REGO_RULES   64
#define REGO_CLAUSES 4096
#define REGO_VARS    32
#define REGO_USES    64
#define REGO_NAME    63
#define REGO_PATH    160
/* Values of a clause are beside each other: struct claim. */
#define REGO_GROUP(clause) ((clause) + 1)
/* Members of a path are kept apart by a character that none of them has. */
#define REGO_APART "\037"

/* --- Tokens ------------------------------------------------------------ */

enum rego_kind {
    TOKEN_END,
    TOKEN_NAME, /* letters, digits, '_' */
    TOKEN_NUMBER,
    TOKEN_STRING, /* with its quotes */
    TOKEN_SIGN,   /* one character, or ":=", "==", "!=", "<=", ">=" */
};

struct rego_token {
    uint32_t at;
    uint32_t length;
    uint8_t kind;
    bool begins_line;
};

/* --- Rules ------------------------------------------------------------- */

/* What is not understood, or not as it should be, and where. */
struct rego_problem {
    const char *what; /* NULL: nothing */
    size_t at;
};

struct rego_rule {
    char name[REGO_NAME + 1];
    size_t at;       /* first token of the first rule that has the name */
    size_t fallback; /* the token of its default; 0: it has none */
    size_t clauses;
    bool is_trust;   /* a claim of Trustee's tokens: its value is a number */
    bool is_value;   /* one clause: a constant, without a body */
    size_t constant; /* the first token of that constant */
    bool is_sound; /* each of its clauses is understood, and the rules they use
                      are sound */
    bool is_fixed; /* the rule holds only for the MRTDs in it */
    bool is_reached;
    struct rego_problem problem;
};

/* Whose evidence it is, of those who are not TDs. */
enum rego_tee {
    TEE_UNKNOWN,
    TEE_OTHER, /* Trustee looks at it alone, but others beside that of a TD */
    TEE_NEVER, /* it is never beside that of a TD */
};

/* Which MRTDs a clause names: tokens that are strings. */
struct rego_values {
    bool is_there;
    bool is_elsewhere; /* it is in a store that the document does not have */
    const char *name;  /* how the claim is called */
    enum rego_tee tee; /* whose claim it is */
    size_t first;
    size_t end;
};

/* A way for a rule to hold: all statements of a body do. */
struct rego_clause {
    size_t rule;
    size_t at;
    size_t value; /* the token of the value; 0: true */
    bool is_else; /* the one before it comes first */
    size_t first; /* first token of the body */
    size_t end;
    struct rego_values asks;
    struct rego_values forbids;
    uint64_t needs;    /* rules that are asked for, as bits */
    enum rego_tee tee; /* whose evidence it is of as well */
    size_t like_mrtd;  /* a token of what is not a claim that is known, or 0 */
    struct rego_problem problem;
};

struct rego {
    struct policy_scan *scan;
    struct rego_token *tokens;
    size_t count; /* number of tokens; the first and the last are TOKEN_END */
    size_t room;
    struct rego_rule rules[REGO_RULES];
    size_t rule_count;
    struct rego_clause *clauses;
    size_t clause_count;
    bool is_v1;       /* "import rego.v1" */
    unsigned imports; /* the keywords of version 1 that are imported, as bits */
    size_t bare;      /* the first body without "if", or 0 */
};

/* --- claims_rego_text.c ------------------------------------------------ */

/* Makes the tokens. */
bool rego_tokenize(struct rego *r);

bool rego_is(const struct rego *r, size_t token, const char *text);
/* A sign or a word of that text. */
bool rego_is_sign(const struct rego *r, size_t token, const char *sign);
bool rego_is_word(const struct rego *r, size_t token, const char *word);
bool rego_is_keyword(const struct rego *r, size_t token);
bool rego_is_same(const struct rego *r, size_t a, size_t b);

/* Does it follow the token before it without a blank between them? */
bool rego_is_next(const struct rego *r, size_t token);

/* 1 for a bracket that opens, -1 for one that closes. */
int rego_depth(const struct rego *r, size_t token);

/* Does the statement end before that token? */
bool rego_ends(const struct rego *r, size_t token, size_t end);

/* What a string means, or a name is. */
void rego_text(const struct rego *r, size_t token, struct policy_text *t);

/* --- claims_rego_term.c, claims_rego_body.c ---------------------------- */

/*
 * A constant: a scalar, or a list or set of scalars that is not empty. From *at
 * on, which is moved after it.
 */
bool rego_read_constant(const struct rego *r, size_t *at, size_t end);

/* Reads what a clause's body says; what is not understood is its problem. */
void rego_read_body(const struct rego *r, struct rego_clause *c);

/* --- claims_rego_import.c ---------------------------------------------- */

/*
 * "import rego.v1", "import future.keywords.if", "package a.b" at *at, which is
 * moved after it: nothing that gives a name.
 */
bool rego_read_top(struct rego *r, size_t *at);

/* Is it a policy of one version of the language? In version 1 each body has
 * "if" before it. */
bool rego_check_version(const struct rego *r);

/* --- claims_rego.c ----------------------------------------------------- */

/* The rule that the token names, or NULL. */
const struct rego_rule *rego_rule_named(const struct rego *r, size_t token);

#endif
