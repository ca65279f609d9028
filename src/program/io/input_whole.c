/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs that are read from their start to their end. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/input.h"

FILE *input_stream(struct input *input)
{
    /* The descriptor may be a copy whose end was just written. */
    FILE *stream =
        lseek(input->fd, 0, SEEK_SET) == 0 ? fdopen(input->fd, "r") : NULL;
    if (!stream) {
        diagnostic_file(input->name, "cannot read: %s", strerror(errno));
        input_close(input);
    }
    return stream;
}

enum exit_status input_load(struct input *input, char **bytes, size_t *size)
{
    *size = (size_t)input->size;
    *bytes = malloc(*size + 1);
    if (!*bytes) {
        return diagnostic_no_memory(input->name);
    }
    if (input_read(input, 0, *bytes, *size)) {
        diagnostic_file(input->name, "cannot read: %s [read]", input->problem);
        free(*bytes);
        *bytes = NULL;
        return EXIT_IO;
    }
    (*bytes)[*size] = '\0';
    return EXIT_DONE;
}

enum exit_status input_small(const char *name, uint64_t most, const char *what,
                             const char *code, char **bytes, size_t *size)
{
    struct input input;
    enum exit_status status = input_open(&input, name);
    if (status) {
        return status;
    }
    if (input.size > most) {
        diagnostic_file(name, "more than %" PRIu64 " bytes are no %s [%s]",
                        most, what, code);
        status = EXIT_REFUSED;
    } else {
        status = input_load(&input, bytes, size);
    }
    input_close(&input);
    return status;
}
