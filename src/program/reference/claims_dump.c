/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_dump.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of one line: xxd has 256 at most. */
#define ROW_MOST 256
/* Digits of an offset. */
#define OFFSET_LEAST 4
#define OFFSET_MOST  16

/* One line of a dump. */
struct row {
    uint64_t hex;   /* its offset, as hexadecimal digits */
    uint64_t octal; /* and as octal ones; UINT64_MAX: others */
    bool is_star;   /* '*': rows like the one before */
    bool has_words; /* numbers of two bytes, the last one first */
    size_t size;
    unsigned char bytes[ROW_MOST];
};

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Number of hexadecimal digits at that place. */
static size_t count_digits(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && digit(text[n]) >= 0) {
        n++;
    }
    return n;
}

static bool take_offset(struct row *row, const char *text, size_t digits)
{
    if (digits < OFFSET_LEAST || digits > OFFSET_MOST) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        const unsigned value = (unsigned)digit(text[i]);
        row->hex = row->hex << 4 | value;
        row->octal = value < 8 && row->octal <= UINT64_MAX >> 4
                         ? row->octal << 3 | value
                         : UINT64_MAX;
    }
    return true;
}

/* Adds the bytes of one group of digits. */
static bool take_group(struct row *row, const char *text, size_t digits,
                       bool is_word)
{
    if (digits % 2 != 0 || row->size + digits / 2 > ROW_MOST) {
        return false;
    }
    for (size_t i = 0; i < digits; i += 2) {
        const size_t from = is_word ? digits - 2 - i : i;
        row->bytes[row->size++] =
            (unsigned char)(16 * digit(text[from]) + digit(text[from + 1]));
    }
    return true;
}

/*
 * The bytes after the offset. After a colon (xxd) they are in their order, in
 * groups with one space between them, and two before the characters. Otherwise
 * (od, hexdump) they are single, or words with the last byte first, and '|' or
 * '>' comes before the characters.
 */
static bool take_bytes(struct row *row, const char *text, size_t len,
                       bool colon)
{
    size_t at = 0;
    size_t group = 0;
    while (at < len) {
        size_t spaces = 0;
        while (at < len && (text[at] == ' ' || text[at] == '\t')) {
            spaces++;
            at++;
        }
        if (at == len || text[at] == '|' || text[at] == '>' ||
            (colon && row->size > 0 && spaces > 1)) {
            return true;
        }
        const size_t digits = count_digits(text + at, len - at);
        const bool ends = at + digits == len || text[at + digits] == ' ' ||
                          text[at + digits] == '\t';
        if (spaces == 0 || digits == 0 || !ends) {
            return false;
        }
        group = group ? group : digits;
        row->has_words = !colon && digits == 4;
        if ((!colon && (digits != group || digits > 4)) ||
            !take_group(row, text + at, digits, row->has_words)) {
            return false;
        }
        at += digits;
    }
    return true;
}

/* Is the line one of a dump? */
static bool take_row(struct row *row, const char *text, size_t len)
{
    memset(row, 0, sizeof *row);
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        len--;
    }
    if (len == 1 && *text == '*') {
        row->is_star = true;
        return true;
    }
    while (len > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    const size_t digits = count_digits(text, len);
    const bool colon = digits < len && text[digits] == ':';
    const size_t skip = digits + (colon ? 1 : 0);
    return take_offset(row, text, digits) &&
           (skip == len || text[skip] == ' ' || text[skip] == '\t') &&
           take_bytes(row, text + skip, len - skip, colon) &&
           (row->size > 0 || !colon);
}

/* The end of the line that begins at a place: where its '\n' is, or the end. */
static size_t line_end(const char *text, size_t len, size_t at)
{
    const char *end = memchr(text + at, '\n', len - at);
    return end ? (size_t)(end - text) : len;
}

/* Is it the first of a dump? */
static bool is_first(const struct row *row)
{
    return !row->is_star && row->hex == 0 && row->size > 0;
}

/* Has a row nothing but digits and white space, as a value in groups has? */
static bool is_only(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (digit(text[i]) < 0 && !isspace((unsigned char)text[i])) {
            return false;
        }
    }
    return true;
}

/* Does another row come after the first, at its place? */
static bool follows(const struct row *first, const char *text, size_t len,
                    size_t end)
{
    struct row row;
    return end + 1 < len &&
           take_row(&row, text + end + 1,
                    line_end(text, len, end + 1) - end - 1) &&
           (row.is_star || row.hex == first->size || row.octal == first->size);
}

bool dump_begins(const char *text, size_t len)
{
    struct row row;
    for (size_t at = 0; at < len;) {
        const size_t end = line_end(text, len, at);
        if (take_row(&row, text + at, end - at) && is_first(&row)) {
            return !is_only(text + at, end - at) ||
                   follows(&row, text, len, end);
        }
        at = end + 1;
    }
    return false;
}

/* --- One dump ---------------------------------------------------------- */

struct state {
    struct dump *dump;
    size_t room;
    unsigned char last[ROW_MOST]; /* the row before */
    size_t last_size;
    bool starred;
    bool octal; /* offsets are octal, as one of them has shown */
    bool hex;
    size_t pad; /* the last word's second byte may be of nothing */
    bool done;  /* an offset alone has ended it */
};

