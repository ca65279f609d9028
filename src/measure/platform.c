/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/platform.h"

#include "launch/tdx/build.h"
#include "measure/tdx.h"

static const struct platform platforms[] = {
    {MRTD_PLATFORM_TDX, tdx_build, tdx_count, tdx_measure},
};

const struct platform *platform_of(enum mrtd_platform id)
{
    for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
        if (platforms[i].id == id) {
            return &platforms[i];
        }
    }
    return NULL;
}
