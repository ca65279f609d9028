/* SPDX-License-Identifier: Apache-2.0 */
/* What Linux's KVM refuses, for the loaders that launch by it. */
#include "image/tdvf.h"
#include "launch/loader.h"

/* GPAW 0: bit 47 is the shared bit, private GPAs end below. */
#define GPAW_0_LIMIT (UINT64_C(1) << 47)

bool kvm_no_memory(const struct loader *loader, const struct subject *subject,
                   struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->memory_data_size == 0 && s->type <= MRTD_SECTION_PAYLOAD_PARAM &&
           !loader_has(loader->skips, s) &&
           rule_broken(subject, TDVF_MEMORY_DATA_SIZE, what,
                       "MemoryDataSize is 0: nothing to add here, but KVM "
                       "refuses to add no pages and the launch fails");
}

bool kvm_gpaw(const struct loader *loader, const struct subject *subject,
              struct mrtd_error *what)
{
    uint64_t last = 0;
    (void)loader;
    return section_last_gpa(subject->section, &last) && last >= GPAW_0_LIMIT &&
           rule_broken(subject, TDVF_MEMORY_ADDRESS, what,
                       "it reaches past 2^47, which a TD with GPAW 0 cannot "
                       "map");
}

bool kvm_answer(const struct loader *loader, const struct loader_case *c,
                struct loader_answer *answer)
{
    switch (c->code) {
    case MRTD_NOTE_GPAW:
        return loader_answers(answer, MRTD_EFFECT_NOTE);
    case MRTD_NOTE_NO_MEMORY:
    case MRTD_ERR_GPA_RANGE:
    case MRTD_ERR_GPA_WRAP:
    case MRTD_ERR_OVERLAP:
    case MRTD_LINT_DATA_ALIGNMENT:
        return !(c->section && loader_has(loader->skips, c->section)) &&
               loader_refuses(answer, "%s", loader->kvm_text);
    default:
        return false;
    }
}
