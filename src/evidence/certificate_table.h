/* SPDX-License-Identifier: Apache-2.0 */
/* The table of certificates that goes with a report of SEV-SNP. */
#ifndef EVIDENCE_CERTIFICATE_TABLE_H
#define EVIDENCE_CERTIFICATE_TABLE_H

#include "base/span.h"

/* Which certificate, counted from 0, is the entry of a table that begins at
 * that offset? False: none. */
bool certificate_table_kind(struct span table, uint64_t at, unsigned *kind);

#endif
