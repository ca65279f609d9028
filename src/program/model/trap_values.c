/* SPDX-License-Identifier: Apache-2.0 */
#include "model/trap_values.h"

#include <stdio.h>
#include <string.h>

#define SIZE MRTD_DIGEST_SIZE

static bool same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, SIZE) == 0;
}

bool trap_any_claim(const struct answer *c, trap_claim_fn *test,
                    char text[TRAP_TEXT])
{
    for (size_t i = 0; i < c->against->claims.count; i++) {
        if (test(c, &c->against->claims.items[i], text)) {
            return true;
        }
    }
    return false;
}

/* --- Values that are no MRTD of a firmware at all ---------------------- */

static bool is_file_digest(const struct answer *c, const struct claim *claim,
                           char text[TRAP_TEXT])
{
    uint8_t digest[SIZE];
    if (!mrtd_hex_decode(digest, SIZE, c->sha384, strlen(c->sha384)) ||
        !same(digest, claim->value.digest.bytes)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the value is the SHA-384 of the firmware file itself, as "
             "sha384sum prints it; what a guest reports is computed from the "
             "launch of the firmware");
    return true;
}

bool trap_file_digest(const struct answer *c, char text[TRAP_TEXT])
{
    return trap_any_claim(c, is_file_digest, text);
}

static bool is_constant(const struct answer *c, const struct claim *claim,
                        char text[TRAP_TEXT])
{
    /* SHA-384 of nothing, FIPS 180-4. */
    static const char empty[] = "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07"
                                "434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898"
                                "b95b";
    static const uint8_t zeros[SIZE];
    char hex[MRTD_HEX_SIZE];
    (void)c;
    mrtd_hex_encode(hex, claim->value.digest.bytes, SIZE);
    if (same(claim->value.digest.bytes, zeros)) {
        snprintf(text, TRAP_TEXT,
                 "the value is all zeros: nothing was measured, or the field "
                 "was never filled in");
        return true;
    }
    if (strcmp(hex, empty) == 0) {
        snprintf(text, TRAP_TEXT,
                 "the value is the SHA-384 of nothing: whoever computed it "
                 "found no section to add");
        return true;
    }
    return false;
}

bool trap_constant_value(const struct answer *c, char text[TRAP_TEXT])
{
    return trap_any_claim(c, is_constant, text);
}

static bool is_known(const struct answer *c, const struct claim *claim,
                     char text[TRAP_TEXT])
{
    static const struct {
        const char *mrtd;
        const char *what;
    } known[] = {
        {"12bdbc1609ef066db7a9ec7b26d7509346f4ca46e846274096cb25939b1e7119440"
         "61ca19a30c6743f1e599148eee451",
         "Azure's confidential VMs: it measures Microsoft's paravisor, whose "
         "image is not published (openvmm issue 2247), not the guest's OVMF"},
    };
    char hex[MRTD_HEX_SIZE];
    (void)c;
    mrtd_hex_encode(hex, claim->value.digest.bytes, SIZE);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(hex, known[i].mrtd) == 0) {
            snprintf(text, TRAP_TEXT, "the value is that of %s", known[i].what);
            return true;
        }
    }
    return false;
}

bool trap_known_value(const struct answer *c, char text[TRAP_TEXT])
{
    return trap_any_claim(c, is_known, text);
}
