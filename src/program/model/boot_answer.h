/* SPDX-License-Identifier: Apache-2.0 */
/* check's answer about a TD's boot: are the RTMRs that it reports those of the
 * kernel, the initrd and the command line? */
#ifndef MODEL_BOOT_ANSWER_H
#define MODEL_BOOT_ANSWER_H

#include "model/boot_search.h"

/* RTMR0, RTMR1 and RTMR2. */
#define BOOT_ANSWER_REGISTERS 3
#define BOOT_ANSWER_TEXT      400

struct boot_answer_register {
    enum mrtd_register id;
    bool is_asked; /* can be computed of what was given */
    bool same;
    struct mrtd_digest computed;
    const uint8_t *reported; /* MRTD_DIGEST_SIZE bytes */
};

struct boot_answer {
    bool is_asked; /* a kernel or a command line was given */
    bool match;    /* all that are asked are the same */
    struct boot boot;
    struct boot_answer_register registers[BOOT_ANSWER_REGISTERS];
};

/* Was a kernel, a command line or something else of a boot given? */
bool boot_answer_is_asked(const struct launch_options *options);

/* With a kernel, a command line or both, and the image: compares with what the
 * TD reports, which must stay. boot_answer_free() in any case. */
enum exit_status boot_answer_make(struct boot_answer *answer,
                                  const struct evaluation *e,
                                  const struct mrtd_tdinfo *reported,
                                  struct failure *failure);
void boot_answer_free(struct boot_answer *answer);

/* Is the kernel that was given in the MRTD, and in no other register? */
bool boot_answer_in_mrtd(const struct boot_answer *answer);

/* By which rules the register was computed, in words. */
const char *boot_answer_rules(const struct boot_answer *answer,
                              enum mrtd_register id,
                              char text[BOOT_ANSWER_TEXT]);

/* Why a register may differ: the index-th reason that applies, NULL after the
 * last; *code names it. */
const char *boot_answer_reason(const struct boot_answer *answer, size_t index,
                               const char **code);

#endif
