/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of members that a consumer reads into fields of fixed types. */
#ifndef REFERENCE_CLAIMS_FORMS_H
#define REFERENCE_CLAIMS_FORMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum form_kind {
    FORM_ANY,
    FORM_TEXT,
    FORM_MAY_TEXT, /* text or null */
    FORM_NUMBER,   /* an integer, not negative */
    FORM_BOOL,
    FORM_LIST,       /* a list of anything */
    FORM_OBJECT,     /* an object with anything in it */
    FORM_MAY_OBJECT, /* an object or null */
    FORM_HEX,        /* bytes as hexadecimal digits of either case */
    FORM_HEX_LIST,   /* a list of FORM_HEX: count of them, or any number */
};

struct form {
    const char *name; /* NULL: the end of a table */
    enum form_kind kind;
    size_t size;  /* size in bytes */
    size_t count; /* length of a list; 0: any */
};

/* The form of a member of that name, in any case; NULL: it has none. */
const struct form *form_find(const struct form *table, const char *name);

bool form_fits(const struct form *form, json_t *value);

/* Is it so many bytes in hexadecimal digits? */
bool form_is_hex(json_t *value, size_t size);

#endif
