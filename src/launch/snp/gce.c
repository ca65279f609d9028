/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Google Compute Engine makes of an image for SEV-SNP, as far as Google's
 * verifier shows. Sources, all of google/gce-tcb-verifier 74582c0:
 *   [TABLE]   ovmf/fw_guid_table_ops.go
 *   [DATA]    ovmf/sev_data.go
 *   [DIGEST]  sev/ld_from_ovmf.go, measureZeroContentUefiPages
 *   [MEASURE] sev/measurement.go, checkUpdateDataGuestMemoryAlignment
 */
#include <inttypes.h>

#include "launch/snp/accept.h"
#include "launch/snp/parts.h"

static bool no_block(struct accept_answer *a, const char *guid)
{
    return accept_refuses(a, "no matching block found for GUID: %s", guid);
}

/* [TABLE], GetFwGUIDTable */
static bool no_table(const struct snp_case *c, struct accept_answer *a)
{
    const uint64_t size = c->image->source.size;
    return size < GUID_TABLE_END + GUID_ENTRY_OVERHEAD
               ? accept_refuses(
                     a, "firmware is too small: found size 0x%" PRIx64, size)
               : accept_refuses(
                     a, "invalid firmware image without the GUIDed table.");
}

static bool is_length(const struct guid_table *t, const char *guid)
{
    const uint32_t index = guid_table_find(t, guid, 0);
    return index >= t->count || t->entries[index].size == sizeof(uint32_t);
}

/* [DATA]; what it does not look at are other entries than these two. */
static bool entry_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct guid_table *t = &c->image->table;
    const struct mrtd_guid_entry *duplicate = snp_duplicate(c->image);
    if (duplicate) {
        return accept_refuses(a,
                              "duplicate GUIDs in the table, repeated GUID: %s",
                              duplicate->guid);
    }
    return (!is_length(t, SEV_RESET_GUID) ||
            !is_length(t, SEV_METADATA_GUID)) &&
           accept_refuses(a, "mismatch with GUID block size");
}

/* [DATA], extractSevOvmfMetadata */
static bool metadata_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct snp_descriptor *d = &c->descriptor;
    const uint64_t size =
        SEV_DESCRIPTOR_SIZE + (uint64_t)d->count * SEV_SECTION_SIZE;
    if (!d->is_there) {
        return false;
    }
    if (!d->has_signature) {
        return accept_refuses(
            a, "the signature of the SEV memory offset is incorrect");
    }
    /* It multiplies in 32 bits. */
    if (d->length != (uint32_t)size) {
        return accept_refuses(a,
                              "mismatch between SEV memory offset length: "
                              "%" PRIu32 " and SEV metadata offset sections "
                              "count: %" PRIu32,
                              d->length, d->count);
    }
    return d->length > c->image->source.size - d->offset &&
           accept_refuses(a, "SEV OVMF Metadata Offset is not large enough to "
                             "contain the metadata");
}

static bool undecoded_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct mrtd_image *image = c->image;
    switch (c->code) {
    case MRTD_ERR_TABLE_LENGTH:
        return image->source.size < GUID_TABLE_END + GUID_ENTRY_OVERHEAD
                   ? no_table(c, a)
                   : accept_refuses(a,
                                    "invalid GUIDed table size: found size %u "
                                    "fw_size: %" PRIu64,
                                    (unsigned)image->table.length,
                                    image->source.size);
    case MRTD_ERR_TABLE_ENTRY:
        return accept_refuses(a, "could not get GUID table from firmware: "
                                 "GUIDed table");
    case MRTD_ERR_SEV_ENTRY:
        return entry_answer(c, a);
    case MRTD_ERR_SEV_METADATA:
        return metadata_answer(c, a);
    default:
        return false;
    }
}

static bool unaligned(struct accept_answer *a, uint64_t gpa)
{
    return accept_refuses(a,
                          "guest data must be of aligned on 0x1000 bytes. Got "
                          "address 0x%" PRIx64,
                          gpa);
}

/* [DATA], SevSectionTypeToString */
static const char *type_name(uint32_t type)
{
    switch (type) {
    case MRTD_SEV_SNP_SEC_MEM:
        return "OVMF_SECTION_TYPE_SNP_SEC_MEM";
    case MRTD_SEV_SNP_SECRETS:
        return "OVMF_SECTION_TYPE_SNP_SECRETS";
    case MRTD_SEV_CPUID:
        return "OVMF_SECTION_TYPE_CPUID";
    case MRTD_SEV_SVSM_CAA:
        return "OVMF_SECTION_TYPE_SVSM_CAA";
    default:
        return "[unknown SNP metadata section type]";
    }
}

