/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -c: checks lists of MRTDs, "hex  file" or "MRTD (file) = hex", as sha256sum
 * does but strictly: a line that is neither is a failure, and so is a list that
 * checks nothing.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/input.h"
#include "cli/markup.h"
#include "cli/mistaken.h"
#include "cli/sandbox.h"

#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)
/* A name of 4095 bytes, each escaped, and what stands around it. */
#define LINE_MAX_SIZE 8448
/* Malformed lines of a list that are told one by one. */
#define MALFORMED_SHOWN 10
/* Entries held in memory at once. */
#define WINDOW_SIZE 1024

struct tally {
    atomic_ulong checked;
    atomic_ulong differing;
    unsigned long good; /* lines, also of images that are passed over */
    unsigned long malformed;
    unsigned long returns; /* of them, those that end with a carriage return */
    enum exit_status failure; /* the worst of those that were not checked */
};

struct entry {
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    char *name;
};

/* Undoes list_name() in place; false where an escape is unknown. */
static bool unescape(char *name)
{
    char *to = name;
    for (const char *p = name; *p; p++) {
        if (*p != '\\') {
            *to++ = *p;
            continue;
        }
        p++;
        if (*p != 'n' && *p != 'r' && *p != '\\') {
            return false;
        }
        *to++ = (char)(*p == 'n' ? '\n' : *p == 'r' ? '\r' : '\\');
    }
    *to = '\0';
    return true;
}

/* Parses a line without its newline, which it changes. */
static bool parse_line(char *line, struct entry *entry)
{
    static const char tag[] = "MRTD (";
    static const char equals[] = ") = ";
    bool escaped = line[0] == '\\';
    char *p = line + escaped;
    size_t len = strlen(p);
    const char *hex = p;

    /* Printed lists escape it: it is of a list with foreign line ends. */
    if (strchr(p, '\r')) {
        return false;
    }

    if (strncmp(p, tag, strlen(tag)) == 0) {
        size_t around = strlen(tag) + strlen(equals) + HEX_DIGITS;
        if (len <= around) {
            return false;
        }
        char *end = p + len - HEX_DIGITS - strlen(equals);
        if (strncmp(end, equals, strlen(equals)) != 0) {
            return false;
        }
        hex = p + len - HEX_DIGITS;
        entry->name = p + strlen(tag);
        if (!mrtd_hex_decode(entry->mrtd, hex, HEX_DIGITS)) {
            return false;
        }
        *end = '\0';
    } else {
        if (len <= HEX_DIGITS + 2 || p[HEX_DIGITS] != ' ' ||
            (p[HEX_DIGITS + 1] != ' ' && p[HEX_DIGITS + 1] != '*') ||
            !mrtd_hex_decode(entry->mrtd, hex, HEX_DIGITS)) {
            return false;
        }
        entry->name = p + HEX_DIGITS + 2;
    }
    return !escaped || unescape(entry->name);
}

bool checklist_begins(const char *text, size_t size)
{
    char line[LINE_MAX_SIZE];
    struct entry entry;
    const char *end = memchr(text, '\n', size);
    const size_t len = end ? (size_t)(end - text) : size;
    if (len >= sizeof line || memchr(text, '\0', len)) {
        return false;
    }
    memcpy(line, text, len);
    line[len] = '\0';
    return parse_line(line, &entry);
}

static void verdict(const char *name, const char *what)
{
    bool escaped = false;
    const char *text = list_name(name, &escaped);
    /* Of a list by someone else, such a name could hide or forge a verdict. */
    if (!markup_is_plain(text)) {
        text = printable(name);
        escaped = false;
    }
    output("%s%s: %s\n", escaped ? "\\" : "", text, what);
}

/* Entries of a list that are checked together, a batch a thread. */
struct window {
    const struct options *options;
    struct entry *entries; /* WINDOW_SIZE of them */
    size_t count;
    bool is_last_list;
    struct tally tally; /* of the list at work */
};

/* A batch at work. */
struct checking {
    const struct options *options;
    const struct entry *entries;
    struct tally *tally;
};

