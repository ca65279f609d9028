/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -c: checks lists of MRTDs, "hex  file" or "MRTD (file) = hex", as sha256sum
 * does but strictly: a line that is neither is a failure, and so is a list that
 * checks nothing.
 */
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/batch.h"
#include "commands/commands.h"
#include "commands/open.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "io/warden.h"
#include "model/launches.h"
#include "model/list.h"
#include "report/lines.h"

struct lists_options {
    struct files files;
    struct launching launching;
    struct batch_options batch;
    bool quiet;
    bool status;
    bool ignore_missing;
};

/* A list, read. */
struct list_file {
    struct list list;
    enum exit_status status; /* EXIT_OK, or why it could not be read */
    int read_error;          /* errno, or 0 */
};

/* A list at work. */
struct work {
    const struct lists_options *options;
    const struct list *list;
    atomic_ulong checked;
    atomic_ulong differing;
};

/* A batch at work. */
struct checking {
    struct work *work;
    const struct list_entry *entries;
};

/* Whose value is it, if that of another VMM? */
static enum exit_status find_other(const struct mrtd_vmm **other,
                                   const struct list_entry *entry,
                                   const struct evaluation *e,
                                   const struct mrtd_value *own)
{
    struct failure failure;
    return diagnostic_outcome(
        launches_find(e, own, &entry->value, other, &failure), &failure);
}

static enum exit_status check_each(void *context, size_t index,
                                   enum exit_status status,
                                   const struct evaluation *e,
                                   const struct mrtd_value *value)
{
    const struct checking *c = context;
    const struct lists_options *o = c->work->options;
    const struct list_entry *entry = &c->entries[index];
    const struct mrtd_vmm *other = NULL;
    const bool same = !status && mrtd_value_equal(value, &entry->value);
    if (!status && !same && !o->status) {
        status = find_other(&other, entry, e, value);
    }
    if (status) {
        if (!o->status) {
            lines_verdict(output_stream(), entry->name,
                          status == EXIT_REFUSED ? "FAILED (refused)"
                                                 : "FAILED open or read");
        }
        return status;
    }
    atomic_fetch_add(&c->work->checked, 1);
    atomic_fetch_add(&c->work->differing, !same);
    if (!same && !o->status) {
        open_report(e); /* may say why */
        lines_differs(output_stream(), entry->name, other);
    } else if (same && !o->status && !o->quiet) {
        lines_verdict(output_stream(), entry->name, "OK");
    }
    return EXIT_DONE;
}

/* Measures and compares entries, at most BATCH_SIZE. */
static enum exit_status
check_entries(struct work *w, const struct list_entry *entries, size_t count)
{
    struct checking c = {w, entries};
    struct launch_options options[BATCH_SIZE];
    struct batch_image images[BATCH_SIZE];
    for (size_t i = 0; i < count; i++) {
        options[i] = list_options(&entries[i], &w->options->launching.launch);
        images[i] = (struct batch_image){entries[i].name, &options[i]};
    }
    return batch_measure(images, count, false, check_each, &c);
}

static enum exit_status check_batch(void *context, size_t first, size_t count)
{
    struct work *w = context;
    const struct list_entry *entries = w->list->entries + first;
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
            lines_verdict(output_stream(), entries[i].name, "FAILED (refused)");
        }
        status = worst(status, EXIT_REFUSED);
        good = 1;
    }
    return status;
}

/* Says which lines are malformed. */
static void tell_malformed(const struct list *l)
{
    for (size_t i = 0; i < l->malformed && i < LIST_SHOWN; i++) {
        diagnostic_file(l->name, "line %lu: not " LIST_LINE_FORM, l->lines[i]);
    }
    if (l->malformed > LIST_SHOWN) {
        const unsigned long more = l->malformed - LIST_SHOWN;
        diagnostic_file(l->name, "%lu more line%s malformed", more,
                        more == 1 ? " is" : "s are");
    }
}

/* Refuses what has no good line. */
static enum exit_status refuse(const struct list *l)
{
    struct input input;
    struct failure failure;
    struct mrtd_source source;
    enum exit_status status = EXIT_DONE;
    const bool is_open = l->malformed > 0 && !input_open(&input, l->name);
    if (is_open) {
        source = input_source(&input);
    }
    if (list_check(l, is_open ? &source : NULL, &failure)) {
        status = diagnostic_failure(&failure);
    }
    if (is_open) {
        input_close(&input);
    }
    return status;
}

