/* SPDX-License-Identifier: Apache-2.0 */
/* Events of td-shim [TDSHIM]. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/guid.h"
#include "base/request.h"
#include "base/source.h"
#include "events/hobs.h"
#include "image/bzimage.h"
#include "image/image.h"

/* Bytes that are read at once. */
#define CHUNK ((size_t)4096)

static const struct request request = {"boot", "struct mrtd_shim_boot",
                                       sizeof(struct mrtd_shim_boot),
                                       sizeof(struct mrtd_shim_boot)};

/* --- What an image says --------------------------------------------------- */

/* Is the GUID in these bytes of the image, where files of a volume may begin?
 */
static enum mrtd_code find_guid(const struct mrtd_image *image,
                                const struct mrtd_region *region,
                                const struct guid *wanted, uint32_t *found,
                                struct mrtd_error *error)
{
    uint8_t buffer[CHUNK];
    uint64_t start = 0;
    if (!image_data_offset(image, region->offset, &start)) {
        return MRTD_OK;
    }
    for (uint64_t at = 0; at + sizeof *wanted <= region->data_size;
         at += CHUNK - sizeof *wanted) {
        const uint64_t left = region->data_size - at;
        const size_t size = left < CHUNK ? (size_t)left : CHUNK;
        struct span bytes = {0};
        struct guid guid;
        const enum mrtd_code code = source_view(&image->source, start + at,
                                                size, buffer, &bytes, error);
        if (code) {
            return code;
        }
        for (uint64_t i = 0; span_guid(bytes, i, &guid); i += 8) {
            *found |= guid_equal(&guid, wanted);
        }
    }
    return MRTD_OK;
}

/* The sections, of which td-shim has one each. */
struct sections {
    uint32_t seen; /* a bit for each type of them */
    bool has_data; /* is the payload in the image? */
    struct mrtd_shim shim;
};

static enum mrtd_code take_once(struct sections *s, uint64_t *size,
                                const struct mrtd_region *region,
                                struct mrtd_error *error)
{
    const uint32_t bit = UINT32_C(1) << region->type;
    if (s->seen & bit) {
        return error_set(error, MRTD_ERR_TD_SHIM, region->field,
                         "two %s sections, with which td-shim does not start",
                         mrtd_region_name(region));
    }
    s->seen |= bit;
    *size = region->size;
    return MRTD_OK;
}

static enum mrtd_code take_section(struct sections *s,
                                   const struct mrtd_image *image,
                                   const struct mrtd_region *region,
                                   struct mrtd_error *error)
{
    /* 77a2742e-9340-4ac9-8f85-b7b978580021, of the file with the key's digest
     * [TDSHIM: CFV_FFS_HEADER_TRUST_ANCHOR_GUID]. */
    static const struct guid anchor = {
        GUID(0x77a2742e, 0x9340, 0x4ac9, 0x8f85, 0xb7b978580021)};
    switch (region->type) {
    case MRTD_SECTION_CFV:
        return find_guid(image, region, &anchor, &s->shim.has_trust_anchor,
                         error);
    case MRTD_SECTION_TD_HOB:
        s->shim.has_td_hob = 1;
        s->shim.td_hob_address = region->gpa;
        return take_once(s, &s->shim.td_hob_size, region, error);
    case MRTD_SECTION_PAYLOAD:
        s->has_data = region->data_size > 0;
        s->shim.extends_payload = region->attributes == 0;
        return take_once(s, &s->shim.payload_size, region, error);
    case MRTD_SECTION_PAYLOAD_PARAM:
        return take_once(s, &s->shim.parameter_size, region, error);
    default:
        return MRTD_OK;
    }
}

enum mrtd_code mrtd_shim_read(struct mrtd_shim *shim,
                              const struct mrtd_image *image,
                              struct mrtd_error *error)
{
    struct sections s = {0};
    const struct mrtd_region *region;
    if (!shim || !image) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no image, or no place for what it says");
    }
    if (mrtd_image_igvm(image)) {
        return error_set(error, MRTD_ERR_TD_SHIM, MRTD_NO_OFFSET,
                         "an IGVM file does not say what td-shim measures");
    }
    for (uint32_t i = 0; (region = mrtd_image_region(image, i)); i++) {
        const enum mrtd_code code = region->view == MRTD_VIEW_TDVF
                                        ? take_section(&s, image, region, error)
                                        : MRTD_OK;
        if (code) {
            return code;
        }
    }
    s.shim.takes_kernel = s.shim.has_td_hob && s.shim.payload_size > 0 &&
                          s.shim.parameter_size > 0 && !s.has_data;
    *shim = s.shim;
    return MRTD_OK;
}

