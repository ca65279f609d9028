/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel command lines: root hashes in them, and those of Kata Containers. */
#include <string.h>

#include "fuzz.h"
#include "model/kata.h"
#include "model/line_roots.h"

/* The longest input that is looked at. */
#define MOST 8192

static enum exit_status read_roots(struct line_roots *roots, const char *line)
{
    struct failure failure = {.message = ""};
    const enum exit_status status =
        line_roots_read(roots, line, "line", &failure);
    HOLDS(status == EXIT_DONE || status == EXIT_REFUSED);
    HOLDS(!status || (failure.message[0] && failure.code));
    return status;
}

/* Another parameter after them changes nothing; the same ones once more are
 * ambiguous. */
static void check_roots(const char *line)
{
    static char more[2 * MOST + 16];
    static struct line_roots roots;
    static struct line_roots others;
    if (read_roots(&roots, line)) {
        return;
    }
    HOLDS(roots.count > 0 && roots.count <= LINE_ROOTS);
    snprintf(more, sizeof more, "%s quiet", line);
    HOLDS(!read_roots(&others, more) && others.count == roots.count);
    for (size_t i = 0; i < roots.count; i++) {
        const struct line_root *root = &roots.roots[i];
        HOLDS(root->request.root_size > 0 && root->data.place != LINE_NOWHERE);
        HOLDS(root->request.given & VERITY_ROOT);
        HOLDS(root->has_superblock || root->request.given & VERITY_SALT);
        HOLDS(root->request.verity.salt_size <= MRTD_VERITY_MAX_SALT);
        HOLDS(memcmp(root->request.root, others.roots[i].request.root,
                     root->request.root_size) == 0);
    }
    snprintf(more, sizeof more, "%s %s", line, line);
    HOLDS(read_roots(&others, more) == EXIT_REFUSED);
}

static void check_kata(enum kata_runtime runtime, const char *params,
                       const char *annotation)
{
    static struct kata kata;
    static struct kata again;
    const struct kata_request request = {.version = "3.32.0",
                                         .runtime = runtime,
                                         .platform = MRTD_PLATFORM_TDX,
                                         .kernel_verity_params = "",
                                         .kernel_params = params,
                                         .annotation = annotation};
    struct failure failure;
    size_t quotes = 0;
    const enum exit_status status = kata_make(&kata, &request, &failure);
    HOLDS(status == EXIT_DONE || status == EXIT_USAGE);
    if (status) {
        return;
    }
    for (const char *c = kata.line; *c; c++) {
        HOLDS(*c >= ' ' && *c <= '~');
        quotes += *c == '"';
    }
    HOLDS(quotes % 2 == 0 && kata.line[0] && kata.line[0] != ' ');
    HOLDS(!kata_make(&again, &request, &failure));
    HOLDS(strcmp(kata.line, again.line) == 0);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    char text[MOST + 1];
    size = size < MOST ? size : MOST;
    memcpy(text, data, size);
    text[size] = '\0';
    check_roots(text);
    char *end = strchr(text, '\n');
    if (end) {
        *end++ = '\0';
    }
    check_kata(KATA_GO, text, end);
    check_kata(KATA_RS, text, end);
}
