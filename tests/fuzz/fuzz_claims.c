/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence and reference values, in every form. And the property that counts: a
 * document in which the value was changed, negated or disabled never verifies.
 * The input is the document, and also the choices by which one is made.
 */
#include <string.h>

#include "documents.h"
#include "fuzz.h"
#include "reference/cbor_build.h"
#include "reference/claims.h"
#include "reference/formats.h"
#include "reference/recognize.h"

static void read_as(enum claims_kind kind, enum claims_reading reading,
                    const uint8_t *data, size_t size)
{
    struct claims claims;
    struct failure error;
    memset(&error, 0, sizeof error);
    if (!claims_read(&claims, kind, reading, data, size, &error)) {
        HOLDS(!claims.items && error.code && error.message[0]);
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

/* What has no MRTD, by its mark, is not read as evidence after all. */
static void recognize_all(const uint8_t *data, size_t size)
{
    struct recognized what;
    struct claims claims;
    struct failure error;
    if (!recognize(data, size, &what)) {
        return;
    }
    HOLDS(what.name[0]);
    check_text(what.name);
    check_text(what.advice);
    if (what.use == RECOGNIZED_OTHER &&
        claims_read(&claims, CLAIMS_DETECT, CLAIMS_LENIENT, data, size,
                    &error)) {
        HOLDS(!claims.items[0].has_evidence);
        claims_free(&claims);
    }
}

/* --- Choices ----------------------------------------------------------- */

struct choices {
    const uint8_t *data;
    size_t size;
    bool straight; /* all of the choices were the first */
};

/* A number below count, 0 where the input has ended. */
static unsigned choose(struct choices *c, unsigned count)
{
    unsigned made = 0;
    if (c->size > 0) {
        made = *c->data++ % count;
        c->size--;
    }
    c->straight = c->straight && made == 0;
    return made;
}

static const uint8_t value[MRTD_DIGEST_SIZE] = {
    0x61, 0x72, 0x83, 0x94, 0xa5, 0xb6, 0xc7, 0xd8, 0xe9, 0xfa, 0x0b, 0x1c};
static const uint8_t other[MRTD_DIGEST_SIZE] = {0x55};
/* Those after the launch: RTMR1 and RTMR2. */
static const uint8_t registers[2][MRTD_DIGEST_SIZE] = {
    {0x11, 0x2b, 0x3c, 0x4d, 0x5e, 0x6f, 0x70}, {0x21, 0xab, 0xcd, 0xef}};

/* Does a reader that is exact say that the MRTD must be the value? */
static bool verifies(enum claims_kind kind, const void *data, size_t size)
{
    struct claims claims;
    struct failure error;
    bool found = false;
    if (claims_read(&claims, kind, CLAIMS_EXACT, data, size, &error)) {
        for (size_t i = 0; i < claims.count; i++) {
            found |= memcmp(claims.items[i].value.digest.bytes, value,
                            sizeof value) == 0 &&
                     claims_valid_at(&claims.items[i], 1000);
        }
        claims_free(&claims);
    }
    return found;
}

/* --- CoRIMs ------------------------------------------------------------ */

/* The right number, or another. */
static int pick_int(struct choices *c, int right)
{
    static const int wrong[] = {0,  1,  2,  3,  5,   6,  7,   8,   11,  12,
                                82, 84, 99, -7, -83, 83, 505, 507, 1000};
    const bool straight = c->straight;
    const unsigned made = choose(c, sizeof wrong / sizeof *wrong + 1);
    const int picked = made == 0 ? right : wrong[made - 1];
    c->straight = straight && picked == right;
    return picked;
}

/* [alg, bytes], or something near to it. */
static cbor_item_t *digest(struct choices *c)
{
    cbor_item_t *alg = build_int(pick_int(c, 7));
    switch (choose(c, 6)) {
    case 0:
        return build_array(2, alg, build_bytes(value, sizeof value));
    case 1:
        return build_array(3, alg, build_bytes(value, sizeof value),
                           build_bytes(other, sizeof other));
    case 2:
        return build_array(4, alg, build_bytes(value, sizeof value),
                           build_int(7), build_bytes(other, sizeof other));
    case 3:
        return build_array(2, alg, build_bytes(value, sizeof value - 1));
    case 4:
        return build_array(2, build_bytes(value, sizeof value), alg);
    default:
        return build_map(1, alg, build_bytes(value, sizeof value));
    }
}

/* A list of it, twice perhaps, or as a set with an operator. */
static cbor_item_t *digests(struct choices *c, bool set)
{
    cbor_item_t *list =
        !set && choose(c, 2)
            ? build_array(2, digest(c),
                          build_array(2, build_int(7),
                                      build_bytes(other, sizeof other)))
            : build_array(1, digest(c));
    if (!set) {
        return list;
    }
    cbor_item_t *operator= build_int(pick_int(c, 6));
    const unsigned tag = choose(c, 4);
    return build_tag(tag == 0   ? 60020
                     : tag == 1 ? 60010
                     : tag == 2 ? 60021
                                : 563,
                     build_array(2, operator, list));
}

/* {key: item}, or with the key once more, or with another that may change what
 * it says. */
static cbor_item_t *map_of(struct choices *c, int key, cbor_item_t *item)
{
    switch (choose(c, 6)) {
    case 3:
        return build_map(2, build_int(key), item, build_int(-88),
                         build_array(1, build_text("Revoked")));
    case 4:
        return build_map(2, build_int(key), item, build_text("revoked"),
                         build_int(1));
    case 5:
        return build_map(2, build_int(key), item, build_int(11),
                         build_text("revoked"));
    case 1:
        return build_map(2, build_int(key), item, build_int(key),
                         build_array(0));
    case 2:
        return build_map(2, build_int(key), build_array(0), build_int(key),
                         item);
    default:
        return build_map(1, build_int(key), item);
    }
}

static cbor_item_t *class_of(struct choices *c)
{
    static const char *const models[] = {
        "TDX",     "TDX SEAM", "SGX QE",   "SEV-SNP", "TDXModule", "not TDX",
        "SEAMLDR", "GPU",      "TDX TD 2", "tdx",     "",          "TDX "};
    static const char *const vendors[] = {
        "Intel", "AMD",  "Arm", "NVIDIA", "Intelligent", "Intel competitor",
        "",      "intel"};
    const char *vendor = vendors[choose(c, sizeof vendors / sizeof *vendors)];
    const char *model = models[choose(c, sizeof models / sizeof *models)];
    return build_map(2, build_int(1), build_text(vendor), build_int(2),
                     build_text(model));
}

/* Of the class, or of a part of it, or of nobody knows what. */
static cbor_item_t *environment(struct choices *c)
{
    switch (choose(c, 5)) {
    case 1:
        return build_map(2, build_int(0), class_of(c), build_int(1),
                         build_bytes(value, 16));
    case 2:
        return build_map(2, build_int(0), class_of(c), build_text("not"),
                         build_int(1));
    case 3:
        return build_map(1, build_int(0), build_map(0));
    case 4:
        return build_map(
            1, build_int(0),
            build_map(1, build_int(0), build_tag(37, build_bytes(value, 16))));
    default:
        return build_map(1, build_int(0), class_of(c));
    }
}

static cbor_item_t *triple(struct choices *c, bool set)
{
    cbor_item_t *of = environment(c);
    const int key = pick_int(c, set ? -83 : 83);
    cbor_item_t *list = digests(c, set);
    cbor_item_t *mval = map_of(c, set ? key : 2, list);
    cbor_item_t *measurement =
        set ? build_map(1, build_int(1), mval)
            : build_map(2, build_int(0), build_int(key), build_int(1), mval);
    return build_array(2, of, build_array(1, measurement));
}

static void check_corim(struct choices c)
{
    size_t size = 0;
    c.straight = true;
    const bool set = c.size & 1;
    const int key = pick_int(&c, 0);
    cbor_item_t *list = build_array(1, triple(&c, set));
    cbor_item_t *triples = build_map(1, build_int(key), list);
    cbor_item_t *comid =
        build_map(2, build_int(1), build_map(1, build_int(0), build_text("t")),
                  build_int(4), triples);
    const int tag = pick_int(&c, 506);
    const bool ended = choose(&c, 2) == 1;
    cbor_item_t *validity =
        build_map(1, build_int(1), build_tag(1, build_int(ended ? 999 : 1000)));
    unsigned char *bytes = build_encode(
        build_tag(501,
                  build_map(3, build_int(0), build_text("c"), build_int(1),
                            build_array(1, build_tag((uint64_t)(tag & 4095),
                                                     build_embedded(comid))),
                            build_int(4), validity)),
        &size);
    HOLDS(bytes);
    HOLDS(verifies(CLAIMS_DETECT, bytes, size) == c.straight);
    free(bytes);
}

/* --- Documents as they are written, and changed ------------------------ */

static const struct edit edits[] = {
    {"rvps-map", "\"mr_td\"", "\"#mr_td\""},
    {"rvps-map", "\"mr_td\"", "\"revoked_mr_td\""},
    {"rvps-map", "\"mr_td\"", "\"not_mr_td\""},
    {"rvps-map", "\"mr_td\"", "\"_mr_td\""},
    {"rvps-map", "\"mr_td\"", "\"mr_td_old\""},
    {"rvps-map", "\"mr_td\"", "\"mr_seam\""},
    {"dcap-policy", "\"tdx_mrtd\"", "\"#tdx_mrtd\""},
    {"dcap-policy", "\"tdx_mrtd\"", "\"tdx_mrseam\""},
    {"dcap-policy", "\"reference\"", "\"#reference\""},
    {"contrast-patch", "\"replace\"", "\"remove\""},
    {"contrast-patch", "\"/MrTd\"", "\"/MrSeam\""},
    {"in-toto", "\"mrtd\"", "\"revoked_mrtd\""},
    {"in-toto-predicate", "\"mrtd\"", "\"_mrtd\""},
    {"json", "\"value\"", "\"not_value\""},
    {"json", "\"values\"", "\"revoked\""},
    {"ita", "input.", "not input."},
    {"ita", "==", "!="},
    {"ita", "input.", "# input."},
    {"ita", "match if", "deny if"},
    {"ita", "tdx_mrtd", "tdx_mrseam"},
    {"ita", "\tinput.", "\tfalse\n\tinput."},
    {"ita", "\tinput.", "\t1 == 2\n\tinput."},
    {"ita", "\tinput.", "\tx :=\n\tinput."},
    {"ita", "\tinput.", "\tsome input in data.x\n\tinput."},
    {"ita", "\tinput.tdx", "\tt := input.tdx\n\tsome t in data.x\n\tt"},
    {"ita", "\tinput.tdx", "\tt := data.tdx\n\tt"},
    {"ita", "\tinput.", "\tevery x in data.x { x }\n\tinput."},
    {"ita", "\n}", "\n\twith input as {}\n}"},
    {"ita", "\n}", "\n\t== false\n}"},
    {"ita", "\n}", "\n} else := true"},
    {"ita", "\n}", "\n} { true }"},
    {"ita", "\n}", "\n}\nmatch := true"},
    {"ita", "\n}", "\n}\nallow if input.x"},
    {"ita", "\n}", "\n}\ndeny if input.x"},
    {"ita", "match if", "match := false if"},
    {"ita", "match if", "match[x] if"},
    {"ita", ":= false", ":= true"},
    {"ita", "import rego.v1", "import data.x as input"},
    {"go-tdx-guest", "mr_td", "# mr_td"},
    {"go-tdx-guest", "mr_td", "not_mr_td"},
    {"go-tdx-guest", "mr_td", "mr_seam"},
    {"rvps-map", "{", "{\"isEnabled\": false,"},
    {"rvps-map", "{", "{\"mr_td_mask\": \"00000000000000000000\","},
    {"rvps-map", "{", "{\"status\": \"draft\","},
    {"rvps-map", "{", "{\"valid-until\": 999,"},
    {"rvps-map", "{", "{\"notBefore\": 1001,"},
    {"dcap-policy", "45b734fc", "45b734fd"},
    {"dcap-policy", "\"45b734fc", "\" 45b734fc"},
    {"dcap-policy", "\"class_id\"", "\"class\""},
    {"dcap-policy", "\"tdx_mrtd\"", "\"mr_td\""},
    {"contrast-patch", "Metal-QEMU-TDX", "Metal-QEMU-SNP"},
    {"contrast-patch", "\"/Platform\"", "\"/Enabled\""},
    {"contrast-patch", "\"/Platform\"", "\"/MrTd\""},
    {"contrast-patch", "\"replace\"", "\"test\""},
    {"in-toto", "\"_type\"", "\"type\""},
    {"in-toto", "Statement/v1", "Statement/v2"},
    {"in-toto", "\"predicateType\"", "\"predicate_type\""},
    {"in-toto", "scai/v0.3", "scai/v0.4"},
    {"in-toto", "\"subject\"", "\"subjects\""},
    {"in-toto", "\"digest\"", "\"digests\""},
    {"in-toto", "\"attribute\"", "\"target\""},
    {"in-toto", "\"vmm\"", "\"vmms\""},
    {"in-toto-predicate", "\"attribute\"", "\"kind\""},
    {"in-toto-predicate", "\"vmm\"", "\"profiles\""},
    {"json", "reference/1", "reference/2"},
    {"json", "\"size\"", "\"enabled\""},
    {"json", "\"tdx\"", "\"snp\""},
    {"json", "\"vmm\"", "\"vmms\""},
    {"json", "\"MRTD\"", "\"RTMR0\""},
    {"json", "sha-384", "sha-256"},
    {"go-tdx-guest", "mr_td", "x: 1 mr_td"},
    {"go-tdx-guest", "mr_td", "xfam: 5 mr_td"},
    {"go-tdx-guest", "mr_td", "mr_seam: \"a\" mr_td"},
    {"go-tdx-guest", "mr_td", "any_mr_td: \"\" mr_td"},
    {"go-tdx-guest", "mr_td", "enable_td_debug_check: 2 mr_td"},
    {"go-tdx-guest", "header_policy {",
     "header_policy { minimum_qe_svn: 65536"},
    {"go-tdx-guest", "header_policy", "td_quote_body_policy"},
    {"go-tdx-guest", "policy {", "policy { policy {} "},
    {"go-tdx-guest", "\"\n", "\" \"\\x00\"\n"},
    {"go-tdx-guest", "\"\n", "\",,\n"},
    {"coswid", "mr_td", "mr_te"},
    {"coswid", "mr_td", "MR_TD"},
    {"coswid", "calc.tdx.mrtd", "calc.tdx.void"},
    {"corim", "Intel", "INTeL"},
    {"corim", "Intel", "Amtel"},
    {"corim", "TDX", "TXT"},
    {"corim", "TDX", "SGX"},
};

/* A document of the value in that format, and of registers; to be freed. */
static char *written(const char *name, size_t *size, bool with_registers)
{
    struct reference_value claimed = {.vmms = {"spec"}};
    char artifact[] = "fw";
    struct reference_firmware firmware = {
        .artifact = artifact, .values = &claimed, .value_count = 1};
    const struct reference_set set = {
        .firmware = &firmware, .count = 1, .only = &claimed};
    const struct reference_settings settings = {
        .platform = MRTD_PLATFORM_TDX,
        .entity = "e",
        .vendor = "Intel",
        .model = "TDX",
        .class_id = "45b734fc-aa4e-4c3d-ad28-e43d08880e68",
        .key = "mr_td"};
    char *text = NULL;
    mrtd_value_set(&claimed.value, MRTD_REGISTER_MRTD, value);
    mrtd_hex_encode(claimed.hex, value, MRTD_DIGEST_SIZE);
    for (size_t i = 0; with_registers && i < 2; i++) {
        struct boot_value *v = &firmware.boot[firmware.boot_count++];
        v->id = i == 0 ? BOOT_VALUE_RTMR1 : BOOT_VALUE_RTMR2;
        memcpy(v->digest, registers[i], MRTD_DIGEST_SIZE);
        mrtd_hex_encode(v->hex, v->digest, MRTD_DIGEST_SIZE);
    }
    memset(firmware.sha256, '0', sizeof firmware.sha256 - 1);
    memset(firmware.sha384, '0', sizeof firmware.sha384 - 1);
    FILE *to = open_memstream(&text, size);
    HOLDS(to && reference_format_find(name)->write(to, &set, &settings) &&
          fclose(to) == 0);
    return text;
}

static void check_edit(const struct edit *edit)
{
    size_t size = 0;
    size_t changed_size = 0;
    char *text = written(edit->format, &size, false);
    HOLDS(verifies(CLAIMS_DETECT, text, size));
    char *changed = edited(text, size, edit, &changed_size);
    HOLDS(!verifies(CLAIMS_DETECT, changed, changed_size));
    free(changed);
    free(text);
}

/* A bit of the value, wherever and however it is written. */
static void check_change(struct choices c)
{
    static const char *const formats[] = {
        "rvps-map",         "dcap-policy", "contrast-patch",
        "in-toto",          "json",        "ita",
        "go-tdx-guest",     "coswid",      "corim",
        "in-toto-predicate"};
    size_t size = 0;
    char *text = written(formats[choose(&c, sizeof formats / sizeof *formats)],
                         &size, false);
    for (unsigned form = 0; form < VALUE_FORMS; form++) {
        const unsigned place = choose(&c, 256);
        if (flip(text, size, value, form, place, choose(&c, 8))) {
            HOLDS(!verifies(CLAIMS_DETECT, text, size));
        }
    }
    free(text);
}

/* --- Registers ----------------------------------------------------------- */

/* Does a reader that is exact say that both must be as they were written, and
 * nothing else? */
static bool registers_verify(const void *data, size_t size)
{
    struct claims claims;
    struct failure error;
    bool good = false;
    if (claims_read(&claims, CLAIMS_DETECT, CLAIMS_EXACT, data, size, &error)) {
        good = claims.boot_count == 2;
        for (size_t i = 0; good && i < 2; i++) {
            const enum boot_value_id id =
                i == 0 ? BOOT_VALUE_RTMR1 : BOOT_VALUE_RTMR2;
            good = claims.boot[i].id == id &&
                   memcmp(claims.boot[i].digest, registers[i],
                          MRTD_DIGEST_SIZE) == 0 &&
                   claims.boot_said[id] == 1 && claims.boot_taken[id] == 1;
        }
        claims_free(&claims);
    }
    return good;
}

/* Changes after which a document does not say it any more. */
static const struct edit register_edits[] = {
    {"rvps-map", "rtmr_1", "rtmr_3"},
    {"rvps-map", "rtmr_1", "#rtmr_1"},
    {"rvps-map", "{", "{\"tdx_rtmr1\": \"0\","},
    {"rvps-map", "{", "{\"enabled\": false,"},
    {"dcap-policy", "tdx_rtmr2", "tdx_rtmr0"},
    {"dcap-policy", "tdx_rtmr2", "tdx_mrseam"},
    {"contrast-patch", "Rtmrs/1", "Rtmrs/2"},
    {"contrast-patch", "Rtmrs/1", "Rtmrs/0"},
    {"contrast-patch", "[", "[[],"},
    {"in-toto", "TDX_BOOT", "TDX_BOOTS"},
    {"in-toto", "\"rules\"", "\"except\""},
    {"in-toto-predicate", "rtmr1", "rtmr3"},
    {"json", "RTMR1", "RTMR2"},
    {"json", "\"boot\"", "\"boots\""},
    {"ita", "tdx_rtmr1 ==", "tdx_rtmr1 !="},
    {"ita", "tdx_rtmr1", "tdx_rtmr0"},
    {"ita", "\n}", "\n}\nmatch if { input.tdx.tdx_mrtd == \"0\" }"},
    {"go-tdx-guest", "rtmrs", "mr_seam: \"\" rtmrs: \"\" rtmrs"},
    {"go-tdx-guest", "rtmrs", "report_data"},
};

/* A bit of one of them, wherever it is; or such a change. */
static void check_registers(struct choices c)
{
    static const char *const formats[] = {
        "rvps-map",     "dcap-policy", "contrast-patch",
        "in-toto",      "json",        "ita",
        "go-tdx-guest", "corim",       "in-toto-predicate"};
    const struct edit *edit = &register_edits[choose(
        &c, sizeof register_edits / sizeof *register_edits)];
    const char *format = formats[choose(&c, sizeof formats / sizeof *formats)];
    const uint8_t *changed = registers[choose(&c, 2)];
    size_t size = 0;
    size_t edited_size = 0;
    char *text = written(format, &size, true);
    HOLDS(registers_verify(text, size));
    for (unsigned form = 0; form < VALUE_FORMS; form++) {
        const unsigned place = choose(&c, 256);
        if (flip(text, size, changed, form, place, choose(&c, 8))) {
            HOLDS(!registers_verify(text, size));
        }
    }
    free(text);
    text = written(edit->format, &size, true);
    char *other_text = edited(text, size, edit, &edited_size);
    HOLDS(!registers_verify(other_text, edited_size));
    free(other_text);
    free(text);
}

/* A member that nobody knows, whatever it says, in an object on the way to the
 * value. */
static void check_member(struct choices c)
{
    static const char *const documents[][3] = {
        {"{", "\"mr_td\": [\"", "\"]}"},
        {"{\"mrtd\": {", "\"value\": \"", "\"}}"},
        {"{", "\"reference_values\": {\"tdx_mrtd\": \"", "\"}}"},
        {"[{\"name\": \"mr_td\", ", "\"value\": \"", "\"}]"},
        {"{\"ReferenceValues\": {\"tdx\": [{", "\"MrTd\": \"", "\"}]}}"},
    };
    static const char *const heads[] = {"", "is", "tdx_", "mr_td_", "x-"};
    static const char *const values[] = {
        "false", "true", "0", "1", "null", "\"\"", "\"ne\"", "\"2020-01-01\""};
    char hex[MRTD_HEX_SIZE];
    char name[40];
    char end[200];
    char text[400];
    const char *const *document =
        documents[choose(&c, sizeof documents / sizeof *documents)];
    size_t used =
        (size_t)snprintf(name, sizeof name, "%s",
                         heads[choose(&c, sizeof heads / sizeof *heads)]);
    for (unsigned i = 1 + choose(&c, 8); i > 0; i--) {
        name[used++] = "qzxvwkjQZ"[choose(&c, 9)];
    }
    name[used] = '\0';
    const char *said = values[choose(&c, sizeof values / sizeof *values)];
    mrtd_hex_encode(hex, value, MRTD_DIGEST_SIZE);
    snprintf(end, sizeof end, "%s%s%s", document[1], hex, document[2]);
    snprintf(text, sizeof text, "%s%s", document[0], end);
    HOLDS(verifies(CLAIMS_DETECT, text, strlen(text)));
    snprintf(text, sizeof text, "%s\"%s\": %s, %s", document[0], name, said,
             end);
    HOLDS(!verifies(CLAIMS_DETECT, text, strlen(text)));
}

static void check_sense(const uint8_t *data, size_t size)
{
    struct choices c = {.data = data, .size = size, .straight = true};
    check_corim(c);
    check_change(c);
    check_member(c);
    check_registers(c);
    check_edit(&edits[choose(&c, sizeof edits / sizeof *edits)]);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    recognize_all(data, size);
    for (int kind = CLAIMS_DETECT; kind <= CLAIMS_POLICY; kind++) {
        read_as((enum claims_kind)kind, CLAIMS_LENIENT, data, size);
        read_as((enum claims_kind)kind, CLAIMS_EXACT, data, size);
    }
    check_sense(data, size);
}
