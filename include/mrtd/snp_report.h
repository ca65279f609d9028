/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware of AMD's security processor reports of a guest of SEV-SNP:
 * read, not verified. Whether its signature is the chip's is another question,
 * which nothing here answers.
 *
 * Documents cited below:
 *   [SNPABI]  AMD, SEV Secure Nested Paging Firmware ABI Specification, 56860,
 *             revision 1.58, 7.3 Attestation, table 23
 *   [GHCB]    AMD, Guest Hypervisor Communication Block Standardization, 56421,
 *             revision 2.03, 4.1.8.1
 */
#ifndef MRTD_SNP_REPORT_H
#define MRTD_SNP_REPORT_H

#include "mrtd/value.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Size of ATTESTATION_REPORT. */
#define MRTD_SNP_REPORT_SIZE 1184

/* The newest version of reports that is known. */
#define MRTD_SNP_REPORT_VERSION 5

/* ATTESTATION_REPORT [SNPABI], versions 2 to 5. A newer one is read as version
 * 5 is: what is new in it is left out. Numbers are as the report has them, TCB
 * versions too: which byte is what depends on the processor. */
struct mrtd_snp_report {
    uint32_t version;
    uint32_t guest_svn;
    uint64_t policy; /* a sum of MRTD_SNP_POLICY_*, and the ABI's version */
    uint8_t family_id[16];
    uint8_t image_id[16];
    uint32_t vmpl; /* of the software that has asked for the report: 0 to 3 */
    uint32_t key_info;      /* AUTHOR_KEY_EN, MASK_CHIP_KEY, SIGNING_KEY */
    uint64_t platform_info; /* bits without a name are not refused */
    uint64_t current_tcb;
    uint64_t reported_tcb;
    uint64_t committed_tcb;
    uint64_t launch_tcb;
    uint8_t report_data[64];
    uint8_t measurement[MRTD_DIGEST_SIZE];
    uint8_t host_data[32];
    uint8_t id_key_digest[MRTD_DIGEST_SIZE]; /* zeros: there was no ID block */
    uint8_t author_key_digest[MRTD_DIGEST_SIZE];
    /* Of the processor that the report is made on; version 2 has none, and they
     * are 0. */
    uint8_t cpuid_family;
    uint8_t cpuid_model;
    uint8_t cpuid_stepping;
    /* Versions of the security processor's firmware: BUILD, MINOR, MAJOR. */
    uint8_t current_build;
    uint8_t current_minor;
    uint8_t current_major;
    uint8_t committed_build;
    uint8_t committed_minor;
    uint8_t committed_major;
    /* CHIP_ID, which identifies the machine; zeros where the host masks it, and
     * where a VLEK signs. */
    uint8_t chip_id[64];
    uint64_t launch_mit_vector; /* since version 5, otherwise 0 */
    uint64_t current_mit_vector;
};

/* GUEST_POLICY [SNPABI, table 9]: its low 16 bits are the ABI's version. */
#define MRTD_SNP_POLICY_SMT               (UINT64_C(1) << 16)
#define MRTD_SNP_POLICY_MIGRATE_MA        (UINT64_C(1) << 18)
#define MRTD_SNP_POLICY_DEBUG             (UINT64_C(1) << 19)
#define MRTD_SNP_POLICY_SINGLE_SOCKET     (UINT64_C(1) << 20)
#define MRTD_SNP_POLICY_CXL_ALLOW         (UINT64_C(1) << 21)
#define MRTD_SNP_POLICY_MEM_AES_256_XTS   (UINT64_C(1) << 22)
#define MRTD_SNP_POLICY_RAPL_DIS          (UINT64_C(1) << 23)
#define MRTD_SNP_POLICY_CIPHERTEXT_HIDING (UINT64_C(1) << 24)
#define MRTD_SNP_POLICY_PAGE_SWAP_DISABLE (UINT64_C(1) << 25)

/* The name of a bit of GUEST_POLICY, 16 to 25, e.g. "DEBUG"; NULL: it has none,
 * as bit 17, which is 1 in each policy. */
const char *mrtd_snp_policy_name(unsigned bit);

/*
 * The signature that CPUID gives for family, model and stepping of the report:
 * see mrtd_vcpu_signature(). 0 in version 2, which does not have them, and of
 * NULL.
 */
uint32_t mrtd_snp_report_signature(const struct mrtd_snp_report *report);

/* Does data begin as a table of the certificates that go with a report [GHCB]?
 * Returns 1 or 0. */
int mrtd_snp_certificates_detect(const void *data, size_t size);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
