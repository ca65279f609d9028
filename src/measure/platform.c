/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/platform.h"

#include "launch/snp/accept.h"
#include "launch/snp/build.h"
#include "launch/snp/rules.h"
#include "launch/tdx/accept.h"
#include "launch/tdx/build.h"
#include "launch/tdx/notes.h"
#include "measure/snp.h"
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
    {
        .id = MRTD_PLATFORM_SNP,
        .launches = snp_launches,
        .build = snp_build,
        .count = snp_count,
        .accept = snp_accept,
        .measure = snp_measure,
    },
    {
        .id = MRTD_PLATFORM_SEV_ES,
        .launches = snp_launches,
        .build = sev_es_build,
        .count = sev_count,
        .measure = sev_measure,
    },
    {
        .id = MRTD_PLATFORM_SEV,
        .launches = snp_launches,
        .build = sev_build,
        .count = sev_count,
        .measure = sev_measure,
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
