/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed header of an IGVM file, and its checksum. */
#include "image/igvm/walk.h"

#include <inttypes.h>

#include "base/crc32.h"
#include "base/error.h"
#include "base/source.h"

/* IGVM_FIXED_HEADER, of version 1; version 2 has 8 bytes more. */
enum {
    HEADER_VERSION = 4,
    HEADER_VARIABLE_OFFSET = 8,
    HEADER_VARIABLE_SIZE = 12,
    HEADER_TOTAL_SIZE = 16,
    HEADER_CHECKSUM = 20,
    HEADER_SIZE_V1 = 24,
    HEADER_ARCHITECTURE = 24,
    HEADER_PAGE_SIZE = 28,
    HEADER_SIZE_V2 = 32,
};

/*@ requires walking(w) && windowed(w) && headers_inside(w);
    requires readable(fixed) && fixed.size >= HEADER_SIZE_V1;
    assigns w->window[0 .. IGVM_WINDOW - 1], w->window_offset, w->window_size,
            *w->error;
@*/
/*
 * Checks the CRC-32 of the fixed header (with its checksum as 0) and the
 * structures.
 */
static enum mrtd_code check_crc(struct igvm_walk *w, struct span fixed)
{
    static const uint8_t zeros[4] = {0};
    const struct mrtd_igvm_info *info = &w->igvm->info;
    const uint64_t end = (uint64_t)info->headers_offset + info->headers_size;
    struct span part = fixed;
    uint32_t crc = UINT32_MAX;
    enum mrtd_code code = MRTD_OK;
    span_part(fixed, 0, HEADER_CHECKSUM, &part);
    crc = crc32_add(crc, part);
    crc = crc32_add(crc, span_make(zeros, sizeof zeros, 0));
    span_part(fixed, HEADER_SIZE_V1, fixed.size - HEADER_SIZE_V1, &part);
    crc = crc32_add(crc, part);
    /*@ loop invariant w->image == \at(w->image, Pre);
        loop invariant w->igvm == \at(w->igvm, Pre);
        loop invariant w->error == \at(w->error, Pre);
        loop invariant walking(w);
        loop invariant windowed(w);
        loop invariant headers_inside(w);
        loop invariant info->headers_offset <= at <= end;
        loop assigns at, code, crc, part, w->window[0 .. IGVM_WINDOW - 1],
                     w->window_offset, w->window_size, *\at(w->error, Pre);
        loop variant end - at + (code == MRTD_OK ? 1 : 0);
    @*/
    for (uint64_t at = info->headers_offset; !code && at < end;) {
        const uint64_t left = end - at;
        const uint64_t len = left < IGVM_WINDOW ? left : IGVM_WINDOW;
        code = igvm_view(w, at, len, &part);
        if (!code) {
            crc = crc32_add(crc, part);
            at += len;
        }
    }
    crc = ~crc;
    if (!code && crc != info->checksum) {
        return error_set(w->error, MRTD_ERR_IGVM_CHECKSUM, HEADER_CHECKSUM,
                         "IGVM header: checksum 0x%08" PRIx32
                         ", but the headers' CRC-32 is 0x%08" PRIx32
                         "; the file is damaged or was changed",
                         info->checksum, crc);
    }
    return code;
}

/*@ requires walking(w);
    assigns *w->error;
    ensures \result == MRTD_ERR_IGVM_HEADER;
@*/
static enum mrtd_code bad_header(const struct igvm_walk *w, unsigned field,
                                 const char *name, uint64_t value,
                                 const char *wanted)
{
    return error_set(w->error, MRTD_ERR_IGVM_HEADER, field,
                     "IGVM header: %s 0x%" PRIx64 " is not %s", name, value,
                     wanted);
}

/*@ requires readable(fixed);
    assigns \nothing;
    ensures inside(fixed, offset, 4) ==>
      \result == little32(fixed.data + offset);
    ensures !inside(fixed, offset, 4) ==> \result == 0;
@*/
/*
 * A 32-bit field of the fixed header; 0 where the header is too short for it.
 */
static uint32_t field(struct span fixed, unsigned offset)
{
    uint32_t value = 0;
    span_u32(fixed, offset, &value);
    return value;
}

/*@ requires walking(w) && \valid(fixed) && readable(*fixed);
    requires fixed->size >= HEADER_SIZE_V1;
    requires \separated(fixed, w, w->image, w->igvm, w->error);
    assigns w->igvm->info.format_version, *fixed, *w->error;
    ensures \result == MRTD_OK ==> readable(*fixed);
    ensures \result == MRTD_OK ==> fixed->size >= HEADER_SIZE_V1;
@*/
/*
 * Checks the version and size of the fixed header, and ends *fixed where the
 * header ends.
 */
