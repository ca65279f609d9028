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
/* Size of an entry's length and GUID, without its data. */
#define GUID_ENTRY_OVERHEAD 18

struct guid_table {
    bool present;    /* the footer GUID is where it should be */
    uint16_t length; /* total length as the footer has it, right or wrong */
    struct mrtd_guid_entry *entries; /* nearest the table's end first */
    uint32_t count;
    /* Why the walk ended before the table's start: an entry that makes no
     * sense. MRTD_OK where the table is whole. */
    struct mrtd_error broken;
};

/*
 * Reads the table of source, if there is one. *table is filled on success and
 * left alone on failure, but for length; free it with guid_table_free().
 */
enum mrtd_code guid_table_read(const struct mrtd_source *source,
                               struct guid_table *table,
                               struct mrtd_error *error);
void guid_table_free(struct guid_table *table);

/*@ requires \valid_read(table);
    requires \valid_read(table->entries + (0 .. table->count - 1));
    assigns \nothing;
    ensures \result <= table->count || \result == from;
    ensures \result < table->count ==>
      from <= \result && same_text(&table->entries[\result].guid[0], guid);
    ensures \forall integer i; from <= i < \result && i < table->count ==>
      !same_text(&table->entries[i].guid[0], guid);
@*/
/*
 * The index of the first entry of this GUID (in text form, lower case) from
 * index from on: with 0 the one nearest the table's end, as VMMs find it. The
 * table's count or more if there is none. */
uint32_t guid_table_find(const struct guid_table *table, const char *guid,
                         uint32_t from);

/* Lists the entries' GUIDs for a message (the first 8 digits and the name of
 * those that are known); text is size bytes. */
void guid_table_describe(const struct guid_table *table, char *text,
                         size_t size);

#endif
