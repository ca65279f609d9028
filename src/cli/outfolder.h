/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder that is written: under a temporary name beside it, and renamed once
 * it is whole, so that a failure leaves nothing behind.
 */
#ifndef CLI_OUTFOLDER_H
#define CLI_OUTFOLDER_H

#include <dirent.h>
#include <stddef.h>

#include "cli/output.h"

struct outfolder {
    const char *name; /* as the user gave it; must outlive this */
    char *temporary;
    DIR *dir; /* it, so that discarding needs no memory */
};

/* Can a folder be made there? What is there already must be an empty one. If
 * not, says why. For before the work. */
enum exit_status outfolder_check(const char *name);

/* The same, and makes it. On failure says why, and *folder holds nothing. */
enum exit_status outfolder_open(struct outfolder *folder, const char *name);

/* Writes a file into it. */
enum exit_status outfolder_write(const struct outfolder *folder,
                                 const char *name, const void *bytes,
                                 size_t size);

/* Puts the folder in its place. On failure says why, and discards it. */
enum exit_status outfolder_commit(struct outfolder *folder);

/* Removes what was written so far. */
void outfolder_discard(struct outfolder *folder);

#endif
