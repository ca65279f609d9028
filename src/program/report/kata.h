/* SPDX-License-Identifier: Apache-2.0 */
/* A command line of Kata Containers: by itself, or as one line of JSON with
 * what it is made of. */
#ifndef REPORT_KATA_H
#define REPORT_KATA_H

#include <stdio.h>

#include "model/kata.h"

/* False: memory is short, nothing is printed. */
bool kata_print(FILE *to, const struct kata *kata, bool json);

#endif
