/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/launching.h"

#include <stdio.h>
#include <string.h>

#include "groups/boot_options.h"
#include "groups/image_options.h"
#include "io/diagnostic.h"
#include "model/acceptance.h"
#include "model/image_format.h"
#include "model/vmms.h"
#include "options/spelling.h"
#include "options/values.h"
#include "printable.h"
#include "report/about.h"

/* Names with commas between them. */
enum exit_status launching_take_names(void *launching, const char *value)
{
    struct launching *l = launching;
    const char *name = value;
    while (name) {
        const char *comma = strchr(name, ',');
        const size_t len = comma ? (size_t)(comma - name) : strlen(name);
        if (l->vmm_count == LAUNCH_MAX_VMMS) {
            return diagnostic_usage("--vmm names more than %d VMMs",
                                    LAUNCH_MAX_VMMS);
        }
        char *to = l->vmms[l->vmm_count++];
        /* A name that is cut is longer than any that is known. */
        snprintf(to, LAUNCHING_NAME_SIZE, "%.*s",
                 (int)(len < LAUNCHING_NAME_SIZE ? len : LAUNCHING_NAME_SIZE),
                 name);
        name = comma ? comma + 1 : NULL;
    }
    return EXIT_DONE;
}

static enum exit_status take_format(void *launching, const char *value)
{
    struct launching *l = launching;
    return image_format_find(value, &l->launch.image_format)
               ? EXIT_DONE
               : diagnostic_usage("--image-format needs " IMAGE_FORMATS
                                  ", not '%s'",
                                  printable(value));
}

static enum exit_status take_limit(void *launching, const char *value)
{
    struct launching *l = launching;
    return option_size(value, &l->launch.limit)
               ? EXIT_DONE
               : diagnostic_usage("--limit needs a number of bytes above 0, as "
                                  "64G, not '%s'",
                                  printable(value));
}

/* --- Tables --------------------------------------------------------------- */

static enum exit_status tell_vmms(const struct call *call)
{
    (void)call;
    about_vmms(output_stream());
    return EXIT_DONE;
}

const struct option_question help_of_vmms = {
    tell_vmms, "--vmm help is given alone, or after a command alone"};

#define LAUNCH(name, kind, member, argument, text)                             \
    OPTION(name, kind, struct launching, launch.member, argument, text)

static const struct option_row rows_vmm[] = {
    {OPTION_CALL(
         "vmm", launching_take_names, OPTION_IS_NAME,
         "the VMM that launches; '--vmm help' lists them, the default first"),
     .repeats = true, .question = &help_of_vmms},
};
const struct option_table launching_vmm = OPTION_TABLE(rows_vmm);

static const struct option_row rows_vmms[] = {
    {OPTION_CALL(
         "vmm", launching_take_names, OPTION_IS("NAME,...", "a name"),
         "the VMMs that launch; '--vmm help' lists them, the default first"),
     .repeats = true, .question = &help_of_vmms},
};
const struct option_table launching_vmms = OPTION_TABLE(rows_vmms);

/* Tables are slices of this one: they begin and end where others do. */
static const struct option_row rows_images[] = {
    {LAUNCH("payload", INPUT, payload, OPTION_IS_FILE,
            "the kernel, which cloud-hypervisor loads")},
    {LAUNCH("permissive", FLAG, permissive, OPTION_ALONE,
            "compute also for images that break one of some rules")},
    {LAUNCH("vars", INPUT, vars, OPTION_IS_FILE,
            "put this VARS file before a split CODE file")},
    {OPTION_CALL("image-format", take_format,
                 OPTION_IS("tdvf|igvm", IMAGE_FORMATS),
                 "which is meant, where a file is both")},
    {OPTION_CALL("limit", take_limit, OPTION_IS("SIZE", "a number"),
                 "refuse to hash more than this (default: 16G)")},
};
const struct option_table launching_images = {rows_images, 5};
const struct option_table launching_how = {rows_images, 2};
const struct option_table launching_files = {rows_images + 2, 3};
const struct option_table launching_permissive = {rows_images + 1, 1};
const struct option_table launching_whole = {rows_images + 3, 2};
const struct option_table launching_limit = {rows_images + 4, 1};

/* --- Checks --------------------------------------------------------------- */

/* A spelling_name_fn: names of the platform that the context points to. */
static const char *vmm_name(const void *context, size_t index)
{
    const enum mrtd_platform *platform = context;
    const struct mrtd_vmm *vmm = vmms_at(*platform, index);
    return vmm ? vmm->name : NULL;
}

/* Can the VMM do what the command asks of it? */
static bool is_able(enum launching_vmms vmms, const struct mrtd_vmm *vmm)
{
    return vmms == LAUNCHING_ACCEPT ? vmm->acceptance != NULL
                                    : vmm->launches_as != NULL;
}

