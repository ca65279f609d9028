/* SPDX-License-Identifier: Apache-2.0 */
#include "io/deposit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/outputs.h"
#include "io/pending.h"
#include "io/place.h"

/* The file at work. */
static struct {
    bool is_open;
    bool is_member; /* the file is in the folder at work */
    char *title;    /* name of the file as the user gave it */
    struct place place;
    char temporary[PENDING_NAME_SIZE]; /* "": written in place */
    int descriptor;                    /* a copy of the caller's, or -1 */
} file = {.place = {.folder = -1}, .descriptor = -1};

/* The folder at work. */
static struct {
    bool is_open;
    bool is_new;  /* the folder still has a temporary name */
    bool is_made; /* was made here, and is removed again if it stays empty */
    const char *title;
    struct place place;
    int descriptor;
    char temporary[PENDING_NAME_SIZE];
    char **names; /* names of the files in a new folder */
    size_t count;
} folder = {.place = {.folder = -1}, .descriptor = -1};

static enum exit_status failed(const char *name, int reason)
{
    diagnostic_file(name, "cannot write: %s", strerror(reason));
    return EXIT_IO;
}

/* deposit_clean() must not come between a call and the note of it. */
static void block_signals(sigset_t *old)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, old);
}

static void unblock_signals(const sigset_t *old)
{
    sigprocmask(SIG_SETMASK, old, NULL);
}

static void name_temporary(char name[PENDING_NAME_SIZE])
{
    uint64_t random[2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        abort(); /* not for so few bytes: getrandom(2) */
    }
    snprintf(name, PENDING_NAME_SIZE, ".mrtd-calc.%016" PRIx64 "%016" PRIx64,
             random[0], random[1]);
}

/* The permissions that open() or mkdir() gives what is new. */
static mode_t new_mode(mode_t most)
{
    const mode_t mask = umask(0);
    umask(mask);
    return most & ~mask;
}

/*
 * The permissions of a file that takes the place of another: those of the old
 * one, if it was this user's. Never set-user-ID, set-group-ID or sticky, which
 * were meant for other bytes.
 */
static int take_mode(int fd, const struct place *place)
{
    const struct stat *old = &place->status;
    mode_t mode = new_mode(0666);
    if (place->exists && old->st_uid == geteuid()) {
        mode = old->st_mode & 0777;
        /* The group's permissions were given to that group only. */
        if (fchown(fd, (uid_t)-1, old->st_gid) < 0) {
            mode &= ~(mode_t)070;
        }
    }
    return fchmod(fd, mode) < 0 ? errno : 0;
}

/* --- A file ------------------------------------------------------------ */

static void clean_file(void)
{
    if (file.is_open && file.temporary[0]) {
        unlinkat(file.place.folder, file.temporary, 0);
    }
    file.is_open = false;
}

bool deposit_is_open(void)
{
    return file.is_open;
}

static void forget_file(void)
{
    file.is_open = false;
    file.is_member = false;
    if (file.descriptor >= 0) {
        close(file.descriptor);
        file.descriptor = -1;
    }
    place_free(&file.place);
    free(file.title);
    file.title = NULL;
}

