/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which version of Kata Containers does what, read in its source at each tag
 * from 3.4.0 to 4.1.0: src/runtime/virtcontainers (qemu.go, hypervisor.go,
 * kata_agent.go), src/runtime/pkg/katautils/config.go, pkg/oci/utils.go,
 * arch/amd64-options.mk, Makefile, and config/configuration-qemu-tdx.toml.in
 * and -snp.toml.in; of the Rust runtime src/runtime-rs/crates/hypervisor/src
 * (kernel_param.rs, qemu/cmdline_generator.rs), src/libs/kata-types/src/config,
 * and config/configuration-qemu-tdx-runtime-rs.toml.in and
 * -snp-runtime-rs.toml.in.
 */
#include "model/kata.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/verity.h"
#include "printable.h"

/* "3.30" as a number that grows with the version. */
#define RELEASE(major, minor) (1000 * (major) + (minor))
#define READ_LAST             RELEASE(4, 1)
#define READ_LAST_OF_3        RELEASE(3, 32)

#define LATER UINT32_MAX /* no version that was read has ended it */
#define NEVER UINT32_MAX, 0

/* From which version on, and before which, each runtime has it. */
static const struct {
    uint32_t go_first;
    uint32_t go_end;
    uint32_t rs_first;
    uint32_t rs_end;
} rules[] = {
    [KATA_HAS_RULES] = {RELEASE(3, 4), LATER, RELEASE(3, 27), LATER},
    [KATA_HAS_NR_CPUS] = {0, RELEASE(3, 32), NEVER},
    [KATA_HAS_VERITY_PARAMS] = {RELEASE(3, 27), LATER, 0, LATER},
    [KATA_HAS_CDH_TIMEOUT] = {RELEASE(3, 9), LATER, RELEASE(3, 31), LATER},
    [KATA_HAS_LAUNCH_TIMEOUT] = {RELEASE(3, 29), LATER, RELEASE(3, 29), LATER},
    [KATA_HAS_CDI] = {RELEASE(3, 32), LATER, RELEASE(3, 32), LATER},
    [KATA_HAS_EXTENSIONS] = {RELEASE(4, 0), LATER, RELEASE(4, 0), LATER},
    [KATA_HAS_COCO] = {NEVER, RELEASE(4, 0), LATER},
    [KATA_HAS_CGROUP] = {RELEASE(3, 14), LATER, 0, LATER},
    [KATA_HAS_SNP_IMAGE] = {RELEASE(3, 29), LATER, RELEASE(3, 29), LATER},
    [KATA_HAS_SNP_HASH] = {0, RELEASE(3, 11), NEVER},
    [KATA_REPLACES] = {RELEASE(3, 24), LATER, 0, LATER},
    [KATA_MASKS_SOCKET] = {0, LATER, RELEASE(3, 31), LATER},
    [KATA_KNOWS_XFS] = {RELEASE(3, 17), LATER, 0, LATER},
    [KATA_HAS_GO_OPTIONS] = {0, LATER, NEVER},
    [KATA_HAS_CDH_DEFAULT] = {NEVER, RELEASE(3, 31), LATER},
};

/* What configurations have of a guest that is confidential. */
#define LAUNCH_TIMEOUT 6
#define CDH_TIMEOUT    50
static const char cgroup[] = "cgroup_no_v1=all "
                             "systemd.unified_cgroup_hierarchy=1";

bool kata_has(const struct kata *k, enum kata_feature feature)
{
    return k->request->runtime == KATA_GO
               ? k->release >= rules[feature].go_first &&
                     k->release < rules[feature].go_end
               : k->release >= rules[feature].rs_first &&
                     k->release < rules[feature].rs_end;
}

const char *kata_runtime_name(enum kata_runtime runtime)
{
    return runtime == KATA_GO ? "Go" : "Rust";
}

/* --- The version ------------------------------------------------------- */

