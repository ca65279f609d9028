/* SPDX-License-Identifier: Apache-2.0 */
/* Untrusted names in lines of text. */
#ifndef PRINTABLE_H
#define PRINTABLE_H

/*
 * The name with everything that is not printable ASCII escaped as \ooo, for one
 * line of a message. A static buffer per call site would not do: valid until
 * the second call after this one; long names are cut.
 */
const char *printable(const char *name);

#endif
