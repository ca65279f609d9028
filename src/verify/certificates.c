/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/certificates.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "evidence/certificate_table.h"
#include "verify/der.h"
#include "verify/pem.h"

enum {
    /* The table: AMD, 56421, revision 2.03, 4.1.8.1. */
    ENTRY_OFFSET = 16, /* u32, from the start of the table */
    ENTRY_LENGTH = 20, /* u32 */
    ENTRY_SIZE = 24,
    /* Of one certificate in DER; Intel's and AMD's have fewer than 1700. */
    MAX_SIZE = 8192,
};

static enum mrtd_code out_of_memory(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for certificates");
}

void certificates_free(struct certificates *list)
{
    for (size_t i = 0; i < list->buffer_count; i++) {
        free(list->buffers[i]);
    }
    free(list->buffers);
    free(list->items);
    *list = (struct certificates){.items = NULL};
}

/* A buffer that the list owns; NULL where memory is short. */
static uint8_t *add_buffer(struct certificates *list, uint64_t size)
{
    uint8_t **buffers =
        array_room(list->buffers, list->buffer_count, sizeof *buffers);
    if (!buffers) {
        return NULL;
    }
    list->buffers = buffers;
    uint8_t *buffer = size < SIZE_MAX ? malloc((size_t)size + 1) : NULL;
    if (buffer) {
        buffers[list->buffer_count++] = buffer;
    }
    return buffer;
}

enum added {
    ADDED,
    ADDED_NOT_READ,
    ADDED_TOO_MANY,
    ADDED_NO_MEMORY
};

static enum added add_one(struct certificates *list, struct span der)
{
    struct certificate made;
    if (der.size > MAX_SIZE || !certificate_read(&made, der)) {
        return ADDED_NOT_READ;
    }
    if (list->count >= MRTD_VERIFY_MAX_CERTIFICATES) {
        return ADDED_TOO_MANY;
    }
    struct certificate *items =
        array_room(list->items, list->count, sizeof *items);
    if (!items) {
        return ADDED_NO_MEMORY;
    }
    list->items = items;
    items[list->count++] = made;
    return ADDED;
}

/* The same of what is given beside evidence: what is there twice would only be
 * tried twice. */
static enum added add_given(struct certificates *list, struct span der)
{
    for (size_t i = 0; !list->keeps_all && i < list->count; i++) {
        if (der_same(list->items[i].whole, der)) {
            return ADDED;
        }
    }
    return add_one(list, der);
}

static enum mrtd_code say(enum added added, uint64_t at,
                          struct mrtd_error *error)
{
    switch (added) {
    case ADDED:
        return MRTD_OK;
    case ADDED_NO_MEMORY:
        return out_of_memory(error);
    case ADDED_TOO_MANY:
        return error_set(error, MRTD_ERR_CERTIFICATE, at,
                         "there are more than %d certificates",
                         MRTD_VERIFY_MAX_CERTIFICATES);
    case ADDED_NOT_READ:
        break;
    }
    return error_set(error, MRTD_ERR_CERTIFICATE, at,
                     "this is not one X.509 certificate of version 3, of up to "
                     "%d bytes, without a second or an unknown critical "
                     "extension",
                     MAX_SIZE);
}

/* --- Files -------------------------------------------------------------- */

static enum mrtd_code add_pem(struct certificates *list, struct span file,
                              struct mrtd_error *error)
{
    struct span rest = file;
    uint8_t *room = add_buffer(list, file.size);
    if (!room) {
        return out_of_memory(error);
    }
    do {
        const uint64_t at = rest.base;
        size_t size = 0;
        enum mrtd_code code = MRTD_OK;
        if (!pem_next(&rest, true, room, &size)) {
            return error_set(error, MRTD_ERR_CERTIFICATE, rest.base,
                             "not a certificate in PEM: expected only lines "
                             "of base64 between BEGIN CERTIFICATE and END "
                             "CERTIFICATE, and only certificates");
        }
        code = say(add_given(list, span_make(room, size, at)), at, error);
        if (code) {
            return code;
        }
        room += size;
        pem_skip_blank(&rest);
    } while (rest.size > 0 && !span_is_zero(rest));
    return MRTD_OK;
}

/* PEM or DER. */
static enum mrtd_code add_bytes(struct certificates *list, struct span bytes,
                                struct mrtd_error *error)
{
    struct span text = bytes;
    pem_skip_blank(&text);
    return pem_begins(text) ? add_pem(list, text, error)
                            : say(add_given(list, bytes), bytes.base, error);
}

bool certificates_is_table(struct span s)
{
    unsigned kind = 0;
    return certificate_table_kind(s, 0, &kind);
}

/* Where the entry of zeros is that ends the table, or the table's size. */
static uint64_t table_end(struct span table)
{
    uint64_t at = 0;
    struct span entry;
    while (span_part(table, at, ENTRY_SIZE, &entry) && !span_is_zero(entry)) {
        at += ENTRY_SIZE;
    }
    return span_has(table, at, ENTRY_SIZE) ? at : table.size;
}

