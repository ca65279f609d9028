/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/initdata_value.h"

#include <string.h>

#include "printable.h"
#include "reference/json.h"

size_t initdata_field_size(enum mrtd_platform platform)
{
    return platform == MRTD_PLATFORM_TDX ? MRTD_DIGEST_SIZE
                                         : INITDATA_HOST_DATA;
}

const char *initdata_field_name(enum mrtd_platform platform)
{
    return platform == MRTD_PLATFORM_TDX ? "MRCONFIGID" : "HOST_DATA";
}

struct boot_value initdata_value(const struct initdata *initdata,
                                 enum mrtd_platform platform)
{
    struct boot_value value = {.id = BOOT_VALUE_INITDATA,
                               .size = initdata_field_size(platform)};
    memcpy(value.digest,
           platform == MRTD_PLATFORM_TDX ? initdata->mrconfigid
                                         : initdata->host_data,
           value.size);
    mrtd_hex_encode(value.hex, value.digest, value.size);
    return value;
}

json_t *initdata_value_json(const struct initdata *initdata,
                            enum mrtd_platform platform)
{
    char digest[2 * MRTD_MAX_DIGEST_SIZE + 1];
    if (!initdata) {
        return NULL;
    }
    const struct boot_value value = initdata_value(initdata, platform);
    mrtd_hex_encode(digest, initdata->digest.bytes, initdata->digest.size);
    return json_pack(
        "{s:o, s:s, s:s, s:s, s:s}", "file",
        json_file_name(printable_base_name(initdata->name)), "algorithm",
        mrtd_algorithm_name(initdata->digest.algorithm), "digest", digest,
        "field", initdata_field_name(platform), "value", value.hex);
}
