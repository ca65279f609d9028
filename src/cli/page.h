/* SPDX-License-Identifier: Apache-2.0 */
/* A page about an image: one HTML file that needs nothing else. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include <stdio.h>

#include "cli/portrait.h"

void page_write(FILE *to, const struct portrait *p);

#endif
