/* SPDX-License-Identifier: Apache-2.0 */
/* What is the same of inputs on all systems. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/input.h"

enum exit_status input_failed(const char *name, const char *what)
{
    diagnostic_file(name, "%s: %s", what, strerror(errno));
    return EXIT_IO;
}

static const char *maybe_command;

void input_may_be_command(const char *name)
{
    maybe_command = name;
}

enum exit_status input_open_failed(const char *name)
{
    if (errno != ENOENT || !maybe_command || strcmp(name, maybe_command) != 0) {
        return input_failed(name, "cannot open");
    }
    diagnostic_file(name, "there is no such file, and no command of that name; "
                          "'mrtd-calc --help' lists the commands");
    return EXIT_IO;
}

const char input_changed_text[] =
    "it was changed while it was read; try again when nobody writes to it";

bool input_is_changed(const struct input *input)
{
    struct stat st;
    return input->is_watched &&
           (input_status(input->fd, &st) < 0 ||
            (uint64_t)st.st_size != input->size ||
            st.st_mtim.tv_sec != input->modified.tv_sec ||
            st.st_mtim.tv_nsec != input->modified.tv_nsec ||
            st.st_ctim.tv_sec != input->changed.tv_sec ||
            st.st_ctim.tv_nsec != input->changed.tv_nsec);
}

void input_close(struct input *input)
{
    if (input->fd >= 0) {
        close(input->fd);
    }
    input->fd = -1;
}

int input_read(void *context, uint64_t offset, void *buffer, size_t len)
{
    struct input *input = context;
    char *to = buffer;
    while (len > 0) {
        ssize_t n = pread(input->fd, to, len, (off_t)offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            snprintf(input->problem, sizeof input->problem, "%s",
                     strerror(errno));
            return -1;
        }
        if (n == 0) {
            snprintf(input->problem, sizeof input->problem,
                     "it had %" PRIu64 " bytes when it was opened, and ends at "
                     "%" PRIu64 " now",
                     input->size, offset);
            return -1;
        }
        to += n;
        offset += (uint64_t)n;
        len -= (size_t)n;
    }
    if (input_is_changed(input)) {
        snprintf(input->problem, sizeof input->problem, "%s",
                 input_changed_text);
        return -1;
    }
    return 0;
}

struct mrtd_source input_source(struct input *input)
{
    struct mrtd_source source = {
        .size = input->size, .read = input_read, .context = input};
    return source;
}
