/* SPDX-License-Identifier: Apache-2.0 */
/* An ID block and its page: for people, and as one line of JSON. */
#ifndef REPORT_ID_BLOCK_H
#define REPORT_ID_BLOCK_H

#include <stdbool.h>
#include <stdio.h>

#include "model/id_block.h"

/* Both print a struct id_facts. False: memory is short, nothing is printed. */
bool id_block_text(FILE *to, const void *facts); /* id_block_text.c */
bool id_block_json(FILE *to, const void *facts); /* id_block_json.c */

#endif
