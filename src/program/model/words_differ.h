/* SPDX-License-Identifier: Apache-2.0 */
/* What two command lines differ in. */
#ifndef MODEL_WORDS_DIFFER_H
#define MODEL_WORDS_DIFFER_H

#include <stdbool.h>
#include <stddef.h>

/* Writes which words only the logged line has, of which there are size bytes,
 * and which only the given one; printable ASCII, and cut where there is no room
 * for more. False: memory is short. */
bool words_differ(const char *logged, size_t size, const char *given,
                  char *text, size_t room);

#endif