/* Up to three digits, without a zero before others. */
static bool take_part(const char **text, uint32_t *number)
{
    const size_t digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 3 || (**text == '0' && digits > 1)) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < digits; i++) {
        *number = 10 * *number + (uint32_t)(*(*text)++ - '0');
    }
    return true;
}

static enum exit_status take_version(struct kata *k, struct failure *failure)
{
    const char *version = k->request->version;
    const char *at = version;
    uint32_t major = 0;
    uint32_t minor = 0;
    uint32_t patch = 0;
    if (!take_part(&at, &major) || *at++ != '.' || !take_part(&at, &minor) ||
        *at++ != '.' || !take_part(&at, &patch) || *at) {
        return failure_usage(failure,
                             "--kata needs a version of Kata Containers, as "
                             "3.30.0, not '%s'",
                             printable(version));
    }
    k->release = RELEASE(major, minor);
    k->is_read = patch == 0;
    return kata_has(k, KATA_HAS_RULES) && k->release <= READ_LAST &&
                   (major > 3 || k->release <= READ_LAST_OF_3)
               ? EXIT_DONE
               : failure_usage(
                     failure,
                     "--kata %s: rules of the %s runtime are known here of %s "
                     "to 3.32 and 4.0 to 4.1; take the line of a guest's "
                     "/proc/cmdline",
                     version, kata_runtime_name(k->request->runtime),
                     k->request->runtime == KATA_GO ? "3.4" : "3.27");
}

/* --- Options of some versions ------------------------------------------ */

static enum exit_status check_options(const struct kata *k,
                                      struct failure *failure)
{
    const struct kata_request *r = k->request;
    const struct {
        enum kata_feature feature;
        bool given;
        const char *option;
    } options[] = {
        {KATA_HAS_NR_CPUS, r->nr_cpus.given, "nr-cpus"},
        {KATA_HAS_VERITY_PARAMS, r->kernel_verity_params != NULL,
         "kernel-verity-params"},
        {KATA_HAS_CDH_TIMEOUT, r->cdh_api_timeout.given, "cdh-api-timeout"},
        {KATA_HAS_LAUNCH_TIMEOUT, r->launch_process_timeout.given,
         "launch-process-timeout"},
        {KATA_HAS_CDI, r->visible_cdi_devices, "visible-cdi-devices"},
        {KATA_HAS_EXTENSIONS, r->extension_count > 0 || r->no_extensions,
         "guest-extension-image"},
        {KATA_HAS_GO_OPTIONS, r->use_legacy_serial, "use-legacy-serial"},
        {KATA_HAS_GO_OPTIONS, r->block_device_driver != NULL,
         "block-device-driver"},
        {KATA_HAS_GO_OPTIONS, r->fips, "fips"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i].given && !kata_has(k, options[i].feature)) {
            return failure_usage(failure,
                                 "--%s: the command line of Kata %s's %s "
                                 "runtime does not depend on it",
                                 options[i].option, r->version,
                                 kata_runtime_name(r->runtime));
        }
    }
    return EXIT_DONE;
}

/* Do kernel_params that a build of Kata makes name the image? */
static bool has_hash(const struct kata *k)
{
    return kata_has(k, KATA_HAS_SNP_HASH) ||
           (k->request->platform == MRTD_PLATFORM_TDX &&
            !kata_has(k, KATA_HAS_VERITY_PARAMS));
}

/* What cannot be guessed. */
static enum exit_status check_missing(const struct kata *k,
                                      struct failure *failure)
{
    const struct kata_request *r = k->request;
    if (kata_has(k, KATA_HAS_NR_CPUS) && !r->nr_cpus.given) {
        return failure_usage(
            failure, "missing --nr-cpus N: the line of Kata before 3.32 has "
                     "the guest's most virtual CPUs; of a pod without limits "
                     "that is 1");
    }
    if (kata_has(k, KATA_HAS_VERITY_PARAMS) && k->rootfs == KATA_IMAGE &&
        !r->kernel_verity_params) {
        return failure_usage(
            failure, "missing --kernel-verity-params LINE, as the image's "
                     "root_hash_*.txt or the configuration has it ('': it has "
                     "none)");
    }
    if (has_hash(k) && !r->rootfs_hash && !r->kernel_params) {
        return failure_usage(failure,
                             "missing --rootfs-hash HEX, that of the image's "
                             "root_hash.txt, or --kernel-params TEXT, as the "
                             "configuration has it");
    }
    return kata_has(k, KATA_HAS_COCO) && !r->extension_count &&
                   !r->no_extensions
               ? failure_usage(
                     failure,
                     "missing --guest-extension-image coco=LINE, as its "
                     "root_hash_coco-extension.txt or the configuration has "
                     "it; none, where it names none")
               : EXIT_DONE;
}

