/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all parts of the library share: codes, errors, findings, and where bytes
 * come from.
 */
#ifndef MRTD_BASE_H
#define MRTD_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* The result of such a function says whether there is another result. */
#ifdef __GNUC__
#define MRTD_MUST_USE __attribute__((warn_unused_result))
#else
#define MRTD_MUST_USE
#endif

/* Size of an MRTD: one SHA-384 value. */
#define MRTD_DIGEST_SIZE 48

/* Says "no offset" in struct mrtd_error and struct mrtd_finding. */
#define MRTD_NO_OFFSET UINT64_MAX
/* Says "no region" in struct mrtd_finding. */
#define MRTD_NO_REGION UINT32_MAX

/*
 * What can be said about an input; mrtd/codes.def is the list. Each code has a
 * number and a name in kebab-case, which stay, and a class, which is what
 * follows from it; docs/messages.md explains each name. A refusal that is
 * lifted (MRTD_PERMISSIVE; MRTD_ERR_VMM_CONTENT where a VMM's rule gives a
 * value all the same) keeps its code as a warning.
 */
enum mrtd_code {
#define MRTD_CODE(code, number, name, its_class) code = (number),
#include "mrtd/codes.def"
#undef MRTD_CODE
};

/* What follows from a code where nothing lifts it. */
enum mrtd_code_class {
    MRTD_CLASS_DONE,    /* MRTD_OK */
    MRTD_CLASS_FAULT,   /* failed for a reason other than the input */
    MRTD_CLASS_REFUSED, /* the input is refused */
    MRTD_CLASS_WARNING, /* forbidden by the specification, yet launchable */
    MRTD_CLASS_NOTE,    /* worth knowing when a value does not match */
    MRTD_CLASS_RULE, /* a VMM's rule, which only mrtd_accept_check() reports */
};

/*
 * What went wrong. Filled on failure by the innermost function that knows the
 * field; on success left alone. Where a function takes a pointer to one, it may
 * be NULL.
 */
struct mrtd_error {
    enum mrtd_code code;
    /* Offset in the image of the field at fault, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII: subject, field, value, limit. */
    char message[256];
};

/* The stable name of a code, e.g. "data-bounds"; NULL if there is none. */
const char *mrtd_code_name(enum mrtd_code code);
/* The class of a code; MRTD_CLASS_FAULT for a number that is not a code. */
enum mrtd_code_class mrtd_code_class(enum mrtd_code code);

enum mrtd_severity {
    MRTD_NOTE,
    MRTD_WARNING,
};

/* Something worth saying about an input that was accepted. */
struct mrtd_finding {
    enum mrtd_code code;
    enum mrtd_severity severity;
    /* Index of the region that the finding is about, or MRTD_NO_REGION. */
    uint32_t region;
    /* Offset in the image of the field, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII: subject, field, value, limit. */
    char message[256];
};

/*
 * Reads len bytes at offset into buffer; the library never asks for bytes past
 * the source's size. Returns 0, or anything else for failure (a file that has
 * shrunk since its size was taken is one). Called from the calling thread only.
 */
typedef int mrtd_read_fn(void *context, uint64_t offset, void *buffer,
                         size_t len);

/*
 * Where the bytes of an image or payload are. Either data points to size bytes
 * in memory, or data is NULL and read fetches them. The source and what it
 * points to stay the caller's and must outlive every handle made from it.
 */
struct mrtd_source {
    uint64_t size;
    const void *data;
    mrtd_read_fn *read;
    void *context;
};

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
