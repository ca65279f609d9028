/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/guest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "groups/boot_options.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "options/spelling.h"
#include "options/values.h"
#include "printable.h"

static struct guest_options *raw(void *launching)
{
    return &((struct launching *)launching)->guest;
}

static struct launch_options *launch(void *launching)
{
    return &((struct launching *)launching)->launch;
}

void guest_note(void *launching, const char *option)
{
    struct guest_options *g = raw(launching);
    g->given = g->given ? g->given : option;
}

/* --- Arguments ------------------------------------------------------------ */

static const char *platform_name(const void *context, size_t index)
{
    (void)context;
    return mrtd_platform_name((enum mrtd_platform)(index + 1));
}

static enum exit_status take_platform(void *launching, const char *value)
{
    char meant[SPELLING_TEXT];
    raw(launching)->platform = mrtd_platform_find(value);
    return raw(launching)->platform
               ? EXIT_DONE
               : diagnostic_usage(
                     "--platform needs tdx, snp, sev-es or sev, not '%s'%s",
                     printable(value),
                     spelling_meant(meant, "", value, platform_name, NULL));
}

/* "4" or "1-8" of len bytes. */
static bool take_range(const char *text, size_t len, struct launch_range *range)
{
    char copy[32];
    uint64_t first = 0;
    uint64_t last = 0;
    if (len >= sizeof copy) {
        return false;
    }
    snprintf(copy, sizeof copy, "%.*s", (int)len, text);
    char *dash = strchr(copy, '-');
    if (dash) {
        *dash = '\0';
    }
    if (!option_number(copy, MRTD_MAX_VCPUS, &first) ||
        !option_number(dash ? dash + 1 : copy, MRTD_MAX_VCPUS, &last) ||
        first == 0 || last < first) {
        return false;
    }
    *range = (struct launch_range){(uint32_t)first, (uint32_t)last};
    return true;
}

static enum exit_status take_vcpus(void *launching, const char *value)
{
    struct launch_options *o = launch(launching);
    guest_note(launching, "--vcpus");
    for (const char *at = value; at;) {
        struct launch_range range;
        const size_t len = strcspn(at, ",");
        if (o->range_count == LAUNCH_MAX_RANGES) {
            return diagnostic_usage("--vcpus names more than %d numbers and "
                                    "ranges",
                                    LAUNCH_MAX_RANGES);
        }
        if (!take_range(at, len, &range)) {
            return diagnostic_usage("--vcpus needs numbers from 1 to %d, as "
                                    "1,2,4 or 1-8, not '%s'",
                                    MRTD_MAX_VCPUS, printable(value));
        }
        const uint32_t twice = launch_add_range(o, &range);
        if (twice) {
            return diagnostic_usage("--vcpus names %" PRIu32 " twice", twice);
        }
        at = at[len] ? at + len + 1 : NULL;
    }
    return EXIT_DONE;
}

static const char *type_name(const void *context, size_t index)
{
    (void)context;
    const struct mrtd_vcpu_type *type = mrtd_vcpu_type_at(index);
    return type ? type->name : NULL;
}

/* Adds a kind of virtual CPU. */
static enum exit_status add_vcpu(struct launch_options *o,
                                 const struct launch_vcpu *vcpu)
{
    if (o->type_count == LAUNCH_MAX_TYPES) {
        return diagnostic_usage("more than %d types of virtual CPUs are named",
                                LAUNCH_MAX_TYPES);
    }
    for (unsigned i = 0; i < o->type_count; i++) {
        const struct launch_vcpu *other = &o->types[i];
        if (other->type && vcpu->type && strcmp(other->type, vcpu->type) == 0) {
            return diagnostic_usage("--vcpu-type names %s twice", vcpu->type);
        }
    }
    o->types[o->type_count++] = *vcpu;
    return EXIT_DONE;
}

static enum exit_status bad_type(const char *name)
{
    char meant[SPELLING_TEXT];
    return diagnostic_usage(
        "there is no type '%s' of virtual CPUs%s; others have --vcpu-sig",
        printable(name), spelling_meant(meant, "", name, type_name, NULL));
}

static enum exit_status take_types(void *launching, const char *value)
{
    enum exit_status status = EXIT_DONE;
    guest_note(launching, "--vcpu-type");
    for (const char *at = value; !status && at;) {
        const size_t len = strcspn(at, ",");
        char name[64];
        snprintf(name, sizeof name, "%.*s",
                 (int)(len < sizeof name ? len : sizeof name), at);
        const struct mrtd_vcpu_type *type = mrtd_vcpu_type_find(name);
        if (!type) {
            return bad_type(name);
        }
        status = add_vcpu(launch(launching),
                          &(struct launch_vcpu){type->name, type->signature});
        at = at[len] ? at + len + 1 : NULL;
    }
    return status;
}

