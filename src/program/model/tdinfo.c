/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tdinfo.h"

void tdinfo_encode(struct tdinfo *t)
{
    mrtd_tdinfo_encode(t->bytes, &t->info);
    mrtd_tdinfo_hash(t->hash, &t->info);
    mrtd_servtd_info_hash(t->servtd_info_hash, &t->info, t->servtd_attributes);
}
