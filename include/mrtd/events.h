/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What registers are extended with after the launch: events, and the values
 * that they lead to.
 *
 * Documents cited below:
 *   [PFP]     TCG PC Client Platform Firmware Profile Specification, version
 *             1.06, 10.4 (types of events)
 *   [TDXMOD]  Intel TDX Module source code (intel/tdx-module):
 *             tdg_mr_rtmr_extend.c
 */
#ifndef MRTD_EVENTS_H
#define MRTD_EVENTS_H

#include "mrtd/value.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Types of events [PFP]. */
#define MRTD_EV_NO_ACTION                     0x00000003U
#define MRTD_EV_SEPARATOR                     0x00000004U
#define MRTD_EV_EVENT_TAG                     0x00000006U
#define MRTD_EV_PLATFORM_CONFIG_FLAGS         0x0000000aU
#define MRTD_EV_IPL                           0x0000000dU
#define MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG    0x80000001U
#define MRTD_EV_EFI_VARIABLE_BOOT             0x80000002U
#define MRTD_EV_EFI_BOOT_SERVICES_APPLICATION 0x80000003U
#define MRTD_EV_EFI_GPT_EVENT                 0x80000006U
#define MRTD_EV_EFI_ACTION                    0x80000007U
#define MRTD_EV_EFI_HANDOFF_TABLES            0x80000009U
#define MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2   0x8000000aU
#define MRTD_EV_EFI_HANDOFF_TABLES2           0x8000000bU
#define MRTD_EV_EFI_VARIABLE_AUTHORITY        0x800000e0U

/* What a register is extended with once. */
struct mrtd_event {
    enum mrtd_register id;
    uint32_t type;             /* MRTD_EV_* */
    struct mrtd_digest digest; /* what it is extended with */
    const char *what;          /* what was measured, in words; static */
};

/* A separator, which says that what came before is complete: the SHA-384 of a
 * number of 32 bits. */
void mrtd_event_separator(struct mrtd_event *event, enum mrtd_register id,
                          uint32_t number);

/*
 * The value of value->id after those of the count events that are its own, in
 * their order, from a register of zeros: each makes it the digest of itself
 * with the event's digest after it ([TDXMOD]). Registers of SHA-384 only, and
 * events whose digest is not one are MRTD_ERR_ARGUMENT. On failure returns the
 * error's code, fills *error, and leaves *value as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_events_replay(struct mrtd_value *value,
                                                const struct mrtd_event *events,
                                                size_t count,
                                                struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
