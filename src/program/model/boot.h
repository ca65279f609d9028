/* SPDX-License-Identifier: Apache-2.0 */
/* What a TD's registers have after a kernel has taken over, which QEMU gives to
 * OVMF, or which td-shim starts, or a unified kernel image: by which rules,
 * from which events. */
#ifndef MODEL_BOOT_H
#define MODEL_BOOT_H

#include "model/boot_line.h"
#include "model/evaluation.h"
#include "reference/boot_values.h"

/* Most that is noted, and room for one. */
#define BOOT_NOTES     8
#define BOOT_NOTE_SIZE 500
/* The most events of all kinds of boots. */
#define BOOT_EVENTS (MRTD_UKI_EVENTS + MRTD_OVMF_EVENTS)

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

/* RTMR0 of OVMF, with what is not known of it. */
struct boot_rtmr0 {
    struct mrtd_ovmf_event events[MRTD_OVMF_EVENTS];
    size_t count;         /* 0: it is not asked for */
    uint32_t edk2;        /* as that release makes them, */
    uint32_t secure_boot; /* of such a build: enum mrtd_ovmf_secure_boot */
};

struct boot {
    const struct evaluation *e; /* its image is NULL where only OVMF's kernel,
                                   initrd and command line are known */
    unsigned wanted;            /* LAUNCH_*: what is computed */
    bool is_shim;               /* td-shim starts the kernel; otherwise OVMF */
    struct mrtd_uki uki;        /* section_count 0: none is given */
    uint32_t systemd;           /* whose stub it has; 0: not known */
    struct mrtd_shim shim;      /* what its image says */
    uint32_t rules;             /* of OVMF: MRTD_BOOT_* */
    bool tried_patched;         /* a search tried a kernel that QEMU changes */
    struct mrtd_kernel kernel;  /* protocol 0: its header was not read */
    struct boot_line line;
    struct mrtd_event events[BOOT_EVENTS];
    size_t count;
    struct boot_rtmr0 rtmr0;
    struct boot_note notes[BOOT_NOTES];
    size_t note_count;
};

/* Computes what the options ask for; *boot must be freed in any case. */
enum exit_status boot_make(struct boot *boot, const struct evaluation *e,
                           struct failure *failure);
void boot_free(struct boot *boot);

/* Of what they are made, and by which rules, with those names of the kernel and
 * the initrd, or NULL; its command line is that of *boot. */
struct boot_origin boot_origin(const struct boot *boot, const char *kernel,
                               const char *initrd);

/* The digest of one of LAUNCH_BOOT. False: there is no such event. */
bool boot_digest(const struct boot *boot, unsigned bit,
                 struct mrtd_digest *digest);

/* --- Parts of it, for searches -------------------------------------------- */

/*
 * What of the kernel and the command line can be computed; that of which image
 * it is. Without an image it is OVMF, or td-shim as shim, if not NULL, says.
 * Nothing depends on rules yet.
 */
enum exit_status boot_open(struct boot *boot, const struct evaluation *e,
                           const struct mrtd_shim *shim, unsigned wanted,
                           struct failure *failure);

/* The events by those rules, into boot->events. */
enum exit_status boot_events(struct boot *boot, uint32_t rules,
                             struct failure *failure);

void boot_note(struct boot *boot, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Is it one that Linux's version says to measure its command line, as since
 * 6.9? */
bool boot_measures(const struct mrtd_kernel *kernel);

#endif
