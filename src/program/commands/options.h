/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: what is wanted, checked for contradictions. */
#ifndef COMMANDS_OPTIONS_H
#define COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "io/files.h"
#include "io/output.h"
#include "model/launch_options.h"
#include "mrtd.h"

/* Room for a name that --vmm gives. */
#define OPTIONS_VMM_SIZE 64
/* Most rows of the table of options. */
#define OPTIONS_MAX_RULES 96

enum command_id {
    COMMAND_MEASURE,
    COMMAND_CHECK_LISTS,
    COMMAND_SHOW,
    COMMAND_CHECK,
    COMMAND_TDINFO,
    COMMAND_LINT,
    COMMAND_DIFF,
    COMMAND_REFERENCE,
    COMMAND_VERIFY, /* reference --verify */
    COMMAND_BUNDLE, /* reference --manifest */
    COMMAND_SELF_TEST,
    COMMAND_VERSION,
    COMMAND_HELP, /* this and those below answer a question, alone */
    COMMAND_VMM_HELP,
    COMMAND_FORMAT_HELP,
    COMMAND_COUNT,
};

struct options {
    enum command_id command;
    enum command_id asked; /* with COMMAND_HELP: of which command */
    unsigned given_count;  /* options that were given */
    unsigned vmm_count;
    char vmm_names[LAUNCH_MAX_VMMS][OPTIONS_VMM_SIZE]; /* that --vmm names */
    struct launch_options launch;

    unsigned jobs; /* threads */
    int kind;      /* with check: enum claims_kind */
    bool lists;    /* -c */
    bool help;
    bool version; /* the program's */
    bool verbose;

    /* How an MRTD is printed. */
    bool tag;
    bool no_newline;
    bool base64;
    bool json;

    bool given[OPTIONS_MAX_RULES]; /* the i-th of option_table.c was given */

    /* With -c. */
    bool quiet;
    bool status;
    bool ignore_missing;

    /* With show. */
    bool plan;
    bool trace;
    bool explain;                /* with check */
    bool all;                    /* with diff */
    bool force;                  /* an output replaces a file of another kind */
    const char *svg;             /* or NULL */
    const char *html;            /* or NULL */
    const char *corim;           /* or NULL */
    const char *corim_signature; /* or NULL */

    /* With check. */
    const char *against;

    /* With tdinfo: as given, or NULL. */
    struct tdinfo_options {
        const char *mrtd;
        const char *attributes;
        const char *xfam;
        const char *mrconfigid;
        const char *mrowner;
        const char *mrownerconfig;
        const char *rtmr[4];
        const char *servtd_hash;
        const char *separator;
        const char *servtd_attributes;
        const char *tdinfo_output; /* of the structure; output: the hash */
    } tdinfo;
    const char *manifest; /* with tdinfo and reference, or NULL */
    const char *output;   /* with tdinfo and reference, or NULL */

    /* With reference: as given, or NULL; vendor, model and class_id also with
     * check and reference --verify. */
    struct reference_options {
        const char *formats;
        const char *out_dir;
        const char *id;
        const char *version;
        const char *entity;
        const char *vendor;
        const char *model;
        const char *class_id;
        const char *rvps_key;
        const char *key; /* of --verify: a public key's file */
        bool scalar;
        bool debug_check;
        const char *corim_form;
        const char *sign;
        const char *signer;
        const char *passphrase_fd;
        const char *verify;
    } reference;

    /* With check and reference --verify: the time at which documents must be
     * valid, as text or NULL; expected_take_time() makes seconds since 1970 of
     * it, without it those of the call. */
    const char *when;
    int64_t time;
    char **files;
    int file_count;
};

/* Parses; on anything wrong says what on stderr and returns EXIT_USAGE. */
enum exit_status options_parse(struct options *options, int argc, char **argv);

/*
 * combinations.c: where something is asked of the program itself, as by --help,
 * makes that the command. It must then be alone, or after a command word, so
 * that nothing which is meant to check a file ends with status 0 because of it.
 */
enum exit_status options_check_question(struct options *options);

/* combinations.c: the files that are named. */
struct files options_files(const struct options *options);

/* combinations.c: refuses options and files that make no sense together. */
enum exit_status options_check(const struct options *options);

#endif
