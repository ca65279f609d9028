/* SPDX-License-Identifier: Apache-2.0 */
#include "model/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/mistaken.h"
#include "printable.h"

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

static void count_malformed(struct list *l, unsigned long line,
                            const char *text)
{
    if (l->malformed < LIST_SHOWN) {
        l->lines[l->malformed] = line;
    }
    l->malformed++;
    l->returns += *text && text[strlen(text) - 1] == '\r';
}

enum exit_status list_check(const struct list *l,
                            const struct mrtd_source *source,
                            struct failure *failure)
{
    if (l->malformed > 0 && source &&
        mistaken_tell(l->name, source, MISTAKEN_FOR_LIST, failure)) {
        return failure->status;
    }
    if (l->returns > 0 && l->returns == l->malformed) {
        return failure_refused(failure, l->name, NULL,
                               "its lines end with CR LF; those of a list of "
                               "values end with LF alone: tr -d '\\r'");
    }
    if (l->malformed > 1) {
        return failure_refused(failure, l->name, NULL,
                               "not a list of values: none of its %lu lines "
                               "is " LIST_LINE_FORM,
                               l->malformed);
    }
    return EXIT_DONE;
}

/* Makes an entry of a line, with memory of its own; false: it is short. */
static bool make_entry(struct list_entry *entry, const struct list_line *line,
                       const struct launch_options *o, const char *list,
                       unsigned long number)
{
    char problem[LIST_PROBLEM_SIZE];
    memset(entry, 0, sizeof *entry);
    entry->value = line->value;
    const bool good = list_line_launch(line, o, &entry->launch, problem);
    entry->name = strdup(line->name);
    if (!entry->name ||
        (!good &&
         asprintf(&entry->problem, "%s: line %lu: %s: %s", printable(list),
                  number, printable(line->name), problem) < 0)) {
        free(entry->name);
        return false;
    }
    return true;
}

enum exit_status list_read(struct list *l, FILE *from,
                           const struct list_reading *o, enum exit_status *kept,
                           struct failure *failure)
{
    static char text[LIST_LINE_SIZE];
    struct list_line line;
    bool whole;
    *kept = EXIT_DONE;
    for (unsigned long number = 1; read_line(from, text, &whole); number++) {
        if (!whole || !list_line_parse(text, &line)) {
            count_malformed(l, number, text);
            continue;
        }
        l->good++;
        struct list_entry *entries =
            array_room(l->entries, l->count, sizeof *entries);
        l->entries = entries ? entries : l->entries;
        struct list_entry entry;
        if (!entries ||
            !make_entry(&entry, &line, o->launch, l->name, number)) {
            return failure_memory(failure, NULL);
        }
        if (!entry.problem && o->is_missing && o->is_missing(entry.name)) {
            free(entry.name);
            continue;
        }
        l->entries[l->count++] = entry;
        const enum exit_status status = o->keep(entry.name);
        *kept = status > *kept ? status : *kept;
    }
    return EXIT_DONE;
}

void list_free(struct list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->entries[i].name);
        free(l->entries[i].problem);
    }
    free(l->entries);
    l->entries = NULL;
    l->count = 0;
}

struct launch_options list_options(const struct list_entry *entry,
                                   const struct launch_options *options)
{
    struct launch_options o = *options;
    if (entry->launch.vmm) {
        o.vmm = entry->launch.vmm;
        o.platform = o.vmm->platform;
        o.is_listed = true;
        o.guest.vcpus = entry->launch.vcpus;
        o.guest.has_vcpu = entry->launch.has_vcpu;
        o.guest.vcpu = entry->launch.vcpu;
        o.guest.features = entry->launch.features;
    }
    if (entry->launch.image_format) {
        o.image_format = entry->launch.image_format;
    }
    return o;
}
