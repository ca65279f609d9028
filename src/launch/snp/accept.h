/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a VMM of SEV-SNP accept an image? One table of rules says what may be
 * broken (accept.c), and a function a VMM what follows for it from that.
 */
#ifndef LAUNCH_SNP_ACCEPT_H
#define LAUNCH_SNP_ACCEPT_H

#include "image/sev/metadata.h"
#include "launch/accept.h"

/* The SEV metadata's descriptor, as it is in the file, right or wrong. */
struct snp_descriptor {
    bool is_there; /* the GUIDed table leads to it, and it is in the file */
    bool has_signature;
    uint64_t offset;
    uint32_t length;
    uint32_t count;
};

struct snp_case {
    const struct mrtd_image *image;         /* its member sev may be NULL */
    const struct mrtd_sev_section *section; /* of which the rule is, or NULL */
    struct snp_descriptor descriptor;
    enum mrtd_code code;
    /* The type of sections of which the rule is, or 0. */
    uint32_t type;
    /* Of a refusal: the offset that it names. */
    uint64_t offset;
};

/* What follows from the broken rule; false: nothing that is known. */
typedef bool snp_answer_fn(const struct snp_case *c, struct accept_answer *a);

/* snp/qemu.c, snp/gce.c */
bool snp_qemu_answer(const struct snp_case *c, struct accept_answer *a);
bool snp_gce_answer(const struct snp_case *c, struct accept_answer *a);

/* snp/qemu_igvm.c */
enum mrtd_code snp_qemu_accept_igvm(struct mrtd_accept *accept,
                                    struct mrtd_error *error);

/* How many sections are of the type. */
uint32_t snp_count_type(const struct sev *sev, uint32_t type);

/* An entry of the GUIDed table whose GUID another one nearer to the table's
 * end has, too; or NULL. */
const struct mrtd_guid_entry *snp_duplicate(const struct mrtd_image *image);

enum mrtd_code snp_accept(struct mrtd_accept *accept,
                          const struct mrtd_source *source,
                          struct mrtd_error *error);

#endif
