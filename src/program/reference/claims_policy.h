/* SPDX-License-Identifier: Apache-2.0 */
/* Text of policies, as both of its readers take it. */
#ifndef REFERENCE_CLAIMS_POLICY_H
#define REFERENCE_CLAIMS_POLICY_H

#include "reference/claims.h"

/* Longest string or name that is kept: an MRTD in hexadecimal, and a bit. */
#define POLICY_STRING 128

struct policy_scan {
    const char *text;
    size_t size;
    size_t at;
    struct claims *claims;
    struct failure *error;
};

/* A string or a name. */
struct policy_text {
    size_t at;
    size_t length; /* also where it is cut */
    bool has_high; /* bytes from 0x80 on */
    char text[POLICY_STRING + 1];
};

void policy_keep(struct policy_text *t, int c);

/* Skips white space and comments from '#' to the end of the line; returns true
 * if a line ended there. */
bool policy_skip_space(struct policy_scan *s);

/* Up to most digits of a base, as a number; -1: none. */
int policy_number(struct policy_scan *s, int base, int most);

/* The character at s->at, or '\0' at the end. */
char policy_peek(const struct policy_scan *s);

/* Fails at an offset, as "against-policy". */
bool policy_fail(struct policy_scan *s, size_t at, const char *what);

/* Fails for a name whose value, at an offset, is not an MRTD. */
bool policy_fail_value(struct policy_scan *s, size_t at, const char *name);

/* "NAME at offset N". */
void policy_where(char *where, size_t size, const char *name, size_t at);

/* claims_textproto.c, claims_rego.c */
bool policy_read_textproto(struct policy_scan *s);
bool policy_read_rego(struct policy_scan *s);

#endif
