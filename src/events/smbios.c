/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of an SMBIOS table [EDK2: SmbiosMeasurementDxe.c]: what differs
 * from machine to machine of one kind, as serial numbers, is taken out of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "events/ovmf.h"
#include "hash/sha384.h"

/* A structure: Type, Length of its formatted part, Handle (DMTF DSP0134,
 * 6.1.2); and its types. */
enum {
    TYPE = 0,
    LENGTH = 1,
    HEADER = 4,
    TYPE_END = 127,
    TYPE_OEM = 128,
};

/* A field that is taken out; where it is the number of a string, so is that. */
struct field {
    uint8_t type;
    uint8_t offset;
    uint8_t size;
    bool is_string;
};

/* By DMTF DSP0134, 7.2 to 7.40. */
static const struct field fields[] = {
    {1, 0x07, 1, true},   /* Serial Number */
    {1, 0x08, 16, false}, /* UUID */
    {1, 0x18, 1, false},  /* Wake-up Type */
    {2, 0x07, 1, true},   /* Serial Number */
    {2, 0x0a, 1, true},   /* Location in Chassis */
    {3, 0x07, 1, true},   /* Serial Number */
    {3, 0x08, 1, true},   /* Asset Tag Number */
    {4, 0x20, 1, true},   /* Serial Number */
    {4, 0x21, 1, true},   /* Asset Tag */
    {4, 0x22, 1, true},   /* Part Number */
    {4, 0x23, 1, false},  /* Core Count */
    {4, 0x24, 1, false},  /* Core Enabled */
    {4, 0x25, 1, false},  /* Thread Count */
    {4, 0x2a, 2, false},  /* Core Count 2 */
    {4, 0x2c, 2, false},  /* Core Enabled 2 */
    {4, 0x2e, 2, false},  /* Thread Count 2 */
    {4, 0x11, 1, false},  /* Voltage */
    {4, 0x16, 2, false},  /* Current Speed */
    {17, 0x18, 1, true},  /* Serial Number */
    {17, 0x19, 1, true},  /* Asset Tag */
    {17, 0x1a, 1, true},  /* Part Number */
    {22, 0x07, 1, true},  /* Serial Number */
    {22, 0x10, 2, false}, /* SBDS Serial Number */
    {22, 0x12, 2, false}, /* SBDS Manufacture Date */
    {23, 0x05, 2, false}, /* Reset Count */
    {27, 0x0c, 2, false}, /* Nominal Speed */
    {39, 0x08, 1, true},  /* Serial Number */
    {39, 0x09, 1, true},  /* Asset Tag Number */
    {39, 0x0a, 1, true},  /* Model Part Number */
};

/* Of these no more than the header is left. */
static const uint8_t whole[] = {11, 15, 18, 31, 33};

/* A structure in a copy of the table. */
struct structure {
    uint8_t *bytes;
    size_t at;     /* in the table */
    size_t length; /* of its formatted part */
    size_t size;   /* with its strings, and their end */
};

static enum mrtd_code bad(struct mrtd_error *error, uint64_t at,
                          const char *why)
{
    return error_set(error, MRTD_ERR_SMBIOS, at, "not an SMBIOS table: %s",
                     why);
}

/* The next structure, at the start of left bytes; 0 of them is no structure. */
static enum mrtd_code find_end(struct structure *s, size_t left,
                               struct mrtd_error *error)
{
    if (left < HEADER || s->bytes[LENGTH] < HEADER || s->bytes[LENGTH] > left) {
        return bad(error, s->at,
                   "a structure of less than 4 bytes, or one that leads out of "
                   "the file; it must end with a structure of type 127");
    }
    s->length = s->bytes[LENGTH];
    if (left - s->length >= 2 && s->bytes[s->length] == 0 &&
        s->bytes[s->length + 1] != 0) {
        return bad(error, s->at, "a structure whose first string is empty");
    }
    for (s->size = s->length; s->size + 1 < left; s->size++) {
        if (s->bytes[s->size] == 0 && s->bytes[s->size + 1] == 0) {
            s->size += 2;
            return MRTD_OK;
        }
    }
    return bad(error, s->at, "a structure whose strings have no end");
}

/* Makes spaces of the string with that number, the first of which is 1. */
static enum mrtd_code blank(struct structure *s, size_t number,
                            struct mrtd_error *error)
{
    size_t at = s->length;
    for (size_t i = 1; s->bytes[at] != 0; i++) {
        const size_t len = strlen((const char *)s->bytes + at);
        if (i == number) {
            memset(s->bytes + at, ' ', len);
            return MRTD_OK;
        }
        at += len + 1;
    }
    return bad(error, s->at, "a structure that names a string it has not");
}

static enum mrtd_code filter_fields(struct structure *s,
                                    struct mrtd_error *error)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct field *f = &fields[i];
        uint8_t *bytes = s->bytes + f->offset;
        if (f->type != s->bytes[TYPE] ||
            (size_t)f->offset + f->size > s->length) {
            continue;
        }
        if (f->is_string && *bytes != 0) {
            const enum mrtd_code code = blank(s, *bytes, error);
            if (code) {
                return code;
            }
        }
        memset(bytes, 0, f->size);
    }
    return MRTD_OK;
}

static enum mrtd_code filter(struct structure *s, struct mrtd_error *error)
{
    const uint8_t type = s->bytes[TYPE];
    if (type >= TYPE_OEM || memchr(whole, type, sizeof whole)) {
        memset(s->bytes + HEADER, 0, s->size - HEADER);
        return MRTD_OK;
    }
    return filter_fields(s, error);
}

static enum mrtd_code filter_all(uint8_t *bytes, size_t size,
                                 struct mrtd_error *error)
{
    uint8_t type = 0;
    size_t at = 0;
    while (type != TYPE_END) {
        struct structure s = {.bytes = bytes + at, .at = at};
        enum mrtd_code code = find_end(&s, size - at, error);
        if (!code) {
            type = s.bytes[TYPE];
            code = filter(&s, error);
        }
        if (code) {
            return code;
        }
        at += s.size;
    }
    return at == size ? MRTD_OK
                      : bad(error, at,
                            "bytes after its structure of type 127, the end");
}

enum mrtd_code smbios_digest(struct mrtd_digest *digest,
                             const struct mrtd_source *table,
                             struct mrtd_error *error)
{
    if (table->size == 0 || table->size > MRTD_OVMF_MOST_SMBIOS) {
        return error_set(error, MRTD_ERR_SMBIOS, MRTD_NO_OFFSET,
                         "not an SMBIOS table: %" PRIu64
                         " bytes, and it has 1 to %" PRIu64,
                         table->size, MRTD_OVMF_MOST_SMBIOS);
    }
    const size_t size = (size_t)table->size;
    uint8_t *bytes = malloc(size);
    if (!bytes) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the SMBIOS table");
    }
    enum mrtd_code code = source_copy(table, 0, size, bytes, error);
    if (!code) {
        code = filter_all(bytes, size, error);
    }
    if (!code) {
        sha384_digest(bytes, size, digest->bytes);
    }
    free(bytes);
    return code;
}