/* [DATA], validateSections */
static bool sections_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct sev *sev = c->image->sev;
    if (sev->info.section_count == 0) {
        return accept_refuses(a, "SEV OVMF metadata not found");
    }
    if (snp_count_type(sev, c->type) > 1) {
        return accept_refuses(a, "expected only 1 section of type %s.",
                              type_name(c->type));
    }
    switch (c->type) {
    case MRTD_SEV_SNP_SECRETS:
        return accept_refuses(
            a, "no secret page address found from the SEV OVMF Metadata");
    case MRTD_SEV_CPUID:
        return accept_refuses(
            a, "no CPUID page address found in the SEV OVMF Metadata");
    default:
        return accept_refuses(a, "no proper pre-validated addresses found in "
                                 "the SEV OVMF Metadata");
    }
}

static bool image_answer(const struct snp_case *c, struct accept_answer *a)
{
    switch (c->code) {
    case MRTD_ERR_FIRMWARE_SIZE: /* [MEASURE] */
        return c->image->sev && unaligned(a, parts_firmware_gpa(c->image));
    case MRTD_NOTE_GCE_DUPLICATE:
        return entry_answer(c, a);
    case MRTD_ERR_NO_RESET_BLOCK:
        if (c->image->sev->info.reset_offset != MRTD_NO_OFFSET) {
            return false; /* address 0, which it does not look at */
        }
        return c->image->table.present ? no_block(a, SEV_RESET_GUID)
                                       : no_table(c, a);
    case MRTD_WARN_NO_SEV_METADATA:
        return c->image->table.present ? no_block(a, SEV_METADATA_GUID)
                                       : no_table(c, a);
    case MRTD_LINT_GCE_SEV_LENGTH:
        return metadata_answer(c, a);
    case MRTD_ERR_NO_HASH_TABLE: /* it knows of no kernel */
        return accept_answers(a, MRTD_EFFECT_UNDEFINED);
    case MRTD_LINT_SEV_COUNT:
    case MRTD_LINT_GCE_SEV_MEMORY:
        return sections_answer(c, a);
    default:
        return undecoded_answer(c, a);
    }
}

/* [DATA]: among the sections only, and their ends in 32 bits. */
static bool overlap_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct sev *sev = c->image->sev;
    const struct mrtd_sev_section *s = c->section;
    for (uint32_t i = 0; i < sev->info.section_count; i++) {
        const struct mrtd_sev_section *other = &sev->sections[i];
        if (other != s && other->size > 0 && other->gpa <= s->gpa &&
            s->gpa - other->gpa < other->size) {
            return accept_refuses(a,
                                  "SEV section %s: [0x%" PRIx32 "-0x%" PRIx32
                                  "] overlaps with %s",
                                  type_name(other->type), other->gpa,
                                  other->gpa + other->size, type_name(s->type));
        }
    }
    return accept_answers(a, MRTD_EFFECT_UNDEFINED);
}

bool snp_gce_answer(const struct snp_case *c, struct accept_answer *a)
{
    const struct mrtd_sev_section *s = c->section;
    if (!s) {
        return image_answer(c, a);
    }
    switch (c->code) {
    case MRTD_ERR_SEV_SECTION:
        if (s->gpa % MRTD_PAGE_SIZE && c->offset == s->field + SEV_BASE) {
            return unaligned(a, s->gpa);
        }
        if (s->size % MRTD_PAGE_SIZE == 0) { /* past 4 GiB */
            return accept_answers(a, MRTD_EFFECT_UNDEFINED);
        }
        return accept_refuses(a,
                              "section %s has length that's not a positive "
                              "multiple of a 4K page size: 0x%" PRIx32,
                              type_name(s->type), s->size);
    case MRTD_LINT_SEV_EMPTY:
        return accept_refuses(a,
                              "section %s has length that's not a positive "
                              "multiple of a 4K page size: 0x0",
                              type_name(s->type));
    case MRTD_ERR_SEV_TYPE: /* [DIGEST] */
    case MRTD_LINT_GCE_KERNEL_HASHES:
        return accept_refuses(a, "unknown OVMF page section type: %" PRIu32,
                              s->type);
    case MRTD_ERR_SEV_PAGE: /* of none, sev-empty tells */
        return s->size > 0 && accept_answers(a, MRTD_EFFECT_NOTE);
    case MRTD_ERR_SEV_OVERLAP:
        return overlap_answer(c, a);
    default:
        return false;
    }
}
