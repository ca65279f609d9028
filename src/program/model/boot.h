/* SPDX-License-Identifier: Apache-2.0 */
/* What a TD's registers have after a kernel, which QEMU gives to OVMF, has
 * taken over: by which rules, from which events. */
#ifndef MODEL_BOOT_H
#define MODEL_BOOT_H

#include "model/evaluation.h"
#include "reference/boot_values.h"

/* Most that is noted, and room for one. */
#define BOOT_NOTES     4
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
    struct mrtd_event events[MRTD_BOOT_EVENTS];
    size_t count;
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

#endif
