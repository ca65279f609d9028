/* SPDX-License-Identifier: Apache-2.0 */
/* What RTMR0 of OVMF has of the image: the TD HOB, by its sections [QEMU], and
 * the CFV [EDK2]. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/guid.h"
#include "base/source.h"
#include "events/ovmf.h"
#include "hash/sha384.h"
#include "image/image.h"

/* --- The TD HOB ----------------------------------------------------------- */

/* UEFI Platform Initialization 1.8, volume 3, 5. */
enum {
    PHIT_SIZE = 56,
    RESOURCE_SIZE = 48,
    END_SIZE = 8,
    PHIT_VERSION = 9,
    TYPE_HANDOFF = 1,
    TYPE_RESOURCE = 3,
    SYSTEM_MEMORY = 0,
    MEMORY_UNACCEPTED = 7,
    ATTRIBUTES = 7, /* present, initialized, tested */
};
/* Where q35 has RAM: up to 2 GiB, or up to 2.75 GiB where that is all. */
#define LOW_MOST UINT64_C(0xb0000000)
#define LOW_SIZE UINT64_C(0x80000000)
#define HIGH     UINT64_C(0x100000000)

struct range {
    uint64_t start;
    uint64_t size;
};

struct list {
    struct range *sections; /* those that are in RAM, by their addresses */
    size_t count;
    const struct mrtd_region *hob;
    uint8_t *bytes;
    size_t size;
    struct mrtd_error *error;
};

static int compare(const void *a, const void *b)
{
    const uint64_t x = ((const struct range *)a)->start;
    const uint64_t y = ((const struct range *)b)->start;
    return x < y ? -1 : x > y;
}

static enum mrtd_code take_sections(struct list *l,
                                    const struct mrtd_image *image)
{
    const struct mrtd_region *r;
    l->sections =
        calloc((size_t)image->info.region_count + 1, sizeof *l->sections);
    if (!l->sections) {
        return error_set(l->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the sections");
    }
    for (uint32_t i = 0; (r = mrtd_image_region(image, i)); i++) {
        const bool is_hob = r->type == MRTD_SECTION_TD_HOB;
        if (r->view != MRTD_VIEW_TDVF ||
            (!is_hob && r->type != MRTD_SECTION_TEMP_MEM)) {
            continue;
        }
        if (is_hob && l->hob) {
            return error_set(l->error, MRTD_ERR_TD_HOB, r->field,
                             "two TD_HOB sections, of which QEMU fills one");
        }
        l->hob = is_hob ? r : l->hob;
        l->sections[l->count++] = (struct range){r->gpa, r->size};
    }
    if (!l->hob) {
        return error_set(l->error, MRTD_ERR_TD_HOB, MRTD_NO_OFFSET,
                         "there is no TD_HOB section, and QEMU launches no "
                         "such image");
    }
    qsort(l->sections, l->count, sizeof *l->sections, compare);
    return MRTD_OK;
}

static void put(struct list *l, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        l->bytes[l->size++] = (uint8_t)(value >> 8 * i);
    }
}

static void put_resource(struct list *l, uint32_t type, uint64_t start,
                         uint64_t end)
{
    if (start == end) {
        return;
    }
    put(l, TYPE_RESOURCE, 2);
    put(l, RESOURCE_SIZE, 2);
    put(l, 0, 4);
    put(l, 0, 8); /* Owner: zeros */
    put(l, 0, 8);
    put(l, type, 4);
    put(l, ATTRIBUTES, 4);
    put(l, start, 8);
    put(l, end - start, 8);
}

/* A bank of RAM, and the sections from *next on that are in it. */
static void put_bank(struct list *l, size_t *next, uint64_t start, uint64_t end)
{
    for (; *next < l->count; ++*next) {
        const struct range *s = &l->sections[*next];
        if (s->start < start || s->start > end || s->size > end - s->start) {
            break;
        }
        put_resource(l, MEMORY_UNACCEPTED, start, s->start);
        put_resource(l, SYSTEM_MEMORY, s->start, s->start + s->size);
        start = s->start + s->size;
    }
    put_resource(l, MEMORY_UNACCEPTED, start, end);
}

