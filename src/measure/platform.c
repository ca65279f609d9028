/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/platform.h"

#include "launch/tdx/accept.h"
#include "launch/tdx/build.h"
#include "launch/tdx/notes.h"
#include "measure/tdx.h"

static const struct platform platforms[] = {
    {
        .id = MRTD_PLATFORM_TDX,
        .launches = tdx_launches,
        .build = tdx_build,
        .count = tdx_count,
        .notes = tdx_notes,
        .accept = tdx_accept,
        .measure = tdx_measure,
        .measure_many = tdx_measure_many,
    },
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
