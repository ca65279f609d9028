/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "printable.h"
#include "reference/digests.h"
#include "reference/settings.h"

enum exit_status bundle_begin(struct bundle *b, struct failure *failure)
{
    b->firmware = calloc(b->manifest.count, sizeof *b->firmware);
    b->guests = calloc(b->manifest.count, sizeof *b->guests);
    return b->firmware && b->guests ? EXIT_DONE : failure_memory(failure, NULL);
}

/* --- The files of the folder --------------------------------------------- */

static void drop(struct bundle_file *file)
{
    free(file->name);
    free(file->bytes);
}

enum exit_status bundle_add(struct bundle *b, struct bundle_file file,
                            struct failure *failure)
{
    struct bundle_file *files =
        file.name ? array_room(b->files, b->file_count, sizeof *files) : NULL;
    if (!files) {
        drop(&file);
        return failure_memory(failure, NULL);
    }
    b->files = files;
    for (size_t i = 0; i < b->file_count; i++) {
        if (strcmp(files[i].name, file.name) == 0) {
            failure_refused(failure, b->manifest.name, "document-name",
                            "two files of the release would be named %s; give "
                            "one of the components an \"artifact\"",
                            printable(file.name));
            drop(&file);
            return failure->status;
        }
    }
    if (file.bytes) {
        digests_of_bytes(file.bytes, file.size, file.sha256);
    }
    files[b->file_count++] = file;
    return EXIT_DONE;
}

enum exit_status bundle_add_documents(struct bundle *b, size_t component,
                                      struct documents *documents,
                                      struct failure *failure)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < documents->count; i++) {
        struct document *d = &documents->items[i];
        const struct bundle_file file = {.name = d->name,
                                         .bytes = d->bytes,
                                         .size = d->size,
                                         .component = component,
                                         .format = d->format->name};
        d->name = NULL;
        d->bytes = NULL;
        status = bundle_add(b, file, failure);
    }
    documents_free(documents);
    return status;
}

/* --- What the manifest asks for ------------------------------------------ */

static struct documents_order order_of(const struct manifest_order *from)
{
    struct documents_order order = {
        .format_count = from->format_count,
        .settings = &from->settings,
    };
    memcpy(order.formats, from->formats, sizeof order.formats);
    return order;
}

struct documents_order bundle_order(const struct bundle *b, size_t component)
{
    struct documents_order order =
        order_of(&b->manifest.components[component].order);
    order.firmware = &b->firmware[component];
    order.firmware_count = 1;
    return order;
}

enum exit_status bundle_release_order(struct bundle *b,
                                      enum mrtd_platform platform,
                                      struct documents_order *order,
                                      struct failure *failure)
{
    const struct manifest *m = &b->manifest;
    size_t count = 0;
    b->alike = b->alike ? b->alike : calloc(m->count, sizeof *b->alike);
    if (!b->alike) {
        return failure_memory(failure, NULL);
    }
    for (size_t i = 0; i < m->count; i++) {
        if (m->components[i].launch.platform == platform) {
            b->alike[count++] = b->firmware[i];
        }
    }
    b->settings = manifest_settings(m, platform);
    *order = (struct documents_order){.firmware = b->alike,
                                      .firmware_count = count,
                                      .settings = &b->settings,
                                      .whole = true};
    for (size_t i = 0; count > 0 && i < m->release.format_count; i++) {
        const struct reference_format *f = m->release.formats[i];
        if (reference_holds(f, guest_register(platform)->id)) {
            order->formats[order->format_count++] = f;
        }
    }
    return EXIT_DONE;
}

const struct initdata *bundle_initdata(const struct bundle *b, size_t component)
{
    return b->manifest.components[component].initdata
               ? &b->guests[component].initdata
               : NULL;
}

struct launch_options bundle_launch(const struct bundle *b, size_t component)
{
    struct launch_options o = b->manifest.components[component].launch;
    o.limit = b->limit;
    return o;
}

/* --- The firmware itself ------------------------------------------------- */

/* Is the same file there already, of a component of another platform? */
static bool is_there(const struct bundle *b, size_t component)
{
    const struct manifest_component *all = b->manifest.components;
    const struct reference_firmware *f = &b->firmware[component];
    for (size_t i = 0; i < component; i++) {
        const struct reference_firmware *other = &b->firmware[i];
        if (other->artifact && strcmp(other->artifact, f->artifact) == 0 &&
            strcmp(other->sha256, f->sha256) == 0 &&
            all[i].launch.platform != all[component].launch.platform) {
            return true;
        }
    }
    return false;
}

enum exit_status bundle_measure(struct bundle *b, size_t component,
                                const struct evaluation *e,
                                const struct firmware_order *order,
                                struct failure *failure)
{
    const struct manifest_component *c = &b->manifest.components[component];
    struct reference_firmware *f = &b->firmware[component];
    if (firmware_measure(f, e, order, failure)) {
        return failure->status;
    }
    b->guests[component].has_disk = e->disk.name != NULL;
    b->guests[component].disk = *e->image_check;
    if (c->artifact) {
        free(f->artifact);
        f->artifact = strdup(c->artifact);
        if (!f->artifact) {
            return failure_memory(failure, NULL);
        }
    }
    struct bundle_file file = {.component = component};
    memcpy(file.sha256, f->sha256, sizeof file.sha256);
    if (!is_there(b, component)) {
        file.name = strdup(f->artifact);
        if (bundle_add(b, file, failure)) {
            return failure->status;
        }
    }
    return bundle_add_inputs(b, component, e, failure);
}

/* Once for each way in which components are published. */
void bundle_warn(const struct bundle *b, remark_fn *say)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct manifest_order *order = &b->manifest.components[i].order;
        bool said = false;
        for (size_t k = 0; k < i; k++) {
            const struct manifest_order *other =
                &b->manifest.components[k].order;
            said |= order->format_count == other->format_count &&
                    memcmp(order->formats, other->formats,
                           sizeof order->formats) == 0 &&
                    settings_same_warnings(&order->settings, &other->settings);
        }
        if (!said) {
            const struct documents_order made = order_of(order);
            documents_warn(&made, say);
        }
    }
}

bool bundle_can_sign(const struct bundle *b)
{
    bool can = false;
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct documents_order order =
            order_of(&b->manifest.components[i].order);
        can |= documents_have(&order, "corim");
    }
    return can;
}

void bundle_free(struct bundle *b)
{
    for (size_t i = 0; b->firmware && i < b->manifest.count; i++) {
        firmware_free(&b->firmware[i]);
    }
    free(b->firmware);
    free(b->guests);
    free(b->alike);
    for (size_t i = 0; i < b->file_count; i++) {
        free(b->files[i].name);
        free(b->files[i].bytes);
    }
    free(b->files);
    manifest_free(&b->manifest);
}
