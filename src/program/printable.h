/* SPDX-License-Identifier: Apache-2.0 */
/* Untrusted names in what people read. */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The name with everything that is not printable ASCII escaped as \ooo, for one
 * line of a message. A static buffer per call site would not do: valid until
 * the second call after this one; long names are cut.
 */
const char *printable(const char *name);

/*
 * Can the name be shown as it is? It is UTF-8, and has no character that
 * controls something, the direction of the text included, or that XML forbids.
 */
bool printable_is_plain(const char *name);

/* The bytes of the UTF-8 character (RFC 3629) there, 0 if there is none. Reads
 * nothing after the first NUL. */
size_t printable_utf8(const char *at);

/* The part of a path that people are shown: without folders. NULL stays NULL.
 */
const char *printable_base_name(const char *name);

/* The path if it is plain; otherwise as messages print it, printable(). */
const char *printable_path(const char *path);

#endif
