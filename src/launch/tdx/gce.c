/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Compute Engine, as far as Google's verifier shows. Sources, all of
 * google/gce-tcb-verifier 74582c0:
 *   [TABLE]   ovmf/fw_guid_table_ops.go
 *   [DATA]    ovmf/tdx_data.go
 *   [ABI]     ovmf/abi/abi.go
 *   [MEASURE] tdx/measurement.go, InitMemoryRegion
 */
#include <inttypes.h>
#include <string.h>

#include "base/checked.h"
#include "image/tdvf/metadata.h"
#include "launch/tdx/rules.h"

#define TDX_OFFSET_GUID "e47a6535-984a-4798-865e-4685a7bf8ec2"

/* [DATA], cfvCheck */
static bool volume(const struct tdx_vmm *vmm, const struct subject *subject,
                   struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return tdx_has_type(vmm->accept.volumes, s->type) &&
           (s->raw_data_size == 0 || s->memory_data_size != s->raw_data_size) &&
           rule_broken(subject, TDVF_RAW_DATA_SIZE, what,
                       "RawDataSize 0x%" PRIx32
                       " is not MemoryDataSize 0x%" PRIx64
                       ", or 0, which %s refuses for a volume",
                       s->raw_data_size, s->memory_data_size, vmm->accept.who);
}

/* [MEASURE]: a TempMem has no data to be measured. */
static bool measured(const struct tdx_vmm *vmm, const struct subject *subject,
                     struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->type == MRTD_SECTION_TEMP_MEM && s->memory_data_size > 0 &&
           s->attributes & MRTD_ATTR_MR_EXTEND &&
           rule_broken(subject, TDVF_ATTRIBUTES, what,
                       "%s has no data of a TempMem that could be measured",
                       vmm->accept.who);
}

/* [TABLE]: duplicate GUIDs. */
static const struct mrtd_guid_entry *duplicate(const struct mrtd_image *image)
{
    const struct guid_table *t = &image->table;
    for (uint32_t i = 1; i < t->count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(t->entries[i].guid, t->entries[k].guid) == 0) {
                return &t->entries[i];
            }
        }
    }
    return NULL;
}

static bool duplicates(const struct tdx_vmm *vmm,
                       const struct mrtd_image *image, struct mrtd_error *what)
{
    const struct mrtd_guid_entry *e = duplicate(image);
    if (!e) {
        return false;
    }
    tdx_image_broken(what, "%s refuses a GUIDed table with %s twice",
                     vmm->accept.who, e->guid);
    what->offset = e->offset;
    return true;
}

static bool hobs(const struct tdx_vmm *vmm, const struct mrtd_image *image,
                 struct mrtd_error *what)
{
    uint32_t count = image_count_type(image, MRTD_SECTION_TD_HOB);
    return count != 1 &&
           tdx_image_broken(what,
                            "%s needs exactly one TD_HOB section, not "
                            "%" PRIu32,
                            vmm->accept.who, count);
}

/* [DATA]: the sum of 32-bit sizes in 32 bits. */
static uint32_t volumes_size(const struct tdx_vmm *vmm,
                             const struct mrtd_image *image)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        const struct mrtd_section *s = &image->sections[i];
        if (tdx_has_type(vmm->accept.volumes, s->type)) {
            /* At most 1024 sections: it fits. */
            checked_add(total, s->raw_data_size, &total);
        }
    }
    return (uint32_t)total;
}

static bool sum_differs(const struct tdx_vmm *vmm,
                        const struct mrtd_image *image, struct mrtd_error *what)
{
    uint32_t size = volumes_size(vmm, image);
    return size != (uint32_t)image->source.size &&
           tdx_image_broken(what,
                            "the volumes are 0x%" PRIx32
                            " bytes, the file is 0x%" PRIx64
                            "; %s refuses what is not all volumes",
                            size, image->source.size, vmm->accept.who);
}

static bool hob_bug(const struct tdx_vmm *vmm, const struct mrtd_image *image,
                    struct mrtd_error *what)
{
    (void)image;
    return tdx_image_broken(what,
                            "earlier versions of %s measured every section "
                            "and the TD HOB, so that the MRTD depends on "
                            "the machine's memory: such a value cannot be "
                            "predicted from the file",
                            vmm->accept.who);
}

