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
#include <unistd.h>

#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/input.h"
#include "cli/markup.h"
#include "cli/mistaken.h"
#include "cli/warden.h"

#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)
/* A name of 4095 bytes, each escaped, and what stands around it. */
#define LINE_MAX_SIZE 8448
/* Malformed lines of a list that are told one by one. */
#define MALFORMED_SHOWN 10

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

/* A list, read to its end before any image is: then no other name can come. */
struct list {
    const char *name;
    enum exit_status status; /* of opening it, of memory */
    int read_error;
    struct entry *entries;
    size_t count;
    struct tally tally;
    /* Lines that are told one by one. */
    unsigned long lines[MALFORMED_SHOWN];
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

/* A list at work. */
struct work {
    const struct options *options;
    struct list *list;
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
    struct work *w = context;
    struct checking c = {w->options, w->list->entries + first, &w->list->tally};
    const char *names[BATCH_SIZE];
    for (size_t i = 0; i < count; i++) {
        names[i] = c.entries[i].name;
    }
    return batch_measure(w->options, names, count, false, check_each, &c);
}

/* Is the file to be passed over? */
static bool is_missing(const struct options *o, const char *name)
{
    return o->ignore_missing && strcmp(name, "-") != 0 &&
           input_is_missing(name);
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

static void count_malformed(struct list *l, unsigned long line,
                            const char *text)
{
    struct tally *t = &l->tally;
    if (t->malformed < MALFORMED_SHOWN) {
        l->lines[t->malformed] = line;
    }
    t->malformed++;
    t->returns += *text && text[strlen(text) - 1] == '\r';
}

/* Malformed lines are told only where there is a good one: without any, the
 * file is no list. */
static void tell_lines(const struct list *l)
{
    const struct tally *t = &l->tally;
    for (size_t i = 0; t->good && i < t->malformed && i < MALFORMED_SHOWN;
         i++) {
        tell_malformed(l->name, l->lines[i]);
    }
}

/* Without a good line: is it something else that is known? */
static enum exit_status tell_mistaken(const char *name)
{
    struct input input;
    if (input_open(&input, name)) {
        return EXIT_DONE;
    }
    const struct mrtd_source source = input_source(&input);
    const enum exit_status status =
        mistaken_tell(name, &source, MISTAKEN_FOR_LIST);
    input_close(&input);
    return status;
}

static enum exit_status judge(const struct options *o, const struct list *l)
{
    const struct tally *t = &l->tally;
    const char *name = l->name;
    if (t->good == 0 && t->malformed > 0) {
        const enum exit_status status = tell_mistaken(name);
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
    if (t->differing > 0 && !o->status) {
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

/* Takes over the entry's name as a copy; false: no memory. */
static bool add_entry(struct list *l, struct entry entry)
{
    /* Twice as many each time. */
    if ((l->count & (l->count - 1)) == 0) {
        const size_t most = l->count ? 2 * l->count : 1;
        struct entry *entries = reallocarray(l->entries, most, sizeof *entries);
        if (!entries) {
            return false;
        }
        l->entries = entries;
    }
    entry.name = strdup(entry.name);
    if (!entry.name) {
        return false;
    }
    l->entries[l->count++] = entry;
    return true;
}

static void read_lines(struct list *l, const struct options *o, FILE *from)
{
    static char line[LINE_MAX_SIZE];
    struct entry entry;
    bool whole;
    for (unsigned long number = 1; read_line(from, line, &whole); number++) {
        if (!whole || !parse_line(line, &entry)) {
            count_malformed(l, number, line);
            continue;
        }
        l->tally.good++;
        if (is_missing(o, entry.name)) {
            continue;
        }
        if (!add_entry(l, entry)) {
            diagnostic("out of memory");
            l->tally.failure = EXIT_IO;
            break;
        }
        l->tally.failure =
            worst(l->tally.failure, input_keep(l->entries[l->count - 1].name));
    }
    l->read_error = ferror(from) ? errno : 0;
}

static void read_list(struct list *l, const struct options *o)
{
    struct input input;
    l->status = input_open(&input, l->name);
    if (l->status) {
        return;
    }
    /* The descriptor may be a copy whose end was just written. */
    FILE *from =
        lseek(input.fd, 0, SEEK_SET) == 0 ? fdopen(input.fd, "r") : NULL;
    if (!from) {
        diagnostic_file(l->name, "cannot read: %s", strerror(errno));
        input_close(&input);
        l->status = EXIT_IO;
        return;
    }
    read_lines(l, o, from);
    fclose(from);
}

static enum exit_status check_list(struct list *l,
                                   const struct options *options)
{
    struct work work = {options, l};
    if (l->status) {
        return l->status;
    }
    tell_lines(l);
    if (l->count > 0) {
        l->tally.failure = worst(
            l->tally.failure, batch_run(check_batch, &work, l->count, options));
    }
    if (l->read_error) {
        diagnostic_file(l->name, "cannot read: %s", strerror(l->read_error));
        return EXIT_IO;
    }
    return judge(options, l);
}

static void free_list(struct list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->entries[i].name);
    }
    free(l->entries);
}

enum exit_status command_check_lists(struct options *options)
{
    const size_t count = (size_t)options->file_count;
    struct list *lists = calloc(count, sizeof *lists);
    enum exit_status status = EXIT_DONE;
    if (!lists) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    for (size_t i = 0; i < count; i++) {
        lists[i].name = options->files[i];
        read_list(&lists[i], options);
    }
    warden_close_names();
    for (size_t i = 0; i < count; i++) {
        status = worst(status, check_list(&lists[i], options));
    }
    for (size_t i = 0; i < count; i++) {
        free_list(&lists[i]);
    }
    free(lists);
    return status;
}
