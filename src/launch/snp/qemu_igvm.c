/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What QEMU makes of an IGVM file for SEV-SNP. Sources:
 *   [IGVM]  QEMU 03025db6, backends/igvm.c: qigvm_handler,
 *           qigvm_supported_platform_compat_mask, qigvm_directive_snp_id_block
 *   [SEV]   QEMU target/i386/sev.c: check_vmsa_supported, check_sev_features,
 *           sev_snp_launch_update
 *   [KVM]   Linux arch/x86/kvm/svm/sev.c, sev_gmem_post_populate
 *   [CRATE] microsoft/igvm e6c3ff1, igvm/src/lib.rs, by which QEMU reads a file
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/source.h"
#include "launch/snp/accept.h"
#include "launch/snp/igvm.h"

#define STRUCTURE_HEAD 8
/* Of more types that QEMU does not know the first are named. */
#define MOST_TYPES 32
/* [CRATE]: a structure that a loader may ignore is not known there. */
#define OPTIONAL_BIT UINT32_C(0x80000000)

/* Of QEMU's struct sev_es_save_area; what is after it is not looked at. */
#define SAVE_AREA_SIZE 0x670

/* Structures that QEMU has a handler for, beside platforms. */
static const uint32_t handled[] = {
    0x101, /* GUEST_POLICY */
    0x301, /* PARAMETER_AREA */
    0x302, /* PAGE_DATA */
    0x303, /* PARAMETER_INSERT */
    0x304, /* VP_CONTEXT */
    0x305, /* REQUIRED_MEMORY */
    0x307, /* VP_COUNT_PARAMETER */
    0x309, /* MADT */
    0x30b, /* SNP_ID_BLOCK */
    0x30c, /* MEMORY_MAP */
    0x313, /* ENVIRONMENT_INFO_PARAMETER */
};

#define HANDLED_COUNT (sizeof handled / sizeof *handled)

static enum mrtd_code add(struct mrtd_accept *accept,
                          const struct mrtd_error *what,
                          const struct accept_answer *answer,
                          struct mrtd_error *error)
{
    return accept_add(accept, what, MRTD_NO_REGION, answer)
               ? MRTD_OK
               : error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                           "out of memory for the findings");
}

/* --- Structures ---------------------------------------------------------- */

static bool is_handled(uint32_t type)
{
    bool found = type <= 0x100; /* platforms */
    for (size_t i = 0; !found && i < HANDLED_COUNT; i++) {
        found = handled[i] == type;
    }
    return found;
}

/* Of whatever platform it is. */
static enum mrtd_code refuse_type(struct mrtd_accept *accept, uint32_t type,
                                  uint64_t offset, struct mrtd_error *error)
{
    const char *name = igvm_structure_name(type);
    struct mrtd_error what;
    struct accept_answer answer = {0};
    error_set(&what, MRTD_LINT_QEMU_IGVM_TYPE, offset,
              "structure type 0x%" PRIx32 " (%s): QEMU does not know it", type,
              name ? name : "optional");
    if (type & OPTIONAL_BIT) {
        accept_refuses(&answer, "Unable to parse IGVM file");
    } else {
        accept_refuses(&answer,
                       "IGVM: Unknown header type encountered when processing "
                       "file: (type 0x%" PRIX32 ")",
                       type);
    }
    return add(accept, &what, &answer, error);
}

/* Types that were named. */
struct types {
    uint32_t items[MOST_TYPES];
    size_t count;
};

static bool is_new(const struct types *types, uint32_t type)
{
    bool found = types->count == MOST_TYPES;
    for (size_t i = 0; !found && i < types->count; i++) {
        found = types->items[i] == type;
    }
    return !found;
}

/* Each type is named once. The structures are whole, as the image has them. */
static enum mrtd_code ask_types(struct mrtd_accept *accept,
                                struct mrtd_error *error)
{
    const struct mrtd_igvm_info *info = &accept->image->igvm->info;
    const uint64_t end = (uint64_t)info->headers_offset + info->headers_size;
    struct types types = {.count = 0};
    enum mrtd_code code = MRTD_OK;
    for (uint64_t at = info->headers_offset; !code && at < end;) {
        uint8_t buffer[STRUCTURE_HEAD];
        struct span head;
        uint32_t type = 0;
        uint32_t length = 0;
        code = source_view(&accept->image->source, at, sizeof buffer, buffer,
                           &head, error);
        if (!code) {
            span_u32(head, 0, &type);
            span_u32(head, 4, &length);
        }
        if (!code && !is_handled(type) && is_new(&types, type)) {
            types.items[types.count++] = type;
            code = refuse_type(accept, type, at, error);
        }
        at += STRUCTURE_HEAD + ((uint64_t)length + 7) / 8 * 8;
    }
    return code;
}

/* --- Virtual CPUs -------------------------------------------------------- */

static bool context_answer(const struct igvm_context *c,
                           const struct snp_igvm_fault *fault,
                           struct accept_answer *a)
{
    switch (fault->kind) {
    case SNP_IGVM_FAULT_GPA:
        return accept_refuses(
            a,
            "check_vmsa_supported: The VMSA GPA must be %" PRIX64
            " but is specified as %" PRIX64,
            VMSA_KVM_GPA, c->gpa);
    case SNP_IGVM_FAULT_REST:
        return fault->byte < SAVE_AREA_SIZE &&
               accept_refuses(a, "check_vmsa_supported: The VMSA contains "
                                 "fields that are not synchronized with KVM.");
    case SNP_IGVM_FAULT_FEATURES:
        return accept_refuses(a, "check_sev_features: SEV_SNP is enabled but "
                                 "is not enabled in VMSA sev_features");
    default:
        return false;
    }
}

