/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMANDS_SIZE_H
#define COMMANDS_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/* A number of bytes above 0, with K, M, G or T for powers of 1024. */
bool size_parse(const char *text, uint64_t *size);

#endif
