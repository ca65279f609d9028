/* SPDX-License-Identifier: Apache-2.0 */
#include "image/guid_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"

static const struct guid footer_guid = {
    GUID(0x96b582de, 0x1fb2, 0x45f7, 0xbaea, 0xa366c55a082d)};

/*@ assigns \nothing; @*/
/* What an entry is, from edk2's OvmfPkg/ResetVector, or NULL. */
static const char *guid_name(const char *text)
{
    static const struct {
        const char *guid;
        const char *name;
    } known[] = {
        {"e47a6535-984a-4798-865e-4685a7bf8ec2", "TDX metadata"},
        {"dc886566-984a-4798-a75e-5585a7bf67cc", "SEV metadata"},
        {"7255371f-3a3b-4b04-927b-1da6efa8d454", "SEV hash table"},
        {"4c2eb361-7d9b-4cc3-8081-127c90d3d294", "SEV secret"},
        {"00f771de-1a7e-4fcb-890e-68c77e2fb44e", "SEV-ES reset block"},
        {"784fa70e-3176-4677-8a20-04b68699e374", "IGVM"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].guid, text) == 0) {
            return known[i].name;
        }
    }
    return NULL;
}

/*@ requires \valid(table) && \valid_read(guid);
    requires \valid(table->entries + table->count);
    requires table->count < UINT32_MAX;
    requires \separated(table, guid, table->entries + (0 .. table->count));
    assigns table->count, table->entries[table->count];
    ensures table->count == \old(table->count) + 1;
    ensures table->entries[\old(table->count)].offset == offset;
    ensures table->entries[\old(table->count)].size == size;
    ensures \forall integer i; 0 <= i < \old(table->count) ==>
      table->entries[i].offset == \old(table->entries[i].offset) &&
      table->entries[i].size == \old(table->entries[i].size);
@*/
static void add_entry(struct guid_table *table, const struct guid *guid,
                      uint64_t offset, uint16_t size)
{
    struct mrtd_guid_entry *e = &table->entries[table->count++];
    guid_format(e->guid, guid);
    e->name = guid_name(e->guid);
    e->offset = offset;
    e->size = size;
}

/*@ predicate entry_inside(struct span entries, integer offset, integer size) =
      entries.base <= offset &&
      offset + size + GUID_ENTRY_OVERHEAD <= entries.base + entries.size;
@*/

/*@ requires readable(entries) && entries.size <= UINT16_MAX;
    requires entries.base + entries.size <= UINT64_MAX;
    requires \valid(table) && table->count == 0;
    requires \valid(table->entries +
                    (0 .. entries.size / GUID_ENTRY_OVERHEAD));
    requires \separated(table, entries.data + (0 .. entries.size - 1),
      table->entries + (0 .. entries.size / GUID_ENTRY_OVERHEAD));
    assigns table->count, table->broken,
            table->entries[0 .. entries.size / GUID_ENTRY_OVERHEAD];
    ensures table->count * GUID_ENTRY_OVERHEAD <= entries.size;
    ensures \forall integer i; 0 <= i < table->count ==>
      entry_inside(entries, table->entries[i].offset, table->entries[i].size);
@*/
/* Walks the entries, which fill the span from its end, up to the first that
 * makes no sense. */
static void walk(struct span entries, struct guid_table *table)
{
    uint64_t left = entries.size;
    /*@ loop invariant left <= entries.size;
        loop invariant table->entries == \at(table->entries, Pre);
        loop invariant
          table->count * GUID_ENTRY_OVERHEAD <= entries.size - left;
        loop invariant table->count <= entries.size / GUID_ENTRY_OVERHEAD;
        loop invariant \forall integer i; 0 <= i < table->count ==>
          entry_inside(entries, table->entries[i].offset,
                       table->entries[i].size);
        loop assigns left, table->count, \at(table->entries, Pre)[0 ..
          entries.size / GUID_ENTRY_OVERHEAD];
        loop variant left;
    @*/
    while (left > 0) {
        uint16_t length = 0;
        struct guid guid;
        if (left < GUID_ENTRY_OVERHEAD ||
            !span_u16(entries, left - GUID_ENTRY_OVERHEAD, &length) ||
            !span_guid(entries, left - sizeof guid.bytes, &guid)) {
            error_set(&table->broken, MRTD_ERR_TABLE_ENTRY, entries.base,
                      "GUIDed table: %" PRIu64 " bytes are left over, "
                      "too few for an entry (at least %d)",
                      left, GUID_ENTRY_OVERHEAD);
            return;
        }
        if (length < GUID_ENTRY_OVERHEAD || length > left) {
            error_set(&table->broken, MRTD_ERR_TABLE_ENTRY,
                      entries.base + left - GUID_ENTRY_OVERHEAD,
                      "GUIDed table: entry length %u is not between %d and "
                      "the %" PRIu64 " bytes left in the table",
                      length, GUID_ENTRY_OVERHEAD, left);
            return;
        }
        /*@ assert (table->count + 1) * GUID_ENTRY_OVERHEAD <= entries.size; @*/
        /*@ assert table->count < entries.size / GUID_ENTRY_OVERHEAD; @*/
        left -= length;
        add_entry(table, &guid, entries.base + left,
                  (uint16_t)(length - GUID_ENTRY_OVERHEAD));
    }
}

