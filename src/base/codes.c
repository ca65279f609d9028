/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "mrtd.h"

static const struct {
    enum mrtd_code code;
    enum mrtd_code_class its_class;
    const char *name;
} codes[] = {
#define MRTD_CODE(code, number, name, its_class)                               \
    {code, MRTD_CLASS_##its_class, name},
#include "mrtd/codes.def"
#undef MRTD_CODE
};

const char *mrtd_code_name(enum mrtd_code code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].code == code) {
            return codes[i].name;
        }
    }
    return NULL;
}

enum mrtd_code_class mrtd_code_class(enum mrtd_code code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].code == code) {
            return codes[i].its_class;
        }
    }
    return MRTD_CLASS_FAULT;
}
