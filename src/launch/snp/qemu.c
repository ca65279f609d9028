/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What QEMU makes of an image for SEV-SNP. Sources:
 *   [SEV]   QEMU target/i386/sev.c: sev_snp_launch_finish,
 *           snp_populate_metadata_pages, snp_launch_update_cpuid,
 *           snp_launch_update_kernel_hashes, sev_snp_launch_update,
 *           sev_es_find_reset_vector, sev_es_parse_reset_block,
 *           pc_system_parse_sev_metadata, sev_add_kernel_loader_hashes
 *   [OVMF]  QEMU 64915058, hw/i386/pc_sysfw_ovmf.c
 *   [BIOS]  QEMU 04ddbb13, hw/i386/x86-common.c, x86_bios_rom_init
 *   [KVM]   Linux arch/x86/kvm/svm/sev.c, sev_gmem_post_populate
 * An entry of the GUIDed table is found by [OVMF], pc_system_ovmf_table_find.
 */
#include <inttypes.h>

#include "launch/snp/accept.h"
#include "launch/snp/hash_table.h"

static bool no_reset_vector(struct accept_answer *a)
{
    return accept_refuses(a, "SEV information block/Firmware GUID Table block "
                             "not found in pflash rom");
}

static bool no_header(struct accept_answer *a)
{
    return accept_refuses(
        a, "sev_snp_launch_finish: Failed to locate SEV metadata header");
}

static bool has_entry(const struct snp_case *c, const char *guid)
{
    const struct guid_table *t = &c->image->table;
    return guid_table_find(t, guid, 0) < t->count;
}

/* A table that is broken somewhere: what is before that place is found. */
static bool entry_answer(const struct snp_case *c, struct accept_answer *a)
{
    if (!has_entry(c, SEV_RESET_GUID)) {
        return no_reset_vector(a);
    }
    return !has_entry(c, SEV_METADATA_GUID) && no_header(a);
}

/* The metadata's entry leads out of the file, and QEMU does not check it. */
static bool leads_out(const struct snp_case *c)
{
    const struct guid_table *t = &c->image->table;
    const uint32_t index = guid_table_find(t, SEV_METADATA_GUID, 0);
    return index < t->count && c->offset == t->entries[index].offset;
}

/* [SEV], pc_system_parse_sev_metadata: of the metadata Length bytes are copied,
 * and then its sections are read from the copy. */
static bool metadata_answer(const struct snp_descriptor *d, uint64_t file,
                            struct accept_answer *a)
{
    const uint64_t size =
        SEV_DESCRIPTOR_SIZE + (uint64_t)d->count * SEV_SECTION_SIZE;
    if (!d->is_there) {
        return false;
    }
    if (!d->has_signature || d->length < SEV_DESCRIPTOR_SIZE ||
        d->length > d->offset) {
        return no_header(a);
    }
    return (d->length < size || d->length > file - d->offset) &&
           accept_answers(a, MRTD_EFFECT_UNDEFINED);
}

/* What it says of a file of which nothing can be computed. */
static bool undecoded_answer(const struct snp_case *c, struct accept_answer *a)
{
    switch (c->code) {
    case MRTD_ERR_TABLE_LENGTH: /* [OVMF]; smaller files have no table */
        return c->image->source.size < MRTD_PAGE_SIZE
                   ? no_reset_vector(a)
                   : accept_refuses(a, "OVMF table has invalid size %d",
                                    c->image->table.length -
                                        GUID_ENTRY_OVERHEAD);
    case MRTD_ERR_TABLE_ENTRY:
        return entry_answer(c, a);
    case MRTD_ERR_SEV_ENTRY:
        return leads_out(c) && accept_answers(a, MRTD_EFFECT_UNDEFINED);
    case MRTD_ERR_SEV_METADATA:
        return metadata_answer(&c->descriptor, c->image->source.size, a);
    default:
        return false;
    }
}

