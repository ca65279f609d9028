/* SPDX-License-Identifier: Apache-2.0 */
/* The walk through the structures of an IGVM file. */
#include "image/igvm/walk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/source.h"

/* Type and length in front of a structure's body. */
#define STRUCTURE_HEAD 8
/*
 * IGVM_VHT_OPTIONAL_BIT: loaders that do not know the type skip the structure.
 */
#define OPTIONAL_BIT UINT32_C(0x80000000)

/* --- Messages ---------------------------------------------------------- */

static void fill(const struct igvm_walk *w, struct mrtd_error *error,
                 enum mrtd_code code, unsigned field, const char *text)
{
    error_set(error, code, w->offset + field, "%s: %s", w->name, text);
}

enum mrtd_code igvm_refuse(const struct igvm_walk *w, enum mrtd_code code,
                           unsigned field, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fill(w, w->error, code, field, text);
    return code;
}

void igvm_say(const struct igvm_walk *w, enum mrtd_code code,
              enum mrtd_severity severity, unsigned field, const char *text)
{
    struct mrtd_error what;
    fill(w, &what, code, field, text);
    findings_add(&w->image->findings, severity, MRTD_NO_REGION, &what);
}

enum mrtd_code igvm_no_memory(const struct igvm_walk *w)
{
    return error_set(w->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the IGVM file's description");
}

/* --- Fields ------------------------------------------------------------ */

uint16_t igvm_u16(const struct igvm_walk *w, unsigned field)
{
    uint16_t value = 0;
    span_u16(w->body, field, &value);
    return value;
}

uint32_t igvm_u32(const struct igvm_walk *w, unsigned field)
{
    uint32_t value = 0;
    span_u32(w->body, field, &value);
    return value;
}

uint64_t igvm_u64(const struct igvm_walk *w, unsigned field)
{
    uint64_t value = 0;
    span_u64(w->body, field, &value);
    return value;
}

enum mrtd_code igvm_check_data(const struct igvm_walk *w, unsigned field,
                               uint64_t size)
{
    const struct mrtd_igvm_info *info = &w->igvm->info;
    const uint64_t start = (uint64_t)info->headers_offset + info->headers_size;
    const uint64_t end = w->image->source.size;
    const uint32_t offset = igvm_u32(w, field);
    if (offset < start || offset > end || size > end - offset) {
        return igvm_refuse(w, MRTD_ERR_IGVM_DATA, field,
                           "FileOffset 0x%" PRIx32 " and %" PRIu64
                           " bytes are outside the file's data, 0x%" PRIx64
                           "-0x%" PRIx64,
                           offset, size, start, end);
    }
    return MRTD_OK;
}

/* --- Structures -------------------------------------------------------- */

typedef enum mrtd_code take_fn(struct igvm_walk *w);

struct structure {
    uint32_t type;
    uint32_t length;
    const char *name;
    take_fn *take; /* NULL: nothing in it is kept */
};

static const struct structure structures[] = {
    {0x001, 16, "SUPPORTED_PLATFORM", igvm_take_platform},
    {0x101, 16, "GUEST_POLICY", igvm_take_policy},
    {0x102, 48, "RELOCATABLE_REGION", igvm_take_relocatable},
    {0x103, 32, "PAGE_TABLE_RELOCATION_REGION", NULL},
    {0x104, 16, "CORIM_DOCUMENT", igvm_take_corim},
    {0x105, 16, "CORIM_SIGNATURE", igvm_take_corim_signature},
    {0x106, 32, "CCA_POLICY", NULL},
    {0x301, 16, "PARAMETER_AREA", igvm_take_directive},
    {0x302, 24, "PAGE_DATA", igvm_take_directive},
    {0x303, 16, "PARAMETER_INSERT", igvm_take_directive},
    {0x304, 20, "VP_CONTEXT", igvm_take_directive},
    {0x305, 24, "REQUIRED_MEMORY", igvm_take_directive},
    {0x307, 8, "VP_COUNT_PARAMETER", igvm_take_directive},
    {0x308, 8, "SRAT", igvm_take_directive},
    {0x309, 8, "MADT", igvm_take_directive},
    {0x30a, 8, "MMIO_RANGES", igvm_take_directive},
    {0x30b, 696, "SNP_ID_BLOCK", igvm_take_directive},
    {0x30c, 8, "MEMORY_MAP", igvm_take_directive},
    {0x30d, 16, "ERROR_RANGE", NULL},
    {0x30e, 8, "COMMAND_LINE", igvm_take_directive},
    {0x30f, 8, "SLIT", igvm_take_directive},
    {0x310, 8, "PPTT", igvm_take_directive},
    {0x311, 864, "VBS_MEASUREMENT", NULL},
    {0x312, 8, "DEVICE_TREE", igvm_take_directive},
    {0x313, 8, "ENVIRONMENT_INFO_PARAMETER", igvm_take_directive},
};

static const struct structure *find_structure(uint32_t type)
{
    for (size_t i = 0; i < sizeof structures / sizeof *structures; i++) {
        if (structures[i].type == type) {
            return &structures[i];
        }
    }
    return NULL;
}

const char *igvm_structure_name(uint32_t type)
{
    const struct structure *s = find_structure(type);
    return s ? s->name : NULL;
}

/* Checks and takes a structure of a known type. */
static unsigned phase_of(uint32_t type)
{
    return type <= 0x100 ? 1 : type <= 0x200 ? 2 : 3;
}

static enum mrtd_code enter_phase(struct igvm_walk *w, unsigned phase)
{
    if (phase < w->phase) {
        return igvm_refuse(w, MRTD_ERR_IGVM_STRUCTURE, 0,
                           "it is after structures that must follow it: "
                           "platforms, initialization, directives");
    }
    w->phase = phase;
    return MRTD_OK;
}

static enum mrtd_code take_structure(struct igvm_walk *w)
{
    const struct structure *s = find_structure(w->type);
    if (w->type & OPTIONAL_BIT && !find_structure(w->type & ~OPTIONAL_BIT)) {
        return MRTD_OK;
    }
    if (w->type & OPTIONAL_BIT) {
        return error_set(w->error, MRTD_ERR_IGVM_STRUCTURE,
                         w->offset - STRUCTURE_HEAD,
                         "structure type 0x%" PRIx32 " is a known type with "
                         "the bit that lets loaders skip it: they may "
                         "disagree",
                         w->type);
    }
    if (!s) {
        return error_set(w->error, MRTD_ERR_IGVM_STRUCTURE,
                         w->offset - STRUCTURE_HEAD,
                         "structure type 0x%" PRIx32 " is not known", w->type);
    }
    w->name = s->name;
    if (w->body.size != s->length) {
        return error_set(w->error, MRTD_ERR_IGVM_STRUCTURE,
                         w->offset - STRUCTURE_HEAD + 4,
                         "%s: length %" PRIu64 " is not %" PRIu32, s->name,
                         w->body.size, s->length);
    }
    enum mrtd_code code = enter_phase(w, phase_of(w->type));
    return !code && s->take ? s->take(w) : code;
}

/* --- The walk ---------------------------------------------------------- */

/* Bytes of the variable headers, at most IGVM_WINDOW. */
enum mrtd_code igvm_view(struct igvm_walk *w, uint64_t offset, uint64_t len,
                         struct span *out)
{
    const uint64_t end =
        (uint64_t)w->igvm->info.headers_offset + w->igvm->info.headers_size;
    if (w->image->source.data) {
        return source_view(&w->image->source, offset, (size_t)len, NULL, out,
                           w->error);
    }
    if (offset < w->window_offset ||
        !span_part(span_make(w->window, w->window_size, w->window_offset),
                   offset - w->window_offset, len, out)) {
        const uint64_t size =
            end - offset < IGVM_WINDOW ? end - offset : IGVM_WINDOW;
        struct span whole;
        enum mrtd_code code =
            source_view(&w->image->source, offset, (size_t)size, w->window,
                        &whole, w->error);
        if (code) {
            return code;
        }
        w->window_offset = offset;
        w->window_size = size;
        span_part(whole, 0, len, out);
    }
    return MRTD_OK;
}

static enum mrtd_code cut(const struct igvm_walk *w, uint64_t offset,
                          uint64_t length, uint64_t left)
{
    return error_set(w->error, MRTD_ERR_IGVM_STRUCTURE, offset,
                     "a structure of %" PRIu64 " bytes, padded to 8, in the "
                     "last %" PRIu64 " bytes of the variable headers",
                     length, left);
}

/* Decodes the structure at *at, and moves *at after it. */
static enum mrtd_code step(struct igvm_walk *w, uint64_t *at, uint64_t end)
{
    const uint64_t left = end - *at;
    struct span head;
    struct span padding;
    uint32_t length = 0;
    if (left < STRUCTURE_HEAD) {
        return cut(w, *at, STRUCTURE_HEAD, left);
    }
    enum mrtd_code code = igvm_view(w, *at, STRUCTURE_HEAD, &head);
    if (code) {
        return code;
    }
    span_u32(head, 0, &w->type);
    span_u32(head, 4, &length);
    const uint64_t padded = ((uint64_t)length + 7) / 8 * 8;
    if (padded > left - STRUCTURE_HEAD) {
        return cut(w, *at, STRUCTURE_HEAD + (uint64_t)length, left);
    }
    w->offset = *at + STRUCTURE_HEAD;
    *at = w->offset + padded;
    /* A larger structure is of no known type. */
    const uint64_t seen = padded < IGVM_WINDOW ? padded : IGVM_WINDOW;
    code = igvm_view(w, w->offset, seen, &w->body);
    if (code) {
        return code;
    }
    if (seen == padded &&
        span_part(w->body, length, padded - length, &padding) &&
        !span_is_zero(padding)) {
        w->has_padding = true;
    }
    if (!span_part(w->body, 0, length, &w->body)) {
        w->body.size = length;
    }
    return take_structure(w);
}

static enum mrtd_code walk(struct igvm_walk *w)
{
    const struct mrtd_igvm_info *info = &w->igvm->info;
    uint64_t at = info->headers_offset;
    const uint64_t end = at + info->headers_size;
    enum mrtd_code code = MRTD_OK;
    w->phase = 1;
    while (!code && at < end) {
        code = step(w, &at, end);
    }
    w->name = "IGVM";
    w->offset = info->headers_offset;
    if (!code && w->has_padding) {
        igvm_say(w, MRTD_NOTE_IGVM_PADDING, MRTD_NOTE, 0,
                 "padding after structures is not zero, as Microsoft's "
                 "igvm-tooling writes it; it is not measured");
    }
    return code;
}

/* Lists the platforms of the file for a message. */
static void list_platforms(const struct igvm *igvm, char *list, size_t size)
{
    size_t used = 0;
    snprintf(list, size, "none");
    for (uint32_t i = 0; i < igvm->info.platform_count; i++) {
        used +=
            (size_t)snprintf(list + used, size - used, "%s%s", i ? ", " : "",
                             mrtd_igvm_platform_name(igvm->platforms[i].type));
    }
}

/* Says for which platforms the file is not. */
static void refuse_platforms(struct mrtd_image *image)
{
    static const struct {
        enum mrtd_platform platform;
        uint32_t type;
    } known[] = {
        {MRTD_PLATFORM_TDX, MRTD_IGVM_TDX},
        {MRTD_PLATFORM_SNP, MRTD_IGVM_SEV_SNP},
        {MRTD_PLATFORM_SEV_ES, MRTD_IGVM_SEV_ES},
        {MRTD_PLATFORM_SEV, MRTD_IGVM_SEV},
    };
    /* Room for the names of all platforms. */
    char list[100];
    list_platforms(image->igvm, list, sizeof list);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!mrtd_image_igvm_mask(image, known[i].type)) {
            error_set(&image->refusals[known[i].platform],
                      MRTD_ERR_IGVM_PLATFORM, image->igvm->info.headers_offset,
                      "the IGVM file is not for %s; its platforms: %s",
                      mrtd_igvm_platform_name(known[i].type), list);
        }
    }
}

