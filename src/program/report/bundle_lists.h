/* SPDX-License-Identifier: Apache-2.0 */
/* The lists and pages in the folder of a release. */
#ifndef REPORT_BUNDLE_LISTS_H
#define REPORT_BUNDLE_LISTS_H

#include <stdbool.h>
#include <stdio.h>

#include "model/bundle.h"

/* Adds the lists of what is in the bundle so far. */
enum exit_status bundle_add_lists(struct bundle *bundle,
                                  struct failure *failure);

/* Adds the page about a component. */
enum exit_status bundle_add_page(struct bundle *bundle, size_t component,
                                 const struct evaluation *e,
                                 bool (*is_command)(const char *word),
                                 struct failure *failure);

#endif
