/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tdinfo.h"

#include <inttypes.h>
#include <string.h>

/*
 * Bits that a TD may have. ATTRIBUTES 0, 4 to 6, 16, 27 to 31, 62 and 63:
 * intel/tdx-module td_control_structures.h, TDX_ATTRIBUTES_FIXED0, and Linux
 * 6.16, TDX_ATTR_* in arch/x86. XFAM: TDX_XFAM_FIXED0, and TDX_XFAM_FIXED1,
 * which are 1 in each TD.
 */
#define KNOWN_ATTRIBUTES UINT64_C(0xc0000000f8010071)
#define KNOWN_XFAM       UINT64_C(0x000000000006dbe7)
#define FIXED_XFAM       UINT64_C(0x0000000000000003)

const struct file_kind tdinfo_kind = {"a TDINFO structure (512 bytes)",
                                      MRTD_TDINFO_SIZE, NULL};
const struct file_kind tdinfo_kind_hash = {"a TDINFO hash (48 bytes)",
                                           MRTD_DIGEST_SIZE, NULL};

void tdinfo_encode(struct tdinfo *t)
{
    mrtd_tdinfo_encode(t->bytes, &t->info);
    mrtd_tdinfo_hash(t->hash, &t->info);
    mrtd_servtd_info_hash(t->servtd_info_hash, &t->info, t->servtd_attributes);
}

void tdinfo_separate(struct mrtd_tdinfo *info, uint32_t number)
{
    static const enum mrtd_register ids[] = {MRTD_REGISTER_RTMR0,
                                             MRTD_REGISTER_RTMR1};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct mrtd_event event;
        struct mrtd_value value = {.id = ids[i]};
        mrtd_event_separator(&event, ids[i], number);
        /* A register of SHA-384 and one event of it: nothing can fail. */
        if (!mrtd_events_replay(&value, &event, 1, NULL)) {
            memcpy(info->rtmr[i], value.digest.bytes, sizeof info->rtmr[i]);
        }
    }
}

static uint64_t reversed(uint64_t value)
{
    uint64_t other = 0;
    for (unsigned i = 0; i < 64; i += 8) {
        other |= (value >> i & 0xff) << (56 - i);
    }
    return other;
}

static bool plausible(uint64_t value, uint64_t known, uint64_t fixed)
{
    return (value & ~known) == 0 && (value & fixed) == fixed;
}

static void warn_field(remark_fn *say, const char *field, uint64_t value,
                       uint64_t known, uint64_t fixed)
{
    if (plausible(value, known, fixed)) {
        return;
    }
    if (plausible(reversed(value), known, fixed)) {
        say(NULL,
            "warning: %s 0x%016" PRIx64 " is that of no TD, but "
            "0x%016" PRIx64 " may be: are its bytes reversed? "
            "[byte-order]",
            field, value, reversed(value));
    } else if ((value & ~known) != 0) {
        say(NULL,
            "warning: %s 0x%016" PRIx64 " has bits that no known TDX "
            "module allows: 0x%016" PRIx64 " [reserved-bits]",
            field, value, value & ~known);
    } else {
        say(NULL,
            "warning: %s 0x%016" PRIx64 " lacks bits that are 1 in "
            "each TD: 0x%016" PRIx64 " [fixed-bits]",
            field, value, fixed & ~value);
    }
}

void tdinfo_warn(const struct tdinfo *r, remark_fn *say)
{
    warn_field(say, "ATTRIBUTES", r->info.attributes, KNOWN_ATTRIBUTES, 0);
    warn_field(say, "XFAM", r->info.xfam, KNOWN_XFAM, FIXED_XFAM);
    if (r->info.attributes & MRTD_TDINFO_ATTRIBUTE_DEBUG) {
        say(NULL, "warning: a debug TD (ATTRIBUTES bit 0): its host can read "
                  "and change it [debug]");
    }
}
