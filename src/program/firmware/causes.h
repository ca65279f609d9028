/* SPDX-License-Identifier: Apache-2.0 */
/* Why two builds of one module differ, as far as their bytes tell. */
#ifndef FIRMWARE_CAUSES_H
#define FIRMWARE_CAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/map.h"

/* Bits of struct causes, the most telling first. */
#define CAUSE_PATH    0x001u /* a build path, or another file name */
#define CAUSE_STAMP   0x002u /* a PE time stamp */
#define CAUSE_COOKIE  0x004u /* edk2's STACK_COOKIE_VALUE, random in a build */
#define CAUSE_ID      0x008u /* the identifier of the symbol file */
#define CAUSE_ADDRESS 0x010u /* relocated to another address */
#define CAUSE_CONTENT 0x020u /* anything else: code or data */
#define CAUSE_SIZE    0x040u /* of another size */
#define CAUSE_HEADER  0x080u /* checksums and file header */
#define CAUSE_LAYOUT  0x100u /* holds the same modules, arranged otherwise */
#define CAUSE_PACKING 0x200u /* unpacks to the same bytes */
/* What one of the two modules holds is not known; no other bit is set. */
#define CAUSE_UNREAD_A 0x400u
#define CAUSE_UNREAD_B 0x800u
#define CAUSE_COUNT    12

#define CAUSE_PATH_SIZE 160

struct causes {
    unsigned mask;
    uint64_t bytes;    /* number of bytes that differ at equal offsets */
    uint32_t stamp[2]; /* with CAUSE_STAMP: the time stamps of both modules */
    char path[2][CAUSE_PATH_SIZE]; /* with CAUSE_PATH; printable ASCII */
};

/* The stable name of bit i, in kebab-case, and what it says to people. */
const char *causes_name(unsigned bit);
const char *causes_text(unsigned bit);

/* Are the bytes the same? */
bool causes_same(struct span a, struct span b);

/*
 * Compares what two modules hold. causes->mask is 0 where that is the same.
 * False where memory is short.
 */
bool causes_find(const struct volume_module *a, const struct volume_module *b,
                 struct causes *causes);

#endif
