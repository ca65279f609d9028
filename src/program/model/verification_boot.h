/* SPDX-License-Identifier: Apache-2.0 */
/* Of a document's values beside MRTDs: are they those of a kernel that the
 * options name? What they do not ask for is named, and not compared. */
#ifndef MODEL_VERIFICATION_BOOT_H
#define MODEL_VERIFICATION_BOOT_H

#include "model/verification.h"

/* Is all that was asked for by its name said in the document, in a form that
 * is read? Says what of it is not compared. */
enum exit_status verification_begin_boot(struct verification *v, remark_fn *say,
                                         struct failure *failure);

/* Compares what of a firmware was asked for; adds the names to *claimed. */
enum exit_status
verification_compare_boot(struct verification *v,
                          const struct reference_firmware *firmware,
                          const char *name, struct verification_names *claimed,
                          struct failure *failure);

/* EXIT_DIFFERS if the document has such values that no firmware has. */
enum exit_status verification_end_boot(const struct verification *v,
                                       struct failure *failure);

#endif
