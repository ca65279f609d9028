/* SPDX-License-Identifier: Apache-2.0 */
/* An ID block and its page: for people, and as one line of JSON. */
#ifndef REPORT_ID_BLOCK_H
#define REPORT_ID_BLOCK_H

#include <stdbool.h>
#include <stdio.h>

#include "model/id_block.h"

/* id_block_text.c */
void id_block_text(FILE *to, const struct id_facts *facts);
/* id_block_json.c. False: memory is short, nothing is printed. */
bool id_block_json(FILE *to, const struct id_facts *facts);

#endif
