/* SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/source.h"
#include "image/format.h"
#include "image/igvm/walk.h"
#include "image/sev/metadata.h"
#include "image/tdvf/metadata.h"
#include "image/tdvf/rules.h"

static enum mrtd_code check_source(const struct mrtd_source *source,
                                   struct mrtd_error *error)
{
    if (!source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the source has neither data nor a read function");
    }
    if (source->size == 0) {
        return error_set(error, MRTD_ERR_EMPTY, MRTD_NO_OFFSET,
                         "the file is empty");
    }
    if (source->size > MRTD_MAX_IMAGE_SIZE) {
        return error_set(error, MRTD_ERR_TOO_LARGE, MRTD_NO_OFFSET,
                         "the file has %" PRIu64 " bytes, more than the "
                         "%" PRIu64 " that 32-bit offsets reach",
                         source->size, MRTD_MAX_IMAGE_SIZE);
    }
    return MRTD_OK;
}

enum mrtd_code image_new(struct mrtd_image **image,
                         const struct mrtd_source *source, unsigned flags,
                         struct mrtd_error *error)
{
    enum mrtd_code code = check_source(source, error);
    if (code) {
        return code;
    }
    struct mrtd_image *made = calloc(1, sizeof *made);
    if (!made) {
        error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                  "out of memory for the image's description");
        return MRTD_ERR_MEMORY;
    }
    made->source = *source;
    made->info.size = source->size;
    made->flags = flags;
    *image = made;
    return MRTD_OK;
}

static enum mrtd_code decode_tdvf(struct mrtd_image *image,
                                  struct mrtd_error *error)
{
    enum mrtd_code code = tdvf_locate(image, error);
    if (!code) {
        code = tdvf_decode(image, error);
    }
    return code ? code : rules_check(image, error);
}

/* Nothing that was decoded for TDX is left. */
static void forget_tdvf(struct mrtd_image *image)
{
    free(image->sections);
    free(image->regions);
    image->sections = NULL;
    image->regions = NULL;
    image->info = (struct mrtd_image_info){.size = image->source.size};
    findings_free(&image->findings);
}

/* Decodes what a flat image says for SEV; fails only by no fault of its. */
static enum mrtd_code decode_sev(struct mrtd_image *image,
                                 struct mrtd_error *error)
{
    struct mrtd_error *refusal = &image->refusals[MRTD_PLATFORM_SNP];
    enum mrtd_code code = sev_decode(image, refusal);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return error_set(error, code, refusal->offset, "%s", refusal->message);
    }
    image->refusals[MRTD_PLATFORM_SEV_ES] = *refusal;
    image->refusals[MRTD_PLATFORM_SEV] = *refusal;
    return MRTD_OK;
}

/* A flat image is for TDX, for SEV, or for both: refused is what is for
 * neither. mrtd_accept_check() asks for TDX alone. */
static enum mrtd_code decode_flat(struct mrtd_image *image,
                                  struct mrtd_error *error)
{
    struct mrtd_error *refusal = &image->refusals[MRTD_PLATFORM_TDX];
    enum mrtd_code code = MRTD_OK;
    if (!(image->flags & IMAGE_BY_OFFSET)) {
        code = guid_table_read(&image->source, &image->table, error);
    }
    if (code) {
        return code;
    }
    if (image->flags & IMAGE_COLLECT) {
        return decode_tdvf(image, error);
    }
    code = decode_tdvf(image, refusal);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return error_set(error, code, refusal->offset, "%s", refusal->message);
    }
    if (code) {
        forget_tdvf(image);
    }
    const enum mrtd_code fault = decode_sev(image, error);
    if (fault || !code || image->sev) {
        return fault;
    }
    if (image->flags & MRTD_WITHOUT_METADATA) {
        refusal = &image->refusals[MRTD_PLATFORM_SEV];
    }
    return error_set(error, refusal->code, refusal->offset, "%s",
                     refusal->message);
}

/* Refuses an IGVM file for mrtd_accept_check(). */
static enum mrtd_code refuse_igvm(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_IGVM, 0,
                     "this is an IGVM file; the VMMs whose rules are known "
                     "here load TDVF images");
}

/*
 * The file begins as an IGVM file, and nobody said what is meant: is it a TDVF
 * image, too? For a VMM that loads such images (mrtd_accept_check()) it then is
 * one.
 */
static enum mrtd_code check_readings(const struct mrtd_image *image,
                                     bool *is_igvm, struct mrtd_error *error)
{
    struct mrtd_error found = {.code = MRTD_OK};
    enum mrtd_code code = tdvf_find(&image->source, &found, error);
    if (code || !found.code) {
        return code;
    }
    if (image->flags & IMAGE_COLLECT) {
        *is_igvm = false;
        return MRTD_OK;
    }
    return error_set(error, MRTD_ERR_AMBIGUOUS_FORMAT, found.offset,
                     "an IGVM file by the magic at offset 0x0, and a TDVF "
                     "image: %s; VMMs load the one or the other",
                     found.message);
}

