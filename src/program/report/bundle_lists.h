/* SPDX-License-Identifier: Apache-2.0 */
/* The lists in the folder of a release, of what is in the bundle so far. */
#ifndef REPORT_BUNDLE_LISTS_H
#define REPORT_BUNDLE_LISTS_H

#include <stdbool.h>
#include <stdio.h>

#include "model/bundle.h"

/* A list for -c of this program: those values of a VMM that it can check.
 * There may be none. */
void bundle_mrtdsums(FILE *to, const struct bundle *b,
                     const struct mrtd_vmm *vmm);
/* A list for sha256sum -c. */
void bundle_sha256sums(FILE *to, const struct bundle *b);
/* index.json. False: memory is short, nothing is printed. */
bool bundle_index(FILE *to, const struct bundle *b);

#endif
