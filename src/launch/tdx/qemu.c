/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU, and Intel's downstream QEMU that launches MigTD. Sources:
 *   [TDVF]   QEMU 6f1035fc, hw/i386/tdvf.c
 *   [OVMF]   QEMU 64915058, hw/i386/pc_sysfw_ovmf.c
 *   [BIOS]   QEMU 04ddbb13, hw/i386/x86-common.c, x86_bios_rom_init
 *   [TDX]    QEMU 05caf269, target/i386/kvm/tdx.c
 *   [Q35]    QEMU 9df11c9f, hw/i386/pc_q35.c, pc_q35_init
 *   [MIGTD]  wei-w-wang/tdx-mig-qemu-share, hw/i386/tdvf.c (e0aff530) and
 *            target/i386/kvm/tdx.c (07ef9ae2)
 * Where [TDVF] says no, "failed to parse TDVF for TDX VM" (hw/i386/pc_sysfw.c)
 * is printed after its own message, or alone. */
#include <inttypes.h>

#include "image/tdvf/metadata.h"
#include "launch/tdx/rules.h"

/* [BIOS]: the size of a -bios file. */
#define BIOS_MULTIPLE 65536
/* [TDVF]: fw->nr_entries < 2 */
#define FEWEST_SECTIONS 2
/* [Q35]: below 4 GiB there is RAM up to here at most. */
#define LOW_RAM_END UINT64_C(0xb0000000)
#define FOUR_GIB    (UINT64_C(1) << 32)

static bool raw_size(const struct tdx_vmm *vmm, const struct subject *subject,
                     struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->type <= vmm->accept.last_type &&
           tdx_has_type(vmm->accept.volumes, s->type) !=
               (s->raw_data_size != 0) &&
           rule_broken(subject, TDVF_RAW_DATA_SIZE, what,
                       "%s refuses RawDataSize 0x%" PRIx32 " for this type",
                       vmm->accept.who, s->raw_data_size);
}

/* [TDX], tdx_accept_ram_range; [MIGTD] looks at PermMem only. */
static bool not_ram(const struct tdx_vmm *vmm, const struct subject *subject,
                    struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    uint32_t types = vmm->launch.skips ? vmm->launch.skips
                                       : TDX_TYPE(MRTD_SECTION_TD_HOB) |
                                             TDX_TYPE(MRTD_SECTION_TEMP_MEM);
    uint64_t last = 0;
    return tdx_has_type(types, s->type) && section_last_gpa(s, &last) &&
           s->memory_address < FOUR_GIB && last >= LOW_RAM_END &&
           rule_broken(subject, TDVF_MEMORY_ADDRESS, what,
                       "GPAs 0x%" PRIx64 "-0x%" PRIx64
                       ": the machine q35 has no RAM from 0x%" PRIx64
                       " to 4 GiB, where the firmware is",
                       s->memory_address, last, LOW_RAM_END);
}

/* [TDX]: KVM gets the address of the data in the file as it is mapped. */
static bool data_alignment(const struct tdx_vmm *vmm,
                           const struct subject *subject,
                           struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return tdx_has_type(vmm->accept.volumes, s->type) &&
           s->data_offset % MRTD_PAGE_SIZE != 0 &&
           rule_broken(subject, TDVF_DATA_OFFSET, what,
                       "DataOffset 0x%" PRIx32
                       " is not a multiple of %d, as KVM requires",
                       s->data_offset, MRTD_PAGE_SIZE);
}

static bool perm_mem_skipped(const struct tdx_vmm *vmm,
                             const struct subject *subject,
                             struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return tdx_skips(vmm, s) && s->attributes != MRTD_ATTR_PAGE_AUG &&
           s->memory_data_size > 0 &&
           rule_broken(subject, TDVF_ATTRIBUTES, what,
                       "%s skips it whatever Attributes 0x%" PRIx32
                       " says; its MRTD is not the specification's",
                       vmm->accept.who, s->attributes);
}

static bool too_few(const struct tdx_vmm *vmm, const struct mrtd_image *image,
                    struct mrtd_error *what)
{
    return image->info.section_count < FEWEST_SECTIONS &&
           tdx_image_broken(what,
                            "%s refuses an image with fewer than %d "
                            "sections",
                            vmm->accept.who, FEWEST_SECTIONS);
}

static bool no_hob(const struct tdx_vmm *vmm, const struct mrtd_image *image,
                   struct mrtd_error *what)
{
    return image_count_type(image, MRTD_SECTION_TD_HOB) == 0 &&
           tdx_image_broken(what,
                            "%s refuses an image without a TD_HOB section",
                            vmm->accept.who);
}

static bool file_size(const struct tdx_vmm *vmm, const struct mrtd_image *image,
                      struct mrtd_error *what)
{
    return image->source.size % BIOS_MULTIPLE != 0 &&
           tdx_image_broken(what,
                            "%s refuses a firmware file whose size is not "
                            "a multiple of %d bytes",
                            vmm->accept.who, BIOS_MULTIPLE);
}

