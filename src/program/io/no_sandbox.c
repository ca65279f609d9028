/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instead of sandbox.c: for sanitizers and coverage, which open files and start
 * processes when the program ends.
 */
#include "io/sandbox.h"

enum exit_status sandbox_enter(const struct files *files)
{
    (void)files;
    return EXIT_DONE;
}

enum exit_status sandbox_seal(void)
{
    return EXIT_DONE;
}

void sandbox_describe(void)
{
    output("sandbox: not built in\n");
}
