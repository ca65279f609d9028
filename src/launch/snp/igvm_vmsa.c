/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VMSAs under KVM: it makes one for each virtual CPU when the launch is
 * finished, from the registers that the VMM has set. A VMM sets those that a
 * VP_CONTEXT has; QEMU leaves a virtual CPU without one as it is at its reset.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "launch/snp/igvm.h"
#include "launch/snp/parts.h"

/* The offset of CR0 in a VMSA. */
#define VMSA_CR0 0x158

/* A virtual CPU without a VP_CONTEXT. */
#define NO_CONTEXT UINT32_MAX

/* Registers that QEMU sets: target/i386/sev.c, check_vmsa_supported. */
static const struct {
    uint16_t offset;
    uint16_t size;
    /* What the register is at a reset where the VMM does not set it; 0: it
     * does. Cloud Hypervisor: hypervisor/src/kvm/mod.rs, setup_sev_snp_regs. */
    uint64_t reset;
} registers[] = {
    {0x000, 160, 0},                          /* ES to TR */
    {0x0d0, 8, 0},                            /* EFER */
    {0x148, 8, 0},                            /* CR4 */
    {0x150, 8, 0},                            /* CR3 */
    {VMSA_CR0, 8, 0},                         /* CR0 */
    {0x160, 8, 0x400},                        /* DR7 */
    {0x168, 8, 0xffff0ff0},                   /* DR6 */
    {0x170, 16, 0},                           /* RFLAGS, RIP */
    {0x1d8, 8, 0},                            /* RSP */
    {0x1f8, 8, 0},                            /* RAX */
    {0x268, 8, UINT64_C(0x0007040600070406)}, /* G_PAT */
    {0x308, 24, 0},                           /* RCX, RDX, RBX */
    {0x328, 88, 0},                           /* RBP to R15 */
    {VMSA_SEV_FEATURES, 8, 0},                /* SEV_FEATURES */
    {0x3e8, 8, 1},                            /* XCR0 */
    {0x408, 4, 0x1f80},                       /* MXCSR */
    {0x410, 2, 0x37f},                        /* X87_FCW */
};

#define REGISTER_COUNT (sizeof registers / sizeof *registers)

/* The virtual CPUs of a launch. */
struct processors {
    struct mrtd_plan *plan;
    struct mrtd_error *error;
    const struct snp_igvm_rules *rules;
    uint32_t *contexts; /* index of each one's VP_CONTEXT, or NO_CONTEXT */
    uint64_t reset;     /* where in the plan's bytes the VMSA of those without
                           one is */
};

static uint64_t number_at(struct span page, unsigned offset, unsigned size)
{
    uint8_t bytes[8] = {0};
    uint64_t value = 0;
    span_copy(page, offset, size, bytes);
    span_u64(span_make(bytes, sizeof bytes, 0), 0, &value);
    return value;
}

/* The registers are in memory, or read into buffer, which holds a page. */
static enum mrtd_code read_context(const struct processors *p,
                                   const struct igvm_context *c,
                                   uint8_t buffer[MRTD_PAGE_SIZE],
                                   struct span *page)
{
    return source_view(&p->plan->image->source, c->offset, MRTD_PAGE_SIZE,
                       buffer, page, p->error);
}

/* --- Is the VMSA in the file the one that KVM makes? ------------------- */

static void warn(const struct processors *p, const struct igvm_context *c,
                 const char *text, unsigned offset, uint64_t value)
{
    struct mrtd_error what;
    error_set(&what, MRTD_WARN_IGVM_VMSA, c->field,
              "VP_CONTEXT of virtual CPU %u: the register at 0x%x of the VMSA "
              "is 0x%" PRIx64 ", %s; KVM may measure another VMSA",
              c->vp_index, offset, value, text);
    findings_add(&p->plan->findings, MRTD_WARNING, MRTD_NO_REGION, &what);
}

/* Registers that KVM is known or said to have otherwise. */
static void check_registers(const struct processors *p,
                            const struct igvm_context *c, struct span page)
{
    const uint64_t cr0 = number_at(page, VMSA_CR0, 8);
    if (cr0 != 0x30 && cr0 != 0x31) {
        warn(p, c,
             "neither 0x30 nor 0x31, as igvmmeasure --check-kvm demands of CR0",
             VMSA_CR0, cr0);
    }
    for (size_t i = 0; !p->rules->whole_context && i < REGISTER_COUNT; i++) {
        if (registers[i].reset == 0) {
            continue;
        }
        const uint64_t value =
            number_at(page, registers[i].offset, registers[i].size);
        if (value != registers[i].reset) {
            warn(p, c, "not as at a reset, and the VMM does not set it",
                 registers[i].offset, value);
        }
    }
}

/* The first byte of the VMSA that no register is set from and that is not 0;
 * MRTD_PAGE_SIZE: there is none. */
