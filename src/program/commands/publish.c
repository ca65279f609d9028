/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/publish.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/outfile.h"
#include "io/warden.h"
#include "printable.h"

static enum exit_status no_memory(void)
{
    diagnostic("out of memory");
    return EXIT_IO;
}

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
    enum exit_status status = documents_make(documents, order, &failure)
                                  ? diagnostic_failure(&failure)
                                  : EXIT_DONE;
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

/* --- What known consumers make of it ------------------------------------- */

/* Trustee 0.21: deps/key-value-storage/src/lib.rs, is_valid_key(). */
static bool is_storable(const char *key)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
    return key[strspn(key, good)] == '\0';
}

static void warn_of_key(const struct reference_settings *s)
{
    if (!is_storable(s->key)) {
        diagnostic("warning: --rvps-key %s: Trustee stores it in memory or "
                   "LocalJson only; its LocalFs (the default), Postgres and "
                   "Redis take only letters, digits and ._/- [reference-key]",
                   printable(s->key));
    }
    if (strcmp(s->key, "mr_td") != 0) {
        diagnostic("note: Trustee's default policy looks for mr_td, not for "
                   "%s [reference-key]",
                   printable(s->key));
    }
    if (s->scalar) {
        diagnostic("note: Trustee's default policy looks for a list; a string "
                   "of --scalar needs a policy of its own [reference-key]");
    }
}

static void warn_of_corim(const struct reference_settings *s)
{
    char key[600];
    if (s->corim_form != CORIM_MKEY) {
        diagnostic("warning: Trustee reads no value from this CoRIM; it reads "
                   "--corim-form mkey [reference-corim]");
        return;
    }
    snprintf(key, sizeof key, "%s/%s/claim83/digests", s->vendor, s->model);
    diagnostic("note: Trustee files the value under %s [reference-corim]",
               printable(key));
    if (!is_storable(key)) {
        diagnostic("warning: Trustee's LocalFs (the default), Postgres and "
                   "Redis take only letters, digits and ._/- in such a key; "
                   "choose --vendor and --model so [reference-corim]");
    }
}

static void warn_of_go_tdx_guest(const struct documents_order *order)
{
    const struct reference_set set = {.firmware = order->firmware,
                                      .count = order->firmware_count};
    const bool is_one = reference_count(&set) == 1;
    const bool checks = order->settings->debug_check;
    if (!is_one || checks) {
        diagnostic("note: the policy for go-tdx-guest has %s%s%s, which "
                   "v0.3.1 does not know: it needs a newer one "
                   "[go-tdx-guest]",
                   is_one ? "" : "any_mr_td, for several MRTDs",
                   !is_one && checks ? ", and " : "",
                   checks ? "enable_td_debug_check" : "");
    }
}

void publish_warn(const struct documents_order *order)
{
    if (documents_have(order, "rvps") || documents_have(order, "rvps-map")) {
        warn_of_key(order->settings);
    }
    if (documents_have(order, "corim")) {
        warn_of_corim(order->settings);
    }
    if (order->firmware_count > 0 && documents_have(order, "go-tdx-guest")) {
        warn_of_go_tdx_guest(order);
    }
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

enum exit_status publish_in_folder(const struct documents *documents,
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
