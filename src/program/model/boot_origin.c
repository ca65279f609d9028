/* SPDX-License-Identifier: Apache-2.0 */
/* Of what values of a boot are made, as documents say it. */
#include <string.h>

#include "model/boot.h"

struct boot_origin boot_origin(const struct boot *b, const char *kernel,
                               const char *initrd)
{
    const unsigned asked = b->wanted;
    struct boot_origin origin = {.is_shim = b->is_shim,
                                 .rules = b->rules,
                                 .of_kernel = asked & LAUNCH_OF_KERNEL,
                                 .of_cmdline = asked & LAUNCH_OF_CMDLINE,
                                 .kernel = kernel,
                                 .initrd = initrd,
                                 .cmdline = b->line.text,
                                 .cmdline_size = b->line.size};
    memcpy(origin.version, b->kernel.version, sizeof origin.version);
    return origin;
}