static enum exit_status check_together(const struct kata *k,
                                       struct failure *failure)
{
    const struct kata_request *r = k->request;
    if (r->kernel_verity_params && k->rootfs == KATA_INITRD) {
        return failure_usage(failure,
                             "--kernel-verity-params is of a guest that boots "
                             "an image, and this one boots an initrd%s",
                             r->rootfs ? "" : ", as Kata's configuration says");
    }
    if (r->rootfs_type && k->rootfs == KATA_INITRD) {
        return failure_usage(failure, "--rootfs-type is of a guest that boots "
                                      "an image, and this one boots an initrd");
    }
    if (r->rootfs_hash && r->kernel_params) {
        return failure_usage(failure, "--rootfs-hash is part of "
                                      "--kernel-params: give one of them");
    }
    return r->rootfs_hash && !has_hash(k)
               ? failure_usage(failure,
                               "--rootfs-hash: kernel_params of this version "
                               "and platform have none")
               : EXIT_DONE;
}

/* --- Texts ------------------------------------------------------------- */

/* What no line can have, or what no two readers of one take alike. */
static enum exit_status check_text(const char *option, const char *text,
                                   struct failure *failure)
{
    size_t quotes = 0;
    size_t len = 0;
    if (!text) {
        return EXIT_DONE;
    }
    for (; text[len]; len++) {
        if (text[len] < ' ' || text[len] > '~') {
            return failure_usage(failure,
                                 "--%s: byte %zu is a control character or not "
                                 "ASCII, which no command line has here",
                                 option, len + 1);
        }
        quotes += text[len] == '"';
    }
    return len > KATA_LINE_MOST
               ? failure_usage(failure,
                               "--%s: %zu bytes; the longest command line that "
                               "Linux takes has %d",
                               option, len, KATA_LINE_MOST)
           : quotes % 2 != 0
               ? failure_usage(failure, "--%s: a quotation mark has no partner",
                               option)
               : EXIT_DONE;
}

/* Kata's runtime asks for all five fields, and writes a table of sha256. */
static enum exit_status check_params(const char *option, const char *params,
                                     struct failure *failure)
{
    struct verity_request v;
    verity_request_begin(&v);
    const enum exit_status status =
        verity_take_params(&v, option, params, failure);
    const uint32_t data = v.verity.data_block_size;
    const uint32_t hash = v.verity.hash_block_size;
    const unsigned all = VERITY_ROOT | VERITY_SALT | VERITY_BLOCKS |
                         VERITY_DATA_BLOCK_SIZE | VERITY_HASH_BLOCK_SIZE;
    if (status) {
        return status;
    }
    if ((v.given & all) != all || v.root_size != 32) {
        return failure_usage(failure,
                             "%s needs root_hash of 64 digits, salt, "
                             "data_blocks, data_block_size and hash_block_size",
                             option);
    }
    return data < MRTD_VERITY_MIN_BLOCK || data > MRTD_VERITY_MAX_BLOCK ||
                   hash < MRTD_VERITY_MIN_BLOCK ||
                   hash > MRTD_VERITY_MAX_BLOCK || (data & (data - 1)) != 0 ||
                   (hash & (hash - 1)) != 0 ||
                   v.verity.data_blocks > UINT64_MAX / (data / 512)
               ? failure_usage(failure,
                               "%s: sizes of blocks are powers of two from 512 "
                               "to 524288, and not %" PRIu32 " and %" PRIu32
                               " of %" PRIu64 " blocks",
                               option, data, hash, v.verity.data_blocks)
               : EXIT_DONE;
}

