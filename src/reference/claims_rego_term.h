/* SPDX-License-Identifier: Apache-2.0 */
/* What the statements of a body in Rego are made of. */
#ifndef REFERENCE_CLAIMS_REGO_TERM_H
#define REFERENCE_CLAIMS_REGO_TERM_H

#include "reference/claims_rego.h"

/* What a name that a body gives stands for. */
struct rego_variable {
    size_t name;
    size_t constant; /* the first of its tokens, or 0 */
    bool depends;    /* on what is attested */
    bool is_elsewhere;
    bool is_wild;
    char path[REGO_PATH + 1]; /* empty: none that is known */
};

/* What a body asks for of something else, to see that it can be true. */
struct rego_condition {
    uint64_t path; /* a hash */
    size_t op;
    size_t scalar;
    bool is_not;
    bool is_turned; /* the constant is before the operator */
};

struct rego_body {
    const struct rego *r;
    struct rego_clause *c;
    size_t at;
    size_t end;
    struct rego_variable vars[REGO_VARS];
    size_t var_count;
    struct rego_condition conditions[REGO_CONDITIONS];
    size_t condition_count;
};

struct rego_term {
    size_t first; /* tokens */
    size_t end;
    size_t constant; /* the first token of a constant, or 0 */
    bool is_literal; /* which is written here */
    bool is_element; /* any of that list or set */
    bool is_lookup;  /* the path as an element of that set */
    bool depends;
    bool is_elsewhere;
    bool is_wild;     /* the path has an index in it */
    size_t like;      /* a member with the name of an MRTD, or 0 */
    const char *name; /* of the claim that it is, or NULL */
    int rule;         /* that it asks for, or -1 */
    char path[REGO_PATH + 1];
};

/* Notes that the body is not understood, and why; the first time counts. */
bool rego_fail(struct rego_body *b, size_t token, const char *what);

/* Is a path around that of a claim, or in it? */
bool rego_is_near_claim(const char *path);
/* Of whose evidence a member of the input is. */
enum rego_tee rego_tee_of(const char *path);

const struct rego_variable *rego_find_variable(const struct rego_body *b,
                                               size_t token);
/* A new name; NULL: it cannot be one. */
struct rego_variable *rego_declare(struct rego_body *b, size_t token);

/* Does a list or a set begin at that token? */
bool rego_is_collection(const struct rego *r, size_t token);

/* Reads a constant, a path, an element of a set, or a call from b->at on. */
bool rego_read_term(struct rego_body *b, struct rego_term *t);

#endif
