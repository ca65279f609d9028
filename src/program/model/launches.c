/* SPDX-License-Identifier: Apache-2.0 */
#include "model/launches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/vmms.h"

/* --- Equal plans ------------------------------------------------------- */

/* Operations that hash the content of pages, of some page types at least. */
#define HASHES_CONTENT                                                         \
    (MRTD_OP_TDX_EXTEND | MRTD_OP_SNP_UPDATE | MRTD_OP_SEV_UPDATE)

/* Do the runs hash the same? The content of pages only added is not hashed;
 * that of bytes which a plan made itself cannot be compared here. */
static bool same_run(const struct mrtd_run *a, const struct mrtd_run *b)
{
    return a->gpa == b->gpa && a->size == b->size && a->ops == b->ops &&
           a->page_type == b->page_type &&
           (!(a->ops & HASHES_CONTENT) ||
            (a->content == b->content && a->content != MRTD_CONTENT_PLAN &&
             a->data_offset == b->data_offset && a->data_size == b->data_size));
}

bool launch_same_plan(const struct mrtd_plan *a, const struct mrtd_plan *b)
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

/* The first of the plans that equals that of the index, which may be itself. */
static size_t first_equal(const struct mrtd_plan *const plans[], size_t index)
{
    size_t i = 0;
    while (i < index &&
           !(plans[i] && launch_same_plan(plans[i], plans[index]))) {
        i++;
    }
    return i;
}

/* Plans that are measured at once: more than any SHA-384 engine has lanes. */
#define AT_ONCE 32

void launches_measure_plans(const struct mrtd_plan *const plans[], size_t count,
                            bool same_bytes, struct mrtd_measurement results[])
{
    const struct mrtd_plan *distinct[AT_ONCE];
    struct mrtd_measurement measured[AT_ONCE];
    size_t places[AT_ONCE];
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++) {
        if (plans[i] && (!same_bytes || first_equal(plans, i) == i)) {
            distinct[waiting] = plans[i];
            places[waiting++] = i;
        }
        if (waiting < AT_ONCE && i + 1 < count) {
            continue;
        }
        mrtd_measure_many(distinct, waiting, measured);
        while (waiting > 0) {
            waiting--;
            results[places[waiting]] = measured[waiting];
        }
    }
    for (size_t i = 0; same_bytes && i < count; i++) {
        if (plans[i]) {
            results[i] = results[first_equal(plans, i)];
        }
    }
}

/* --- Launches ---------------------------------------------------------- */

enum exit_status launches_add(struct launches *launches,
                              const struct evaluation *e,
                              const struct mrtd_vmm *vmm, unsigned deviations,
                              struct failure *failure)
{
    struct launch made = {
        .vmm = vmm, .deviations = deviations, .first = launches->count};
    struct launch *items =
        array_room(launches->items, launches->count, sizeof *items);
    if (!items) {
        return failure_memory(failure, e->name);
    }
    launches->items = items;
    const enum mrtd_code code =
        evaluation_plan(e, vmm, deviations, &made.plan, &made.error);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return evaluation_failed(e, &made.error, failure);
    }
    for (size_t i = 0; made.plan && !made.is_repeated && i < launches->count;
         i++) {
        made.is_repeated = items[i].plan && !items[i].is_repeated &&
                           launch_same_plan(items[i].plan, made.plan);
        made.first = made.is_repeated ? i : launches->count;
    }
    made.error.code = made.plan ? MRTD_OK : code;
    items[launches->count++] = made;
    return EXIT_DONE;
}

enum exit_status launches_add_each(struct launches *launches,
                                   const struct evaluation *e,
                                   struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && (vmm = vmms_way_at(i)); i++) {
        if (mrtd_vmm_launches(vmm, e->image)) {
            status = launches_add(launches, e, vmm, 0, failure);
        }
    }
    return status;
}

void launches_drop(struct launches *launches)
{
    mrtd_plan_free(launches->items[--launches->count].plan);
}

