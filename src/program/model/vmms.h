/* SPDX-License-Identifier: Apache-2.0 */
/* The library's table of VMMs, as commands look into it. */
#ifndef MODEL_VMMS_H
#define MODEL_VMMS_H

#include <stddef.h>

#include "model/launch_options.h"

/* The platform's index-th VMM; NULL after the last. */
const struct mrtd_vmm *vmms_at(enum mrtd_platform platform, size_t index);

/* TDX's index-th VMM that launches by a rule of its own; NULL after the last.
 * Where all ways to launch are tried, each is tried once by these. */
const struct mrtd_vmm *vmms_way_at(size_t index);

/* The VMM of TDX that launches and has this name of len bytes, or NULL. */
const struct mrtd_vmm *vmms_find(const char *name, size_t len);

/* Was the VMM of this name asked for? Without --vmm each is. */
bool vmms_wanted(const struct launch_options *options, const char *name);

#endif
