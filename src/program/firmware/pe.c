/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/pe.h"

#include <string.h>

#include "firmware/ffs.h"

#define DOS_MAGIC      UINT16_C(0x5a4d) /* "MZ" */
#define DOS_PE_OFFSET  0x3c
#define PE_MAGIC       UINT32_C(0x00004550) /* "PE", 0, 0 */
#define COFF_SECTIONS  6
#define COFF_TIME      8
#define COFF_OPT_SIZE  20
#define COFF_OPT       24
#define OPT_PE32       0x10b
#define OPT_PE32_PLUS  0x20b
#define OPT_BASE_32    28
#define OPT_BASE_64    24
#define OPT_CHECKSUM   64
#define OPT_DIRS_32    96
#define OPT_DIRS_64    112
#define DIR_SIZE       8
#define DIR_RELOCATION 5
#define DIR_DEBUG      6

/* EFI_TE_IMAGE_HEADER */
#define TE_MAGIC      UINT16_C(0x5a56) /* "VZ" */
#define TE_SECTIONS   4
#define TE_STRIPPED   6
#define TE_BASE       16
#define TE_RELOCATION 24
#define TE_DEBUG      32
#define TE_HEADER     40

/* IMAGE_SECTION_HEADER */
#define SECTION_SIZE        40
#define SECTION_ADDRESS     12
#define SECTION_RAW_SIZE    16
#define SECTION_RAW_PLACE   20
#define SECTION_KIND        36 /* Characteristics */
#define SECTION_INITIALIZED UINT32_C(0x40)
#define SECTION_EXECUTABLE  UINT32_C(0x20000000)

/* IMAGE_DEBUG_DIRECTORY */
#define DEBUG_ENTRY    28
#define DEBUG_TIME     4
#define DEBUG_TYPE     12
#define DEBUG_LENGTH   16
#define DEBUG_RVA      20
#define DEBUG_CODEVIEW 2

/* Base relocations: blocks of 16-bit entries, the upper 4 bits are the kind. */
#define BLOCK_HEADER 8
#define KIND_HIGHLOW 3
#define KIND_DIR64   10

/* Records of the CodeView kind, and where the path is in them. */
static const struct {
    uint8_t signature[4];
    uint32_t path;
} codeviews[] = {
    {{'N', 'B', '1', '0'}, 16},
    {{'R', 'S', 'D', 'S'}, 24},
    {{'M', 'T', 'O', 'C'}, 20},
};

/* Several entries of the debug directory may lead to one record: each of its
 * fields is there once. */
static bool has_field(const struct pe *pe, enum pe_kind kind, uint64_t offset)
{
    for (uint32_t i = 0; i < pe->field_count; i++) {
        if (pe->fields[i].kind == kind && pe->fields[i].offset == offset) {
            return true;
        }
    }
    return false;
}

static void add_field(struct pe *pe, enum pe_kind kind, uint64_t offset,
                      uint64_t size)
{
    if (has_field(pe, kind, pe->offset + offset)) {
        return;
    }
    if (pe->field_count < PE_MAX_FIELDS && span_has(pe->image, offset, size)) {
        pe->fields[pe->field_count++] = (struct pe_field){
            .kind = kind, .offset = pe->offset + offset, .size = size};
    }
}

/*
 * Reads the table of sections. A TE image is cut in front: stripped is what a
 * place in its table is larger than in the image.
 */
static bool read_table(struct pe *pe, uint64_t table, uint32_t count,
                       uint64_t stripped)
{
    for (uint32_t i = 0; i < count && i < PE_MAX_SECTIONS; i++) {
        struct pe_section *s = &pe->sections[i];
        uint64_t at = table + (uint64_t)i * SECTION_SIZE;
        uint32_t place = 0;
        uint32_t kind = 0;
        if (!span_u32(pe->image, at + SECTION_ADDRESS, &s->address) ||
            !span_u32(pe->image, at + SECTION_RAW_SIZE, &s->size) ||
            !span_u32(pe->image, at + SECTION_RAW_PLACE, &place) ||
            !span_u32(pe->image, at + SECTION_KIND, &kind) ||
            place < stripped) {
            return false;
        }
        s->offset = place - stripped;
        s->data = kind & SECTION_INITIALIZED && !(kind & SECTION_EXECUTABLE);
        pe->section_count++;
    }
    return true;
}

