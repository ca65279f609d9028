/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel command line that Kata Containers gives a confidential guest of
 * QEMU: composed of what its configuration says, by the rules of a version. */
#ifndef MODEL_KATA_H
#define MODEL_KATA_H

#include "failure.h"
#include "mrtd.h"

#include <stdbool.h>
#include <stddef.h>

/* The longest line that Linux takes on x86: arch/x86/include/asm/setup.h,
 * COMMAND_LINE_SIZE, with the zero. No text that goes into it may be longer. */
#define KATA_LINE_MOST 2047
/* Most extension images. */
#define KATA_EXTENSIONS 8

enum kata_runtime {
    KATA_NO_RUNTIME,
    KATA_GO, /* src/runtime */
    KATA_RS, /* src/runtime-rs */
};

/* What a guest boots into. */
enum kata_rootfs {
    KATA_BY_CONFIGURATION, /* as Kata's own configuration has it */
    KATA_IMAGE,
    KATA_INITRD,
};

struct kata_number {
    bool given;
    uint32_t number;
};

/* What is asked for; a text is NULL where it was not given. Most names are
 * those of Kata's configuration. */
struct kata_request {
    const char *version; /* "3.30.0" */
    enum kata_runtime runtime;
    enum mrtd_platform platform; /* TDX or SEV-SNP */
    enum kata_rootfs rootfs;
    const char *kernel_verity_params; /* "": there are none */
    const char *rootfs_hash; /* the root hash that kernel_params have, in
                                versions without kernel_verity_params */
    const char *rootfs_type;
    const char *kernel_params;
    const char *annotation; /* io.katacontainers.config.hypervisor
                               .kernel_params */
    const char *block_device_driver;
    struct kata_number nr_cpus;
    struct kata_number container_pipe_size;
    struct kata_number cdh_api_timeout;
    struct kata_number launch_process_timeout;
    bool enable_iommu;
    bool enable_debug; /* of the hypervisor */
    bool agent_debug;  /* enable_debug of the agent */
    bool enable_tracing;
    bool debug_console_enabled;
    bool visible_cdi_devices;
    bool use_legacy_serial;
    bool enable_guest_selinux; /* disable_guest_selinux is false */
    bool fips;                 /* the host is in FIPS mode */
    bool no_extensions;        /* it is said that there are none */
    size_t extension_count;
    const char *extensions[KATA_EXTENSIONS]; /* "NAME=LINE" */
};

/* What a line of some versions or of one runtime alone depends on. */
enum kata_feature {
    KATA_HAS_RULES, /* the version was read */
    KATA_HAS_NR_CPUS,
    KATA_HAS_VERITY_PARAMS,
    KATA_HAS_CDH_TIMEOUT,
    KATA_HAS_LAUNCH_TIMEOUT,
    KATA_HAS_CDI,
    KATA_HAS_EXTENSIONS,
    KATA_HAS_COCO,        /* its configuration has the extension "coco" */
    KATA_HAS_CGROUP,      /* its configuration says which cgroups */
    KATA_HAS_SNP_IMAGE,   /* a guest of SEV-SNP boots an image */
    KATA_HAS_SNP_HASH,    /* kernel_params of SEV-SNP have the root hash */
    KATA_REPLACES,        /* an annotation replaces a parameter */
    KATA_MASKS_SOCKET,    /* of systemd-networkd, too */
    KATA_KNOWS_XFS,       /* xfs is not mounted with flags of ext4 */
    KATA_HAS_GO_OPTIONS,  /* legacy serial, block device driver, FIPS */
    KATA_HAS_CDH_DEFAULT, /* its configuration has the timeout of the CDH */
};

/* A line, and what it was made of where nothing was given. */
struct kata {
    const struct kata_request *request;
    uint32_t release; /* 3030 of 3.30.1 */
    bool is_read;     /* that very version was read, not another patch of it */
    bool is_default;  /* kernel_params are those of Kata's configuration */
    enum kata_rootfs rootfs;
    const char *rootfs_type;
    uint32_t cdh_api_timeout; /* 0: none */
    uint32_t launch_process_timeout;
    char kernel_params[KATA_LINE_MOST + 1];
    char line[KATA_LINE_MOST + 1];
};

/* kata_rules.c: has the release that, under its runtime? */
bool kata_has(const struct kata *kata, enum kata_feature feature);
const char *kata_runtime_name(enum kata_runtime runtime); /* "Go" */
/* Is what was asked for of that version, and is all there that it needs? Fills
 * all of *kata but the line. */
enum exit_status kata_begin(struct kata *kata,
                            const struct kata_request *request,
                            struct failure *failure);

/* kata.c: composes the line; the request must stay. */
enum exit_status kata_make(struct kata *kata,
                           const struct kata_request *request,
                           struct failure *failure);
/* Says where the line is from. */
void kata_say(const struct kata *kata, remark_fn *say);

#endif
