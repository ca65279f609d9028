/* SPDX-License-Identifier: Apache-2.0 */
/* What reference values are made of: a firmware file, measured. */
#ifndef MODEL_FIRMWARE_H
#define MODEL_FIRMWARE_H

#include "model/evaluation.h"
#include "reference/reference.h"

/*
 * Measures the file for each VMM of the options and, if every is set, for
 * each other that does not refuse it, of which nothing is said. Equal MRTDs
 * become one value. Warnings, notes and what goes wrong are said on stderr;
 * where no VMM was asked for, warnings only. The digests are those of the
 * file itself, VARS left out. Free the result with firmware_free().
 */
enum exit_status firmware_make(struct reference_firmware *firmware,
                               const struct launch_options *options,
                               const char *name, bool every);
/* The same of an image that is open already. The file's SHA-512, which few ask
 * for, is there with_sha512. */
enum exit_status firmware_measure(struct reference_firmware *firmware,
                                  struct evaluation *e, bool every,
                                  bool with_sha512);
void firmware_free(struct reference_firmware *firmware);

#endif
