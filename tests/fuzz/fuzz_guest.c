/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference values of guests of AMD's platforms, in every form. And the
 * property that counts: a document in which the value was changed, negated or
 * given another name never verifies. The input is the document, and also the
 * choices by which one is made.
 */
#include <string.h>

#include "documents.h"
#include "fuzz.h"
#include "reference/claims.h"
#include "reference/formats.h"

static void read_as(enum mrtd_platform platform, enum claims_kind kind,
                    enum claims_reading reading, const uint8_t *data,
                    size_t size)
{
    struct claims claims;
    struct failure error;
    memset(&error, 0, sizeof error);
    if (!claims_read_own(&claims, kind, reading, platform, NULL, data, size,
                         &error)) {
        HOLDS(!claims.items && error.code && error.message[0]);
        HOLDS(error.offset == MRTD_NO_OFFSET || error.offset <= size);
        check_text(error.message);
        return;
    }
    HOLDS(claims.count > 0 && claims.count <= CLAIMS_MAX && claims.kind[0]);
    for (size_t i = 0; i < claims.count; i++) {
        const struct claim *claim = &claims.items[i];
        check_text(claim->where);
        /* No value of another platform's register is ever taken, but where
         * check asks for one of either of two. */
        HOLDS(claim->value.id == guest_register(platform)->id ||
              (reading == CLAIMS_LENIENT && platform == MRTD_PLATFORM_SNP &&
               mrtd_register_info(claim->value.id)->platform ==
                   MRTD_PLATFORM_TDX));
        HOLDS(!claim->guest.vmm || claim->guest.vmm->platform == platform);
    }
    claims_free(&claims);
}

/* --- Documents that were written ----------------------------------------- */

static const uint8_t value[MRTD_DIGEST_SIZE] = {
    0x61, 0x72, 0x83, 0x94, 0xa5, 0xb6, 0xc7, 0xd8, 0xe9, 0xfa, 0x0b, 0x1c};

static struct guest_launch launch(void)
{
    struct guest_launch made;
    static const char text[] = "qemu,2,EPYC-v4,0x1";
    HOLDS(guest_parse(&made, MRTD_PLATFORM_SNP, text, strlen(text)));
    return made;
}

/* Does a reader that is exact say that the digest must be the value, of this
 * launch or of any? */
static bool verifies(enum mrtd_platform platform, const void *data, size_t size)
{
    const struct guest_launch own = launch();
    struct claims claims;
    struct failure error;
    bool found = false;
    if (claims_read_own(&claims, CLAIMS_DETECT, CLAIMS_EXACT, platform, NULL,
                        data, size, &error)) {
        for (size_t i = 0; i < claims.count; i++) {
            found |= memcmp(claims.items[i].value.digest.bytes, value,
                            sizeof value) == 0 &&
                     guest_agrees(&claims.items[i].guest, &own);
        }
        claims_free(&claims);
    }
    return found;
}

/* A document of the value in that format; to be freed. */
static char *written(const char *name, size_t *size)
{
    struct reference_value claimed = {.vmms = {"qemu"}, .guest = launch()};
    char artifact[] = "fw";
    struct reference_firmware firmware = {
        .artifact = artifact, .values = &claimed, .value_count = 1};
    const struct reference_set set = {
        .firmware = &firmware, .count = 1, .only = &claimed};
    const struct reference_settings settings = {.platform = MRTD_PLATFORM_SNP,
                                                .entity = "e",
                                                .key =
                                                    "snp_launch_measurement"};
    char *text = NULL;
    mrtd_value_set(&claimed.value, MRTD_REGISTER_SNP, value);
    mrtd_hex_encode(claimed.hex, value, MRTD_DIGEST_SIZE);
    memset(firmware.sha256, '0', sizeof firmware.sha256 - 1);
    memset(firmware.sha384, '0', sizeof firmware.sha384 - 1);
    FILE *to = open_memstream(&text, size);
    HOLDS(to && reference_format_find(name)->write_guest(to, &set, &settings) &&
          fclose(to) == 0);
    return text;
}

