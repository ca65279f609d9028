/* SPDX-License-Identifier: Apache-2.0 */
/* Options about images, and who launches them. */
#ifndef GROUPS_LAUNCHING_H
#define GROUPS_LAUNCHING_H

#include "groups/guest.h"
#include "model/launch_options.h"
#include "options/options.h"

/* Room for a name that --vmm gives. */
#define LAUNCHING_NAME_SIZE 64

struct launching {
    struct launch_options launch;
    struct guest_options guest;
    unsigned vmm_count;
    char vmms[LAUNCH_MAX_VMMS][LAUNCHING_NAME_SIZE]; /* that --vmm names */
};

/* What --vmm help is answered. */
extern const struct option_question help_of_vmms;

/* For struct launching. --vmm with one name, or several; */
extern const struct option_table launching_vmm;
extern const struct option_table launching_vmms;
/* --payload, --permissive, --vars, --image-format, --limit, or of them only: */
extern const struct option_table launching_images;
extern const struct option_table launching_how;        /* the first two */
extern const struct option_table launching_files;      /* the last three */
extern const struct option_table launching_permissive; /* the second */
extern const struct option_table launching_whole;      /* the last two */
extern const struct option_table launching_limit;      /* the last */

/* Keeps the names of an argument of --vmm. */
enum exit_status launching_take_names(void *launching, const char *value);

/* Which VMMs may be meant. */
enum launching_vmms {
    LAUNCHING_ONE,     /* the one that --vmm names, or the default */
    LAUNCHING_SEVERAL, /* all that it names */
    LAUNCHING_ANY,     /* others, too */
    LAUNCHING_FIND,    /* those of each platform, or of the one given */
    LAUNCHING_ACCEPT,  /* all that it names, to ask which images they accept */
};

/*
 * Makes VMMs of the names, and checks what is given with them: false where
 * something was said on stderr. title is the command's.
 */
bool launching_check(struct launching *launching, const struct files *files,
                     const char *title, enum launching_vmms vmms);
/* The same of two files that are compared: under one launch, on a platform with
 * a launch digest or an MRTD. */
bool launching_check_pair(struct launching *launching,
                          const struct files *files);

#endif
