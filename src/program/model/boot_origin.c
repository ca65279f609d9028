/* SPDX-License-Identifier: Apache-2.0 */
/* Of what values of a boot are made, as documents say it. */
#include <string.h>

#include "model/boot.h"

struct boot_origin boot_origin(const struct boot *b, const char *kernel,
                               const char *initrd)
{
    const unsigned asked = b->e->options->boot.registers;
    struct boot_origin origin = {.rules = b->rules,
                                 .of_kernel = asked & LAUNCH_OF_KERNEL,
                                 .of_cmdline = asked & LAUNCH_OF_CMDLINE,
                                 .kernel = kernel,
                                 .initrd = initrd,
                                 .cmdline = b->cmdline,
                                 .cmdline_size = b->cmdline_size};
    memcpy(origin.version, b->kernel.version, sizeof origin.version);
    return origin;
}
