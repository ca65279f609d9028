/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the members of documents are called: which names say that a value is an
 * MRTD, which objects may be around them, and which words reverse the sense.
 * docs/reading.md has the tables for people.
 */
#ifndef REFERENCE_CLAIMS_NAMES_H
#define REFERENCE_CLAIMS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* How the consumer of a document compares a value. */
enum spelling {
    SPELLED_LOWER,  /* as text: 96 lower-case hexadecimal digits */
    SPELLED_HEX,    /* decoded first: 96 hexadecimal digits of either case */
    SPELLED_BASE64, /* bytes of protocol buffers in JSON */
    SPELLED_UNKNOWN /* not a name of an MRTD */
};

/* Of which kind of document the object around a name is. */
enum names_context {
    NAMES_PLAIN,
    NAMES_DCAP,        /* Intel's quote appraisal: policy_array */
    NAMES_GO_POLICY,   /* go-tdx-guest's TDQuoteBodyPolicy */
    NAMES_REPORTED,    /* what a TD reported, not a reference value */
    NAMES_GO_REPORTED, /* go-tdx-guest's TDQuoteBody */
};

/* Does it have "mrtd" in it, in any case, with or without separators? */
bool names_look_like_mrtd(const char *name);

/* How a value of that name is spelled there; SPELLED_UNKNOWN: not an MRTD. */
enum spelling names_spelling(const char *name, enum names_context context);

/* The same for the path of a value in a patch of Contrast's reference values, a
 * JSON pointer (RFC 6901). */
enum spelling names_pointer(const char *path, enum names_context context);

/* The rest of such a path after the entry that it is in, which may be that of a
 * whole manifest; NULL: it is in none. */
const char *names_entry(const char *path);

/* The component of a JSON pointer that begins at *at, cut; moves *at to the
 * next. */
bool names_component(const char **at, char *component, size_t size);

/* Does a JSON pointer lead to an MRTD, or to an object that may hold one? */
bool names_around_mrtd(const char *path);

/* May an object or list of that name hold MRTDs? Then *context is its own. */
bool names_container(const char *name, enum names_context *context);

/* May a member of that name, of an object that is an MRTD's, be its value? */
bool names_value(const char *name);

/* Has the name a word that says no: revoked, deny, disabled, not, old? */
bool names_negate(const char *name);

/* Is a member of that name a comment: "#mr_td", "//mr_td", "_mr_td"? */
bool names_disabled(const char *name);

/* Has it a word that is of another thing than a TD: SEAM, QE, SGX, SNP? */
bool names_another(const char *name);

/* Has it the word TDX? Or "mask" anywhere in it? */
bool names_tdx(const char *name);
bool names_mask(const char *name);

/* Would a member of that name, if it is true, switch its object off? */
bool names_switch_off(const char *name);

/* Is it one of MRTDs that are forbidden, and of nothing else: "revoked_mrtds",
 * but not "mr_td_revoked_in_favour_of"? */
bool names_denial(const char *name);

/* Is it that of an operator: op, operation, matchOperator? */
bool names_operator(const char *name);

/* Does the operator of that name mean "equal" or "one of"? */
bool names_equality(const char *operator_name);

/* Is the text one of the words of a list that ends with NULL? */
bool names_is_one_of(const char *text, const char *const *words);

#endif