static bool table_answer(const struct tdx_case *c, struct accept_answer *a)
{
    const struct mrtd_image *image = c->image;
    bool small = image->source.size < GUID_TABLE_END + GUID_ENTRY_OVERHEAD;
    switch (c->code) {
    case MRTD_ERR_NO_TABLE:
    case MRTD_ERR_NO_TDX_ENTRY:
    case MRTD_ERR_OTHER_FORMAT:
    case MRTD_ERR_TABLE_LENGTH:
    case MRTD_NOTE_GCE_LOCATOR:
        if (small) {
            return accept_refuses(a, "firmware is too small: found size 0x%x",
                                  (unsigned)image->source.size);
        }
        if (c->code == MRTD_ERR_TABLE_LENGTH) {
            return accept_refuses(a,
                                  "invalid GUIDed table size: found size %u "
                                  "fw_size: %" PRIu64,
                                  (unsigned)image->table.length,
                                  image->source.size);
        }
        return image->table.present
                   ? accept_refuses(a,
                                    "TDX metadata offset GUID block not "
                                    "found: %s",
                                    TDX_OFFSET_GUID)
                   : accept_refuses(a, "invalid firmware image without the "
                                       "GUIDed table.");
    case MRTD_ERR_TABLE_ENTRY:
    case MRTD_WARN_TABLE_REST:
        return accept_refuses(a, "failed to get GUID block map from OVMF: "
                                 "GUIDed table");
    case MRTD_NOTE_GCE_DUPLICATE:
        return accept_refuses(a,
                              "duplicate GUIDs in the table, repeated GUID: %s",
                              duplicate(image)->guid);
    case MRTD_ERR_TDX_ENTRY:
        return image->tdx_entry->size <= sizeof(uint32_t) &&
               accept_refuses(a, image->tdx_entry->size == sizeof(uint32_t)
                                     ? "unexpected TDX metadata offset"
                                     : "TDX metadata offset GUID block size "
                                       "too small");
    default:
        return false;
    }
}

static bool descriptor_answer(const struct tdx_case *c, struct accept_answer *a)
{
    const struct tdvf_header *h = &c->image->header;
    switch (c->code) {
    case MRTD_WARN_METADATA_GUID:
    case MRTD_WARN_METADATA_GUID_SWAPPED:
        return accept_refuses(a, "TDX metadata GUID mismatch.");
    case MRTD_ERR_DESC_BOUNDS: /* [ABI]; without a header another message */
        return h->count > 0
                   ? accept_refuses(a,
                                    "data too small for expected section "
                                    "count %u",
                                    (unsigned)h->count)
                   : accept_refuses(a, "could not parse TDX metadata "
                                       "descriptor");
    case MRTD_ERR_DESC_SIGNATURE:
        return accept_refuses(a, "TDX metadata descriptor signature mismatch.");
    case MRTD_ERR_DESC_VERSION:
        return accept_refuses(a,
                              "TDX metadata descriptor version mismatch. Got "
                              "0x%x want 0x1",
                              (unsigned)h->version);
    case MRTD_ERR_DESC_LENGTH:
        return accept_refuses(
            a, "TDX metadata descriptor length mismatch. Got 0x%x want 0x%x",
            (unsigned)h->length,
            (unsigned)(TDVF_DESCRIPTOR_SIZE + h->count * TDVF_SECTION_SIZE));
    default:
        return false;
    }
}

/* [DATA], validateTDXMetadataSections */
static bool image_answer(const struct tdx_vmm *vmm, const struct tdx_case *c,
                         struct accept_answer *a)
{
    switch (c->code) {
    case MRTD_NOTE_GCE_HOB:
        if (image_count_type(c->image, MRTD_SECTION_TD_HOB) > 0) {
            return accept_refuses(
                a, "TDX metadata contains multiple TD HOB sections");
        }
        return accept_refuses(a,
                              "TDX metadata doesn't contain section for Trust "
                              "Domain Handover Block (TD HOB)");
    case MRTD_ERR_DESC_COUNT: /* none: no TD_HOB, either */
        return c->image->header.count == 0 &&
               accept_refuses(a,
                              "TDX metadata doesn't contain section for Trust "
                              "Domain Handover Block (TD HOB)");
    case MRTD_WARN_NO_BFV:
        return accept_refuses(a, "TDX metadata doesn't contain section for "
                                 "boot firmware volume");
    case MRTD_NOTE_GCE_TOTAL:
        return accept_refuses(
            a,
            "total size of FVs doesn't add up to the fw size, total: 0x%x, "
            "expected: 0x%x",
            (unsigned)volumes_size(vmm, c->image),
            (unsigned)c->image->source.size);
    case MRTD_NOTE_GCE_AUG:
        return accept_answers(a, MRTD_EFFECT_DIFFERS);
    case MRTD_LINT_GCE_HOB_BUG:
    case MRTD_NOTE_GPAW:
        return accept_answers(a, MRTD_EFFECT_NOTE);
    default:
        return table_answer(c, a) || descriptor_answer(c, a);
    }
}

