/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules by which VMMs of TDX accept images. A rule that the specification
 * has too is in src/image; a VMM says what follows from it. The file of a VMM
 * has the VMM's own rules only. */
#ifndef LAUNCH_TDX_ACCEPT_H
#define LAUNCH_TDX_ACCEPT_H

#include <stdbool.h>

#include "image/tdvf/rules.h"
#include "launch/accept.h"
#include "mrtd.h"

struct tdx_vmm;

/* Is the rule broken? Then fills *what but for its code. */
typedef bool tdx_section_fn(const struct tdx_vmm *vmm,
                            const struct subject *subject,
                            struct mrtd_error *what);
typedef bool tdx_image_fn(const struct tdx_vmm *vmm,
                          const struct mrtd_image *image,
                          struct mrtd_error *what);

struct tdx_section_rule {
    enum mrtd_code code;
    bool note; /* launch plans report it as a note, too */
    tdx_section_fn *broken;
};

struct tdx_image_rule {
    enum mrtd_code code;
    bool note;
    bool undecoded; /* the rule can be checked without metadata */
    tdx_image_fn *broken;
};

/* A broken rule, the VMM's own or the image's. */
struct tdx_case {
    const struct mrtd_image *image;     /* decoded as far as it can be */
    const struct mrtd_section *section; /* section that breaks it, or NULL */
    enum mrtd_code code;
};

/* What follows from a broken rule; false if the VMM has no such rule. */
typedef bool tdx_answer_fn(const struct tdx_vmm *vmm, const struct tdx_case *c,
                           struct accept_answer *answer);

/* All rules of one VMM. */
struct tdx_accept_rules {
    const char *who;      /* name of the software in messages */
    unsigned flags;       /* for image_decode(): IMAGE_BY_OFFSET or 0 */
    uint32_t last_type;   /* types above it are refused */
    uint32_t volumes;     /* types with data: a set of 1 << type */
    const char *kvm_text; /* printed where KVM refuses memory */
    /* Lists of rules, each ended by a rule without a function; NULL: none. */
    const struct tdx_section_rule *section_rules;
    const struct tdx_image_rule *image_rules;
    tdx_answer_fn *answer; /* NULL: no rules are known */
};

/* Fills *what with a message about the whole image. Returns true. */
bool tdx_image_broken(struct mrtd_error *what, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* mrtd_accept_check() for a VMM whose rules are known. */
enum mrtd_code tdx_accept(struct mrtd_accept *accept,
                          const struct mrtd_source *source,
                          struct mrtd_error *error);

#endif
