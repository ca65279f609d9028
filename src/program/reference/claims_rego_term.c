/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_rego_term.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_rego.h"

#define IN REGO_APART

/* --- Claims ------------------------------------------------------------ */

static const struct {
    const char *path;
    const char *name; /* as it is shown */
} claims[] = {
    /* Intel Trust Authority, versions 2 and 1 */
    {"input" IN "tdx" IN "tdx_mrtd", "input.tdx.tdx_mrtd"},
    {"input" IN "tdx_mrtd", "input.tdx_mrtd"},
    /* Trustee, and as it was flattened before */
    {"input" IN "tdx" IN "quote" IN "body" IN "mr_td",
     "input.tdx.quote.body.mr_td"},
    {"input" IN "tdx.quote.body.mr_td", "input[\"tdx.quote.body.mr_td\"]"},
    {"input" IN "aztdxvtpm" IN "quote" IN "body" IN "mr_td",
     "input.aztdxvtpm.quote.body.mr_td"},
    {"input" IN "aztdxvtpm.quote.body.mr_td",
     "input[\"aztdxvtpm.quote.body.mr_td\"]"},
    {"input" IN "az_tdx_vtpm" IN "quote" IN "body" IN "mr_td",
     "input.az_tdx_vtpm.quote.body.mr_td"},
};

#define CLAIMS (sizeof claims / sizeof *claims)

static const char *claim_name(const char *path)
{
    for (size_t i = 0; i < CLAIMS; i++) {
        if (strcmp(path, claims[i].path) == 0) {
            return claims[i].name;
        }
    }
    return NULL;
}

static bool is_inside(const char *path, const char *outer)
{
    const size_t len = strlen(outer);
    return strncmp(path, outer, len) == 0 && path[len] == *IN;
}

bool rego_is_near_claim(const char *path)
{
    for (size_t i = 0; i < CLAIMS; i++) {
        if (is_inside(path, claims[i].path) ||
            is_inside(claims[i].path, path)) {
            return true;
        }
    }
    return false;
}

enum rego_tee rego_tee_of(const char *path)
{
    static const struct {
        const char *name;
        enum rego_tee tee;
    } tees[] = {
        {"sample", TEE_NEVER},      {"sevsnp", TEE_NEVER},
        {"snp", TEE_NEVER},         {"csv", TEE_NEVER},
        {"se", TEE_NEVER},          {"cca", TEE_NEVER},
        {"hygondcu", TEE_NEVER},    {"azsnpvtpm", TEE_NEVER},
        {"az_snp_vtpm", TEE_NEVER}, {"aztdxvtpm", TEE_OTHER},
        {"az_tdx_vtpm", TEE_OTHER}, {"sgx", TEE_OTHER},
        {"tpm", TEE_OTHER},
    };
    const char *member = path + strlen("input" IN);
    for (size_t i = 0;
         is_inside(path, "input") && i < sizeof tees / sizeof *tees; i++) {
        const size_t len = strlen(tees[i].name);
        if (strncmp(member, tees[i].name, len) == 0 &&
            (!member[len] || strchr("." IN, member[len]))) {
            return tees[i].tee;
        }
    }
    return TEE_UNKNOWN;
}

/* --- Names ------------------------------------------------------------- */

bool rego_fail(struct rego_body *b, size_t token, const char *what)
{
    if (!b->c->problem.what) {
        b->c->problem.what = what;
        b->c->problem.at = b->r->tokens[token].at;
    }
    return false;
}

static const struct rego_variable *find_variable(const struct rego_body *b,
                                                 size_t token)
{
    for (size_t i = 0; i < b->var_count; i++) {
        if (rego_is_same(b->r, b->vars[i].name, token)) {
            return &b->vars[i];
        }
    }
    return NULL;
}

static const char two_meanings[] =
    "a name that has two meanings, or one that Rego gives it";

