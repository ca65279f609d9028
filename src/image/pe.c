/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Authenticode digest of a PE image, as edk2 makes it of what it starts
 * [EDK2]. Nothing is padded to a multiple of 8 bytes, as other programs do it.
 */
#include "image/pe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/source.h"

/* Offsets in [PE]: of the file, */
enum {
    PE_E_LFANEW = 0x3c, /* in the DOS header: where the PE signature is */
    PE_DOS_SIZE = 0x40,
};
/* from the PE signature, */
enum {
    PE_NUMBER_OF_SECTIONS = 6,
    PE_SIZE_OF_OPTIONAL_HEADER = 20,
    PE_OPTIONAL_HEADER = 24,
};
/* in the optional header, */
enum {
    PE_MAGIC = 0,
    PE_SIZE_OF_HEADERS = 60,
    PE_CHECKSUM = 64,
    PE_CHECKSUM_SIZE = 4,
    PE_FIXED_SIZE = 112, /* of PE32+, whose data directories follow */
};
/* and in a section header. */
enum {
    PE_SECTION_NAME = 0,
    PE_VIRTUAL_SIZE = 8,
    PE_VIRTUAL_ADDRESS = 12,
    PE_SIZE_OF_RAW_DATA = 16,
    PE_POINTER_TO_RAW_DATA = 20,
    PE_SECTION_SIZE = 40,
};

#define PE_MAGIC_32      0x10b
#define PE_MAGIC_32_PLUS 0x20b
/* The data directory that says where signatures are, and its size. */
#define PE_SECURITY       4
#define PE_DIRECTORY_SIZE 8
#define PE_DIRECTORIES    16

/* What the headers say. */
struct pe {
    uint64_t size;     /* of the file */
    uint64_t optional; /* offset of the optional header */
    uint64_t sections; /* offset of the section headers */
    uint32_t section_count;
    uint32_t size_of_headers;
    uint64_t security;     /* offset of its data directory; 0: there is none */
    uint32_t certificates; /* bytes of signatures at the end of the file */
};

static enum mrtd_code refuse(struct mrtd_error *error, uint64_t offset,
                             const char *field, uint64_t value, uint64_t limit)
{
    return error_set(error, MRTD_ERR_PE, offset,
                     "%s 0x%" PRIx64 " of the PE image is not inside of its "
                     "0x%" PRIx64 " bytes",
                     field, value, limit);
}

/* --- Headers -------------------------------------------------------------- */

/* Where the PE signature is: first of all, or where a DOS header says. */
static enum mrtd_code find_signature(const struct mrtd_source *source,
                                     uint64_t *at, struct mrtd_error *error)
{
    static const uint8_t mz[2] = "MZ";
    static const uint8_t signature[4] = "PE";
    uint8_t buffer[PE_DOS_SIZE];
    struct span s;
    uint32_t offset = 0;
    if (source->size < sizeof buffer) {
        return error_set(error, MRTD_ERR_PE, MRTD_NO_OFFSET,
                         "not a PE image: it has %" PRIu64 " bytes",
                         source->size);
    }
    enum mrtd_code code =
        source_view(source, 0, sizeof buffer, buffer, &s, error);
    if (code) {
        return code;
    }
    if (span_equals(s, 0, mz, sizeof mz)) {
        span_u32(s, PE_E_LFANEW, &offset);
    }
    if (source->size < PE_OPTIONAL_HEADER ||
        offset > source->size - PE_OPTIONAL_HEADER) {
        return refuse(error, PE_E_LFANEW, "e_lfanew", offset, source->size);
    }
    code = source_view(source, offset, sizeof signature, buffer, &s, error);
    *at = offset;
    return code || span_equals(s, 0, signature, sizeof signature)
               ? code
               : error_set(error, MRTD_ERR_PE, offset,
                           "not a PE image: there is no signature \"PE\"; a "
                           "kernel must be a bzImage with an EFI stub, as "
                           "distributions build it, and no vmlinux; a unified "
                           "kernel image what ukify makes, and no firmware");
}

/* The fields of the optional header, of which all 112 bytes of PE32+ are
 * there. */
