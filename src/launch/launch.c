/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/launch.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/source.h"
#include "launch/vmm.h"

/* The end of the last member that the first version has. */
#define FIRST_SIZE                                                             \
    (offsetof(struct mrtd_launch, limit) +                                     \
     sizeof(((struct mrtd_launch *)0)->limit))
/* More than any version will need: a larger size was never set. */
#define LARGEST_SIZE 1024

static enum mrtd_code bad(struct mrtd_error *error, const char *message)
{
    return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET, "%s", message);
}

/* Copies the structure of a caller of an older or newer version. */
static enum mrtd_code copy(struct mrtd_launch *launch,
                           const struct mrtd_launch *from,
                           struct mrtd_error *error)
{
    const size_t size = from->struct_size;
    const unsigned char *bytes = (const unsigned char *)from;
    if (size < FIRST_SIZE || size > LARGEST_SIZE) {
        return bad(error, "struct_size is not sizeof(struct mrtd_launch)");
    }
    for (size_t i = sizeof *launch; i < size; i++) {
        if (bytes[i]) {
            return bad(error, "the launch request has a member that this "
                              "version does not know, and it is not 0");
        }
    }
    memcpy(launch, from, size < sizeof *launch ? size : sizeof *launch);
    launch->struct_size = sizeof *launch;
    return MRTD_OK;
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

/* Is each bit one of mrtd_deviation_at()? */
static bool are_deviations(unsigned flags)
{
    const struct mrtd_deviation *known;
    for (size_t i = 0; (known = mrtd_deviation_at(i)); i++) {
        flags &= ~known->flag;
    }
    return flags == 0;
}

enum mrtd_code launch_read(struct mrtd_launch *launch,
                           const struct mrtd_launch *from,
                           struct mrtd_error *error)
{
    *launch = (struct mrtd_launch){.struct_size = sizeof *launch};
    enum mrtd_code code = from ? copy(launch, from, error) : MRTD_OK;
    if (code) {
        return code;
    }
    const struct mrtd_vmm *vmm = vmm_known(launch->vmm);
    if (!vmm || !vmm->launches_as) {
        return bad(error, "the VMM is not one of mrtd_vmm_at() that launch");
    }
    launch->vmm = vmm;
    if (!are_deviations(launch->deviations)) {
        return bad(error, "deviations has bits other than MRTD_DEVIATE_*");
    }
    return launch->payload ? check_payload(launch->payload, error) : MRTD_OK;
}
