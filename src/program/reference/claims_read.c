/* SPDX-License-Identifier: Apache-2.0 */
/* Of which platform an input is read, and whether it contradicts itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims.h"
#include "reference/claims_evidence.h"
#include "reference/claims_guest.h"
#include "reference/claims_peel.h"

/* Is no value both what the MRTD must be and what it must not be? */
static bool is_consistent(const struct claims *claims, struct failure *error)
{
    for (size_t i = 0; i < claims->denied_count; i++) {
        const uint8_t *bytes = claims->denied[i].digest.bytes;
        for (size_t k = 0; k < claims->count; k++) {
            if (mrtd_value_equal(&claims->denied[i], &claims->items[k].value)) {
                return claims_fail(error, "against-contradiction",
                                   MRTD_NO_OFFSET,
                                   "it allows and forbids the same MRTD, which "
                                   "begins with %02x%02x%02x%02x",
                                   bytes[0], bytes[1], bytes[2], bytes[3]);
            }
        }
    }
    return true;
}

bool claims_read(struct claims *claims, enum claims_kind kind,
                 enum claims_reading reading, const void *data, size_t size,
                 struct failure *error)
{
    return claims_read_own(claims, kind, reading, MRTD_PLATFORM_TDX, NULL, data,
                           size, error);
}

static bool read_of(struct claims *claims, enum claims_kind kind,
                    const void *data, size_t size, struct failure *error)
{
    struct peeled p = {.data = data, .size = size};
    /* Who says what it is means what is there. */
    bool good = (kind != CLAIMS_DETECT && kind != CLAIMS_SIGNED) ||
                peel(&p, claims, data, size, error);
    good = good &&
           (claims->platform == MRTD_PLATFORM_TDX
                ? claims_read_tdx(claims, kind, p.data, p.size, error)
                : claims_read_guest(claims, kind, p.data, p.size, error)) &&
           is_consistent(claims, error) && evidence_agrees(claims, error);
    if (good) {
        const size_t len = strlen(claims->kind);
        snprintf(claims->kind + len, sizeof claims->kind - len, "%s", p.layers);
    }
    peel_free(&p);
    return good;
}

/* Reads it as one of the platform; on failure *claims holds nothing. */
static bool read_fresh(struct claims *claims, enum mrtd_platform platform,
                       enum claims_kind kind, const void *data, size_t size,
                       struct failure *error)
{
    *claims = (struct claims){
        .platform = platform, .reading = claims->reading, .own = claims->own};
    if (read_of(claims, kind, data, size, error)) {
        return true;
    }
    claims_free(claims);
    return false;
}

/* Was it read, and contradicts itself? Then another reading is no answer. */
static bool is_contradictory(const struct failure *error)
{
    return error->code && strcmp(error->code, "against-two") == 0;
}

/* A document that has no value of the platform may have some of the other;
 * otherwise it is said what is wrong with the first. Evidence says itself of
 * which platform it is. */
static bool read_either(struct claims *claims, enum mrtd_platform platform,
                        enum claims_kind kind, const void *data, size_t size,
                        struct failure *error)
{
    const bool may_be_snp = claims_guest_may_read(kind, data, size);
    const bool snp_first = may_be_snp && platform == MRTD_PLATFORM_SNP;
    struct failure other = {.code = NULL};
    if (read_fresh(claims, snp_first ? MRTD_PLATFORM_SNP : MRTD_PLATFORM_TDX,
                   kind, data, size, error)) {
        return true;
    }
    if (!may_be_snp || is_contradictory(error)) {
        return false;
    }
    if (read_fresh(claims, snp_first ? MRTD_PLATFORM_TDX : MRTD_PLATFORM_SNP,
                   kind, data, size, &other)) {
        return true;
    }
    if (is_contradictory(&other)) {
        *error = other;
    }
    return false;
}

bool claims_read_own(struct claims *claims, enum claims_kind kind,
                     enum claims_reading reading, enum mrtd_platform platform,
                     const struct environment_own *own, const void *data,
                     size_t size, struct failure *error)
{
    memset(claims, 0, sizeof *claims);
    claims->reading = reading;
    claims->own = own;
    if (size == 0) {
        return claims_fail(error, "against-empty", MRTD_NO_OFFSET,
                           "it is empty");
    }
    return reading == CLAIMS_LENIENT && (platform == MRTD_PLATFORM_TDX ||
                                         platform == MRTD_PLATFORM_SNP)
               ? read_either(claims, platform, kind, data, size, error)
               : read_fresh(claims, platform, kind, data, size, error);
}

void claims_free(struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        carried_free(&claims->items[i].carried);
    }
    free(claims->items);
    free(claims->files);
    free(claims->denied);
    free(claims->boot);
    for (size_t i = 0; i < claims->made_count; i++) {
        json_decref(claims->made[i].origin);
    }
    free(claims->made);
    claims->made = NULL;
    claims->made_count = 0;
    claims->boot = NULL;
    claims->boot_count = 0;
    claims->denied = NULL;
    claims->denied_count = 0;
    claims->items = NULL;
    claims->files = NULL;
    claims->count = 0;
    claims->file_count = 0;
}
