/* SPDX-License-Identifier: Apache-2.0 */
/* What commands ask of options that are given together. */
#include <stdio.h>
#include <string.h>

#include "io/diagnostic.h"
#include "options/options.h"

bool options_must(bool is_true, const char *message)
{
    return is_true || (diagnostic_usage("%s", message), false);
}

bool options_exclude(const struct option_given *options, size_t count)
{
    char text[100];
    size_t used = 0;
    size_t given = 0;
    for (size_t i = 0; i < count; i++) {
        given += options[i].is;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                 options[i].option,
                                 i + 1 == count   ? ""
                                 : i + 2 == count ? " and "
                                                  : ", ");
    }
    if (given <= 1) {
        return true;
    }
    (void)(count == 2 ? diagnostic_usage("%s exclude each other", text)
                      : diagnostic_usage("of %s only one can be given", text));
    return false;
}

static bool is_dash(const char *name)
{
    return name && strcmp(name, "-") == 0;
}

bool options_write_files(const struct files *files)
{
    for (size_t i = 0; i < files->output_count; i++) {
        if (is_dash(files->outputs[i].path)) {
            diagnostic_usage("%s names a file, not standard output; one of "
                             "that name is ./-",
                             files->outputs[i].option);
            return false;
        }
    }
    return true;
}

bool options_read_stdin_once(const struct files *files)
{
    int uses = 0;
    for (size_t i = 0; i < SIGNING_KEYS; i++) {
        const struct signing_key *key = &files->signing.keys[i];
        const char *fd = key->passphrase_fd;
        uses += is_dash(key->file) + (fd && strcmp(fd, "0") == 0);
    }
    for (size_t i = 0; i < files->input_count; i++) {
        uses += is_dash(files->inputs[i]);
    }
    for (int i = 0; i < files->operand_count; i++) {
        uses += is_dash(files->operands[i]);
    }
    return options_must(uses <= 1, "standard input can be read only once");
}
