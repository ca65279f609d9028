/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diagnostic.h"

/* Names that are tried; others may have been left by a crash. */
#define TEMPORARY_NAMES 100

static enum exit_status failed(const char *name, int reason)
{
    diagnostic_file(name, "cannot write: %s", strerror(reason));
    return EXIT_IO;
}

/* The permissions that open() gives a new file. */
static mode_t new_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Where the file goes, links followed; NULL if out of memory. */
static char *target(const char *name)
{
    char *path = realpath(name, NULL);
    return path || errno == ENOMEM ? path : strdup(name);
}

/* Opens a file that was not there, beside the path. Not with mkostemp(), which
 * opens for reading, too, what the sandbox does not allow. */
static int open_beside(struct outfile *file, const char *path)
{
    for (unsigned i = 0; i < TEMPORARY_NAMES; i++) {
        if (asprintf(&file->temporary, "%s.%ld-%u", path, (long)getpid(), i) <
            0) {
            file->temporary = NULL;
            errno = ENOMEM;
            return -1;
        }
        const int fd = open(file->temporary,
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
        free(file->temporary);
        file->temporary = NULL;
    }
    return -1;
}

/* Opens a temporary file, with the permissions that the target has or would
 * get. */
static int open_temporary(struct outfile *file, const char *name,
                          const struct stat *old)
{
    char *path = target(name);
    if (!path) {
        errno = ENOMEM;
        return -1;
    }
    int fd = open_beside(file, path);
    int reason = errno;
    free(path);
    if (fd >= 0 && fchmod(fd, old ? old->st_mode & 07777 : new_mode()) < 0) {
        reason = errno;
        close(fd);
        unlink(file->temporary);
        fd = -1;
    }
    errno = reason;
    return fd;
}

enum exit_status outfile_open(struct outfile *file, const char *name)
{
    struct stat st;
    struct outfile f = {.name = name};
    bool exists = stat(name, &st) == 0;
    int fd = exists && !S_ISREG(st.st_mode)
                 ? open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY)
                 : open_temporary(&f, name, exists ? &st : NULL);
    int reason = errno;
    f.stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!f.stream) {
        if (fd >= 0) {
            reason = errno;
            close(fd);
            if (f.temporary) {
                unlink(f.temporary);
            }
        }
        free(f.temporary);
        return failed(name, reason);
    }
    *file = f;
    return EXIT_DONE;
}

enum exit_status outfile_commit(struct outfile *file)
{
    bool good = !ferror(file->stream) && fflush(file->stream) == 0;
    int reason = errno;
    if (fclose(file->stream) != 0 && good) {
        reason = errno;
        good = false;
    }
    file->stream = NULL;
    if (good && file->temporary) {
        char *path = target(file->name);
        good = path && rename(file->temporary, path) == 0;
        reason = errno;
        free(path);
    }
    enum exit_status status =
        good ? EXIT_DONE : failed(file->name, reason ? reason : EIO);
    if (good) {
        free(file->temporary);
        file->temporary = NULL;
    }
    outfile_discard(file);
    return status;
}

void outfile_discard(struct outfile *file)
{
    if (file->stream) {
        fclose(file->stream);
    }
    if (file->temporary) {
        unlink(file->temporary);
    }
    free(file->temporary);
    file->stream = NULL;
    file->temporary = NULL;
}

enum exit_status outfile_write(const char *name, const void *bytes, size_t size)
{
    struct outfile file;
    enum exit_status status = outfile_open(&file, name);
    if (status) {
        return status;
    }
    /* An error is kept in the stream. */
    (void)fwrite(bytes, 1, size, file.stream);
    return outfile_commit(&file);
}