static const struct edit edits[] = {
    {"rvps-map", "snp_launch", "tdx_launch"},
    {"rvps-map", "{", "{\"revoked\": false,"},
    {"rvps-map", "{", "{\"expiration\": \"2030-01-01T00:00:00Z\","},
    {"rvps-map", "{", "{\"snp_launch_measurement\": [],"},
    {"rvps-map", "snp_launch_measurement", "mr_td"},
    {"rvps-map", "snp_launch_measurement", "not_snp_launch_measurement"},
    {"rvps-map", "[", "{\"not\": ["},
    {"rvps", "0.1.0", "0.2.0"},
    {"rvps", "sample", "corim"},
    {"rvps", "{", "{\"revoked\":1,"},
    {"go-sev-guest", "measurement", "# measurement"},
    {"go-sev-guest", "measurement", "not_measurement"},
    {"go-sev-guest", "measurement", "report_id"},
    {"go-sev-guest", "measurement", "measurement: \"\" measurement"},
    {"go-sev-guest", "0x30000", "0x10000"},
    {"go-sev-guest", "policy {", "policy { policy {} "},
    {"go-sev-guest", "policy {", "td_quote_body_policy {"},
    {"go-sev-guest", "\"\n", "\" \"\\x00\"\n"},
    {"in-toto", "Statement/v1", "Statement/v2"},
    {"in-toto", "scai/v0.3", "scai/v0.4"},
    {"in-toto", "SNP_LAUNCH", "SEV_LAUNCH"},
    {"in-toto", "\"attribute\"", "\"target\""},
    {"in-toto", "\"digest\"", "\"digests\""},
    {"in-toto", "\"vcpus\": 2", "\"vcpus\": 3"},
    {"in-toto-predicate", "EPYC-v4", "EPYC-Milan"},
    {"in-toto-predicate", "0x1\"", "0x21\""},
    {"in-toto-predicate", "qemu", "gce"},
    {"in-toto-predicate", "\"vmm\"", "\"vmms\""},
    {"in-toto-predicate", "\"conditions\"", "\"evidence\""},
    {"corim", "\x03\x01", "\x03\x03"}, /* the class, an OID */
    {"corim", "\x19\x02\x81", "\x19\x02\x80"},
    {"corim", "2024:snp", "2024:tdx"},
    {"corim", "/snp/qemu,2,", "/snp/qemu,3,"},
    {"json", "reference/1", "reference/2"},
    {"json", "\"snp\"", "\"tdx\""},
    {"json", "\"snp\"", "\"sev\""},
    {"json", "\"SNP\"", "\"MRTD\""},
    {"json", "sha-384", "sha-256"},
    {"json", "\"vcpus\": 2", "\"vcpus\": 1"},
    {"json", "\"vcpus\": 2", "\"vcpus\": 0"},
    {"json", "EPYC-v4", "EPYC-v9"},
    {"json", "\"vmm\"", "\"vmms\""},
    {"json", "\"size\"", "\"enabled\""},
};

static void check_edit(const struct edit *edit)
{
    size_t size = 0;
    size_t changed_size = 0;
    char *text = written(edit->format, &size);
    HOLDS(verifies(MRTD_PLATFORM_SNP, text, size));
    char *changed = edited(text, size, edit, &changed_size);
    HOLDS(!verifies(MRTD_PLATFORM_SNP, changed, changed_size));
    free(changed);
    free(text);
}

static const char *const formats[] = {"rvps-map", "json",
                                      "corim",    "go-sev-guest",
                                      "in-toto",  "in-toto-predicate"};

/* A bit of the value, wherever and however it is written. */
static void check_change(const char *format, unsigned place, unsigned bit)
{
    size_t size = 0;
    char *text = written(format, &size);
    HOLDS(verifies(MRTD_PLATFORM_SNP, text, size));
    HOLDS(!verifies(MRTD_PLATFORM_TDX, text, size));
    HOLDS(!verifies(MRTD_PLATFORM_SEV, text, size));
    for (unsigned form = 0; form < VALUE_FORMS; form++) {
        if (flip(text, size, value, form, place, bit)) {
            HOLDS(!verifies(MRTD_PLATFORM_SNP, text, size));
        }
    }
    free(text);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static const enum mrtd_platform platforms[] = {
        MRTD_PLATFORM_SNP, MRTD_PLATFORM_SEV_ES, MRTD_PLATFORM_SEV};
    for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
        for (int kind = CLAIMS_DETECT; kind <= CLAIMS_SIGNED; kind++) {
            read_as(platforms[i], (enum claims_kind)kind, CLAIMS_LENIENT, data,
                    size);
            read_as(platforms[i], (enum claims_kind)kind, CLAIMS_EXACT, data,
                    size);
        }
    }
    const unsigned chosen = size > 0 ? data[size - 1] : 0;
    const unsigned place = size > 1 ? data[size - 2] : 0;
    const unsigned form = size > 2 ? data[size - 3] : 0;
    /* There are fewer edits than inputs that are replayed, but not all of them
     * would be chosen. */
    static size_t next;
    check_edit(&edits[next++ % (sizeof edits / sizeof *edits)]);
    check_change(formats[form % (sizeof formats / sizeof *formats)], place,
                 chosen % 8);
}
