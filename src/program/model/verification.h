/* SPDX-License-Identifier: Apache-2.0 */
/* Is what a document says true of the firmware files? */
#ifndef MODEL_VERIFICATION_H
#define MODEL_VERIFICATION_H

#include "failure.h"
#include "model/against.h"
#include "model/firmware.h"
#include "reference/reference.h"

struct verification {
    const struct against *document;
    /* How the firmware at hand is launched, and by which initdata, or NULL;
     * and what of a document is compared beside launch digests, of any
     * firmware: verification_ask(). */
    const struct launch_options *options;
    const struct initdata *initdata;
    unsigned asked;  /* BOOT_VALUE_BIT() of each; */
    unsigned named;  /* and what must be in the document */
    int64_t time;    /* time at which the document must be valid */
    bool *explained; /* for each MRTD of the document: whether a firmware has it
                      */
    bool *boot_explained; /* the same for each value of a kernel */
    bool *held; /* for each group of values: it has an MRTD of the firmware that
                   is compared */
    unsigned *said;  /* for each group: which values that are looked for it
                        has, as bits */
    bool is_strict;  /* what of the document is not compared is a failure */
    bool has_left;   /* there is such: values beside MRTDs */
    bool measured;   /* a firmware was measured */
    remark_fn *say;  /* where warnings go */
    unsigned absent; /* BOOT_VALUE_BIT() of what it has said that is not in the
                        document */
};

/* Names of VMMs, as "spec, qemu"; or launches of guests of AMD's platforms, as
 * "qemu,1,EPYC-v4,0x1, qemu,2,EPYC-v4,0x1". */
struct verification_names {
    char text[500];
    size_t used;
    size_t more; /* launches that are not among them */
};

/* Has a firmware that is launched so compared from now on; to be called for
 * each before verification_begin(), too. */
void verification_ask(struct verification *verification,
                      const struct launch_options *options,
                      const struct initdata *initdata);

/*
 * Begins, where the document is not evidence: that says what a TD was, not what
 * it should be. Says what of it is not compared.
 */
enum exit_status verification_begin(struct verification *v, remark_fn *say,
                                    struct failure *failure);

/* What must be known of each firmware. */
struct firmware_order verification_order(const struct verification *v);

/*
 * Compares a firmware that was launched as *own says. Each VMM that was
 * asked for must be claimed; or any, if none was. And nothing that the document
 * says of such an MRTD may be wrong. EXIT_DONE: *claimed are the VMMs whose
 * MRTDs are in the document; EXIT_DIFFERS: why not.
 */
enum exit_status verification_compare(struct verification *v,
                                      const struct launch_options *own,
                                      const struct reference_firmware *firmware,
                                      const char *name,
                                      struct verification_names *claimed,
                                      struct failure *failure);

/* EXIT_DIFFERS if there are MRTDs in the document that no firmware has; frees
 * what verification_begin() made. */
enum exit_status verification_end(struct verification *v,
                                  struct failure *failure);

#endif
