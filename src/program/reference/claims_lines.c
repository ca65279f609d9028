/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_lines.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_names.h"
#include "reference/claims_walk.h"
#include "reference/json.h"

/* Longest name. */
#define NAME_MOST 100
/* Characters of an MRTD in base64. */
#define VALUE_LEAST 64

enum line_kind {
    LINE_EMPTY, /* or a comment, or the mark before a document of YAML */
    LINE_VALUE,
    LINE_NAME, /* with its values in the lines after it */
    LINE_ITEM, /* of them */
    LINE_OTHER,
};

struct line {
    enum line_kind kind;
    bool is_quoted;
    char name[NAME_MOST + 1];
    const char *value;
    size_t len;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **text, size_t *len)
{
    while (*len > 0 && is_blank((*text)[*len - 1])) {
        --*len;
    }
    while (*len > 0 && is_blank(**text)) {
        ++*text;
        --*len;
    }
}

/* Takes quotes off, or a comment after a value. False: it is not one value. */
static bool unquote(const char **text, size_t *len)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "+/=_-.: ";
    const char quote = (char)(*len > 0 ? **text : '\0');
    size_t end = 1;
    if (quote == '"' || quote == '\'') {
        while (end < *len && (*text)[end] != quote && (*text)[end] != '\\') {
            end++;
        }
        if (end >= *len || (*text)[end] != quote) {
            return false;
        }
        const char *rest = *text + end + 1;
        size_t rest_len = *len - end - 1;
        trim(&rest, &rest_len);
        ++*text;
        *len = end - 1;
        return rest_len == 0 || *rest == '#';
    }
    for (end = 0; end < *len; end++) {
        if ((*text)[end] == '#' && end > 0 && is_blank((*text)[end - 1])) {
            break;
        }
    }
    *len = end;
    trim(text, len);
    for (size_t i = 0; i < *len; i++) {
        if ((*text)[i] == '\0' || !strchr(plain, (*text)[i])) {
            return false;
        }
    }
    return *len > 0;
}

/* A name, and the ':' or '=' after it; returns where the value begins, or 0. */
static size_t take_name(struct line *line, const char *text, size_t len)
{
    const bool quoted = len > 0 && *text == '"';
    size_t used = 0;
    size_t at = quoted ? 1 : 0;
    while (at < len && used < NAME_MOST &&
           (isalnum((unsigned char)text[at]) || strchr("_.-", text[at])) &&
           text[at] != '\0') {
        line->name[used++] = text[at++];
    }
    line->name[used] = '\0';
    if (quoted && (at == len || text[at++] != '"')) {
        return 0;
    }
    while (at < len && is_blank(text[at])) {
        at++;
    }
    return used > 0 && at < len && (text[at] == ':' || text[at] == '=') ? at + 1
                                                                        : 0;
}

static void take_line(struct line *line, const char *text, size_t len)
{
    const bool indented = len > 0 && is_blank(*text);
    *line = (struct line){.kind = LINE_OTHER};
    trim(&text, &len);
    if (len == 0 || *text == '#' || (len == 3 && memcmp(text, "---", 3) == 0)) {
        line->kind = LINE_EMPTY;
        return;
    }
    if (len > 1 && *text == '-' && is_blank(text[1])) {
        line->value = text + 1;
        line->len = len - 1;
        trim(&line->value, &line->len);
        line->kind = unquote(&line->value, &line->len) ? LINE_ITEM : LINE_OTHER;
        return;
    }
    /* What is indented is of something that a line before it names. */
    const size_t at = indented ? 0 : take_name(line, text, len);
    if (at == 0) {
        return;
    }
    line->value = text + at;
    line->len = len - at;
    trim(&line->value, &line->len);
    line->is_quoted =
        line->len > 0 && (*line->value == '"' || *line->value == '\'');
    if (line->len == 0 || *line->value == '#') {
        line->kind = LINE_NAME;
    } else {
        line->kind =
            unquote(&line->value, &line->len) ? LINE_VALUE : LINE_OTHER;
    }
}