static bool no_entry(struct accept_answer *a)
{
    return accept_refuses(a, "Cannot find TDX_METADATA_OFFSET_GUID");
}

/* What the parser says before it comes to the sections. */
static bool parse_answer(const struct tdx_case *c, struct accept_answer *a)
{
    const struct mrtd_image *image = c->image;
    const struct tdvf_header *h = &image->header;
    switch (c->code) {
    case MRTD_NOTE_QEMU_SIZE: /* [BIOS] */
        return accept_refuses(a, "qemu: could not load PC BIOS");
    case MRTD_ERR_TABLE_LENGTH: /* [OVMF]; smaller files have no table */
        return image->source.size < MRTD_PAGE_SIZE
                   ? no_entry(a)
                   : accept_refuses(a, "OVMF table has invalid size %d",
                                    image->table.length - GUID_ENTRY_OVERHEAD);
    case MRTD_ERR_NO_TABLE: /* this and the following codes: [TDVF] */
    case MRTD_ERR_NO_TDX_ENTRY:
    case MRTD_ERR_OTHER_FORMAT:
    case MRTD_ERR_TABLE_ENTRY:
    case MRTD_NOTE_QEMU_LOCATOR:
        return no_entry(a);
    case MRTD_ERR_TDX_ENTRY:
        return image->tdx_entry->size == sizeof(uint32_t) &&
               accept_refuses(a, "failed to parse TDVF for TDX VM");
    case MRTD_ERR_DESC_BOUNDS:
    case MRTD_ERR_DESC_VERSION:
        return accept_refuses(a, "failed to parse TDVF for TDX VM");
    case MRTD_ERR_DESC_SIGNATURE:
        return accept_refuses(a, "Invalid TDVF signature in metadata!");
    case MRTD_ERR_DESC_COUNT:
    case MRTD_NOTE_QEMU_COUNT:
        return h->count < FEWEST_SECTIONS &&
               accept_refuses(a,
                              "Invalid number of fw entries (%u) in TDVF "
                              "Metadata",
                              (unsigned)h->count);
    case MRTD_ERR_DESC_LENGTH:
        return accept_refuses(
            a, "TDVF metadata len (0x%x) mismatch, expected (0x%x)",
            (unsigned)h->length,
            (unsigned)(TDVF_DESCRIPTOR_SIZE + h->count * TDVF_SECTION_SIZE));
    default:
        return false;
    }
}

static bool broken_size(const struct mrtd_section *s, struct accept_answer *a)
{
    return accept_refuses(a,
                          "Broken metadata RawDataSize 0x%" PRIx32
                          " MemoryDataSize 0x%" PRIx64,
                          s->raw_data_size, s->memory_data_size);
}

/* [TDVF], tdvf_parse_and_check_section_entry */
static bool section_answer(const struct tdx_case *c, struct accept_answer *a)
{
    const struct mrtd_section *s = c->section;
    switch (c->code) {
    case MRTD_ERR_ADDRESS_ALIGNMENT:
        return accept_refuses(a, "MemoryAddress 0x%" PRIx64 " not page aligned",
                              s->memory_address);
    case MRTD_ERR_SIZE_ALIGNMENT:
        return accept_refuses(a,
                              "MemoryDataSize 0x%" PRIx64 " not page aligned",
                              s->memory_data_size);
    case MRTD_NOTE_QEMU_TYPE: /* the size of TD_INFO is checked first */
        return s->memory_data_size < s->raw_data_size
                   ? broken_size(s, a)
                   : accept_refuses(a,
                                    "TDVF contains unsupported section type %d",
                                    (int)s->type);
    case MRTD_ERR_RAW_SIZE:
        return broken_size(s, a);
    case MRTD_NOTE_QEMU_RAW:
        if (s->raw_data_size == 0) {
            return accept_refuses(a, "%d section with RawDataSize == 0",
                                  (int)s->type);
        }
        return accept_refuses(a,
                              "%d section with RawDataSize 0x%" PRIx32 " != 0",
                              (int)s->type, s->raw_data_size);
    case MRTD_NOTE_QEMU_AUG:
    case MRTD_NOTE_PERM_SKIPPED:
        return accept_answers(a, MRTD_EFFECT_DIFFERS);
    default:
        return false;
    }
}

static bool answer(const struct tdx_vmm *vmm, const struct tdx_case *c,
                   struct accept_answer *a)
{
    switch (c->code) {
    case MRTD_NOTE_QEMU_NO_HOB: /* [TDX], tdx_get_hob_entry */
        return accept_refuses(a,
                              "TDVF metadata doesn't specify TD_HOB location.");
    case MRTD_LINT_NOT_RAM: /* [TDX], [MIGTD], tdx_finalize_vm */
        return accept_refuses(a, "Failed to %s for TDVF section %d",
                              vmm->launch.skips ? "reserve ram"
                                                : "accept memory",
                              (int)c->section->type);
    default:
        return parse_answer(c, a) || (c->section && section_answer(c, a)) ||
               kvm_answer(vmm, c, a);
    }
}

