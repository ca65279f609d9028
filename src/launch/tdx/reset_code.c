/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are the sections' data where the metadata believes them to be? The metadata
 * is found from the file's end, and its offsets count from the file's start:
 * with bytes put in front of an image, or cut off there, each section gets
 * other bytes than it was built with, and the TD does not run.
 */
#include "launch/tdx/reset_code.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/source.h"
#include "image/tdvf/rules.h"

/* The bytes from the reset vector to 4 GiB: a firmware's code for it is at the
 * end of its file. */
#define RESET_CODE_SIZE 16

/* Where the memory at the reset vector comes from. */
struct reset_code {
    const struct mrtd_section *section; /* NULL: none is there */
    uint64_t offset;                    /* in the file */
};

static struct reset_code find(const struct mrtd_image *image)
{
    struct reset_code r = {.section = NULL};
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        const struct mrtd_section *s = &image->sections[i];
        uint64_t last = 0;
        if (section_last_gpa(s, &last) && s->memory_address <= RESET_VECTOR &&
            last >= UINT32_MAX &&
            image_data_offset(image, s->data_offset, &r.offset)) {
            r.section = s;
            r.offset += RESET_VECTOR - s->memory_address;
            return r;
        }
    }
    return r;
}

static bool is_at_end(const struct mrtd_image *image,
                      const struct reset_code *r)
{
    return r->offset == image->source.size - RESET_CODE_SIZE;
}

bool reset_code_is_shifted(const struct mrtd_image *image)
{
    const struct reset_code r = find(image);
    return r.section && !is_at_end(image, &r);
}

/* How many of its bytes come from the file; the rest is zeros. */
static size_t from_file(const struct mrtd_image *image,
                        const struct reset_code *r, bool follows_file)
{
    const struct mrtd_section *s = r->section;
    const uint64_t before = RESET_VECTOR - s->memory_address;
    uint64_t end = s->raw_data_size > before ? s->raw_data_size - before : 0;
    if (follows_file && s->raw_data_size > 0) {
        const uint64_t size = image->source.size;
        end = size > r->offset ? size - r->offset : 0;
    }
    return end < RESET_CODE_SIZE ? (size_t)end : RESET_CODE_SIZE;
}

/* Are the file's last bytes those at the reset vector, of which so many come
 * from the file? */
static enum mrtd_code compare(const struct mrtd_source *source, uint64_t offset,
                              size_t size, bool *same, struct mrtd_error *error)
{
    uint8_t buffer[RESET_CODE_SIZE];
    uint8_t memory[RESET_CODE_SIZE] = {0};
    struct span bytes = span_make(NULL, 0, 0);
    enum mrtd_code code = MRTD_OK;
    if (size > 0) {
        code = source_view(source, offset, size, buffer, &bytes, error);
    }
    if (size > 0 && !code) {
        span_copy(bytes, 0, size, memory);
    }
    if (!code) {
        code = source_view(source, source->size - RESET_CODE_SIZE,
                           RESET_CODE_SIZE, buffer, &bytes, error);
    }
    if (!code) {
        *same = span_equals(bytes, 0, memory, RESET_CODE_SIZE);
    }
    return code;
}

static enum mrtd_code check_code(const struct mrtd_image *image,
                                 bool follows_file, struct findings *findings,
                                 struct mrtd_error *error)
{
    const struct reset_code r = find(image);
    struct mrtd_error what;
    char from[40] = "zeros";
    bool same = true;
    if (!r.section) {
        return MRTD_OK;
    }
    const size_t size = from_file(image, &r, follows_file);
    enum mrtd_code code = compare(&image->source, r.offset, size, &same, error);
    if (code || same) {
        return code;
    }
    if (size > 0) {
        snprintf(from, sizeof from, "those at 0x%" PRIx64, r.offset);
    }
    error_set(&what, MRTD_WARN_RESET_CODE, MRTD_NO_OFFSET,
              "GPA 0xfffffff0, where a TD starts, does not get the file's last "
              "%d bytes, but %s: the file has bytes that do not belong to the "
              "image, or lacks some",
              RESET_CODE_SIZE, from);
    findings_add(findings, MRTD_WARNING, MRTD_NO_REGION, &what);
    return MRTD_OK;
}

/* Is data measured, and the metadata not in it? */
static bool is_metadata_elsewhere(const struct mrtd_image *image)
{
    const uint64_t start = image->info.descriptor_offset;
    const uint64_t size =
        image_section_offset(image, image->info.section_count) - start;
    bool is_measured = false;
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        const struct mrtd_section *s = &image->sections[i];
        uint64_t offset = 0;
        if (!(s->attributes & MRTD_ATTR_MR_EXTEND) || s->raw_data_size == 0 ||
            !image_data_offset(image, s->data_offset, &offset)) {
            continue;
        }
        if (start >= offset && span_has(span_make(NULL, s->raw_data_size, 0),
                                        start - offset, size)) {
            return false;
        }
        is_measured = true;
    }
    return is_measured;
}

enum mrtd_code reset_code_check(const struct mrtd_image *image,
                                bool follows_file, struct findings *findings,
                                struct mrtd_error *error)
{
    enum mrtd_code code = check_code(image, follows_file, findings, error);
    if (!code && is_metadata_elsewhere(image)) {
        struct mrtd_error what;
        error_set(&what, MRTD_WARN_METADATA_APART,
                  image->info.descriptor_offset,
                  "the TDX metadata is in the data of no section that is "
                  "measured%s",
                  reset_code_is_shifted(image)
                      ? ": the sections' data is not where it was when the "
                        "image was built"
                      : "");
        findings_add(findings, MRTD_WARNING, MRTD_NO_REGION, &what);
    }
    return code;
}
