/* SPDX-License-Identifier: Apache-2.0 */
/* What a TD's registers have after a kernel, which QEMU gives to OVMF, or a
 * unified kernel image has taken over: by which rules, from which events. */
#ifndef MODEL_BOOT_H
#define MODEL_BOOT_H

#include "model/evaluation.h"

/* The release of edk2 from which on the separator is in RTMR1. */
#define BOOT_EDK2_SEPARATOR 202411
/* The longest command line, in bytes. */
#define BOOT_CMDLINE_MOST 65536
/* Most that is noted, and room for one. */
#define BOOT_NOTES     8
#define BOOT_NOTE_SIZE 240

struct boot_note {
    const char *code;
    char message[BOOT_NOTE_SIZE];
};

/* The names of a register, or of an event's digest. */
struct boot_register {
    unsigned bit;     /* LAUNCH_* */
    const char *name; /* that --register takes */
    const char *tag;  /* that a line has */
};

/* The index-th, NULL after the last. */
const struct boot_register *boot_register_at(size_t index);

struct boot {
    const struct evaluation *e;
    uint32_t rules;            /* MRTD_BOOT_* */
    struct mrtd_kernel kernel; /* protocol 0: its header was not read */
    char *cmdline;             /* as QEMU is given it; NULL: not known */
    size_t cmdline_size;
    struct mrtd_uki uki; /* section_count 0: none is given */
    uint32_t systemd;    /* whose stub it has; 0: not known */
    struct mrtd_event events[MRTD_UKI_EVENTS]; /* at least MRTD_BOOT_EVENTS */
    size_t count;
    struct boot_note notes[BOOT_NOTES];
    size_t note_count;
};

/* Computes what the options ask for; *boot must be freed in any case. */
enum exit_status boot_make(struct boot *boot, const struct evaluation *e,
                           struct failure *failure);
void boot_free(struct boot *boot);

/* Adds a note. */
void boot_note(struct boot *boot, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The digest of one of LAUNCH_BOOT. False: there is no such event. */
bool boot_digest(const struct boot *boot, unsigned bit,
                 struct mrtd_digest *digest);

#endif