static void check_each(void *context, size_t index, enum exit_status status,
                       const struct evaluation *e,
                       const uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    const struct checking *c = context;
    const struct options *o = c->options;
    const struct entry *entry = &c->entries[index];
    bool match = !status && memcmp(mrtd, entry->mrtd, sizeof entry->mrtd) == 0;
    if (status) {
        if (!o->status) {
            verdict(entry->name, status == EXIT_REFUSED
                                     ? "FAILED (refused)"
                                     : "FAILED open or read");
        }
        return;
    }
    atomic_fetch_add(&c->tally->checked, 1);
    if (!match) {
        atomic_fetch_add(&c->tally->differing, 1);
        if (!o->status) {
            evaluation_report(e); /* may say why */
        }
    }
    if (!o->status && !(match && o->quiet)) {
        verdict(entry->name, match ? "OK" : "FAILED");
    }
}

static enum exit_status check_batch(void *context, size_t first, size_t count)
{
    struct window *w = context;
    struct checking c = {w->options, w->entries + first, &w->tally};
    const char *names[BATCH_SIZE];
    for (size_t i = 0; i < count; i++) {
        names[i] = c.entries[i].name;
    }
    return batch_measure(w->options, names, count, false, check_each, &c);
}

/* Checks the entries gathered so far, and forgets them. */
static void check_window(struct window *w)
{
    if (w->count > 0) {
        w->tally.failure = worst(
            w->tally.failure, batch_run(check_batch, w, w->count, w->options));
    }
    for (size_t i = 0; i < w->count; i++) {
        free(w->entries[i].name);
    }
    w->count = 0;
}

/* Nothing is left to be read but the images in the window: opens these, and
 * nothing after. */
static void seal(const struct window *w)
{
    const char *const others[] = {w->options->vars, w->options->payload};
    for (size_t i = 0; i < w->count; i++) {
        input_keep(w->entries[i].name);
    }
    for (size_t i = 0; i < 2; i++) {
        if (others[i]) {
            input_keep(others[i]);
        }
    }
    sandbox_seal(w->options);
}

/* Is the file to be passed over? */
static bool is_missing(const struct options *o, const char *name)
{
    return o->ignore_missing && strcmp(name, "-") != 0 &&
           access(name, F_OK) != 0 && errno == ENOENT;
}

/* Reads a line into line (LINE_MAX_SIZE bytes), without its newline. Sets
 * *whole to false where it is too long or holds a NUL. False at the end. */
static bool read_line(FILE *list, char *line, bool *whole)
{
    size_t used = 0;
    int c;
    *whole = true;
    while ((c = getc(list)) != EOF && c != '\n') {
        if (used + 1 < LINE_MAX_SIZE && c != '\0') {
            line[used++] = (char)c;
        } else {
            *whole = false;
        }
    }
    line[used] = '\0';
    return c != EOF || used > 0 || !*whole;
}

static void tell_malformed(const char *name, unsigned long line)
{
    diagnostic_file(name,
                    "line %lu: neither 'HEX  FILE' nor 'MRTD (FILE) = HEX' "
                    "with 96 hexadecimal digits",
                    line);
}

/* Malformed lines are told only once there is a good one: without any, the
 * file is no list. */
static void count_malformed(struct tally *t, const char *name,
                            unsigned long line)
{
    if (t->malformed++ < MALFORMED_SHOWN && t->good > 0) {
        tell_malformed(name, line);
    }
}

/* All lines before the first good one are malformed. */
static void count_good(struct tally *t, const char *name)
{
    if (t->good++ > 0) {
        return;
    }
    for (unsigned long i = 1; i <= t->malformed && i <= MALFORMED_SHOWN; i++) {
        tell_malformed(name, i);
    }
}

/* Without a good line: is it something else that is known? */
static enum exit_status tell_mistaken(const char *name, FILE *list)
{
    struct stat st;
    struct input input = {.name = name, .fd = fileno(list)};
    if (fstat(input.fd, &st) < 0) {
        return EXIT_DONE;
    }
    input.size = (uint64_t)st.st_size;
    const struct mrtd_source source = input_source(&input);
    return mistaken_tell(name, &source, MISTAKEN_FOR_LIST);
}

