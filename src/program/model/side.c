/* SPDX-License-Identifier: Apache-2.0 */
#include "model/side.h"

#include <stdlib.h>
#include <string.h>

#include "model/reach.h"

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
                           enum mrtd_platform platform, struct failure *failure)
{
    *side = (struct side){.name = file->name};
    const enum exit_status status = find_kind(side, file, failure);
    if (status || !side->saved) {
        return status;
    }
    return platform == MRTD_PLATFORM_TDX
               ? saved_read(side, file, failure)
               : failure_refused(failure, side->name, "saved",
                                 "a JSON; with --platform %s two images are "
                                 "compared, not what 'show --json' has printed",
                                 mrtd_platform_name(platform));
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
    const enum exit_status status =
        facts_make(&side->facts, &side->evaluation, failure);
    if (status) {
        return status;
    }
    if (side->facts.platform == MRTD_PLATFORM_SNP) {
        if (!reach_make(&side->outside, side->evaluation.plan, true)) {
            return failure_memory(failure, side->name);
        }
    } else {
        /* Its runs may be many, and are not needed any more. */
        mrtd_plan_free(side->evaluation.plan);
        side->evaluation.plan = NULL;
    }
    return read_map(side, failure);
}

void side_free(struct side *side)
{
    volume_map_free(&side->map);
    cover_free(&side->outside);
    free(side->bytes);
    facts_free(&side->facts);
    memset(side, 0, sizeof *side);
}