/* Is it TDVF or IGVM? What the flags say, or else what the file begins with. */
static enum mrtd_code choose_format(const struct mrtd_image *image,
                                    bool *is_igvm, struct mrtd_error *error)
{
    const unsigned said = image->flags & (MRTD_FORMAT_TDVF | MRTD_FORMAT_IGVM);
    if (said == (MRTD_FORMAT_TDVF | MRTD_FORMAT_IGVM)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "a file cannot be said to have two formats");
    }
    enum mrtd_code code = format_is_igvm(&image->source, is_igvm, error);
    if (code || said == 0) {
        return !code && *is_igvm ? check_readings(image, is_igvm, error) : code;
    }
    if (said == MRTD_FORMAT_IGVM && !*is_igvm) {
        return error_set(error, MRTD_ERR_IGVM_HEADER, 0,
                         "IGVM header: the file does not begin with \"IGVM\", "
                         "but was said to be an IGVM file");
    }
    *is_igvm = said == MRTD_FORMAT_IGVM;
    return MRTD_OK;
}

enum mrtd_code image_decode(struct mrtd_image *image, struct mrtd_error *error)
{
    bool is_igvm = false;
    enum mrtd_code code = choose_format(image, &is_igvm, error);
    if (!code && is_igvm) {
        code = image->flags & IMAGE_COLLECT ? refuse_igvm(error)
                                            : igvm_decode(image, error);
    } else if (!code) {
        code = decode_flat(image, error);
    }
    if (!code && image->findings.failed) {
        code = error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the warnings");
    }
    if (image->flags & MRTD_WITHOUT_VARS &&
        image->info.data_end > image->info.size) {
        image->info.missing_vars = image->info.data_end - image->info.size;
    }
    image->info.guid_count = image->table.count;
    image->info.finding_count = image->findings.count;
    return code;
}

/* Other flags are not for callers of the library. */
#define PUBLIC_FLAGS                                                           \
    (MRTD_PERMISSIVE | MRTD_WITHOUT_VARS | MRTD_WITHOUT_METADATA |             \
     MRTD_FORMAT_TDVF | MRTD_FORMAT_IGVM)

enum mrtd_code mrtd_image_open(struct mrtd_image **image,
                               const struct mrtd_source *source, unsigned flags,
                               struct mrtd_error *error)
{
    struct mrtd_image *made = NULL;
    if (!image) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no place for the image's handle");
    }
    enum mrtd_code code = image_new(&made, source, flags & PUBLIC_FLAGS, error);
    if (!code) {
        code = image_decode(made, error);
    }
    if (code) {
        mrtd_image_free(made);
        return code;
    }
    *image = made;
    return MRTD_OK;
}

void mrtd_image_free(struct mrtd_image *image)
{
    if (!image) {
        return;
    }
    guid_table_free(&image->table);
    findings_free(&image->findings);
    free(image->sections);
    free(image->regions);
    igvm_free(image->igvm);
    sev_free(image->sev);
    free(image);
}

bool image_data_offset(const struct mrtd_image *image, uint64_t data_offset,
                       uint64_t *offset)
{
    if (data_offset < image->info.missing_vars) {
        return false;
    }
    *offset = data_offset - image->info.missing_vars;
    return true;
}

const struct mrtd_image_info *mrtd_image_info(const struct mrtd_image *image)
{
    return image ? &image->info : NULL;
}

const struct mrtd_error *mrtd_image_refusal(const struct mrtd_image *image,
                                            enum mrtd_platform platform)
{
    const unsigned index = (unsigned)platform;
    return image && index < IMAGE_PLATFORMS && image->refusals[index].code
               ? &image->refusals[index]
               : NULL;
}

const struct mrtd_region *mrtd_image_region(const struct mrtd_image *image,
                                            uint32_t index)
{
    return image && index < image->info.region_count ? &image->regions[index]
                                                     : NULL;
}

const struct mrtd_section *mrtd_image_section(const struct mrtd_image *image,
                                              uint32_t index)
{
    return image && index < image->info.section_count ? &image->sections[index]
                                                      : NULL;
}

const struct mrtd_guid_entry *
mrtd_image_guid_entry(const struct mrtd_image *image, uint32_t index)
{
    return image && index < image->table.count ? &image->table.entries[index]
                                               : NULL;
}

const struct mrtd_finding *mrtd_image_finding(const struct mrtd_image *image,
                                              uint32_t index)
{
    return image && index < image->findings.count
               ? &image->findings.items[index]
               : NULL;
}
