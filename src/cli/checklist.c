/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -c: checks lists of MRTDs, "hex  file" or "MRTD (file) = hex", as sha256sum
 * does but strictly: a line that is neither is a failure, and so is a list that
 * checks nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/diagnostic.h"

#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)
/* A name of 4095 bytes, each escaped, and what stands around it. */
#define LINE_MAX_SIZE 8448

struct tally {
    unsigned long checked;
    unsigned long differing;
    unsigned long malformed;
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

static void verdict(const char *name, const char *what)
{
    bool escaped = false;
    name = list_name(name, &escaped);
    output("%s%s: %s\n", escaped ? "\\" : "", name, what);
}

static void check_entry(const struct options *o, const struct entry *entry,
                        struct tally *tally)
{
    struct evaluation e;
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    if (o->ignore_missing && strcmp(entry->name, "-") != 0 &&
        access(entry->name, F_OK) != 0 && errno == ENOENT) {
        return;
    }
    bool match = false;
    enum exit_status status = evaluation_open(&e, o, entry->name);
    if (!status) {
        status = evaluation_measure(&e, NULL, NULL, mrtd);
        match = !status && memcmp(mrtd, entry->mrtd, sizeof mrtd) == 0;
        if (!status && !match && !o->status) {
            evaluation_report(&e); /* may say why */
        }
        evaluation_close(&e);
    }
    if (status) {
        tally->failure = worst(tally->failure, status);
        if (!o->status) {
            verdict(entry->name, status == EXIT_REFUSED
                                     ? "FAILED (refused)"
                                     : "FAILED open or read");
        }
        return;
    }
    tally->checked++;
    tally->differing += !match;
    if (!o->status && !(match && o->quiet)) {
        verdict(entry->name, match ? "OK" : "FAILED");
    }
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

static enum exit_status check_lines(const struct options *o, const char *name,
                                    FILE *list)
{
    static char line[LINE_MAX_SIZE];
    struct tally tally = {0};
    struct entry entry;
    bool whole;
    for (unsigned long number = 1; read_line(list, line, &whole); number++) {
        if (whole && parse_line(line, &entry)) {
            check_entry(o, &entry, &tally);
        } else {
            tally.malformed++;
            diagnostic_file(name,
                            "line %lu: neither 'HEX  FILE' nor 'MRTD (FILE) = "
                            "HEX' with 96 hexadecimal digits",
                            number);
        }
    }
    if (ferror(list)) {
        diagnostic_file(name, "cannot read: %s", strerror(errno));
        return EXIT_IO;
    }
    if (tally.differing > 0) {
        diagnostic_file(name, "%lu of %lu computed MRTDs did NOT match",
                        tally.differing, tally.checked);
    }
    if (tally.checked == 0 && !tally.failure) {
        diagnostic_file(name, "no MRTD was checked");
        return EXIT_REFUSED;
    }
    enum exit_status status = tally.differing ? EXIT_DIFFERS : EXIT_DONE;
    status = worst(status, tally.malformed ? EXIT_REFUSED : EXIT_DONE);
    return worst(status, tally.failure);
}

static enum exit_status check_list(const struct options *o, const char *name)
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
    status = check_lines(o, name, list);
    fclose(list);
    return status;
}

enum exit_status command_check(const struct options *options)
{
    enum exit_status status = EXIT_DONE;
    for (int i = 0; i < options->file_count; i++) {
        status = worst(status, check_list(options, options->files[i]));
    }
    return status;
}
