/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence and reference values, in every form. */
#include <string.h>

#include "fuzz.h"
#include "reference/claims.h"
#include "reference/recognize.h"

static void check_text(const char *text)
{
    for (; *text; text++) {
        HOLDS(*text >= 0x20 && *text < 0x7f);
    }
}

static void read_as(enum claims_kind kind, const uint8_t *data, size_t size)
{
    struct claims claims;
    struct claims_error error;
    memset(&error, 0, sizeof error);
    if (!claims_read(&claims, kind, data, size, &error)) {
        HOLDS(!claims.items && error.tag && error.message[0]);
        HOLDS(error.offset == MRTD_NO_OFFSET || error.offset <= size);
        check_text(error.message);
        return;
    }
    HOLDS(claims.count > 0 && claims.count <= CLAIMS_MAX && claims.kind[0]);
    for (size_t i = 0; i < claims.count; i++) {
        check_text(claims.items[i].where);
    }
    for (size_t i = 0; i < claims.file_count; i++) {
        HOLDS(claims.files[i].size == 32 || claims.files[i].size == 48);
    }
    claims_free(&claims);
}

/* What has no MRTD, by its mark, is not read as evidence after all. */
static void recognize_all(const uint8_t *data, size_t size)
{
    struct recognized what;
    struct claims claims;
    struct claims_error error;
    if (!recognize(data, size, &what)) {
        return;
    }
    HOLDS(what.name[0]);
    check_text(what.name);
    check_text(what.advice);
    if (what.use == RECOGNIZED_OTHER &&
        claims_read(&claims, CLAIMS_DETECT, data, size, &error)) {
        HOLDS(!claims.items[0].has_evidence);
        claims_free(&claims);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    recognize_all(data, size);
    for (int kind = CLAIMS_DETECT; kind <= CLAIMS_POLICY; kind++) {
        read_as((enum claims_kind)kind, data, size);
    }
}
