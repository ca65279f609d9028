/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of reference values: signed, written, and what is to be known. */
#ifndef COMMANDS_PUBLISH_H
#define COMMANDS_PUBLISH_H

#include "model/documents.h"

/* Makes them all in memory; with signs, CoRIMs are signed by the warden's key.
 * Says on stderr what goes wrong; otherwise free the result with
 * documents_free(). */
enum exit_status publish_make(struct documents *documents,
                              const struct documents_order *order, bool signs);

/* Writes each into the folder, which is made if it is missing, and prints its
 * path. */
enum exit_status publish_in_folder(const struct documents *documents,
                                   const char *folder);

/* Writes a file into the folder. */
enum exit_status publish_member(const char *folder, const char *name,
                                const char *bytes, size_t size);

/* Writes the only one of them to a file, or to standard output if name is NULL
 * or "-". */
enum exit_status publish_one(const struct documents *documents,
                             const char *name);

#endif
