/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands about ID blocks share. */
#ifndef COMMANDS_ID_OPTIONS_H
#define COMMANDS_ID_OPTIONS_H

#include "groups/identity.h"
#include "model/id_block.h"

/* The launch digest, and in facts whose it is: of the firmware, or that which
 * was given. There must be one of them. */
enum exit_status id_options_digest(const struct identity_source *o,
                                   const struct files *files,
                                   struct id_facts *facts,
                                   uint8_t digest[MRTD_DIGEST_SIZE]);

/* Prints facts on that stream. False: memory is short. */
bool id_options_print(FILE *to, const void *facts);
bool id_options_print_json(FILE *to, const void *facts);

#endif
