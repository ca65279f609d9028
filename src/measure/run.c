/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/run.h"

#include "base/source.h"

enum mrtd_code run_view(const struct mrtd_plan *plan,
                        const struct mrtd_run *run, uint64_t offset, size_t len,
                        uint8_t *bytes, struct span *view,
                        struct mrtd_error *error)
{
    return source_view(plan_run_source(plan, run), run->data_offset + offset,
                       len, bytes, view, error);
}

enum mrtd_code run_read(const struct mrtd_plan *plan,
                        const struct mrtd_run *run, uint64_t offset, size_t len,
                        uint8_t *bytes, struct mrtd_error *error)
{
    const struct mrtd_source *source = plan_run_source(plan, run);
    struct span data;
    enum mrtd_code code = source_view(source, run->data_offset + offset, len,
                                      bytes, &data, error);
    if (!code && source->data) {
        span_copy(data, 0, len, bytes);
    }
    return code;
}
