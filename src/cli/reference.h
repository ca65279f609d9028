/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "cli/options.h"

/* reference_verify.c: compares a document with firmware files. */
enum exit_status reference_verify(const struct options *options);

#endif