static enum mrtd_code ask_contexts(struct mrtd_accept *accept,
                                   struct mrtd_error *error)
{
    const struct mrtd_image *image = accept->image;
    const struct igvm *igvm = image->igvm;
    const uint32_t mask = mrtd_image_igvm_mask(image, MRTD_IGVM_SEV_SNP);
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0; !code && i < igvm->context_count; i++) {
        const struct igvm_context *c = &igvm->contexts[i];
        struct snp_igvm_fault fault;
        struct mrtd_error what;
        struct accept_answer answer = {0};
        if (!(c->mask & mask) || c->offset == 0) {
            continue;
        }
        code = snp_igvm_find_fault(image, c, &fault, error);
        if (!code && context_answer(c, &fault, &answer)) {
            snp_igvm_refuse_fault(c, &fault, &what);
            code = add(accept, &what, &answer, error);
        }
    }
    return code;
}

/* --- The file ------------------------------------------------------------ */

/* A file for one of AMD's other platforms, or for none, is not refused for
 * that, but taken for one of these. */
static bool is_for_qemu(const struct mrtd_image *image)
{
    return mrtd_image_igvm_mask(image, MRTD_IGVM_SEV_SNP) ||
           mrtd_image_igvm_mask(image, MRTD_IGVM_SEV_ES) ||
           mrtd_image_igvm_mask(image, MRTD_IGVM_SEV) ||
           mrtd_image_igvm_mask(image, MRTD_IGVM_NATIVE);
}

static enum mrtd_code ask_platform(struct mrtd_accept *accept,
                                   struct mrtd_error *error)
{
    const struct mrtd_igvm_info *info = &accept->image->igvm->info;
    struct accept_answer answer = {0};
    struct mrtd_error what;
    if (mrtd_image_igvm_mask(accept->image, MRTD_IGVM_SEV_SNP)) {
        return MRTD_OK;
    }
    error_set(&what, MRTD_ERR_IGVM_PLATFORM, info->headers_offset,
              "the IGVM file is not for SEV_SNP");
    if (is_for_qemu(accept->image)) {
        accept_answers(&answer, MRTD_EFFECT_UNDEFINED);
    } else {
        accept_refuses(&answer, "IGVM file does not describe a compatible "
                                "supported platform");
    }
    return add(accept, &what, &answer, error);
}

static enum mrtd_code ask_id_block(struct mrtd_accept *accept,
                                   struct mrtd_error *error)
{
    const struct igvm *igvm = accept->image->igvm;
    struct accept_answer answer = {0};
    struct mrtd_error what;
    if (!igvm->has_second_id_block) {
        return MRTD_OK;
    }
    error_set(&what, MRTD_ERR_IGVM_STRUCTURE, igvm->id_block_digest,
              "SNP_ID_BLOCK: a second one for SEV_SNP");
    accept_refuses(&answer,
                   "IGVM: Multiple ID blocks encountered in IGVM file.");
    return add(accept, &what, &answer, error);
}

/* A page twice; and what KVM may have otherwise in a VMSA. */
static enum mrtd_code ask_launch(struct mrtd_accept *accept,
                                 struct mrtd_error *error)
{
    const bool has_first = snp_igvm_has_first(accept->image);
    const struct mrtd_launch launch = {
        .struct_size = sizeof launch,
        .vmm = accept->info.vmm,
        .vcpus = snp_igvm_fewest_vcpus(accept->image),
        .vcpu_signature = 1, /* any: nothing is measured */
        .guest_features = has_first ? 0 : 1,
        .limit = UINT64_MAX};
    const struct mrtd_finding *f;
    struct mrtd_plan *plan = NULL;
    struct mrtd_error what;
    struct accept_answer answer = {0};
    enum mrtd_code code = mrtd_plan_build(&plan, accept->image, &launch, &what);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return error_set(error, code, what.offset, "%s", what.message);
    }
    if (code == MRTD_ERR_IGVM_OVERLAP) { /* [KVM]: it is the guest's already */
        accept_refuses(&answer, "SNP_LAUNCH_UPDATE ret=");
        return add(accept, &what, &answer, error);
    }
    code = MRTD_OK;
    for (uint32_t i = 0; !code && (f = mrtd_plan_finding(plan, i)); i++) {
        error_set(&what, f->code, f->offset, "%s", f->message);
        accept_answers(&answer, MRTD_EFFECT_NOTE);
        code = add(accept, &what, &answer, error);
    }
    mrtd_plan_free(plan);
    return code;
}

enum mrtd_code snp_qemu_accept_igvm(struct mrtd_accept *accept,
                                    struct mrtd_error *error)
{
    enum mrtd_code code = ask_platform(accept, error);
    if (!code) {
        code = ask_types(accept, error);
    }
    if (!code) {
        code = ask_id_block(accept, error);
    }
    if (!code) {
        code = ask_contexts(accept, error);
    }
    return code ? code : ask_launch(accept, error);
}