static enum exit_status refuse_vmm(enum mrtd_platform platform,
                                   enum launching_vmms vmms, const char *name)
{
    const struct mrtd_vmm *vmm;
    char able[LAUNCH_MAX_VMMS * LAUNCHING_NAME_SIZE] = "";
    size_t used = 0;
    for (size_t i = 0; (vmm = vmms_at(platform, i)); i++) {
        if (is_able(vmms, vmm)) {
            used += (size_t)snprintf(able + used, sizeof able - used, "%s%s",
                                     used ? ", " : "", vmm->name);
        }
    }
    return vmms == LAUNCHING_ACCEPT
               ? diagnostic_usage("--vmm %s: its rules of acceptance are not "
                                  "known here; those of these are: %s",
                                  name, able)
               : diagnostic_usage("--vmm %s: it launches nothing; these do: %s",
                                  name, able);
}

/* A platform that has a VMM of that name; 0: none has. */
static enum mrtd_platform platform_of(const char *name)
{
    enum mrtd_platform platform = MRTD_PLATFORM_TDX;
    while (mrtd_platform_name(platform) && !mrtd_vmm_find(platform, name)) {
        platform++;
    }
    return mrtd_platform_name(platform) ? platform : 0;
}

static enum exit_status find_vmm(const struct mrtd_vmm **vmm,
                                 enum mrtd_platform platform, const char *name,
                                 enum launching_vmms vmms)
{
    *vmm = mrtd_vmm_find(platform, name);
    if (!*vmm) {
        char meant[SPELLING_TEXT];
        const enum mrtd_platform other = platform_of(name);
        if (other) {
            return diagnostic_usage("VMM %s is of --platform %s, not of %s",
                                    name, mrtd_platform_name(other),
                                    mrtd_platform_name(platform));
        }
        return diagnostic_usage(
            "there is no VMM '%s'%s%s; 'mrtd-calc --vmm help' lists them%s",
            printable(name),
            platform == MRTD_PLATFORM_TDX ? "" : " of platform ",
            platform == MRTD_PLATFORM_TDX ? "" : mrtd_platform_name(platform),
            spelling_meant(meant, "", name, vmm_name, &platform));
    }
    return is_able(vmms, *vmm) ? EXIT_DONE : refuse_vmm(platform, vmms, name);
}

static enum exit_status find_vmms(struct launching *l, enum launching_vmms vmms)
{
    struct launch_options *launch = &l->launch;
    enum exit_status status = EXIT_DONE;
    launch->vmms[0] = mrtd_vmm_default(launch->platform);
    for (unsigned i = 0; !status && i < l->vmm_count; i++) {
        status = find_vmm(&launch->vmms[i], launch->platform, l->vmms[i], vmms);
        for (unsigned k = 0; !status && k < i; k++) {
            if (launch->vmms[k] == launch->vmms[i]) {
                status = diagnostic_usage("--vmm names %s twice", l->vmms[i]);
            }
        }
    }
    launch->vmm = launch->vmms[0];
    launch->vmm_count = l->vmm_count ? l->vmm_count : 1;
    launch->vmm_given = l->vmm_count > 0;
    return status;
}

/* Is --vars for this single file? */
static bool check_vars(const struct launching *l, const struct files *files)
{
    return !l->launch.vars ||
           (options_must(files->operand_count <= 1,
                         "--vars is for a single file") &&
            options_must(l->launch.image_format != MRTD_FORMAT_IGVM,
                         "--vars is for a split TDVF image, not for "
                         "--image-format igvm"));
}

/* Are there rules that lint could hold an image against? */
static bool check_rules(const struct launching *l, enum launching_vmms vmms)
{
    return options_must(vmms != LAUNCHING_ACCEPT ||
                            acceptance_is_known(l->launch.platform),
                        "lint knows rules of --platform tdx and snp only");
}

bool launching_check(struct launching *l, const struct files *files,
                     const char *title, enum launching_vmms vmms)
{
    if (vmms == LAUNCHING_ONE && l->vmm_count > 1) {
        diagnostic_usage("%s takes one VMM, and --vmm names %u", title,
                         l->vmm_count);
        return false;
    }
    const bool finds = vmms == LAUNCHING_FIND;
    if (finds) {
        l->launch.platform = MRTD_PLATFORM_TDX;
    }
    if ((!finds && !guest_check_platform(l)) || !check_rules(l, vmms) ||
        find_vmms(l, vmms) || !(finds ? guest_check_any(l) : guest_check(l))) {
        return false;
    }
    bool takes_payload = vmms == LAUNCHING_ANY || finds;
    for (unsigned i = 0; i < l->launch.vmm_count; i++) {
        takes_payload |= l->launch.vmms[i]->takes_payload;
    }
    return options_must(!l->launch.payload || takes_payload,
                        "--payload is for VMMs that load it from a file: "
                        "--vmm cloud-hypervisor") &&
           check_vars(l, files) && boot_options_check(l) &&
           image_options_check(l, files) && options_read_stdin_once(files);
}

bool launching_check_pair(struct launching *l, const struct files *files)
{
    return options_read_stdin_once(files) &&
           launching_check(l, files, "diff", LAUNCHING_ONE) &&
           options_must(l->launch.platform <= MRTD_PLATFORM_SNP,
                        "diff compares launches of --platform tdx and snp "
                        "only") &&
           options_must(launch_count(&l->launch) == 1,
                        "diff compares under one launch: one number and one "
                        "type of virtual CPUs");
}
