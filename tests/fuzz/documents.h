/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as they are written, and changed: what the targets that read them
 * have in common. */
#ifndef TESTS_FUZZ_DOCUMENTS_H
#define TESTS_FUZZ_DOCUMENTS_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "mrtd.h"

static inline void check_text(const char *text)
{
    for (; *text; text++) {
        HOLDS(*text >= 0x20 && *text < 0x7f);
    }
}

/* A change after which a document does not say that the value must be: put in
 * place of the first text of that kind. */
struct edit {
    const char *format;
    const char *find;
    const char *put;
};

/* The document with the change; to be freed. */
static inline char *edited(const char *text, size_t size,
                           const struct edit *edit, size_t *edited_size)
{
    const size_t cut = strlen(edit->find);
    const size_t put = strlen(edit->put);
    const char *found = memmem(text, size, edit->find, cut);
    char *changed = malloc(size + put);
    HOLDS(found && changed);
    const size_t at = (size_t)(found - text);
    memcpy(changed, text, at);
    memcpy(changed + at, edit->put, put);
    memcpy(changed + at + put, found + cut, size - at - cut);
    *edited_size = size - cut + put;
    return changed;
}

/* A value in hexadecimal, with escapes, and as it is. */
#define VALUE_FORMS 3

/* Changes a bit of the value where the document has it in that form. False: it
 * has not, or what it says is still the same. */
static inline bool flip(char *text, size_t size,
                        const uint8_t value[MRTD_DIGEST_SIZE], unsigned form,
                        unsigned place, unsigned bit)
{
    static const size_t sizes[VALUE_FORMS] = {
        2 * MRTD_DIGEST_SIZE, 4 * MRTD_DIGEST_SIZE, MRTD_DIGEST_SIZE};
    char wanted[4 * MRTD_DIGEST_SIZE + 1];
    mrtd_hex_encode(wanted, value, MRTD_DIGEST_SIZE);
    for (unsigned i = 0; form == 1 && i < MRTD_DIGEST_SIZE; i++) {
        snprintf(wanted + 4 * i, 5, "\\x%02x", value[i]);
    }
    if (form == 2) {
        memcpy(wanted, value, MRTD_DIGEST_SIZE);
    }
    char *at = memmem(text, size, wanted, sizes[form]);
    if (!at) {
        return false;
    }
    at += place % sizes[form];
    /* A digit in the other case is the same where it is decoded. */
    const bool same = form < 2 && isalpha((unsigned char)*at) && bit == 5;
    *at ^= (char)(1 << bit);
    return !same;
}

#endif
