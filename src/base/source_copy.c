/* SPDX-License-Identifier: Apache-2.0 */
#include "base/source.h"

enum mrtd_code source_copy(const struct mrtd_source *source, uint64_t offset,
                           size_t len, uint8_t *buffer,
                           struct mrtd_error *error)
{
    struct span bytes = {0};
    const enum mrtd_code code =
        source_view(source, offset, len, buffer, &bytes, error);
    if (!code && source->data) {
        span_copy(bytes, 0, len, buffer);
    }
    return code;
}
