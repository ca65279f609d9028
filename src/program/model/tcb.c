/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tcb.h"

#include <stdio.h>
#include <string.h>

/* As the addresses of AMD's KDS name them, without SPL. */
static const char *const names[] = {"bl", "tee", "snp", "ucode", "fmc"};

#define NAMES (sizeof names / sizeof *names)
#define FMC   4

const char *tcb_part_name(size_t i)
{
    return i < NAMES ? names[i] : NULL;
}

/* Reads one "bl=3" of len characters. */
static bool read_part(struct tcb_minimum *m, const char *text, size_t len)
{
    for (size_t i = 0; i < NAMES; i++) {
        const size_t name = strlen(names[i]);
        if (len <= name + 1 || memcmp(text, names[i], name) != 0 ||
            text[name] != '=' || m->has[i]) {
            continue;
        }
        unsigned value = 0;
        for (size_t k = name + 1; k < len; k++) {
            if (text[k] < '0' || text[k] > '9' || value > UINT8_MAX) {
                return false;
            }
            value = value * 10 + (unsigned)(text[k] - '0');
        }
        m->has[i] = true;
        m->least[i] = (uint8_t)value;
        return value <= UINT8_MAX;
    }
    return false;
}

static bool read_names(struct tcb_minimum *m, const char *text)
{
    for (;;) {
        const size_t len = strcspn(text, ",");
        if (!read_part(m, text, len)) {
            return false;
        }
        if (!text[len]) {
            return true;
        }
        text += len + 1;
    }
}

bool tcb_minimum_read(struct tcb_minimum *minimum, const char *text)
{
    struct tcb_minimum m = {.platform = MRTD_PLATFORM_TDX};
    const char *digits =
        text[0] == '0' && (text[1] | 0x20) == 'x' ? text + 2 : text;
    if (strchr(text, '=')) {
        m.platform = MRTD_PLATFORM_SNP;
        if (!read_names(&m, text)) {
            return false;
        }
    } else if (mrtd_hex_decode(m.least, sizeof m.least, digits,
                               strlen(digits))) {
        memset(m.has, true, sizeof m.has);
    } else {
        return false;
    }
    *minimum = m;
    return true;
}

bool tcb_minimum_has_fmc(const struct tcb_minimum *minimum)
{
    return minimum->platform == MRTD_PLATFORM_SNP && minimum->has[FMC];
}

size_t tcb_below(struct tcb_part parts[TCB_PARTS],
                 const struct tcb_minimum *minimum,
                 const struct mrtd_evidence *evidence,
                 enum mrtd_snp_family family)
{
    const bool is_snp = minimum->platform == MRTD_PLATFORM_SNP;
    uint8_t own[TCB_PARTS];
    size_t count = 0;
    if (is_snp) {
        struct mrtd_snp_tcb tcb;
        mrtd_snp_tcb_decode(&tcb, family, evidence->snp.reported_tcb);
        const uint8_t values[NAMES] = {tcb.boot_loader, tcb.tee, tcb.snp,
                                       tcb.microcode, tcb.fmc};
        memcpy(own, values, sizeof values);
    } else {
        memcpy(own, evidence->report.tee_tcb_svn, sizeof own);
    }
    for (size_t i = 0; i < TCB_PARTS; i++) {
        if (!minimum->has[i] || own[i] >= minimum->least[i]) {
            continue;
        }
        struct tcb_part *part = &parts[count++];
        part->is = own[i];
        part->least = minimum->least[i];
        if (is_snp) {
            snprintf(part->name, sizeof part->name, "%s", names[i]);
        } else {
            snprintf(part->name, sizeof part->name, "TEE_TCB_SVN[%zu]", i);
        }
    }
    return count;
}
