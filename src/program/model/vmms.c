/* SPDX-License-Identifier: Apache-2.0 */
#include "model/vmms.h"

#include <string.h>

const struct mrtd_vmm *vmms_at(enum mrtd_platform platform, size_t index)
{
    const struct mrtd_vmm *vmm;
    size_t own = 0;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        if (vmm->platform == platform && own++ == index) {
            break;
        }
    }
    return vmm;
}

const struct mrtd_vmm *vmms_way_at(size_t index)
{
    const struct mrtd_vmm *vmm;
    size_t ways = 0;
    for (size_t i = 0; (vmm = vmms_at(MRTD_PLATFORM_TDX, i)); i++) {
        if (vmm->launches_as == vmm && ways++ == index) {
            break;
        }
    }
    return vmm;
}

const struct mrtd_vmm *vmms_find(const char *name, size_t len)
{
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = vmms_at(MRTD_PLATFORM_TDX, i)); i++) {
        if (vmm->launches_as && strlen(vmm->name) == len &&
            memcmp(vmm->name, name, len) == 0) {
            break;
        }
    }
    return vmm;
}

bool vmms_wanted(const struct launch_options *options, const char *name)
{
    bool wanted = !options->vmm_given;
    for (unsigned i = 0; !wanted && i < options->vmm_count; i++) {
        wanted = strcmp(options->vmms[i]->name, name) == 0;
    }
    return wanted;
}
