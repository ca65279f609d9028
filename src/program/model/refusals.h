/* SPDX-License-Identifier: Apache-2.0 */
/* Would the VMM refuse a launch of which there is a value all the same? */
#ifndef MODEL_REFUSALS_H
#define MODEL_REFUSALS_H

#include "model/evaluation.h"

/* Has e->accept say what the VMM of e->plan makes of the image, if that is
 * known and e->options ask for a whole guest. */
enum exit_status refusals_ask(struct evaluation *e, struct failure *failure);

/* Calls each for every rule by which the VMM then does not start the guest, but
 * for what the plan warns of. */
void refusals_give(const struct evaluation *e, finding_fn *each, void *context);

#endif