static enum mrtd_code read_optional(struct pe *pe, struct span s, uint16_t size,
                                    struct mrtd_error *error)
{
    uint16_t magic = 0;
    uint32_t directories = 0;
    span_u16(s, PE_MAGIC, &magic);
    span_u32(s, PE_SIZE_OF_HEADERS, &pe->size_of_headers);
    if (magic != PE_MAGIC_32 && magic != PE_MAGIC_32_PLUS) {
        return error_set(error, MRTD_ERR_PE, pe->optional,
                         "Magic 0x%x of the PE image is neither 0x10b nor "
                         "0x20b",
                         magic);
    }
    const uint64_t first = magic == PE_MAGIC_32 ? 96 : 112;
    span_u32(s, first - 4, &directories);
    if (directories > PE_DIRECTORIES ||
        size != first + (uint64_t)directories * PE_DIRECTORY_SIZE) {
        return error_set(error, MRTD_ERR_PE, pe->optional + first - 4,
                         "NumberOfRvaAndSizes %" PRIu32
                         " of the PE image is above 16, or not that of its "
                         "SizeOfOptionalHeader 0x%x",
                         directories, size);
    }
    if (directories > PE_SECURITY) {
        pe->security =
            pe->optional + first + (uint64_t)PE_SECURITY * PE_DIRECTORY_SIZE;
    }
    const uint64_t fields = pe->security
                                ? pe->security + PE_DIRECTORY_SIZE
                                : pe->optional + PE_CHECKSUM + PE_CHECKSUM_SIZE;
    if (pe->size_of_headers < fields || pe->size_of_headers > pe->size) {
        return error_set(error, MRTD_ERR_PE, pe->optional + PE_SIZE_OF_HEADERS,
                         "SizeOfHeaders 0x%" PRIx32 " of the PE image is not "
                         "from 0x%" PRIx64
                         ", where its fields end, to 0x%" PRIx64
                         ", where the file does",
                         pe->size_of_headers, fields, pe->size);
    }
    return MRTD_OK;
}

/* Where signatures are, and how many bytes of them. */
static enum mrtd_code read_security(struct pe *pe,
                                    const struct mrtd_source *source,
                                    struct mrtd_error *error)
{
    uint8_t buffer[PE_DIRECTORY_SIZE];
    struct span s;
    uint32_t offset = 0;
    enum mrtd_code code =
        source_view(source, pe->security, sizeof buffer, buffer, &s, error);
    if (code) {
        return code;
    }
    span_u32(s, 0, &offset);
    span_u32(s, 4, &pe->certificates);
    return offset > pe->size || pe->certificates > pe->size - offset
               ? refuse(error, pe->security, "the end of the signatures,",
                        (uint64_t)offset + pe->certificates, pe->size)
               : MRTD_OK;
}

static enum mrtd_code read_headers(struct pe *pe,
                                   const struct mrtd_source *source,
                                   struct mrtd_error *error)
{
    uint8_t buffer[PE_OPTIONAL_HEADER + PE_FIXED_SIZE];
    uint64_t at = 0;
    struct span s;
    struct span optional;
    uint16_t count = 0;
    uint16_t size = 0;
    enum mrtd_code code = find_signature(source, &at, error);
    if (code) {
        return code;
    }
    if (source->size - at < sizeof buffer) {
        return refuse(error, at, "the optional header at",
                      at + PE_OPTIONAL_HEADER, source->size);
    }
    code = source_view(source, at, sizeof buffer, buffer, &s, error);
    if (code) {
        return code;
    }
    span_u16(s, PE_NUMBER_OF_SECTIONS, &count);
    span_u16(s, PE_SIZE_OF_OPTIONAL_HEADER, &size);
    span_part(s, PE_OPTIONAL_HEADER, PE_FIXED_SIZE, &optional);
    *pe = (struct pe){.size = source->size,
                      .optional = at + PE_OPTIONAL_HEADER,
                      .sections = at + PE_OPTIONAL_HEADER + size,
                      .section_count = count};
    code = read_optional(pe, optional, size, error);
    if (!code && pe->security) {
        code = read_security(pe, source, error);
    }
    const uint64_t headers = (uint64_t)count * PE_SECTION_SIZE;
    return !code && (pe->sections > pe->size_of_headers ||
                     headers > pe->size_of_headers - pe->sections)
               ? error_set(error, MRTD_ERR_PE, at + PE_NUMBER_OF_SECTIONS,
                           "NumberOfSections 0x%x of the PE image: the headers "
                           "of sections end at 0x%" PRIx64
                           ", and SizeOfHeaders is 0x%" PRIx32,
                           count, pe->sections + headers, pe->size_of_headers)
               : code;
}

