/* SPDX-License-Identifier: Apache-2.0 */
/* All MRTDs that are known to have been made of one image. */
#ifndef MODEL_VARIANTS_H
#define MODEL_VARIANTS_H

#include "model/evaluation.h"

struct variant {
    const struct mrtd_vmm *vmm;
    unsigned deviations;        /* MRTD_DEVIATE_* */
    struct mrtd_plan *plan;     /* NULL: refused, see error */
    const struct variant *same; /* an earlier one with the same plan, or NULL */
    struct mrtd_error error;    /* code is MRTD_OK if there is an MRTD */
    uint8_t mrtd[MRTD_DIGEST_SIZE];
};

struct variants {
    struct variant *items; /* the VMMs first, then what departs from them */
    size_t count;
};

/*
 * Measures the image under every VMM, and with every known deviation that
 * makes a difference for it. What goes wrong is said on stderr.
 */
enum exit_status variants_make(struct variants *variants, struct evaluation *e);
void variants_free(struct variants *variants);

/* Do two plans for one image hash the same? */
bool variants_same_plan(const struct mrtd_plan *a, const struct mrtd_plan *b);

/* "spec", or "kvm-v19 with aug-added". */
const char *variant_name(const struct variant *variant, char *text,
                         size_t size);

#endif
