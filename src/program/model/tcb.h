/* SPDX-License-Identifier: Apache-2.0 */
/* --min-tcb: the least security version numbers that evidence may have. Nobody
 * signs such numbers; the user says them. */
#ifndef MODEL_TCB_H
#define MODEL_TCB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

/* Of TDX TEE_TCB_SVN has so many; of SEV-SNP there are fewer. */
#define TCB_PARTS 16

struct tcb_minimum {
    enum mrtd_platform platform;
    bool has[TCB_PARTS]; /* SEV-SNP: in the order of tcb_part_name() */
    uint8_t least[TCB_PARTS];
};

/* What "bl", "tee", "snp", "ucode" and "fmc" are the first to fifth of; NULL
 * after the last. */
const char *tcb_part_name(size_t i);

/*
 * Reads "bl=3,tee=0,snp=8,ucode=115" of SEV-SNP (decimal, each once, those that
 * are left out may be anything), or 32 hexadecimal digits of TDX, maybe with 0x
 * before them. False if it is neither.
 */
bool tcb_minimum_read(struct tcb_minimum *minimum, const char *text);

/* Does it ask for fmc, which only processors of Turin have? */
bool tcb_minimum_has_fmc(const struct tcb_minimum *minimum);

/* One part of a TCB beside the least that was asked for. */
struct tcb_part {
    char name[24]; /* "bl", or "TEE_TCB_SVN[2]" */
    unsigned is;
    unsigned least;
};

/*
 * The parts that are lower than asked for, for evidence of the minimum's
 * platform; returns how many. family: of SEV-SNP, and not UNKNOWN.
 */
size_t tcb_below(struct tcb_part parts[TCB_PARTS],
                 const struct tcb_minimum *minimum,
                 const struct mrtd_evidence *evidence,
                 enum mrtd_snp_family family);

#endif
