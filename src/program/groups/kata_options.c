/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/kata_options.h"

#include <string.h>

#include "io/diagnostic.h"
#include "options/values.h"
#include "printable.h"

static struct kata_request *request(void *options)
{
    return options;
}

/* --- Arguments --------------------------------------------------------- */

static enum exit_status take_runtime(void *options, const char *value)
{
    const bool is_rust = strcmp(value, "rs") == 0;
    request(options)->runtime = is_rust ? KATA_RS : KATA_GO;
    return is_rust || strcmp(value, "go") == 0
               ? EXIT_DONE
               : diagnostic_usage("--runtime needs go or rs, not '%s'",
                                  printable(value));
}

static enum exit_status take_platform(void *options, const char *value)
{
    const enum mrtd_platform platform = mrtd_platform_find(value);
    request(options)->platform = platform;
    return platform == MRTD_PLATFORM_TDX || platform == MRTD_PLATFORM_SNP
               ? EXIT_DONE
               : diagnostic_usage("--platform needs tdx or snp, not '%s'",
                                  printable(value));
}

static enum exit_status take_rootfs(void *options, const char *value)
{
    const bool is_initrd = strcmp(value, "initrd") == 0;
    request(options)->rootfs = is_initrd ? KATA_INITRD : KATA_IMAGE;
    return is_initrd || strcmp(value, "image") == 0
               ? EXIT_DONE
               : diagnostic_usage("--rootfs needs image or initrd, not '%s'",
                                  printable(value));
}

static enum exit_status take_type(void *options, const char *value)
{
    request(options)->rootfs_type = value;
    return strcmp(value, "ext4") == 0 || strcmp(value, "xfs") == 0 ||
                   strcmp(value, "erofs") == 0
               ? EXIT_DONE
               : diagnostic_usage("--rootfs-type needs ext4, xfs or erofs, not "
                                  "'%s'",
                                  printable(value));
}

static enum exit_status take_number(struct kata_number *to, const char *option,
                                    uint32_t least, const char *value)
{
    uint64_t number = 0;
    if (!option_number(value, UINT32_MAX, &number) || number < least) {
        return diagnostic_usage("%s needs a number from %u to 4294967295, not "
                                "'%s'",
                                option, least, printable(value));
    }
    *to = (struct kata_number){true, (uint32_t)number};
    return EXIT_DONE;
}

static enum exit_status take_cpus(void *options, const char *value)
{
    return take_number(&request(options)->nr_cpus, "--nr-cpus", 1, value);
}

static enum exit_status take_pipe(void *options, const char *value)
{
    return take_number(&request(options)->container_pipe_size,
                       "--container-pipe-size", 0, value);
}

static enum exit_status take_cdh(void *options, const char *value)
{
    return take_number(&request(options)->cdh_api_timeout, "--cdh-api-timeout",
                       0, value);
}

static enum exit_status take_launch(void *options, const char *value)
{
    return take_number(&request(options)->launch_process_timeout,
                       "--launch-process-timeout", 0, value);
}

/* Texts may be empty. */
static enum exit_status take_verity(void *options, const char *value)
{
    request(options)->kernel_verity_params = value;
    return EXIT_DONE;
}

static enum exit_status take_params(void *options, const char *value)
{
    request(options)->kernel_params = value;
    return EXIT_DONE;
}

static enum exit_status take_annotation(void *options, const char *value)
{
    request(options)->annotation = value;
    return EXIT_DONE;
}

static enum exit_status take_driver(void *options, const char *value)
{
    request(options)->block_device_driver = value;
    return EXIT_DONE;
}

static enum exit_status take_extension(void *options, const char *value)
{
    struct kata_request *r = request(options);
    const bool is_none = strcmp(value, "none") == 0;
    if (r->no_extensions || (is_none && r->extension_count > 0)) {
        return diagnostic_usage("--guest-extension-image none is given alone");
    }
    if (r->extension_count == KATA_EXTENSIONS) {
        return diagnostic_usage("--guest-extension-image is given more than %d "
                                "times",
                                KATA_EXTENSIONS);
    }
    r->no_extensions = is_none;
    if (!is_none) {
        r->extensions[r->extension_count++] = value;
    }
    return EXIT_DONE;
}

