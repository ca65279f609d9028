/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PE32, PE32+ and TE images: where the fields are in which builds of the same
 * source may differ. PE: Microsoft, "PE Format"; TE: [PI3] 3.2.5 and PI
 * specification 1.8, volume 1, 15.
 */
#ifndef FIRMWARE_PE_H
#define FIRMWARE_PE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum pe_kind {
    PE_TIME_STAMP, /* of the COFF header or a debug directory entry */
    PE_CHECKSUM,   /* follows from the rest */
    PE_DEBUG_ID,   /* GUID or signature that names the PDB or symbol file */
    PE_DEBUG_SIZE, /* of a debug directory entry: follows from the path */
    PE_DEBUG_PATH, /* where the linker wrote its output */
    PE_BASE,       /* ImageBase */
};

/* A field: its place in the bytes that were given to pe_find(). */
struct pe_field {
    enum pe_kind kind;
    uint64_t offset;
    uint64_t size;
};

/* Images of edk2 and td-shim have fewer than ten. */
#define PE_MAX_SECTIONS 32

/* Of a section: its RVA, and its bytes in the image. */
struct pe_section {
    uint32_t address;
    uint32_t size;
    uint64_t offset;
    bool data; /* initialized, not executable */
};

/* No path is longer: it is PATH_MAX of Linux. What follows in the record is not
 * part of the field. */
#define PE_MAX_PATH 4096

/* 4 fields of each debug directory entry, 3 of the header. */
#define PE_MAX_DEBUG_ENTRIES 16
#define PE_MAX_FIELDS        (4 * PE_MAX_DEBUG_ENTRIES + 3)

struct pe {
    struct span image; /* empty if there is no image */
    uint64_t offset;   /* of the image in the bytes given */
    struct pe_section sections[PE_MAX_SECTIONS];
    uint32_t section_count;
    uint64_t base;        /* ImageBase */
    uint32_t relocations; /* RVA and size of the base relocations */
    uint32_t relocations_size;
    uint32_t debug; /* RVA and size of the debug directory */
    uint32_t debug_size;
    struct pe_field fields[PE_MAX_FIELDS];
    uint32_t field_count;
};

/*
 * Finds the first PE32 or TE section among those at an offset of content. Where
 * there is none, or its headers are broken, pe->image is empty.
 */
void pe_find(struct span content, uint64_t sections, struct pe *pe);

/* Is the byte of content in a section of data that is not executable? */
bool pe_is_data(const struct pe *pe, uint64_t offset);

/* Walks over the base relocations; start with all 0. */
struct pe_site {
    uint64_t block;  /* offset of the block in the relocations */
    uint32_t entry;  /* number of the next entry in it */
    uint64_t offset; /* offset of the address in content */
    unsigned size;   /* size of the address: 4 or 8 */
};
bool pe_next_site(const struct pe *pe, struct pe_site *site);

#endif
