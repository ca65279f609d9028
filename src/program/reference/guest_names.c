/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources. Trustee 0.21, attestation-service: ear_default_policy_cpu.rego asks
 * for snp_launch_measurement, and for "measurement" of an Azure VM with a vTPM;
 * its CoRIM extractor makes claim641/digests of the mkey of AMD's profile.
 */
#include "reference/guest_names.h"

#include <string.h>

static const struct guest_names names[] = {
    {MRTD_REGISTER_SNP, "SNP_LAUNCH_MEASUREMENT", "snp_launch_measurement",
     "SNP launch digest"},
    {MRTD_REGISTER_SEV_ES, "SEV_ES_LAUNCH_DIGEST", "sev_es_launch_digest",
     "SEV-ES launch digest"},
    {MRTD_REGISTER_SEV, "SEV_LAUNCH_DIGEST", "sev_launch_digest",
     "SEV launch digest"},
};

const struct guest_names *guest_names_of(enum mrtd_register id)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].id == id) {
            return &names[i];
        }
    }
    return NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
    size_t i = 0;
    while (words[i] && strcmp(words[i], text) != 0) {
        i++;
    }
    return words[i] != NULL;
}

/* "rvps:///.../snp_launch_measurement:0.21.0", as the project's own values are
 * published. */
static bool is_uri(const char *key)
{
    static const char head[] = "rvps:///";
    static const char name[] = "/snp_launch_measurement";
    static const char good[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:+-";
    const char *slash = strrchr(key, '/');
    return strncmp(key, head, sizeof head - 1) == 0 && slash &&
           key[strspn(key, good)] == '\0' &&
           strncmp(slash, name, sizeof name - 1) == 0 &&
           (slash[sizeof name - 1] == '\0' || slash[sizeof name - 1] == ':');
}

bool guest_names_key(const char *key)
{
    static const char *const keys[] = {"snp_launch_measurement", "measurement",
                                       "claim641/digests", NULL};
    return is_one_of(key, keys) || is_uri(key);
}

bool guest_names_other(const char *key)
{
    static const char *const keys[] = {"snp_bootloader",
                                       "snp_microcode",
                                       "snp_snp_svn",
                                       "snp_tee_svn",
                                       "snp_smt_enabled",
                                       "snp_tsme_enabled",
                                       "snp_guest_abi_major",
                                       "snp_guest_abi_minor",
                                       "snp_single_socket",
                                       "snp_smt_allowed",
                                       "tcb_bootloader",
                                       "tcb_microcode",
                                       "tcb_snp",
                                       "tcb_tee",
                                       "mr_td",
                                       "mr_seam",
                                       "xfam",
                                       "rtmr_0",
                                       "rtmr_1",
                                       "rtmr_2",
                                       "rtmr_3",
                                       "tdvfkernel",
                                       "tdvfkernelparams",
                                       "tdx_pcr11",
                                       NULL};
    return is_one_of(key, keys);
}
