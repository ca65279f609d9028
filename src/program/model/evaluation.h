/* SPDX-License-Identifier: Apache-2.0 */
/* One firmware image on its way: bytes, image, plan, value. */
#ifndef MODEL_EVALUATION_H
#define MODEL_EVALUATION_H

#include "failure.h"
#include "model/launch_options.h"
#include "mrtd.h"

/* One of the files that it is made of. */
struct evaluation_file {
    const char *name; /* as the user gave it; NULL: there is none */
    struct mrtd_source source;
    const char *problem; /* why the last read failed; "" before that */
};

/*
 * Called with how far a measurement has come, and with 0 bytes once it is over.
 */
typedef void evaluation_progress_fn(void *context, uint64_t hashed,
                                    uint64_t total);

struct image_check; /* image_check.h */

/*
 * Whoever has the files fills options, name and the files of what is otherwise
 * zeros, and calls evaluation_join(). From then on it must stay where
 * it is.
 */
struct evaluation {
    const struct launch_options *options;
    const char *name; /* name of the firmware, as the user gave it */
    struct evaluation_file file;
    struct evaluation_file vars;
    struct evaluation_file payload;
    struct evaluation_file kernel;
    struct evaluation_file initrd;
    struct evaluation_file cmdline;
    struct evaluation_file td_hob;
    struct evaluation_file disk; /* of the guest, for its root hash */
    struct evaluation_file uki;
    struct evaluation_file boot_disk; /* that the firmware starts it from */
    struct evaluation_file ovmf[MRTD_OVMF_FILES]; /* for its RTMR0 */
    struct evaluation_file svsm;
    struct evaluation_file svsm_vars; /* of which only the size counts */
    evaluation_progress_fn *progress; /* or NULL */
    void *progress_context;
    remark_fn *say;                  /* notes of the disk */
    struct image_check *image_check; /* of it, with the command line */
    struct mrtd_source source; /* the image: VARS, if any, and the firmware */
    struct mrtd_image *image;
    struct mrtd_image *svsm_image; /* or NULL */
    struct mrtd_plan *plan;
    /* What the plan's VMM makes of the image; NULL: that was not asked. */
    struct mrtd_accept *accept;
};

/* Makes e->source of the files; those of a split image are looked at. */
void evaluation_join(struct evaluation *e);

/* Makes the image, and no plan; on failure there is none. */
enum exit_status evaluation_open(struct evaluation *e, struct failure *failure);
/* Makes image and plan. On failure there are none. */
enum exit_status evaluation_make(struct evaluation *e, struct failure *failure);
/* Frees image and plan, also where there are none. */
void evaluation_free(struct evaluation *e);

/* Who launches, by the options: where neither --vmm nor a line of a list says
 * it, an IGVM file is launched by the format's own rule. */
const struct mrtd_vmm *evaluation_vmm(const struct evaluation *e);

/* Of a flat image the number and the kind of virtual CPUs are measured: is what
 * the options' launch needs of it given? */
enum exit_status evaluation_check_vcpus(const struct evaluation *e,
                                        struct failure *failure);
/* The label of a list's line says the features, also where they are in the
 * VMSAs of an IGVM file: are they those of the plan? */
enum exit_status evaluation_check_label(const struct evaluation *e,
                                        struct failure *failure);

/* The Payload section of a TDVF image, or NULL. */
const struct mrtd_region *evaluation_payload(const struct evaluation *e);

/* Makes the image's plan under another VMM, or departing from it. */
enum mrtd_code evaluation_plan(const struct evaluation *e,
                               const struct mrtd_vmm *vmm, unsigned deviations,
                               struct mrtd_plan **plan,
                               struct mrtd_error *error);

/*
 * A part of a split image (VARS or CODE) is refused where it is made to be
 * taken for another format: VARS are writable and not measured.
 */
enum exit_status evaluation_check_part(const struct evaluation_file *part,
                                       struct failure *failure);

/* With --vars: do the two files of e->image make one whole image? */
enum exit_status evaluation_check_joined(const struct evaluation *e,
                                         struct failure *failure);

/* Called for each section that was hashed, with the SHA-384 so far. */
typedef void section_fn(void *context, uint32_t section,
                        const uint8_t running[MRTD_DIGEST_SIZE]);

/* Measures the plan. */
enum exit_status evaluation_measure(const struct evaluation *e,
                                    section_fn *section, void *context,
                                    struct mrtd_value *value,
                                    struct failure *failure);

/* Called after each run of a plan of SEV-SNP, with the digest so far. */
typedef void run_fn(void *context, uint32_t run,
                    const uint8_t running[MRTD_DIGEST_SIZE]);

/* evaluation_measure() with each run. */
enum exit_status evaluation_measure_runs(const struct evaluation *e,
                                         run_fn *run, void *context,
                                         struct mrtd_value *value,
                                         struct failure *failure);

/* The library failed on the image, or refuses it: why. */
enum exit_status evaluation_failed(const struct evaluation *e,
                                   const struct mrtd_error *error,
                                   struct failure *failure);

/* A read of one of the files has failed: which, and why. */
enum exit_status evaluation_read_failed(const struct evaluation *e,
                                        struct failure *failure);

/* Called with a warning or note. */
typedef void finding_fn(void *context, const struct mrtd_finding *finding);

/* Calls each for every warning and note, the image's first. */
void evaluation_findings(const struct evaluation *e, finding_fn *each,
                         void *context);

/* Calls each for what the value itself gives reason to say, if anything. */
void evaluation_value_findings(const struct evaluation *e,
                               const struct mrtd_value *value, finding_fn *each,
                               void *context);

#endif
