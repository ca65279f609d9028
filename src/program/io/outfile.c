/* SPDX-License-Identifier: Apache-2.0 */
#include "io/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/warden.h"

static enum exit_status failed(const char *name, int reason)
{
    diagnostic_file(name, "cannot write: %s", strerror(reason));
    return EXIT_IO;
}

/* A stream to what the warden opened. */
static enum exit_status take(struct outfile *file, const char *name,
                             enum exit_status status, int fd)
{
    if (status) {
        return status;
    }
    FILE *stream = fdopen(fd, "w");
    if (!stream) {
        const int reason = errno;
        close(fd);
        return failed(name, reason);
    }
    *file = (struct outfile){name, stream};
    return EXIT_DONE;
}

enum exit_status outfile_open(struct outfile *file, const char *name)
{
    int fd = -1;
    const enum exit_status status = warden_output(name, &fd);
    return take(file, name, status, fd);
}

enum exit_status outfile_close(struct outfile *file)
{
    bool good = !ferror(file->stream) && fflush(file->stream) == 0;
    int reason = errno;
    if (fclose(file->stream) != 0 && good) {
        reason = errno;
        good = false;
    }
    file->stream = NULL;
    /* The warden removes what is not put in its place. */
    return good ? warden_close() : failed(file->name, reason ? reason : EIO);
}

static enum exit_status write_all(struct outfile *file, const void *bytes,
                                  size_t size)
{
    /* An error is kept in the stream. */
    (void)fwrite(bytes, 1, size, file->stream);
    return outfile_close(file);
}

enum exit_status outfile_place(void)
{
    return warden_is_there() ? warden_place() : EXIT_DONE;
}

enum exit_status outfile_write(const char *name, const void *bytes, size_t size)
{
    struct outfile file = {0};
    const enum exit_status status = outfile_open(&file, name);
    return status ? status : write_all(&file, bytes, size);
}

enum exit_status outfile_write_member(const char *path, const char *name,
                                      const void *bytes, size_t size)
{
    struct outfile file = {0};
    int fd = -1;
    enum exit_status status = warden_member(name, &fd);
    status = take(&file, path, status, fd);
    return status ? status : write_all(&file, bytes, size);
}

enum exit_status outfile_report(bool (*print)(FILE *to, const void *context),
                                const void *context, const char *title)
{
    struct capture capture;
    if (!capture_begin(&capture)) {
        return diagnostic_no_memory(title);
    }
    const bool made = print(output_stream(), context);
    if (!capture_end(&capture)) {
        return diagnostic_no_memory(title);
    }
    const enum exit_status status =
        made ? outfile_place() : diagnostic_no_memory(title);
    if (status) {
        size_t size = 0;
        free(capture_take(&capture, &size));
    } else {
        capture_print(&capture);
    }
    return status;
}
