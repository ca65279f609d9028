/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GUIDed table at the end of an OVMF or td-shim image. It is read from its
 * end backwards: each entry is data, u16 length (of data, length and GUID) and
 * GUID; the footer has the same form, and its length is the whole table's.
 * Source: edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc.
 */
#ifndef IMAGE_GUID_TABLE_H
#define IMAGE_GUID_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "mrtd.h"

/* Distance of the table's end (the footer GUID's) from the image's end. */
#define GUID_TABLE_END 0x20
/* length and GUID, without data */
#define GUID_ENTRY_OVERHEAD 18

struct guid_table {
    bool present;    /* the footer GUID stands where it should */
    uint16_t length; /* total length as the footer has it, right or wrong */
    struct mrtd_guid_entry *entries;
    uint32_t count;

    /* The first TDX metadata entry, counted from the table's end. */
    bool has_tdx;
    uint64_t tdx_offset; /* of its data */
    uint16_t tdx_size;   /* of its data */

    uint64_t second_tdx; /* offset of a second one's data, or MRTD_NO_OFFSET */
    uint64_t broken; /* offset of an entry that makes no sense beyond the TDX
                        entry, or MRTD_NO_OFFSET */
};

/*
 * Reads the table of source, if there is one. *table is filled on success and
 * left alone on failure, but for length; free it with guid_table_free().
 */
enum mrtd_code guid_table_read(const struct mrtd_source *source,
                               struct guid_table *table,
                               struct mrtd_error *error);
void guid_table_free(struct guid_table *table);

/* Lists the entries' GUIDs for a message (the first 8 digits and the name of
 * those that are known); text is size bytes. */
void guid_table_describe(const struct guid_table *table, char *text,
                         size_t size);

#endif
