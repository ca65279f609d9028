/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/snp_space.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"

#define FEATURE_BITS 64

static enum mrtd_code no_memory(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the search");
}

/* --- What is tried ----------------------------------------------------- */

/* The index-th value of SEV_FEATURES: none, bit 0, which each guest of SEV-SNP
 * has, and bit 0 with each other; false after the last. */
static bool features_at(unsigned index, uint64_t *features)
{
    if (index < 2) {
        *features = index;
    } else {
        *features = 1 | UINT64_C(1) << (index - 1) % FEATURE_BITS;
    }
    return index <= FEATURE_BITS;
}

static bool lists_features(uint64_t features)
{
    uint64_t listed = 0;
    for (unsigned i = 0; features_at(i, &listed); i++) {
        if (listed == features) {
            return true;
        }
    }
    return false;
}

/* Does a type before the index-th have its signature? */
static bool is_listed(uint32_t signature, size_t end)
{
    for (size_t i = 0; i < end && mrtd_vcpu_type_at(i); i++) {
        if (mrtd_vcpu_type_at(i)->signature == signature) {
            return true;
        }
    }
    return false;
}

/* --- Processors -------------------------------------------------------- */

static enum mrtd_code add_processor(struct snp_space *space,
                                    const struct snp_processor *processor,
                                    struct mrtd_error *error)
{
    struct snp_processor *grown =
        array_room(space->processors, space->processor_count, sizeof *grown);
    if (!grown) {
        return no_memory(error);
    }
    space->processors = grown;
    grown[space->processor_count++] = *processor;
    return MRTD_OK;
}

/* Those of one signature. */
static enum mrtd_code add_features(struct snp_space *space,
                                   const struct snp_processor *shape,
                                   const struct mrtd_search *search,
                                   struct mrtd_error *error)
{
    struct snp_processor made = *shape;
    enum mrtd_code code = MRTD_OK;
    for (unsigned i = 0; !code && features_at(i, &made.vmsa.features); i++) {
        code = add_processor(space, &made, error);
    }
    if (!code && !lists_features(search->guest_features)) {
        made.vmsa.features = search->guest_features;
        code = add_processor(space, &made, error);
    }
    return code;
}

enum mrtd_code space_add_processors(struct snp_space *space,
                                    const struct snp_processor *shape,
                                    const struct mrtd_search *search,
                                    struct mrtd_error *error)
{
    struct snp_processor made = *shape;
    const struct mrtd_vcpu_type *type;
    enum mrtd_code code = MRTD_OK;
    if (!shape->vmsa.rules->signature_in_rdx) {
        return add_features(space, shape, search, error);
    }
    for (size_t i = 0; !code && (type = mrtd_vcpu_type_at(i)); i++) {
        if (!is_listed(type->signature, i)) {
            made.vmsa.signature = type->signature;
            code = add_features(space, &made, search, error);
        }
    }
    if (!code && search->vcpu_signature &&
        !is_listed(search->vcpu_signature, SIZE_MAX)) {
        made.vmsa.signature = search->vcpu_signature;
        code = add_features(space, &made, search, error);
    }
    return code;
}

/* --- Bases and candidates ---------------------------------------------- */

enum mrtd_code space_add_base(struct snp_space *space,
                              const struct snp_base *base,
                              struct mrtd_error *error)
{
    struct snp_base *grown =
        array_room(space->bases, space->base_count, sizeof *grown);
    if (!grown) {
        return no_memory(error);
    }
    space->bases = grown;
    grown[space->base_count++] = *base;
    return MRTD_OK;
}

static enum mrtd_code add_candidate(struct snp_space *space,
                                    const struct snp_base *base,
                                    const struct snp_processor *processor,
                                    struct mrtd_error *error)
{
    struct snp_candidate *grown =
        array_room(space->candidates, space->candidate_count, sizeof *grown);
    if (!grown) {
        return no_memory(error);
    }
    space->candidates = grown;
    grown += space->candidate_count++;
    grown->base = base;
    grown->processor = processor;
    memcpy(grown->digest, base->digest, sizeof grown->digest);
    return MRTD_OK;
}

enum mrtd_code space_add_candidates(struct snp_space *space,
                                    struct mrtd_error *error)
{
    enum mrtd_code code = MRTD_OK;
    for (size_t b = 0; b < space->base_count; b++) {
        const struct snp_base *base = &space->bases[b];
        for (size_t p = 0; !code && p < space->processor_count; p++) {
            if (space->processors[p].vmm == base->vmm) {
                code = add_candidate(space, base, &space->processors[p], error);
            }
        }
    }
    return code;
}

void space_free(struct snp_space *space)
{
    free(space->bases);
    free(space->processors);
    free(space->candidates);
}

/* --- Pages of virtual CPUs --------------------------------------------- */

static enum mrtd_code hash_vmsas(struct snp_space *space,
                                 const struct snp_engines *engines,
                                 bool is_first, uint32_t start,
                                 struct mrtd_error *error)
{
    const uint8_t *pages[SHA384_MAX_LANES];
    uint8_t *digests[SHA384_MAX_LANES];
    unsigned count = 0;
    uint8_t *bytes = malloc((size_t)SHA384_MAX_LANES * MRTD_PAGE_SIZE);
    if (!bytes) {
        return no_memory(error);
    }
    for (size_t i = 0; i < space->processor_count; i++) {
        struct snp_processor *p = &space->processors[i];
        uint8_t *page = bytes + (size_t)count * MRTD_PAGE_SIZE;
        p->vmsa.start = start;
        vmsa_make(&p->vmsa, page);
        pages[count] = page;
        digests[count++] = is_first ? p->first : p->others;
        if (count == SHA384_MAX_LANES || i + 1 == space->processor_count) {
            snp_hash_pages(engines, pages, digests, count);
            count = 0;
        }
    }
    free(bytes);
    return MRTD_OK;
}

enum mrtd_code space_hash_first(struct snp_space *space,
                                const struct snp_engines *engines,
                                struct mrtd_error *error)
{
    return hash_vmsas(space, engines, true, VMSA_RESET_VECTOR, error);
}

enum mrtd_code space_hash_others(struct snp_space *space,
                                 const struct snp_engines *engines,
                                 uint32_t start, struct mrtd_error *error)
{
    return hash_vmsas(space, engines, false, start, error);
}
