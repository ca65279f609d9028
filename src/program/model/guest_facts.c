/* SPDX-License-Identifier: Apache-2.0 */
#include "model/guest_facts.h"

#include <stdlib.h>
#include <string.h>

#include "reference/digests.h"

/* Bytes hashed for a page: its contents, and PAGE_INFO, both padded. */
#define CONTENTS_BYTES  UINT64_C(4224)
#define PAGE_INFO_BYTES UINT64_C(256)

/* The offset of SEV_FEATURES, 8 bytes, in a VMSA. */
#define VMSA_FEATURES 0x3b0

/* --- Runs ---------------------------------------------------------------- */

const char *guest_page_name(unsigned page_type)
{
    static const char *const names[] = {
        [0] = "-",
        [MRTD_SNP_PAGE_NORMAL] = "NORMAL",
        [MRTD_SNP_PAGE_VMSA] = "VMSA",
        [MRTD_SNP_PAGE_ZERO] = "ZERO",
        [MRTD_SNP_PAGE_UNMEASURED] = "UNMEASURED",
        [MRTD_SNP_PAGE_SECRETS] = "SECRETS",
        [MRTD_SNP_PAGE_CPUID] = "CPUID",
    };
    return names[page_type];
}

bool guest_is_vmsa(const struct mrtd_run *run)
{
    /* SEV-ES has no types; what is a page there is not the firmware or the
     * table of hashes, which is smaller. */
    return run->ops & MRTD_OP_SNP_UPDATE ? run->page_type == MRTD_SNP_PAGE_VMSA
                                         : run->content == MRTD_CONTENT_PLAN &&
                                               run->size == MRTD_PAGE_SIZE;
}

enum exit_status guest_read_vmsa(const struct evaluation *e,
                                 const struct mrtd_run *run,
                                 uint8_t page[MRTD_PAGE_SIZE],
                                 struct failure *failure)
{
    const uint8_t *made = mrtd_plan_bytes(e->plan, run);
    const size_t size = run->data_size < MRTD_PAGE_SIZE ? (size_t)run->data_size
                                                        : MRTD_PAGE_SIZE;
    memset(page, 0, MRTD_PAGE_SIZE);
    if (made) {
        memcpy(page, made, size);
    } else if (run->content == MRTD_CONTENT_IMAGE &&
               e->source.read(e->source.context, run->data_offset, page,
                              size)) {
        return evaluation_read_failed(e, failure);
    }
    return EXIT_DONE;
}

enum exit_status guest_first_features(const struct evaluation *e,
                                      uint64_t *features,
                                      struct failure *failure)
{
    const struct mrtd_run *run;
    uint8_t page[MRTD_PAGE_SIZE];
    uint32_t i = 0;
    while ((run = mrtd_plan_run(e->plan, i)) && !guest_is_vmsa(run)) {
        i++;
    }
    *features = e->options->guest.features;
    if (!run) {
        return EXIT_DONE;
    }
    if (guest_read_vmsa(e, run, page, failure)) {
        return failure->status;
    }
    *features = 0;
    for (unsigned k = 8; k > 0; k--) {
        *features = *features << 8 | page[VMSA_FEATURES + k - 1];
    }
    return EXIT_DONE;
}

bool guest_has_gpa(const struct mrtd_run *run)
{
    return run->ops & MRTD_OP_SNP_UPDATE || !guest_is_vmsa(run);
}

uint32_t guest_alike(const struct mrtd_plan *plan, uint32_t index)
{
    const struct mrtd_run *first = mrtd_plan_run(plan, index);
    const struct mrtd_run *run = first;
    uint32_t count = 0;
    while (run && run->content == first->content &&
           run->page_type == first->page_type && run->gpa == first->gpa &&
           run->size == first->size && run->region == first->region &&
           run->data_offset == first->data_offset) {
        count++;
        run = mrtd_plan_run(plan, index + count);
    }
    return count;
}

bool guest_counts_contents(const struct mrtd_run *run)
{
    return !(run->ops & MRTD_OP_SNP_UPDATE) ||
           run->page_type == MRTD_SNP_PAGE_NORMAL ||
           run->page_type == MRTD_SNP_PAGE_VMSA;
}

uint64_t guest_hashed_bytes(const struct mrtd_run *run)
{
    if (!(run->ops & MRTD_OP_SNP_UPDATE)) {
        return run->size;
    }
    return run->size / MRTD_PAGE_SIZE *
           (guest_counts_contents(run) ? CONTENTS_BYTES + PAGE_INFO_BYTES
                                       : PAGE_INFO_BYTES);
}

/* --- Facts --------------------------------------------------------------- */

static void on_run(void *context, uint32_t run,
                   const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct guest_facts *facts = context;
    memcpy(facts->running[run], running, MRTD_DIGEST_SIZE);
}

static bool hash(const struct mrtd_source *source, char hex[GUEST_SHA256_SIZE])
{
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA256};
    if (mrtd_digest_source(&digest, 1, source, NULL)) {
        return false;
    }
    mrtd_hex_encode(hex, digest.bytes, digest.size);
    return true;
}

/* Of the files; false where a read fails. */
static bool hash_files(struct guest_facts *facts, const struct evaluation *e)
{
    static const struct mrtd_source nothing = {.size = 0};
    const char *append = e->options->guest.append;
    append = append ? append : "";
    if (!digests_make(&e->source, facts->sha256, facts->sha384, NULL) ||
        (e->svsm.name && !hash(&e->svsm.source, facts->svsm))) {
        return false;
    }
    if (!e->kernel.name) {
        return true;
    }
    digests_of_bytes(append, strlen(append) + 1, facts->append);
    return hash(&e->kernel.source, facts->kernel) &&
           hash(e->initrd.name ? &e->initrd.source : &nothing, facts->initrd);
}

static enum exit_status make(struct guest_facts *facts,
                             const struct evaluation *e,
                             struct failure *failure)
{
    const size_t runs = mrtd_plan_info(e->plan)->run_count;
    if (e->options->platform == MRTD_PLATFORM_SNP) {
        facts->running = calloc(runs + 1, sizeof *facts->running);
        if (!facts->running) {
            return failure_memory(failure, e->name);
        }
    }
    if (guest_first_features(e, &facts->features, failure)) {
        return failure->status;
    }
    return hash_files(facts, e) ? evaluation_measure_runs(
                                      e, on_run, facts, &facts->value, failure)
                                : evaluation_read_failed(e, failure);
}

enum exit_status guest_facts_make(struct guest_facts *facts,
                                  const struct evaluation *e,
                                  struct failure *failure)
{
    *facts = (struct guest_facts){.running = NULL};
    const enum exit_status status = make(facts, e, failure);
    if (status) {
        guest_facts_free(facts);
    }
    return status;
}

void guest_facts_free(struct guest_facts *facts)
{
    free(facts->running);
    *facts = (struct guest_facts){.running = NULL};
}