/* Where the byte of an RVA is in the image. */
static bool find_rva(const struct pe *pe, uint32_t rva, uint64_t *offset)
{
    for (uint32_t i = 0; i < pe->section_count; i++) {
        const struct pe_section *s = &pe->sections[i];
        if (rva >= s->address && rva - s->address < s->size) {
            *offset = s->offset + (rva - s->address);
            return true;
        }
    }
    return false;
}

bool pe_is_data(const struct pe *pe, uint64_t offset)
{
    for (uint32_t i = 0; offset >= pe->offset && i < pe->section_count; i++) {
        const struct pe_section *s = &pe->sections[i];
        uint64_t at = offset - pe->offset;
        if (at >= s->offset && at - s->offset < s->size) {
            return s->data;
        }
    }
    return false;
}

/* The record that names the symbol file: identifiers, then its path. */
static void read_codeview(struct pe *pe, uint64_t at, uint32_t size)
{
    for (size_t i = 0; i < sizeof codeviews / sizeof *codeviews; i++) {
        uint32_t path = codeviews[i].path;
        if (size > path &&
            span_equals(pe->image, at, codeviews[i].signature, 4)) {
            add_field(pe, PE_DEBUG_ID, at + 4, path - 4);
            size -= path;
            add_field(pe, PE_DEBUG_PATH, at + path,
                      size < PE_MAX_PATH ? size : PE_MAX_PATH);
            return;
        }
    }
}

static void read_debug(struct pe *pe)
{
    uint64_t start = 0;
    if (!find_rva(pe, pe->debug, &start)) {
        return;
    }
    for (uint32_t i = 0;
         i < pe->debug_size / DEBUG_ENTRY && i < PE_MAX_DEBUG_ENTRIES; i++) {
        uint64_t at = start + (uint64_t)i * DEBUG_ENTRY;
        uint64_t data = 0;
        uint32_t type = 0;
        uint32_t size = 0;
        uint32_t rva = 0;
        add_field(pe, PE_TIME_STAMP, at + DEBUG_TIME, 4);
        if (span_u32(pe->image, at + DEBUG_TYPE, &type) &&
            type == DEBUG_CODEVIEW &&
            span_u32(pe->image, at + DEBUG_LENGTH, &size) &&
            span_u32(pe->image, at + DEBUG_RVA, &rva) &&
            find_rva(pe, rva, &data)) {
            add_field(pe, PE_DEBUG_SIZE, at + DEBUG_LENGTH, 4);
            read_codeview(pe, data, size);
        }
    }
}

static void read_directory(struct span image, uint64_t at, uint32_t *rva,
                           uint32_t *size)
{
    if (!span_u32(image, at, rva) || !span_u32(image, at + 4, size)) {
        *size = 0;
    }
}

static bool read_te(struct pe *pe)
{
    uint16_t magic = 0;
    uint16_t stripped = 0;
    uint8_t sections = 0;
    if (!span_u16(pe->image, 0, &magic) || magic != TE_MAGIC ||
        !span_u8(pe->image, TE_SECTIONS, &sections) ||
        !span_u16(pe->image, TE_STRIPPED, &stripped) || stripped < TE_HEADER ||
        !span_u64(pe->image, TE_BASE, &pe->base)) {
        return false;
    }
    add_field(pe, PE_BASE, TE_BASE, 8);
    read_directory(pe->image, TE_RELOCATION, &pe->relocations,
                   &pe->relocations_size);
    read_directory(pe->image, TE_DEBUG, &pe->debug, &pe->debug_size);
    return read_table(pe, TE_HEADER, sections, stripped - TE_HEADER);
}