enum mrtd_code igvm_decode(struct mrtd_image *image, struct mrtd_error *error)
{
    struct mrtd_error unused = {.code = MRTD_OK};
    struct igvm_walk *w = calloc(1, sizeof *w);
    image->igvm = calloc(1, sizeof *image->igvm);
    if (!w || !image->igvm) {
        free(w);
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the IGVM file's description");
    }
    w->image = image;
    w->igvm = image->igvm;
    w->error = error ? error : &unused;
    image->info.locator = MRTD_LOCATOR_IGVM;
    image->info.data_end = image->source.size;
    enum mrtd_code code = igvm_read_header(w);
    if (!code) {
        code = walk(w);
    }
    image->info.descriptor_offset = w->igvm->info.headers_offset;
    free(w);
    refuse_platforms(image);
    return code;
}

void igvm_free(struct igvm *igvm)
{
    if (igvm) {
        free(igvm->ranges);
        free(igvm->blobs);
        free(igvm->policies);
        free(igvm->contexts);
        free(igvm);
    }
}

/* --- For the library's users ------------------------------------------- */

const char *mrtd_igvm_platform_name(uint32_t type)
{
    static const char *const names[MRTD_IGVM_PLATFORMS] = {
        [MRTD_IGVM_NATIVE] = "NATIVE",
        [MRTD_IGVM_VSM_ISOLATION] = "VSM_ISOLATION",
        [MRTD_IGVM_SEV_SNP] = "SEV_SNP",
        [MRTD_IGVM_TDX] = "TDX",
        [MRTD_IGVM_SEV] = "SEV",
        [MRTD_IGVM_SEV_ES] = "SEV_ES",
        [MRTD_IGVM_CCA] = "CCA",
    };
    return type < MRTD_IGVM_PLATFORMS ? names[type] : NULL;
}

