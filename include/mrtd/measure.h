/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a launch plan to its value: the register that the launch is measured in,
 * and the digest.
 *
 * Documents cited below:
 *   [TDXMOD]  Intel TDX Module source code (intel/tdx-module):
 *             tdh_mem_page_add.c, tdh_mr_extend.c, tdh_mr_finalize.c
 *   [SNPABI]  AMD, SEV Secure Nested Paging Firmware ABI Specification, 56860,
 *             revision 1.58, 8.17.2
 *   [SEVAPI]  AMD, Secure Encrypted Virtualization API, 55766, revision 3.24,
 *             6.3 to 6.5
 */
#ifndef MRTD_MEASURE_H
#define MRTD_MEASURE_H

#include "mrtd/launch.h"
#include "mrtd/value.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* What a caller wants to see while a plan is measured. Members may be NULL. */
struct mrtd_observer {
    void *context;
    /* Called now and then; hashed of total bytes are done. A return
     * other than 0 stops with MRTD_ERR_CANCELLED. */
    int (*progress)(void *context, uint64_t hashed, uint64_t total);
    /* Called after the last run of each region that has one: of TDX the
     * SHA-384 of the stream so far, of SEV-SNP the launch digest so far. Not
     * called of SEV-ES and SEV. */
    void (*region)(void *context, uint32_t region,
                   const uint8_t running[MRTD_DIGEST_SIZE]);
    /* Of SEV-SNP, called after each run: the launch digest so far. */
    void (*run)(void *context, uint32_t run,
                const uint8_t running[MRTD_DIGEST_SIZE]);
};

/*
 * Replays the plan and stores the value. TDX: MRTD ([TDXMOD]: SHA-384 over one
 * 128-byte block for each TDH.MEM.PAGE.ADD, and one 128-byte block and 256
 * bytes of data for each TDH.MR.EXTEND). SEV-SNP: the launch digest ([SNPABI]:
 * a chain of SHA-384 with a PAGE_INFO for each page). SEV-ES and SEV: the
 * launch digest ([SEVAPI]: SHA-256 over all bytes in a row). observer may be
 * NULL. On failure returns the error's code, fills *error, and leaves *value as
 * it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_measure(const struct mrtd_plan *plan,
                                          const struct mrtd_observer *observer,
                                          struct mrtd_value *value,
                                          struct mrtd_error *error);

/* What became of one plan of several. */
struct mrtd_measurement {
    struct mrtd_error
        error; /* error.code is MRTD_OK, or says why there is no value */
    struct mrtd_value value; /* the value if error.code is MRTD_OK */
};

/*
 * Measures count plans, several at once where the CPU can; the results come in
 * the order of the plans, and one that fails does not stop the others. Plans
 * may be of any size, and the same plan may be given twice. Memory: about
 * 120 KiB for each message that the engine takes at once.
 */
void mrtd_measure_many(const struct mrtd_plan *const plans[], size_t count,
                       struct mrtd_measurement results[]);

/*
 * From bytes to the value in one call: mrtd_image_open() without flags,
 * mrtd_plan_build() and mrtd_measure(). launch may be NULL for all defaults. It
 * reports no warnings and notes: to have them, make the three calls. On failure
 * returns the error's code, fills *error, and leaves *value as it was.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_measure_source(struct mrtd_value *value, const struct mrtd_source *source,
                    const struct mrtd_launch *launch, struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