uint64_t certificates_table_size(struct span s)
{
    const uint64_t entries = table_end(s);
    uint64_t size = entries < s.size ? entries + ENTRY_SIZE : s.size;
    for (uint64_t at = 0; at < entries; at += ENTRY_SIZE) {
        uint32_t offset = 0;
        uint32_t length = 0;
        if (span_u32(s, at + ENTRY_OFFSET, &offset) &&
            span_u32(s, at + ENTRY_LENGTH, &length) &&
            span_has(s, offset, length) && (uint64_t)offset + length > size) {
            size = (uint64_t)offset + length;
        }
    }
    return size;
}

/* Is one kind of certificate in it twice? Stores the offset of the entry. */
static bool has_twice(struct span table, uint64_t end, uint64_t *at)
{
    uint32_t seen = 0;
    for (*at = 0; *at < end; *at += ENTRY_SIZE) {
        unsigned kind = 0;
        if (!certificate_table_kind(table, *at, &kind)) {
            continue;
        }
        if (seen & UINT32_C(1) << kind) {
            return true;
        }
        seen |= UINT32_C(1) << kind;
    }
    return false;
}

static enum mrtd_code add_table(struct certificates *list, struct span table,
                                struct mrtd_error *error)
{
    const uint64_t end = table_end(table);
    uint64_t twice = 0;
    if (end == table.size) {
        return error_set(error, MRTD_ERR_CERTIFICATE, table.base,
                         "the table of certificates has no entry of zeros at "
                         "its end");
    }
    if (has_twice(table, end, &twice)) {
        return error_set(error, MRTD_ERR_CERTIFICATE, table.base + twice,
                         "entry %" PRIu64 " of the table of certificates is "
                         "of a kind that is already there",
                         twice / ENTRY_SIZE);
    }
    for (uint64_t at = 0; at < end; at += ENTRY_SIZE) {
        uint32_t offset = 0;
        uint32_t length = 0;
        unsigned kind = 0;
        struct span bytes;
        enum mrtd_code code = MRTD_OK;
        (void)span_u32(table, at + ENTRY_OFFSET, &offset);
        (void)span_u32(table, at + ENTRY_LENGTH, &length);
        if (offset < end + ENTRY_SIZE || length == 0 ||
            !span_part(table, offset, length, &bytes)) {
            return error_set(
                error, MRTD_ERR_CERTIFICATE, table.base + at + ENTRY_OFFSET,
                "entry %" PRIu64 " of the table of certificates "
                "has offset %" PRIu32 " and length %" PRIu32
                ", not bytes between the table's end at %" PRIu64
                " and %" PRIu64,
                at / ENTRY_SIZE, offset, length, end + ENTRY_SIZE, table.size);
        }
        code = certificate_table_kind(table, at, &kind)
                   ? add_bytes(list, bytes, error)
                   : MRTD_OK;
        if (code) {
            return code;
        }
    }
    return MRTD_OK;
}

enum mrtd_code certificates_add(struct certificates *list, struct span file,
                                struct mrtd_error *error)
{
    if (file.size == 0) {
        return error_set(error, MRTD_ERR_CERTIFICATE, MRTD_NO_OFFSET,
                         "it is empty, and should have certificates in PEM, or "
                         "one in DER");
    }
    if (file.size > MRTD_VERIFY_MAX_BYTES) {
        return error_set(error, MRTD_ERR_CERTIFICATE, file.base,
                         "a file with certificates has %" PRIu64
                         " bytes, more than %d",
                         file.size, MRTD_VERIFY_MAX_BYTES);
    }
    return certificates_is_table(file) ? add_table(list, file, error)
                                       : add_bytes(list, file, error);
}

/* --- Quotes ------------------------------------------------------------- */

enum certificates_result certificates_read_chain(struct certificates *list,
                                                 struct span chain,
                                                 size_t count, uint64_t *at)
{
    struct span rest = chain;
    *at = chain.base;
    uint8_t *room = add_buffer(list, chain.size);
    if (!room) {
        return CERTIFICATES_MEMORY;
    }
    while (pem_begins(rest)) {
        size_t size = 0;
        *at = rest.base;
        if (list->count == count) {
            return CERTIFICATES_COUNT;
        }
        if (!pem_next(&rest, false, room, &size)) {
            *at = rest.base;
            return CERTIFICATES_FORMAT;
        }
        switch (add_one(list, span_make(room, size, *at))) {
        case ADDED:
            break;
        case ADDED_NO_MEMORY:
            return CERTIFICATES_MEMORY;
        default:
            return CERTIFICATES_FORMAT;
        }
        room += size;
    }
    if (rest.size > 1 || !span_is_zero(rest)) {
        *at = rest.base;
        return CERTIFICATES_FORMAT;
    }
    return list->count == count ? CERTIFICATES_READ : CERTIFICATES_COUNT;
}
