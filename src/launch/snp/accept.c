/* SPDX-License-Identifier: Apache-2.0 */
/* Does a VMM of SEV-SNP accept an image? */
#include "launch/snp/accept.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "image/format.h"
#include "launch/snp/build.h"
#include "launch/snp/parts.h"
#include "launch/snp/rules.h"
#include "launch/snp/sections.h"

/* QEMU hw/i386/x86-common.c, x86_bios_rom_init: the size of a -bios file. */
#define BIOS_MULTIPLE 65536
/* QEMU hw/i386/pc_q35.c, pc_q35_init: below 4 GiB there is RAM up to here at
 * most. */
#define LOW_RAM_END UINT64_C(0xb0000000)

static const uint8_t signature[4] = {'A', 'S', 'E', 'V'};

/* Broken: a rule of the image, which may be about a type of sections. */
typedef bool broken_fn(const struct snp_case *c, struct mrtd_error *what);

uint32_t snp_count_type(const struct sev *sev, uint32_t type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < sev->info.section_count; i++) {
        count += sev->sections[i].type == type;
    }
    return count;
}

const struct mrtd_guid_entry *snp_duplicate(const struct mrtd_image *image)
{
    const struct guid_table *t = &image->table;
    for (uint32_t i = 1; i < t->count; i++) {
        if (guid_table_find(t, t->entries[i].guid, 0) < i) {
            return &t->entries[i];
        }
    }
    return NULL;
}

