/* SPDX-License-Identifier: Apache-2.0 */
#include "base/source.h"

#include <inttypes.h>

#include "base/error.h"

bool source_valid(const struct mrtd_source *source)
{
    return source && (source->data || source->read || source->size == 0);
}

/*@ assigns buffer[0 .. len - 1]; @*/
/* The caller's function. The proof assumes this contract. */
static int fetch(const struct mrtd_source *source, uint64_t offset, size_t len,
                 uint8_t *buffer)
{
    return source->read(source->context, offset, buffer, len);
}

enum mrtd_code source_view(const struct mrtd_source *source, uint64_t offset,
                           size_t len, uint8_t *buffer, struct span *out,
                           struct mrtd_error *error)
{
    struct span whole = span_make(source->data, source->size, 0);
    if (!span_has(whole, offset, len)) {
        return error_set(error, MRTD_ERR_ARGUMENT, offset,
                         "a read of %zu bytes past the end of the source", len);
    }
    if (source->data) {
        *out = span_make(span_bytes(whole, offset, len), len, offset);
        return MRTD_OK;
    }
    if (source->read && fetch(source, offset, len, buffer)) {
        return error_set(error, MRTD_ERR_READ, offset,
                         "cannot read %zu of the input's %" PRIu64 " bytes",
                         len, source->size);
    }
    *out = span_make(buffer, len, offset);
    return MRTD_OK;
}
