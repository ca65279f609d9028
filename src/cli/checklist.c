/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -c: checks lists of MRTDs, "hex  file" or "MRTD[label] (file) = hex", as
 * sha256sum does but strictly: a line that is neither is a failure, and so is a
 * list that checks nothing.
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
#include "cli/list_line.h"
#include "cli/markup.h"
#include "cli/mistaken.h"
#include "cli/sandbox.h"
#include "cli/variants.h"

/* Malformed lines of a list that are told one by one. */
#define MALFORMED_SHOWN 10
/* Entries held in memory at once. */
#define WINDOW_SIZE 1024
/* Ways of hashing one image that are tried where a value differs. */
#define OTHERS_MAX 16

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
    const struct mrtd_profile *profile; /* that the line says; NULL: none */
    char *problem;                      /* why the line is refused, or NULL */
};

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

/* The other plans of an image, each way of hashing once. */
struct others {
    const struct mrtd_profile *profiles[OTHERS_MAX];
    struct mrtd_plan *plans[OTHERS_MAX];
    size_t count;
};

static bool is_known(const struct others *others, const struct evaluation *e,
                     const struct mrtd_plan *plan)
{
    bool known = variants_same_plan(plan, e->plan);
    for (size_t i = 0; !known && i < others->count; i++) {
        known = variants_same_plan(plan, others->plans[i]);
    }
    return known;
}

static void make_others(struct others *others, const struct evaluation *e)
{
    const struct mrtd_profile *profile;
    others->count = 0;
    for (size_t i = 0; (profile = mrtd_profile_at(i)); i++) {
        struct mrtd_plan *plan = NULL;
        struct mrtd_error error;
        if (others->count == OTHERS_MAX ||
            !mrtd_profile_launches(profile, e->image) ||
            evaluation_plan(e, profile, 0, &plan, &error) ||
            is_known(others, e, plan)) {
            mrtd_plan_free(plan);
            continue;
        }
        others->profiles[others->count] = profile;
        others->plans[others->count++] = plan;
    }
}

/* Another profile under which the image has the value, or NULL. */
static const struct mrtd_profile *find_other(const struct evaluation *e,
                                             const uint8_t *value)
{
    struct others others;
    struct mrtd_measurement results[OTHERS_MAX];
    const struct mrtd_profile *found = NULL;
    make_others(&others, e);
    mrtd_measure_many((const struct mrtd_plan *const *)others.plans,
                      others.count, results);
    for (size_t i = 0; i < others.count; i++) {
        if (!found && !results[i].error.code &&
            memcmp(results[i].mrtd, value, MRTD_DIGEST_SIZE) == 0) {
            found = others.profiles[i];
        }
        mrtd_plan_free(others.plans[i]);
    }
    return found;
}

static void tell_difference(const struct entry *entry,
                            const struct evaluation *e)
{
    const struct mrtd_profile *other = find_other(e, entry->mrtd);
    char what[100];
    evaluation_report(e); /* may say why */
    snprintf(what, sizeof what, "FAILED (it is the value for --vmm %s)",
             other ? other->name : "");
    verdict(entry->name, other ? what : "FAILED");
}

static void check_each(void *context, size_t index, enum exit_status status,
                       const struct evaluation *e,
                       const uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    const struct checking *c = context;
    const struct options *o = c->options;
    const struct entry *entry = &c->entries[index];
    if (status) {
        if (!o->status) {
            verdict(entry->name, status == EXIT_REFUSED
                                     ? "FAILED (refused)"
                                     : "FAILED open or read");
        }
        return;
    }
    atomic_fetch_add(&c->tally->checked, 1);
    if (memcmp(mrtd, entry->mrtd, sizeof entry->mrtd) != 0) {
        atomic_fetch_add(&c->tally->differing, 1);
        if (!o->status) {
            tell_difference(entry, e);
        }
    } else if (!o->status && !o->quiet) {
        verdict(entry->name, "OK");
    }
}

/* Measures and compares entries, at most BATCH_SIZE. */
static enum exit_status check_entries(struct window *w,
                                      const struct entry *entries, size_t count)
{
    struct checking c = {w->options, entries, &w->tally};
    struct options options[BATCH_SIZE];
    struct batch_image images[BATCH_SIZE];
    for (size_t i = 0; i < count; i++) {
        options[i] = *w->options;
        if (entries[i].profile) {
            options[i].profile = entries[i].profile;
        }
        images[i] = (struct batch_image){entries[i].name, &options[i]};
    }
    return batch_measure(images, count, false, check_each, &c);
}

static enum exit_status check_batch(void *context, size_t first, size_t count)
{
    struct window *w = context;
    const struct entry *entries = w->entries + first;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0, good; i < count; i += good) {
        for (good = 0; i + good < count && !entries[i + good].problem;) {
            good++;
        }
        if (good > 0) {
            status = worst(status, check_entries(w, &entries[i], good));
            continue;
        }
        diagnostic("%s", entries[i].problem);
        if (!w->options->status) {
            verdict(entries[i].name, "FAILED (refused)");
        }
        status = worst(status, EXIT_REFUSED);
        good = 1;
    }
    return status;
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
        free(w->entries[i].problem);
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

/* Reads a line into line (LIST_LINE_SIZE bytes), without its newline. Sets
 * *whole to false where it is too long or holds a NUL. False at the end. */
static bool read_line(FILE *list, char *line, bool *whole)
{
    size_t used = 0;
    int c;
    *whole = true;
    while ((c = getc(list)) != EOF && c != '\n') {
        if (used + 1 < LIST_LINE_SIZE && c != '\0') {
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

/* Makes an entry of a line, with memory of its own. */
static bool make_entry(struct entry *entry, const struct list_line *line,
                       const struct window *w, const char *list,
                       unsigned long number)
{
    char problem[LIST_PROBLEM_SIZE];
    memset(entry, 0, sizeof *entry);
    memcpy(entry->mrtd, line->mrtd, sizeof entry->mrtd);
    const bool good =
        list_line_profile(line, w->options, &entry->profile, problem);
    entry->name = strdup(line->name);
    if (!entry->name ||
        (!good &&
         asprintf(&entry->problem, "%s: line %lu: %s: %s", printable(list),
                  number, printable(line->name), problem) < 0)) {
        diagnostic("out of memory");
        free(entry->name);
        return false;
    }
    return true;
}

static enum exit_status check_lines(struct window *w, const char *name,
                                    FILE *list)
{
    static char text[LIST_LINE_SIZE];
    struct list_line line;
    bool whole;
    memset(&w->tally, 0, sizeof w->tally);
    for (unsigned long number = 1; read_line(list, text, &whole); number++) {
        if (!whole || !list_line_parse(text, &line)) {
            count_malformed(&w->tally, name, number);
            w->tally.returns += *text && text[strlen(text) - 1] == '\r';
            continue;
        }
        count_good(&w->tally, name);
        struct entry *entry = &w->entries[w->count];
        if (!make_entry(entry, &line, w, name, number)) {
            w->tally.failure = EXIT_IO;
            break;
        }
        if (!entry->problem && is_missing(w->options, entry->name)) {
            free(entry->name);
            continue;
        }
        if (++w->count == WINDOW_SIZE) {
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
