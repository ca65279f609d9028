/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/launch.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/request.h"
#include "base/source.h"
#include "launch/vmm.h"

static const struct request launch_request = {
    .what = "launch request",
    .name = "struct mrtd_launch",
    /* The end of the last member that the first version has. */
    .first = offsetof(struct mrtd_launch, limit) +
             sizeof(((struct mrtd_launch *)0)->limit),
    .size = sizeof(struct mrtd_launch),
};

static enum mrtd_code bad(struct mrtd_error *error, const char *message)
{
    return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET, "%s", message);
}

static enum mrtd_code check_payload(const struct mrtd_source *payload,
                                    struct mrtd_error *error)
{
    if (!source_valid(payload)) {
        return bad(error, "the payload has neither data nor a read function");
    }
    if (payload->size == 0) {
        return error_set(error, MRTD_ERR_PAYLOAD_SIZE, MRTD_NO_OFFSET,
                         "the payload is empty");
    }
    return MRTD_OK;
}

/* Is each bit one of mrtd_deviation_at(), and of the platform? */
static bool are_deviations(unsigned flags, enum mrtd_platform platform)
{
    const struct mrtd_deviation *known;
    for (size_t i = 0; (known = mrtd_deviation_at(i)); i++) {
        if (known->platform == platform) {
            flags &= ~known->flag;
        }
    }
    return flags == 0;
}

/* What only platforms of AMD take. */
static enum mrtd_code check_sev(const struct mrtd_launch *l,
                                struct mrtd_error *error)
{
    const struct mrtd_digest *digest = l->firmware_digest;
    if ((l->kernel && !source_valid(l->kernel)) ||
        (l->initrd && !source_valid(l->initrd))) {
        return bad(error, "the kernel or the initrd has neither data nor a "
                          "read function");
    }
    if (digest && (digest->algorithm != MRTD_ALGORITHM_SHA384 ||
                   digest->size != MRTD_DIGEST_SIZE)) {
        return bad(error, "the firmware's digest is not one of SHA-384");
    }
    if (l->payload) {
        return bad(error, "a payload is for TDX only");
    }
    if (l->vars_size && !l->svsm) {
        return bad(error, "a size of VARS is for an SVSM only");
    }
    if (l->flags & ~MRTD_LAUNCH_FIRMWARE_ONLY) {
        return bad(error, "flags has bits other than MRTD_LAUNCH_*");
    }
    return MRTD_OK;
}

/* TDX takes nothing of what SEV does. */
static bool asks_for_sev(const struct mrtd_launch *l)
{
    return l->vcpus || l->vcpu_signature || l->guest_features || l->kernel ||
           l->initrd || l->append || l->firmware_digest || l->svsm ||
           l->vars_size || l->flags;
}

enum mrtd_code launch_read(struct mrtd_launch *launch,
                           const struct mrtd_launch *from,
                           struct mrtd_error *error)
{
    *launch = (struct mrtd_launch){.struct_size = sizeof *launch};
    enum mrtd_code code =
        from ? request_read(&launch_request, launch, from, error) : MRTD_OK;
    if (code) {
        return code;
    }
    const struct mrtd_vmm *vmm = vmm_known(launch->vmm);
    if (!vmm || !vmm->launches_as) {
        return bad(error, "the VMM is not one of mrtd_vmm_at() that launch");
    }
    launch->vmm = vmm;
    if (!are_deviations(launch->deviations, vmm->platform)) {
        return bad(error, "deviations has bits that are not MRTD_DEVIATE_* of "
                          "the VMM's platform");
    }
    if (vmm->platform != MRTD_PLATFORM_TDX) {
        code = check_sev(launch, error);
    } else if (asks_for_sev(launch)) {
        code = bad(error, "the request has members that TDX does not take");
    }
    return code || !launch->payload ? code
                                    : check_payload(launch->payload, error);
}