const struct mrtd_igvm_info *mrtd_image_igvm(const struct mrtd_image *image)
{
    return image && image->igvm ? &image->igvm->info : NULL;
}

const struct mrtd_igvm_platform *
mrtd_image_igvm_platform(const struct mrtd_image *image, uint32_t index)
{
    const struct igvm *igvm = image ? image->igvm : NULL;
    return igvm && index < igvm->info.platform_count ? &igvm->platforms[index]
                                                     : NULL;
}

const struct mrtd_igvm_range *
mrtd_image_igvm_range(const struct mrtd_image *image, uint32_t index)
{
    const struct igvm *igvm = image ? image->igvm : NULL;
    return igvm && index < igvm->info.range_count ? &igvm->ranges[index] : NULL;
}

const struct mrtd_igvm_blob *
mrtd_image_igvm_blob(const struct mrtd_image *image, uint32_t index)
{
    const struct igvm *igvm = image ? image->igvm : NULL;
    return igvm && index < igvm->info.blob_count ? &igvm->blobs[index] : NULL;
}

uint32_t mrtd_image_igvm_mask(const struct mrtd_image *image, uint32_t type)
{
    const struct mrtd_igvm_platform *p;
    for (uint32_t i = 0; (p = mrtd_image_igvm_platform(image, i)); i++) {
        if (p->type == type) {
            return p->mask;
        }
    }
    return 0;
}

