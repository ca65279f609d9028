/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TOML of initdata: TOML 1.0.0 (toml.io/en/v1.0.0), of which as much is
 * read as a file of that kind has: "version" and "algorithm", then the table
 * "data" of strings (kata-containers, src/libs/kata-types/src/initdata.rs,
 * struct InitData). All of the file is read, although the digest needs the
 * algorithm alone: one that a parser refuses launches no guest, and what is not
 * understood might have been the algorithm.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/initdata.h"
#include "printable.h"

#define VERSION "0.1.0"

/* A part of the text. */
struct part {
    const char *at;
    size_t size;
};

struct reader {
    const char *name;
    const char *text; /* with a NUL after it, and none in it */
    size_t size;
    size_t at;
    size_t line; /* counted from 1 */
    struct failure *failure;
    bool has_version;
    bool has_algorithm;
    bool has_data;
    enum mrtd_algorithm algorithm;
    struct part keys[INITDATA_MOST_KEYS]; /* of the table */
    size_t key_count;
};

static bool fail(struct reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fail(struct reader *r, const char *format, ...)
{
    char message[500];
    va_list values;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    failure_refused_at(r->failure, r->name, "initdata", r->at, "line %zu: %s",
                       r->line, message);
    return false;
}

/* A part of the text, as messages show it. */
#define SHOWN 100
static const char *shown(char buffer[SHOWN], struct part s)
{
    snprintf(buffer, SHOWN, "%.*s", s.size < SHOWN ? (int)s.size : SHOWN - 1,
             s.at);
    return printable(buffer);
}

/* --- What the file is ---------------------------------------------------- */

/* Other forms of the same: they have the digest of no launch. */
static bool check_form(struct reader *r)
{
    static const char gzip[] = {'\x1f', '\x8b'};
    static const char image[] = "initdata";
    const char *what = NULL;
    if (r->size >= 2 && memcmp(r->text, gzip, 2) == 0) {
        what = "compressed by gzip; give what gzip -d makes of it";
    } else if (r->size >= 18 && memcmp(r->text, image, 8) == 0 &&
               memcmp(r->text + 16, gzip, 2) == 0) {
        what = "Kata's image for a block device; give what tail -c +17 and "
               "gzip -d make of it";
    } else if (r->size >= 4 && memcmp(r->text, "H4sI", 4) == 0) {
        what = "the form of Kata's annotation cc_init_data; give what "
               "base64 -d and gzip -d make of it";
    }
    return !what || fail(r,
                         "the digest is that of the TOML file, and this is "
                         "%s",
                         what);
}

/* No string and no comment may have these, and outside of them nothing has. */
static bool check_characters(struct reader *r)
{
    while (r->at < r->size) {
        const unsigned char c = (unsigned char)r->text[r->at];
        const size_t size = c ? printable_utf8(r->text + r->at) : 0;
        const bool is_crlf = c == '\r' && r->text[r->at + 1] == '\n';
        if (size == 0 && c >= 0x80) {
            return fail(r, "not UTF-8");
        }
        if ((c < 0x20 && c != '\t' && c != '\n' && !is_crlf) || c == 0x7f) {
            return fail(r, "byte 0x%02x, which TOML allows nowhere", c);
        }
        r->line += c == '\n';
        r->at += size;
    }
    r->at = 0;
    r->line = 1;
    return true;
}

/* --- Words --------------------------------------------------------------- */

/* The next character, NUL at the end. */
static char next(const struct reader *r)
{
    return r->text[r->at];
}

static void pass_blanks(struct reader *r)
{
    while (next(r) == ' ' || next(r) == '\t') {
        r->at++;
    }
}

/* Passes the end of a line, if it is there; a CR has an LF after it. */
static bool pass_newline(struct reader *r)
{
    r->at += next(r) == '\r';
    if (next(r) != '\n') {
        return false;
    }
    r->at++;
    r->line++;
    return true;
}

/* Passes the rest of a line: blanks and a comment. */
static bool pass_rest(struct reader *r)
{
    pass_blanks(r);
    if (next(r) == '#') {
        r->at += strcspn(r->text + r->at, "\r\n");
    }
    return r->at == r->size || pass_newline(r) ||
           fail(r, "something after the end of what the line says");
}

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* The text in quotes of a key, or of a value at the top: with an escape it
 * would be another text than its bytes. */
static bool take_quoted(struct reader *r, struct part *part)
{
    const char quote = next(r);
    /* In '...' a backslash is a character like others. */
    const char *ends = quote == '"' ? "\"\\\r\n" : "'\r\n";
    *part = (struct part){r->text + r->at + 1, 0};
    part->size = strcspn(part->at, ends);
    if (part->at[part->size] != quote) {
        return part->at[part->size] == '\\'
                   ? fail(r, "an escape in a key, or in a value before [data]; "
                             "write the character itself, in '...'")
                   : fail(r, "a text in quotes that the line does not end");
    }
    r->at += part->size + 2;
    return true;
}

static bool take_key(struct reader *r, struct part *key)
{
    if (next(r) == '"' || next(r) == '\'') {
        return take_quoted(r, key);
    }
    *key = (struct part){r->text + r->at, 0};
    while (is_bare(key->at[key->size])) {
        key->size++;
    }
    r->at += key->size;
    return key->size > 0 || fail(r, "neither a key nor a table nor a comment");
}

static bool is_word(struct part part, const char *word)
{
    return part.size == strlen(word) && memcmp(part.at, word, part.size) == 0;
}

/* --- Texts of the table -------------------------------------------------- */

static bool pass_digits(struct reader *r, size_t count)
{
    uint32_t character = 0;
    for (size_t i = 0; i < count; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *digit = next(r) ? strchr(digits, next(r)) : NULL;
        if (!digit) {
            return fail(r, "an escape that is not of %zu digits", count);
        }
        const uint32_t value = (uint32_t)(digit - digits);
        character = character << 4 | (value < 16 ? value : value - 6);
        r->at++;
    }
    return (character < 0xd800 ||
            (character > 0xdfff && character <= 0x10ffff)) ||
           fail(r, "an escape that is no character");
}

/* What follows a backslash; in a text of several lines also the end of the
 * line, which is left out. */
static bool pass_escape(struct reader *r, bool has_lines)
{
    const char c = next(r);
    if (c == 'u' || c == 'U') {
        r->at++;
        return pass_digits(r, c == 'u' ? 4 : 8);
    }
    if (c && strchr("btnfr\"\\", c)) {
        r->at++;
        return true;
    }
    pass_blanks(r);
    return (has_lines && pass_newline(r)) ||
           fail(r, "a backslash before what is no escape");
}

/* How many of these quotes are there, up to most. */
static size_t count_quotes(const struct reader *r, char quote, size_t most)
{
    size_t count = 0;
    while (count < most && r->text[r->at + count] == quote) {
        count++;
    }
    return count;
}

/* A string of whichever of the four forms. */
static bool pass_string(struct reader *r)
{
    const char quote = next(r);
    if (quote != '"' && quote != '\'') {
        return fail(r, "a value that is not a text in quotes");
    }
    const bool has_lines = count_quotes(r, quote, 3) == 3;
    const size_t from = r->line;
    r->at += has_lines ? 3 : 1;
    while (r->at < r->size) {
        const char c = next(r);
        const size_t quotes = count_quotes(r, quote, has_lines ? 5 : 1);
        if (quotes == 1 && !has_lines) {
            r->at++;
            return true;
        }
        if (quotes >= 3) { /* One or two of them are of the text. */
            r->at += quotes;
            return true;
        }
        if (c == '\\' && quote == '"') {
            r->at++;
            if (!pass_escape(r, has_lines)) {
                return false;
            }
        } else if (c == '\r' || c == '\n') {
            if (!has_lines) {
                break;
            }
            pass_newline(r);
        } else {
            r->at++;
        }
    }
    r->line = from;
    return fail(r, "a text in quotes that does not end");
}

/* --- Lines --------------------------------------------------------------- */

/* The header of the table, the only one. Nothing after it is of the root: TOML
 * has no way back there, and each key until the end is the table's. */
static bool read_header(struct reader *r)
{
    struct part key;
    r->at++;
    pass_blanks(r);
    if (next(r) == '[') {
        return fail(r, "a list of tables; initdata has the table [data] alone");
    }
    if (!take_key(r, &key)) {
        return false;
    }
    pass_blanks(r);
    if (next(r) != ']' || !is_word(key, "data") || r->has_data) {
        return fail(r, "another table than [data], or that once more");
    }
    r->at++;
    r->has_data = true;
    return pass_rest(r);
}

/* The text of a key before the table. */
static bool read_top(struct reader *r, struct part key)
{
    static const struct {
        const char *name;
        enum mrtd_algorithm algorithm;
    } algorithms[] = {{"sha256", MRTD_ALGORITHM_SHA256},
                      {"sha384", MRTD_ALGORITHM_SHA384},
                      {"sha512", MRTD_ALGORITHM_SHA512}};
    char buffer[SHOWN];
    struct part value;
    bool *has = is_word(key, "version")     ? &r->has_version
                : is_word(key, "algorithm") ? &r->has_algorithm
                                            : NULL;
    if (!has || *has) {
        return fail(r,
                    "key '%s'%s; before [data] initdata has version and "
                    "algorithm, each once",
                    shown(buffer, key), has ? " again" : "");
    }
    if ((next(r) != '"' && next(r) != '\'') ||
        count_quotes(r, next(r), 3) == 3) {
        return fail(r, "%s is not a text in quotes of one line",
                    shown(buffer, key));
    }
    if (!take_quoted(r, &value)) {
        return false;
    }
    *has = true;
    if (has == &r->has_version) {
        return is_word(value, VERSION)
                   ? pass_rest(r)
                   : fail(r, "version is '%s', and only " VERSION " is known",
                          shown(buffer, value));
    }
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (is_word(value, algorithms[i].name)) {
            r->algorithm = algorithms[i].algorithm;
            return pass_rest(r);
        }
    }
    return fail(r, "algorithm is '%s', and not sha256, sha384 or sha512",
                shown(buffer, value));
}

