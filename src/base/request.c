/* SPDX-License-Identifier: Apache-2.0 */
#include "base/request.h"

#include <string.h>

#include "base/error.h"

/* More than any version will need: a larger size was never set. */
#define LARGEST_SIZE 1024

enum mrtd_code request_read(const struct request *request, void *to,
                            const void *from, struct mrtd_error *error)
{
    const unsigned char *bytes = from;
    size_t size = 0;
    memcpy(&size, bytes, sizeof size);
    if (size < request->first || size > LARGEST_SIZE) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "struct_size is not sizeof(%s)", request->name);
    }
    for (size_t i = request->size; i < size; i++) {
        if (bytes[i]) {
            return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                             "the %s has a member that this version does not "
                             "know, and it is not 0",
                             request->what);
        }
    }
    memcpy(to, from, size < request->size ? size : request->size);
    memcpy(to, &request->size, sizeof request->size);
    return MRTD_OK;
}
