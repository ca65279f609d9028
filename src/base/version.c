/* SPDX-License-Identifier: Apache-2.0 */
#include "mrtd.h"

const char *mrtd_version(void)
{
    return MRTD_VERSION;
}
