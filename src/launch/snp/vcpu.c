/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of virtual CPUs and their signatures: QEMU, target/i386/cpu.c (family,
 * model and stepping of each CPU model; the later versions of a model keep
 * them).
 */
#include <string.h>

#include "mrtd.h"

static const struct mrtd_vcpu_type types[] = {
    {"EPYC", 0x800f12},          {"EPYC-v1", 0x800f12},
    {"EPYC-v2", 0x800f12},       {"EPYC-IBPB", 0x800f12},
    {"EPYC-v3", 0x800f12},       {"EPYC-v4", 0x800f12},
    {"EPYC-v5", 0x800f12},       {"EPYC-Rome", 0x830f10},
    {"EPYC-Rome-v1", 0x830f10},  {"EPYC-Rome-v2", 0x830f10},
    {"EPYC-Rome-v3", 0x830f10},  {"EPYC-Rome-v4", 0x830f10},
    {"EPYC-Rome-v5", 0x830f10},  {"EPYC-Milan", 0xa00f11},
    {"EPYC-Milan-v1", 0xa00f11}, {"EPYC-Milan-v2", 0xa00f11},
    {"EPYC-Milan-v3", 0xa00f11}, {"EPYC-Genoa", 0xa10f10},
    {"EPYC-Genoa-v1", 0xa10f10}, {"EPYC-Genoa-v2", 0xa10f10},
    {"EPYC-Turin", 0xb00f00},    {"EPYC-Turin-v1", 0xb00f00},
};

#define TYPE_COUNT (sizeof types / sizeof *types)

const struct mrtd_vcpu_type *mrtd_vcpu_type_at(size_t index)
{
    return index < TYPE_COUNT ? &types[index] : NULL;
}

const struct mrtd_vcpu_type *mrtd_vcpu_type_find(const char *name)
{
    for (size_t i = 0; name && i < TYPE_COUNT; i++) {
        if (strcmp(types[i].name, name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

uint32_t mrtd_vcpu_signature(uint32_t family, uint32_t model, uint32_t stepping)
{
    /* APM volume 3, E.3.2: of a family above 15, what is more is the extended
     * family, and the base family is 15. */
    const uint32_t base = family > 0xf ? 0xf : family;
    const uint32_t extended = family > 0xf ? (family - 0xf) & 0xff : 0;
    return extended << 20 | (model >> 4 & 0xf) << 16 | base << 8 |
           (model & 0xf) << 4 | (stepping & 0xf);
}

/* By bit; "DebugSwap" is Linux's and QEMU's name of DebugVirtualization. */
static const char *const features[] = {
    "SNPActive",
    "vTOM",
    "ReflectVC",
    "RestrictedInjection",
    "AlternateInjection",
    "DebugSwap",
    "PreventHostIBS",
    "BTBIsolation",
    "VmplSSS",
    "SecureTSC",
    "VmgexitParameter",
    "PmcVirtualization",
    "IbsVirtualization",
    NULL,
    "VmsaRegProt",
    "SmtProtection",
};

const char *mrtd_guest_feature_name(unsigned bit)
{
    return bit < sizeof features / sizeof *features ? features[bit] : NULL;
}
