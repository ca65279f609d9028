/* SPDX-License-Identifier: Apache-2.0 */
#include "io/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io/diagnostic.h"

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE (1 << 1)
#endif

/* Where a file is. */
enum stage {
    WAITING,   /* under its temporary name */
    EXCHANGED, /* in its place; the old one has the temporary name */
    NEW,       /* in its place, where nothing was */
    REPLACED,  /* in its place; the old one is gone */
};

static struct pending {
    char *title;
    int folder;
    bool is_shared; /* the folder's descriptor belongs to another file */
    char *name;
    char temporary[PENDING_NAME_SIZE];
    enum stage stage;
} * files;

static size_t count;

static bool is_same_folder(int a, int b)
{
    struct stat x;
    struct stat y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

bool pending_add(char *title, struct place *place,
                 const char temporary[PENDING_NAME_SIZE], int shared)
{
    struct pending *more = realloc(files, (count + 1) * sizeof *more);
    if (!more) {
        return false;
    }
    files = more;
    struct pending *p = &files[count++];
    *p = (struct pending){.title = title,
                          .folder = place->folder,
                          .is_shared = shared >= 0 &&
                                       is_same_folder(place->folder, shared),
                          .name = place->name};
    memcpy(p->temporary, temporary, sizeof p->temporary);
    if (p->is_shared) {
        close(place->folder);
        p->folder = shared;
    }
    *place = (struct place){.folder = -1};
    return true;
}

static bool exchange(const struct pending *p)
{
    return syscall(SYS_renameat2, p->folder, p->temporary, p->folder, p->name,
                   RENAME_EXCHANGE) == 0;
}

/* 0, or why it cannot be put in its place. After the last nothing is left that
 * could fail. */
static int put(struct pending *p, bool is_last)
{
    struct stat st;
    const bool is_there =
        fstatat(p->folder, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (!is_there && errno != ENOENT) {
        return errno;
    }
    if (is_there && S_ISDIR(st.st_mode)) {
        return EISDIR; /* it was not a folder before */
    }
    if (is_there && !is_last && exchange(p)) {
        p->stage = EXCHANGED;
        return 0;
    }
    if (renameat(p->folder, p->temporary, p->folder, p->name) < 0) {
        return errno;
    }
    p->stage = is_there ? REPLACED : NEW;
    return 0;
}

/* Undoes put(). */
static void take_back(struct pending *p)
{
    const bool good = p->stage == EXCHANGED ? exchange(p)
                      : p->stage == NEW ? unlinkat(p->folder, p->name, 0) == 0
                                        : false;
    if (!good) {
        diagnostic_file(p->title,
                        "it is written, and cannot be made what it was before");
    }
    p->stage = WAITING;
}

enum exit_status pending_place(void)
{
    size_t i = 0;
    int reason = 0;
    while (!reason && i < count) {
        reason = put(&files[i], i + 1 == count);
        i += !reason;
    }
    if (reason) {
        diagnostic_file(files[i].title, "cannot write: %s", strerror(reason));
        while (i > 0) {
            take_back(&files[--i]);
        }
    }
    pending_clean(); /* also the old files, where they were exchanged */
    for (i = 0; i < count; i++) {
        if (!files[i].is_shared) {
            close(files[i].folder);
        }
        free(files[i].title);
        free(files[i].name);
    }
    free(files);
    files = NULL;
    count = 0;
    return reason ? EXIT_IO : EXIT_DONE;
}

void pending_clean(void)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i].stage == WAITING || files[i].stage == EXCHANGED) {
            (void)unlinkat(files[i].folder, files[i].temporary, 0);
        }
    }
}
