/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -c: checks lists of MRTDs, "hex  file" or "MRTD (file) = hex", as sha256sum
 * does but strictly: a line that is neither is a failure, and so is a list that
 * checks nothing.
 */
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/batch.h"
#include "commands/commands.h"
#include "commands/launching.h"
#include "commands/list_file.h"
#include "commands/open.h"
#include "io/diagnostic.h"
#include "io/warden.h"
#include "model/launches.h"
#include "model/vmms.h"
#include "report/lines.h"

struct lists_options {
    struct files files;
    struct launching launching;
    struct batch_options batch;
    bool quiet;
    bool status;
    bool ignore_missing;
};

/* A list at work. */
struct work {
    const struct lists_options *options;
    const struct list_file *list;
    atomic_ulong checked;
    atomic_ulong differing;
};

/* A batch at work. */
struct checking {
    struct work *work;
    const struct list_entry *entries;
};

/* Another VMM under which the image has the value, or NULL; own is what it has
 * under its own. */
static const struct mrtd_vmm *find_other(const struct evaluation *e,
                                         const struct mrtd_value *own,
                                         const struct mrtd_value *value)
{
    const struct mrtd_vmm *vmm;
    const struct mrtd_vmm *found = NULL;
    struct launches others = {.count = 0};
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && (vmm = vmms_way_at(i)); i++) {
        if (mrtd_vmm_launches(vmm, e->image)) {
            status = launches_add(&others, e, vmm, 0, &failure);
        }
    }
    if (!status) {
        status = launches_measure(&others, e, own, &failure);
    }
    for (size_t i = 0; !status && !found && i < others.count; i++) {
        const struct launch *x = &others.items[i];
        if (x->plan && mrtd_value_equal(&x->value, value)) {
            found = x->vmm;
        }
    }
    launches_free(&others);
    return found;
}

static void tell_difference(const struct list_entry *entry,
                            const struct evaluation *e,
                            const struct mrtd_value *own)
{
    const struct mrtd_vmm *other = find_other(e, own, &entry->value);
    char what[100];
    open_report(e); /* may say why */
    snprintf(what, sizeof what, "FAILED (it is the value for --vmm %s)",
             other ? other->name : "");
    lines_verdict(output_stream(), entry->name, other ? what : "FAILED");
}

static void check_each(void *context, size_t index, enum exit_status status,
                       const struct evaluation *e,
                       const struct mrtd_value *value)
{
    const struct checking *c = context;
    const struct lists_options *o = c->work->options;
    const struct list_entry *entry = &c->entries[index];
    if (status) {
        if (!o->status) {
            lines_verdict(output_stream(), entry->name,
                          status == EXIT_REFUSED ? "FAILED (refused)"
                                                 : "FAILED open or read");
        }
        return;
    }
    atomic_fetch_add(&c->work->checked, 1);
    if (!mrtd_value_equal(value, &entry->value)) {
        atomic_fetch_add(&c->work->differing, 1);
        if (!o->status) {
            tell_difference(entry, e, value);
        }
    } else if (!o->status && !o->quiet) {
        lines_verdict(output_stream(), entry->name, "OK");
    }
}

/* Measures and compares entries, at most BATCH_SIZE. */
static enum exit_status
check_entries(struct work *w, const struct list_entry *entries, size_t count)
{
    struct checking c = {w, entries};
    struct launch_options options[BATCH_SIZE];
    struct batch_image images[BATCH_SIZE];
    for (size_t i = 0; i < count; i++) {
        options[i] = w->options->launching.launch;
        const struct list_launch *launch = &entries[i].launch;
        if (launch->vmm) {
            options[i].vmm = launch->vmm;
        }
        if (launch->image_format) {
            options[i].image_format = launch->image_format;
        }
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

static enum exit_status judge(const struct work *w, enum exit_status failure)
{
    const struct list_file *l = w->list;
    enum exit_status status = list_file_check(l);
    if (status) {
        return status;
    }
    if (w->differing > 0 && !w->options->status) {
        diagnostic_file(l->name,
                        "%lu of %lu computed MRTDs did NOT match; 'check FILE "
                        "--against MRTD' tries other VMMs and says why",
                        (unsigned long)w->differing, (unsigned long)w->checked);
    }
    if (w->checked == 0 && !failure) {
        diagnostic_file(l->name, "no MRTD was checked");
        return EXIT_REFUSED;
    }
    status = worst(failure, w->differing ? EXIT_DIFFERS : EXIT_DONE);
    return worst(status, l->malformed ? EXIT_REFUSED : EXIT_DONE);
}

static enum exit_status check_list(const struct list_file *l,
                                   const struct lists_options *options)
{
    struct work work = {.options = options, .list = l};
    enum exit_status failure = EXIT_DONE;
    if (l->status) {
        return l->status;
    }
    list_file_tell(l);
    if (l->count > 0) {
        failure = batch_run(check_batch, &work, l->count, &options->batch);
    }
    if (l->read_error) {
        diagnostic_file(l->name, "cannot read: %s", strerror(l->read_error));
        return EXIT_IO;
    }
    return judge(&work, failure);
}

static enum exit_status run(void *options)
{
    const struct lists_options *o = options;
    const struct list_reading reading = {&o->launching.launch,
                                         o->ignore_missing};
    const size_t count = (size_t)o->files.operand_count;
    struct list_file *lists = calloc(count, sizeof *lists);
    enum exit_status status = EXIT_DONE;
    if (!lists) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    for (size_t i = 0; i < count; i++) {
        list_file_read(&lists[i], o->files.operands[i], &reading);
    }
    warden_close_names();
    for (size_t i = 0; i < count; i++) {
        status = worst(status, check_list(&lists[i], o));
    }
    for (size_t i = 0; i < count; i++) {
        list_file_free(&lists[i]);
    }
    free(lists);
    return status;
}

/* Without --vmm the lines of a list may name one that takes the payload. */
static bool check(void *options)
{
    struct lists_options *o = options;
    return launching_check(&o->launching, &o->files, command_check_lists.title,
                           o->launching.vmm_count ? LAUNCHING_ONE
                                                  : LAUNCHING_ANY);
}

#define OWN(name, member, text)                                                \
    OPTION(name, FLAG, struct lists_options, member, OPTION_ALONE, text)

static const struct option_row rows[] = {
    {OWN("quiet", quiet, "print no OK lines")},
    {OWN("status", status, "print no results; the exit status tells")},
    {OWN("ignore-missing", ignore_missing,
         "pass over files that do not exist")},
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