static enum exit_status take_signature(void *launching, const char *value)
{
    uint64_t number = 0;
    guest_note(launching, "--vcpu-sig");
    return option_number(value, UINT32_MAX, &number)
               ? add_vcpu(launch(launching),
                          &(struct launch_vcpu){NULL, (uint32_t)number})
               : diagnostic_usage("--vcpu-sig needs CPUID's signature, as "
                                  "0x800f12, not '%s'",
                                  printable(value));
}

static enum exit_status take_part(void *launching, const char *value,
                                  const char *option, uint32_t most,
                                  uint32_t *part, bool *has)
{
    uint64_t number = 0;
    guest_note(launching, option);
    if (!option_number(value, most, &number)) {
        return diagnostic_usage("%s needs a number from 0 to %u, not '%s'",
                                option, most, printable(value));
    }
    *part = (uint32_t)number;
    *has = true;
    return EXIT_DONE;
}

static enum exit_status take_family(void *launching, const char *value)
{
    struct guest_options *g = raw(launching);
    return take_part(launching, value, "--vcpu-family", 0xf + 0xff, &g->family,
                     &g->has_family);
}

static enum exit_status take_model(void *launching, const char *value)
{
    struct guest_options *g = raw(launching);
    return take_part(launching, value, "--vcpu-model", 0xff, &g->model,
                     &g->has_model);
}

static enum exit_status take_stepping(void *launching, const char *value)
{
    struct guest_options *g = raw(launching);
    return take_part(launching, value, "--vcpu-stepping", 0xf, &g->stepping,
                     &g->has_stepping);
}

static enum exit_status take_features(void *launching, const char *value)
{
    struct launch_guest *guest = &launch(launching)->guest;
    guest_note(launching, "--guest-features");
    guest->has_features = true;
    return option_number(value, UINT64_MAX, &guest->features)
               ? EXIT_DONE
               : diagnostic_usage("--guest-features needs a number, as 0x1, "
                                  "not '%s'",
                                  printable(value));
}

/* A command line may be empty. */
static enum exit_status take_append(void *launching, const char *value)
{
    launch(launching)->guest.append = value;
    return EXIT_DONE;
}

static enum exit_status take_digest(void *launching, const char *value)
{
    struct mrtd_digest *digest = &launch(launching)->guest.firmware_digest;
    guest_note(launching, "--snp-ovmf-hash");
    digest->algorithm = MRTD_ALGORITHM_SHA384;
    digest->size = MRTD_DIGEST_SIZE;
    return option_hex_bytes(value, digest->bytes, MRTD_DIGEST_SIZE)
               ? EXIT_DONE
               : diagnostic_usage("--snp-ovmf-hash needs 96 hexadecimal "
                                  "digits, which --ovmf-hash prints, not '%s'",
                                  printable(value));
}

static enum exit_status take_vars_size(void *launching, const char *value)
{
    guest_note(launching, "--vars-size");
    return option_number(value, UINT32_MAX, &launch(launching)->guest.vars_size)
               ? EXIT_DONE
               : diagnostic_usage("--vars-size needs a number of bytes, not "
                                  "'%s'",
                                  printable(value));
}

/* --- Tables --------------------------------------------------------------- */

#define GUEST(name, kind, member, argument, text)                              \
    OPTION(name, kind, struct launching, launch.guest.member, argument, text)

/* Tables are slices of this one. */
static const struct option_row rows_launch[] = {
    {OPTION_CALL("platform", take_platform, OPTION_IS("NAME", "a platform"),
                 "tdx (default), snp, sev-es or sev")},
    {OPTION_CALL("vcpus", take_vcpus, OPTION_IS("N,...", "a number"),
                 "the number of virtual CPUs; also a range, as 1-8"),
     .repeats = true},
    {OPTION_CALL("vcpu-type", take_types, OPTION_IS("NAME,...", "a type"),
                 "their type, as EPYC-v4 or EPYC-Milan"),
     .repeats = true},
    {OPTION_CALL("vcpu-sig", take_signature, OPTION_IS("N", "a number"),
                 "instead of the type, CPUID's signature")},
    {OPTION_CALL("vcpu-family", take_family, OPTION_IS("N", "a number"),
                 "instead of the signature, its family,")},
    {OPTION_CALL("vcpu-model", take_model, OPTION_IS("N", "a number"),
                 "model")},
    {OPTION_CALL("vcpu-stepping", take_stepping, OPTION_IS("N", "a number"),
                 "and stepping")},
    {OPTION_CALL("guest-features", take_features, OPTION_IS("N", "a number"),
                 "SEV_FEATURES of the guest (default: 0x1)")},
    {GUEST("kernel", INPUT, kernel, OPTION_IS_FILE,
           "a kernel that the firmware starts by its hash")},
    {GUEST("initrd", INPUT, initrd, OPTION_IS_FILE, "its initrd")},
    {OPTION_CALL("append", take_append, OPTION_IS("TEXT", "a command line"),
                 "its command line")},
};
const struct option_table guest_launch = {rows_launch, 11};
const struct option_table guest_machine = {rows_launch + 1, 10};
const struct option_table guest_boot = {rows_launch + 8, 3};
const struct option_table guest_kernel = {rows_launch + 8, 1};

