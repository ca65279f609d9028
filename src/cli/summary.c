/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"

#include <stdlib.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/digests.h"

static void on_section(void *context, uint32_t section,
                       const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct summary *summary = context;
    mrtd_hex_encode(summary->sections[section].running, running);
}

/* A section that is not hashed leaves the stream as it was. */
static void fill_running(const struct evaluation *e, struct summary *summary)
{
    /* SHA-384 of nothing, FIPS 180-4. */
    const char *running = "38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
                          "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b";
    for (uint32_t i = 0; i < mrtd_image_info(e->image)->section_count; i++) {
        struct section_summary *s = &summary->sections[i];
        if (!s->running[0]) {
            memcpy(s->running, running, MRTD_HEX_SIZE);
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
        s->added_pages += run->add ? pages : 0;
        s->extended_pages += run->extend ? pages : 0;
        s->hashed_bytes = 128 * s->added_pages + 6144 * s->extended_pages;
    }
}

enum exit_status summary_make(struct evaluation *e, struct summary *summary)
{
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    memset(summary, 0, sizeof *summary);
    summary->sections = calloc(mrtd_image_info(e->image)->section_count,
                               sizeof *summary->sections);
    if (!summary->sections) {
        diagnostic_file(e->name, "out of memory");
        return EXIT_IO;
    }
    enum exit_status status =
        digests_make(e, summary->sha256, summary->sha384, NULL);
    if (!status) {
        status = evaluation_measure(e, on_section, summary, mrtd);
    }
    if (status) {
        summary_free(summary);
        return status;
    }
    mrtd_hex_encode(summary->mrtd, mrtd);
    count_pages(e, summary);
    fill_running(e, summary);
    return EXIT_DONE;
}

void summary_free(struct summary *summary)
{
    free(summary->sections);
    summary->sections = NULL;
}
