/* SPDX-License-Identifier: Apache-2.0 */
#include "io/diagnostic.h"

#include <inttypes.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/parallel.h"
#include "printable.h"
#include "schemas.h"

#define PROGRAM "mrtd-calc"

/* --- Errors as JSON ---------------------------------------------------- */

static bool as_json;

void diagnostic_as_json(bool wanted)
{
    as_json = wanted;
}

static void json_text(const char *text, size_t len)
{
    output("\"");
    for (size_t i = 0; i < len; i++) {
        output(text[i] == '"' || text[i] == '\\' ? "\\%c" : "%c", text[i]);
    }
    output("\"");
}

/* A member that may be null. */
static void json_member(const char *name, const char *text, size_t len)
{
    output(",\"%s\":", name);
    if (text) {
        json_text(text, len);
    } else {
        output("null");
    }
}

/*
 * "offset 0x..: what is wrong [code]" as an object: the text is taken apart
 * here, so that the two cannot differ. Made by hand, since there may be no
 * memory left for more.
 */
static void print_object(const char *file, const char *text)
{
    static const char at[] = "offset 0x";
    const char *offset = NULL;
    size_t offset_len = 0;
    size_t len = strlen(text);
    const char *code = strrchr(text, '[');
    if (!code || code == text || code[-1] != ' ' || text[len - 1] != ']') {
        code = NULL;
    }
    const size_t code_len = code ? len - (size_t)(code + 2 - text) : 0;
    len = code ? (size_t)(code - 1 - text) : len;
    if (strncmp(text, at, strlen(at)) == 0) {
        offset = text + strlen("offset ");
        offset_len = strcspn(offset, ":");
        const size_t skipped = strlen("offset ") + offset_len + 2;
        text += skipped;
        len -= skipped;
    }
    output("{\"schema\":\"" SCHEMA_ERROR "\",\"version\":\"%s\"",
           mrtd_version());
    json_member("file", file ? printable(file) : NULL,
                file ? strlen(printable(file)) : 0);
    json_member("code", code ? code + 1 : NULL, code_len);
    json_member("offset", offset, offset_len);
    json_member("message", text, len);
    output("}\n");
}

/* --- Lines that are said once ------------------------------------------ */

static bool is_once;
/* What was said, each as "FILE\nTEXT"; with more than one thread at work. */
static void *said;

void diagnostic_once(void)
{
    is_once = true;
}

static int compare_said(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Where there is no memory to know it, a line is said again. */
static bool was_said(const char *file, const char *text)
{
    const size_t size = (file ? strlen(file) : 0) + strlen(text) + 2;
    char *key = is_once ? malloc(size) : NULL;
    if (!key) {
        return false;
    }
    snprintf(key, size, "%s\n%s", file ? file : "", text);
    parallel_lock();
    char *const *const node = tsearch(key, &said, compare_said);
    const bool again = node && *node != key;
    parallel_unlock();
    if (!node || again) {
        free(key);
    }
    return again;
}

/* --- Lines ------------------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void line(const char *file, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void line(const char *file, const char *format, va_list args)
{
    char text[9000];
    vsnprintf(text, sizeof text, format, args);
    if (was_said(file, text)) {
        return;
    }
    if (as_json && !begins(text, "warning: ") && !begins(text, "note: ")) {
        print_object(file, text);
    }
    FILE *to = output_errors();
    fprintf(to, PROGRAM ": ");
    if (file) {
        fprintf(to, "%s: ", *file ? printable(file) : "''");
    }
    fprintf(to, "%s\n", text);
}

void diagnostic_again(const char *file, const char *text)
{
    char start[4400];
    const char *end;
    snprintf(start, sizeof start, PROGRAM ": %s: ", printable(file));
    for (const char *at = text; at && (end = strchr(at, '\n')); at = end + 1) {
        char what[9000];
        snprintf(what, sizeof what, "%.*s", (int)(end - at), at);
        if (begins(what, start)) {
            diagnostic_file(file, "%s", what + strlen(start));
        } else {
            diagnostic("%s", what + strlen(PROGRAM ": "));
        }
    }
}

void diagnostic(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    line(NULL, format, args);
    va_end(args);
}

void diagnostic_file(const char *file, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    line(file, format, args);
    va_end(args);
}

enum exit_status diagnostic_no_memory(const char *file)
{
    if (file) {
        diagnostic_file(file, "out of memory");
    } else {
        diagnostic("out of memory");
    }
    return EXIT_IO;
}

static const char *command; /* diagnostic_of_command() */

void diagnostic_of_command(const char *word)
{
    command = word;
}

enum exit_status diagnostic_usage(const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    /* A question is itself a pointer to what to do. */
    const bool asks = text[0] && text[strlen(text) - 1] == '?';
    if (asks) {
        diagnostic("%s", text);
    } else {
        diagnostic("%s; try 'mrtd-calc %s%s--help'", text,
                   command ? command : "", command ? " " : "");
    }
    return EXIT_USAGE;
}

static const char *offset_text(char text[32], uint64_t offset)
{
    if (offset == MRTD_NO_OFFSET) {
        text[0] = '\0';
    } else {
        snprintf(text, 32, "offset 0x%" PRIx64 ": ", offset);
    }
    return text;
}

enum exit_status diagnostic_failure(const struct failure *failure)
{
    const struct failure *f = failure;
    char offset[32];
    diagnostic_file(f->file, "%s%s%s%s%s%s", offset_text(offset, f->offset),
                    f->message, f->hint, f->code ? " [" : "",
                    f->code ? f->code : "", f->code ? "]" : "");
    return failure->status;
}

enum exit_status diagnostic_outcome(enum exit_status status,
                                    const struct failure *failure)
{
    return status ? diagnostic_failure(failure) : EXIT_DONE;
}

void diagnostic_finding(const char *file, const struct mrtd_finding *finding)
{
    char offset[32];
    diagnostic_file(file, "%s: %s%s [%s]",
                    finding->severity == MRTD_WARNING ? "warning" : "note",
                    offset_text(offset, finding->offset), finding->message,
                    mrtd_code_name(finding->code));
}
