/* SPDX-License-Identifier: Apache-2.0 */
/* What a boot can be asked for, and what is said with it. */
#include <stdarg.h>
#include <stdio.h>

#include "model/boot.h"

static const struct boot_register registers[] = {
    {LAUNCH_MRTD, "mrtd", "MRTD"},
    {LAUNCH_RTMR1, "rtmr1", "RTMR1"},
    {LAUNCH_RTMR2, "rtmr2", "RTMR2"},
    {LAUNCH_KERNEL, "kernel", "kernel"},
    {LAUNCH_CMDLINE, "cmdline", "cmdline"},
    {LAUNCH_UKI, "uki", "UKI"},
    {LAUNCH_SECTIONS, "sections", "sections"},
};

const struct boot_register *boot_register_at(size_t index)
{
    return index < sizeof registers / sizeof *registers ? &registers[index]
                                                        : NULL;
}

void boot_note(struct boot *b, const char *code, const char *format, ...)
{
    struct boot_note *n = &b->notes[b->note_count++];
    va_list args;
    va_start(args, format);
    n->code = code;
    vsnprintf(n->message, sizeof n->message, format, args);
    va_end(args);
}
