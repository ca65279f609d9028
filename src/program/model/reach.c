/* SPDX-License-Identifier: Apache-2.0 */
#include "model/reach.h"

#include <stdlib.h>

#include "model/guest_facts.h"

/* Are bytes of the image hashed for the run? Those of pages that are only added
 * are not. */
static bool is_hashed(const struct mrtd_run *run, bool outside)
{
    const bool hashes = run->ops & MRTD_OP_SNP_UPDATE
                            ? guest_counts_contents(run)
                            : run->ops & MRTD_OP_TDX_EXTEND;
    return hashes && run->content == MRTD_CONTENT_IMAGE &&
           (!outside || run->region == MRTD_NO_REGION);
}

bool reach_make(struct cover *reach, const struct mrtd_plan *plan, bool outside)
{
    const struct mrtd_run *run;
    size_t count = 0;
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        count += is_hashed(run, outside);
    }
    struct cover_stretch *stretches = calloc(count + 1, sizeof *stretches);
    if (!stretches) {
        return false;
    }
    count = 0;
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        if (is_hashed(run, outside)) {
            stretches[count].start = run->data_offset;
            stretches[count++].size = run->data_size;
        }
    }
    const bool good = cover_make(reach, stretches, count);
    for (size_t i = 0; good && i < count; i++) {
        cover_take_all(reach, &stretches[i], 0);
    }
    free(stretches);
    return good;
}

bool reach_touches(const struct cover *reach, uint64_t offset, uint64_t size)
{
    uint64_t at = offset;
    uint64_t until = 0;
    while (at - offset < size && cover_at(reach, at, &until) == COVER_NONE) {
        at = until;
    }
    return at - offset < size;
}
