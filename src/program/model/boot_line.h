/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of a TD's kernel, as an option or a file has it. */
#ifndef MODEL_BOOT_LINE_H
#define MODEL_BOOT_LINE_H

#include "model/evaluation.h"
#include "reference/boot_values.h"

/* What a command line was taken from. */
enum boot_line_source {
    BOOT_LINE_NONE,    /* there is none */
    BOOT_LINE_OPTION,  /* --append: as the VMM is given it */
    BOOT_LINE_PROCESS, /* the same, among QEMU's arguments */
    BOOT_LINE_TEXT,    /* text, perhaps the guest's /proc/cmdline */
};

struct boot_line {
    enum boot_line_source source;
    char *text; /* NULL: there is none */
    size_t size;
    /* Is edk2's "initrd=initrd" in it already, at its start or its end? */
    bool is_final;
    bool is_last; /* at its end */
};

/*
 * Takes it of the options, or of the file that they name; what may be another
 * line than that of the boot is refused. by_edk2: edk2 starts a kernel that
 * measures it, and adds "initrd=initrd" where there is an initrd.
 * boot_line_free() in any case.
 */
enum exit_status boot_line_take(struct boot_line *line,
                                const struct evaluation *e, bool by_edk2,
                                struct failure *failure);
void boot_line_free(struct boot_line *line);

/* The command line is refused, for that reason. */
enum exit_status boot_line_refuse(const struct evaluation *e,
                                  struct failure *failure, const char *why);

#endif
