/* SPDX-License-Identifier: Apache-2.0 */
/* The CoRIM that an IGVM file carries. */
#ifndef MODEL_CORIM_H
#define MODEL_CORIM_H

#include "model/evaluation.h"

/* The document for TDX, or its signature; where there is none, a failure. */
enum exit_status corim_find(const struct evaluation *e,
                            enum mrtd_igvm_blob_kind kind,
                            const struct mrtd_igvm_blob **blob,
                            struct failure *failure);

/* Its bytes, to be freed. */
enum exit_status corim_read(const struct evaluation *e,
                            const struct mrtd_igvm_blob *blob, char **bytes,
                            struct failure *failure);

#endif
