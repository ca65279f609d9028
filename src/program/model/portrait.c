/* SPDX-License-Identifier: Apache-2.0 */
#include "model/portrait.h"

#include <stdlib.h>

#include "printable.h"

/* Launches by each VMM that there is for it. */
static enum exit_status measure(struct portrait *p, struct failure *failure)
{
    struct launches *launches = &p->launches;
    /* Of other platforms than TDX, what a VMM needs to know is another. */
    enum exit_status status =
        p->e->options->platform == MRTD_PLATFORM_TDX
            ? launches_add_each(launches, p->e, failure)
            : launches_add(launches, p->e, mrtd_plan_info(p->e->plan)->vmm, 0,
                           failure);
    if (!status) {
        status = launches_measure(launches, p->e, &p->facts.value, failure);
    }
    /* There may be many runs, and the values are there. */
    for (size_t i = 0; i < launches->count; i++) {
        mrtd_plan_free(launches->items[i].plan);
        launches->items[i].plan = NULL;
    }
    return status;
}

enum exit_status portrait_make(struct portrait *portrait,
                               const struct evaluation *e,
                               struct failure *failure)
{
    *portrait = (struct portrait){
        .e = e,
        .file = printable_base_name(e->name),
        .vars = printable_base_name(e->options->vars),
        .payload = printable_base_name(e->options->payload),
    };
    enum exit_status status = facts_make(&portrait->facts, e, failure);
    if (status) {
        return status;
    }
    portrait->edges = calloc(2 * (size_t)portrait->facts.section_count + 1,
                             sizeof *portrait->edges);
    status = portrait->edges ? measure(portrait, failure)
                             : failure_memory(failure, e->name);
    if (status) {
        portrait_free(portrait);
    }
    return status;
}

void portrait_free(struct portrait *portrait)
{
    facts_free(&portrait->facts);
    launches_free(&portrait->launches);
    free(portrait->edges);
}
