/* SPDX-License-Identifier: Apache-2.0 */
/* Files, pipes and devices as something that can be read at any offset. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/output.h"
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
    char problem[128]; /* why the last read failed */
};

/*
 * Opens name now, for each input_open() of that name to come: what
 * sandbox_seal() is called after. A failure to open is told by input_open().
 * Not with threads. The name must stay until the last input_open().
 */
void input_keep(const char *name);

/* Were there descriptors and memory enough for all? If not, none is kept. */
bool input_kept_all(void);

/* How many are kept. */
size_t input_kept_count(void);

/* The name may have been meant as a command: said where it cannot be opened
 * because there is no such file. */
void input_may_be_command(const char *name);

/* Where copies of pipes are made. */
const char *input_temporary_folder(void);

/* Opens name. On failure says why on stderr, and *input is not open. */
enum exit_status input_open(struct input *input, const char *name);
void input_close(struct input *input);

/* An mrtd_read_fn; the context is a struct input. */
int input_read(void *context, uint64_t offset, void *buffer, size_t len);

/* The name without its folders; NULL stays NULL. */
const char *input_base_name(const char *name);

/* The input as a source; it must stay where it is. */
struct mrtd_source input_source(struct input *input);

#endif
