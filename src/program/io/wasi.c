/* SPDX-License-Identifier: Apache-2.0 */
/*
 * io on WASI, where there are files to be read and nothing else: no threads and
 * no processes, so no warden and no sandbox but WebAssembly's own; no files
 * that are written, and no pipes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "io/key.h"
#include "io/outputs.h"
#include "io/parallel.h"
#include "io/warden.h"

/* --- Inputs -------------------------------------------------------------- */

static bool is_stdin(const char *name)
{
    return strcmp(name, "-") == 0;
}

/*
 * The name from the root on, to be freed; NULL: errno says why. wasi-libc takes
 * "NAME" and "/NAME" for the same file; the current folder is $PWD, and the
 * root without that.
 */
static char *from_root(const char *name)
{
    const char *folder = getenv("PWD");
    char *path = NULL;
    if (!*name) {
        errno = ENOENT; /* not the folder itself */
        return NULL;
    }
    if (asprintf(&path, "%s/%s", *name == '/' || !folder ? "" : folder, name) <
        0) {
        errno = ENOMEM;
        return NULL;
    }
    return path;
}

static int open_name(const char *name)
{
    char *path = from_root(name);
    const int fd = path ? open(path, O_RDONLY) : -1;
    free(path);
    return fd;
}

int input_status(int fd, struct stat *status)
{
    return fstat(fd, status);
}

/* Finds the size of a regular file. */
static enum exit_status find_size(struct input *input)
{
    struct stat st;
    if (input_status(input->fd, &st) < 0) {
        return input_failed(input->name, "cannot read");
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return input_failed(input->name, "cannot read");
    }
    if (!S_ISREG(st.st_mode)) {
        diagnostic_file(input->name,
                        "not a regular file, which is all that this program "
                        "reads, as it was built for WebAssembly; save it to a "
                        "file first [pipe-limit]");
        return EXIT_REFUSED;
    }
    input->size = (uint64_t)st.st_size;
    return EXIT_DONE;
}

enum exit_status input_open(struct input *input, const char *name)
{
    struct input in = {.name = name,
                       .fd = is_stdin(name) ? STDIN_FILENO : open_name(name)};
    if (in.fd < 0) {
        return input_open_failed(name);
    }
    const enum exit_status status = find_size(&in);
    if (status) {
        input_close(&in);
        return status;
    }
    *input = in;
    return EXIT_DONE;
}

/* Nothing need be open before the sandbox is entered. */
enum exit_status input_keep(const char *name)
{
    (void)name;
    return EXIT_DONE;
}

bool input_can_keep(size_t count)
{
    (void)count;
    return true;
}

void input_raise_limit(void)
{
}

bool input_is_there(const char *name)
{
    char *path = from_root(name);
    const bool is_there = path && access(path, F_OK) == 0;
    free(path);
    return is_there;
}

bool input_is_missing(const char *name)
{
    return !input_is_there(name) && errno == ENOENT;
}

/* --- Work, one after the other ------------------------------------------- */

void parallel_lock(void)
{
}

void parallel_unlock(void)
{
}

unsigned parallel_cores(void)
{
    return 1;
}

enum exit_status parallel_run(batch_fn *work, void *context, size_t count,
                              size_t largest, unsigned jobs)
{
    enum exit_status status = EXIT_DONE;
    (void)jobs;
    for (size_t first = 0; first < count; first += largest) {
        const size_t left = count - first;
        status = worst(status,
                       work(context, first, left < largest ? left : largest));
    }
    return status;
}

enum exit_status parallel_files(batch_fn *work, void *context, size_t count,
                                size_t largest, unsigned jobs, unsigned files)
{
    (void)files;
    return parallel_run(work, context, count, largest, jobs);
}

/* --- Outputs: standard output alone -------------------------------------- */

static enum exit_status refuse_output(const char *name)
{
    diagnostic_file(name, "cannot write: this program was built for "
                          "WebAssembly and writes standard output alone "
                          "[no-files]");
    return EXIT_IO;
}

enum exit_status outputs_check(const struct files *files)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < files->output_count; i++) {
        if (strcmp(files->outputs[i].path, "-") != 0) {
            status = refuse_output(files->outputs[i].path);
        }
    }
    return status;
}

/* All outputs were refused, and no key can be read: so no warden is there, and
 * nothing is asked of one but to read the keys. */
static const struct files *command_files;

enum exit_status warden_start(const struct files *files)
{
    command_files = files;
    return EXIT_DONE;
}

bool warden_is_there(void)
{
    return false;
}

void warden_close_names(void)
{
}

enum exit_status warden_output(const char *path, int *fd)
{
    (void)fd;
    return refuse_output(path);
}

enum exit_status warden_folder(bool is_new)
{
    (void)is_new;
    return EXIT_IO;
}

enum exit_status warden_member(const char *name, int *fd)
{
    (void)fd;
    return refuse_output(name);
}

enum exit_status warden_close(void)
{
    return EXIT_DONE;
}

enum exit_status warden_place(void)
{
    return EXIT_DONE;
}

enum exit_status warden_keys(void)
{
    struct evp_pkey_st *key = NULL;
    return key_read_private(&key, &command_files->signing.keys[0],
                            command_files->signing.is_p384);
}

enum exit_status warden_sign(const char *name, const char *payload, size_t size,
                             char **out, size_t *out_size)
{
    (void)payload;
    (void)size;
    (void)out;
    (void)out_size;
    return refuse_output(name);
}