static bool answer(const struct tdx_vmm *vmm, const struct tdx_case *c,
                   struct accept_answer *a)
{
    const struct mrtd_section *s = c->section;
    if (!s) {
        return image_answer(vmm, c, a);
    }
    switch (c->code) {
    case MRTD_NOTE_GCE_TYPE:
        return accept_refuses(a, "unsupported metadata section type: %u",
                              (unsigned)s->type);
    case MRTD_ERR_DATA_BOUNDS:
    case MRTD_ERR_SPLIT_IMAGE:
        return tdx_has_type(vmm->accept.volumes, s->type) &&
               accept_refuses(a,
                              "invalid image offset/raw data size, offset: "
                              "0x%x, size: 0x%x, firmware size: 0x%x",
                              (unsigned)s->data_offset,
                              (unsigned)s->raw_data_size,
                              (unsigned)c->image->source.size);
    case MRTD_NOTE_GCE_VOLUME:
        return s->raw_data_size == 0
                   ? accept_refuses(a, "invalid image offset/raw data size")
                   : accept_refuses(a,
                                    "memory size: 0x%" PRIx64
                                    " mismatch with raw data size: 0x%" PRIx32,
                                    s->memory_data_size, s->raw_data_size);
    case MRTD_NOTE_GCE_MEASURED: /* [MEASURE], for this code and the next */
        return accept_refuses(
            a, "gpr.Length %" PRIu64 " does not match source data size 0",
            s->memory_data_size);
    case MRTD_ERR_ADDRESS_ALIGNMENT: /* it prints the length there */
        return accept_refuses(a, "gpr.Start 0x%" PRIx64 " is not page-aligned",
                              s->memory_data_size);
    case MRTD_ERR_SIZE_ALIGNMENT:
        return accept_refuses(a, "gpr.Length 0x%" PRIx64 " is not page-aligned",
                              s->memory_data_size);
    case MRTD_ERR_OVERLAP: /* [DATA], validateMetadataSectionGpr */
        return accept_refuses(a, "TDX metadata section overlapping with other "
                                 "section.");
    default:
        return image_answer(vmm, c, a);
    }
}

static const struct tdx_section_rule section_rules_gce[] = {
    {MRTD_NOTE_GCE_TYPE, true, rule_type},
    {MRTD_NOTE_GCE_VOLUME, true, volume},
    {MRTD_NOTE_GCE_MEASURED, true, measured},
    {MRTD_NOTE_GCE_AUG, true, rule_aug},
    {MRTD_NOTE_GPAW, true, kvm_gpaw},
    {MRTD_OK, false, NULL},
};

static const struct tdx_image_rule image_rules_gce[] = {
    {MRTD_NOTE_GCE_LOCATOR, true, true, rule_locator},
    {MRTD_NOTE_GCE_DUPLICATE, true, true, duplicates},
    {MRTD_NOTE_GCE_HOB, true, false, hobs},
    {MRTD_NOTE_GCE_TOTAL, true, false, sum_differs},
    {MRTD_LINT_GCE_HOB_BUG, false, false, hob_bug},
    {MRTD_OK, false, false, NULL},
};

const struct tdx_vmm tdx_vmm_gce = {
    .public =
        {
            .name = "gce",
            .platform = MRTD_PLATFORM_TDX,
            .software = "Google Compute Engine, as Google's verifier has it",
            .rule = "as qemu",
            .source = "google/gce-tcb-verifier 74582c0, tdx/measurement.go",
            .acceptance = "google/gce-tcb-verifier 74582c0, "
                          "ovmf/fw_guid_table_ops.go, ovmf/tdx_data.go, "
                          "tdx/measurement.go",
            .launches_as = &tdx_vmm_qemu.public,
        },
    .accept =
        {
            .who = "GCE",
            .last_type = MRTD_SECTION_TEMP_MEM,
            .volumes = TDX_TYPE(MRTD_SECTION_BFV) | TDX_TYPE(MRTD_SECTION_CFV),
            .section_rules = section_rules_gce,
            .image_rules = image_rules_gce,
            .answer = answer,
        },
    .noted = &tdx_vmm_gce,
};
