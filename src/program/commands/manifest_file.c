/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/manifest_file.h"

#include <stdlib.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "reference/json.h"

#define MAX_SIZE (1 << 20)

static enum exit_status no_memory(const char *name)
{
    diagnostic_file(name, "out of memory");
    return EXIT_IO;
}

static enum exit_status parse(const char *name, const char *text, size_t size,
                              json_t **root)
{
    char why[JSON_WHY_SIZE];
    *root = json_read_object(text, size, why);
    if (*root) {
        return EXIT_DONE;
    }
    if (json_no_memory()) {
        return no_memory(name);
    }
    diagnostic_file(name, "%s [manifest]", why);
    return EXIT_REFUSED;
}

enum exit_status manifest_file_read(const char *name, json_t **root)
{
    struct input input;
    enum exit_status status = input_open(&input, name);
    if (status) {
        return status;
    }
    const size_t size = (size_t)input.size;
    char *text = NULL;
    if (input.size > MAX_SIZE) {
        diagnostic_file(name, "more than %d bytes are no manifest [manifest]",
                        MAX_SIZE);
        status = EXIT_REFUSED;
    } else if (!(text = malloc(size + 1))) {
        status = no_memory(name);
    } else if (input_read(&input, 0, text, size)) {
        diagnostic_file(name, "cannot read: %s [read]", input.problem);
        status = EXIT_IO;
    } else {
        status = parse(name, text, size, root);
    }
    free(text);
    input_close(&input);
    return status;
}
