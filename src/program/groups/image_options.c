/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/image_options.h"

static const struct option_row rows[] = {
    {OPTION("image", INPUT, struct launching, launch.disk, OPTION_IS_FILE,
            "the guest's disk image, whose root hash the line must have")},
};
const struct option_table image_options = OPTION_TABLE(rows);

bool image_options_check(const struct launching *l, const struct files *files)
{
    const struct launch_options *o = &l->launch;
    return options_must(!o->disk || o->guest.append || o->boot.cmdline,
                        "--image is compared with the root hash in a command "
                        "line: --append, or --cmdline of --register") &&
           options_must(!o->disk || files->operand_count <= 1,
                        "--image is for a single file");
}