static enum exit_status judge(const struct work *w, enum exit_status failure)
{
    const struct list *l = w->list;
    if (l->good == 0) {
        const enum exit_status status = refuse(l);
        if (status) {
            return status;
        }
        tell_malformed(l);
    }
    if (w->differing > 0 && !w->options->status) {
        diagnostic_file(l->name,
                        "%lu of %lu computed values did NOT match; 'check FILE "
                        "--against VALUE' tries other launches and says why",
                        (unsigned long)w->differing, (unsigned long)w->checked);
    }
    if (w->checked == 0 && !failure) {
        diagnostic_file(l->name, "no value was checked");
        return EXIT_REFUSED;
    }
    failure = worst(failure, w->differing ? EXIT_DIFFERS : EXIT_DONE);
    return worst(failure, l->malformed ? EXIT_REFUSED : EXIT_DONE);
}

static enum exit_status check_list(const struct list_file *f,
                                   const struct lists_options *options)
{
    const struct list *l = &f->list;
    struct work work = {.options = options, .list = l};
    enum exit_status failure = EXIT_DONE;
    if (f->status) {
        return f->status;
    }
    if (l->good > 0) {
        tell_malformed(l);
    }
    if (l->count > 0) {
        failure = batch_run(check_batch, &work, l->count, &options->batch);
    }
    if (f->read_error) {
        diagnostic_file(l->name, "cannot read: %s", strerror(f->read_error));
        return EXIT_IO;
    }
    return judge(&work, failure);
}

/* --- Reading lists -------------------------------------------------------- */

static bool is_missing(const char *name)
{
    return strcmp(name, "-") != 0 && input_is_missing(name);
}

static void read_stream(struct list_file *f, FILE *from,
                        const struct lists_options *o)
{
    const struct list_reading reading = {
        .launch = &o->launching.launch,
        .is_missing = o->ignore_missing ? is_missing : NULL,
        .keep = input_keep,
    };
    struct failure failure;
    if (list_read(&f->list, from, &reading, &f->status, &failure)) {
        f->status = diagnostic_failure(&failure);
    }
    f->read_error = ferror(from) ? errno : 0;
}

/* Reads the list, and has the files kept that it names. */
static void read_file(struct list_file *f, const char *name,
                      const struct lists_options *o)
{
    struct input input;
    f->list.name = name;
    f->status = input_open(&input, name);
    if (f->status) {
        return;
    }
    FILE *from = input_stream(&input);
    if (!from) {
        f->status = EXIT_IO;
        return;
    }
    read_stream(f, from, o);
    if (!f->status && input_is_changed(&input)) {
        diagnostic_file(name, "cannot read: %s [read]", input_changed_text);
        f->status = EXIT_IO;
    }
    fclose(from);
}

static enum exit_status run(void *options)
{
    const struct lists_options *o = options;
    const size_t count = (size_t)o->files.operand_count;
    struct list_file *files = calloc(count, sizeof *files);
    enum exit_status status = EXIT_DONE;
    if (!files) {
        return diagnostic_no_memory(NULL);
    }
    for (size_t i = 0; i < count; i++) {
        read_file(&files[i], o->files.operands[i], o);
    }
    warden_close_names();
    for (size_t i = 0; i < count; i++) {
        status = worst(status, check_list(&files[i], o));
    }
    for (size_t i = 0; i < count; i++) {
        list_free(&files[i].list);
    }
    free(files);
    return status;
}

/* Without --vmm the lines of a list may name one that takes the payload. */
static bool check(void *options)
{
    struct lists_options *o = options;
    o->launching.guest.by_line = true;
    return launching_check(&o->launching, &o->files, command_check_lists.title,
                           o->launching.vmm_count ? LAUNCHING_ONE
                                                  : LAUNCHING_ANY);
}

#define OWN(name, member, text)                                                \
    OPTION(name, FLAG, struct lists_options, member, OPTION_ALONE, text)

static const struct option_row rows[] = {
    {OWN("quiet", quiet, "print no OK lines")},
    {OWN("status", status, "print no results; the exit status tells")},
    {OWN("ignore-missing", ignore_missing, "skip files that do not exist")},
};

static const struct option_row rows_choice[] = {
    {.name = "check-list",
     .letter = 'c',
     .kind = OPTION_CHOICE,
     .text = "check lists that this program printed"},
};

#define AT(member) offsetof(struct lists_options, member)
const struct command command_check_lists = {
    .option = "check-list",
    .title = "-c",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_BY_COMMAND,
    .size = sizeof(struct lists_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&launching_vmm, AT(launching)},
             {&launching_how, AT(launching)},
             {&guest_boot, AT(launching)},
             {&launching_whole, AT(launching)},
             {&batch_options_table, AT(batch)},
             {OPTION_ROWS(rows_choice), 0},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .usage = {"-c [OPTION]... LIST..."},
    .text = "Checks lists that this program printed, as sha256sum -c does. A "
            "line with a label, as MRTD[kvm-v19], is for that VMM.",
    .examples = {"mrtd-calc --tag *.fd >MRTDSUMS", "mrtd-calc -c MRTDSUMS"},
};
