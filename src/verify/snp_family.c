/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a family of AMD's processors has of its own: how TCB versions are laid
 * out, and at which address its certificates are. AMD, 57230 (VCEK certificates
 * and KDS interface); virtee/sev 9cf2adb, src/firmware/host/types (TCB
 * versions); virtee/sev, src/firmware/guest/types/snp.rs (CPUID).
 */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/span.h"
#include "evidence/snp_layout.h"
#include "mrtd.h"

const char *mrtd_snp_family_name(enum mrtd_snp_family family)
{
    switch (family) {
    case MRTD_SNP_FAMILY_MILAN:
        return "Milan";
    case MRTD_SNP_FAMILY_GENOA:
        return "Genoa";
    case MRTD_SNP_FAMILY_TURIN:
        return "Turin";
    default:
        return NULL;
    }
}

enum mrtd_snp_family
mrtd_snp_report_family(const struct mrtd_snp_report *report)
{
    static const struct {
        uint8_t family;
        uint8_t first; /* models */
        uint8_t last;
        enum mrtd_snp_family is;
    } models[] = {
        {0x19, 0x00, 0x0f, MRTD_SNP_FAMILY_MILAN},
        {0x19, 0x10, 0x1f, MRTD_SNP_FAMILY_GENOA},
        {0x19, 0xa0, 0xaf, MRTD_SNP_FAMILY_GENOA},
        {0x1a, 0x00, 0x11, MRTD_SNP_FAMILY_TURIN},
    };
    if (!report || report->version < 3) {
        return MRTD_SNP_FAMILY_UNKNOWN;
    }
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        if (report->cpuid_family == models[i].family &&
            report->cpuid_model >= models[i].first &&
            report->cpuid_model <= models[i].last) {
            return models[i].is;
        }
    }
    return MRTD_SNP_FAMILY_UNKNOWN;
}

void mrtd_snp_tcb_decode(struct mrtd_snp_tcb *tcb, enum mrtd_snp_family family,
                         uint64_t version)
{
    struct mrtd_snp_tcb made = {.fmc = 0};
    if (!tcb) {
        return;
    }
    switch (family) {
    case MRTD_SNP_FAMILY_MILAN:
    case MRTD_SNP_FAMILY_GENOA:
        made.boot_loader = (uint8_t)version;
        made.tee = (uint8_t)(version >> 8);
        made.snp = (uint8_t)(version >> 48);
        made.microcode = (uint8_t)(version >> 56);
        break;
    case MRTD_SNP_FAMILY_TURIN:
        made.fmc = (uint8_t)version;
        made.boot_loader = (uint8_t)(version >> 8);
        made.tee = (uint8_t)(version >> 16);
        made.snp = (uint8_t)(version >> 24);
        made.microcode = (uint8_t)(version >> 56);
        break;
    default:
        break;
    }
    *tcb = made;
}

/* The digits of the chip id in the address; false if the report has none. */
static bool chip_digits(struct span report, enum mrtd_snp_family family,
                        char digits[2 * SNP_CHIP_ID_SIZE + 1])
{
    uint8_t id[SNP_CHIP_ID_SIZE];
    struct span field;
    if (!span_part(report, SNP_CHIP_ID, sizeof id, &field) ||
        span_is_zero(field) || !span_copy(field, 0, sizeof id, id)) {
        return false;
    }
    hex_encode(digits, id,
               family == MRTD_SNP_FAMILY_TURIN ? SNP_TURIN_CHIP_ID_SIZE
                                               : SNP_CHIP_ID_SIZE);
    return true;
}

int mrtd_verify_kds_url(char url[MRTD_VERIFY_URL_SIZE],
                        enum mrtd_evidence_kind kind, const void *data,
                        size_t size, enum mrtd_snp_family family, int show_chip)
{
    struct mrtd_evidence evidence;
    struct mrtd_snp_tcb tcb;
    struct span report;
    char chip[2 * SNP_CHIP_ID_SIZE + 1];
    char fmc[sizeof "fmcSPL=255&"] = "";
    if (!url || !data || mrtd_evidence_platform(kind) != MRTD_PLATFORM_SNP ||
        mrtd_evidence_read(&evidence, kind, data, size, NULL)) {
        return 0;
    }
    const enum mrtd_snp_family said = mrtd_snp_report_family(&evidence.snp);
    const uint32_t key =
        evidence.snp.key_info >> SNP_SIGNING_KEY_SHIFT & SNP_SIGNING_KEY_MASK;
    if (family == MRTD_SNP_FAMILY_UNKNOWN) {
        family = said;
    }
    if (!mrtd_snp_family_name(family) ||
        (said != MRTD_SNP_FAMILY_UNKNOWN && said != family) ||
        key != SNP_SIGNED_BY_VCEK ||
        !span_part(span_make(data, size, 0),
                   evidence.value_offset - SNP_MEASUREMENT,
                   MRTD_SNP_REPORT_SIZE, &report) ||
        !chip_digits(report, family, chip)) {
        return 0;
    }
    mrtd_snp_tcb_decode(&tcb, family, evidence.snp.reported_tcb);
    if (family == MRTD_SNP_FAMILY_TURIN) {
        (void)snprintf(fmc, sizeof fmc, "fmcSPL=%02u&", (unsigned)tcb.fmc);
    }
    (void)snprintf(url, MRTD_VERIFY_URL_SIZE,
                   "https://kdsintf.amd.com/vcek/v1/%s/%s?%sblSPL=%02u&"
                   "teeSPL=%02u&snpSPL=%02u&ucodeSPL=%02u",
                   mrtd_snp_family_name(family), show_chip ? chip : "<CHIP_ID>",
                   fmc, (unsigned)tcb.boot_loader, (unsigned)tcb.tee,
                   (unsigned)tcb.snp, (unsigned)tcb.microcode);
    return 1;
}
