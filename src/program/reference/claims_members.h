/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be beside an MRTD in JSON, and in the objects around it: a table of
 * the members that are known, and of what their values may be. Whatever is not
 * in it could be a switch or a condition, so that nothing is taken there.
 * docs/reading.md has the table for people.
 */
#ifndef REFERENCE_CLAIMS_MEMBERS_H
#define REFERENCE_CLAIMS_MEMBERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "reference/claims_names.h"

/* The first member of an object by which it is no statement. */
struct members_fault {
    const char *key; /* NULL: there is none */
    const char *why;
};

/* What is known of an object before its members are looked at. */
struct members_of {
    enum names_context context;
    bool is_value; /* it is what an MRTD must be: {"reference": ...} */
    bool is_flat;  /* the payload of an RVPS message, whose lists are values */
    bool is_ours;  /* the conditions of an in-toto statement, with VMMs */
};

/* Longer names are not known. */
#define MEMBERS_NAME 40

/* What the value of a known member may be. */
enum members_says {
    SAYS_ANYTHING,  /* another measurement */
    SAYS_ABOUT,     /* text for people, a number or more of them */
    SAYS_NAME,      /* text that does not name another thing, or say no */
    SAYS_TEXT,      /* text or a number */
    SAYS_ON,        /* true */
    SAYS_TDX,       /* a name or number of TDX */
    SAYS_ALGORITHM, /* SHA-384 */
    SAYS_STATUS,    /* a word for something that holds */
    SAYS_SORT,      /* a word for reference values */
    SAYS_FIRST,     /* a time */
    SAYS_LAST,
    SAYS_END,
};

/* claims_members_table.c: is a member of that name known, and what may it be?
 */
bool members_find(const char *key, enum members_says *says);

/* A text in lower case, without separators; false if it is too long or has
 * other characters than letters, digits and separators. */
bool members_plain(char plain[MEMBERS_NAME], const char *text);

/* Why a member leaves it open whether an MRTD that its object holds (beside) or
 * has deeper in it is a statement; NULL: it does not. */
const char *members_why(json_t *object, const char *key, json_t *value,
                        const struct members_of *of, bool beside);

/* The same for all members of an object. */
void members_look(json_t *object, const struct members_of *of,
                  struct members_fault *beside, struct members_fault *around);

/* Does the value of a switch say that it is off? */
bool members_is_false(json_t *value);

/* Is it one of the members that say from or until when a value holds? */
enum members_time {
    MEMBERS_NO_TIME,
    MEMBERS_FIRST, /* the first second */
    MEMBERS_LAST,  /* the last second */
    MEMBERS_END,   /* the second after the last (RFC 7519, "exp") */
};
enum members_time members_time(const char *key);

#endif