/*@ requires \valid_read(source) && fetchable(source);
    requires \valid(table) && \valid(start) && \valid(size) && *size == 0;
    requires error == \null || \valid(error);
    requires \separated(source, table, start, size, error,
      (uint8_t *)source->data + (0 .. source->size - 1));
    assigns table->present, table->length, *start, *size, *error;
    ensures \result == MRTD_OK && *size > 0 ==>
      *start + *size + GUID_ENTRY_OVERHEAD + GUID_TABLE_END <= source->size;
    ensures *size + GUID_ENTRY_OVERHEAD <= UINT16_MAX;
    ensures \result != MRTD_OK ==> *size == 0;
@*/
/* Where the entries are: *start and *size leave out the footer. */
static enum mrtd_code find_entries(const struct mrtd_source *source,
                                   struct guid_table *table, uint64_t *start,
                                   uint64_t *size, struct mrtd_error *error)
{
    const uint64_t guid_size = sizeof footer_guid.bytes;
    uint8_t buffer[GUID_ENTRY_OVERHEAD];
    struct span footer;

    if (source->size < GUID_TABLE_END + guid_size) {
        return MRTD_OK;
    }
    uint64_t room = source->size - GUID_TABLE_END;
    size_t len =
        (size_t)(room < GUID_ENTRY_OVERHEAD ? guid_size : GUID_ENTRY_OVERHEAD);
    enum mrtd_code code =
        source_view(source, room - len, len, buffer, &footer, error);
    if (code) {
        return code;
    }
    if (!span_equals(footer, len - guid_size, footer_guid.bytes,
                     sizeof footer_guid.bytes)) {
        return MRTD_OK;
    }

    if (len < GUID_ENTRY_OVERHEAD) {
        return error_set(error, MRTD_ERR_TABLE_LENGTH, footer.base,
                         "GUIDed table: its length would be before the "
                         "start of the file; the file is cut");
    }
    span_u16(footer, 0, &table->length);
    const uint16_t length = table->length;
    if (length < GUID_ENTRY_OVERHEAD || length > room) {
        return error_set(error, MRTD_ERR_TABLE_LENGTH, footer.base,
                         "GUIDed table: total length %u is not between %d and "
                         "the %" PRIu64 " bytes before its end",
                         length, GUID_ENTRY_OVERHEAD, room);
    }
    table->present = true;
    *start = room - length;
    *size = (uint64_t)length - GUID_ENTRY_OVERHEAD;
    return MRTD_OK;
}

/* Reads and walks the entries: size bytes at start, at most 64 KiB and all in
 * the file. */
static enum mrtd_code read_entries(const struct mrtd_source *source,
                                   uint64_t start, size_t size,
                                   struct guid_table *table,
                                   struct mrtd_error *error)
{
    struct span entries;
    uint8_t *buffer = malloc(size);
    table->entries =
        calloc(size / GUID_ENTRY_OVERHEAD + 1, sizeof *table->entries);
    if (!buffer || !table->entries) {
        free(buffer);
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the GUIDed table");
    }
    enum mrtd_code code =
        source_view(source, start, size, buffer, &entries, error);
    if (!code) {
        walk(entries, table);
    }
    free(buffer);
    return code;
}

enum mrtd_code guid_table_read(const struct mrtd_source *source,
                               struct guid_table *table,
                               struct mrtd_error *error)
{
    struct guid_table t = {.present = false};
    uint64_t start = 0;
    uint64_t size = 0;
    enum mrtd_code code = find_entries(source, &t, &start, &size, error);
    if (!code && size > 0) {
        code = read_entries(source, start, (size_t)size, &t, error);
    }
    if (code) {
        guid_table_free(&t);
        table->length = t.length;
        return code;
    }
    *table = t;
    return MRTD_OK;
}

void guid_table_free(struct guid_table *table)
{
    free(table->entries);
    table->entries = NULL;
    table->count = 0;
}

uint32_t guid_table_find(const struct guid_table *table, const char *guid,
                         uint32_t from)
{
    uint32_t i = from;
    /*@ loop invariant from <= i && (i <= table->count || i == from);
        loop invariant \forall integer j; from <= j < i ==>
          !same_text(&table->entries[j].guid[0], guid);
        loop assigns i;
        loop variant table->count - i;
    @*/
    while (i < table->count && strcmp(table->entries[i].guid, guid) != 0) {
        i++;
    }
    return i;
}

void guid_table_describe(const struct guid_table *table, char *text,
                         size_t size)
{
    size_t used = 0;
    snprintf(text, size, "nothing");
    for (uint32_t i = 0; i < table->count; i++) {
        const struct mrtd_guid_entry *e = &table->entries[i];
        const char *comma = i ? ", " : "";
        char entry[64];
        if (e->name) {
            snprintf(entry, sizeof entry, "%.8s (%s)", e->guid, e->name);
        } else {
            snprintf(entry, sizeof entry, "%s", e->guid);
        }
        /* Leaves room for " and 65535 more" at the end of the text. */
        if (used + strlen(comma) + strlen(entry) + 16 > size) {
            snprintf(text + used, size - used, " and %" PRIu32 " more",
                     table->count - i);
            return;
        }
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", comma, entry);
    }
}