/* --- Events --------------------------------------------------------------- */

struct booting {
    const struct mrtd_shim_boot *boot;
    struct mrtd_error *error;
    struct mrtd_event events[MRTD_SHIM_EVENTS];
    size_t count;
};

/* The bytes of a file, and zeros after them. */
static int read_padded(void *context, uint64_t offset, void *buffer,
                       size_t size)
{
    const struct mrtd_source *file = context;
    uint8_t *to = buffer;
    struct mrtd_error error;
    size_t part = 0;
    if (offset < file->size) {
        const uint64_t left = file->size - offset;
        part = left < size ? (size_t)left : size;
        if (source_copy(file, offset, part, to, &error)) {
            return -1;
        }
    }
    memset(to + part, 0, size - part);
    return 0;
}

/* The digest of a region in which the file is. */
static enum mrtd_code add_region(struct booting *b, enum mrtd_register id,
                                 uint32_t type, const char *what,
                                 const struct mrtd_source *file, uint64_t size)
{
    struct mrtd_event *event = &b->events[b->count++];
    struct mrtd_source own = *file;
    const struct mrtd_source region = {
        .size = size, .read = read_padded, .context = &own};
    const uint64_t limit = b->boot->limit ? b->boot->limit : MRTD_DEFAULT_LIMIT;
    *event = (struct mrtd_event){.id = id,
                                 .type = type,
                                 .digest = {.algorithm = MRTD_ALGORITHM_SHA384},
                                 .what = what};
    if (size > limit || file->size > size) {
        return error_set(b->error, MRTD_ERR_PAYLOAD_SIZE, MRTD_NO_OFFSET,
                         "the %s has %" PRIu64 " bytes and its region %" PRIu64
                         ", and no more than %" PRIu64 " are measured",
                         what, file->size, size, size > limit ? limit : size);
    }
    return mrtd_digest_source(&event->digest, 1, &region, b->error);
}

static enum mrtd_code add_hob(struct booting *b)
{
    /* What the region has after the list is not measured. */
    struct mrtd_source list = *b->boot->td_hob;
    const enum mrtd_code code =
        hobs_read(&list.size, b->boot->td_hob, b->boot->shim, b->error);
    return code ? code
                : add_region(b, MRTD_REGISTER_RTMR0,
                             MRTD_EV_PLATFORM_CONFIG_FLAGS, "TD HOB", &list,
                             list.size);
}

static enum mrtd_code add_kernel(struct booting *b)
{
    const struct mrtd_shim *shim = b->boot->shim;
    const struct mrtd_source line = {.data = b->boot->cmdline,
                                     .size = b->boot->cmdline_size};
    struct mrtd_kernel kernel;
    enum mrtd_code code = MRTD_OK;
    if (!b->boot->has_cmdline || (shim->extends_payload && !b->boot->kernel)) {
        return error_set(b->error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "RTMR1 is made of the kernel and its command line");
    }
    if (b->boot->kernel) {
        code = mrtd_kernel_read(&kernel, b->boot->kernel, b->error);
    }
    if (!code && b->boot->kernel) {
        code = bzimage_check_high(b->boot->kernel, b->error);
    }
    if (!code && shim->extends_payload) {
        code = add_region(b, MRTD_REGISTER_RTMR1,
                          MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2, "kernel",
                          b->boot->kernel, shim->payload_size);
    }
    if (!code && line.size >= shim->parameter_size) {
        return error_set(b->error, MRTD_ERR_PAYLOAD_SIZE, MRTD_NO_OFFSET,
                         "the command line has %zu bytes, and its region "
                         "room for %" PRIu64 " and a zero",
                         b->boot->cmdline_size, shim->parameter_size - 1);
    }
    return code ? code
                : add_region(b, MRTD_REGISTER_RTMR1,
                             MRTD_EV_PLATFORM_CONFIG_FLAGS, "command line",
                             &line, shim->parameter_size);
}

