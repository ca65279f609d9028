/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk through JSON that finds the MRTDs and the evidence in it. It takes
 * what claims_names.h knows, and skips the rest.
 */
#ifndef REFERENCE_CLAIMS_WALK_H
#define REFERENCE_CLAIMS_WALK_H

#include <jansson.h>

#include "reference/claims.h"
#include "reference/claims_members.h"
#include "reference/claims_names.h"

/* Documents are nested 3 deep in practice. */
#define WALK_DEPTH 32

/* What an object or array says of the MRTDs in it. */
enum walk_sense {
    SENSE_MUST,    /* names of MRTDs in it are statements */
    SENSE_VALUE,   /* it is itself what an MRTD must be, or a list of that */
    SENSE_UNKNOWN, /* it is not understood: nothing in it is taken */
    SENSE_OFF,     /* it is switched off, or of something else */
    SENSE_NOT,     /* it says what the MRTD must not be */
};

/* An object or array at work, and how far it is done. */
struct walk_frame {
    json_t *node;
    void *member; /* the member, in an object */
    size_t index; /* the index, in an array */
    enum walk_sense sense;
    enum spelling spelling; /* how the value of SENSE_VALUE is spelled */
    enum names_context context;
    const char *why; /* why, for the last three values of sense */
    bool is_near;    /* a name at or above it is of an MRTD, or says no */
    bool is_pairs;   /* at or in "hash-value": [{"alg", "value"}] */
    size_t from;     /* number of claims before it */
    size_t said;     /* number of statements among these claims */
    /* Members of an object by which what it holds itself, or deeper in it, is
     * no statement. */
    struct members_fault beside;
    struct members_fault around;
    char key[64]; /* name of the member that holds it */
};

struct walk {
    struct claims *claims;
    struct failure *error;
    struct walk_frame frames[WALK_DEPTH];
    size_t depth;
    size_t values;   /* number of MRTDs found */
    size_t said;     /* number of them that are not what a TD reported */
    size_t evidence; /* number of quotes and reports found */
    /* What a member holds instead of these, and which; empty: nothing. */
    char other[260];
    char where[160];
    json_t *stored; /* what was in base64 in a store of RVPS */
    bool is_flat;   /* only members of the outermost object are read */
    bool is_policy; /* the document is one of go-tdx-guest's */
};

/* Copies what is printable ASCII, '?' for the rest. */
void walk_printable(char *to, size_t size, const char *from);

/* Why nothing that an object says is a statement, by its members; or NULL. */
const char *walk_turned(json_t *object);

/* A member's string, or NULL. */
const char *walk_member(json_t *object, const char *key);

/* claims_nested.c: takes the evidence in a string of that name, in hexadecimal
 * or base64. */
bool nested_evidence(struct walk *w, const char *key, json_t *node,
                     const char *where);
/* Is it a list of so many numbers that they may be the bytes of evidence? */
bool nested_is_bytes(json_t *node);
/* Takes the evidence in such a list. */
bool nested_numbers(struct walk *w, const char *key, json_t *node);
/* What a string has inside: JSON, also in hexadecimal or base64, or the claims
 * of a token. Anything else is returned as it is; NULL: out of memory. */
json_t *nested_json(struct walk *w, json_t *node);
/* Keeps the certificates that an object has beside the only evidence in it. */
bool nested_certificates(struct walk *w, const struct walk_frame *f);

/* claims_serde.c: is it a report of SEV-SNP with a member for each field? */
bool serde_is_report(json_t *node);
/* Takes that report. */
bool serde_report(struct walk *w, const char *key, json_t *node);

/* claims_patch.c: is the object an operation of a patch (RFC 6902, section 4)?
 */
bool walk_is_operation(json_t *object);

/* Is each of a list's operations, if it is a patch, one with which those that
 * set an MRTD say what it must be? */
bool walk_patch(json_t *list, struct failure *error);

/* claims_place.c: why no known format has an MRTD of that name where the walk
 * is; NULL: one has. */
const char *walk_misplaced(const struct walk *w, const char *key);

/* Why an array of policies says nothing, by those of it that are for TDs; NULL:
 * it does. */
const char *walk_policies_why(json_t *policies);

/* Is a payload of RVPS spelled as Trustee decodes it: padded base64 of the
 * standard alphabet? */
bool walk_standard_base64(const char *text);

/* Why a document is no statement of in-toto, whatever its predicate is; NULL:
 * it is one. */
const char *walk_statement_why(json_t *root);

/* Is a document no in-toto statement, or one of values of MRTDs, if it is one.
 */
bool walk_statement(struct claims *claims, json_t *root, struct failure *error);

/* Sets the sense of an object whose members turn that of what is in it. */
void walk_turn(json_t *object, struct walk_frame *f);

/* What a store of RVPS in one file has under a key: a value {"version", "name",
 * "expiration", "value"} as JSON in base64. Anything else is returned as it is;
 * NULL: out of memory. */
json_t *walk_stored(struct walk *w, const char *key, json_t *node);

/* Is it what an in-toto statement says of an MRTD? walk_misplaced() says where
 * that is. */
bool walk_is_conditions(const struct walk_frame *f);

/* Takes what an object that has been walked through says of the MRTDs in it:
 * when they are valid, and as which profiles. */
bool walk_terms(struct walk *w, const struct walk_frame *f);

/* Visits all of a document; false with *error filled. */
bool walk_document(struct walk *w, json_t *root);

/* False, with an error, if it is an object of an error as a failed run of this
 * program prints it: what is beside it is not to be relied on. */
bool walk_refuse_error(json_t *node, struct failure *error);

#endif
