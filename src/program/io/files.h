/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a command line names: what is read, and what is written. */
#ifndef IO_FILES_H
#define IO_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "file_kind.h"
#include "io/output.h"

/* Most files that options of one command name: written, and read. */
#define FILES_MOST        8
#define FILES_MOST_INPUTS 40

/* A file or folder that is written. */
struct output_file {
    char option[24]; /* the option that names the file: "--svg" */
    /* A file of another is not replaced; NULL: none is */
    const struct file_kind *kind;
    const char *path; /* "-" is standard output */
    bool is_folder;
};

struct evp_pkey_st;

/* Most keys by which one document is signed. */
#define SIGNING_KEYS 2

/*
 * Signs a document of this name by the keys, of which those that are not given
 * are NULL. The result is to be freed with free(); what is wrong is said on
 * stderr.
 */
typedef enum exit_status
signing_fn(struct evp_pkey_st *const keys[SIGNING_KEYS], const char *signer,
           const char *name, const char *payload, size_t size, char **out,
           size_t *out_size);

struct signing_key {
    const char *file;          /* name of its file; NULL: it is not given */
    const char *passphrase_fd; /* or NULL */
    const char *fd_option;     /* the option that names it: "--passphrase-fd" */
};

/*
 * How documents are signed, by the only process that may read the
 * keys (warden.h).
 */
struct signing {
    struct signing_key keys[SIGNING_KEYS]; /* without the first nothing is
                                              signed */
    bool is_p384; /* keys of other curves are refused */
    const char *signer;
    signing_fn *sign;
};

struct files {
    char **operands; /* files that are read; "-" is standard input */
    int operand_count;
    const char *inputs[FILES_MOST_INPUTS]; /* files read by options */
    size_t input_count;
    struct output_file outputs[FILES_MOST];
    size_t output_count;
    /* The kind of files with this extension that are written into a folder, or
     * NULL, as their extension may be */
    const struct file_kind *(*kind_of_member)(const char *extension);
    bool force; /* outputs may replace files of another kind */
    struct signing signing;
};

#endif
