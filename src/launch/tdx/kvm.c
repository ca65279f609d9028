/* SPDX-License-Identifier: Apache-2.0 */
/* What Linux's KVM refuses, for the VMMs that launch by it. */
#include "image/tdvf/metadata.h"
#include "launch/tdx/rules.h"

/* GPAW 0: bit 47 is the shared bit, private GPAs end below. */
#define GPAW_0_LIMIT (UINT64_C(1) << 47)

bool kvm_no_memory(const struct tdx_vmm *vmm, const struct subject *subject,
                   struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->memory_data_size == 0 && s->type <= MRTD_SECTION_PAYLOAD_PARAM &&
           !tdx_skips(vmm, s) &&
           rule_broken(subject, TDVF_MEMORY_DATA_SIZE, what,
                       "MemoryDataSize is 0: nothing to add here, but KVM "
                       "refuses to add no pages and the launch fails");
}

bool kvm_gpaw(const struct tdx_vmm *vmm, const struct subject *subject,
              struct mrtd_error *what)
{
    uint64_t last = 0;
    (void)vmm;
    return section_last_gpa(subject->section, &last) && last >= GPAW_0_LIMIT &&
           rule_broken(subject, TDVF_MEMORY_ADDRESS, what,
                       "it reaches past 2^47, which a TD with GPAW 0 cannot "
                       "map");
}

bool kvm_answer(const struct tdx_vmm *vmm, const struct tdx_case *c,
                struct accept_answer *answer)
{
    switch (c->code) {
    case MRTD_NOTE_GPAW:
        return accept_answers(answer, MRTD_EFFECT_NOTE);
    case MRTD_NOTE_NO_MEMORY:
    case MRTD_ERR_GPA_RANGE:
    case MRTD_ERR_GPA_WRAP:
    case MRTD_ERR_OVERLAP:
    case MRTD_LINT_DATA_ALIGNMENT:
        return !(c->section && tdx_skips(vmm, c->section)) &&
               accept_refuses(answer, "%s", vmm->accept.kvm_text);
    default:
        return false;
    }
}

const struct tdx_vmm tdx_vmm_kvm_v19 = {
    .public =
        {
            .name = "kvm-v19",
            .platform = MRTD_PLATFORM_TDX,
            .software = "Ubuntu 24.04's kernel 6.8-intel (KVM TDX patches "
                        "v19) with QEMU 8.2; dstack on QEMU 8.x",
            .rule = "section by section: ADD all pages, then EXTEND all "
                    "pages; otherwise as spec",
            .source = "Linux KVM TDX patches v19 (2024-02-26), 075/130; "
                      "QEMU tdx-qemu-upstream-v5; td-shim issues 683, 740",
            .launches_as = &tdx_vmm_kvm_v19.public,
        },
    .launch =
        {
            .tdvf = true,
            .makes_up = TDX_TYPE(MRTD_SECTION_TD_HOB),
            .two_pass = true,
        },
    .noted = &tdx_vmm_qemu,
};