static bool wrong(struct state *s, size_t line, const char *why)
{
    s->dump->why = why;
    s->dump->bad_line = line;
    return false;
}

static bool no_memory(struct state *s, size_t *at)
{
    *at = SIZE_MAX;
    s->dump->why = NULL;
    return false;
}

/* Where a row is, by what the offsets before were; UINT64_MAX: nowhere. */
static uint64_t place(struct state *s, const struct row *row)
{
    const uint64_t size = s->dump->size;
    const bool by_hex = row->hex >= size && !s->octal;
    const bool by_octal =
        row->octal >= size && row->octal != UINT64_MAX && !s->hex;
    /* Where both may be, a row follows the one before at once. */
    const bool octal =
        by_octal && (!by_hex || (row->octal == size && row->hex != size));
    const bool either = by_hex && by_octal && row->hex != row->octal &&
                        row->hex != size && row->octal != size;
    if ((!by_hex && !by_octal) || either) {
        return UINT64_MAX;
    }
    if (row->hex != row->octal) {
        s->octal = octal;
        s->hex = !octal;
    }
    return octal ? row->octal : row->hex;
}

static bool reserve(struct state *s, size_t size)
{
    while (s->room < size) {
        const size_t room = s->room ? 2 * s->room : 4096;
        unsigned char *bytes = realloc(s->dump->bytes, room);
        if (!bytes) {
            return false;
        }
        s->dump->bytes = bytes;
        s->room = room;
    }
    return true;
}

/* The rows that a '*' stands for, up to that offset. */
static bool repeat(struct state *s, uint64_t to, size_t line, size_t *at)
{
    struct dump *d = s->dump;
    if (to > DUMP_MOST) {
        return wrong(s, line, "has an offset past the largest dump, of 1 MiB");
    }
    if (s->last_size == 0 || (to - d->size) % s->last_size != 0) {
        return wrong(s, line, "has an offset that no repeated row ends at");
    }
    if (!reserve(s, (size_t)to)) {
        return no_memory(s, at);
    }
    /* All that was filled is filled again: twice as much each time. */
    const uint64_t from = d->size - s->last_size;
    while (d->size < to) {
        const uint64_t filled = d->size - from;
        const uint64_t left = to - d->size;
        const size_t next = (size_t)(filled < left ? filled : left);
        memcpy(d->bytes + d->size, d->bytes + from, next);
        d->size += next;
    }
    return true;
}

static bool take(struct state *s, const struct row *row, size_t line,
                 size_t *at)
{
    struct dump *d = s->dump;
    if (row->is_star) {
        s->starred = true;
        return s->last_size > 0 || wrong(s, line, "is a '*' after no row");
    }
    const uint64_t to = place(s, row);
    if (to == UINT64_MAX || (to != d->size && !s->starred)) {
        /* od -x of an odd number of bytes ends with half a word. */
        if (row->size == 0 && s->pad &&
            (row->hex + 1 == d->size || row->octal + 1 == d->size)) {
            d->size--;
            s->done = true;
            return true;
        }
        return wrong(s, line, "does not begin where the one before ends");
    }
    if (s->starred && !repeat(s, to, line, at)) {
        return false;
    }
    s->starred = false;
    if (d->size + row->size > DUMP_MOST || !reserve(s, d->size + row->size)) {
        return d->size + row->size > DUMP_MOST
                   ? wrong(s, line, "is past the largest dump, of 1 MiB")
                   : no_memory(s, at);
    }
    if (row->size > 0) {
        memcpy(d->bytes + d->size, row->bytes, row->size);
        memcpy(s->last, row->bytes, row->size);
        s->last_size = row->size;
    }
    d->size += row->size;
    s->pad = row->has_words;
    s->done = row->size == 0;
    return true;
}

/* Moves to the first row of the next dump. After a dump, no row may be of
 * none: it was one of that dump, and something is between. */
static bool find_first(struct state *s, struct row *row, const char *text,
                       size_t len, size_t *at, size_t *line)
{
    const bool is_next = *at > 0;
    while (*at < len) {
        const size_t end = line_end(text, len, *at);
        if (take_row(row, text + *at, end - *at)) {
            if (is_first(row)) {
                return true;
            }
            if (is_next && row->size > 0) {
                return wrong(s, *line,
                             "does not begin where the one before "
                             "ends");
            }
        }
        *at = end + 1;
        ++*line;
    }
    return false;
}

bool dump_next(struct dump *dump, const char *text, size_t len, size_t *at,
               size_t *line)
{
    struct state s = {.dump = dump};
    struct row row;
    memset(dump, 0, sizeof *dump);
    if (!find_first(&s, &row, text, len, at, line)) {
        return false;
    }
    dump->line = *line;
    dump->begin = *at;
    do {
        if (!take(&s, &row, *line, at)) {
            free(dump->bytes);
            dump->bytes = NULL;
            return false;
        }
        *at = line_end(text, len, *at) + 1;
        ++*line;
    } while (!s.done && *at < len &&
             take_row(&row, text + *at, line_end(text, len, *at) - *at) &&
             !is_first(&row));
    if (s.starred) {
        free(dump->bytes);
        dump->bytes = NULL;
        return wrong(&s, *line, "does not say where a '*' ends");
    }
    return true;
}
