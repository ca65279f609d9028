/* SPDX-License-Identifier: Apache-2.0 */
#include "model/image_format.h"

#include <stddef.h>
#include <string.h>

#include "mrtd.h"

static const struct {
    const char *name;
    unsigned format;
} formats[] = {
    {"tdvf", MRTD_FORMAT_TDVF},
    {"igvm", MRTD_FORMAT_IGVM},
};

bool image_format_find(const char *name, unsigned *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            *format = formats[i].format;
            return true;
        }
    }
    return false;
}

const char *image_format_name(unsigned format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (formats[i].format == format) {
            return formats[i].name;
        }
    }
    return NULL;
}
