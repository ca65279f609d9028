/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaders: the rules by which VMMs accept images, one file a family. A rule
 * that the specification has too is a rule of the image's floor; a loader says
 * what follows from it. Only the loader's own rules stand here.
 */
#ifndef LAUNCH_LOADER_H
#define LAUNCH_LOADER_H

#include <stdbool.h>

#include "image/image.h"
#include "image/rules.h"
#include "mrtd.h"

struct loader;

/* Is the rule broken? Then fills *what but for its code. */
typedef bool loader_section_fn(const struct loader *loader,
                               const struct subject *subject,
                               struct mrtd_error *what);
typedef bool loader_image_fn(const struct loader *loader,
                             const struct mrtd_image *image,
                             struct mrtd_error *what);

struct loader_section_rule {
    enum mrtd_code code;
    bool note; /* a launch plan has it as a note, too */
    loader_section_fn *broken;
};

struct loader_image_rule {
    enum mrtd_code code;
    bool note;
    bool undecoded; /* it needs no metadata */
    loader_image_fn *broken;
};

/* A broken rule, whosever rule it is. */
struct loader_case {
    const struct mrtd_image *image;     /* decoded as far as it can be */
    const struct mrtd_section *section; /* that it is about, or NULL */
    enum mrtd_code code;
};

struct loader_answer {
    enum mrtd_effect effect;
    char text[256]; /* the software's own, or empty */
};

/* What follows from a broken rule; false if the loader has no such rule. */
typedef bool loader_answer_fn(const struct loader *loader,
                              const struct loader_case *c,
                              struct loader_answer *answer);

struct loader {
    struct mrtd_loader public; /* first: a loader is found by its address */
    const char *who;           /* in messages */
    unsigned flags;            /* for image_decode(): IMAGE_BY_OFFSET or 0 */
    uint32_t last_type;        /* types beyond are refused */
    uint32_t volumes;          /* those with data: a set of 1 << type */
    uint32_t skips;            /* those passed over, likewise */
    const char *kvm_text;      /* printed where KVM refuses memory */
    /* Each ends with a rule without a function. */
    const struct loader_section_rule *section_rules;
    const struct loader_image_rule *image_rules;
    loader_answer_fn *answer;
};

extern const struct loader loader_qemu;
extern const struct loader loader_migtd_qemu;
extern const struct loader loader_cloud_hypervisor;
extern const struct loader loader_gce;
extern const struct loader loader_td_shim;

/* The rules of a loader of mrtd_loader_at(), or NULL. */
const struct loader *loader_rules(const struct mrtd_loader *public);

/* --- For the loaders' files ---------------------------------------------- */

/* Is the section's type in the set? */
bool loader_has(uint32_t types, const struct mrtd_section *section);

/* The answer "refused", with the software's text. Returns true. */
bool loader_refuses(struct loader_answer *answer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The answer of another effect, without a text. Returns true. */
bool loader_answers(struct loader_answer *answer, enum mrtd_effect effect);

/* Fills *what with a message about the whole image. Returns true. */
bool loader_image_broken(struct mrtd_error *what, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

uint32_t loader_count_type(const struct mrtd_image *image, uint32_t type);

/* --- Rules of several loaders -------------------------------------------- */

/* Types beyond last_type. */
loader_section_fn loader_type;
/* PAGE.AUG is not looked at. */
loader_section_fn loader_aug;
/* The metadata were found by the 32-bit offset. */
loader_image_fn loader_locator;

/* Linux, arch/x86/kvm/vmx/tdx.c, tdx_vcpu_init_mem_region: no pages, and
 * GPAs that depend on GPAW. */
loader_section_fn kvm_no_memory;
loader_section_fn kvm_gpaw;

/* What KVM makes of the image's rules. */
bool kvm_answer(const struct loader *loader, const struct loader_case *c,
                struct loader_answer *answer);

#endif