static enum exit_status judge(const struct window *w, const char *name,
                              FILE *list)
{
    const struct tally *t = &w->tally;
    if (t->good == 0 && t->malformed > 0) {
        const enum exit_status status = tell_mistaken(name, list);
        if (status) {
            return status;
        }
    }
    if (t->good == 0 && t->returns > 0 && t->returns == t->malformed) {
        diagnostic_file(name, "its lines end with CR LF; those of a list of "
                              "MRTDs end with LF alone: tr -d '\\r'");
        return EXIT_REFUSED;
    }
    if (t->good == 0 && t->malformed > 1) {
        diagnostic_file(name,
                        "no list of MRTDs: none of its %lu lines is 'HEX  "
                        "FILE' or 'MRTD (FILE) = HEX' with 96 hexadecimal "
                        "digits",
                        t->malformed);
        return EXIT_REFUSED;
    }
    if (t->good == 0 && t->malformed == 1) {
        tell_malformed(name, 1);
    }
    if (t->malformed > MALFORMED_SHOWN) {
        unsigned long more = t->malformed - MALFORMED_SHOWN;
        diagnostic_file(name, "%lu more line%s malformed", more,
                        more == 1 ? " is" : "s are");
    }
    if (t->differing > 0 && !w->options->status) {
        diagnostic_file(name,
                        "%lu of %lu computed MRTDs did NOT match; 'check FILE "
                        "--against MRTD' tries other VMMs and says why",
                        (unsigned long)t->differing, (unsigned long)t->checked);
    }
    if (t->checked == 0 && !t->failure) {
        diagnostic_file(name, "no MRTD was checked");
        return EXIT_REFUSED;
    }
    enum exit_status status = t->differing ? EXIT_DIFFERS : EXIT_DONE;
    status = worst(status, t->malformed ? EXIT_REFUSED : EXIT_DONE);
    return worst(status, t->failure);
}

static enum exit_status check_lines(struct window *w, const char *name,
                                    FILE *list)
{
    static char line[LINE_MAX_SIZE];
    struct entry entry;
    bool whole;
    memset(&w->tally, 0, sizeof w->tally);
    for (unsigned long number = 1; read_line(list, line, &whole); number++) {
        if (!whole || !parse_line(line, &entry)) {
            count_malformed(&w->tally, name, number);
            w->tally.returns += *line && line[strlen(line) - 1] == '\r';
            continue;
        }
        count_good(&w->tally, name);
        if (is_missing(w->options, entry.name)) {
            continue;
        }
        entry.name = strdup(entry.name);
        if (!entry.name) {
            diagnostic("out of memory");
            w->tally.failure = EXIT_IO;
            break;
        }
        w->entries[w->count++] = entry;
        if (w->count == WINDOW_SIZE) {
            check_window(w);
        }
    }
    int read_error = ferror(list) ? errno : 0;
    if (w->is_last_list) {
        seal(w);
    }
    check_window(w);
    if (read_error) {
        diagnostic_file(name, "cannot read: %s", strerror(read_error));
        return EXIT_IO;
    }
    return judge(w, name, list);
}

static enum exit_status check_list(struct window *w, const char *name)
{
    struct input input;
    enum exit_status status = input_open(&input, name);
    if (status) {
        return status;
    }
    /* The descriptor may be a copy whose end was just written. */
    FILE *list =
        lseek(input.fd, 0, SEEK_SET) == 0 ? fdopen(input.fd, "r") : NULL;
    if (!list) {
        diagnostic_file(name, "cannot read: %s", strerror(errno));
        input_close(&input);
        return EXIT_IO;
    }
    status = check_lines(w, name, list);
    fclose(list);
    return status;
}

enum exit_status command_check_lists(struct options *options)
{
    struct window w = {.options = options};
    enum exit_status status = EXIT_DONE;
    w.entries = calloc(WINDOW_SIZE, sizeof *w.entries);
    if (!w.entries) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    for (int i = 0; i < options->file_count; i++) {
        w.is_last_list = i + 1 == options->file_count;
        status = worst(status, check_list(&w, options->files[i]));
    }
    free(w.entries);
    return status;
}
