/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/outfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diagnostic.h"

/* The permissions that mkdir() gives a new folder. */
static mode_t new_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0777 & ~mask;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* 0, ENOTEMPTY or another reason; nothing there is fine. */
static int check_empty(const char *path)
{
    const struct dirent *entry;
    struct stat st;
    int reason = 0;
    DIR *dir = opendir(path);
    if (!dir && errno == ENOENT) {
        /* A link to nothing is in the way. */
        return lstat(path, &st) == 0 ? ENOTDIR : 0;
    }
    if (!dir) {
        return errno;
    }
    while (!reason && (entry = readdir(dir))) {
        reason = is_dots(entry->d_name) ? 0 : ENOTEMPTY;
    }
    closedir(dir);
    return reason;
}

/* "DIR/" becomes "DIR". */
static void strip_slashes(char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        path[--len] = '\0';
    }
}

/* Where the folder goes, links followed; NULL: no memory. */
static char *target(const char *name)
{
    char *path = realpath(name, NULL);
    if (!path) {
        path = strdup(name);
    }
    if (path) {
        strip_slashes(path);
    }
    return path;
}

/* 0, or why nothing can be made beside the path, which is cut. */
static int check_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash) {
        slash[slash == path] = '\0';
    }
    return access(slash ? path : ".", W_OK | X_OK) == 0 ? 0 : errno;
}

/* 0, or why the folder could not be made. */
static int make_folder(struct outfolder *f)
{
    if (!mkdtemp(f->temporary)) {
        return errno;
    }
    int reason = chmod(f->temporary, new_mode()) < 0 ? errno : 0;
    if (!reason) {
        f->dir = opendir(f->temporary);
        reason = f->dir ? 0 : errno;
    }
    if (reason) {
        rmdir(f->temporary);
    }
    return reason;
}

static enum exit_status failed(const char *name, int reason)
{
    switch (reason) {
    case ENOTEMPTY:
    case EEXIST:
        diagnostic_file(name, "the folder is there already and is not empty; "
                              "remove it, or name another");
        break;
    case ENOTDIR:
        diagnostic_file(name, "it, or what it should be in, is not a folder; "
                              "name another");
        break;
    case ENOENT:
        diagnostic_file(name, "what it should be in is not there; make that "
                              "folder first");
        break;
    default:
        diagnostic_file(name, "cannot write: %s", strerror(reason));
    }
    return EXIT_IO;
}

enum exit_status outfolder_check(const char *name)
{
    char *path = target(name);
    int reason = path ? check_empty(path) : ENOMEM;
    const int parent = reason ? 0 : check_parent(path);
    free(path);
    if (parent && parent != ENOENT && parent != ENOTDIR) {
        diagnostic_file(name,
                        "cannot write beside it, where it is made under "
                        "another name: %s",
                        strerror(parent));
        return EXIT_IO;
    }
    reason = reason ? reason : parent;
    return reason ? failed(name, reason) : EXIT_DONE;
}

enum exit_status outfolder_open(struct outfolder *folder, const char *name)
{
    const enum exit_status status = outfolder_check(name);
    if (status) {
        return status;
    }
    int reason = 0;
    struct outfolder f = {.name = name};
    char *path = target(name);
    if (!path || asprintf(&f.temporary, "%s.XXXXXX", path) < 0) {
        f.temporary = NULL;
        reason = ENOMEM;
    } else {
        reason = make_folder(&f);
    }
    free(path);
    if (reason) {
        free(f.temporary);
        return failed(name, reason);
    }
    *folder = f;
    return EXIT_DONE;
}

/* 0, or why the file could not be written. */
static int write_file(int folder, const char *name, const void *bytes,
                      size_t size)
{
    const int fd =
        openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    const char *at = bytes;
    int reason = fd < 0 ? errno : 0;
    while (!reason && size > 0) {
        const ssize_t done = write(fd, at, size);
        if (done < 0) {
            reason = errno == EINTR ? 0 : errno;
        } else {
            at += done;
            size -= (size_t)done;
        }
    }
    if (fd >= 0 && close(fd) < 0 && !reason) {
        reason = errno;
    }
    return reason;
}

enum exit_status outfolder_write(const struct outfolder *folder,
                                 const char *name, const void *bytes,
                                 size_t size)
{
    const int reason = write_file(dirfd(folder->dir), name, bytes, size);
    return reason ? failed(folder->name, reason) : EXIT_DONE;
}

enum exit_status outfolder_commit(struct outfolder *folder)
{
    char *path = target(folder->name);
    if (!path || rename(folder->temporary, path) < 0) {
        const enum exit_status status = failed(folder->name, errno);
        free(path);
        outfolder_discard(folder);
        return status;
    }
    free(path);
    closedir(folder->dir);
    free(folder->temporary);
    return EXIT_DONE;
}

void outfolder_discard(struct outfolder *folder)
{
    const struct dirent *entry;
    rewinddir(folder->dir);
    while ((entry = readdir(folder->dir))) {
        if (!is_dots(entry->d_name)) {
            unlinkat(dirfd(folder->dir), entry->d_name, 0);
        }
    }
    closedir(folder->dir);
    rmdir(folder->temporary);
    free(folder->temporary);
}
