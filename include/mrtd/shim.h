/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TD of td-shim: which events it makes, in RTMR0 and RTMR1. It extends no
 * other register, and neither does a kernel that it starts; a payload of its
 * own may, and these two further.
 *
 * Documents cited below:
 *   [TDSHIM]  confidential-containers/td-shim, 125eeab of 2026:
 *             td-shim/src/bin/td-shim/main.rs and shim_info.rs,
 *             td-shim/src/event_log.rs, secure_boot.rs,
 *             td-shim-interface/src/td_uefi_pi/hob.rs
 *   [PI]      UEFI Platform Initialization 1.8, volume 3, 5 (HOBs)
 */
#ifndef MRTD_SHIM_H
#define MRTD_SHIM_H

#include "mrtd/events.h"
#include "mrtd/image.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* What an image says of what td-shim measures. Regions are whole: what a VMM
 * loads there is measured with the zeros after it. */
struct mrtd_shim {
    uint32_t has_td_hob; /* is there a TD_HOB section? */
    /* Is there room for a Linux kernel, which the VMM loads and announces in
     * the TD HOB? Otherwise td-shim starts a payload of its own. */
    uint32_t takes_kernel;
    /* Is the Payload section measured into RTMR1, since its Attributes are 0?
     * Otherwise the payload is in the MRTD, or there is no such section. */
    uint32_t extends_payload;
    /* Is there a key in the CFV by which payloads of td-shim's own are
     * verified? What is measured of that is not known here. */
    uint32_t has_trust_anchor;
    uint64_t payload_size;   /* bytes of the region of the kernel */
    uint64_t parameter_size; /* bytes of that of its command line */
    uint64_t td_hob_address; /* of the region of the TD HOB; or 0: not known */
    uint64_t td_hob_size;    /* bytes of it */
};

/*
 * Reads that. Whether an image is td-shim's at all it does not say: one whose
 * metadata is found by the offset at its end (MRTD_LOCATOR_OFFSET), or that has
 * sections of Type 4 or more, is. Codes: MRTD_ERR_READ; MRTD_ERR_TD_SHIM for an
 * IGVM file, and for several Payload, PayloadParam or TD_HOB sections, with
 * which td-shim does not start. On failure returns the error's code, fills
 * *error, and leaves *shim as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_shim_read(struct mrtd_shim *shim,
                                            const struct mrtd_image *image,
                                            struct mrtd_error *error);

/* Whose events are wanted. */
#define MRTD_SHIM_RTMR0 0x1u
#define MRTD_SHIM_RTMR1 0x2u

struct mrtd_shim_boot {
    size_t struct_size; /* sizeof(struct mrtd_shim_boot) */
    uint32_t registers; /* MRTD_SHIM_* */
    uint32_t has_cmdline;
    const struct mrtd_shim *shim;
    /* The largest region that is hashed, in bytes; 0: MRTD_DEFAULT_LIMIT. */
    uint64_t limit;
    const struct mrtd_source *kernel; /* a bzImage, as the VMM loads it */
    /* What the VMM has put into TD_HOB: a list of HOBs and its end [PI], and
     * nothing but zeros after it. NULL: not known. */
    const struct mrtd_source *td_hob;
    /* The command line, without a zero in it, with has_cmdline not 0. */
    const char *cmdline;
    size_t cmdline_size;
};

/* Most events that there are. */
#define MRTD_SHIM_EVENTS 5

/*
 * The events of those registers, each register's in their order: of RTMR0 the
 * TD HOB (of images that have one) and a separator; of RTMR1 a separator, the
 * kernel (where extends_payload) and its command line, or, of a payload of
 * td-shim's own, the separator alone. An image that was built with the feature
 * no-acpi-ccel, which no image says, extends separators only. Codes:
 * MRTD_ERR_ARGUMENT for a zero in the command line, or for what is needed and
 * not given; MRTD_ERR_TD_SHIM for what is not known: a trust anchor, or a
 * payload of td-shim's own that is extended; MRTD_ERR_PAYLOAD_SIZE for a kernel
 * or a command line larger than its region, or a region larger than the limit;
 * MRTD_ERR_KERNEL for a kernel without Linux's setup header; MRTD_ERR_TD_HOB
 * for a list that td-shim refuses, and that is not the region's. On failure
 * returns the error's code, fills *error, and leaves events and *count as they
 * were.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_shim_events(struct mrtd_event events[MRTD_SHIM_EVENTS], size_t *count,
                 const struct mrtd_shim_boot *boot, struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