enum mrtd_code mrtd_igvm_check_id_block(const struct mrtd_image *image,
                                        const struct mrtd_value *value,
                                        struct mrtd_error *error)
{
    const struct mrtd_igvm_info *info = mrtd_image_igvm(image);
    struct mrtd_value expected;
    char hex[MRTD_HEX_SIZE];
    if (!info || !info->has_snp_digest || !value ||
        value->id != MRTD_REGISTER_SNP) {
        return MRTD_OK;
    }
    mrtd_value_set(&expected, MRTD_REGISTER_SNP, info->snp_digest);
    if (mrtd_value_equal(&expected, value)) {
        return MRTD_OK;
    }
    mrtd_hex_encode(hex, info->snp_digest, sizeof info->snp_digest);
    return error_set(error, MRTD_WARN_IGVM_ID_BLOCK,
                     image->igvm->id_block_digest,
                     "SNP_ID_BLOCK: its launch digest is %s, not this value: "
                     "launched in this way, the processor refuses the guest",
                     hex);
}

void mrtd_image_igvm_pages(const struct mrtd_image *image, uint32_t mask,
                           struct mrtd_igvm_pages *pages)
{
    const struct mrtd_region *r;
    if (!pages) {
        return;
    }
    *pages = (struct mrtd_igvm_pages){0};
    if (!mrtd_image_igvm(image)) {
        return;
    }
    for (uint32_t i = 0; (r = mrtd_image_region(image, i)); i++) {
        const uint64_t count = r->size / MRTD_PAGE_SIZE;
        if (r->asks & MRTD_ASKS_SHARED) {
            pages->shared += (r->mask & mask) != 0 ? count : 0;
        } else if (!(r->mask & mask)) {
            pages->other += count;
        } else if (r->kind == MRTD_REGION_PARAMETERS) {
            pages->parameters += count;
        } else if (!(r->asks & MRTD_ASKS_MEASURE)) {
            pages->unmeasured += count;
        } else if (r->data_size == 0) {
            pages->measured_zeros += count;
        } else {
            pages->measured += count;
        }
    }
}