/* 0, or why it cannot be made. */
static int make_temporary(int *fd)
{
    sigset_t old;
    name_temporary(file.temporary);
    block_signals(&old);
    *fd = openat(file.place.folder, file.temporary,
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int reason = *fd < 0 ? errno : take_mode(*fd, &file.place);
    file.is_open = *fd >= 0;
    unblock_signals(&old);
    return reason;
}

/* 0, or why it cannot be written in place. */
static int open_in_place(int *fd)
{
    struct stat st;
    file.temporary[0] = '\0';
    *fd = openat(file.place.folder, file.place.name,
                 O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (*fd < 0) {
        return errno;
    }
    file.is_open = true;
    return fstat(*fd, &st) < 0 ? errno
           : st.st_dev == file.place.status.st_dev &&
                   st.st_ino == file.place.status.st_ino
               ? 0
               : EAGAIN;
}

/* Begins to write the place, which is taken over. */
static enum exit_status begin(char *title, struct place place, int *fd)
{
    int reason = title ? 0 : ENOMEM;
    *fd = -1;
    file.title = title;
    file.place = place;
    if (!reason && place.exists && S_ISDIR(place.status.st_mode)) {
        reason = EISDIR;
    }
    if (!reason) {
        reason = place.in_place ? open_in_place(fd) : make_temporary(fd);
    }
    if (!reason && file.temporary[0]) {
        file.descriptor = fcntl(*fd, F_DUPFD_CLOEXEC, 0);
        reason = file.descriptor < 0 ? errno : 0;
    }
    if (!reason) {
        return EXIT_DONE;
    }
    const enum exit_status status = failed(title ? title : "", reason);
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    clean_file();
    forget_file();
    return status;
}

enum exit_status deposit_open(const char *path, int *fd)
{
    struct place place;
    const int reason = place_find(&place, AT_FDCWD, path);
    return reason ? failed(path, reason) : begin(strdup(path), place, fd);
}

/* 0, or why what was written may not be on the disk. Some file systems have
 * nothing to do for it. */
static int synchronize(int fd)
{
    return fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? errno : 0;
}

enum exit_status deposit_close(void)
{
    sigset_t old;
    int reason = file.temporary[0] ? synchronize(file.descriptor) : 0;
    block_signals(&old);
    if (!reason && file.is_member && folder.is_new) {
        /* The folder itself still has its temporary name. */
        reason = renameat(file.place.folder, file.temporary, file.place.folder,
                          file.place.name) < 0
                     ? errno
                     : 0;
    } else if (!reason && file.temporary[0]) {
        reason = pending_add(file.title, &file.place, file.temporary,
                             folder.descriptor)
                     ? 0
                     : ENOMEM;
        file.title = reason ? file.title : NULL;
    }
    const enum exit_status status =
        reason ? failed(file.title, reason) : EXIT_DONE;
    if (reason) {
        clean_file();
    }
    forget_file();
    unblock_signals(&old);
    return status;
}

/* --- A folder ---------------------------------------------------------- */

bool deposit_has_folder(void)
{
    return folder.is_open;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* 0, ENOTEMPTY or another reason. */
static int check_empty(const struct place *place)
{
    const struct dirent *entry;
    int reason = 0;
    const int fd = openat(place->folder, place->name,
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        reason = errno;
        if (fd >= 0) {
            close(fd);
        }
        return reason;
    }
    while (!reason && (entry = readdir(dir))) {
        reason = is_dots(entry->d_name) ? 0 : ENOTEMPTY;
    }
    closedir(dir);
    return reason;
}

static enum exit_status folder_failed(const char *name, int reason)
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

/* Makes a folder and opens it; 0 or an errno. */
static int make_folder(const char *name)
{
    sigset_t old;
    block_signals(&old);
    int reason =
        mkdirat(folder.place.folder, name, folder.is_new ? 0700 : 0777) < 0
            ? errno
            : 0;
    folder.is_made = reason == 0;
    folder.is_open = folder.is_made;
    unblock_signals(&old);
    return reason;
}

static int open_folder(const char *name)
{
    folder.descriptor = openat(folder.place.folder, name,
                               (folder.is_new ? O_RDONLY : O_PATH) |
                                   O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return folder.descriptor < 0 ? errno : 0;
}

/* Begins a new folder, which appears as a whole. */
static enum exit_status begin_new(void)
{
    int reason = folder.place.exists ? check_empty(&folder.place) : 0;
    if (reason) {
        return folder_failed(folder.title, reason);
    }
    name_temporary(folder.temporary);
    reason = make_folder(folder.temporary);
    if (reason == EACCES || reason == EPERM || reason == EROFS) {
        diagnostic_file(folder.title,
                        "cannot write beside it, where it is made under "
                        "another name: %s",
                        strerror(reason));
        return EXIT_IO;
    }
    reason = reason ? reason : open_folder(folder.temporary);
    if (!reason && fchmod(folder.descriptor, new_mode(0777)) < 0) {
        reason = errno;
    }
    return reason ? folder_failed(folder.title, reason) : EXIT_DONE;
}

/* Begins a folder that may exist already. */
static enum exit_status begin_old(void)
{
    const char *name = folder.place.name;
    int reason = folder.place.exists ? 0 : make_folder(name);
    folder.temporary[0] = '\0';
    if (reason) {
        diagnostic_file(folder.title, "cannot make the folder: %s",
                        strerror(reason));
        return EXIT_IO;
    }
    reason = open_folder(name);
    return reason ? failed(folder.title, reason) : EXIT_DONE;
}

enum exit_status deposit_folder(const char *name, bool is_new)
{
    int reason = place_find_folder(&folder.place, name);
    if (!reason && folder.place.by_link && !folder.place.exists) {
        reason = is_new ? ENOTDIR : EEXIST; /* mkdir() follows no link */
        place_free(&folder.place);
    }
    folder.title = name;
    folder.is_new = is_new;
    if (reason && !is_new) {
        diagnostic_file(name, "cannot make the folder: %s", strerror(reason));
        return EXIT_IO;
    }
    if (reason) {
        return folder_failed(name, reason);
    }
    const enum exit_status status = is_new ? begin_new() : begin_old();
    if (status) {
        deposit_clean();
    }
    folder.is_open = !status;
    return status;
}

/* Notes the name of a file in a new folder. */
static bool note_member(const char *name)
{
    sigset_t old;
    char *copy = strdup(name);
    block_signals(&old);
    char **names =
        copy ? realloc(folder.names, (folder.count + 1) * sizeof *names) : NULL;
    if (names) {
        folder.names = names;
        folder.names[folder.count++] = copy;
    }
    unblock_signals(&old);
    if (!names) {
        free(copy);
    }
    return names != NULL;
}

enum exit_status deposit_member(const struct files *files, const char *name,
                                int *fd)
{
    struct place place;
    char *title = NULL;
    int reason = place_find(&place, folder.descriptor, name);
    if (reason) {
        return failed(folder.title, reason);
    }
    enum exit_status status = EXIT_DONE;
    if (asprintf(&title, "%s/%s", folder.title, name) < 0) {
        title = NULL;
        status = failed(folder.title, ENOMEM);
    } else if (!note_member(name)) {
        status = failed(title, ENOMEM);
    } else {
        status = outputs_check_member(files, title, &place);
    }
    if (status) {
        place_free(&place);
        free(title);
        return status;
    }
    file.is_member = true;
    return begin(title, place, fd);
}

enum exit_status deposit_place(void)
{
    sigset_t old;
    block_signals(&old);
    enum exit_status status = pending_place();
    if (!status && folder.is_open && folder.is_new &&
        renameat(folder.place.folder, folder.temporary, folder.place.folder,
                 folder.place.name) < 0) {
        status = folder_failed(folder.title, errno);
    }
    folder.is_open = folder.is_open && status;
    unblock_signals(&old);
    return status;
}

/* --- Cleaning ---------------------------------------------------------- */

static void clean_folder(void)
{
    if (folder.is_new) {
        for (size_t i = 0; i < folder.count; i++) {
            unlinkat(folder.descriptor, folder.names[i], 0);
        }
    }
    if (folder.is_made) {
        unlinkat(folder.place.folder,
                 folder.is_new ? folder.temporary : folder.place.name,
                 AT_REMOVEDIR);
    }
}

void deposit_clean(void)
{
    clean_file();
    pending_clean();
    if (folder.is_open) {
        clean_folder();
    }
}
