/* SPDX-License-Identifier: Apache-2.0 */
/* Files, pipes and devices as something that can be read at any offset. */
#ifndef IO_INPUT_H
#define IO_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "io/output.h"
#include "mrtd.h"

/* Most bytes taken from a pipe or device, whose size is not known. They are
 * kept in an unnamed temporary file, not in memory. */
#define INPUT_PIPE_LIMIT (UINT64_C(512) << 20)
/* How long a FIFO without a writer is waited for. */
#define INPUT_FIFO_SECONDS 5

struct input {
    const char *name; /* as the user gave it; "-" is standard input */
    int fd;
    uint64_t size;
    bool is_watched;          /* a file of others, not a copy of our own */
    struct timespec modified; /* mtime and ctime when it was opened */
    struct timespec changed;
    char problem[128]; /* why the last read failed */
};

/*
 * Opens name now, for each input_open() of that name to come, once the sandbox
 * opens no more; where there are too many, a warden (warden.h) opens it then. A
 * failure to open is reported by input_open(). Not with threads. The name must
 * stay until the last input_open().
 */
enum exit_status input_keep(const char *name);

/* Can so many be kept? If not, a warden is needed. */
bool input_can_keep(size_t count);

/* How many are kept. */
size_t input_kept_count(void);

/* Allows as many descriptors as the system does, before the sandbox forbids
 * it. */
void input_raise_limit(void);

/* Is there a file of this name? For the command line. */
bool input_is_there(const char *name);

/* Is there no file of this name? For what is read. */
bool input_is_missing(const char *name);

/* fstat() by a system call to which no path can be given, so that the sandbox
 * can allow it. */
int input_status(int fd, struct stat *status);

/* The name may have been meant as a command: said where it cannot be opened
 * because there is no such file. */
void input_may_be_command(const char *name);

/* "NAME: WHAT: " and the text of errno, on stderr. Returns EXIT_IO. */
enum exit_status input_failed(const char *name, const char *what);
/* The same where it cannot be opened. */
enum exit_status input_open_failed(const char *name);

/* Where copies of pipes are made. */
const char *input_temporary_folder(void);

/* Opens name. On failure says why on stderr, and *input is not open. */
enum exit_status input_open(struct input *input, const char *name);
/* input_open() where files can be opened: in the warden, before the sandbox. */
enum exit_status input_look(struct input *input, const char *name);
void input_close(struct input *input);

/* Was the file written to since it was opened? Then what was read of it may
 * never have been its content at one time. */
bool input_is_changed(const struct input *input);
extern const char input_changed_text[];

/* An mrtd_read_fn; the context is a struct input. It fails, too, if
 * input_is_changed(). */
int input_read(void *context, uint64_t offset, void *buffer, size_t len);

/* A stream of the input from its start; fclose() closes both. Where that fails
 * says why on stderr, and the input is closed. */
FILE *input_stream(struct input *input);

/* All of its bytes, and a NUL after them; free() them. What fails is said on
 * stderr. */
enum exit_status input_load(struct input *input, char **bytes, size_t *size);

/* Opens and closes it: all bytes of a file that has no more than most, to be
 * freed; of a larger one is said that it is not what, with that code. */
enum exit_status input_small(const char *name, uint64_t most, const char *what,
                             const char *code, char **bytes, size_t *size);

/* The input as a source; it must stay where it is. */
struct mrtd_source input_source(struct input *input);

#endif
