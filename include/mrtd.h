/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmrtd: the launch measurement of confidential-VM firmware.
 *
 * The library turns bytes into three things, one after the other:
 *
 *   image        what a firmware file says: the regions of guest memory that it
 *                asks for, by TDVF metadata, by SEV metadata or as an IGVM file
 *   launch plan  what a VMM does with it before the guest's first instruction:
 *                an ordered list of runs of pages, measured or not
 *   value        what the TDX module or the AMD secure processor makes of the
 *                plan: a register, as MRTD, and the digest in it
 *
 * It does no input or output, prints nothing, never exits, and keeps no state
 * of its own: calls on distinct handles may run in parallel, and one handle may
 * be read from several threads. Input is untrusted: every byte of it is read
 * with bounds checks, and no allocation follows a claim of the input that was
 * not checked against the bytes present and a named limit.
 *
 * Conventions. A null pointer is never followed:
 *   - for a name that is NULL the answer is NULL or 0;
 *     mrtd_engine_force() takes it for the defaults;
 *   - a handle that is NULL is empty: to free it does nothing, and what is
 *     looked up in it is NULL (mrtd_vmm_launches(): 0);
 *   - a function that returns a code fails with MRTD_ERR_ARGUMENT where what it
 *     reads or the place of its result is NULL. These may be NULL, and mean
 *     what is said with them: error, observer and its members, a launch
 *     request, its VMM and its payload, a search and its members;
 *   - mrtd_evidence_detect(), mrtd_engine_at() and mrtd_hex_decode() return 0,
 *     and functions that return nothing do nothing, where an argument is NULL.
 *     But mrtd_measure_many() says of a plan that is NULL that it is,
 *     mrtd_image_igvm_pages() counts none in an empty handle, and
 *     mrtd_value_set() makes the value all zero if bytes is NULL.
 * An index past the last is NULL, or 0. On failure outputs are as they were.
 *
 * All sizes and offsets are in bytes unless a name says otherwise. Integers of
 * the file formats are little-endian and are converted here.
 *
 * Each topic has a header of its own, which names the documents that it cites,
 * and a page of the manual, whose first is libmrtd(3). Programs include this
 * header, which brings them all; how they are divided may change.
 */
#ifndef MRTD_H
#define MRTD_H

/* The version of this header; mrtd_version() says the library's. */
#define MRTD_VERSION_MAJOR 0
#define MRTD_VERSION_MINOR 1
#define MRTD_VERSION_PATCH 0
/* For comparisons: 0x000100 is 0.1.0. */
#define MRTD_VERSION_HEX                                                       \
    (MRTD_VERSION_MAJOR << 16 | MRTD_VERSION_MINOR << 8 | MRTD_VERSION_PATCH)

#include "mrtd/accept.h"
#include "mrtd/base.h"
#include "mrtd/boot.h"
#include "mrtd/disk.h"
#include "mrtd/engine.h"
#include "mrtd/events.h"
#include "mrtd/evidence.h"
#include "mrtd/igvm.h"
#include "mrtd/image.h"
#include "mrtd/launch.h"
#include "mrtd/log.h"
#include "mrtd/measure.h"
#include "mrtd/ovmf.h"
#include "mrtd/search.h"
#include "mrtd/sev.h"
#include "mrtd/shim.h"
#include "mrtd/tcb.h"
#include "mrtd/text.h"
#include "mrtd/uki.h"
#include "mrtd/value.h"
#include "mrtd/vcpu.h"
#include "mrtd/verify.h"
#include "mrtd/verity.h"

#endif
