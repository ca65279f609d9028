/* SPDX-License-Identifier: Apache-2.0 */
#include "model/side.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/summary.h"
#include "reference/json.h"

/* JSON starts with '{' and a '"', which no firmware does. */
static enum exit_status find_kind(struct side *side,
                                  const struct evaluation_file *file,
                                  struct failure *failure)
{
    char start[256];
    const struct mrtd_source *source = &file->source;
    const size_t len = source->size < sizeof start - 1 ? (size_t)source->size
                                                       : sizeof start - 1;
    if (source->read(source->context, 0, start, len)) {
        return failure_read(failure, file->name, file->problem);
    }
    start[len] = '\0';
    const char *p = start + strspn(start, " \t\r\n");
    side->saved = *p == '{' && p[1 + strspn(p + 1, " \t\r\n")] == '"';
    return EXIT_DONE;
}

enum exit_status side_read(struct side *side,
                           const struct evaluation_file *file,
                           struct failure *failure)
{
    *side = (struct side){.name = file->name};
    const enum exit_status status = find_kind(side, file, failure);
    return !status && side->saved ? saved_read(side, file, failure) : status;
}

static void copy_sections(struct side *side, const struct summary *summary)
{
    const struct mrtd_region *s;
    for (uint32_t i = 0; (s = mrtd_image_region(side->evaluation.image, i));
         i++) {
        const struct mrtd_igvm_directive *d =
            mrtd_image_igvm_directive(side->evaluation.image, i);
        const struct section_summary *from = &summary->sections[i];
        struct section_facts *to = &side->facts.sections[i];
        to->name = mrtd_region_name(s);
        to->type = s->type;
        to->attributes = s->attributes;
        to->mask = d ? d->mask : 0;
        to->data_offset = s->offset;
        to->raw_data_size = s->data_size;
        to->memory_address = s->gpa;
        to->memory_data_size = s->size;
        to->added_pages = from->added_pages;
        to->extended_pages = from->extended_pages;
        summary_running(to->running, from);
    }
}

static enum exit_status copy_facts(struct side *side,
                                   const struct summary *summary,
                                   struct failure *failure)
{
    const struct evaluation *e = &side->evaluation;
    const struct mrtd_image_info *info = mrtd_image_info(e->image);
    struct facts *f = &side->facts;
    f->sections = calloc(info->region_count, sizeof *f->sections);
    if (!f->sections) {
        return failure_memory(failure, side->name);
    }
    snprintf(f->vmm, sizeof f->vmm, "%s", e->options->vmm->name);
    snprintf(f->locator, sizeof f->locator, "%s",
             json_locator_name(info->locator));
    f->size = info->size;
    f->descriptor_offset = info->descriptor_offset;
    f->section_count = info->region_count;
    memcpy(f->sha256, summary->sha256, sizeof f->sha256);
    memcpy(f->mrtd, summary->mrtd, sizeof f->mrtd);
    copy_sections(side, summary);
    return EXIT_DONE;
}

static enum exit_status read_map(struct side *side, struct failure *failure)
{
    const struct mrtd_source *source = &side->evaluation.source;
    if (source->size > SIDE_MAP_LIMIT) {
        return EXIT_DONE;
    }
    side->bytes = malloc((size_t)source->size);
    if (!side->bytes) {
        return failure_memory(failure, side->name);
    }
    if (source->read(source->context, 0, side->bytes, (size_t)source->size)) {
        return evaluation_read_failed(&side->evaluation, failure);
    }
    return volume_map_read(&side->map, side->bytes, source->size)
               ? EXIT_DONE
               : failure_memory(failure, side->name);
}

enum exit_status side_measure(struct side *side, struct failure *failure)
{
    struct summary summary;
    enum exit_status status =
        summary_make(&side->evaluation, &summary, failure);
    if (status) {
        return status;
    }
    status = copy_facts(side, &summary, failure);
    summary_free(&summary);
    /* Its runs may be many, and are not needed any more. */
    mrtd_plan_free(side->evaluation.plan);
    side->evaluation.plan = NULL;
    return status ? status : read_map(side, failure);
}

void side_free(struct side *side)
{
    volume_map_free(&side->map);
    free(side->bytes);
    free(side->facts.sections);
    memset(side, 0, sizeof *side);
}
