/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents that this program writes. */
#ifndef REFERENCE_CLAIMS_OWN_H
#define REFERENCE_CLAIMS_OWN_H

#include <jansson.h>

#include "reference/claims.h"
#include "reference/claims_forms.h"

/* What the document is called if it is one of ours (by its member "schema");
 * NULL if it is not. */
const char *own_kind(json_t *root);
/* Reads such a document. */
bool own_read(struct claims *claims, json_t *root, struct failure *error);

/* --- For the readers of parts of them ------------------------------------ */

struct own {
    struct claims *claims;
    struct failure *error;
};

/* "it says to be JSON of mrtd-calc, but WHAT"; false. */
bool own_malformed(struct own *w, const char *what);

/* Has an object only members that its schema has, of the types that they have
 * there? All of ours are strict. */
bool own_has_only(struct own *w, json_t *object, const struct form *forms);

/* claims_own_boot.c: RTMR0 to RTMR2 by that name, or BOOT_VALUES. */
enum boot_value_id own_register(const char *name);
/* claims_own_boot.c: registers among the values of a measurement; and what of a
 * firmware is published beside its MRTDs. */
bool own_take_registers(struct own *w, json_t *values);
/* The same: how those of a measurement were made, if it says so. */
bool own_take_made(struct own *w, json_t *boot);
bool own_take_boot(struct own *w, json_t *boot);
/* What the initdata of the guest makes. */
bool own_take_initdata(struct own *w, json_t *initdata);

#endif
