/* SPDX-License-Identifier: Apache-2.0 */
/* What reference values are made of: a firmware file, measured. */
#ifndef MODEL_FIRMWARE_H
#define MODEL_FIRMWARE_H

#include "model/evaluation.h"
#include "reference/reference.h"

struct firmware_order {
    bool every;       /* measure for VMMs that were not asked for, too */
    bool with_sha512; /* compute the file's SHA-512, which few documents have */
    finding_fn *each; /* for warnings and notes, before anything is measured */
    void *context;
    remark_fn *say;                  /* for notes on what a kernel leads to */
    const struct initdata *initdata; /* of the guest, or NULL; to be kept as
                                        long as the result is */
};

/*
 * Measures the file for each VMM of the options and, if every is set, for
 * each other that does not refuse it, of which nothing is said. Equal MRTDs
 * become one value. Where no VMM was asked for, there are no notes, only
 * warnings. Of guests of AMD's platforms, see firmware_guest.h; of what a
 * kernel leads to, firmware_boot.h. The digests are those of the file itself,
 * VARS left out. Free the result with firmware_free(); on failure it holds
 * nothing.
 */
enum exit_status firmware_measure(struct reference_firmware *firmware,
                                  const struct evaluation *e,
                                  const struct firmware_order *order,
                                  struct failure *failure);
void firmware_free(struct reference_firmware *firmware);

#endif