/* The line at *at, which moves on to the next. */
static void next_line(struct line *line, const char *text, size_t size,
                      size_t *at)
{
    const char *end = memchr(text + *at, '\n', size - *at);
    const size_t len = end ? (size_t)(end - text) - *at : size - *at;
    take_line(line, text + *at, len);
    *at += len + 1;
}

/* A field of go-tdx-guest's text format, which has its own reader. */
static bool is_field(const struct line *line)
{
    static const char *const fields[] = {"mr_td", "any_mr_td", NULL};
    return line->is_quoted && names_is_one_of(line->name, fields);
}

bool lines_begin(const char *text, size_t size)
{
    struct line line;
    bool found = false;
    for (size_t at = 0; at < size;) {
        next_line(&line, text, size, &at);
        const bool has_name = line.kind == LINE_VALUE || line.kind == LINE_NAME;
        if (line.kind == LINE_OTHER || (has_name && is_field(&line))) {
            return false;
        }
        found |= has_name && names_look_like_mrtd(line.name) &&
                 (line.kind == LINE_NAME || line.len >= VALUE_LEAST);
    }
    return found;
}

/* A line's value; NULL, with *error: it is not UTF-8, or memory is short. */
static json_t *text_of(const struct line *line, size_t number,
                       struct failure *error)
{
    json_t *text = json_stringn(line->value, line->len);
    if (!text && json_no_memory()) {
        claims_no_memory(error);
    } else if (!text) {
        claims_fail(error, "against-lines", MRTD_NO_OFFSET,
                    "line %zu has a value that is not UTF-8", number);
    }
    return text;
}

/* A name over other names says something of them that is not known here. */
static bool is_heading(size_t number, struct failure *error)
{
    return claims_fail(error, "against-lines", MRTD_NO_OFFSET,
                       "before line %zu there is a name without a value",
                       number);
}

/* Puts a line into the object; *list is that of the name before, or NULL. */
static bool put(json_t *object, json_t **list, const struct line *line,
                size_t number, struct failure *error)
{
    if (line->kind == LINE_EMPTY) {
        return true;
    }
    if (line->kind == LINE_ITEM && !*list) {
        return claims_fail(error, "against-lines", MRTD_NO_OFFSET,
                           "line %zu is an item \"- VALUE\", and no name is "
                           "before it",
                           number);
    }
    if (line->kind == LINE_ITEM) {
        json_t *item = text_of(line, number, error);
        return item && (json_array_append_new(*list, item) == 0 ||
                        claims_no_memory(error));
    }
    if (*list && json_array_size(*list) == 0) {
        return is_heading(number, error);
    }
    if (json_object_get(object, line->name)) {
        return claims_fail(error, "against-lines", MRTD_NO_OFFSET,
                           "line %zu has the name \"%s\" again", number,
                           line->name);
    }
    json_t *value =
        line->kind == LINE_VALUE ? text_of(line, number, error) : json_array();
    *list = line->kind == LINE_NAME ? value : NULL;
    if (!value && line->kind == LINE_VALUE) {
        return false;
    }
    return json_object_set_new(object, line->name, value) == 0 ||
           claims_no_memory(error);
}

static json_t *read_object(const char *text, size_t size, struct failure *error)
{
    json_t *object = json_object();
    json_t *list = NULL;
    struct line line;
    size_t number = 1;
    bool good = object || claims_no_memory(error);
    for (size_t at = 0; good && at < size; number++) {
        next_line(&line, text, size, &at);
        good = put(object, &list, &line, number, error);
    }
    if (good && list && json_array_size(list) == 0) {
        good = is_heading(number, error);
    }
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

bool claims_read_lines(struct claims *claims, const char *text, size_t size,
                       struct failure *error)
{
    json_t *object = read_object(text, size, error);
    if (!object || !claims_misspelled(claims, "against-not-exact",
                                      MRTD_NO_OFFSET, "the document",
                                      "is lines of names and values, which no "
                                      "consumer of reference values reads",
                                      error)) {
        json_decref(object);
        return false;
    }
    char *json = json_dumps(object, 0);
    const bool good = json ? claims_read_json(claims, json, strlen(json), error)
                           : claims_no_memory(error);
    free(json);
    json_decref(object);
    if (good) {
        claims_set_kind(claims, "lines of names and values", "");
    }
    return good;
}
