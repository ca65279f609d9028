/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an output goes: a folder and a name in it, found as the kernel finds
 * it, but for links that strangers may have laid.
 */
#ifndef IO_PLACE_H
#define IO_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

struct place {
    int folder; /* O_PATH, or -1 */
    char *name; /* name in the folder; not a link, unless it is written in place
                 */
    bool exists;        /* is something there? */
    bool by_link;       /* a link led to it */
    bool in_place;      /* a device, a pipe, an open file in /proc */
    struct stat status; /* status of what exists */
};

/*
 * Finds the place that a path leads to, links followed, also one that leads to
 * nothing: that is what is made, then. As with the sysctl
 * fs.protected_symlinks, whatever it is: in a sticky folder that all may write,
 * only links of this user or of the folder's owner are followed (EACCES), in
 * every part of the path. A relative path starts from the folder at, or from
 * AT_FDCWD. Returns 0 or an errno; *place holds nothing after a failure.
 */
int place_find(struct place *place, int at, const char *path);
/* place_find() for a folder: "NAME/" is NAME. */
int place_find_folder(struct place *place, const char *path);
void place_free(struct place *place);

/* Are these one file, now or once both are written? Names that differ in upper
 * and lower case only are one name: on some file systems they are. */
bool place_is_same(const struct place *a, const struct place *b);

#endif
