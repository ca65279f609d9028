/* SPDX-License-Identifier: Apache-2.0 */
#include "io/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As many as the kernel follows: include/linux/namei.h, MAXSYMLINKS. */
#define MAX_LINKS 40

/* A path on its way. */
struct walk {
    int folder; /* the folder reached so far */
    char *left; /* the part of the path that is still to be followed */
    unsigned links;
};

void place_free(struct place *place)
{
    if (place->folder >= 0) {
        close(place->folder);
    }
    free(place->name);
    *place = (struct place){.folder = -1};
}

bool place_is_same(const struct place *a, const struct place *b)
{
    struct stat x;
    struct stat y;
    if (a->exists && b->exists && a->status.st_dev == b->status.st_dev &&
        a->status.st_ino == b->status.st_ino) {
        return true;
    }
    return fstat(a->folder, &x) == 0 && fstat(b->folder, &y) == 0 &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino &&
           strcasecmp(a->name, b->name) == 0;
}

/* May what is in this folder be followed, or written in place? Linux,
 * Documentation/admin-guide/sysctl/fs.rst, protected_symlinks. */
static bool is_trusted(int folder, const struct stat *item)
{
    struct stat st;
    const mode_t shared = S_ISVTX | S_IWOTH;
    return fstat(folder, &st) == 0 &&
           ((st.st_mode & shared) != shared || item->st_uid == geteuid() ||
            item->st_uid == st.st_uid);
}

/* Goes into a folder; 0 or an errno. */
static int enter(struct walk *w, const char *name)
{
    const int folder = openat(w->folder, name,
                              O_PATH | O_DIRECTORY | O_CLOEXEC |
                                  (strcmp(name, "/") == 0 ? 0 : O_NOFOLLOW));
    if (folder < 0) {
        return errno;
    }
    close(w->folder);
    w->folder = folder;
    return 0;
}

/* Puts what a link says in front of what is left to go. */
static int follow(struct walk *w, const char *name, const char *rest)
{
    char text[PATH_MAX];
    const ssize_t size = readlinkat(w->folder, name, text, sizeof text - 1);
    char *left = NULL;
    if (size < 0) {
        return errno;
    }
    text[size] = '\0';
    if (size == 0) {
        return ENOENT;
    }
    if (asprintf(&left, "%s%s%s", text, *rest ? "/" : "", rest) < 0) {
        return ENOMEM;
    }
    free(w->left);
    w->left = left;
    return *left == '/' ? enter(w, "/") : 0;
}

/* Does /proc show an open file here? Its link says no path. */
static bool is_open_file(int folder)
{
    struct statfs fs;
    return fstatfs(folder, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* The place is reached. */
static int arrive(struct place *place, const struct walk *w, const char *name)
{
    const mode_t mode = place->status.st_mode;
    place->in_place |= place->exists && !S_ISREG(mode) && !S_ISDIR(mode);
    if (place->exists && place->in_place &&
        !is_trusted(w->folder, &place->status)) {
        return EACCES;
    }
    place->name = strdup(name);
    place->folder = w->folder;
    return place->name ? 0 : ENOMEM;
}

/* One part of the path; *done once it was the last. */
static int step(struct place *place, struct walk *w, bool *done)
{
    char name[NAME_MAX + 1];
    const char *from = w->left + strspn(w->left, "/");
    const size_t len = strcspn(from, "/");
    const char *rest = from + len + strspn(from + len, "/");
    const bool is_last = from[len] == '\0';
    if (len == 0) {
        return *w->left ? EISDIR : ENOENT;
    }
    if (len > NAME_MAX) {
        return ENAMETOOLONG;
    }
    memcpy(name, from, len);
    name[len] = '\0';
    if (fstatat(w->folder, name, &place->status, AT_SYMLINK_NOFOLLOW) < 0) {
        *done = errno == ENOENT && is_last;
        return *done ? arrive(place, w, name) : errno;
    }
    if (S_ISLNK(place->status.st_mode)) {
        if (++w->links > MAX_LINKS) {
            return ELOOP;
        }
        if (!is_trusted(w->folder, &place->status)) {
            return EACCES;
        }
        place->by_link |= is_last;
        if (!is_last || !is_open_file(w->folder)) {
            /* The walk owns what is left to go, and place_find() frees it.
             * NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
            return follow(w, name, rest);
        }
        if (fstatat(w->folder, name, &place->status, 0) < 0) {
            return errno;
        }
        place->in_place = true;
    }
    if (!is_last && *rest == '\0') {
        return EISDIR; /* "NAME/" */
    }
    if (!is_last) {
        memmove(w->left, rest, strlen(rest) + 1);
        return enter(w, name);
    }
    *done = true;
    place->exists = true;
    return arrive(place, w, name);
}

int place_find(struct place *place, int at, const char *path)
{
    struct place found = {.folder = -1};
    struct walk w = {.folder = -1, .left = strdup(path)};
    bool done = false;
    int reason = w.left ? 0 : ENOMEM;
    if (!reason) {
        w.folder = openat(at, *path == '/' ? "/" : ".",
                          O_PATH | O_DIRECTORY | O_CLOEXEC);
        reason = w.folder < 0 ? errno : 0;
    }
    while (!reason && !done) {
        reason = step(&found, &w, &done);
    }
    free(w.left);
    if (reason) {
        free(found.name);
        if (w.folder >= 0) {
            close(w.folder);
        }
        *place = (struct place){.folder = -1};
        return reason;
    }
    *place = found;
    return 0;
}

int place_find_folder(struct place *place, const char *path)
{
    char *copy = strdup(path);
    size_t len = copy ? strlen(copy) : 0;
    while (len > 1 && copy[len - 1] == '/') {
        copy[--len] = '\0';
    }
    const int reason = copy ? place_find(place, AT_FDCWD, copy) : ENOMEM;
    free(copy);
    return reason;
}