/* --- Table ------------------------------------------------------------- */

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct kata_request, member, argument, text)
#define SWITCH(name, member, text) OWN(name, FLAG, member, OPTION_ALONE, text)
#define IS_NUMBER                  OPTION_IS("N", "a number")
#define IS_TEXT                    OPTION_IS("TEXT", "parameters")

static const struct option_row rows[] = {
    {OWN("kata", TEXT, version, OPTION_IS("VERSION", "a version"),
         "the version of Kata Containers, as 3.30.0")},
    {OPTION_CALL("runtime", take_runtime, OPTION_IS("go|rs", "a runtime"),
                 "its Go runtime, or runtime-rs")},
    {OPTION_CALL("platform", take_platform, OPTION_IS("NAME", "a platform"),
                 "tdx (default) or snp")},
    {OPTION_CALL("rootfs", take_rootfs, OPTION_IS("image|initrd", "a kind"),
                 "what the guest boots (default: as in Kata's configuration)")},
    {OPTION_CALL("kernel-verity-params", take_verity,
                 OPTION_IS("LINE", "Kata's line"),
                 "root_hash=...,salt=...,... of the image; since 3.27")},
    {OWN("rootfs-hash", TEXT, rootfs_hash, OPTION_IS("HEX", "digits"),
         "the image's root hash; before 3.27")},
    {OPTION_CALL("rootfs-type", take_type, OPTION_IS("NAME", "a file system"),
                 "ext4 (default), xfs or erofs")},
    {OPTION_CALL("nr-cpus", take_cpus, IS_NUMBER,
                 "the guest's most virtual CPUs; of go before 3.32")},
    {OPTION_CALL("kernel-params", take_params, IS_TEXT,
                 "kernel_params of the configuration (default: Kata's)")},
    {OPTION_CALL("annotation", take_annotation, IS_TEXT,
                 "io.katacontainers.config.hypervisor.kernel_params of a pod")},
    {OPTION_CALL("guest-extension-image", take_extension,
                 OPTION_IS("NAME=LINE", "an extension"),
                 "an extension and its verity_params, or none; since 4.0"),
     .repeats = true},
    {SWITCH("enable-debug", enable_debug, "as in [hypervisor.qemu]")},
    {SWITCH("agent-debug", agent_debug, "enable_debug of [agent.kata]")},
    {SWITCH("enable-tracing", enable_tracing, "as in [agent.kata]")},
    {SWITCH("debug-console-enabled", debug_console_enabled,
            "as in [agent.kata], as the next four")},
    {OPTION_CALL("container-pipe-size", take_pipe, IS_NUMBER,
                 "in bytes (default: 0, none)")},
    {OPTION_CALL("cdh-api-timeout", take_cdh, IS_NUMBER,
                 "in seconds (default: none; of rs 50)")},
    {OPTION_CALL("launch-process-timeout", take_launch, IS_NUMBER,
                 "in seconds (default: since 3.29 6)")},
    {SWITCH("visible-cdi-devices", visible_cdi_devices, "since 3.32")},
    {SWITCH("enable-iommu", enable_iommu, "as in [hypervisor.qemu]")},
    {SWITCH("use-legacy-serial", use_legacy_serial, "the same; of go")},
    {OPTION_CALL("block-device-driver", take_driver, OPTION_IS_NAME,
                 "the same; of go (default: virtio-scsi)")},
    {SWITCH("enable-guest-selinux", enable_guest_selinux,
            "disable_guest_selinux is false")},
    {SWITCH("fips", fips, "the host is in FIPS mode; of go")},
};
const struct option_table kata_options = OPTION_TABLE(rows);

/* --- Checks ------------------------------------------------------------ */

bool kata_options_check(struct kata_request *r)
{
    r->platform = r->platform ? r->platform : MRTD_PLATFORM_TDX;
    return options_must(
               r->version != NULL,
               "missing --kata VERSION: whose command line is meant") &&
           options_must(r->runtime != KATA_NO_RUNTIME,
                        "missing --runtime go or rs: they make other lines; "
                        "Kata's classes of the latter end in -runtime-rs");
}