/* With room for a plan and a result of each. */
static enum exit_status
measure(struct launches *launches, const struct evaluation *e,
        const struct mrtd_value *known, const struct mrtd_plan *plans[],
        struct mrtd_measurement results[], struct failure *failure)
{
    const size_t count = launches->count;
    for (size_t i = 0; i < count; i++) {
        const struct launch *x = &launches->items[i];
        if (x->plan && known && launch_same_plan(x->plan, e->plan)) {
            results[i].value = *known;
        } else if (!x->is_repeated) {
            plans[i] = x->plan;
        }
    }
    launches_measure_plans(plans, count, false, results);
    for (size_t i = 0; i < count; i++) {
        struct launch *x = &launches->items[i];
        const struct mrtd_measurement *r = &results[x->first];
        if (x->plan && r->error.code) {
            return evaluation_failed(e, &r->error, failure);
        }
        if (x->plan) {
            x->value = r->value;
        }
    }
    return EXIT_DONE;
}

enum exit_status launches_measure(struct launches *launches,
                                  const struct evaluation *e,
                                  const struct mrtd_value *known,
                                  struct failure *failure)
{
    const size_t count = launches->count;
    const struct mrtd_plan **plans = calloc(count + 1, sizeof(void *));
    struct mrtd_measurement *results = calloc(count + 1, sizeof *results);
    enum exit_status status;
    if (plans && results) {
        status = measure(launches, e, known, plans, results, failure);
    } else {
        status = failure_memory(failure, e->name);
    }
    free(plans);
    free(results);
    return status;
}

void launches_free(struct launches *launches)
{
    while (launches->count > 0) {
        launches_drop(launches);
    }
    free(launches->items);
    launches->items = NULL;
}

/* --- All that is known ------------------------------------------------- */

/*
 * What occurs together. Each set is tried with every VMM, or with one.
 *
 * Two passes are a matter of the host's KVM, not of the VMM. With QEMU they are
 * the VMM kvm-v19; Cloud Hypervisor has never used that KVM's interface
 * (docs/formats.md). That leaves MigTD's QEMU, which skips PermMem.
 */
static const struct {
    unsigned deviations;
    const char *vmm; /* NULL: any VMM */
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

/* Does the last one, which deviates, launch, and in a way that is new? */
static bool makes_difference(const struct launches *launches)
{
    const struct launch *last = &launches->items[launches->count - 1];
    return last->plan && !last->is_repeated;
}

enum exit_status launches_of_all(struct launches *launches,
                                 const struct evaluation *e,
                                 struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    enum exit_status status = EXIT_DONE;
    *launches = (struct launches){.count = 0};
    for (size_t set = 0; set < SET_COUNT; set++) {
        const unsigned deviations = sets[set].deviations;
        for (size_t i = 0; !status && (vmm = vmms_way_at(i)); i++) {
            if (!is_tried(set, vmm, e->image)) {
                continue;
            }
            status = launches_add(launches, e, vmm, deviations, failure);
            if (!status && deviations && !makes_difference(launches)) {
                launches_drop(launches);
            }
        }
    }
    if (!status) {
        status = launches_measure(launches, e, NULL, failure);
    }
    if (status) {
        launches_free(launches);
    }
    return status;
}

const char *launch_name(const struct launch *launch, char *text, size_t size)
{
    const struct mrtd_deviation *d;
    const char *join = " with ";
    size_t used = (size_t)snprintf(text, size, "%s", launch->vmm->name);
    for (size_t i = 0; (d = mrtd_deviation_at(i)) && used < size; i++) {
        if (launch->deviations & d->flag) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", join,
                                     d->name);
            join = " and ";
        }
    }
    return text;
}

enum exit_status launches_find(const struct evaluation *e,
                               const struct mrtd_value *own,
                               const struct mrtd_value *value,
                               const struct mrtd_vmm **found,
                               struct failure *failure)
{
    struct launches others = {.count = 0};
    enum exit_status status = launches_add_each(&others, e, failure);
    *found = NULL;
    if (!status) {
        status = launches_measure(&others, e, own, failure);
    }
    for (size_t i = 0; !status && !*found && i < others.count; i++) {
        const struct launch *x = &others.items[i];
        if (x->plan && mrtd_value_equal(&x->value, value)) {
            *found = x->vmm;
        }
    }
    launches_free(&others);
    return status;
}
