/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence and reference values, in every form. */
#include <string.h>

#include "fuzz.h"
#include "reference/claims.h"

static void check_text(const char *text)
{
    for (; *text; text++) {
        HOLDS(*text >= 0x20 && *text < 0x7f);
    }
}

static void read_as(enum claims_kind kind, enum claims_reading reading,
                    const uint8_t *data, size_t size)
{
    struct claims claims;
    struct claims_error error;
    memset(&error, 0, sizeof error);
    if (!claims_read(&claims, kind, reading, data, size, &error)) {
        HOLDS(!claims.items && error.tag && error.message[0]);
        HOLDS(error.offset == MRTD_NO_OFFSET || error.offset <= size);
        check_text(error.message);
        return;
    }
    HOLDS(claims.count > 0 && claims.count <= CLAIMS_MAX && claims.kind[0]);
    for (size_t i = 0; i < claims.count; i++) {
        check_text(claims.items[i].where);
    }
    for (size_t i = 0; i < claims.remark_count && i < CLAIMS_REMARKS; i++) {
        check_text(claims.remarks[i].where);
        check_text(claims.remarks[i].why);
    }
    claims_free(&claims);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    for (int kind = CLAIMS_DETECT; kind <= CLAIMS_POLICY; kind++) {
        read_as((enum claims_kind)kind, CLAIMS_LENIENT, data, size);
        read_as((enum claims_kind)kind, CLAIMS_EXACT, data, size);
    }
}