static unsigned find_rest(struct span page)
{
    uint8_t rest[MRTD_PAGE_SIZE] = {0};
    unsigned at = 0;
    span_copy(page, 0, sizeof rest, rest);
    for (size_t i = 0; i < REGISTER_COUNT; i++) {
        memset(rest + registers[i].offset, 0, registers[i].size);
    }
    while (at < sizeof rest && rest[at] == 0) {
        at++;
    }
    return at;
}

enum mrtd_code snp_igvm_find_fault(const struct mrtd_image *image,
                                   const struct igvm_context *c,
                                   struct snp_igvm_fault *fault,
                                   struct mrtd_error *error)
{
    uint8_t buffer[MRTD_PAGE_SIZE];
    struct span page;
    fault->kind = SNP_IGVM_NO_FAULT;
    if (c->gpa != VMSA_KVM_GPA) {
        fault->kind = SNP_IGVM_FAULT_GPA;
        return MRTD_OK;
    }
    enum mrtd_code code = source_view(&image->source, c->offset, MRTD_PAGE_SIZE,
                                      buffer, &page, error);
    if (code) {
        return code;
    }
    fault->byte = find_rest(page);
    if (fault->byte < MRTD_PAGE_SIZE) {
        fault->kind = SNP_IGVM_FAULT_REST;
    } else if (!(number_at(page, VMSA_SEV_FEATURES, 8) & 1)) {
        fault->kind = SNP_IGVM_FAULT_FEATURES;
    }
    return MRTD_OK;
}

enum mrtd_code snp_igvm_refuse_fault(const struct igvm_context *c,
                                     const struct snp_igvm_fault *fault,
                                     struct mrtd_error *error)
{
    switch (fault->kind) {
    case SNP_IGVM_FAULT_GPA:
        return snp_igvm_refuse_context(
            c, error, "GPA 0x%" PRIx64 " is not 0x%" PRIx64 ", KVM's own",
            c->gpa, VMSA_KVM_GPA);
    case SNP_IGVM_FAULT_REST:
        return snp_igvm_refuse_context(
            c, error,
            "byte 0x%x of the VMSA is not 0, but no register is set from it "
            "under KVM, which makes another VMSA",
            fault->byte);
    case SNP_IGVM_FAULT_FEATURES:
        return snp_igvm_refuse_context(
            c, error, "bit 0 of SEV_FEATURES, which is SEV-SNP's, is not 1");
    default:
        return MRTD_OK;
    }
}

static enum mrtd_code check_context(const struct processors *p,
                                    const struct igvm_context *c)
{
    struct snp_igvm_fault fault;
    enum mrtd_code code =
        snp_igvm_find_fault(p->plan->image, c, &fault, p->error);
    if (!code) {
        code = snp_igvm_refuse_fault(c, &fault, p->error);
    }
    if (!code) {
        uint8_t buffer[MRTD_PAGE_SIZE];
        struct span page = {.data = NULL};
        code = read_context(p, c, buffer, &page);
        if (!code) {
            check_registers(p, c, page);
        }
    }
    return code;
}

/* --- Virtual CPUs ------------------------------------------------------ */

static bool is_for_snp(const struct mrtd_image *image,
                       const struct igvm_context *c)
{
    return c->mask & mrtd_image_igvm_mask(image, MRTD_IGVM_SEV_SNP);
}

uint32_t snp_igvm_fewest_vcpus(const struct mrtd_image *image)
{
    uint32_t fewest = 1;
    for (uint32_t i = 0; i < image->igvm->context_count; i++) {
        const struct igvm_context *c = &image->igvm->contexts[i];
        if (is_for_snp(image, c) && c->vp_index >= fewest) {
            fewest = c->vp_index + 1U;
        }
    }
    return fewest;
}

bool snp_igvm_has_first(const struct mrtd_image *image)
{
    for (uint32_t i = 0; i < image->igvm->context_count; i++) {
        const struct igvm_context *c = &image->igvm->contexts[i];
        if (is_for_snp(image, c) && c->vp_index == 0) {
            return true;
        }
    }
    return false;
}

static enum mrtd_code find_contexts(const struct processors *p)
{
    const struct igvm *igvm = p->plan->image->igvm;
    const uint32_t vcpus = p->plan->launch.vcpus;
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0; i < vcpus; i++) {
        p->contexts[i] = NO_CONTEXT;
    }
    for (uint32_t i = 0; !code && i < igvm->context_count; i++) {
        const struct igvm_context *c = &igvm->contexts[i];
        if (!(c->mask & snp_igvm_mask(p->plan))) {
            continue;
        }
        if (c->vp_index >= vcpus) {
            code = snp_igvm_refuse_context(
                c, p->error, "there are only %" PRIu32 " virtual CPUs", vcpus);
        } else if (p->contexts[c->vp_index] != NO_CONTEXT) {
            code = snp_igvm_refuse_context(c, p->error, "it is there twice");
        } else {
            p->contexts[c->vp_index] = i;
            code = check_context(p, c);
        }
    }
    return code;
}