/* "NAME=LINE"; the line may be empty. */
static enum exit_status check_extension(const char *text,
                                        struct failure *failure)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const size_t len = strspn(text, letters);
    if (len == 0 || text[len] != '=') {
        return failure_usage(failure,
                             "--guest-extension-image needs NAME=LINE, as "
                             "coco=root_hash=..., or none, not '%s'",
                             printable(text));
    }
    return text[len + 1] ? check_params("--guest-extension-image",
                                        text + len + 1, failure)
                         : EXIT_DONE;
}

static enum exit_status check_texts(const struct kata_request *r,
                                    struct failure *failure)
{
    struct verity_request v;
    enum exit_status status =
        check_text("kernel-params", r->kernel_params, failure);
    if (!status) {
        status = check_text("annotation", r->annotation, failure);
    }
    if (!status && r->kernel_verity_params && *r->kernel_verity_params) {
        status = check_params("--kernel-verity-params", r->kernel_verity_params,
                              failure);
    }
    for (size_t i = 0; !status && i < r->extension_count; i++) {
        status = check_extension(r->extensions[i], failure);
    }
    if (!status && r->rootfs_hash &&
        (!verity_take_root(&v, r->rootfs_hash) || v.root_size != 32)) {
        status = failure_usage(failure,
                               "--rootfs-hash needs 64 hexadecimal digits, not "
                               "'%s'",
                               printable(r->rootfs_hash));
    }
    return status;
}

/* --- Defaults ---------------------------------------------------------- */

static void take_defaults(struct kata *k)
{
    const struct kata_request *r = k->request;
    k->rootfs =
        r->rootfs ? r->rootfs
        : r->platform == MRTD_PLATFORM_TDX || kata_has(k, KATA_HAS_SNP_IMAGE)
            ? KATA_IMAGE
            : KATA_INITRD;
    k->rootfs_type = r->rootfs_type ? r->rootfs_type : "ext4";
    k->cdh_api_timeout = r->cdh_api_timeout.given ? r->cdh_api_timeout.number
                         : kata_has(k, KATA_HAS_CDH_DEFAULT) ? CDH_TIMEOUT
                                                             : 0;
    k->launch_process_timeout =
        r->launch_process_timeout.given ? r->launch_process_timeout.number
        : kata_has(k, KATA_HAS_LAUNCH_TIMEOUT) ? LAUNCH_TIMEOUT
                                               : 0;
    k->is_default = !r->kernel_params;
}

static void take_kernel_params(struct kata *k)
{
    const struct kata_request *r = k->request;
    if (r->kernel_params) {
        snprintf(k->kernel_params, sizeof k->kernel_params, "%s",
                 r->kernel_params);
        return;
    }
    snprintf(k->kernel_params, sizeof k->kernel_params, "%s%s%s%s",
             kata_has(k, KATA_HAS_CGROUP) ? cgroup : "",
             kata_has(k, KATA_HAS_CGROUP) && r->rootfs_hash ? " " : "",
             r->rootfs_hash
                 ? "rootfs_verity.scheme=dm-verity rootfs_verity.hash="
                 : "",
             r->rootfs_hash ? r->rootfs_hash : "");
}

enum exit_status kata_begin(struct kata *k, const struct kata_request *request,
                            struct failure *failure)
{
    *k = (struct kata){.request = request};
    enum exit_status status = take_version(k, failure);
    if (!status) {
        take_defaults(k);
        status = check_options(k, failure);
    }
    if (!status) {
        status = check_together(k, failure);
    }
    if (!status) {
        status = check_missing(k, failure);
    }
    if (!status) {
        status = check_texts(request, failure);
    }
    if (!status) {
        take_kernel_params(k);
    }
    return status;
}
