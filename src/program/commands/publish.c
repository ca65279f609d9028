/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/publish.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/outfile.h"
#include "io/warden.h"
#include "printable.h"
#include "report/lines.h"

/* --- Making -------------------------------------------------------------- */

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

enum exit_status publish_make(struct documents *documents,
                              const struct documents_order *order, bool signs)
{
    struct failure failure;
    enum exit_status status = diagnostic_outcome(
        documents_make(documents, order, &failure), &failure);
    for (size_t i = 0; signs && !status && i < documents->count; i++) {
        struct document *d = &documents->items[i];
        if (strcmp(d->format->name, "corim") == 0) {
            status = sign(d);
        }
    }
    if (status) {
        documents_free(documents);
    }
    return status;
}

/* --- Writing ------------------------------------------------------------- */

enum exit_status publish_member(const char *folder, const char *name,
                                const char *bytes, size_t size)
{
    enum exit_status status = EXIT_DONE;
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return diagnostic_no_memory(NULL);
    }
    status = outfile_write_member(path, name, bytes, size);
    free(path);
    return status;
}

enum exit_status publish_in_folder(const struct documents *documents,
                                   const char *folder)
{
    enum exit_status status = warden_folder(false);
    for (size_t i = 0; !status && i < documents->count; i++) {
        const struct document *d = &documents->items[i];
        status = publish_member(folder, d->name, d->bytes, d->size);
    }
    if (!status) {
        status = outfile_place();
    }
    for (size_t i = 0; !status && i < documents->count; i++) {
        lines_path(output_stream(), folder, documents->items[i].name);
    }
    return status;
}

enum exit_status publish_one(const struct documents *documents,
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
