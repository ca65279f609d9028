/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cloud Hypervisor. Sources, all of ae44c29:
 *   [TDVF]  arch/src/x86_64/tdx/mod.rs; "Error parsing TDVF" (vmm/src/vm.rs)
 *           is printed around its messages
 *   [VM]    vmm/src/vm.rs: populate_tdx_sections, init_tdx_memory
 */
#include <inttypes.h>

#include "base/span.h"
#include "image/tdvf/metadata.h"
#include "launch/tdx/rules.h"

/* [TDVF]: where the footer GUID starts, from the end. */
#define FOOTER_FROM_END 0x30

static bool perm_mem(const struct tdx_vmm *vmm, const struct subject *subject,
                     struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->attributes & MRTD_ATTR_PAGE_AUG && s->memory_data_size > 0 &&
           rule_broken(subject, TDVF_ATTRIBUTES, what,
                       "%s does not know PAGE.AUG and adds these pages; its "
                       "MRTD is not the specification's",
                       vmm->accept.who);
}

static bool attributes(const struct tdx_vmm *vmm, const struct subject *subject,
                       struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->attributes & MRTD_ATTR_MR_EXTEND &&
           s->attributes != MRTD_ATTR_MR_EXTEND &&
           rule_broken(subject, TDVF_ATTRIBUTES, what,
                       "%s extends only if Attributes is exactly 1, not for "
                       "0x%" PRIx32,
                       vmm->accept.who, s->attributes);
}

static bool type(const struct tdx_vmm *vmm, const struct subject *subject,
                 struct mrtd_error *what)
{
    return subject->section->type > vmm->accept.last_type &&
           rule_broken(subject, TDVF_TYPE, what,
                       "%s does not know this type; what it does then is "
                       "undefined",
                       vmm->accept.who);
}

static bool no_hob(const struct tdx_vmm *vmm, const struct mrtd_image *image,
                   struct mrtd_error *what)
{
    return image_count_type(image, MRTD_SECTION_TD_HOB) == 0 &&
           tdx_image_broken(what,
                            "%s stops on an image without a TD_HOB section",
                            vmm->accept.who);
}

/* No metadata by the table: the 32-bit offset is followed, whatever it is. */
static bool offset_answer(const struct mrtd_image *image,
                          struct accept_answer *a)
{
    struct span whole = span_make(NULL, image->source.size, 0);
    if (image->source.size < FOOTER_FROM_END) {
        return accept_refuses(a, "Failed read GUID table");
    }
    return accept_refuses(
        a, span_has(whole, image->info.descriptor_offset, TDVF_DESCRIPTOR_SIZE)
               ? "Invalid descriptor signature"
               : "Failed read TDVF descriptor");
}

static bool parse_answer(const struct tdx_case *c, struct accept_answer *a)
{
    const struct mrtd_image *image = c->image;
    switch (c->code) {
    case MRTD_ERR_NO_TABLE:
    case MRTD_ERR_NO_TDX_ENTRY:
    case MRTD_ERR_OTHER_FORMAT:
        return offset_answer(image, a);
    case MRTD_ERR_TABLE_LENGTH:
        return image->table.length >= GUID_ENTRY_OVERHEAD &&
               accept_refuses(a, "Failed read GUID table");
    case MRTD_ERR_TDX_ENTRY:
        return image->tdx_entry->size == sizeof(uint32_t) &&
               accept_refuses(a, "Failed read TDVF descriptor");
    case MRTD_ERR_DESC_BOUNDS:
        return accept_refuses(a, "Failed read TDVF descriptor");
    case MRTD_ERR_DESC_SIGNATURE:
        return accept_refuses(a, "Invalid descriptor signature");
    case MRTD_ERR_DESC_LENGTH:
        return accept_refuses(a, "Invalid descriptor size");
    case MRTD_ERR_DESC_VERSION:
        return accept_refuses(a, "Invalid descriptor version");
    default:
        return false;
    }
}

static bool answer(const struct tdx_vmm *vmm, const struct tdx_case *c,
                   struct accept_answer *a)
{
    switch (c->code) {
    case MRTD_ERR_DESC_COUNT: /* none: no TD_HOB, either */
    case MRTD_NOTE_CH_NO_HOB: /* [VM]: hob_offset.unwrap() */
        return c->image->header.count <= MRTD_MAX_SECTIONS &&
               accept_refuses(a, "called `Option::unwrap()` on a `None` value");
    case MRTD_ERR_ADDRESS_ALIGNMENT: /* by KVM, earlier or later */
        return accept_refuses(a, "%s", "");
    case MRTD_NOTE_CH_TYPE: /* [TDVF]: a Rust enum of another value */
        return accept_answers(a, MRTD_EFFECT_UNDEFINED);
    case MRTD_NOTE_CH_PERM_MEM:
    case MRTD_NOTE_CH_ATTRIBUTES:
        return accept_answers(a, MRTD_EFFECT_DIFFERS);
    default:
        return parse_answer(c, a) || kvm_answer(vmm, c, a);
    }
}

static const struct tdx_section_rule section_rules_ch[] = {
    {MRTD_NOTE_CH_PERM_MEM, true, perm_mem},
    {MRTD_NOTE_CH_ATTRIBUTES, true, attributes},
    {MRTD_NOTE_CH_TYPE, true, type},
    {MRTD_NOTE_NO_MEMORY, true, kvm_no_memory},
    {MRTD_NOTE_GPAW, true, kvm_gpaw},
    {MRTD_OK, false, NULL},
};

static const struct tdx_image_rule image_rules_ch[] = {
    {MRTD_NOTE_CH_NO_HOB, true, false, no_hob},
    {MRTD_OK, false, false, NULL},
};

const struct tdx_vmm tdx_vmm_cloud_hypervisor = {
    .public =
        {
            .name = "cloud-hypervisor",
            .platform = MRTD_PLATFORM_TDX,
            .software = "Cloud Hypervisor, as of August 2026",
            .rule = "page by page: ADD always, PermMem too, then EXTEND "
                    "only if Attributes is exactly 1; the Payload comes "
                    "from a file of its own",
            .source = "cloud-hypervisor ae44c29, vmm/src/vm.rs: "
                      "populate_tdx_sections, init_tdx_memory",
            .acceptance = "cloud-hypervisor ae44c29, "
                          "arch/src/x86_64/tdx/mod.rs, vmm/src/vm.rs",
            .launches_as = &tdx_vmm_cloud_hypervisor.public,
            .takes_payload = 1,
        },
    .launch =
        {
            .tdvf = true,
            .makes_up = TDX_TYPE(MRTD_SECTION_TD_HOB) |
                        TDX_TYPE(MRTD_SECTION_PAYLOAD_PARAM),
            .ignores_aug = true,
            .extends_exactly = true,
            .loads_payload = true,
        },
    .accept =
        {
            .who = "Cloud Hypervisor",
            .last_type = MRTD_SECTION_PAYLOAD_PARAM,
            .kvm_text = "Error enabling TDX memory region", /* [VM] */
            .section_rules = section_rules_ch,
            .image_rules = image_rules_ch,
            .answer = answer,
        },
    .noted = &tdx_vmm_cloud_hypervisor,
};
