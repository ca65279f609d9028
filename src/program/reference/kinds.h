/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of files that hold documents of reference values. */
#ifndef REFERENCE_KINDS_H
#define REFERENCE_KINDS_H

#include "file_kind.h"

/* One from an IGVM file has only its tag. */
extern const struct file_kind kind_corim;
/* The signature that an IGVM file has beside its CoRIM. */
extern const struct file_kind kind_corim_signature;
extern const struct file_kind kind_coswid;
/* Of whichever format: one may replace another. */
extern const struct file_kind kind_json;
extern const struct file_kind kind_rego;
extern const struct file_kind kind_textproto;

#endif
