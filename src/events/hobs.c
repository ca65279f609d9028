/* SPDX-License-Identifier: Apache-2.0 */
/* The TD HOB [PI], as td-shim takes it [TDSHIM: check_hob_integrity(),
 * parse_td_hob()]. */
#include "events/hobs.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/guid.h"
#include "base/source.h"

/* Bytes that are read at once. */
#define CHUNK ((size_t)4096)

/* [PI]: EFI_HOB_GENERIC_HEADER, and the types of HOBs that td-shim takes. */
enum {
    HOB_TYPE = 0,
    HOB_LENGTH = 2,
    HOB_RESERVED = 4,
    HOB_HEADER = 8,
    PHIT_TOP = 16, /* EfiMemoryTop */
    PHIT_END = 48, /* EfiEndOfHobList */
    PHIT_SIZE = 56,
    RESOURCE_TYPE = 24,
    RESOURCE_ATTRIBUTES = 28,
    RESOURCE_START = 32,
    RESOURCE_LENGTH = 40,
    RESOURCE_SIZE = 48,
    GUID_NAME = 8,
    GUID_DATA = 24,
    TYPE_HANDOFF = 1,
    TYPE_RESOURCE = 3,
    TYPE_GUID = 4,
    TYPE_END = 0xffff,
};
/* The first types and attributes of resources that there are not. */
#define RESOURCE_TYPES UINT32_C(8)
#define RESOURCE_BITS  UINT32_C(0x08000000)
/* Bytes of PayloadInfo, and its kind of a bzImage. */
#define INFO_SIZE       16
#define PAYLOAD_BZIMAGE 1
/* From here on a length cannot be made a multiple of 8. */
#define LENGTH_MOST (UINT16_MAX - 7)
#define PAGE        0x1000

struct hobs {
    const struct mrtd_source *source;
    const struct mrtd_shim *shim;
    uint64_t size; /* of the list, with its end */
    uint64_t end;  /* where PHIT says that it is, an address */
    bool has_payload;
    uint32_t payload; /* what kind it is, where it has one */
};

/* A HOB, or as much of it as is looked at. */
struct hob {
    struct span bytes;
    uint64_t at;
    uint16_t type;
    uint16_t length;
};

static enum mrtd_code bad_hob(struct mrtd_error *error, uint64_t at,
                              const char *why)
{
    return error_set(error, MRTD_ERR_TD_HOB, at,
                     "not a list of HOBs that td-shim takes: %s", why);
}

static enum mrtd_code take_phit(struct hobs *h, const struct hob *hob,
                                struct mrtd_error *error)
{
    uint64_t top = 0;
    if (hob->length != PHIT_SIZE || !span_u64(hob->bytes, PHIT_TOP, &top) ||
        top % PAGE != 0) {
        return bad_hob(error, hob->at,
                       "a PHIT that has not 56 bytes, or whose EfiMemoryTop is "
                       "not a multiple of 4096");
    }
    if (hob->at == 0) {
        span_u64(hob->bytes, PHIT_END, &h->end);
    }
    return MRTD_OK;
}

static enum mrtd_code take_resource(const struct hob *hob,
                                    struct mrtd_error *error)
{
    uint32_t type = 0;
    uint32_t attributes = 0;
    uint64_t start = 0;
    uint64_t length = 0;
    if (hob->length != RESOURCE_SIZE ||
        !span_u32(hob->bytes, RESOURCE_TYPE, &type) ||
        !span_u32(hob->bytes, RESOURCE_ATTRIBUTES, &attributes) ||
        !span_u64(hob->bytes, RESOURCE_START, &start) ||
        !span_u64(hob->bytes, RESOURCE_LENGTH, &length) ||
        type >= RESOURCE_TYPES || attributes >= RESOURCE_BITS ||
        length > UINT64_MAX - start) {
        return bad_hob(error, hob->at,
                       "a resource that has not 48 bytes, is of a type or with "
                       "attributes that there are not, or goes beyond 2^64");
    }
    return MRTD_OK;
}

static enum mrtd_code take_guid(struct hobs *h, const struct hob *hob,
                                struct mrtd_error *error)
{
    /* b96fa412-461f-4be3-8c0d-ad805a497ac0 [TDSHIM:
     * TD_PAYLOAD_INFO_HOB_GUID]. */
    static const struct guid info = {
        GUID(0xb96fa412, 0x461f, 0x4be3, 0x8c0d, 0xad805a497ac0)};
    struct guid name;
    if (!span_guid(hob->bytes, GUID_NAME, &name)) {
        return bad_hob(error, hob->at, "a GUID HOB of less than 24 bytes");
    }
    if (!guid_equal(&name, &info)) {
        return MRTD_OK;
    }
    if (hob->length < GUID_DATA + INFO_SIZE ||
        !span_u32(hob->bytes, GUID_DATA, &h->payload)) {
        return bad_hob(error, hob->at,
                       "a HOB of the payload of less than 40 bytes, as Cloud "
                       "Hypervisor since v44 makes it");
    }
    /* The last one counts. */
    h->has_payload = true;
    return MRTD_OK;
}