static bool says(struct mrtd_error *what, uint64_t offset, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

static bool says(struct mrtd_error *what, uint64_t offset, const char *format,
                 ...)
{
    va_list args;
    what->offset = offset;
    va_start(args, format);
    vsnprintf(what->message, sizeof what->message, format, args);
    va_end(args);
    return true;
}

/* --- Rules of an image ------------------------------------------------- */

static bool not_pages(const struct snp_case *c, struct mrtd_error *what)
{
    const uint64_t size = c->image->source.size;
    return size % MRTD_PAGE_SIZE != 0 &&
           says(what, MRTD_NO_OFFSET,
                "the firmware's %" PRIu64
                " bytes are not whole pages of 4096, which SEV-SNP measures",
                size);
}

static bool not_a_rom(const struct snp_case *c, struct mrtd_error *what)
{
    const uint64_t size = c->image->source.size;
    return size % MRTD_PAGE_SIZE == 0 && size % BIOS_MULTIPLE != 0 &&
           says(what, MRTD_NO_OFFSET,
                "QEMU refuses a firmware file whose size is not a multiple of "
                "%d bytes",
                BIOS_MULTIPLE);
}

static bool no_reset_block(const struct snp_case *c, struct mrtd_error *what)
{
    const struct mrtd_sev_info *info = &c->image->sev->info;
    if (info->reset_offset == MRTD_NO_OFFSET) {
        return says(what, MRTD_NO_OFFSET,
                    "there is no GUIDed table with an SEV-ES reset block, "
                    "which says where other processors than the first start");
    }
    return info->reset_address == 0 &&
           says(what, info->reset_offset,
                "the SEV-ES reset block has address 0");
}

static bool no_metadata(const struct snp_case *c, struct mrtd_error *what)
{
    return c->image->sev->info.metadata_offset == MRTD_NO_OFFSET &&
           says(what, MRTD_NO_OFFSET,
                "there is no GUIDed table with an SEV metadata entry: the "
                "firmware was not built for SEV-SNP");
}

static bool not_one(const struct snp_case *c, struct mrtd_error *what)
{
    const struct sev *sev = c->image->sev;
    const uint32_t count = snp_count_type(sev, c->type);
    return sev->info.metadata_offset != MRTD_NO_OFFSET && count != 1 &&
           says(what, sev->info.metadata_offset + SEV_NUMBER_OF_SECTIONS,
                "%" PRIu32 " sections of type %s, not one", count,
                mrtd_sev_section_type_name(c->type));
}

static bool no_memory(const struct snp_case *c, struct mrtd_error *what)
{
    const struct sev *sev = c->image->sev;
    return sev->info.metadata_offset != MRTD_NO_OFFSET &&
           snp_count_type(sev, c->type) == 0 &&
           says(what, sev->info.metadata_offset + SEV_NUMBER_OF_SECTIONS,
                "no section of type %s", mrtd_sev_section_type_name(c->type));
}

/* QEMU target/i386/sev.c, pc_system_parse_sev_metadata: Length is compared with
 * where the metadata is. */
static bool too_early(const struct snp_case *c, struct mrtd_error *what)
{
    const struct snp_descriptor *d = &c->descriptor;
    return d->is_there && d->length > d->offset &&
           says(what, d->offset + SEV_LENGTH,
                "SEV metadata: Length %" PRIu32 " is more than the 0x%" PRIx64
                " bytes before the metadata, and QEMU then takes it for none",
                d->length, d->offset);
}

static bool long_metadata(const struct snp_case *c, struct mrtd_error *what)
{
    const uint32_t count = c->image->sev->info.section_count;
    const uint64_t size =
        SEV_DESCRIPTOR_SIZE + (uint64_t)count * SEV_SECTION_SIZE;
    return c->descriptor.is_there && c->descriptor.length != size &&
           says(what, c->descriptor.offset + SEV_LENGTH,
                "SEV metadata: Length %" PRIu32 " is not the %" PRIu64
                " of %" PRIu32 " sections",
                c->descriptor.length, size, count);
}

static bool twice(const struct snp_case *c, struct mrtd_error *what)
{
    const struct mrtd_guid_entry *e = snp_duplicate(c->image);
    return e && says(what, e->offset, "the GUIDed table has %s twice", e->guid);
}

static const struct {
    broken_fn *broken;
    enum mrtd_code code;
    uint32_t type;
} image_rules[] = {
    {not_pages, MRTD_ERR_FIRMWARE_SIZE, 0},
    {not_a_rom, MRTD_NOTE_QEMU_SIZE, 0},
    {twice, MRTD_NOTE_GCE_DUPLICATE, 0},
    {no_reset_block, MRTD_ERR_NO_RESET_BLOCK, 0},
    {no_metadata, MRTD_WARN_NO_SEV_METADATA, 0},
    {too_early, MRTD_LINT_QEMU_SEV_PLACE, 0},
    {long_metadata, MRTD_LINT_GCE_SEV_LENGTH, 0},
    {not_one, MRTD_LINT_SEV_COUNT, MRTD_SEV_SNP_SECRETS},
    {not_one, MRTD_LINT_SEV_COUNT, MRTD_SEV_CPUID},
    {no_memory, MRTD_LINT_GCE_SEV_MEMORY, MRTD_SEV_SNP_SEC_MEM},
};

/* --- Rules of a section, beside those of sections.h -------------------- */

static bool empty(const struct snp_case *c, struct mrtd_error *what)
{
    return c->section->size == 0 &&
           says(what, c->section->field + SEV_SIZE, "size 0");
}

static bool not_ram(const struct snp_case *c, struct mrtd_error *what)
{
    const struct mrtd_sev_section *s = c->section;
    const uint64_t end = (uint64_t)s->gpa + s->size;
    const bool is_rom = s->gpa >= parts_firmware_gpa(c->image);
    return s->size > 0 && end > LOW_RAM_END && end <= SEV_GPA_END && !is_rom &&
           says(what, s->field + SEV_BASE,
                "GPAs 0x%" PRIx32 "-0x%" PRIx64
                ": the machine q35 has no RAM from 0x%" PRIx64
                " to 4 GiB, where the firmware is",
                s->gpa, end - 1, LOW_RAM_END);
}

static bool of_hashes(const struct snp_case *c, struct mrtd_error *what)
{
    return c->section->type == MRTD_SEV_SNP_KERNEL_HASHES &&
           says(what, c->section->field + SEV_TYPE,
                "GCE knows types 1 to 4 only");
}

static const struct {
    enum mrtd_code code;
    broken_fn *broken;
} section_rules[] = {
    {MRTD_LINT_SEV_EMPTY, empty},
    {MRTD_LINT_NOT_RAM, not_ram},
    {MRTD_LINT_GCE_KERNEL_HASHES, of_hashes},
};

/* --- All of it --------------------------------------------------------- */

static enum mrtd_code memory_short(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the findings");
}

/* The rule of the case is broken: adds what follows from it for the VMM, if
 * something does. */
static enum mrtd_code ask(struct mrtd_accept *accept, struct snp_case *c,
                          uint32_t section, const struct mrtd_error *what,
                          struct mrtd_error *error)
{
    const struct sev *sev = c->image->sev;
    struct accept_answer answer = {0};
    c->code = what->code;
    c->offset = what->offset;
    c->section = section == MRTD_NO_REGION ? NULL : &sev->sections[section];
    return !snp_vmm_of(accept->info.vmm)->answer(c, &answer) ||
                   accept_add(accept, what, section, &answer)
               ? MRTD_OK
               : memory_short(error);
}

static enum mrtd_code ask_image(struct mrtd_accept *accept, struct snp_case *c,
                                struct mrtd_error *error)
{
    enum mrtd_code code = MRTD_OK;
    for (size_t i = 0; !code && i < sizeof image_rules / sizeof *image_rules;
         i++) {
        struct mrtd_error what = {.code = image_rules[i].code};
        c->type = image_rules[i].type;
        if (image_rules[i].broken(c, &what)) {
            code = ask(accept, c, MRTD_NO_REGION, &what, error);
        }
    }
    c->type = 0;
    return code;
}

static enum mrtd_code ask_section(struct mrtd_accept *accept,
                                  struct snp_case *c, uint32_t index,
                                  struct mrtd_error *error)
{
    const struct mrtd_sev_section *s = &c->image->sev->sections[index];
    const char *name = mrtd_sev_section_type_name(s->type);
    enum mrtd_code code = MRTD_OK;
    for (size_t i = 0;
         !code && i < sizeof section_rules / sizeof *section_rules; i++) {
        struct mrtd_error found = {.code = MRTD_OK};
        struct mrtd_error what = {.code = section_rules[i].code};
        c->section = s;
        if (section_rules[i].broken(c, &found)) {
            says(&what, found.offset, "SEV section %" PRIu32 " (%s): %.200s",
                 index, name ? name : "unknown type", found.message);
            code = ask(accept, c, index, &what, error);
        }
    }
    return code;
}

/* Sections that no plan is made of, or that warnings are about. */
static enum mrtd_code ask_sections(struct mrtd_accept *accept,
                                   struct snp_case *c, struct mrtd_error *error)
{
    const uint32_t count = c->image->sev->info.section_count;
    struct findings list = {.count = 0};
    enum mrtd_code code =
        snp_find_broken(c->image, parts_firmware_gpa(c->image), &list, error);
    for (uint32_t i = 0; !code && i < list.count; i++) {
        const struct mrtd_finding *f = &list.items[i];
        struct mrtd_error what = {.code = f->code, .offset = f->offset};
        memcpy(what.message, f->message, sizeof what.message);
        code = ask(accept, c, f->region, &what, error);
    }
    if (!code && list.failed) {
        code = memory_short(error);
    }
    findings_free(&list);
    for (uint32_t i = 0; !code && i < count; i++) {
        code = ask_section(accept, c, i, error);
    }
    return code;
}

static enum mrtd_code ask_kernel(struct mrtd_accept *accept, struct snp_case *c,
                                 struct mrtd_error *error)
{
    const struct sev *sev = c->image->sev;
    struct mrtd_error what = {.code = MRTD_OK};
    if (!accept->kernel || (!parts_check_hash_table(&sev->info, &what) &&
                            !snp_check_hash_page(sev, &what))) {
        return MRTD_OK;
    }
    return ask(accept, c, MRTD_NO_REGION, &what, error);
}

/* What the SEV metadata's entry leads to. */
static enum mrtd_code read_descriptor(const struct mrtd_image *image,
                                      struct snp_descriptor *d,
                                      struct mrtd_error *error)
{
    const struct guid_table *t = &image->table;
    const uint32_t index = guid_table_find(t, SEV_METADATA_GUID, 0);
    const uint64_t size = image->source.size;
    uint8_t buffer[SEV_DESCRIPTOR_SIZE];
    uint32_t from_end = 0;
    struct span data;
    if (index >= t->count || t->entries[index].size < sizeof from_end) {
        return MRTD_OK;
    }
    enum mrtd_code code = source_view(&image->source, t->entries[index].offset,
                                      sizeof from_end, buffer, &data, error);
    if (code) {
        return code;
    }
    span_u32(data, 0, &from_end);
    if (from_end < SEV_DESCRIPTOR_SIZE || from_end > size) {
        return MRTD_OK;
    }
    d->offset = size - from_end;
    code = source_view(&image->source, d->offset, sizeof buffer, buffer, &data,
                       error);
    if (!code) {
        d->is_there = true;
        d->has_signature =
            span_equals(data, SEV_SIGNATURE, signature, sizeof signature);
        span_u32(data, SEV_LENGTH, &d->length);
        span_u32(data, SEV_NUMBER_OF_SECTIONS, &d->count);
    }
    return code;
}

static enum mrtd_code fail(struct mrtd_error *error,
                           const struct mrtd_error *why)
{
    if (error) {
        *error = *why;
    }
    return why->code;
}

/* What the image says for SEV is not whole: *refusal says why. */
static enum mrtd_code accept_undecoded(struct mrtd_accept *accept,
                                       struct snp_case *c,
                                       const struct mrtd_error *refusal,
                                       struct mrtd_error *error)
{
    enum mrtd_code code = ask(accept, c, MRTD_NO_REGION, refusal, error);
    return !code && accept->info.verdict == MRTD_VERDICT_LOADS
               ? fail(error, refusal)
               : code;
}

static enum mrtd_code accept_decoded(struct mrtd_accept *accept,
                                     struct snp_case *c,
                                     struct mrtd_error *error)
{
    enum mrtd_code code = ask_image(accept, c, error);
    if (!code) {
        code = ask_sections(accept, c, error);
    }
    return code ? code : ask_kernel(accept, c, error);
}

/* What is refused here may be refused by the VMM or not: nothing is known of
 * it. */
static enum mrtd_code accept_igvm(struct mrtd_accept *accept,
                                  struct mrtd_error *error)
{
    const struct snp_vmm *vmm = snp_vmm_of(accept->info.vmm);
    const struct mrtd_source source = accept->image->source;
    if (!vmm->accept_igvm) {
        return error_set(error, MRTD_ERR_IGVM, 0,
                         "this is an IGVM file; the rules of VMM %s that are "
                         "known here are those of flat images",
                         vmm->public.name);
    }
    mrtd_image_free(accept->image);
    accept->image = NULL;
    enum mrtd_code code =
        mrtd_image_open(&accept->image, &source, MRTD_FORMAT_IGVM, error);
    return code ? code : vmm->accept_igvm(accept, error);
}

static enum mrtd_code accept_image(struct mrtd_accept *accept,
                                   struct mrtd_error *error)
{
    struct mrtd_image *image = accept->image;
    struct mrtd_error refusal = {.code = MRTD_OK};
    bool is_igvm = false;
    enum mrtd_code code = format_is_igvm(&image->source, &is_igvm, error);
    if (code) {
        return code;
    }
    code = image_decode(image, &refusal);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return fail(error, &refusal);
    }
    if (is_igvm && image->table.count == 0) {
        return accept_igvm(accept, error);
    }
    if (image->table.broken.code) { /* entries before that place are found */
        guid_table_free(&image->table);
        code = guid_table_read(&image->source, &image->table, error);
        if (code) {
            return code;
        }
    }
    struct snp_case c = {.image = image};
    code = read_descriptor(image, &c.descriptor, error);
    if (code) {
        return code;
    }
    if (image->refusals[MRTD_PLATFORM_SNP].code) {
        refusal = image->refusals[MRTD_PLATFORM_SNP];
    }
    return image->sev ? accept_decoded(accept, &c, error)
                      : accept_undecoded(accept, &c, &refusal, error);
}

enum mrtd_code snp_accept(struct mrtd_accept *accept,
                          const struct mrtd_source *source,
                          struct mrtd_error *error)
{
    /* These VMMs take a file that begins as an IGVM file for a flat one. */
    enum mrtd_code code = image_new(
        &accept->image, source,
        MRTD_PERMISSIVE | MRTD_WITHOUT_METADATA | MRTD_FORMAT_TDVF, error);
    return code ? code : accept_image(accept, error);
}
