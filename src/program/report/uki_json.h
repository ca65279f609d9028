/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement says of a unified kernel image. */
#ifndef REPORT_UKI_JSON_H
#define REPORT_UKI_JSON_H

#include <jansson.h>

#include "model/boot.h"

/* The member "uki" of "boot": null where there is none. NULL: no memory. */
json_t *uki_json(const struct boot *boot);

#endif
