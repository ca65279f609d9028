/* SPDX-License-Identifier: Apache-2.0 */
#include "mrtd.h"

#define TEXT(number)                #number
#define DOTTED(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const char *mrtd_version(void)
{
    return DOTTED(MRTD_VERSION_MAJOR, MRTD_VERSION_MINOR, MRTD_VERSION_PATCH);
}