struct rego_variable *rego_declare(struct rego_body *b, size_t token)
{
    const struct rego *r = b->r;
    if (r->tokens[token].kind != TOKEN_NAME || rego_is_keyword(r, token) ||
        rego_is_word(r, token, "input") || rego_is_word(r, token, "data") ||
        rego_is_word(r, token, "_") || find_variable(b, token) ||
        rego_rule_named(r, token)) {
        rego_fail(b, token, two_meanings);
        return NULL;
    }
    if (b->var_count == REGO_VARS) {
        rego_fail(b, token, "more names than this program keeps");
        return NULL;
    }
    struct rego_variable *made = &b->vars[b->var_count++];
    memset(made, 0, sizeof *made);
    made->name = token;
    return made;
}

/* --- Constants --------------------------------------------------------- */

static bool is_scalar(const struct rego *r, size_t token)
{
    return r->tokens[token].kind == TOKEN_STRING ||
           r->tokens[token].kind == TOKEN_NUMBER ||
           rego_is_word(r, token, "true") || rego_is_word(r, token, "false") ||
           rego_is_word(r, token, "null");
}

bool rego_is_collection(const struct rego *r, size_t token)
{
    return rego_is_sign(r, token, "[") || rego_is_sign(r, token, "{");
}

bool rego_read_constant(const struct rego *r, size_t *at, size_t end)
{
    size_t i = *at;
    if (i < end && is_scalar(r, i)) {
        *at = i + 1;
        return true;
    }
    if (i >= end || !rego_is_collection(r, i)) {
        return false;
    }
    const char *close = rego_is_sign(r, i, "[") ? "]" : "}";
    do {
        i++;
        if (i >= end || !is_scalar(r, i) || i - *at > 2 * CLAIMS_MAX) {
            return false;
        }
        i++;
    } while (i < end && rego_is_sign(r, i, ",") &&
             !(i + 1 < end && rego_is_sign(r, i + 1, close)));
    i += i < end && rego_is_sign(r, i, ",");
    if (i >= end || !rego_is_sign(r, i, close)) {
        return false;
    }
    *at = i + 1;
    return true;
}

/* --- Paths ------------------------------------------------------------- */

static bool add_member(struct rego_body *b, struct rego_term *t, size_t token)
{
    struct policy_text text;
    const size_t used = strlen(t->path);
    rego_text(b->r, token, &text);
    bool plain = text.length > 0 && used + text.length < REGO_PATH;
    for (size_t i = 0; plain && i < text.length; i++) {
        plain = text.text[i] >= ' ' && text.text[i] < 0x7f;
    }
    if (!plain) {
        return rego_fail(b, token, "a member whose name is not plain text");
    }
    t->path[used] = *IN;
    memcpy(t->path + used + 1, text.text, text.length + 1);
    if (names_look_like_mrtd(text.text)) {
        t->like = token;
    }
    return true;
}

bool rego_add_index(struct rego_body *b, struct rego_term *t, size_t token)
{
    const size_t used = strlen(t->path);
    const bool is_own = rego_is_word(b->r, token, "_");
    const uint64_t number = is_own ? token : rego_hash(b->r, token, token + 1);
    const int more = snprintf(t->path + used, sizeof t->path - used,
                              IN "\036%d.%" PRIx64, is_own, number);
    return (size_t)more < sizeof t->path - used ||
           rego_fail(b, token, "a path that is too long");
}

/* "[...]" after a path: a member, or an index. */
static bool read_index(struct rego_body *b, struct rego_term *t)
{
    const struct rego *r = b->r;
    const size_t token = b->at + 1;
    const bool is_path = t->path[0] != '\0';
    if (token + 1 >= b->end || !rego_is_sign(r, token + 1, "]")) {
        return rego_fail(b, b->at, "an index that is not understood");
    }
    b->at += 3;
    if (r->tokens[token].kind == TOKEN_STRING && is_path) {
        return add_member(b, t, token);
    }
    const bool is_any = rego_is_word(r, token, "_");
    if (!is_any && r->tokens[token].kind != TOKEN_NUMBER &&
        r->tokens[token].kind != TOKEN_STRING && !find_variable(b, token)) {
        return rego_fail(b, token, "an index that is not understood");
    }
    if (t->constant && (!is_any || t->is_element)) {
        return rego_fail(b, token, "an index into a constant");
    }
    t->is_element = t->constant != 0;
    t->is_wild = t->is_wild || is_path;
    return !is_path || rego_add_index(b, t, token);
}

