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
    FORM_MAY_TEXT, /* or null */
    FORM_NUMBER,   /* whole, not negative */
    FORM_BOOL,
    FORM_LIST,       /* of anything */
    FORM_OBJECT,     /* with anything */
    FORM_MAY_OBJECT, /* or null */
    FORM_HEX,        /* bytes as hexadecimal digits of either case */
    FORM_HEX_LIST,   /* so many of them, or any number */
};

struct form {
    const char *name; /* NULL: the end of a table */
    enum form_kind kind;
    size_t size;  /* in bytes */
    size_t count; /* of a list; 0: any */
};

/* The form of a member of that name, in any case; NULL: it has none. */
const struct form *form_find(const struct form *table, const char *name);

bool form_fits(const struct form *form, json_t *value);

/* Is it so many bytes in hexadecimal digits? */
bool form_is_hex(json_t *value, size_t size);

#endif