/* The guest features: those of the first virtual CPU are all others', too. */
static enum mrtd_code find_features(const struct processors *p,
                                    uint64_t *features)
{
    const struct mrtd_plan *plan = p->plan;
    const uint64_t asked = plan->launch.guest_features;
    uint8_t buffer[MRTD_PAGE_SIZE];
    struct span page;
    *features = asked;
    if (p->contexts[0] == NO_CONTEXT) {
        return asked & 1
                   ? MRTD_OK
                   : error_set(p->error, MRTD_ERR_IGVM_REQUEST, MRTD_NO_OFFSET,
                               "the IGVM file has no VMSA of the first "
                               "virtual CPU, and bit 0 of the guest "
                               "features, which is SEV-SNP's, is not 1");
    }
    if (asked) {
        return error_set(p->error, MRTD_ERR_IGVM_REQUEST, MRTD_NO_OFFSET,
                         "the guest features are in the IGVM file's VMSA; "
                         "they cannot be asked for");
    }
    enum mrtd_code code = read_context(
        p, &plan->image->igvm->contexts[p->contexts[0]], buffer, &page);
    if (!code) {
        *features = number_at(page, VMSA_SEV_FEATURES, 8);
    }
    return code;
}

/* The VMSA of a virtual CPU at its reset. */
static enum mrtd_code make_reset(struct processors *p, uint32_t index)
{
    const struct mrtd_launch *launch = &p->plan->launch;
    struct vmsa vmsa = {.rules = snp_rules_of(p->plan)->vmsa,
                        .start = VMSA_RESET_VECTOR,
                        .signature = launch->vcpu_signature};
    uint8_t *page = NULL;
    if (!p->rules->resets) {
        return error_set(p->error, MRTD_ERR_IGVM_CONTEXT, MRTD_NO_OFFSET,
                         "the IGVM file has no VP_CONTEXT of virtual CPU "
                         "%" PRIu32 ", and it is not known which registers "
                         "VMM %s gives it",
                         index, p->plan->info.vmm->name);
    }
    if (launch->vcpu_signature == 0) {
        return error_set(p->error, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
                         "the IGVM file has no VP_CONTEXT of virtual CPU "
                         "%" PRIu32 ": the virtual CPUs' type is needed, whose "
                         "signature is in its VMSA",
                         index);
    }
    enum mrtd_code code = find_features(p, &vmsa.features);
    if (!code) {
        code = parts_make(p->plan, MRTD_PAGE_SIZE, &page, &p->reset, p->error);
    }
    if (!code) {
        vmsa_make(&vmsa, page);
    }
    return code;
}

static enum mrtd_code add_processors(struct processors *p)
{
    const struct igvm *igvm = p->plan->image->igvm;
    struct mrtd_run run = {.region = MRTD_NO_REGION,
                           .ops = MRTD_OP_SNP_UPDATE,
                           .page_type = MRTD_SNP_PAGE_VMSA,
                           .gpa = VMSA_KVM_GPA,
                           .size = MRTD_PAGE_SIZE,
                           .data_size = MRTD_PAGE_SIZE};
    uint64_t features = 0;
    bool has_reset = false;
    enum mrtd_code code = find_contexts(p);
    if (!code) {
        code = find_features(p, &features);
    }
    for (uint32_t i = 0; !code && i < p->plan->launch.vcpus; i++) {
        if (p->contexts[i] != NO_CONTEXT) {
            run.content = MRTD_CONTENT_IMAGE;
            run.data_offset = igvm->contexts[p->contexts[i]].offset;
        } else {
            code = has_reset ? MRTD_OK : make_reset(p, i);
            has_reset = true;
            run.content = MRTD_CONTENT_PLAN;
            run.data_offset = p->reset;
        }
        if (!code) {
            code = plan_add_run(p->plan, &run, p->error);
        }
    }
    return code;
}

enum mrtd_code snp_igvm_add_kvm_vmsas(struct mrtd_plan *plan,
                                      struct mrtd_error *error)
{
    const uint32_t vcpus = plan->launch.vcpus;
    struct processors p = {
        .plan = plan, .error = error, .rules = snp_rules_of(plan)->igvm};
    if (vcpus == 0) {
        return error_set(error, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
                         "the number of virtual CPUs (vcpus) is not given; "
                         "under KVM each has a VMSA that is measured");
    }
    if (vcpus > MRTD_MAX_VCPUS) {
        return error_set(error, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
                         "%" PRIu32 " virtual CPUs are not between 1 and %d; "
                         "under KVM each has a VMSA that is measured",
                         vcpus, MRTD_MAX_VCPUS);
    }
    p.contexts = calloc(vcpus, sizeof *p.contexts);
    if (!p.contexts) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the virtual CPUs");
    }
    enum mrtd_code code = add_processors(&p);
    free(p.contexts);
    return code;
}
