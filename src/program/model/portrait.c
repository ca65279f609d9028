/* SPDX-License-Identifier: Apache-2.0 */
#include "model/portrait.h"

#include <stdlib.h>
#include <string.h>

#include "model/launches.h"
#include "model/vmms.h"
#include "printable.h"

static void take(struct portrait *p, const struct launch *launch)
{
    struct vmm_value *value = &p->values[p->value_count++];
    value->vmm = launch->vmm;
    value->error = launch->error;
    if (launch->error.code == MRTD_OK) {
        mrtd_hex_encode(value->mrtd, launch->value.digest.bytes,
                        launch->value.digest.size);
    }
}

/* Launches by each VMM that there is for it. */
static enum exit_status measure(struct portrait *p, struct launches *launches,
                                struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    struct mrtd_value known;
    uint8_t digest[MRTD_DIGEST_SIZE] = {0};
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && (vmm = vmms_way_at(i)); i++) {
        if (mrtd_vmm_launches(vmm, p->e->image)) {
            status = launches_add(launches, p->e, vmm, 0, failure);
        }
    }
    if (!status) {
        const bool is_known = mrtd_hex_decode(
            digest, sizeof digest, p->summary.mrtd, MRTD_HEX_SIZE - 1);
        mrtd_value_set(&known, MRTD_REGISTER_MRTD, digest);
        status =
            launches_measure(launches, p->e, is_known ? &known : NULL, failure);
    }
    for (size_t i = 0; !status && i < launches->count; i++) {
        take(p, &launches->items[i]);
    }
    return status;
}

enum exit_status portrait_make(struct portrait *portrait,
                               const struct evaluation *e,
                               struct failure *failure)
{
    struct launches launches = {.count = 0};
    *portrait = (struct portrait){
        .e = e,
        .file = printable_base_name(e->name),
        .vars = printable_base_name(e->options->vars),
        .payload = printable_base_name(e->options->payload),
    };
    enum exit_status status = summary_make(e, &portrait->summary, failure);
    if (status) {
        return status;
    }
    portrait->edges =
        calloc(2 * (size_t)mrtd_image_info(e->image)->region_count + 1,
               sizeof *portrait->edges);
    status = portrait->edges ? measure(portrait, &launches, failure)
                             : failure_memory(failure, e->name);
    launches_free(&launches);
    if (status) {
        portrait_free(portrait);
    }
    return status;
}

void portrait_free(struct portrait *portrait)
{
    summary_free(&portrait->summary);
    free(portrait->edges);
}