static enum mrtd_code check_fixed(struct igvm_walk *w, struct span *fixed)
{
    struct mrtd_igvm_info *info = &w->igvm->info;
    const uint64_t size = w->image->source.size;
    info->format_version = field(*fixed, HEADER_VERSION);
    if (info->format_version != 1 && info->format_version != 2) {
        return bad_header(w, HEADER_VERSION, "FormatVersion",
                          info->format_version, "1 or 2");
    }
    const unsigned fixed_size =
        info->format_version == 1 ? HEADER_SIZE_V1 : HEADER_SIZE_V2;
    if (!span_part(*fixed, 0, fixed_size, fixed)) {
        return bad_header(w, 0, "the file's size", size,
                          "enough for the fixed header");
    }
    if (info->format_version == 2 && field(*fixed, HEADER_ARCHITECTURE) != 0) {
        return bad_header(w, HEADER_ARCHITECTURE, "Architecture",
                          field(*fixed, HEADER_ARCHITECTURE), "0 (x64)");
    }
    if (info->format_version == 2 &&
        field(*fixed, HEADER_PAGE_SIZE) != MRTD_PAGE_SIZE) {
        return bad_header(w, HEADER_PAGE_SIZE, "PageSize",
                          field(*fixed, HEADER_PAGE_SIZE), "0x1000");
    }
    if (field(*fixed, HEADER_TOTAL_SIZE) != size) {
        return error_set(w->error, MRTD_ERR_IGVM_HEADER, HEADER_TOTAL_SIZE,
                         "IGVM header: TotalFileSize %" PRIu32
                         ", but the file has %" PRIu64 " bytes; it was cut or "
                         "extended",
                         field(*fixed, HEADER_TOTAL_SIZE), size);
    }
    return MRTD_OK;
}

/*@ requires walking(w) && readable(fixed);
    assigns w->igvm->info.headers_offset, w->igvm->info.headers_size,
            w->igvm->info.checksum, *w->error, w->image->findings,
            w->image->findings.items[0 .. w->image->findings.count];
    ensures \result == MRTD_OK ==> headers_inside(w);
    ensures \result == MRTD_OK ==>
      fixed.size <= w->igvm->info.headers_offset;
@*/
/* Checks where the variable headers are, which follow the fixed header. */
static enum mrtd_code check_variable(struct igvm_walk *w, struct span fixed)
{
    struct mrtd_igvm_info *info = &w->igvm->info;
    const uint64_t size = w->image->source.size;
    const uint64_t start = field(fixed, HEADER_VARIABLE_OFFSET);
    info->headers_offset = field(fixed, HEADER_VARIABLE_OFFSET);
    info->headers_size = field(fixed, HEADER_VARIABLE_SIZE);
    info->checksum = field(fixed, HEADER_CHECKSUM);
    if (start < fixed.size || start % 8 != 0) {
        return bad_header(w, HEADER_VARIABLE_OFFSET, "VariableHeaderOffset",
                          start, "a multiple of 8 after the fixed header");
    }
    if (start > size || info->headers_size > size - start) {
        return bad_header(w, HEADER_VARIABLE_SIZE, "VariableHeaderSize",
                          info->headers_size, "inside the file");
    }
    if (start > fixed.size) {
        igvm_say(w, MRTD_WARN_IGVM_GAP, MRTD_WARNING, 0,
                 "there are bytes between the fixed header and the structures, "
                 "which no checksum covers");
    }
    return MRTD_OK;
}

enum mrtd_code igvm_read_header(struct igvm_walk *w)
{
    const struct mrtd_source *source = &w->image->source;
    const uint64_t len =
        source->size < HEADER_SIZE_V2 ? source->size : HEADER_SIZE_V2;
    uint8_t buffer[HEADER_SIZE_V2];
    struct span fixed;
    w->name = "IGVM header";
    if (source->size < HEADER_SIZE_V1) {
        return bad_header(w, 0, "the file's size", source->size,
                          "enough for the fixed header");
    }
    enum mrtd_code code =
        source_view(source, 0, (size_t)len, buffer, &fixed, w->error);
    if (!code) {
        code = check_fixed(w, &fixed);
    }
    if (!code) {
        code = check_variable(w, fixed);
    }
    return code ? code : check_crc(w, fixed);
}
