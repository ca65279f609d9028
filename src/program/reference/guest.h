/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a guest of AMD's platforms is launched to have a value: in a document
 * that has the value it is said beside it, since the number and the type of
 * virtual CPUs and SEV_FEATURES are measured.
 */
#ifndef REFERENCE_GUEST_H
#define REFERENCE_GUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "mrtd.h"

struct guest_launch {
    const struct mrtd_vmm *vmm; /* NULL: not said */
    uint32_t vcpus;             /* 0: none are measured, or it is not said */
    bool has_vcpu;              /* the rest of it: whether type or signature */
    const char *type;           /* name of their type, or NULL */
    uint32_t signature;         /* CPUID Fn0000_0001_EAX */
    bool has_features;
    uint64_t features;
};

/* Room for what guest_text() makes. */
#define GUEST_TEXT_SIZE 120

/* "qemu,4,EPYC-v4,0x1": as in lists of values, without brackets. Parts that are
 * not said are left out; a signature, too, where features are not said. */
const char *guest_text(const struct guest_launch *launch,
                       char text[GUEST_TEXT_SIZE]);

/* What such a text of len bytes says of a guest of the platform; false, and
 * *launch as it was, if it says nothing. */
bool guest_parse(struct guest_launch *launch, enum mrtd_platform platform,
                 const char *text, size_t len);

/* "0x1", with lower-case digits and no zeros before them: as numbers of guests
 * are written. False where the text is something else, or more than most. */
bool guest_hex(const char *text, uint64_t most, uint64_t *number);

/* Is everything that is said true of the launch? Types with the same signature
 * are launched alike. */
bool guest_agrees(const struct guest_launch *said,
                  const struct guest_launch *launch);

/* Adds the members "vmm", "vcpus", "vcpu_type" or "vcpu_signature", and
 * "guest_features", as far as they are said. */
void guest_add_members(json_t *object, const struct guest_launch *launch);

/* Reads these members, all of which have to be right; NULL, or the name of the
 * first that is not. */
const char *guest_read_members(struct guest_launch *launch,
                               enum mrtd_platform platform, json_t *object);

/* Is it the name of one of these members? */
bool guest_is_member(const char *name);

/* The register that a launch of the platform fills; of TDX, MRTD. */
const struct mrtd_register_info *guest_register(enum mrtd_platform platform);

#endif