#define PLATFORM(text)                                                         \
    {                                                                          \
        OPTION_CALL("platform", take_platform,                                 \
                    OPTION_IS("NAME", "a platform"), text)                     \
    }

static const struct option_row rows_lint[] = {PLATFORM("tdx (default) or snp")};
const struct option_table guest_platform_lint = OPTION_TABLE(rows_lint);
static const struct option_row rows_check[] = {
    PLATFORM("tdx or snp (default: that of X, or both)")};
const struct option_table guest_platform_check = OPTION_TABLE(rows_check);
static const struct option_row rows_release[] = {
    PLATFORM("whose values (default: those of the first component)")};
const struct option_table guest_platform_release = OPTION_TABLE(rows_release);
static const struct option_row rows_snp[] = {
    PLATFORM("snp, as without it: no other has ID blocks")};
const struct option_table guest_platform_snp = OPTION_TABLE(rows_snp);

static const struct option_row rows_value[] = {
    {GUEST("ovmf-hash", FLAG, firmware_only, OPTION_ALONE,
           "print the SNP digest after the firmware's pages")},
    {OPTION_CALL("snp-ovmf-hash", take_digest, OPTION_IS("HEX", "a digest"),
                 "go on from that digest, whatever the firmware's bytes")},
    {GUEST("svsm", INPUT, svsm, OPTION_IS_FILE,
           "an SVSM that is started first, as before IGVM")},
    {OPTION_CALL("vars-size", take_vars_size, OPTION_IS("N", "a number"),
                 "with --svsm: bytes of VARS below the firmware")},
    {GUEST("vars-file", INPUT, vars_file, OPTION_IS_FILE,
           "with --svsm: VARS of that file's size")},
};
const struct option_table guest_value = OPTION_TABLE(rows_value);
const struct option_table guest_firmware = {rows_value + 1, 4};

/* --- Checks --------------------------------------------------------------- */

/* Which platform is meant, by --platform or --mode? */
bool guest_check_platform(struct launching *l)
{
    struct guest_options *g = &l->guest;
    const enum mrtd_platform by_mode = guest_mode_platform(g);
    if (by_mode && g->platform && by_mode != g->platform) {
        diagnostic_usage("--mode %s and --platform %s do not agree", g->mode,
                         mrtd_platform_name(g->platform));
        return false;
    }
    l->launch.platform = g->platform ? g->platform
                         : by_mode   ? by_mode
                                     : MRTD_PLATFORM_TDX;
    return true;
}

/* What no guest of TDX has at all. */
static const char *machine_given(const struct launching *l)
{
    const struct launch_guest *guest = &l->launch.guest;
    return l->guest.given         ? l->guest.given
           : guest->firmware_only ? "--ovmf-hash"
           : guest->svsm          ? "--svsm"
           : guest->vars_file     ? "--vars-file"
                                  : NULL;
}

const char *guest_kernel_given(const struct launching *l)
{
    const struct launch_guest *guest = &l->launch.guest;
    return guest->kernel   ? "--kernel"
           : guest->initrd ? "--initrd"
           : guest->append ? "--append"
                           : NULL;
}

const char *guest_given(const struct launching *l)
{
    const char *machine = machine_given(l);
    return machine ? machine : guest_kernel_given(l);
}

/* The kind of virtual CPU from family, model and stepping. */
static bool check_parts(struct launching *l)
{
    const struct guest_options *g = &l->guest;
    if (!g->has_family && !g->has_model && !g->has_stepping) {
        return true;
    }
    return options_must(g->has_family && g->has_model && g->has_stepping,
                        "--vcpu-family, --vcpu-model and --vcpu-stepping are "
                        "given together") &&
           options_must(l->launch.type_count == 0,
                        "--vcpu-family is given instead of --vcpu-type or "
                        "--vcpu-sig") &&
           !add_vcpu(&l->launch,
                     &(struct launch_vcpu){
                         NULL, mrtd_vcpu_signature(g->family, g->model,
                                                   g->stepping)});
}

/* Without a kernel neither of the others is measured. */
bool guest_check_kernel(const struct launch_guest *guest)
{
    return options_must(guest->kernel || !guest->initrd,
                        "--initrd is for a --kernel; without one it is not "
                        "measured") &&
           options_must(guest->kernel || !guest->append,
                        "--append is for a --kernel; without one it is not "
                        "measured");
}

