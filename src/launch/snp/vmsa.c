/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/snp/vmsa.h"

#include <string.h>

/* Offsets of the save area, APM volume 2, table B-4. */
enum {
    VMSA_ES = 0x000,
    VMSA_CS = 0x010,
    VMSA_SS = 0x020,
    VMSA_DS = 0x030,
    VMSA_FS = 0x040,
    VMSA_GS = 0x050,
    VMSA_GDTR = 0x060,
    VMSA_LDTR = 0x070,
    VMSA_IDTR = 0x080,
    VMSA_TR = 0x090,
    VMSA_EFER = 0x0d0,
    VMSA_CR4 = 0x148,
    VMSA_CR0 = 0x158,
    VMSA_DR7 = 0x160,
    VMSA_DR6 = 0x168,
    VMSA_RFLAGS = 0x170,
    VMSA_RIP = 0x178,
    VMSA_G_PAT = 0x268,
    VMSA_RDX = 0x310,
    VMSA_XCR0 = 0x3e8,
    VMSA_MXCSR = 0x408,
    VMSA_X87_FCW = 0x410,
};

/* IA32_PAT after reset: APM volume 2, 7.8.2. */
#define PAT_RESET UINT64_C(0x0007040600070406)
/* DX after reset where the VMM sets no processor's signature: EC2, GCE. */
#define DX_RESET 0x600

/* QEMU with KVM: sev-snp-measure's vmsa.py, and real reports. */
const struct vmsa_rules vmsa_qemu = {
    .cs_attributes_reset = 0x9b,
    .cs_attributes = 0x9b,
    .ss_attributes = 0x93,
    .tr_attributes = 0x8b,
    .g_pat = PAT_RESET,
    .signature_in_rdx = true,
    .mxcsr = 0x1f80,
    .x87_fcw = 0x37f,
};

/* COCONUT-SVSM's QEMU before IGVM: sev-snp-measure's vmsa.py, whose value of
 * x87_fcw is zero. */
const struct vmsa_rules vmsa_svsm = {
    .tr_attributes = 0x8b,
    .g_pat = PAT_RESET,
    .signature_in_rdx = true,
    .mxcsr = 0x1f80,
    .protected_mode = true,
};

/* EC2: sev-snp-measure 0.0.13, vmsa.py; production in aws/uefi issue 19. */
const struct vmsa_rules vmsa_ec2 = {
    .cs_attributes_reset = 0x9a,
    .cs_attributes = 0x9b,
    .ss_attributes = 0x92,
    .tr_attributes = 0x83,
    .g_pat = PAT_RESET,
    .rdx = DX_RESET,
};

/* EC2 as sev-snp-measure 0.0.12 and virtee/sev know it. */
const struct vmsa_rules vmsa_ec2_old = {
    .cs_attributes_reset = 0x9a,
    .cs_attributes = 0x9b,
    .ss_attributes = 0x92,
    .tr_attributes = 0x83,
    .g_pat = PAT_RESET,
};

/* GCE: google/gce-tcb-verifier, sev/vmsa.go. */
const struct vmsa_rules vmsa_gce = {
    .cs_attributes_reset = 0x9b,
    .cs_attributes = 0x9b,
    .ss_attributes = 0x93,
    .tr_attributes = 0x8b,
    .g_pat = 0x00070106,
    .rdx = DX_RESET,
};

static void put(uint8_t *page, unsigned at, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++) {
        page[at + i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_segment(uint8_t *page, unsigned at, uint16_t selector,
                        uint16_t attributes, uint32_t limit, uint64_t base)
{
    put(page, at, 2, selector);
    put(page, at + 2, 2, attributes);
    put(page, at + 4, 4, limit);
    put(page, at + 8, 8, base);
}

/* As after INIT: real mode. */
static void put_real_mode(const struct vmsa *vmsa, uint8_t *page)
{
    static const unsigned data[] = {VMSA_ES, VMSA_DS, VMSA_FS, VMSA_GS};
    const struct vmsa_rules *r = vmsa->rules;
    for (unsigned i = 0; i < sizeof data / sizeof *data; i++) {
        put_segment(page, data[i], 0, 0x93, 0xffff, 0);
    }
    put_segment(page, VMSA_CS, 0xf000,
                vmsa->start == VMSA_RESET_VECTOR ? r->cs_attributes_reset
                                                 : r->cs_attributes,
                0xffff, vmsa->start & UINT32_C(0xffff0000));
    put_segment(page, VMSA_SS, 0, r->ss_attributes, 0xffff, 0);
    put(page, VMSA_CR0, 8, 0x10);
    put(page, VMSA_RIP, 8, vmsa->start & 0xffff);
}

/* 32-bit protected mode with flat segments, but for GS. */
static void put_protected_mode(const struct vmsa *vmsa, uint8_t *page)
{
    static const unsigned data[] = {VMSA_ES, VMSA_SS, VMSA_DS, VMSA_FS};
    for (unsigned i = 0; i < sizeof data / sizeof *data; i++) {
        put_segment(page, data[i], 16, 0xc93, UINT32_MAX, 0);
    }
    put_segment(page, VMSA_CS, 8, 0xc9b, UINT32_MAX, 0);
    put_segment(page, VMSA_GS, 0, 0x93, 0xffff, 0);
    put(page, VMSA_CR0, 8, 0x11);
    put(page, VMSA_RIP, 8, vmsa->start);
}

void vmsa_make(const struct vmsa *vmsa, uint8_t page[MRTD_PAGE_SIZE])
{
    const struct vmsa_rules *r = vmsa->rules;
    memset(page, 0, MRTD_PAGE_SIZE);
    if (r->protected_mode) {
        put_protected_mode(vmsa, page);
    } else {
        put_real_mode(vmsa, page);
    }
    put_segment(page, VMSA_GDTR, 0, 0, 0xffff, 0);
    put_segment(page, VMSA_LDTR, 0, 0x82, 0xffff, 0);
    put_segment(page, VMSA_IDTR, 0, 0, 0xffff, 0);
    put_segment(page, VMSA_TR, 0, r->tr_attributes, 0xffff, 0);
    put(page, VMSA_EFER, 8, 0x1000); /* SVME, which KVM sets */
    put(page, VMSA_CR4, 8, 0x40);    /* MCE, which KVM sets */
    put(page, VMSA_DR7, 8, 0x400);
    put(page, VMSA_DR6, 8, 0xffff0ff0);
    put(page, VMSA_RFLAGS, 8, 2);
    put(page, VMSA_G_PAT, 8, r->g_pat);
    put(page, VMSA_RDX, 8, r->signature_in_rdx ? vmsa->signature : r->rdx);
    put(page, VMSA_SEV_FEATURES, 8, vmsa->features);
    put(page, VMSA_XCR0, 8, 1);
    put(page, VMSA_MXCSR, 4, r->mxcsr);
    put(page, VMSA_X87_FCW, 2, r->x87_fcw);
}
