/* SPDX-License-Identifier: Apache-2.0 */
/* What the statements of a body in Rego are made of. */
#ifndef REFERENCE_CLAIMS_REGO_TERM_H
#define REFERENCE_CLAIMS_REGO_TERM_H

#include "reference/claims_rego.h"

/* What a name that a body gives stands for. */
struct rego_variable {
    size_t name;
    size_t constant; /* the first of its tokens, or 0 */
    bool depends;    /* it depends on what is attested */
    bool is_elsewhere;
    bool is_wild;
    const struct rego_function *function; /* whose value it is, or NULL */
    char path[REGO_PATH + 1];             /* empty: none that is known */
};

/* How a body uses something of the input. */
enum rego_use_kind {
    USE_DEFINED, /* it has to be there */
    USE_IS,      /* and to be as a constant says; or neither false nor null */
    USE_MEMBER,  /* a constant is one of its elements */
    USE_CALL,    /* it is given to a function */
    USE_OTHER,
};

struct rego_use {
    enum rego_use_kind kind;
    size_t op;       /* token of the operator; 0: none */
    size_t constant; /* first token of the constant */
    uint64_t call;   /* a number for the call and its arguments */
    bool is_not;
    bool is_turned; /* the constant is before the operator */
    char path[REGO_PATH + 1];
};

/* A function that does no more than to compute something. */
struct rego_function {
    const char *name;
    size_t arguments;
    enum rego_result {
        GIVES_ANY,
        GIVES_BOOLEAN,
        GIVES_COUNT,
        GIVES_NUMBER,
        GIVES_LOWER,
        GIVES_UPPER,
    } gives;
    /* What a constant may be as an argument. */
    enum rego_takes {
        TAKES_NONE,
        TAKES_STRINGS,
        TAKES_NUMBERS,
        TAKES_LISTS,
        TAKES_PATTERN, /* a pattern and a string */
    } takes;
};

struct rego_body {
    const struct rego *r;
    struct rego_clause *c;
    size_t at;
    size_t end;
    struct rego_variable vars[REGO_VARS];
    size_t var_count;
    bool is_not; /* the statement begins with "not" */
    struct rego_use uses[REGO_USES];
    size_t use_count;
};

struct rego_term {
    size_t first; /* tokens */
    size_t end;
    size_t constant; /* the first token of a constant, or 0 */
    bool is_literal; /* the constant is written in this statement */
    bool is_element; /* any element of the constant, a list or set */
    bool is_lookup;  /* the path is looked up in the constant, a set */
    bool depends;
    bool is_elsewhere;
    bool is_wild;     /* the path has an index in it */
    size_t like;      /* a member with the name of an MRTD, or 0 */
    const char *name; /* of the claim that it is, or NULL */
    int rule;         /* index of the rule that it asks for, or -1 */
    const struct rego_function *function; /* whose value it is, or NULL */
    char path[REGO_PATH + 1];
};

/* Notes that the body is not understood, and why; the first time counts. */
bool rego_fail(struct rego_body *b, size_t token, const char *what);

/* Adds to a path an element that the token tells from others. */
bool rego_add_index(struct rego_body *b, struct rego_term *t, size_t token);

/* --- claims_rego_use.c ------------------------------------------------- */

/* Notes a use of the term; false: one before it may exclude it. */
bool rego_note_use(struct rego_body *b, const struct rego_term *t,
                   struct rego_use use);
/* Can the term be as the use says, as far as that is known of functions and of
 * what tells TDs from others? */
bool rego_may_be(const struct rego_body *b, const struct rego_term *t,
                 const struct rego_use *use);

/* The function of that name, or NULL. */
const struct rego_function *rego_function_named(const char *name);
/* May the constant be that argument of the function? */
bool rego_may_be_given(const struct rego *r, const struct rego_function *f,
                       size_t argument, size_t constant);
/* A number for what the tokens from first to end are. */
uint64_t rego_hash(const struct rego *r, size_t first, size_t end);

/* --- claims_rego_term.c ------------------------------------------------ */

/* Is a path around that of a claim, or in it? */
bool rego_is_near_claim(const char *path);
/* Of whose evidence a member of the input is. */
enum rego_tee rego_tee_of(const char *path);

/* A new name; NULL: it cannot be one. */
struct rego_variable *rego_declare(struct rego_body *b, size_t token);

/* Does a list or a set begin at that token? */
bool rego_is_collection(const struct rego *r, size_t token);

/* Reads a constant, a path, an element of a set, or a call from b->at on. */
bool rego_read_term(struct rego_body *b, struct rego_term *t);

#endif
