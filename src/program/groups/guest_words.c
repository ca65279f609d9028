/* SPDX-License-Identifier: Apache-2.0 */
/* The words of sev-snp-measure: a script that calls it works with the name of
 * this program. */
#include <string.h>

#include "groups/launching.h"
#include "io/diagnostic.h"
#include "printable.h"

static const struct mode {
    const char *name;
    const char *title; /* of its -v */
    enum mrtd_platform platform;
    bool firmware_only; /* the digest of its pages, whatever else is given */
} modes[] = {
    {"sev", "SEV", MRTD_PLATFORM_SEV, false},
    {"seves", "SEV_ES", MRTD_PLATFORM_SEV_ES, false},
    {"snp", "SEV_SNP", MRTD_PLATFORM_SNP, false},
    {"snp:ovmf-hash", "SEV_SNP", MRTD_PLATFORM_SNP, true},
    {"snp:svsm", "SEV_SNP_SVSM", MRTD_PLATFORM_SNP, false},
};

static enum exit_status take_mode(void *launching, const char *value)
{
    struct guest_options *g = &((struct launching *)launching)->guest;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, value) == 0) {
            g->mode = modes[i].name;
            return EXIT_DONE;
        }
    }
    return diagnostic_usage("--mode needs sev, seves, snp, snp:ovmf-hash or "
                            "snp:svsm, not '%s'",
                            printable(value));
}

/* The mode that was given, or NULL. */
static const struct mode *mode_of(const struct guest_options *g)
{
    for (size_t i = 0; g->mode && i < sizeof modes / sizeof *modes; i++) {
        if (modes[i].name == g->mode) {
            return &modes[i];
        }
    }
    return NULL;
}

const char *guest_mode_title(const struct guest_options *g)
{
    const struct mode *mode = mode_of(g);
    return mode ? mode->title : NULL;
}

enum mrtd_platform guest_mode_platform(const struct guest_options *g)
{
    const struct mode *mode = mode_of(g);
    return mode ? mode->platform : 0;
}

void guest_take_mode(struct launching *l)
{
    const struct mode *mode = mode_of(&l->guest);
    struct launch_options *o = &l->launch;
    if (!mode) {
        return;
    }
    if (mode->firmware_only) {
        o->guest.firmware_only = true;
        o->guest.kernel = o->guest.initrd = o->guest.append = NULL;
    }
    /* One kind of virtual CPU: its parts come before a signature, and that
     * before a type. */
    if (l->guest.has_family) {
        o->type_count = 0;
    }
    for (unsigned i = 0; o->type_count > 1 && i < o->type_count; i++) {
        if (!o->types[i].type) {
            o->types[0] = o->types[i];
            o->type_count = 1;
        }
    }
    /* It has features for SEV-SNP only, and virtual CPUs not for SEV. */
    if (mode->platform != MRTD_PLATFORM_SNP || mode->firmware_only) {
        o->guest.has_features = false;
        o->guest.features = 0;
    }
    if (mode->platform == MRTD_PLATFORM_SEV || mode->firmware_only) {
        o->range_count = 0;
        o->type_count = 0;
        l->guest.has_family = l->guest.has_model = l->guest.has_stepping =
            false;
    }
}

/* --vmm with the one name that is not in lower case. */
static enum exit_status take_vmm_type(void *launching, const char *value)
{
    guest_note(launching, "--vmm-type");
    return launching_take_names(launching,
                                strcmp(value, "QEMU") == 0 ? "qemu" : value);
}

static enum exit_status take_format(void *launching, const char *value)
{
    guest_note(launching, "--output-format");
    ((struct launching *)launching)->guest.output_format = value;
    return strcmp(value, "hex") == 0 || strcmp(value, "base64") == 0
               ? EXIT_DONE
               : diagnostic_usage("--output-format needs hex or base64, not "
                                  "'%s'",
                                  printable(value));
}

static const struct option_row rows[] = {
    {OPTION_CALL("mode", take_mode, OPTION_IS("NAME", "a mode"),
                 "as --platform, in sev-snp-measure's words")},
    {OPTION_CALL("vmm-type", take_vmm_type, OPTION_IS_NAME,
                 "as --vmm, in sev-snp-measure's words")},
    {.name = "ovmf",
     .kind = OPTION_OPERAND,
     .argument = OPTION_IS_FILE,
     .text = "the firmware, as without an option"},
    {OPTION_CALL("output-format", take_format,
                 OPTION_IS("hex|base64", "a format"), "base64 is as --base64")},
};
const struct option_table guest_words = OPTION_TABLE(rows);
