/* SPDX-License-Identifier: Apache-2.0 */
/* In place of sandbox.c: for sanitizers and coverage, which open files and
 * start processes when the program ends. */
#include "cli/sandbox.h"

void sandbox_enter(const struct options *options)
{
    (void)options;
}

void sandbox_seal(void)
{
}

void sandbox_describe(void)
{
    output("sandbox: not built in\n");
}
