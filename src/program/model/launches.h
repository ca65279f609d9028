/* SPDX-License-Identifier: Apache-2.0 */
/* Launches of one image, by several VMMs or in several ways, measured. */
#ifndef MODEL_LAUNCHES_H
#define MODEL_LAUNCHES_H

#include "model/evaluation.h"

struct launch {
    const struct mrtd_vmm *vmm;
    unsigned deviations;     /* MRTD_DEVIATE_* */
    struct mrtd_plan *plan;  /* NULL: refused, see error */
    bool is_repeated;        /* an earlier launch has an equal plan */
    size_t first;            /* index of that earlier launch */
    struct mrtd_error error; /* code is MRTD_OK if there is an MRTD */
    struct mrtd_value value;
};

/* A growing list of launches; all zeros is an empty one. */
struct launches {
    struct launch *items;
    size_t count;
};

/*
 * Plans one more, whether it is refused or not; what is not the image's fault
 * is a failure.
 */
enum exit_status launches_add(struct launches *launches,
                              const struct evaluation *e,
                              const struct mrtd_vmm *vmm, unsigned deviations,
                              struct failure *failure);
/* Plans the launch by each VMM that there is for the image. */
enum exit_status launches_add_each(struct launches *launches,
                                   const struct evaluation *e,
                                   struct failure *failure);
/* Takes the last one away. */
void launches_drop(struct launches *launches);

/*
 * Measures all that have a plan at once; where one fails, it is a failure.
 * known is the value of e->plan where that has been measured, or NULL.
 */
enum exit_status launches_measure(struct launches *launches,
                                  const struct evaluation *e,
                                  const struct mrtd_value *known,
                                  struct failure *failure);
void launches_free(struct launches *launches);

/*
 * Plans and measures what is known to have been made of the image: the launch
 * by each VMM, and each known deviation that makes a difference. The VMMs come
 * first. On failure there are none.
 */
enum exit_status launches_of_all(struct launches *launches,
                                 const struct evaluation *e,
                                 struct failure *failure);

/* Sets *found to another VMM under which the image has the value, or to NULL;
 * own is what it has under its own. What keeps it from being found out is a
 * failure. */
enum exit_status launches_find(const struct evaluation *e,
                               const struct mrtd_value *own,
                               const struct mrtd_value *value,
                               const struct mrtd_vmm **found,
                               struct failure *failure);

/* Do two plans of the same bytes hash the same? */
bool launch_same_plan(const struct mrtd_plan *a, const struct mrtd_plan *b);

/* "spec", or "kvm-v19 with aug-added". */
const char *launch_name(const struct launch *launch, char *text, size_t size);

/*
 * mrtd_measure_many() for plans some of which may be NULL, and have no result.
 * If all are of the same bytes, equal ones are measured once.
 */
void launches_measure_plans(const struct mrtd_plan *const plans[], size_t count,
                            bool same_bytes, struct mrtd_measurement results[]);

#endif