/* --- Sections ------------------------------------------------------------- */

static enum mrtd_code read_section(struct pe_section *section,
                                   const struct pe *pe, uint32_t index,
                                   const struct mrtd_source *source,
                                   struct mrtd_error *error)
{
    uint8_t buffer[PE_SECTION_SIZE];
    const uint64_t at = pe->sections + (uint64_t)index * sizeof buffer;
    struct span s;
    const enum mrtd_code code =
        source_view(source, at, sizeof buffer, buffer, &s, error);
    if (code) {
        return code;
    }
    *section = (struct pe_section){.header = at};
    span_copy(s, PE_SECTION_NAME, PE_NAME, (uint8_t *)section->name);
    span_u32(s, PE_VIRTUAL_SIZE, &section->virtual_size);
    span_u32(s, PE_VIRTUAL_ADDRESS, &section->virtual_address);
    span_u32(s, PE_SIZE_OF_RAW_DATA, &section->raw_size);
    span_u32(s, PE_POINTER_TO_RAW_DATA, &section->raw_offset);
    const uint64_t end = (uint64_t)section->raw_offset + section->raw_size;
    return section->raw_size > 0 && end > pe->size
               ? refuse(error, at + PE_SIZE_OF_RAW_DATA,
                        "the end of a section's raw data,", end, pe->size)
               : MRTD_OK;
}

enum mrtd_code pe_sections_make(struct pe_sections *sections,
                                const struct mrtd_source *source,
                                struct mrtd_error *error)
{
    struct pe pe = {0};
    *sections = (struct pe_sections){NULL, 0};
    enum mrtd_code code = read_headers(&pe, source, error);
    if (code || pe.section_count == 0) {
        return code;
    }
    sections->items = calloc(pe.section_count, sizeof *sections->items);
    if (!sections->items) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the sections of a PE image");
    }
    for (uint32_t i = 0; !code && i < pe.section_count; i++) {
        code = read_section(&sections->items[i], &pe, i, source, error);
    }
    sections->count = code ? 0 : pe.section_count;
    return code;
}

/* --- Ranges --------------------------------------------------------------- */

/* Adds a range, unless it is empty. */
static void add(struct pe_ranges *ranges, uint64_t offset, uint64_t size,
                uint32_t section)
{
    if (size > 0) {
        ranges->items[ranges->count++] =
            (struct pe_range){offset, size, section};
    }
}

/* All sections that have bytes; *sum grows by them. */
static enum mrtd_code add_sections(struct pe_ranges *ranges, uint64_t *sum,
                                   const struct pe *pe,
                                   const struct mrtd_source *source,
                                   struct mrtd_error *error)
{
    for (uint32_t i = 0; i < pe->section_count; i++) {
        struct pe_section section;
        enum mrtd_code code = read_section(&section, pe, i, source, error);
        if (code) {
            return code;
        }
        *sum += section.raw_size;
        if (*sum > pe->size) {
            return error_set(error, MRTD_ERR_PE,
                             section.header + PE_SIZE_OF_RAW_DATA,
                             "the headers and sections 0 to %" PRIu32
                             " of the PE image have 0x%" PRIx64
                             " bytes, and the file 0x%" PRIx64
                             ": they overlap, or it is cut",
                             i, *sum, pe->size);
        }
        add(ranges, section.raw_offset, section.raw_size, i);
    }
    return MRTD_OK;
}

