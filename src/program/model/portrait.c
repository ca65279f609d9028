/* SPDX-License-Identifier: Apache-2.0 */
#include "model/portrait.h"

#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "model/vmms.h"
#include "printable.h"

static void take_result(struct vmm_value *value,
                        const struct mrtd_measurement *result)
{
    value->error = result->error;
    if (value->error.code == MRTD_OK) {
        mrtd_hex_encode(value->mrtd, result->value.digest.bytes,
                        MRTD_DIGEST_SIZE);
    }
}

/* All VMMs at once, but for that of the options: the summary has it. */
static void measure_vmms(struct portrait *p)
{
    struct mrtd_plan *made[PORTRAIT_VMMS];
    const struct mrtd_plan *plans[PORTRAIT_VMMS] = {NULL};
    struct vmm_value *values[PORTRAIT_VMMS];
    struct mrtd_measurement results[PORTRAIT_VMMS];
    size_t count = 0;
    for (size_t i = 0; i < p->value_count; i++) {
        if (p->values[i].vmm == p->e->options->vmm->launches_as) {
            memcpy(p->values[i].mrtd, p->summary.mrtd, MRTD_HEX_SIZE);
            continue;
        }
        made[count] = NULL;
        evaluation_plan(p->e, p->values[i].vmm, 0, &made[count],
                        &p->values[i].error);
        if (made[count]) {
            plans[count] = made[count];
            values[count++] = &p->values[i];
        }
    }
    mrtd_measure_many(plans, count, results);
    for (size_t i = 0; i < count; i++) {
        take_result(values[i], &results[i]);
        mrtd_plan_free(made[i]);
    }
}

enum exit_status portrait_make(struct portrait *portrait, struct evaluation *e)
{
    const struct mrtd_vmm *vmm;
    memset(portrait, 0, sizeof *portrait);
    portrait->e = e;
    portrait->file = printable_base_name(e->name);
    portrait->vars = printable_base_name(e->options->vars);
    portrait->payload = printable_base_name(e->options->payload);
    enum exit_status status = summary_make(e, &portrait->summary);
    if (status) {
        return status;
    }
    portrait->edges =
        calloc(2 * (size_t)mrtd_image_info(e->image)->region_count + 1,
               sizeof *portrait->edges);
    if (!portrait->edges) {
        diagnostic_file(e->name, "out of memory");
        portrait_free(portrait);
        return EXIT_IO;
    }
    for (size_t i = 0; (vmm = vmms_way_at(i)); i++) {
        if (mrtd_vmm_launches(vmm, e->image)) {
            portrait->values[portrait->value_count++].vmm = vmm;
        }
    }
    measure_vmms(portrait);
    for (size_t i = 0; i < portrait->value_count; i++) {
        const struct mrtd_error *error = &portrait->values[i].error;
        /* Not the image's fault: what fails for one fails for all. */
        if (mrtd_code_class(error->code) == MRTD_CLASS_FAULT) {
            status = evaluation_failed(e, error);
            portrait_free(portrait);
            return status;
        }
    }
    return EXIT_DONE;
}

void portrait_free(struct portrait *portrait)
{
    summary_free(&portrait->summary);
    free(portrait->edges);
}