static bool read_optional(struct pe *pe, uint64_t opt, uint64_t end)
{
    uint16_t magic = 0;
    uint32_t base = 0;
    span_u16(pe->image, opt, &magic);
    uint64_t dirs = opt;
    if (magic == OPT_PE32_PLUS &&
        span_u64(pe->image, opt + OPT_BASE_64, &pe->base)) {
        add_field(pe, PE_BASE, opt + OPT_BASE_64, 8);
        dirs += OPT_DIRS_64;
    } else if (magic == OPT_PE32 &&
               span_u32(pe->image, opt + OPT_BASE_32, &base)) {
        pe->base = base;
        add_field(pe, PE_BASE, opt + OPT_BASE_32, 4);
        dirs += OPT_DIRS_32;
    } else {
        return false;
    }
    add_field(pe, PE_CHECKSUM, opt + OPT_CHECKSUM, 4);
    /* Directories that a shorter header leaves out would be sections. */
    if (dirs + (DIR_DEBUG + 1) * DIR_SIZE <= end) {
        read_directory(pe->image, dirs + DIR_RELOCATION * DIR_SIZE,
                       &pe->relocations, &pe->relocations_size);
        read_directory(pe->image, dirs + DIR_DEBUG * DIR_SIZE, &pe->debug,
                       &pe->debug_size);
    }
    return true;
}

static bool read_pe(struct pe *pe)
{
    uint16_t dos = 0;
    uint32_t at = 0;
    uint32_t magic = 0;
    uint16_t sections = 0;
    uint16_t opt_size = 0;
    if (span_u16(pe->image, 0, &dos) && dos == DOS_MAGIC) {
        span_u32(pe->image, DOS_PE_OFFSET, &at);
    }
    uint64_t start = at;
    if (!span_u32(pe->image, start, &magic) || magic != PE_MAGIC ||
        !span_u16(pe->image, start + COFF_SECTIONS, &sections) ||
        !span_u16(pe->image, start + COFF_OPT_SIZE, &opt_size)) {
        return false;
    }
    uint64_t end = start + COFF_OPT + opt_size;
    add_field(pe, PE_TIME_STAMP, start + COFF_TIME, 4);
    return read_optional(pe, start + COFF_OPT, end) &&
           read_table(pe, end, sections, 0);
}

void pe_find(struct span content, uint64_t sections, struct pe *pe)
{
    struct ffs_section s;
    uint64_t at = sections;
    memset(pe, 0, sizeof *pe);
    while (ffs_read_section(content, at, &s) == FFS_FOUND) {
        if ((s.type == FFS_SECTION_PE32 || s.type == FFS_SECTION_TE) &&
            span_part(content, at + s.header, s.size - s.header, &pe->image)) {
            pe->offset = at + s.header;
            break;
        }
        at += ffs_align(s.size, FFS_SECTION_ALIGNMENT);
    }
    if (!(read_te(pe) || read_pe(pe))) {
        memset(pe, 0, sizeof *pe);
        return;
    }
    read_debug(pe);
}

/* The address that an entry of a block names, if it is one of a known kind. */
static bool read_site(const struct pe *pe, uint64_t block, uint64_t entry,
                      struct pe_site *site)
{
    uint32_t page = 0;
    uint16_t value = 0;
    uint64_t at = 0;
    if (!span_u32(pe->image, block, &page) ||
        !span_u16(pe->image, entry, &value)) {
        return false;
    }
    unsigned kind = value >> 12;
    uint64_t rva = (uint64_t)page + (value & 0xfff);
    if ((kind != KIND_HIGHLOW && kind != KIND_DIR64) || rva > UINT32_MAX ||
        !find_rva(pe, (uint32_t)rva, &at)) {
        return false;
    }
    site->offset = pe->offset + at;
    site->size = kind == KIND_DIR64 ? 8 : 4;
    return true;
}

bool pe_next_site(const struct pe *pe, struct pe_site *site)
{
    uint64_t start = 0;
    uint32_t size = 0;
    if (!find_rva(pe, pe->relocations, &start)) {
        return false;
    }
    while (site->block < pe->relocations_size &&
           span_u32(pe->image, start + site->block + 4, &size) &&
           size >= BLOCK_HEADER) {
        uint32_t count = (size - BLOCK_HEADER) / 2;
        uint64_t block = start + site->block;
        while (site->entry < count) {
            uint64_t entry = block + BLOCK_HEADER + 2 * (uint64_t)site->entry++;
            if (read_site(pe, block, entry, site)) {
                return true;
            }
            if (!span_has(pe->image, entry, 2)) {
                return false;
            }
        }
        site->block += size;
        site->entry = 0;
    }
    return false;
}
