/* SPDX-License-Identifier: Apache-2.0 */
#include "model/documents.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/outfile.h"
#include "io/warden.h"
#include "printable.h"
#include "reference/json.h"

bool documents_have(const struct documents_order *order, const char *name)
{
    for (size_t i = 0; i < order->format_count; i++) {
        if (strcmp(order->formats[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static enum exit_status no_memory(void)
{
    diagnostic("out of memory");
    return EXIT_IO;
}

/* --- Making -------------------------------------------------------------- */

/* "ARTIFACT[.VMM].reference-value.FORMAT.EXTENSION"; NULL: no memory. */
static char *file_name(const struct documents_order *o,
                       const struct reference_format *format,
                       const struct reference_set *set)
{
    const char *id = o->settings->id ? o->settings->id : "all";
    const bool one = set->count == 1 && !o->whole;
    const bool several = set->only && set->firmware->value_count > 1;
    char *name = NULL;
    if (asprintf(&name, "%s%s%s.reference-value.%s.%s",
                 one ? set->firmware->artifact : id, several ? "." : "",
                 several ? set->only->vmms[0] : "", format->name,
                 format->extension) < 0) {
        return NULL;
    }
    /* An id may have folders in it: a URI, for one. */
    for (char *p = name; *p; p++) {
        *p = (char)(*p == '/' ? '_' : *p);
    }
    return name;
}

/* Puts a COSE_Sign1 around the document. */
static enum exit_status sign(struct document *d)
{
    char *bytes = NULL;
    size_t size = 0;
    const enum exit_status status =
        warden_sign(d->name, d->bytes, d->size, &bytes, &size);
    free(d->bytes);
    d->bytes = bytes;
    d->size = size;
    return status;
}

static enum exit_status fill(const struct documents_order *o,
                             const struct reference_set *set,
                             struct document *d)
{
    d->name = file_name(o, d->format, set);
    FILE *to = d->name ? open_memstream(&d->bytes, &d->size) : NULL;
    bool good = to && d->format->write(to, set, o->settings);
    good = good && !ferror(to);
    if (to && fclose(to) != 0) {
        good = false;
    }
    /* glibc's fclose() says nothing if its last realloc() failed. */
    if (!good || !d->bytes || json_no_memory()) {
        return no_memory();
    }
    return o->sign && strcmp(d->format->name, "corim") == 0 ? sign(d)
                                                            : EXIT_DONE;
}

static enum exit_status add(struct documents *all,
                            const struct documents_order *o,
                            const struct reference_format *format,
                            const struct reference_set *set)
{
    struct document *items =
        realloc(all->items, (all->count + 1) * sizeof *all->items);
    if (!items) {
        return no_memory();
    }
    all->items = items;
    struct document *d = &items[all->count++];
    memset(d, 0, sizeof *d);
    d->format = format;
    enum exit_status status = fill(o, set, d);
    for (size_t i = 0; !status && i + 1 < all->count; i++) {
        if (strcmp(items[i].name, d->name) == 0) {
            diagnostic_file(d->name,
                            "two documents have this name; write those of one "
                            "of the firmware files to another folder "
                            "[document-name]");
            status = EXIT_REFUSED;
        }
    }
    return status;
}

/* The documents of a format. */
static enum exit_status add_format(struct documents *all,
                                   const struct documents_order *o,
                                   const struct reference_format *format)
{
    const enum reference_scope scope = format->scope(o->settings);
    struct reference_set set = {o->firmware, o->firmware_count, NULL};
    enum exit_status status = EXIT_DONE;
    if (scope == REFERENCE_ALL) {
        return add(all, o, format, &set);
    }
    for (size_t f = 0; !status && f < o->firmware_count; f++) {
        const struct reference_firmware *firmware = &o->firmware[f];
        set = (struct reference_set){firmware, 1, NULL};
        if (scope == REFERENCE_FIRMWARE) {
            status = add(all, o, format, &set);
        }
        for (size_t v = 0;
             !status && scope == REFERENCE_VALUE && v < firmware->value_count;
             v++) {
            set.only = &firmware->values[v];
            status = add(all, o, format, &set);
        }
    }
    return status;
}

enum exit_status documents_make(struct documents *documents,
                                const struct documents_order *order)
{
    struct documents all = {.count = 0};
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < order->format_count; i++) {
        status = add_format(&all, order, order->formats[i]);
    }
    if (status) {
        documents_free(&all);
        return status;
    }
    *documents = all;
    return EXIT_DONE;
}

void documents_free(struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++) {
        free(documents->items[i].name);
        free(documents->items[i].bytes);
    }
    free(documents->items);
    documents->items = NULL;
    documents->count = 0;
}

/* --- Writing ------------------------------------------------------------- */

/* Writes one, or prints its path once it is there. */
static enum exit_status write_member(const struct document *d,
                                     const char *folder, bool print)
{
    enum exit_status status = EXIT_DONE;
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, d->name) < 0) {
        return no_memory();
    }
    if (print) {
        output("%s\n", printable_path(path));
    } else {
        status = outfile_write_member(path, d->name, d->bytes, d->size);
    }
    free(path);
    return status;
}

enum exit_status documents_write(const struct documents *documents,
                                 const char *folder)
{
    enum exit_status status = warden_folder(false);
    for (size_t i = 0; !status && i < documents->count; i++) {
        status = write_member(&documents->items[i], folder, false);
    }
    if (!status) {
        status = outfile_place();
    }
    for (size_t i = 0; !status && i < documents->count; i++) {
        status = write_member(&documents->items[i], folder, true);
    }
    return status;
}

enum exit_status documents_write_one(const struct documents *documents,
                                     const char *name)
{
    const struct document *d = &documents->items[0];
    if (documents->count > 1) {
        return diagnostic_usage("these are %zu documents, the second is %s; "
                                "--out-dir names a folder for them",
                                documents->count,
                                printable(documents->items[1].name));
    }
    if (name && strcmp(name, "-") != 0) {
        const enum exit_status status = outfile_write(name, d->bytes, d->size);
        return status ? status : outfile_place();
    }
    if (d->format->is_cbor && isatty(STDOUT_FILENO)) {
        return diagnostic_usage("%s is binary, and standard output is a "
                                "terminal; give -o FILE",
                                d->format->name);
    }
    fwrite(d->bytes, 1, d->size, output_stream());
    return EXIT_DONE;
}
