/* SPDX-License-Identifier: Apache-2.0 */
#include "model/firmware.h"

#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/digests.h"
#include "model/image_format.h"
#include "model/vmms.h"
#include "printable.h"
#include "reference/json.h"

/* The plans of one image, for one VMM each. */
struct plans {
    struct mrtd_plan *made[REFERENCE_MAX_VMMS];
    const struct mrtd_plan *items[REFERENCE_MAX_VMMS]; /* the same */
    size_t count;
    size_t wanted; /* the first, those of the options */
};

static void free_plans(struct plans *plans)
{
    for (size_t i = 0; i < plans->count; i++) {
        mrtd_plan_free(plans->made[i]);
    }
}

/* Says what the further plans warn of; the first is that of the evaluation. */
static void report(const struct evaluation *e, const struct plans *plans)
{
    const struct mrtd_finding *f;
    evaluation_report(e);
    for (size_t p = 1; p < plans->wanted; p++) {
        for (uint32_t i = 0; (f = mrtd_plan_finding(plans->items[p], i)); i++) {
            diagnostic_finding(e->name, f);
        }
    }
}

static void report_warning(void *context, const struct mrtd_finding *finding)
{
    const char *const *name = context;
    if (finding->severity == MRTD_WARNING) {
        diagnostic_finding(*name, finding);
    }
}

static enum exit_status add_plan(struct plans *plans,
                                 const struct evaluation *e,
                                 const struct mrtd_vmm *vmm, bool may_refuse)
{
    struct mrtd_plan *plan = NULL;
    struct mrtd_error error;
    const enum mrtd_code code = evaluation_plan(e, vmm, 0, &plan, &error);
    if (!code) {
        plans->made[plans->count] = plan;
        plans->items[plans->count++] = plan;
    } else if (!may_refuse || mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return evaluation_failed(e, &error);
    }
    return EXIT_DONE;
}

/* Is there a plan for that VMM? */
static bool is_made(const struct plans *plans, const struct mrtd_vmm *vmm)
{
    size_t i = 0;
    while (i < plans->count && mrtd_plan_info(plans->items[i])->vmm != vmm) {
        i++;
    }
    return i < plans->count;
}

static enum exit_status make_plans(struct plans *plans,
                                   const struct evaluation *e, bool every)
{
    const struct launch_options *o = e->options;
    const struct mrtd_vmm *vmm;
    enum exit_status status = EXIT_DONE;
    if (!every || o->vmm_given) {
        status = add_plan(plans, e, o->vmm, false);
        for (unsigned i = 1; !status && i < o->vmm_count; i++) {
            status = add_plan(plans, e, o->vmms[i], false);
        }
    }
    plans->wanted = plans->count;
    for (size_t i = 0; every && !status && (vmm = vmms_way_at(i)); i++) {
        if (!is_made(plans, vmm)) {
            status = add_plan(plans, e, vmm, true);
        }
    }
    return status;
}

/* Adds an MRTD, or the VMM to that which is the same. */
static void add_value(struct reference_firmware *f,
                      const uint8_t mrtd[MRTD_DIGEST_SIZE], const char *vmm)
{
    struct reference_value *v = f->values;
    while (v < f->values + f->value_count &&
           memcmp(v->mrtd, mrtd, sizeof v->mrtd) != 0) {
        v++;
    }
    if (v == f->values + f->value_count) {
        f->value_count++;
        memcpy(v->mrtd, mrtd, sizeof v->mrtd);
        mrtd_hex_encode(v->hex, mrtd, MRTD_DIGEST_SIZE);
    }
    size_t i = 0;
    while (v->vmms[i] && strcmp(v->vmms[i], vmm) != 0) {
        i++;
    }
    v->vmms[i] = vmm;
}

static enum exit_status measure(struct reference_firmware *f,
                                const struct evaluation *e,
                                const struct plans *plans)
{
    struct mrtd_measurement results[REFERENCE_MAX_VMMS];
    mrtd_measure_many(plans->items, plans->count, results);
    for (size_t i = 0; i < plans->count; i++) {
        if (results[i].error.code) {
            return evaluation_failed(e, &results[i].error);
        }
        add_value(f, results[i].value.digest.bytes,
                  mrtd_plan_info(plans->items[i])->vmm->name);
    }
    return EXIT_DONE;
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

static enum exit_status fill(struct reference_firmware *f, struct evaluation *e,
                             bool every, bool with_sha512)
{
    struct plans plans = {.count = 0};
    f->values = calloc(REFERENCE_MAX_VMMS, sizeof *f->values);
    f->artifact = artifact_of(e->name);
    f->image_format = image_format_name(e->options->image_format);
    if (!f->values || !f->artifact || json_no_memory()) {
        diagnostic_file(e->name, "out of memory");
        return EXIT_IO;
    }
    enum exit_status status = make_plans(&plans, e, every);
    if (!status && plans.wanted > 0) {
        report(e, &plans);
    } else if (!status) {
        /* No launch was asked for, and notes are about launches. */
        const char *name = e->name;
        evaluation_findings(e, report_warning, &name);
    }
    if (!status) {
        status = measure(f, e, &plans);
    }
    free_plans(&plans);
    if (!status) {
        const struct mrtd_source joined = e->source;
        e->source = input_source(&e->file);
        f->size = e->source.size;
        status = digests_make(&e->source, f->sha256, f->sha384,
                              with_sha512 ? f->sha512 : NULL)
                     ? EXIT_DONE
                     : evaluation_read_failed(e);
        e->source = joined;
    }
    return status;
}

enum exit_status firmware_measure(struct reference_firmware *firmware,
                                  struct evaluation *e, bool every,
                                  bool with_sha512)
{
    memset(firmware, 0, sizeof *firmware);
    const enum exit_status status = fill(firmware, e, every, with_sha512);
    if (status) {
        firmware_free(firmware);
    }
    return status;
}

enum exit_status firmware_make(struct reference_firmware *firmware,
                               const struct launch_options *options,
                               const char *name, bool every)
{
    struct evaluation e;
    enum exit_status status = evaluation_open(&e, options, name);
    if (status) {
        memset(firmware, 0, sizeof *firmware);
        return status;
    }
    status = firmware_measure(firmware, &e, every, false);
    evaluation_close(&e);
    return status;
}

void firmware_free(struct reference_firmware *firmware)
{
    free(firmware->artifact);
    free(firmware->values);
    memset(firmware, 0, sizeof *firmware);
}
