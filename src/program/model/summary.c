/* SPDX-License-Identifier: Apache-2.0 */
#include "model/summary.h"

#include <stdlib.h>
#include <string.h>

#include "reference/digests.h"

uint64_t summary_hashed_bytes(const struct section_summary *section)
{
    return 128 * section->added_pages + 6144 * section->extended_pages;
}

const char *summary_running(char hex[MRTD_HEX_SIZE],
                            const struct section_summary *section)
{
    mrtd_hex_encode(hex, section->running, MRTD_DIGEST_SIZE);
    return hex;
}

static void on_section(void *context, uint32_t section,
                       const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct summary *summary = context;
    struct section_summary *s = &summary->sections[section];
    memcpy(s->running, running, MRTD_DIGEST_SIZE);
    s->hashed = true;
}

/* A section that is not hashed leaves the stream as it was. */
static void fill_running(const struct evaluation *e, struct summary *summary)
{
    /* SHA-384 of nothing, FIPS 180-4. */
    static const uint8_t nothing[MRTD_DIGEST_SIZE] = {
        0x38, 0xb0, 0x60, 0xa7, 0x51, 0xac, 0x96, 0x38, 0x4c, 0xd9, 0x32, 0x7e,
        0xb1, 0xb1, 0xe3, 0x6a, 0x21, 0xfd, 0xb7, 0x11, 0x14, 0xbe, 0x07, 0x43,
        0x4c, 0x0c, 0xc7, 0xbf, 0x63, 0xf6, 0xe1, 0xda, 0x27, 0x4e, 0xde, 0xbf,
        0xe7, 0x6f, 0x65, 0xfb, 0xd5, 0x1a, 0xd2, 0xf1, 0x48, 0x98, 0xb9, 0x5b};
    const uint8_t *running = nothing;
    for (uint32_t i = 0; i < mrtd_image_info(e->image)->region_count; i++) {
        struct section_summary *s = &summary->sections[i];
        if (!s->hashed) {
            memcpy(s->running, running, MRTD_DIGEST_SIZE);
        }
        running = s->running;
    }
}

static void count_pages(const struct evaluation *e, struct summary *summary)
{
    const struct mrtd_run *run;
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        struct section_summary *s = &summary->sections[run->section];
        uint64_t pages = run->size / MRTD_PAGE_SIZE;
        s->added_pages += (run->ops & MRTD_OP_TDX_ADD) ? pages : 0;
        s->extended_pages += (run->ops & MRTD_OP_TDX_EXTEND) ? pages : 0;
    }
}

enum exit_status summary_make(const struct evaluation *e,
                              struct summary *summary, struct failure *failure)
{
    struct mrtd_value value;
    memset(summary, 0, sizeof *summary);
    summary->sections = calloc(mrtd_image_info(e->image)->region_count,
                               sizeof *summary->sections);
    if (!summary->sections) {
        return failure_memory(failure, e->name);
    }
    enum exit_status status = EXIT_DONE;
    if (!digests_make(&e->source, summary->sha256, summary->sha384, NULL)) {
        status = evaluation_read_failed(e, failure);
    }
    if (!status) {
        status = evaluation_measure(e, on_section, summary, &value, failure);
    }
    if (status) {
        summary_free(summary);
        return status;
    }
    mrtd_hex_encode(summary->mrtd, value.digest.bytes, value.digest.size);
    count_pages(e, summary);
    fill_running(e, summary);
    return EXIT_DONE;
}

void summary_free(struct summary *summary)
{
    free(summary->sections);
    summary->sections = NULL;
}
