/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of the hashes of kernel, initrd and command line, by which OVMF
 * knows what it may start. Layout: QEMU, target/i386/sev.c,
 * PaddedSevHashTable.
 */
#ifndef LAUNCH_SNP_HASH_TABLE_H
#define LAUNCH_SNP_HASH_TABLE_H

#include "mrtd.h"

/* 168 bytes, padded to a multiple of 16. */
#define HASH_TABLE_SIZE 176

/* Makes the table of what launch names; launch->kernel is not NULL. */
enum mrtd_code hash_table_make(const struct mrtd_launch *launch,
                               uint8_t table[HASH_TABLE_SIZE],
                               struct mrtd_error *error);

#endif