/* The members after a root. */
static bool read_members(struct rego_body *b, struct rego_term *t)
{
    const struct rego *r = b->r;
    while (b->at < b->end && rego_is_next(r, b->at)) {
        if (rego_is_sign(r, b->at, "[")) {
            if (!read_index(b, t)) {
                return false;
            }
        } else if (rego_is_sign(r, b->at, ".") && b->at + 1 < b->end &&
                   rego_is_next(r, b->at + 1) &&
                   r->tokens[b->at + 1].kind == TOKEN_NAME && !t->constant) {
            if (t->path[0] && !add_member(b, t, b->at + 1)) {
                return false;
            }
            b->at += 2;
        } else {
            break;
        }
    }
    t->name = t->is_wild ? NULL : claim_name(t->path);
    if (t->like && !t->name) {
        b->c->like_mrtd = t->like;
    }
    return true;
}

/* What the first name of a path stands for. */
static bool read_root(struct rego_body *b, struct rego_term *t)
{
    const struct rego *r = b->r;
    const size_t token = b->at++;
    const struct rego_variable *v = find_variable(b, token);
    const struct rego_rule *rule = rego_rule_named(r, token);
    if (rego_is_word(r, token, "input")) {
        memcpy(t->path, "input", sizeof "input");
        t->depends = true;
        return (b->at < b->end && rego_is_next(r, b->at)) ||
               rego_fail(b, token, "the word \"input\" without a member of it");
    }
    if (rego_is_word(r, token, "data")) {
        t->is_elsewhere = true;
    } else if (v) {
        t->constant = v->constant;
        t->depends = v->depends;
        t->is_elsewhere = v->is_elsewhere;
        t->is_wild = v->is_wild;
        t->function = v->function;
        memcpy(t->path, v->path, sizeof t->path);
    } else if (rule && rule->is_value) {
        t->constant = rule->constant;
    } else if (rule) {
        t->rule = (int)(rule - r->rules);
    } else {
        return rego_fail(b, token,
                         "a name that nothing in the policy explains");
    }
    return true;
}

static bool read_path(struct rego_body *b, struct rego_term *t)
{
    memset(t, 0, sizeof *t);
    t->rule = -1;
    t->first = b->at;
    if (b->at >= b->end || b->r->tokens[b->at].kind != TOKEN_NAME ||
        rego_is_keyword(b->r, b->at)) {
        return rego_fail(b, b->at < b->end ? b->at : b->end - 1,
                         "a statement that is not understood");
    }
    return read_root(b, t) && (t->rule >= 0 || read_members(b, t));
}

/* --- Calls ------------------------------------------------------------- */

/* Does a call begin here? Then its "(" is *open. */
static bool is_call(const struct rego_body *b, size_t *open)
{
    const struct rego *r = b->r;
    size_t i = b->at;
    while (i + 2 < b->end && r->tokens[i].kind == TOKEN_NAME &&
           rego_is_sign(r, i + 1, ".") && rego_is_next(r, i + 1) &&
           rego_is_next(r, i + 2)) {
        i += 2;
    }
    *open = i + 1;
    return *open < b->end && r->tokens[i].kind == TOKEN_NAME &&
           rego_is_sign(r, *open, "(") && rego_is_next(r, *open);
}

/* The function that is called, or NULL. */
static const struct rego_function *find_function(const struct rego_body *b,
                                                 size_t open)
{
    const struct rego *r = b->r;
    const size_t start = r->tokens[b->at].at;
    const size_t len = r->tokens[open].at - start;
    char name[REGO_NAME + 1] = "";
    if (len > REGO_NAME || rego_rule_named(r, b->at) ||
        find_variable(b, b->at)) {
        return NULL;
    }
    memcpy(name, r->scan->text + start, len);
    return rego_function_named(name);
}