static enum mrtd_code make(struct booting *b)
{
    const struct mrtd_shim_boot *boot = b->boot;
    enum mrtd_code code = MRTD_OK;
    if (boot->registers & MRTD_SHIM_RTMR0) {
        if (boot->shim->has_td_hob) {
            code = add_hob(b);
        }
        mrtd_event_separator(&b->events[b->count++], MRTD_REGISTER_RTMR0, 0);
    }
    if (!code && boot->registers & MRTD_SHIM_RTMR1) {
        mrtd_event_separator(&b->events[b->count++], MRTD_REGISTER_RTMR1, 0);
        code = boot->shim->takes_kernel ? add_kernel(b) : MRTD_OK;
    }
    return code;
}

/* --- The interface -------------------------------------------------------- */

/* What starts without a VMM's kernel. */
static enum mrtd_code check_own(const struct mrtd_shim_boot *boot,
                                struct mrtd_error *error)
{
    const struct mrtd_shim *shim = boot->shim;
    if (shim->has_trust_anchor) {
        return error_set(error, MRTD_ERR_TD_SHIM, MRTD_NO_OFFSET,
                         "a key is enrolled in its CFV, by which td-shim "
                         "verifies its payload: of that it measures the key "
                         "into RTMR0 and the payload's SVN into RTMR1, which "
                         "is not predicted here");
    }
    if (shim->extends_payload && boot->registers & MRTD_SHIM_RTMR1) {
        return error_set(error, MRTD_ERR_TD_SHIM, MRTD_NO_OFFSET,
                         "its Payload section has Attributes 0, and no room "
                         "for a kernel of the VMM: td-shim extends RTMR1 with "
                         "a part of its own volume, which is not predicted "
                         "here");
    }
    return boot->kernel || boot->has_cmdline
               ? error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                           "a kernel or a command line for an image that "
                           "takes none")
               : MRTD_OK;
}

static enum mrtd_code check_sources(const struct mrtd_shim_boot *boot,
                                    struct mrtd_error *error)
{
    if ((boot->kernel && !source_valid(boot->kernel)) ||
        (boot->td_hob && !source_valid(boot->td_hob)) ||
        (boot->has_cmdline && !boot->cmdline && boot->cmdline_size > 0)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "a kernel, a TD HOB or a command line that has "
                         "neither data nor a read function");
    }
    return boot->has_cmdline && boot->cmdline_size > 0 &&
                   memchr(boot->cmdline, 0, boot->cmdline_size)
               ? error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                           "there is a zero in the command line, and it would "
                           "end there")
               : MRTD_OK;
}

static enum mrtd_code check(const struct mrtd_shim_boot *boot,
                            struct mrtd_error *error)
{
    const struct mrtd_shim *shim = boot->shim;
    const enum mrtd_code code = check_sources(boot, error);
    if (code) {
        return code;
    }
    if (boot->registers & ~(MRTD_SHIM_RTMR0 | MRTD_SHIM_RTMR1) || !shim ||
        (boot->registers & MRTD_SHIM_RTMR0 && shim->has_td_hob &&
         !boot->td_hob)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "registers 0x%x are not known, or not without an "
                         "image and its TD HOB",
                         (unsigned)boot->registers);
    }
    return shim->takes_kernel ? MRTD_OK : check_own(boot, error);
}

enum mrtd_code mrtd_shim_events(struct mrtd_event events[MRTD_SHIM_EVENTS],
                                size_t *count,
                                const struct mrtd_shim_boot *boot,
                                struct mrtd_error *error)
{
    struct mrtd_shim_boot own = {0};
    struct booting b = {.boot = &own, .error = error};
    if (!events || !count || !boot) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for events, or nothing to boot");
    }
    enum mrtd_code code = request_read(&request, &own, boot, error);
    if (!code) {
        code = check(&own, error);
    }
    if (!code) {
        code = make(&b);
    }
    if (!code) {
        memcpy(events, b.events, b.count * sizeof *events);
        *count = b.count;
    }
    return code;
}
