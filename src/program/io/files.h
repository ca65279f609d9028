/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a command line names: what is read, and what is written. */
#ifndef IO_FILES_H
#define IO_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "file_kind.h"
#include "io/output.h"

/* Most files of each kind that options of one command name. */
#define FILES_MOST 8

/* A file or folder that is written. */
struct output_file {
    char option[24]; /* the option that names the file: "--svg" */
    /* A file of another is not replaced; NULL: none is */
    const struct file_kind *kind;
    const char *path; /* "-" is standard output */
    bool is_folder;
};

struct evp_pkey_st;

/*
 * Signs a document of this name. The result is to be freed with free(); what is
 * wrong is said on stderr.
 */
typedef enum exit_status signing_fn(struct evp_pkey_st *key, const char *signer,
                                    const char *name, const char *payload,
                                    size_t size, char **out, size_t *out_size);

/*
 * How documents are signed, by the only process that may read the key
 * (warden.h).
 */
struct signing {
    const char *key; /* name of the key's file; NULL: nothing is signed */
    const char *signer;
    const char *passphrase_fd; /* or NULL */
    signing_fn *sign;
};

struct files {
    char **operands; /* files that are read; "-" is standard input */
    int operand_count;
    const char *inputs[FILES_MOST]; /* files read by options */
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
