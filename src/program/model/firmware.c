/* SPDX-License-Identifier: Apache-2.0 */
#include "model/firmware.h"

#include <stdlib.h>
#include <string.h>

#include "model/firmware_boot.h"
#include "model/firmware_guest.h"
#include "model/image_format.h"
#include "model/launches.h"
#include "model/vmms.h"
#include "printable.h"
#include "reference/digests.h"
#include "reference/json.h"

/* --- Launches ---------------------------------------------------------- */

/* Is there one by that VMM? */
static bool is_there(const struct launches *launches,
                     const struct mrtd_vmm *vmm)
{
    size_t i = 0;
    while (i < launches->count && launches->items[i].vmm != vmm) {
        i++;
    }
    return i < launches->count;
}

/* A launch that was asked for: that the image is refused is a failure. */
static enum exit_status add_wanted(struct launches *launches,
                                   const struct evaluation *e,
                                   const struct mrtd_vmm *vmm,
                                   struct failure *failure)
{
    const enum exit_status status = launches_add(launches, e, vmm, 0, failure);
    if (status) {
        return status;
    }
    const struct launch *last = &launches->items[launches->count - 1];
    return last->plan ? EXIT_DONE : evaluation_failed(e, &last->error, failure);
}

/* Those that were asked for come first, *wanted of them. */
static enum exit_status plan(struct launches *launches, size_t *wanted,
                             const struct evaluation *e, bool every,
                             struct failure *failure)
{
    const struct launch_options *o = e->options;
    const struct mrtd_vmm *vmm;
    enum exit_status status = EXIT_DONE;
    if (!every || o->vmm_given) {
        status = add_wanted(launches, e, o->vmm, failure);
        for (unsigned i = 1; !status && i < o->vmm_count; i++) {
            status = add_wanted(launches, e, o->vmms[i], failure);
        }
    }
    *wanted = launches->count;
    for (size_t i = 0; every && !status && (vmm = vmms_way_at(i)); i++) {
        if (!is_there(launches, vmm)) {
            status = launches_add(launches, e, vmm, 0, failure);
        }
    }
    return status;
}

/* Says what the further plans warn of; the first is that of the evaluation.
 * Notes are about launches, of which none may have been asked for. */
static void report(const struct evaluation *e, const struct launches *launches,
                   size_t wanted, const struct firmware_order *order)
{
    const struct mrtd_finding *f;
    for (uint32_t i = 0; (f = mrtd_image_finding(e->image, i)); i++) {
        if (wanted > 0 || f->severity == MRTD_WARNING) {
            order->each(order->context, f);
        }
    }
    for (uint32_t i = 0; (f = mrtd_plan_finding(e->plan, i)); i++) {
        if (wanted > 0 || f->severity == MRTD_WARNING) {
            order->each(order->context, f);
        }
    }
    for (size_t p = 1; p < wanted; p++) {
        for (uint32_t i = 0;
             (f = mrtd_plan_finding(launches->items[p].plan, i)); i++) {
            order->each(order->context, f);
        }
    }
}

/* --- Values ------------------------------------------------------------ */

/* Adds a value, or the VMM to that which is the same. */
static void add_value(struct reference_firmware *f,
                      const struct mrtd_value *value, const char *vmm)
{
    struct reference_value *v = f->values;
    while (v < f->values + f->value_count &&
           !mrtd_value_equal(&v->value, value)) {
        v++;
    }
    if (v == f->values + f->value_count) {
        f->value_count++;
        v->value = *value;
        mrtd_hex_encode(v->hex, value->digest.bytes, value->digest.size);
    }
    size_t i = 0;
    while (v->vmms[i] && strcmp(v->vmms[i], vmm) != 0) {
        i++;
    }
    v->vmms[i] = vmm;
}

static enum exit_status measure(struct reference_firmware *f,
                                const struct evaluation *e,
                                const struct firmware_order *order,
                                struct failure *failure)
{
    struct launches launches = {.count = 0};
    size_t wanted = 0;
    f->values = calloc(REFERENCE_MAX_VMMS, sizeof *f->values);
    if (!f->values) {
        return failure_memory(failure, e->name);
    }
    enum exit_status status =
        plan(&launches, &wanted, e, order->every, failure);
    if (!status) {
        report(e, &launches, wanted, order);
        status = launches_measure(&launches, e, NULL, failure);
    }
    for (size_t i = 0; !status && i < launches.count; i++) {
        const struct launch *x = &launches.items[i];
        if (x->plan) {
            add_value(f, &x->value, x->vmm->name);
        }
    }
    launches_free(&launches);
    return status;
}

/* The name without folders, or "stdin"; escaped where it is not UTF-8. */
static char *artifact_of(const char *name)
{
    const char *base =
        strcmp(name, "-") == 0 ? "stdin" : printable_base_name(name);
    json_t *text = json_string(base);
    char *made = strdup(text ? base : printable(base));
    json_decref(text);
    return made;
}

static enum exit_status fill(struct reference_firmware *f,
                             const struct evaluation *e,
                             const struct firmware_order *order,
                             struct failure *failure)
{
    const bool is_tdx = e->options->platform == MRTD_PLATFORM_TDX;
    f->artifact = artifact_of(e->name);
    f->image_format = image_format_name(e->options->image_format);
    f->initdata = order->initdata;
    if (!f->artifact || json_no_memory()) {
        return failure_memory(failure, e->name);
    }
    enum exit_status status =
        is_tdx ? measure(f, e, order, failure)
               : firmware_measure_guest(f, e, order, failure);
    if (!status) {
        status = firmware_boot(f, e, order, failure);
    }
    if (status) {
        return status;
    }
    f->size = e->file.source.size;
    return digests_make(&e->file.source, f->sha256, f->sha384,
                        order->with_sha512 ? f->sha512 : NULL)
               ? EXIT_DONE
               : evaluation_read_failed(e, failure);
}

enum exit_status firmware_measure(struct reference_firmware *firmware,
                                  const struct evaluation *e,
                                  const struct firmware_order *order,
                                  struct failure *failure)
{
    memset(firmware, 0, sizeof *firmware);
    const enum exit_status status = fill(firmware, e, order, failure);
    if (status) {
        firmware_free(firmware);
    }
    return status;
}

void firmware_free(struct reference_firmware *firmware)
{
    free(firmware->artifact);
    free(firmware->values);
    free(firmware->origin_texts);
    memset(firmware, 0, sizeof *firmware);
}
