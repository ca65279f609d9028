/* SPDX-License-Identifier: Apache-2.0 */
#include "model/variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "model/vmms.h"

/*
 * What occurs together. Each set is tried with every VMM, or with one.
 *
 * Two passes are a matter of the host's KVM, not of the VMM. With QEMU they are
 * the VMM kvm-v19; Cloud Hypervisor has never used that KVM's interface
 * (docs/formats.md). That leaves MigTD's QEMU, which passes over PermMem.
 */
static const struct {
    unsigned deviations;
    const char *vmm; /* NULL: any */
} sets[] = {
    {0, NULL},
    {MRTD_DEVIATE_FOLLOWING_BYTES, NULL},
    {MRTD_DEVIATE_AUG_ADDED, NULL},
    {MRTD_DEVIATE_FOLLOWING_BYTES | MRTD_DEVIATE_AUG_ADDED, NULL},
    {MRTD_DEVIATE_ALL_MEASURED, NULL},
    {MRTD_DEVIATE_ALL_MEASURED | MRTD_DEVIATE_FOLLOWING_BYTES, NULL},
    {MRTD_DEVIATE_ALL_MEASURED | MRTD_DEVIATE_AUG_ADDED, NULL},
    {MRTD_DEVIATE_ALL_MEASURED | MRTD_DEVIATE_FOLLOWING_BYTES |
         MRTD_DEVIATE_AUG_ADDED,
     NULL},
    {MRTD_DEVIATE_TWO_PASS, "migtd-qemu"},
};

#define SET_COUNT (sizeof sets / sizeof *sets)

static bool is_tried(size_t set, const struct mrtd_vmm *vmm,
                     const struct mrtd_image *image)
{
    return mrtd_vmm_launches(vmm, image) &&
           (!sets[set].vmm || strcmp(sets[set].vmm, vmm->name) == 0);
}

/* Do the runs hash the same? The content of pages only added is not hashed. */
static bool same_run(const struct mrtd_run *a, const struct mrtd_run *b)
{
    return a->gpa == b->gpa && a->size == b->size && a->add == b->add &&
           a->extend == b->extend &&
           (!a->extend ||
            (a->content == b->content && a->data_offset == b->data_offset &&
             a->data_size == b->data_size));
}

bool variants_same_plan(const struct mrtd_plan *a, const struct mrtd_plan *b)
{
    const uint32_t count = mrtd_plan_info(a)->run_count;
    if (count != mrtd_plan_info(b)->run_count) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!same_run(mrtd_plan_run(a, i), mrtd_plan_run(b, i))) {
            return false;
        }
    }
    return true;
}

static const struct variant *find_same(const struct variants *v,
                                       const struct mrtd_plan *plan)
{
    for (size_t i = 0; i < v->count; i++) {
        if (v->items[i].plan && !v->items[i].same &&
            variants_same_plan(v->items[i].plan, plan)) {
            return &v->items[i];
        }
    }
    return NULL;
}

/* Adds a variant; a deviation only where it makes a difference. What is not the
 * image's fault is said on stderr. */
static enum exit_status add(struct variants *v, const struct evaluation *e,
                            const struct mrtd_vmm *vmm, unsigned deviations)
{
    struct variant made = {.vmm = vmm, .deviations = deviations};
    enum mrtd_code code =
        evaluation_plan(e, vmm, deviations, &made.plan, &made.error);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return evaluation_failed(e, &made.error);
    }
    if (made.plan) {
        made.error.code = MRTD_OK;
        made.same = find_same(v, made.plan);
    }
    if (deviations && (!made.plan || made.same)) {
        mrtd_plan_free(made.plan);
    } else {
        v->items[v->count++] = made;
    }
    return EXIT_DONE;
}

static enum exit_status measure(struct variants *v, const struct evaluation *e)
{
    const struct mrtd_plan **plans = calloc(v->count, sizeof(void *));
    struct mrtd_measurement *results = calloc(v->count, sizeof *results);
    enum exit_status status = EXIT_DONE;
    size_t count = 0;
    for (size_t i = 0; plans && results && i < v->count; i++) {
        if (v->items[i].plan && !v->items[i].same) {
            plans[count++] = v->items[i].plan;
        }
    }
    if (plans && results) {
        mrtd_measure_many(plans, count, results);
    } else {
        diagnostic_file(e->name, "out of memory");
        status = EXIT_IO;
    }
    count = 0;
    for (size_t i = 0; !status && i < v->count; i++) {
        struct variant *x = &v->items[i];
        if (x->same) {
            memcpy(x->mrtd, x->same->mrtd, sizeof x->mrtd);
        } else if (x->plan) {
            const struct mrtd_measurement *r = &results[count++];
            memcpy(x->mrtd, r->value.digest.bytes, sizeof x->mrtd);
            if (r->error.code) {
                status = evaluation_failed(e, &r->error);
            }
        }
    }
    free(plans);
    free(results);
    return status;
}

enum exit_status variants_make(struct variants *variants, struct evaluation *e)
{
    struct variants v = {.count = 0};
    const struct mrtd_vmm *vmm;
    size_t vmms = 1; /* there is always the default */
    while (vmms_way_at(vmms)) {
        vmms++;
    }
    v.items = calloc(vmms * SET_COUNT, sizeof *v.items);
    if (!v.items) {
        diagnostic_file(e->name, "out of memory");
        return EXIT_IO;
    }
    enum exit_status status = EXIT_DONE;
    for (size_t set = 0; set < SET_COUNT; set++) {
        for (size_t i = 0; !status && (vmm = vmms_way_at(i)); i++) {
            if (is_tried(set, vmm, e->image)) {
                status = add(&v, e, vmm, sets[set].deviations);
            }
        }
    }
    if (!status) {
        status = measure(&v, e);
    }
    if (status) {
        variants_free(&v);
        return status;
    }
    *variants = v;
    return EXIT_DONE;
}

void variants_free(struct variants *variants)
{
    for (size_t i = 0; i < variants->count; i++) {
        mrtd_plan_free(variants->items[i].plan);
    }
    free(variants->items);
    variants->items = NULL;
    variants->count = 0;
}

const char *variant_name(const struct variant *variant, char *text, size_t size)
{
    const struct mrtd_deviation *d;
    const char *join = " with ";
    size_t used = (size_t)snprintf(text, size, "%s", variant->vmm->name);
    for (size_t i = 0; (d = mrtd_deviation_at(i)) && used < size; i++) {
        if (variant->deviations & d->flag) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", join,
                                     d->name);
            join = " and ";
        }
    }
    return text;
}