static enum mrtd_code write_list(struct list *l, uint64_t ram)
{
    const uint64_t low = ram >= LOW_MOST ? LOW_SIZE : ram;
    size_t next = 0;
    /* Each section splits a bank at most once. */
    l->bytes = calloc(2 * l->count + 3, PHIT_SIZE);
    if (!l->bytes) {
        return error_set(l->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the TD HOB");
    }
    put(l, TYPE_HANDOFF, 2);
    put(l, PHIT_SIZE, 2);
    put(l, 0, 4);
    put(l, PHIT_VERSION, 4);
    l->size = PHIT_SIZE;
    put_bank(l, &next, 0, low);
    put_bank(l, &next, HIGH, HIGH + (ram - low));
    if (next < l->count) {
        return error_set(l->error, MRTD_ERR_TD_HOB, MRTD_NO_OFFSET,
                         "the section of 0x%" PRIx64 " bytes at 0x%" PRIx64
                         " is not in the RAM, or not alone there: QEMU does "
                         "not launch it with %" PRIu64 " bytes",
                         l->sections[next].size, l->sections[next].start, ram);
    }
    if (l->hob->size < END_SIZE || l->size > l->hob->size - END_SIZE) {
        return error_set(l->error, MRTD_ERR_TD_HOB, l->hob->field,
                         "a TD_HOB section of 0x%" PRIx64
                         " bytes, and the list has 0x%zx",
                         l->hob->size, l->size + END_SIZE);
    }
    const size_t size = l->size;
    l->size = PHIT_SIZE - sizeof(uint64_t);
    put(l, l->hob->gpa + size + END_SIZE, sizeof(uint64_t));
    l->size = size;
    return MRTD_OK;
}

enum mrtd_code ovmf_td_hob(struct mrtd_digest *digest,
                           const struct mrtd_image *image, uint64_t ram,
                           struct mrtd_error *error)
{
    struct list l = {.error = error};
    enum mrtd_code code = take_sections(&l, image);
    if (!code) {
        code = write_list(&l, ram);
    }
    if (!code) {
        sha384_digest(l.bytes, l.size, digest->bytes);
    }
    free(l.sections);
    free(l.bytes);
    return code;
}

/* --- The CFV -------------------------------------------------------------- */

/* Bytes that are read at once. */
#define CHUNK ((size_t)4096)

/* EFI_FIRMWARE_VOLUME_HEADER and, after it, VARIABLE_STORE_HEADER of edk2,
 * MdeModulePkg/Include/Guid/VariableFormat.h. */
enum {
    VOLUME_GUID = 16,
    VOLUME_SIGNATURE = 40,
    VOLUME_HEADER = 48, /* HeaderLength */
    VOLUME_FIXED = 56,
    STORE_GUID = 0,
    STORE_SIZE = 16,
    STORE_FORMAT = 20,
    STORE_STATE = 21,
    STORE_HEADER = 28,
    FORMATTED = 0x5a,
    HEALTHY = 0xfe,
};

/* A part of an image. */
struct part {
    const struct mrtd_source *source;
    uint64_t start;
};

static int read_part(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct part *p = context;
    struct mrtd_error error;
    return source_copy(p->source, p->start + offset, size, buffer, &error) ? -1
                                                                           : 0;
}

static bool find_store(struct span head, uint64_t *start, uint64_t *end)
{
    /* fff12b8d-7696-4c8b-a985-2747075b4f50 (EFI_SYSTEM_NV_DATA_FV_GUID), and
     * aaf32c78-947b-439a-a180-2e144ec37792 (EFI_AUTHENTICATED_VARIABLE_GUID).
     */
    static const struct guid volume = {
        GUID(0xfff12b8d, 0x7696, 0x4c8b, 0xa985, 0x2747075b4f50)};
    static const struct guid variables = {
        GUID(0xaaf32c78, 0x947b, 0x439a, 0xa180, 0x2e144ec37792)};
    struct guid guid;
    struct span store = {0};
    uint16_t length = 0;
    uint32_t size = 0;
    uint8_t format = 0;
    uint8_t state = 0;
    if (!span_guid(head, VOLUME_GUID, &guid) || !guid_equal(&guid, &volume) ||
        !span_equals(head, VOLUME_SIGNATURE, (const uint8_t *)"_FVH", 4) ||
        !span_u16(head, VOLUME_HEADER, &length) || length < VOLUME_FIXED ||
        !span_part(head, length, STORE_HEADER, &store) ||
        !span_guid(store, STORE_GUID, &guid) ||
        !guid_equal(&guid, &variables) || !span_u32(store, STORE_SIZE, &size) ||
        size < STORE_HEADER || !span_u8(store, STORE_FORMAT, &format) ||
        format != FORMATTED || !span_u8(store, STORE_STATE, &state) ||
        state != HEALTHY) {
        return false;
    }
    *start = (uint64_t)length + STORE_HEADER;
    *end = (uint64_t)length + size;
    return true;
}

/* Is there nothing but erased flash in the store? */
static enum mrtd_code is_empty(bool *result, const struct mrtd_source *cfv,
                               struct mrtd_error *error)
{
    uint8_t buffer[CHUNK];
    struct span bytes = {0};
    uint64_t at = 0;
    uint64_t end = 0;
    const size_t first = cfv->size < CHUNK ? (size_t)cfv->size : CHUNK;
    enum mrtd_code code = source_view(cfv, 0, first, buffer, &bytes, error);
    *result = false;
    if (code || !find_store(bytes, &at, &end) || end > cfv->size) {
        return code;
    }
    for (; at < end; at += bytes.size) {
        const size_t size = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
        code = source_view(cfv, at, size, buffer, &bytes, error);
        if (code) {
            return code;
        }
        for (uint64_t i = 0; i < size; i++) {
            uint8_t byte = 0;
            if (!span_u8(bytes, i, &byte) || byte != UINT8_MAX) {
                return MRTD_OK;
            }
        }
    }
    *result = true;
    return MRTD_OK;
}

enum mrtd_code ovmf_cfv(struct mrtd_digest *digest, bool *is_empty_store,
                        const struct mrtd_image *image,
                        struct mrtd_error *error)
{
    const struct mrtd_region *r;
    const struct mrtd_region *found = NULL;
    struct part part = {.source = &image->source};
    for (uint32_t i = 0; (r = mrtd_image_region(image, i)); i++) {
        if (r->view != MRTD_VIEW_TDVF || r->type != MRTD_SECTION_CFV) {
            continue;
        }
        if (found) {
            return error_set(error, MRTD_ERR_CFV, r->field,
                             "two CFV sections, and OVMF measures one");
        }
        found = r;
    }
    if (!found || found->data_size == 0) {
        return error_set(error, MRTD_ERR_CFV,
                         found ? found->field : MRTD_NO_OFFSET,
                         "there is no CFV section with data, which OVMF "
                         "measures");
    }
    if (!image_data_offset(image, found->offset, &part.start)) {
        return error_set(error, MRTD_ERR_CFV, found->field,
                         "the CFV is in the VARS file, which is not given: "
                         "--vars FILE, or the whole image");
    }
    const struct mrtd_source cfv = {
        .size = found->data_size, .read = read_part, .context = &part};
    const enum mrtd_code code = is_empty(is_empty_store, &cfv, error);
    return code ? code : mrtd_digest_source(digest, 1, &cfv, error);
}
