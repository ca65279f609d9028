/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the virtual CPUs of a guest: is it enough, and is it true? */
#include <inttypes.h>
#include <stdio.h>

#include "model/guest_facts.h"

/* Something is not said that has no default: an option, or a member of the
 * component that says the launch. */
static enum exit_status missing(const struct launch_options *o,
                                const char *option, const char *member,
                                const char *why, struct failure *failure)
{
    const struct launch_component *c = &o->component;
    return c->manifest ? failure_refused(failure, c->manifest, "manifest",
                                         "components[%zu]: %s is missing: %s",
                                         c->index, member, why)
                       : failure_usage(failure, "missing %s: %s", option, why);
}

/* There is no number that would be right by default. */
enum exit_status evaluation_check_vcpus(const struct evaluation *e,
                                        struct failure *failure)
{
    const struct launch_options *o = e->options;
    char why[120];
    if (o->platform == MRTD_PLATFORM_TDX || o->platform == MRTD_PLATFORM_SEV ||
        o->guest.firmware_only || mrtd_image_igvm(e->image)) {
        return EXIT_DONE;
    }
    if (o->is_listed && o->guest.vcpus == 0) {
        return failure_refused(failure, e->name, "list-label",
                               "its label names no virtual CPUs, as "
                               "[qemu,4,EPYC-v4,0x1] does");
    }
    if (o->guest.vcpus == 0) {
        snprintf(why, sizeof why,
                 "platform %s measures a VMSA for each virtual CPU",
                 mrtd_platform_name(o->platform));
        return missing(o, "--vcpus N", "\"vcpus\"", why, failure);
    }
    if (!o->guest.has_vcpu && o->vmm->takes_signature) {
        snprintf(why, sizeof why,
                 "VMM %s puts the virtual CPUs' signature into their VMSAs",
                 o->vmm->name);
        return missing(o,
                       "--vcpu-type NAME (or --vcpu-sig, or --vcpu-family with "
                       "model and stepping)",
                       "\"vcpu_type\" (or \"vcpu_signature\")", why, failure);
    }
    return EXIT_DONE;
}

enum exit_status evaluation_check_label(const struct evaluation *e,
                                        struct failure *failure)
{
    const struct launch_options *o = e->options;
    uint64_t features = 0;
    if (!o->is_listed || o->guest.vcpus == 0 || !mrtd_image_igvm(e->image)) {
        return EXIT_DONE;
    }
    const enum exit_status status = guest_first_features(e, &features, failure);
    return status || features == o->guest.features
               ? status
               : failure_refused(failure, e->name, "list-label",
                                 "its label names the features 0x%" PRIx64
                                 ", and the file's VMSA has 0x%" PRIx64,
                                 o->guest.features, features);
}
