/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/cmdline.schema.json describe it. */
#include "report/kata.h"

#include "report/json.h"
#include "schemas.h"

static json_t *extensions(const struct kata_request *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->extension_count; i++) {
        json_array_append_new(list, json_string(r->extensions[i]));
    }
    return list;
}

/* What the line depends on, with what was taken where nothing was given. */
static json_t *configuration(const struct kata *k)
{
    const struct kata_request *r = k->request;
    const bool has_driver = kata_has(k, KATA_HAS_GO_OPTIONS);
    const char *driver =
        r->block_device_driver ? r->block_device_driver : "virtio-scsi";
    return json_pack(
        "{s:s, s:s?, s:s?, s:o, s:s, s:b, s:s?, s:o, s:b, s:b, s:b, s:b, s:o, "
        "s:o, s:o, s:b, s:b, s:b, s:s?, s:b, s:b}",
        "rootfs", k->rootfs == KATA_IMAGE ? "image" : "initrd", "rootfs_type",
        k->rootfs == KATA_IMAGE ? k->rootfs_type : NULL, "kernel_verity_params",
        r->kernel_verity_params, "nr_cpus",
        r->nr_cpus.given ? json_count(r->nr_cpus.number) : json_null(),
        "kernel_params", k->kernel_params, "kernel_params_by_default",
        k->is_default, "annotation", r->annotation, "guest_extension_images",
        extensions(r), "enable_debug", r->enable_debug, "agent_debug",
        r->agent_debug, "enable_tracing", r->enable_tracing,
        "debug_console_enabled", r->debug_console_enabled,
        "container_pipe_size", json_count(r->container_pipe_size.number),
        "cdh_api_timeout", json_count(k->cdh_api_timeout),
        "launch_process_timeout", json_count(k->launch_process_timeout),
        "visible_cdi_devices", r->visible_cdi_devices, "enable_iommu",
        r->enable_iommu, "use_legacy_serial", r->use_legacy_serial,
        "block_device_driver", has_driver ? driver : NULL,
        "disable_guest_selinux", !r->enable_guest_selinux, "fips", r->fips);
}

bool kata_print(FILE *to, const struct kata *k, bool json)
{
    const struct kata_request *r = k->request;
    if (!json) {
        fprintf(to, "%s\n", k->line);
        return true;
    }
    return json_output(
        to,
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:s}", "schema",
                  SCHEMA_CMDLINE, "version", mrtd_version(), "kata", r->version,
                  "runtime", r->runtime == KATA_GO ? "go" : "rs", "platform",
                  mrtd_platform_name(r->platform), "captured", 0,
                  "configuration", configuration(k), "cmdline", k->line));
}
