/* SPDX-License-Identifier: Apache-2.0 */
#include "model/corim.h"

#include <stdlib.h>

/* The first that is for TDX, or NULL. */
static const struct mrtd_igvm_blob *find_blob(const struct mrtd_image *image,
                                              enum mrtd_igvm_blob_kind kind)
{
    const uint32_t mask = mrtd_image_igvm_mask(image, MRTD_IGVM_TDX);
    const struct mrtd_igvm_blob *b = NULL;
    for (uint32_t i = 0; (b = mrtd_image_igvm_blob(image, i)); i++) {
        if (b->kind == kind && b->mask & mask) {
            return b;
        }
    }
    return NULL;
}

enum exit_status corim_find(const struct evaluation *e,
                            enum mrtd_igvm_blob_kind kind,
                            const struct mrtd_igvm_blob **blob,
                            struct failure *failure)
{
    *blob = find_blob(e->image, kind);
    return *blob ? EXIT_DONE
                 : failure_refused(failure, e->name, "igvm-corim",
                                   "it has no CoRIM %s for TDX",
                                   kind == MRTD_IGVM_CORIM ? "document"
                                                           : "signature");
}

enum exit_status corim_read(const struct evaluation *e,
                            const struct mrtd_igvm_blob *b, char **bytes,
                            struct failure *failure)
{
    *bytes = malloc((size_t)b->size + 1);
    if (!*bytes) {
        return failure_memory(failure, e->name);
    }
    if (b->size > 0 &&
        e->source.read(e->source.context, b->offset, *bytes, b->size) != 0) {
        free(*bytes);
        return evaluation_read_failed(e, failure);
    }
    return EXIT_DONE;
}