static enum mrtd_code take_hob(struct hobs *h, const struct hob *hob,
                               struct mrtd_error *error)
{
    if (hob->at == 0 && hob->type != TYPE_HANDOFF) {
        return bad_hob(error, 0, "it does not begin with a PHIT");
    }
    switch (hob->type) {
    case TYPE_HANDOFF:
        return take_phit(h, hob, error);
    case TYPE_RESOURCE:
        return take_resource(hob, error);
    case TYPE_GUID:
        return take_guid(h, hob, error);
    case TYPE_END:
        return MRTD_OK;
    default:
        return bad_hob(error, hob->at,
                       "a HOB that is neither PHIT, resource, GUID nor end");
    }
}

/* The one at the list's end as far as it is known. */
static enum mrtd_code view_hob(const struct hobs *h, struct hob *hob,
                               uint8_t buffer[PHIT_SIZE],
                               struct mrtd_error *error)
{
    const uint64_t left = h->source->size - h->size;
    const size_t size = left < PHIT_SIZE ? (size_t)left : PHIT_SIZE;
    uint32_t reserved = 0;
    const enum mrtd_code code =
        source_view(h->source, h->size, size, buffer, &hob->bytes, error);
    if (code) {
        return code;
    }
    hob->at = h->size;
    if (!span_u16(hob->bytes, HOB_TYPE, &hob->type) ||
        !span_u16(hob->bytes, HOB_LENGTH, &hob->length) ||
        !span_u32(hob->bytes, HOB_RESERVED, &reserved)) {
        return bad_hob(error, hob->at, "it has no end");
    }
    /* Its memory goes on with zeros after the file. */
    if (hob->length == 0 || reserved != 0 ||
        hob->length > h->shim->td_hob_size - hob->at ||
        (hob->type != TYPE_END && hob->length > LENGTH_MOST)) {
        return bad_hob(error, hob->at,
                       "a HOB whose length is 0 or leads out of the TD_HOB "
                       "section, or whose reserved field is not 0");
    }
    span_part(hob->bytes, 0, hob->length < size ? hob->length : size,
              &hob->bytes);
    return MRTD_OK;
}

static enum mrtd_code walk(struct hobs *h, struct mrtd_error *error)
{
    uint8_t buffer[PHIT_SIZE];
    struct hob hob = {.type = 0};
    while (hob.type != TYPE_END) {
        enum mrtd_code code = view_hob(h, &hob, buffer, error);
        if (!code) {
            code = take_hob(h, &hob, error);
        }
        if (code) {
            return code;
        }
        /* HOBs begin at multiples of 8; of the end only the header counts. */
        h->size +=
            hob.type == TYPE_END ? HOB_HEADER : (hob.length + 7U) / 8 * 8;
        if (h->size > h->source->size) {
            return bad_hob(error, h->source->size, "it has no end");
        }
    }
    return MRTD_OK;
}

/* What comes after the list is the rest of the region. */
static enum mrtd_code check_rest(const struct hobs *h, struct mrtd_error *error)
{
    uint8_t buffer[CHUNK];
    for (uint64_t at = h->size; at < h->source->size; at += CHUNK) {
        const uint64_t left = h->source->size - at;
        const size_t size = left < CHUNK ? (size_t)left : CHUNK;
        struct span bytes = {0};
        const enum mrtd_code code =
            source_view(h->source, at, size, buffer, &bytes, error);
        if (code) {
            return code;
        }
        if (!span_is_zero(bytes)) {
            return bad_hob(error, at, "bytes after its end that are not zero");
        }
    }
    return MRTD_OK;
}

/* Is it this image's, and of what is started? */
static enum mrtd_code check_image(const struct hobs *h,
                                  struct mrtd_error *error)
{
    const uint64_t address = h->shim->td_hob_address;
    if (address && h->end - address != h->size) {
        return error_set(error, MRTD_ERR_TD_HOB, PHIT_END,
                         "EfiEndOfHobList 0x%" PRIx64
                         " is not the end of a list of 0x%" PRIx64
                         " bytes at 0x%" PRIx64
                         ", where the TD_HOB section is: it is of another "
                         "image",
                         h->end, h->size, address);
    }
    if (h->has_payload && h->payload != PAYLOAD_BZIMAGE) {
        return error_set(error, MRTD_ERR_TD_HOB, MRTD_NO_OFFSET,
                         "it announces a payload of ImageType %" PRIu32
                         ", and what is measured is known of 1, a bzImage",
                         h->payload);
    }
    return h->has_payload == (h->shim->takes_kernel != 0)
               ? MRTD_OK
               : error_set(error, MRTD_ERR_TD_HOB, MRTD_NO_OFFSET,
                           h->has_payload
                               ? "it announces a Linux kernel, for which the "
                                 "image has no room"
                               : "it announces no Linux kernel, and the image "
                                 "starts one");
}

enum mrtd_code hobs_read(uint64_t *size, const struct mrtd_source *file,
                         const struct mrtd_shim *shim, struct mrtd_error *error)
{
    struct hobs h = {.source = file, .shim = shim};
    if (file->size > shim->td_hob_size) {
        return error_set(error, MRTD_ERR_TD_HOB, MRTD_NO_OFFSET,
                         "%" PRIu64
                         " bytes, and the TD_HOB section has %" PRIu64,
                         file->size, shim->td_hob_size);
    }
    enum mrtd_code code = walk(&h, error);
    if (!code) {
        code = check_rest(&h, error);
    }
    if (!code) {
        code = check_image(&h, error);
    }
    if (!code) {
        *size = h.size;
    }
    return code;
}
