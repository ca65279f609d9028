/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the writers in src/program/report and src/program/reference begin what
 * they write, as far as it is always the same: white space, too, so that
 * another's text of the same language is not taken for one of them.
 */
#include "io/kinds.h"

#include <string.h>

#include "schemas.h"

struct kind_start {
    const char *bytes;
    size_t size;
    const char *later; /* what comes after it, anywhere; or NULL */
    /* What is right after it; or NULL */
    bool (*next)(const char *text, size_t size);
};

#define START(text)                                                            \
    {                                                                          \
        text, sizeof(text) - 1, NULL, NULL                                     \
    }
#define START_WITH(text, later, next)                                          \
    {                                                                          \
        text, sizeof(text) - 1, later, next                                    \
    }

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

/* A picture has no declaration of XML. */
static const struct kind_start pictures[] = {
    START("<svg xmlns=\"http://www.w3.org/2000/svg\" "
          "class=\"mrtd-picture\""),
    {NULL, 0, NULL, NULL}};
static const struct kind_start pages[] = {
    START_WITH("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
               "<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"",
               ": MRTD and layout</title>", NULL),
    {NULL, 0, NULL, NULL}};
/* Tags 501, 500, 502, COSE_Sign1 (18), and those of older drafts. */
static const struct kind_start corims[] = {START("\xd9\x01\xf5"),
                                           START("\xd9\x01\xf4"),
                                           START("\xd9\x01\xf6"),
                                           START("\xd2\x84"),
                                           {NULL, 0, NULL, NULL}};
static const struct kind_start signatures[] = {START("\xd2\x84"),
                                               START("\xd9\x01\xf4"),
                                               START("\xd9\x01\xf6"),
                                               {NULL, 0, NULL, NULL}};
/* Tag 1398229316. */
static const struct kind_start coswids[] = {START("\xdaSWID"),
                                            {NULL, 0, NULL, NULL}};
/* rvps, rvps-map, dcap-policy, contrast-patch, in-toto, its predicate, ours,
 * and the index of a release. */
static const struct kind_start jsons[] = {
    START("{\"version\":\"0.1.0\",\"type\":\"sample\",\"payload\":\""),
    START_WITH("{\n  \"", NULL, is_map),
    START("{\n  \"policy_array\": [\n    {\n      \"environment\": {\n"
          "        \"class_id\": \""),
    START("[\n  [\n    {\n      \"op\": \"test\",\n"
          "      \"path\": \"/Platform\",\n"
          "      \"value\": \"Metal-QEMU-TDX\"\n    },\n    {\n"
          "      \"op\": \"replace\",\n      \"path\": \"/MrTd\","),
    START_WITH("{\n  \"_type\": \"https://in-toto.io/Statement/v1\",\n"
               "  \"subject\": [\n",
               "\"attribute\": \"TDX_MRTD\"", NULL),
    START("{\n  \"attributes\": [\n    {\n"
          "      \"attribute\": \"TDX_MRTD\""),
    START("{\n  \"schema\": \"" SCHEMA_REFERENCE_FAMILY),
    START("{\n  \"schema\": \"" SCHEMA_RELEASE_INDEX_FAMILY),
    {NULL, 0, NULL, NULL}};
static const struct kind_start regos[] = {
    START("import rego.v1\n\ndefault match := false\n\n"
          "match if {\n\tinput.tdx.tdx_mrtd == \""),
    {NULL, 0, NULL, NULL}};
#define POLICY                                                                 \
    "policy {\n  header_policy {\n  }\n  td_quote_body_policy {\n    "
static const struct kind_start textprotos[] = {
    START(POLICY "mr_td: \"\\x"),
    START(POLICY "any_mr_td: \"\\x"),
    START_WITH("# For go-tdx-guest newer than v0.3.1, which has no ",
               "\n" POLICY, NULL),
    {NULL, 0, NULL, NULL}};

/* What struct output_file calls them. */
static const struct {
    const char *type;
    struct kind kind;
} types[] = {
    {"svg", {"a picture (SVG) of an image", 0, pictures}},
    {"html", {"a page (HTML) about an image", 0, pages}},
    {"corim", {"a CoRIM", 0, corims}},
    {"signature", {"a signature of a CoRIM (COSE)", 0, signatures}},
    {"coswid", {"a CoSWID", 0, coswids}},
    {"json", {"JSON with reference values, as it is written here", 0, jsons}},
    {"rego", {"a policy (Rego) as it is written here", 0, regos}},
    {"textproto",
     {"a policy (textproto) as it is written here", 0, textprotos}},
    {"hash", {"a TDINFO hash (48 bytes)", 48, NULL}},
    {"tdinfo", {"a TDINFO structure (512 bytes)", 512, NULL}},
};

const struct kind *kind_find(const char *type)
{
    /* How a file of another type begins is not known: it replaces nothing. */
    static const struct kind others = {"of a kind that is known here", 0, NULL};
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].type, type) == 0) {
            return &types[i].kind;
        }
    }
    return &others;
}

bool kind_is(const struct kind *kind, uint64_t size, const char *head,
             size_t head_size)
{
    if (kind->size > 0) {
        return size == kind->size;
    }
    for (const struct kind_start *s = kind->starts; s && s->bytes; s++) {
        if (head_size < s->size || memcmp(head, s->bytes, s->size) != 0) {
            continue;
        }
        const char *rest = head + s->size;
        const size_t rest_size = head_size - s->size;
        if ((!s->next || s->next(rest, rest_size)) &&
            (!s->later ||
             memmem(rest, rest_size, s->later, strlen(s->later)))) {
            return true;
        }
    }
    return false;
}