/* By place in the file; of those at one place the order is the headers'. */
static int compare(const void *left, const void *right)
{
    const struct pe_range *a = left;
    const struct pe_range *b = right;
    return a->offset != b->offset     ? (a->offset < b->offset ? -1 : 1)
           : a->section != b->section ? (a->section < b->section ? -1 : 1)
                                      : 0;
}

/* What is after the sections, up to the signatures at the end. */
static enum mrtd_code add_rest(struct pe_ranges *ranges, uint64_t sum,
                               const struct pe *pe, struct mrtd_error *error)
{
    const uint64_t left = pe->size - sum;
    if (left == 0) {
        return MRTD_OK;
    }
    if (pe->certificates > left) {
        return error_set(error, MRTD_ERR_PE, pe->security + 4,
                         "the PE image has signatures of 0x%" PRIx32
                         " bytes, and 0x%" PRIx64
                         " bytes after headers and sections",
                         pe->certificates, left);
    }
    add(ranges, sum, left - pe->certificates, 0);
    return MRTD_OK;
}

enum mrtd_code pe_ranges_make(struct pe_ranges *ranges,
                              const struct mrtd_source *source,
                              struct mrtd_error *error)
{
    struct pe pe = {0};
    *ranges = (struct pe_ranges){NULL, 0};
    enum mrtd_code code = read_headers(&pe, source, error);
    if (code) {
        return code;
    }
    /* Three of the headers, and one after the sections. */
    ranges->items = calloc((size_t)pe.section_count + 4, sizeof *ranges->items);
    if (!ranges->items) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the sections of a PE image");
    }
    const uint64_t checksum = pe.optional + PE_CHECKSUM;
    uint64_t at = checksum + PE_CHECKSUM_SIZE;
    uint64_t sum = pe.size_of_headers;
    add(ranges, 0, checksum, 0);
    if (pe.security) {
        add(ranges, at, pe.security - at, 0);
        at = pe.security + PE_DIRECTORY_SIZE;
    }
    add(ranges, at, pe.size_of_headers - at, 0);
    const size_t first = ranges->count;
    code = add_sections(ranges, &sum, &pe, source, error);
    if (!code) {
        qsort(ranges->items + first, ranges->count - first,
              sizeof *ranges->items, compare);
        code = add_rest(ranges, sum, &pe, error);
    }
    if (code) {
        ranges->count = 0;
    }
    return code;
}

/* --- The digest ----------------------------------------------------------- */

/* The ranges, one after the other, as a source that is read forward. */
struct joined {
    const struct mrtd_source *source;
    const struct pe_ranges *ranges;
    size_t index;   /* of the range at hand */
    uint64_t start; /* its place among the joined bytes */
};

static int read_joined(void *context, uint64_t offset, void *buffer,
                       size_t size)
{
    struct joined *j = context;
    uint8_t *to = buffer;
    while (size > 0) {
        const struct pe_range *r = &j->ranges->items[j->index];
        const uint64_t within = offset - j->start;
        const uint64_t left = r->size - within;
        const size_t part = left < size ? (size_t)left : size;
        struct mrtd_error error;
        if (source_copy(j->source, r->offset + within, part, to, &error)) {
            return -1;
        }
        to += part;
        offset += part;
        size -= part;
        if (part == left) {
            j->start += r->size;
            j->index++;
        }
    }
    return 0;
}

enum mrtd_code mrtd_pe_digest(struct mrtd_digest *digest,
                              const struct mrtd_source *source,
                              struct mrtd_error *error)
{
    struct pe_ranges ranges;
    struct joined joined = {.source = source, .ranges = &ranges};
    struct mrtd_source all = {.read = read_joined, .context = &joined};
    if (!digest || !source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for the digest, or a source that has "
                         "neither data nor a read function");
    }
    enum mrtd_code code = pe_ranges_make(&ranges, source, error);
    for (size_t i = 0; i < ranges.count; i++) {
        all.size += ranges.items[i].size;
    }
    if (!code) {
        code = mrtd_digest_source(digest, 1, &all, error);
    }
    free(ranges.items);
    return code;
}