/* [SEV], sev_add_kernel_loader_hashes, with kernel-hashes=on. */
static bool kernel_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct sev *sev = c->image->sev;
    const struct mrtd_sev_info *info = &sev->info;
    const uint32_t end =
        info->hash_table_gpa % MRTD_PAGE_SIZE + HASH_TABLE_SIZE;
    if (info->hash_table_offset == MRTD_NO_OFFSET) {
        return accept_refuses(a, "SEV: kernel specified but guest firmware has "
                                 "no hashes table GUID");
    }
    if (info->hash_table_gpa == 0 || info->hash_table_size < HASH_TABLE_SIZE) {
        return accept_refuses(a,
                              "SEV: guest firmware hashes table area is "
                              "invalid (base=0x%x size=0x%x)",
                              (unsigned)info->hash_table_gpa,
                              (unsigned)info->hash_table_size);
    }
    for (uint32_t i = 0; i < info->section_count; i++) {
        const struct mrtd_sev_section *s = &sev->sections[i];
        if (s->type == MRTD_SEV_SNP_KERNEL_HASHES && end > s->size) {
            return accept_refuses(
                a, "Assertion `(sev_snp->kernel_hashes_offset + "
                   "sizeof(*sev_snp->kernel_hashes_data)) <= len' failed");
        }
    }
    return accept_answers(a, MRTD_EFFECT_STOPS);
}

static bool image_answer(const struct snp_case *c, struct accept_answer *a)
{
    switch (c->code) {
    case MRTD_ERR_FIRMWARE_SIZE: /* [BIOS] */
    case MRTD_NOTE_QEMU_SIZE:
        return c->image->sev &&
               accept_refuses(a, "qemu: could not load PC BIOS");
    case MRTD_ERR_NO_RESET_BLOCK:
        return c->image->sev->info.reset_offset == MRTD_NO_OFFSET
                   ? no_reset_vector(a)
                   : accept_refuses(a, "SEV-ES reset address is zero");
    case MRTD_WARN_NO_SEV_METADATA:
    case MRTD_LINT_QEMU_SEV_PLACE:
        return no_header(a);
    case MRTD_LINT_SEV_COUNT: /* QEMU does not mind, but OVMF needs them */
        return accept_answers(a, snp_count_type(c->image->sev, c->type) == 0
                                     ? MRTD_EFFECT_STOPS
                                     : MRTD_EFFECT_NOTE);
    case MRTD_ERR_NO_HASH_TABLE:
        return kernel_answer(c, a);
    default:
        return undecoded_answer(c, a);
    }
}

static bool no_host_address(const struct snp_case *c, struct accept_answer *a)
{
    return accept_refuses(
        a,
        "snp_populate_metadata_pages: Failed to get HVA for GPA 0x%" PRIx32
        " sz 0x%" PRIx32,
        c->section->gpa, c->section->size);
}

bool snp_qemu_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct mrtd_sev_section *s = c->section;
    if (!s) {
        return image_answer(c, a);
    }
    switch (c->code) {
    case MRTD_ERR_SEV_SECTION:
        return s->gpa % MRTD_PAGE_SIZE || s->size % MRTD_PAGE_SIZE
                   ? accept_refuses(a, "SEV-SNP: failed to configure initial")
                   : no_host_address(c, a);
    case MRTD_LINT_NOT_RAM:
        return no_host_address(c, a);
    case MRTD_ERR_SEV_TYPE:
        return accept_answers(a, MRTD_EFFECT_NOTE);
    case MRTD_ERR_SEV_PAGE: /* of none, sev-empty tells */
        return s->size > 0 && accept_answers(a, MRTD_EFFECT_NOTE);
    case MRTD_LINT_SEV_EMPTY:
        return s->type == MRTD_SEV_CPUID
                   ? accept_refuses(a, "Assertion `sizeof(snp_cpuid_info) <= "
                                       "cpuid_len' failed")
                   : accept_refuses(
                         a, "SNP_LAUNCH_UPDATE called with invalid address");
    case MRTD_ERR_SEV_OVERLAP: /* [KVM]: the page is the guest's already */
        return accept_refuses(a, "SNP_LAUNCH_UPDATE ret=");
    default:
        return false;
    }
}
