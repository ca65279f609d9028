/* SPDX-License-Identifier: Apache-2.0 */
/* A root hash of dm-verity: for people, as one line of JSON, and in the forms
 * that command lines have. */
#ifndef REPORT_VERITY_H
#define REPORT_VERITY_H

#include <stdbool.h>
#include <stdio.h>

#include "model/verity.h"

/* Room for the digits of the largest root hash. */
#define VERITY_HEX_SIZE (2 * MRTD_MAX_DIGEST_SIZE + 1)
/* Room for a line of a command line. */
#define VERITY_LINE_SIZE 1200

/* The bare root hash, in hexadecimal. */
const char *verity_root_hex(const struct verity *verity,
                            char text[VERITY_HEX_SIZE]);
/* Kata Containers' kernel_verity_params; NULL where they cannot say it: they
 * are for type 1 and sha256. */
const char *verity_params(const struct verity *verity,
                          char text[VERITY_LINE_SIZE]);
/* The argument of dm-mod.create (Linux, Documentation/admin-guide/device-mapper
 * /dm-init.rst); NULL where it is not known which device has the tree, or where
 * the kernel of a machine with pages of 4096 bytes has no such algorithm or
 * blocks. */
const char *verity_table(const struct verity *verity,
                         char text[VERITY_LINE_SIZE]);

/* verity_text.c */
void verity_text(FILE *to, const struct verity *verity);
/* verity_json.c. False: memory is short, nothing is printed. */
bool verity_json(FILE *to, const struct verity *verity);

#endif