static bool read_entry(struct reader *r, struct part key)
{
    char buffer[SHOWN];
    for (size_t i = 0; i < r->key_count; i++) {
        if (r->keys[i].size == key.size &&
            memcmp(r->keys[i].at, key.at, key.size) == 0) {
            return fail(r, "key '%s' again", shown(buffer, key));
        }
    }
    if (r->key_count == INITDATA_MOST_KEYS) {
        return fail(r, "more than %d keys", INITDATA_MOST_KEYS);
    }
    r->keys[r->key_count++] = key;
    return pass_string(r) && pass_rest(r);
}

static bool read_key(struct reader *r)
{
    struct part key;
    if (!take_key(r, &key)) {
        return false;
    }
    pass_blanks(r);
    if (next(r) != '=') {
        char buffer[SHOWN];
        return fail(r,
                    next(r) == '.'
                        ? "key '%s' with a dot after it, which begins a "
                          "table; a name with a dot goes in quotes"
                        : "no '=' after key '%s'",
                    shown(buffer, key));
    }
    r->at++;
    pass_blanks(r);
    return r->has_data ? read_entry(r, key) : read_top(r, key);
}

static bool read_line(struct reader *r)
{
    pass_blanks(r);
    const char c = next(r);
    return c == '['                                          ? read_header(r)
           : c == '#' || c == '\r' || c == '\n' || c == '\0' ? pass_rest(r)
                                                             : read_key(r);
}

enum exit_status initdata_algorithm(enum mrtd_algorithm *algorithm,
                                    const char *name, const char *bytes,
                                    size_t size, struct failure *failure)
{
    struct reader r = {.name = name,
                       .text = bytes,
                       .size = size,
                       .line = 1,
                       .failure = failure};
    if (!check_form(&r) || !check_characters(&r)) {
        return failure->status;
    }
    while (r.at < r.size) {
        if (!read_line(&r)) {
            return failure->status;
        }
    }
    if (!r.has_version || !r.has_algorithm || !r.has_data) {
        return failure_refused(failure, name, "initdata",
                               "no %s in it; initdata has version, algorithm "
                               "and [data]",
                               !r.has_version     ? "version"
                               : !r.has_algorithm ? "algorithm"
                                                  : "table [data]");
    }
    *algorithm = r.algorithm;
    return EXIT_DONE;
}
