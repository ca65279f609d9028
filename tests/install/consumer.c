/* SPDX-License-Identifier: Apache-2.0 */
/* C and C++: measures an image that adds the one page at GPA 0. */
#include <mrtd.h>
#include <stdio.h>
#include <string.h>

static const unsigned char metadata_guid[16] = {
    0xf3, 0xf9, 0xea, 0xe9, 0x8e, 0x16, 0xd5, 0x44,
    0xa8, 0xeb, 0x7f, 0x4d, 0x87, 0x38, 0xf6, 0xae};

int main(void)
{
    static unsigned char image[0x100];
    struct mrtd_source source = {sizeof image, image, NULL, NULL};
    struct mrtd_image *handle = NULL;
    struct mrtd_plan *plan = NULL;
    struct mrtd_error error;
    struct mrtd_value value;
    char hex[MRTD_HEX_SIZE];

    memcpy(image, metadata_guid, 16);
    memcpy(image + 16, "TDVF\x30\0\0\0\1\0\0\0\1\0\0\0", 16);
    image[32 + 17] = 0x10;           /* MemoryDataSize 0x1000 */
    image[32 + 24] = 3;              /* TempMem */
    image[sizeof image - 0x20] = 16; /* the 32-bit offset */

    if (mrtd_image_open(&handle, &source, 0, &error) ||
        mrtd_plan_build(&plan, handle, NULL, &error) ||
        mrtd_measure(plan, NULL, &value, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    mrtd_hex_encode(hex, value.digest.bytes, value.digest.size);
    puts(hex);
    mrtd_plan_free(plan);
    mrtd_image_free(handle);
    return 0;
}
