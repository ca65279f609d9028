/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions of VCEKs and VLEKs: AMD, Versioned Chip Endorsement Key (VCEK)
 * Certificate and KDS Interface Specification, 57230; google/go-sev-guest
 * af1c107, kds/kds.go.
 */
#include "verify/vek_extension.h"

#include <string.h>

#include "verify/der.h"

/* 1.3.6.1.4.1.3704.1, and after it one number or two. */
#define AMD 0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01
static const uint8_t oid_boot_loader[] = {AMD, 3, 1};
static const uint8_t oid_tee[] = {AMD, 3, 2};
static const uint8_t oid_snp[] = {AMD, 3, 3};
static const uint8_t oid_microcode[] = {AMD, 3, 8};
static const uint8_t oid_fmc[] = {AMD, 3, 9};
static const uint8_t oid_hwid[] = {AMD, 4};
static const uint8_t oid_csp_id[] = {AMD, 5};

enum {
    CHIP_ID_SIZE = 64,
    TURIN_CHIP_ID_SIZE = 8,
};

/* A security version number. */
static bool read_svn(const struct certificate *c, const uint8_t *oid,
                     size_t oid_size, uint8_t *svn)
{
    struct span value;
    struct der item;
    uint64_t number = 0;
    if (!certificate_extension(c, oid, oid_size, &value) ||
        !der_only(value, DER_INTEGER, &item) ||
        !der_number(item.value, UINT8_MAX, &number)) {
        return false;
    }
    *svn = (uint8_t)number;
    return true;
}

/* The chip id is the extension's bytes as they are, or an OCTET STRING. */
static bool read_hwid(struct mrtd_snp_signer *signer,
                      const struct certificate *c)
{
    const size_t size = signer->family == MRTD_SNP_FAMILY_TURIN
                            ? TURIN_CHIP_ID_SIZE
                            : CHIP_ID_SIZE;
    struct span value;
    struct der item;
    if (!certificate_extension(c, oid_hwid, sizeof oid_hwid, &value)) {
        return false;
    }
    if (value.size != size && der_only(value, DER_OCTET_STRING, &item)) {
        value = item.value;
    }
    return value.size == size && span_copy(value, 0, size, signer->chip_id);
}

static bool read_csp_id(struct mrtd_snp_signer *signer,
                        const struct certificate *c)
{
    struct span value;
    struct der item;
    if (!certificate_extension(c, oid_csp_id, sizeof oid_csp_id, &value) ||
        !der_only(value, DER_IA5_STRING, &item) || item.value.size == 0 ||
        item.value.size >= sizeof signer->csp_id) {
        return false;
    }
    for (uint64_t i = 0; i < item.value.size; i++) {
        uint8_t byte = 0;
        (void)span_u8(item.value, i, &byte);
        if (byte < 0x20 || byte > 0x7e) {
            return false;
        }
        signer->csp_id[i] = (char)byte;
    }
    signer->csp_id[item.value.size] = 0;
    return true;
}

static bool has(const struct certificate *c, const uint8_t *oid, size_t size)
{
    struct span value;
    return certificate_extension(c, oid, size, &value);
}

const char *vek_extensions_read(struct mrtd_snp_signer *signer,
                                const struct certificate *certificate)
{
    struct mrtd_snp_signer made = *signer;
    const bool turin = signer->family == MRTD_SNP_FAMILY_TURIN;
    struct mrtd_snp_tcb *tcb = &made.tcb;
    const struct {
        const char *name;
        const uint8_t *oid;
        size_t size;
        uint8_t *svn;
    } svns[] = {
        {"blSPL", oid_boot_loader, sizeof oid_boot_loader, &tcb->boot_loader},
        {"teeSPL", oid_tee, sizeof oid_tee, &tcb->tee},
        {"snpSPL", oid_snp, sizeof oid_snp, &tcb->snp},
        {"ucodeSPL", oid_microcode, sizeof oid_microcode, &tcb->microcode},
    };
    for (size_t i = 0; i < sizeof svns / sizeof *svns; i++) {
        if (!read_svn(certificate, svns[i].oid, svns[i].size, svns[i].svn)) {
            return svns[i].name;
        }
    }
    if (turin && !read_svn(certificate, oid_fmc, sizeof oid_fmc, &tcb->fmc)) {
        return "fmcSPL";
    }
    if (made.vlek ? has(certificate, oid_hwid, sizeof oid_hwid)
                  : !read_hwid(&made, certificate)) {
        return "hwID";
    }
    if (made.vlek ? !read_csp_id(&made, certificate)
                  : has(certificate, oid_csp_id, sizeof oid_csp_id)) {
        return "cspID";
    }
    *signer = made;
    return NULL;
}
