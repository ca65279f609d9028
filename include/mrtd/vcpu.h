/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual CPUs of guests of AMD's platforms, whose registers at launch are
 * measured.
 *
 * Documents cited below:
 *   [APM]     AMD64 Architecture Programmer's Manual, volume 2, 24593, table
 *             B-4 (SEV_FEATURES)
 *   [APM3]    AMD64 Architecture Programmer's Manual, volume 3, 24594, E.3.2
 */
#ifndef MRTD_VCPU_H
#define MRTD_VCPU_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* A CPU model of QEMU, -cpu. */
struct mrtd_vcpu_type {
    const char *name;   /* e.g. "EPYC-v4" */
    uint32_t signature; /* CPUID Fn0000_0001_EAX [APM3] */
};

/* The index-th type, NULL after the last. */
const struct mrtd_vcpu_type *mrtd_vcpu_type_at(size_t index);
/* The type of that name, or NULL. */
const struct mrtd_vcpu_type *mrtd_vcpu_type_find(const char *name);
/* The signature of family, model and stepping as CPUID tells them: the sums of
 * their base and extended parts [APM3]. Bits for which it has no room are
 * dropped: family 0 to 270, model 0 to 255, stepping 0 to 15. */
uint32_t mrtd_vcpu_signature(uint32_t family, uint32_t model,
                             uint32_t stepping);

/* The name of a bit of SEV_FEATURES [APM], e.g. "DebugSwap" of 5; NULL: it has
 * none here. */
const char *mrtd_guest_feature_name(unsigned bit);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
