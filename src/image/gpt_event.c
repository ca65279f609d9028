/* SPDX-License-Identifier: Apache-2.0 */
/* The event of a GPT, as edk2 makes it
 * (SecurityPkg/Library/DxeTpm2MeasureBootLib). */
#include "image/gpt_event.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/source.h"
#include "image/disk.h"

#define REVISION_1 0x00010000
/* The header, and how many entries follow. */
#define EVENT_HEADER (GPT_MIN_HEADER + sizeof(uint64_t))

/* What else SanitizeEfiPartitionTableHeader wants, without which there is no
 * event; Linux takes such a table. */
static enum mrtd_code check(const struct disk_gpt *gpt, struct span header,
                            struct mrtd_error *error)
{
    uint32_t revision = 0;
    uint64_t first = 0;
    uint64_t lba = 0;
    span_u32(header, GPT_REVISION, &revision);
    span_u64(header, GPT_FIRST_USABLE_LBA, &first);
    span_u64(header, GPT_PARTITION_ENTRY_LBA, &lba);
    const char *why = NULL;
    unsigned at = 0;
    if (revision != REVISION_1) {
        at = GPT_REVISION;
        why = "of another revision than 0x00010000";
    } else if (lba >= first) {
        at = GPT_PARTITION_ENTRY_LBA;
        why = "whose entries are not before its usable blocks";
    } else if (gpt->count == 0) {
        at = GPT_NUMBER_OF_ENTRIES;
        why = "without entries";
    }
    return !why ? MRTD_OK
                : error_set(error, MRTD_ERR_DISK_TABLE, gpt->header + at,
                            "GPT: Revision is 0x%08" PRIx32
                            ", PartitionEntryLBA %" PRIu64
                            ", FirstUsableLBA %" PRIu64
                            ", NumberOfPartitionEntries %" PRIu32
                            ": edk2 measures no table %s, and RTMR1 is not "
                            "predicted",
                            revision, lba, first, gpt->count, why);
}

/* EFI_GPT_DATA of [PFP], 10.2.7: the header, how many entries are used, and
 * these. */
static enum mrtd_code copy_entries(uint8_t *event, size_t *size,
                                   const struct disk_gpt *gpt,
                                   const struct mrtd_source *source,
                                   struct mrtd_error *error)
{
    uint8_t buffer[GPT_ENTRY];
    struct span entry;
    struct span type;
    uint64_t used = 0;
    *size = EVENT_HEADER;
    for (uint32_t i = 0; i < gpt->count; i++) {
        const enum mrtd_code code =
            source_view(source, gpt->entries + (uint64_t)i * GPT_ENTRY,
                        GPT_ENTRY, buffer, &entry, error);
        if (code) {
            return code;
        }
        if (span_part(entry, GPT_TYPE_GUID, GPT_UNIQUE_GUID, &type) &&
            !span_is_zero(type)) {
            span_copy(entry, 0, GPT_ENTRY, event + *size);
            *size += GPT_ENTRY;
            used++;
        }
    }
    for (unsigned i = 0; i < sizeof used; i++) {
        event[GPT_MIN_HEADER + i] = (uint8_t)(used >> 8 * i);
    }
    return MRTD_OK;
}

enum mrtd_code gpt_event_make(uint8_t **event, size_t *size,
                              const struct mrtd_source *source,
                              struct mrtd_error *error)
{
    uint8_t buffer[GPT_MIN_HEADER] = {0};
    const struct span header = span_make(buffer, GPT_MIN_HEADER, 0);
    struct disk_gpt gpt;
    *event = NULL;
    enum mrtd_code code = disk_gpt_find(&gpt, source, error);
    if (!code) {
        code = source_copy(source, gpt.header, GPT_MIN_HEADER, buffer, error);
    }
    if (!code) {
        code = check(&gpt, header, error);
    }
    if (code) {
        return code;
    }
    *event = malloc(EVENT_HEADER + (size_t)gpt.count * GPT_ENTRY);
    if (!*event) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for a GPT");
    }
    span_copy(header, 0, GPT_MIN_HEADER, *event);
    return copy_entries(*event, size, &gpt, source, error);
}
