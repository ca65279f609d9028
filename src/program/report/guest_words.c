/* SPDX-License-Identifier: Apache-2.0 */
#include "report/guest_words.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/guest_facts.h"

const char *guest_page_type(const struct mrtd_run *run)
{
    return guest_page_name(run->page_type);
}

const char *guest_section(const struct mrtd_region *region)
{
    const char *name = mrtd_region_name(region);
    return name ? name : "unknown";
}

const char *guest_bits(char text[GUEST_WORD_SIZE], uint64_t bits,
                       bit_name_fn *name_of)
{
    size_t used = 0;
    snprintf(text, GUEST_WORD_SIZE, "none");
    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(bits >> bit & 1) || used >= GUEST_WORD_SIZE) {
            continue;
        }
        const char *name = name_of(bit);
        const char *comma = used > 0 ? ", " : "";
        used += (size_t)(name ? snprintf(text + used, GUEST_WORD_SIZE - used,
                                         "%s%s", comma, name)
                              : snprintf(text + used, GUEST_WORD_SIZE - used,
                                         "%sbit %u", comma, bit));
    }
    return text;
}

const char *guest_features(char text[GUEST_WORD_SIZE], uint64_t features)
{
    return guest_bits(text, features, mrtd_guest_feature_name);
}

const char *guest_policy(char text[GUEST_WORD_SIZE], uint64_t policy)
{
    return guest_bits(text, policy & GUEST_POLICY_BITS, mrtd_snp_policy_name);
}

json_t *guest_json_bits(uint64_t bits, bit_name_fn *name_of)
{
    json_t *list = json_array();
    for (unsigned bit = 0; bit < 64; bit++) {
        if (bits >> bit & 1) {
            const char *name = name_of(bit);
            json_array_append_new(list, name ? json_string(name)
                                             : json_sprintf("bit %u", bit));
        }
    }
    return list;
}

const char *guest_subject(char text[GUEST_WORD_SIZE],
                          const struct regions *regions,
                          const struct mrtd_run *run, uint32_t vcpu,
                          uint32_t count)
{
    if (guest_is_vmsa(run) && count > 1) {
        snprintf(text, GUEST_WORD_SIZE, "VMSA %" PRIu32 "-%" PRIu32, vcpu,
                 vcpu + (count - 1));
    } else if (guest_is_vmsa(run)) {
        snprintf(text, GUEST_WORD_SIZE, "VMSA %" PRIu32, vcpu);
    } else if (run->region != MRTD_NO_REGION) {
        const uint32_t number = run->region - regions->first;
        snprintf(text, GUEST_WORD_SIZE, "%" PRIu32 " %s", number,
                 guest_section(regions_at(regions, number)));
    } else {
        snprintf(text, GUEST_WORD_SIZE, "%s",
                 run->content == MRTD_CONTENT_PLAN   ? "kernel's hashes"
                 : run->content == MRTD_CONTENT_SVSM ? "SVSM"
                                                     : "of the SVSM");
    }
    return text;
}

const char *guest_range(char text[WORD_SIZE], const struct mrtd_run *run)
{
    return word_range(text, run->gpa, guest_has_gpa(run) ? run->size : 0);
}

const char *guest_pages(char text[WORD_SIZE], const struct mrtd_run *run,
                        uint32_t count)
{
    if (run->ops & MRTD_OP_SNP_UPDATE) {
        snprintf(text, WORD_SIZE, "%" PRIu64,
                 count * (run->size / MRTD_PAGE_SIZE));
    } else {
        snprintf(text, WORD_SIZE, "-");
    }
    return text;
}

const char *guest_content(const struct mrtd_run *run)
{
    switch (run->content) {
    case MRTD_CONTENT_IMAGE:
        return "image";
    case MRTD_CONTENT_SVSM:
        return "svsm";
    case MRTD_CONTENT_PLAN:
        return guest_is_vmsa(run) ? "vmsa" : "hashes";
    default:
        return "zeros";
    }
}
