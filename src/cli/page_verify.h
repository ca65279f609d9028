/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the page that says how to check it: commands to copy. */
#ifndef CLI_PAGE_VERIFY_H
#define CLI_PAGE_VERIFY_H

#include <stdio.h>

#include "cli/portrait.h"

void page_write_verify(FILE *to, const struct portrait *p);

#endif
