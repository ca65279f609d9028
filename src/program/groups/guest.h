/* SPDX-License-Identifier: Apache-2.0 */
/* Options about platforms, and what guests of AMD's are launched with. */
#ifndef GROUPS_GUEST_H
#define GROUPS_GUEST_H

#include "model/launch_options.h"
#include "options/options.h"

/* What was given of it. */
struct guest_options {
    enum mrtd_platform platform; /* 0: not given */
    /* The first option of a guest that was given, without its dashes; NULL:
     * none was. */
    const char *given;
    bool by_line; /* the platform is that of each line of a list */
    bool has_family;
    bool has_model;
    bool has_stepping;
    uint32_t family;
    uint32_t model;
    uint32_t stepping;
    /* As sev-snp-measure has it: --mode, --output-format base64. */
    const char *mode;
    const char *output_format; /* hex or base64; NULL: not given */
};

/* For struct launching. --platform alone, for commands that have not all; */
extern const struct option_table guest_platform_lint;
extern const struct option_table guest_platform_check;
extern const struct option_table guest_platform_release;
extern const struct option_table guest_platform_snp;
/* with the number and the kind of virtual CPUs, --guest-features, --kernel,
 * --initrd and --append; or without --platform; or the last three alone; */
extern const struct option_table guest_launch;
extern const struct option_table guest_machine;
extern const struct option_table guest_boot;
/* or --kernel alone; */
extern const struct option_table guest_kernel;
/* what else one value is computed from, or of it --snp-ovmf-hash, --svsm,
 * --vars-size and --vars-file. */
extern const struct option_table guest_value;
extern const struct option_table guest_firmware;
/* and the words of sev-snp-measure. */
extern const struct option_table guest_words;

struct launching;

/* What sev-snp-measure -v calls the mode; NULL: none was given. */
const char *guest_mode_title(const struct guest_options *guest);
/* With a mode, options mean what they mean to sev-snp-measure. */
void guest_take_mode(struct launching *launching);
/* The platform of that mode; 0: none was given. */
enum mrtd_platform guest_mode_platform(const struct guest_options *guest);
/* Notes that an option of a guest was given. */
void guest_note(void *launching, const char *option);
/* The first option of a guest, or of its kernel alone, or NULL. */
const char *guest_given(const struct launching *launching);
const char *guest_kernel_given(const struct launching *launching);
/* Of a guest of SEV: what is given of a kernel needs the kernel. */
bool guest_check_kernel(const struct launch_guest *guest);

/* For a command that finds out the platform where none is given: checks what is
 * given of a guest without one, instead of the two below. An option that is of
 * one platform alone asks for it. */
bool guest_check_any(struct launching *launching);
/* Before the VMMs are looked up. */
bool guest_check_platform(struct launching *launching);
/* After that. */
bool guest_check(struct launching *launching);

#endif
