/* SPDX-License-Identifier: Apache-2.0 */
/* How the writers of this folder begin their documents. */
#include "reference/kinds.h"

#include <string.h>

#include "schemas.h"

/* --- Bare maps of reference values --------------------------------------- */

#define MRTD_DIGITS 96

/* A name that the user chose, and an MRTD, or a list of them. */
static bool is_map(const char *text, size_t size)
{
    static const char list[] = "[\n    \"";
    size_t at = 0;
    while (at < size && text[at] != '"') {
        at += text[at] == '\\' ? 2 : 1;
    }
    if (at >= size || size - at < strlen("\": ") ||
        memcmp(text + at, "\": ", strlen("\": ")) != 0) {
        return false;
    }
    at += strlen("\": ");
    if (size - at >= strlen(list) &&
        memcmp(text + at, list, strlen(list)) == 0) {
        at += strlen(list);
    } else if (at < size && text[at] == '"') {
        at++;
    } else {
        return false;
    }
    size_t digits = 0;
    while (at < size && text[at] != '\0' &&
           strchr("0123456789abcdef", text[at])) {
        at++;
        digits++;
    }
    return digits == MRTD_DIGITS && at < size && text[at] == '"';
}

/* --- Kinds --------------------------------------------------------------- */

/* Tags 501, 500, 502, COSE_Sign1 (18), and those of older drafts. */
static const struct file_start corims[] = {
    FILE_START("\xd9\x01\xf5"), FILE_START("\xd9\x01\xf4"),
    FILE_START("\xd9\x01\xf6"), FILE_START("\xd2\x84"), FILE_START_NONE};
static const struct file_start signatures[] = {
    FILE_START("\xd2\x84"), FILE_START("\xd9\x01\xf4"),
    FILE_START("\xd9\x01\xf6"), FILE_START_NONE};
/* Tag 1398229316. */
static const struct file_start coswids[] = {FILE_START("\xdaSWID"),
                                            FILE_START_NONE};
/* rvps, rvps-map, rvps-store, dcap-policy, contrast-patch, in-toto, its
 * predicate, ours, and the index of a release. */
static const struct file_start jsons[] = {
    FILE_START("{\"version\":\"0.1.0\",\"type\":\"sample\",\"payload\":\""),
    FILE_START_WITH("{\n  \"", NULL, is_map),
    FILE_START("[\n  {\n    \"version\": \"0.1.0\",\n    \"name\": \""),
    FILE_START("{\n  \"policy_array\": [\n    {\n      \"environment\": {\n"
               "        \"class_id\": \""),
    FILE_START("[\n  [\n    {\n      \"op\": \"test\",\n"
               "      \"path\": \"/Platform\",\n"
               "      \"value\": \"Metal-QEMU-TDX\"\n    },\n    {\n"
               "      \"op\": \"replace\",\n      \"path\": \"/MrTd\","),
    FILE_START_WITH("{\n  \"_type\": \"https://in-toto.io/Statement/v1\",\n"
                    "  \"subject\": [\n",
                    "\"attribute\": \"TDX_MRTD\"", NULL),
    FILE_START_WITH("{\n  \"_type\": \"https://in-toto.io/Statement/v1\",\n"
                    "  \"subject\": [\n",
                    "\"attribute\": \"SNP_LAUNCH_MEASUREMENT\"", NULL),
    FILE_START_WITH("{\n  \"_type\": \"https://in-toto.io/Statement/v1\",\n"
                    "  \"subject\": [\n",
                    "\"attribute\": \"SEV_", NULL),
    FILE_START("{\n  \"attributes\": [\n    {\n"
               "      \"attribute\": \"TDX_MRTD\""),
    FILE_START("{\n  \"attributes\": [\n    {\n"
               "      \"attribute\": \"SNP_LAUNCH_MEASUREMENT\""),
    FILE_START("{\n  \"attributes\": [\n    {\n"
               "      \"attribute\": \"SEV_"),
    FILE_START("{\n  \"schema\": \"" SCHEMA_REFERENCE_FAMILY),
    FILE_START("{\n  \"schema\": \"" SCHEMA_RELEASE_INDEX_FAMILY),
    FILE_START_NONE};
static const struct file_start regos[] = {
    FILE_START("import rego.v1\n\ndefault match := false\n\n"
               "match if {\n\tinput.tdx.tdx_mrtd == \""),
    FILE_START_NONE};
#define POLICY                                                                 \
    "policy {\n  header_policy {\n  }\n  td_quote_body_policy {\n    "
static const struct file_start textprotos[] = {
    FILE_START(POLICY "mr_td: \"\\x"), FILE_START(POLICY "any_mr_td: \"\\x"),
    FILE_START_WITH("# For go-tdx-guest newer than v0.3.1, which has no ",
                    "\n" POLICY, NULL),
    FILE_START_WITH(
        "# For ", "\npolicy {\n  policy: 0x30000\n  measurement: \"\\x", NULL),
    FILE_START_NONE};

const struct file_kind kind_corim = {"a CoRIM", 0, corims};
const struct file_kind kind_corim_signature = {"a signature of a CoRIM (COSE)",
                                               0, signatures};
const struct file_kind kind_coswid = {"a CoSWID", 0, coswids};
const struct file_kind kind_json = {
    "JSON with reference values, as it is written here", 0, jsons};
const struct file_kind kind_rego = {"a policy (Rego) as it is written here", 0,
                                    regos};
const struct file_kind kind_textproto = {
    "a policy (textproto) as it is written here", 0, textprotos};
