/* SPDX-License-Identifier: Apache-2.0 */
#include "model/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/guest_facts.h"
#include "reference/digests.h"

const struct mrtd_region *facts_region(const struct facts *facts,
                                       uint32_t section)
{
    return facts->saved ? &facts->saved[section]
                        : regions_at(&facts->regions, section);
}

uint64_t facts_hashed_bytes(const struct section_facts *section)
{
    return 128 * section->added_pages + 6144 * section->extended_pages;
}

const char *facts_running(char hex[MRTD_HEX_SIZE],
                          const struct section_facts *section)
{
    mrtd_hex_encode(hex, section->running, sizeof section->running);
    return hex;
}

static struct section_facts *section_of(const struct facts *facts,
                                        uint32_t region)
{
    return &facts->sections[region - facts->regions.first];
}

static void on_region(void *context, uint32_t region,
                      const uint8_t running[MRTD_DIGEST_SIZE])
{
    memcpy(section_of(context, region)->running, running, MRTD_DIGEST_SIZE);
}

const uint8_t *facts_after_run(const struct facts *facts,
                               const struct mrtd_run *run, uint32_t *outside)
{
    return run->region == MRTD_NO_REGION
               ? facts->outside[(*outside)++]
               : section_of(facts, run->region)->running;
}

/* The runs of a plan of SEV-SNP, on their way. */
struct running {
    struct facts *facts;
    const struct mrtd_plan *plan;
};

static void on_run(void *context, uint32_t run,
                   const uint8_t running[MRTD_DIGEST_SIZE])
{
    const struct running *r = context;
    const uint32_t region = mrtd_plan_run(r->plan, run)->region;
    if (region == MRTD_NO_REGION) {
        memcpy(r->facts->outside[r->facts->outside_count++], running,
               MRTD_DIGEST_SIZE);
    } else {
        on_region(r->facts, region, running);
    }
}

/* A section of which nothing is hashed leaves the stream as it was. */
static void fill_running(struct facts *facts)
{
    /* SHA-384 of nothing, FIPS 180-4. */
    static const uint8_t nothing[MRTD_DIGEST_SIZE] = {
        0x38, 0xb0, 0x60, 0xa7, 0x51, 0xac, 0x96, 0x38, 0x4c, 0xd9, 0x32, 0x7e,
        0xb1, 0xb1, 0xe3, 0x6a, 0x21, 0xfd, 0xb7, 0x11, 0x14, 0xbe, 0x07, 0x43,
        0x4c, 0x0c, 0xc7, 0xbf, 0x63, 0xf6, 0xe1, 0xda, 0x27, 0x4e, 0xde, 0xbf,
        0xe7, 0x6f, 0x65, 0xfb, 0xd5, 0x1a, 0xd2, 0xf1, 0x48, 0x98, 0xb9, 0x5b};
    const uint8_t *running = nothing;
    for (uint32_t i = 0; i < facts->section_count; i++) {
        struct section_facts *s = &facts->sections[i];
        if (facts_hashed_bytes(s) == 0) {
            memcpy(s->running, running, MRTD_DIGEST_SIZE);
        }
        running = s->running;
    }
}

/* Bytes that a VMM takes from elsewhere are no section's. */
static void count(struct facts *facts, const struct mrtd_run *run)
{
    struct section_facts *s = section_of(facts, run->region);
    const uint64_t pages = run->size / MRTD_PAGE_SIZE;
    if (run->ops & (MRTD_OP_SNP_UPDATE | MRTD_OP_SEV_UPDATE)) {
        s->added_pages += pages;
        s->extended_pages += guest_counts_contents(run) ? pages : 0;
        s->page_type = run->page_type;
        return;
    }
    s->added_pages += (run->ops & MRTD_OP_TDX_ADD) ? pages : 0;
    s->extended_pages += (run->ops & MRTD_OP_TDX_EXTEND) ? pages : 0;
}

static void count_vmsa(struct facts *facts, const struct mrtd_run *run)
{
    if (run->page_type == MRTD_SNP_PAGE_VMSA) {
        facts->vmsa_gpa = facts->vmsa_count ? facts->vmsa_gpa : run->gpa;
        facts->vmsa_count++;
    }
}

static void fill_sections(struct facts *facts, const struct evaluation *e)
{
    const struct mrtd_run *run;
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        if (run->region == MRTD_NO_REGION) {
            count_vmsa(facts, run);
            continue;
        }
        count(facts, run);
    }
    fill_running(facts);
}

/* Room for what is known of each section, and of runs of none. */
static bool make_room(struct facts *facts, const struct mrtd_plan *plan)
{
    const struct mrtd_run *run;
    size_t outside = 0;
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i++) {
        outside += run->region == MRTD_NO_REGION;
    }
    facts->sections =
        calloc((size_t)facts->section_count + 1, sizeof *facts->sections);
    facts->outside = calloc(outside + 1, sizeof *facts->outside);
    return facts->sections && facts->outside;
}

static enum exit_status measure(struct facts *facts, const struct evaluation *e,
                                struct failure *failure)
{
    struct mrtd_value value;
    struct running running = {facts, e->plan};
    if (!make_room(facts, e->plan)) {
        return failure_memory(failure, e->name);
    }
    if (!digests_make(&e->source, facts->sha256, facts->sha384, NULL)) {
        return evaluation_read_failed(e, failure);
    }
    const enum exit_status status =
        facts->platform == MRTD_PLATFORM_SNP
            ? evaluation_measure_runs(e, on_run, &running, &value, failure)
            : evaluation_measure(e, on_region, facts, &value, failure);
    if (!status) {
        facts->value = value;
        mrtd_hex_encode(facts->mrtd, value.digest.bytes, value.digest.size);
        fill_sections(facts, e);
    }
    return status;
}

enum exit_status facts_make(struct facts *facts, const struct evaluation *e,
                            struct failure *failure)
{
    const struct mrtd_image_info *info = mrtd_image_info(e->image);
    const struct regions regions =
        regions_of(e->image, e->options->vmm->platform);
    const struct mrtd_plan_info *plan = mrtd_plan_info(e->plan);
    *facts = (struct facts){.platform = e->options->platform,
                            .run_count = plan->run_count,
                            .locator = info->locator,
                            .size = info->size,
                            .descriptor_offset = info->descriptor_offset,
                            .section_count = regions.count,
                            .regions = regions};
    snprintf(facts->vmm, sizeof facts->vmm, "%s", plan->vmm->name);
    const enum exit_status status = measure(facts, e, failure);
    if (status) {
        facts_free(facts);
    }
    return status;
}

void facts_free(struct facts *facts)
{
    free(facts->sections);
    free(facts->outside);
    free(facts->saved);
    *facts = (struct facts){.section_count = 0};
}
