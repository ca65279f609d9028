/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of a unified kernel image [UKI]. */
#include "image/uki.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/pieces.h"
#include "base/source.h"
#include "image/pe.h"

/* As unified_sections of [STUB] has them. */
static const struct {
    const char *name;
    bool is_chosen;
} known[MRTD_UKI_SECTIONS] = {
    {".linux", false},  {".osrel", false},   {".cmdline", false},
    {".initrd", false}, {".ucode", false},   {".splash", false},
    {".dtb", false},    {".uname", false},   {".sbat", false},
    {".pcrsig", false}, {".pcrpkey", false}, {".profile", true},
    {".dtbauto", true}, {".hwids", true},    {".efifw", true},
};

/* What the stub says of itself, in this section, between these. */
#define MAGIC_NAME ".sdmagic"
static const char magic_first[] = "#### LoaderInfo: systemd-stub ";
static const char magic_last[] = " ####";
/* Room for all of it. */
#define MAGIC_SIZE 128

const struct mrtd_uki_section *uki_section(const struct mrtd_uki *uki,
                                           const char *name)
{
    for (uint32_t i = 0; i < uki->section_count; i++) {
        if (strcmp(uki->sections[i].name, name) == 0) {
            return &uki->sections[i];
        }
    }
    return NULL;
}

bool uki_is_chosen(const char *name)
{
    for (size_t i = 0; i < MRTD_UKI_SECTIONS; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i].is_chosen;
        }
    }
    return false;
}

static enum mrtd_code refuse(const struct pe_section *section, const char *why,
                             struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_UKI, section->header,
                     "section %s of the UKI (VirtualSize 0x%" PRIx32
                     ", SizeOfRawData 0x%" PRIx32 "): %s",
                     section->name, section->virtual_size, section->raw_size,
                     why);
}

/* Are the section's bytes in memory those of the file, and its own? */
static enum mrtd_code check(const struct pe_section *section,
                            const struct pe_sections *all,
                            struct mrtd_error *error)
{
    const uint64_t start = section->virtual_address;
    const uint64_t end = start + section->virtual_size;
    if (section->virtual_size > section->raw_size) {
        return refuse(section,
                      "it ends with bytes that are not in the file, which no "
                      "builder of such images makes",
                      error);
    }
    for (size_t i = 0; i < all->count; i++) {
        const struct pe_section *other = &all->items[i];
        const uint64_t other_start = other->virtual_address;
        if (other != section && start < other_start + other->virtual_size &&
            other_start < end) {
            return refuse(section, "another one overlaps it in memory", error);
        }
    }
    return MRTD_OK;
}

/* Finds the first section of that name, unless it is empty, as the stub does;
 * and whether there is another one. */
static enum mrtd_code find(const struct pe_section **found,
                           struct mrtd_uki *uki, const struct pe_sections *all,
                           const char *name, struct mrtd_error *error)
{
    const struct pe_section *first = NULL;
    *found = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const struct pe_section *section = &all->items[i];
        if (strcmp(section->name, name) != 0) {
            continue;
        }
        if (first) {
            uki->again = (struct mrtd_uki_section){name, section->raw_offset,
                                                   section->virtual_size};
            break;
        }
        first = section;
    }
    if (!first || first->virtual_size == 0) {
        return MRTD_OK;
    }
    *found = first;
    return check(first, all, error);
}

/* --- The stub's version --------------------------------------------------- */

/* Of "257.4-1" 257; none of a version before a release, as "258~rc1", which may
 * do as either. */
static uint32_t number_of(const char *version)
{
    const size_t digits = strspn(version, "0123456789");
    return digits != 3 || version[digits] == '~'
               ? 0
               : (uint32_t)strtoul(version, NULL, 10);
}

static enum mrtd_code read_magic(struct mrtd_uki *uki,
                                 const struct pe_section *section,
                                 const struct mrtd_source *source,
                                 struct mrtd_error *error)
{
    char text[MAGIC_SIZE + 1] = {0};
    uint8_t buffer[MAGIC_SIZE];
    const size_t first = strlen(magic_first);
    struct span s;
    if (!section || section->virtual_size > sizeof buffer) {
        return MRTD_OK;
    }
    const enum mrtd_code code = source_view(
        source, section->raw_offset, section->virtual_size, buffer, &s, error);
    if (code) {
        return code;
    }
    span_copy(s, 0, section->virtual_size, (uint8_t *)text);
    char *end = strstr(text, magic_last);
    if (strncmp(text, magic_first, first) != 0 || !end ||
        strcmp(end, magic_last) != 0 || end <= text + first ||
        (size_t)(end - text) - first >= sizeof uki->stub) {
        return MRTD_OK;
    }
    *end = '\0';
    for (const char *c = text + first; *c; c++) {
        if (*c <= ' ' || *c > '~') {
            return MRTD_OK;
        }
    }
    memcpy(uki->stub, text + first, strlen(text + first) + 1);
    uki->systemd = number_of(uki->stub);
    return MRTD_OK;
}

/* --- All of it ------------------------------------------------------------ */

/* The header of the kernel, where it has one. */
static enum mrtd_code read_kernel(struct mrtd_uki *uki,
                                  const struct mrtd_source *source,
                                  struct mrtd_error *error)
{
    struct pieces pieces = {.count = 0};
    struct mrtd_error own = {.code = MRTD_OK};
    pieces_add(&pieces, source, uki->sections[0].offset, uki->sections[0].size);
    const struct mrtd_source linux_source = pieces_source(&pieces);
    if (mrtd_kernel_read(&uki->kernel, &linux_source, &own) &&
        own.code != MRTD_ERR_KERNEL) {
        return error_set(error, own.code, own.offset, "%s", own.message);
    }
    return MRTD_OK;
}

static enum mrtd_code take(struct mrtd_uki *uki, const struct pe_sections *all,
                           const struct mrtd_source *source,
                           struct mrtd_error *error)
{
    const struct pe_section *section = NULL;
    enum mrtd_code code = find(&section, uki, all, MAGIC_NAME, error);
    if (!code) {
        code = read_magic(uki, section, source, error);
    }
    for (size_t i = 0; !code && i < MRTD_UKI_SECTIONS; i++) {
        code = find(&section, uki, all, known[i].name, error);
        if (!code && section) {
            uki->sections[uki->section_count++] = (struct mrtd_uki_section){
                known[i].name, section->raw_offset, section->virtual_size};
        }
    }
    if (!code && !uki_section(uki, ".linux")) {
        return error_set(error, MRTD_ERR_UKI, MRTD_NO_OFFSET,
                         "no unified kernel image: the PE image has no section "
                         ".linux");
    }
    return code ? code : read_kernel(uki, source, error);
}

enum mrtd_code mrtd_uki_read(struct mrtd_uki *uki,
                             const struct mrtd_source *source,
                             struct mrtd_error *error)
{
    struct pe_sections all;
    struct mrtd_uki own = {.systemd = 0};
    if (!uki || !source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for the sections, or a source that has "
                         "neither data nor a read function");
    }
    enum mrtd_code code = pe_sections_make(&all, source, error);
    if (!code) {
        code = take(&own, &all, source, error);
    }
    if (!code) {
        *uki = own;
    }
    free(all.items);
    return code;
}
