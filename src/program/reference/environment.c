/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources. Vendors: the examples of draft-cds-rats-intel-corim-profile and of
 * veraison/corim, profiles/tdx. Models: no document gives a TD one; these are
 * what this program writes, and the names that Intel's TDX Module Base
 * Architecture Specification has for a TD. Classes: Intel's appraisal engine
 * (SGXDataCenterAttestationPrimitives, QuoteVerification/appraisal/qal/
 * qal_script.rego).
 */
#include "reference/environment.h"

#include <string.h>

static const char *const vendors[] = {"Intel", "Intel Corporation", "INTEL"};
static const char *const models[] = {"TDX", "TD", "TDX TD"};

static const uint8_t classes[][ENVIRONMENT_UUID_SIZE] = {
    /* 45b734fc-aa4e-4c3d-ad28-e43d08880e68: of a TD report 1.5 */
    {0x45, 0xb7, 0x34, 0xfc, 0xaa, 0x4e, 0x4c, 0x3d, 0xad, 0x28, 0xe4, 0x3d,
     0x08, 0x88, 0x0e, 0x68},
    /* a1e4ee9c-a12e-48ac-bed0-e3f89297f687: 1.0 */
    {0xa1, 0xe4, 0xee, 0x9c, 0xa1, 0x2e, 0x48, 0xac, 0xbe, 0xd0, 0xe3, 0xf8,
     0x92, 0x97, 0xf6, 0x87},
};

static bool is(const char *text, size_t len, const char *name)
{
    return name && len == strlen(name) && memcmp(text, name, len) == 0;
}

static bool is_one_of(const char *text, size_t len, const char *const *names,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is(text, len, names[i])) {
            return true;
        }
    }
    return false;
}

static uint8_t digit(char c)
{
    return (uint8_t)(c > '9' ? c - 'a' + 10 : c - '0');
}

void environment_uuid(const char *text, uint8_t id[ENVIRONMENT_UUID_SIZE])
{
    for (size_t i = 0; i < ENVIRONMENT_UUID_SIZE; i++) {
        text += *text == '-';
        id[i] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
        text += 2;
    }
}

bool environment_has_vendor(const char *text, size_t len,
                            const struct environment_own *own)
{
    return is_one_of(text, len, vendors, sizeof vendors / sizeof *vendors) ||
           (own && is(text, len, own->vendor));
}

bool environment_has_model(const char *text, size_t len,
                           const struct environment_own *own)
{
    return is_one_of(text, len, models, sizeof models / sizeof *models) ||
           (own && is(text, len, own->model));
}

bool environment_has_class(const uint8_t id[ENVIRONMENT_UUID_SIZE],
                           const struct environment_own *own)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (memcmp(id, classes[i], sizeof *classes) == 0) {
            return true;
        }
    }
    return own && own->class_id &&
           memcmp(id, own->class_id, ENVIRONMENT_UUID_SIZE) == 0;
}

bool environment_has_path(const char *text, size_t len)
{
    const char *slash = memchr(text, '/', len);
    if (len == 0) {
        return true;
    }
    if (!slash || text[len - 1] != '/' || slash == text + len - 1) {
        return false;
    }
    const size_t vendor = (size_t)(slash - text);
    return environment_has_vendor(text, vendor, NULL) &&
           environment_has_model(slash + 1, len - vendor - 2, NULL);
}