/* What is asked for is in the digest, and nothing is ignored. */
static bool check_measured(const struct launch_options *o)
{
    const struct launch_guest *guest = &o->guest;
    const bool has_vcpus =
        o->range_count > 0 || o->type_count > 0 || guest->has_features;
    return options_must(o->platform != MRTD_PLATFORM_SEV || !has_vcpus,
                        "--vcpus, --vcpu-type and --guest-features are not of "
                        "--platform sev, which measures no virtual CPU") &&
           options_must(!guest->firmware_only || (!has_vcpus && !guest->kernel),
                        "--ovmf-hash is of the firmware's pages alone, which "
                        "no --vcpus, --vcpu-type, --guest-features or --kernel "
                        "changes");
}

/* What cannot be given together for a guest. */
static bool check_guest(const struct launching *l)
{
    const struct launch_options *o = &l->launch;
    const struct launch_guest *guest = &o->guest;
    const bool is_snp = o->platform == MRTD_PLATFORM_SNP;
    return guest_check_kernel(guest) &&
           options_must(!o->vars, "--vars is of TDX: a guest of SEV measures "
                                  "the file that is given, so give CODE "
                                  "alone") &&
           options_must(!o->payload, "--payload is of TDX; a guest of SEV has "
                                     "--kernel") &&
           options_must(is_snp || (!guest->firmware_only && !guest->svsm &&
                                   guest->firmware_digest.size == 0),
                        "--ovmf-hash, --snp-ovmf-hash and --svsm are of "
                        "--platform snp") &&
           OPTIONS_EXCLUDE({"--ovmf-hash", guest->firmware_only},
                           {"--snp-ovmf-hash", guest->firmware_digest.size > 0},
                           {"--svsm", guest->svsm != NULL}) &&
           OPTIONS_EXCLUDE({"--vars-size", guest->vars_size > 0},
                           {"--vars-file", guest->vars_file != NULL}) &&
           options_must(guest->svsm || (!guest->vars_size && !guest->vars_file),
                        "--vars-size and --vars-file are for --svsm") &&
           options_must(!guest->svsm || guest->vars_size || guest->vars_file,
                        "--svsm needs --vars-size or --vars-file: the SVSM is "
                        "placed below the VARS");
}

/* An MRTD depends on none of it; registers that are extended later, on a
 * kernel. */
static bool check_tdx(const struct launching *l)
{
    const char *machine = machine_given(l);
    if (machine) {
        diagnostic_usage("%s is for --platform snp, sev-es or sev; it does not "
                         "change an MRTD",
                         machine);
    }
    return !machine && boot_options_fit(l, guest_kernel_given(l));
}

bool guest_check(struct launching *l)
{
    struct launch_options *o = &l->launch;
    if (l->guest.by_line) {
        return guest_check_kernel(&o->guest);
    }
    if (o->platform == MRTD_PLATFORM_TDX) {
        return check_tdx(l);
    }
    const char *boot = o->boot.registers ? "--register" : boot_options_given(l);
    if (boot) {
        diagnostic_usage("%s is of --platform tdx", boot);
        return false;
    }
    if (!o->guest.has_features && o->platform == MRTD_PLATFORM_SNP) {
        o->guest.features = LAUNCH_SNP_FEATURES;
    }
    if (l->guest.mode && strcmp(l->guest.mode, "snp:svsm") == 0 &&
        !o->guest.svsm) {
        diagnostic_usage("--mode snp:svsm needs --svsm FILE");
        return false;
    }
    guest_take_mode(l);
    return check_parts(l) && check_guest(l) && check_measured(o) &&
           launch_select(o, 0);
}

bool guest_check_any(struct launching *l)
{
    const enum mrtd_platform platform = l->guest.platform;
    const bool is_sev = platform == MRTD_PLATFORM_SNP || machine_given(l);
    const char *boot = boot_options_given(l);
    if (platform == MRTD_PLATFORM_TDX && machine_given(l)) {
        return guest_check(l);
    }
    /* What the other platform does not measure is asked for: a value of it
     * would not answer that. A kernel is of both. */
    if (is_sev) {
        l->guest.platform = MRTD_PLATFORM_SNP;
    } else if (l->launch.vars || l->launch.payload || boot) {
        l->guest.platform = platform ? platform : MRTD_PLATFORM_TDX;
    }
    if (is_sev && boot) {
        diagnostic_usage("%s is of --platform tdx", boot);
        return false;
    }
    return options_must(platform <= MRTD_PLATFORM_SNP,
                        "guests of SEV-ES and SEV report no launch digest") &&
           (!is_sev || guest_check_kernel(&l->launch.guest)) &&
           options_must(!is_sev || (!l->launch.vars && !l->launch.payload),
                        "--vars and --payload are of TDX, not of SEV-SNP") &&
           check_parts(l);
}
