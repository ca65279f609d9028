/* SPDX-License-Identifier: Apache-2.0 */
#include "model/documents.h"

#include <stdlib.h>
#include <string.h>

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

/* --- Making ------------------------------------------------------------ */

/* The VMM, and "qemu-4-EPYC-v4-0x1" where more of it is measured. */
static void name_launch(char launch[GUEST_TEXT_SIZE],
                        const struct reference_value *value)
{
    if (!value->guest.vmm) {
        snprintf(launch, GUEST_TEXT_SIZE, "%s", value->vmms[0]);
        return;
    }
    guest_text(&value->guest, launch);
    for (char *p = launch; *p; p++) {
        *p = (char)(*p == ',' ? '-' : *p);
    }
}

/*
 * "ARTIFACT[.PLATFORM][.LAUNCH].reference-value.FORMAT.EXTENSION": a firmware
 * may have values of several platforms in one folder, and TDX is not named.
 * NULL: no memory.
 */
static char *file_name(const struct documents_order *o,
                       const struct reference_format *format,
                       const struct reference_set *set)
{
    const char *id = o->settings->id ? o->settings->id : "all";
    const bool one = set->count == 1 && !o->whole;
    const bool several = set->only && set->firmware->value_count > 1;
    const enum mrtd_platform platform = o->settings->platform;
    const bool named = platform != MRTD_PLATFORM_TDX;
    char launch[GUEST_TEXT_SIZE] = "";
    char *name = NULL;
    if (several) {
        name_launch(launch, set->only);
    }
    if (asprintf(&name, "%s%s%s%s%s.reference-value.%s.%s",
                 one ? set->firmware->artifact : id, named ? "." : "",
                 named ? mrtd_platform_name(platform) : "", several ? "." : "",
                 launch, format->name, format->extension) < 0) {
        return NULL;
    }
    /* An id may have folders in it: a URI, for one. */
    for (char *p = name; *p; p++) {
        *p = (char)(*p == '/' ? '_' : *p);
    }
    return name;
}

static enum exit_status fill(const struct documents_order *o,
                             const struct reference_set *set,
                             struct document *d, struct failure *failure)
{
    FILE *to = open_memstream(&d->bytes, &d->size);
    reference_write_fn *write = set->firmware->values->guest.vmm
                                    ? d->format->write_guest
                                    : d->format->write;
    bool good = to && write(to, set, o->settings);
    good = good && !ferror(to);
    if (to && fclose(to) != 0) {
        good = false;
    }
    /* glibc's fclose() says nothing if its last realloc() failed. */
    if (!good || !d->bytes || json_no_memory()) {
        return failure_memory(failure, NULL);
    }
    return EXIT_DONE;
}

/* False for the second value of several. */
static bool add_first(void *context, const struct boot_value *value)
{
    const struct boot_value **first = context;
    const bool is_first = !*first;
    *first = is_first ? value : *first;
    return is_first;
}

/* Is it of RVPS, whose values have keys? */
static bool has_keys(const struct reference_format *format)
{
    return strncmp(format->name, "rvps", 4) == 0;
}

bool documents_have_keys(const struct documents_order *o)
{
    bool have = false;
    for (size_t i = 0; i < o->format_count; i++) {
        have = have || has_keys(o->formats[i]);
    }
    return have;
}

/* Of which values has a document of the format one for all firmware? */
static unsigned single_values(const struct documents_order *o,
                              const struct reference_format *format)
{
    const bool is_map = strcmp(format->name, "rvps-map") == 0;
    const unsigned events =
        BOOT_VALUE_BIT(BOOT_VALUE_KERNEL) | BOOT_VALUE_BIT(BOOT_VALUE_CMDLINE);
    return (is_map && o->settings->scalar) ||
                   strcmp(format->name, "go-tdx-guest") == 0
               ? format->boot
           : has_keys(format) ? events
                              : 0;
}

static enum exit_status check_single(const struct documents_order *o,
                                     const struct document *d,
                                     const struct reference_set *set,
                                     struct failure *failure)
{
    const unsigned single = single_values(o, d->format);
    for (enum boot_value_id id = 0; id < BOOT_VALUES; id++) {
        const struct boot_value *first = NULL;
        if (single & BOOT_VALUE_BIT(id) &&
            !reference_each_boot(set, id, add_first, &first)) {
            return failure_refused(
                failure, d->name, "document-single",
                "%s has a place for one value of %s, and what is in it has "
                "several; publish them in documents of their own",
                d->format->name, boot_value_names(id)->name);
        }
    }
    return EXIT_DONE;
}

static enum exit_status add(struct documents *all,
                            const struct documents_order *o,
                            const struct reference_format *format,
                            const struct reference_set *set,
                            struct failure *failure)
{
    struct document *items =
        realloc(all->items, (all->count + 1) * sizeof *all->items);
    if (!items) {
        return failure_memory(failure, NULL);
    }
    all->items = items;
    struct document *d = &items[all->count++];
    memset(d, 0, sizeof *d);
    d->format = format;
    d->name = file_name(o, format, set);
    enum exit_status status = d->name ? check_single(o, d, set, failure)
                                      : failure_memory(failure, NULL);
    if (!status) {
        status = fill(o, set, d, failure);
    }
    for (size_t i = 0; !status && i + 1 < all->count; i++) {
        if (strcmp(items[i].name, d->name) == 0) {
            status = failure_refused(
                failure, d->name, "document-name",
                "two documents have this name; write those of one of the "
                "firmware files to another folder");
        }
    }
    return status;
}

/* The documents of a format. */
static enum exit_status add_format(struct documents *all,
                                   const struct documents_order *o,
                                   const struct reference_format *format,
                                   struct failure *failure)
{
    const enum reference_scope scope = format->scope(o->settings);
    struct reference_set set = {o->firmware, o->firmware_count, NULL};
    enum exit_status status = EXIT_DONE;
    if (scope == REFERENCE_ALL) {
        return add(all, o, format, &set, failure);
    }
    for (size_t f = 0; !status && f < o->firmware_count; f++) {
        const struct reference_firmware *firmware = &o->firmware[f];
        set = (struct reference_set){firmware, 1, NULL};
        if (scope == REFERENCE_FIRMWARE) {
            status = add(all, o, format, &set, failure);
        }
        for (size_t v = 0;
             !status && scope == REFERENCE_VALUE && v < firmware->value_count;
             v++) {
            set.only = &firmware->values[v];
            status = add(all, o, format, &set, failure);
        }
    }
    return status;
}

enum exit_status documents_make(struct documents *documents,
                                const struct documents_order *order,
                                struct failure *failure)
{
    enum exit_status status = EXIT_DONE;
    *documents = (struct documents){.count = 0};
    for (size_t i = 0; !status && i < order->format_count; i++) {
        status = add_format(documents, order, order->formats[i], failure);
    }
    return status;
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