/* A constant, or something that is used. */
static bool read_argument(struct rego_body *b, struct rego_term *call,
                          size_t number, struct rego_use use)
{
    struct rego_term t = {.constant = b->at, .rule = -1};
    const size_t first = b->at;
    if (!rego_read_constant(b->r, &b->at, b->end) && !read_path(b, &t)) {
        return false;
    }
    if (t.name || t.rule >= 0 || (!t.is_wild && rego_is_near_claim(t.path))) {
        return rego_fail(b, first,
                         "an MRTD, or what is around it, is given to a "
                         "function");
    }
    if (t.is_element ||
        !rego_may_be_given(b->r, call->function, number, t.constant)) {
        return rego_fail(b, first,
                         "an argument that the function may not take");
    }
    call->depends = call->depends || t.depends;
    const enum rego_tee tee = rego_tee_of(t.path);
    if (!b->is_not && tee > b->c->tee) {
        b->c->tee = tee;
    }
    return rego_note_use(b, &t, use);
}

static bool read_arguments(struct rego_body *b, struct rego_term *t,
                           size_t open, uint64_t call)
{
    const struct rego *r = b->r;
    const struct rego_use use = {.kind = USE_CALL, .call = call};
    size_t count = 0;
    b->at = open + 1;
    while (b->at < b->end && !rego_is_sign(r, b->at, ")")) {
        if (!read_argument(b, t, count++, use)) {
            return false;
        }
        if (b->at < b->end && rego_is_sign(r, b->at, ",")) {
            b->at++;
        } else if (b->at >= b->end || !rego_is_sign(r, b->at, ")")) {
            break;
        }
    }
    if (b->at >= b->end || !rego_is_sign(r, b->at, ")") ||
        count != t->function->arguments) {
        return rego_fail(b, open, "arguments that are not understood");
    }
    b->at++;
    return true;
}

static bool read_call(struct rego_body *b, struct rego_term *t, size_t open)
{
    const struct rego *r = b->r;
    size_t end = open;
    while (end < b->end && !rego_is_sign(r, end, ")")) {
        end++;
    }
    memset(t, 0, sizeof *t);
    t->rule = -1;
    t->first = b->at;
    t->function = find_function(b, open);
    if (!t->function) {
        return rego_fail(b, b->at, "a function that is not known");
    }
    const uint64_t call = rego_hash(r, b->at, end);
    t->is_elsewhere = rego_is_word(r, b->at, "query_reference_value");
    if (!read_arguments(b, t, open, call)) {
        return false;
    }
    if (t->depends) {
        snprintf(t->path, sizeof t->path, "\036%" PRIx64, call);
    }
    return true;
}

/* --- Terms ------------------------------------------------------------- */

/* "set[path]": the path is one of the set. */
static bool read_lookup(struct rego_body *b, struct rego_term *t)
{
    const struct rego *r = b->r;
    const size_t set = t->constant;
    if (!rego_is_sign(r, set, "{")) {
        return rego_fail(b, t->first, "an index into what is not a set");
    }
    b->at++;
    if (!read_path(b, t) || b->at >= b->end || !rego_is_sign(r, b->at, "]") ||
        !t->path[0]) {
        return rego_fail(b, t->first, "an index that is not understood");
    }
    b->at++;
    t->constant = set;
    t->is_lookup = true;
    return true;
}

static bool read_any(struct rego_body *b, struct rego_term *t)
{
    const struct rego *r = b->r;
    size_t open;
    const size_t first = b->at;
    if (rego_read_constant(r, &b->at, b->end)) {
        memset(t, 0, sizeof *t);
        t->rule = -1;
        t->first = t->constant = first;
        t->is_literal = true;
        return true;
    }
    if (is_call(b, &open)) {
        return read_call(b, t, open);
    }
    const struct rego_variable *v =
        b->at < b->end ? find_variable(b, b->at) : NULL;
    const struct rego_rule *rule =
        b->at < b->end ? rego_rule_named(r, b->at) : NULL;
    const size_t set = v                        ? v->constant
                       : rule && rule->is_value ? rule->constant
                                                : 0;
    if (set && b->at + 2 < b->end && rego_is_sign(r, b->at + 1, "[") &&
        rego_is_next(r, b->at + 1) && !rego_is_word(r, b->at + 2, "_")) {
        t->constant = set;
        t->first = b->at++;
        return read_lookup(b, t);
    }
    return read_path(b, t);
}

bool rego_read_term(struct rego_body *b, struct rego_term *t)
{
    const size_t first = b->at;
    const bool good = read_any(b, t);
    t->first = first;
    t->end = b->at;
    return good;
}