static const struct tdx_section_rule section_rules_qemu[] = {
    {MRTD_NOTE_QEMU_TYPE, true, rule_type},
    {MRTD_NOTE_QEMU_RAW, true, raw_size},
    {MRTD_NOTE_QEMU_AUG, true, rule_aug},
    {MRTD_NOTE_PERM_SKIPPED, true, perm_mem_skipped},
    {MRTD_NOTE_NO_MEMORY, true, kvm_no_memory},
    {MRTD_NOTE_GPAW, true, kvm_gpaw},
    {MRTD_LINT_NOT_RAM, false, not_ram},
    {MRTD_LINT_DATA_ALIGNMENT, false, data_alignment},
    {MRTD_OK, false, NULL},
};

static const struct tdx_image_rule image_rules_qemu[] = {
    {MRTD_NOTE_QEMU_LOCATOR, true, true, rule_locator},
    {MRTD_NOTE_QEMU_COUNT, true, false, too_few},
    {MRTD_NOTE_QEMU_NO_HOB, true, false, no_hob},
    {MRTD_NOTE_QEMU_SIZE, true, true, file_size},
    {MRTD_OK, false, false, NULL},
};

/* MigTD has no TD_HOB. */
static const struct tdx_image_rule image_rules_migtd[] = {
    {MRTD_NOTE_QEMU_LOCATOR, true, true, rule_locator},
    {MRTD_NOTE_QEMU_COUNT, true, false, too_few},
    {MRTD_NOTE_QEMU_SIZE, true, true, file_size},
    {MRTD_OK, false, false, NULL},
};

const struct tdx_vmm tdx_vmm_qemu = {
    .public =
        {
            .name = "qemu",
            .platform = MRTD_PLATFORM_TDX,
            .software = "QEMU >= 10.1 with Linux >= 6.16, to the letter; "
                        "spec gives the same for images that keep to the "
                        "specification",
            .rule = "page by page: ADD always, then EXTEND if MR.EXTEND; "
                    "after a section's data come the bytes that follow "
                    "in the file",
            .source = "QEMU 05caf269, target/i386/kvm/tdx.c: "
                      "tdx_finalize_vm, tdx_init_fw_mem_region",
            .acceptance = "QEMU hw/i386/tdvf.c 6f1035fc, pc_sysfw_ovmf.c "
                          "64915058, x86-common.c 04ddbb13, "
                          "target/i386/kvm/tdx.c 05caf269, with machine q35 "
                          "and -bios; Linux arch/x86/kvm/vmx/tdx.c v6.16",
            .launches_as = &tdx_vmm_qemu.public,
        },
    .launch =
        {
            .tdvf = true,
            .makes_up = TDX_TYPE(MRTD_SECTION_TD_HOB),
            .ignores_aug = true,
            .follows_file = true,
        },
    .accept =
        {
            .who = "mainline QEMU",
            .last_type = MRTD_SECTION_TEMP_MEM,
            .volumes = TDX_TYPE(MRTD_SECTION_BFV) | TDX_TYPE(MRTD_SECTION_CFV),
            /* [TDX], tdx_ioctl_internal; an errno follows it. */
            .kvm_text = "TDX ioctl KVM_TDX_INIT_MEM_REGION failed",
            .section_rules = section_rules_qemu,
            .image_rules = image_rules_qemu,
            .answer = answer,
        },
    .noted = &tdx_vmm_qemu,
};

const struct tdx_vmm tdx_vmm_migtd_qemu = {
    .public =
        {
            .name = "migtd-qemu",
            .platform = MRTD_PLATFORM_TDX,
            .software = "Intel's downstream QEMU that launches MigTD",
            .rule = "as qemu, but every PermMem is skipped",
            .source = "wei-w-wang/tdx-mig-qemu-share 07ef9ae2, "
                      "target/i386/kvm/tdx.c: tdx_finalize_vm",
            .acceptance = "wei-w-wang/tdx-mig-qemu-share hw/i386/tdvf.c "
                          "e0aff530, target/i386/kvm/tdx.c 07ef9ae2; MigTD "
                          "issues 1016, 1017",
            .launches_as = &tdx_vmm_migtd_qemu.public,
        },
    .launch =
        {
            .tdvf = true,
            .makes_up = TDX_TYPE(MRTD_SECTION_TD_HOB),
            .skips = TDX_TYPE(MRTD_SECTION_PERM_MEM),
            .ignores_aug = true,
            .follows_file = true,
        },
    .accept =
        {
            .who = "Intel's QEMU for MigTD",
            .last_type = MRTD_SECTION_PAYLOAD,
            .volumes = TDX_TYPE(MRTD_SECTION_BFV) | TDX_TYPE(MRTD_SECTION_CFV) |
                       TDX_TYPE(MRTD_SECTION_PAYLOAD),
            /* [MIGTD], tdx_finalize_vm */
            .kvm_text = "KVM_TDX_INIT_MEM_REGION failed",
            .section_rules = section_rules_qemu,
            .image_rules = image_rules_migtd,
            .answer = answer,
        },
    .noted = &tdx_vmm_migtd_qemu,
};
