/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "commands/batch.h"
#include "commands/commands.h"
#include "commands/open.h"
#include "io/diagnostic.h"
#include "report/lines.h"
#include "report/show.h"

/* Base64 of 48 bytes: no padding, and a NUL. */
#define BASE64_SIZE (MRTD_DIGEST_SIZE / 3 * 4 + 1)

/* The value as text. */
static void encode(const struct options *o, const struct mrtd_value *value,
                   char text[MRTD_HEX_SIZE])
{
    if (o->base64) {
        unsigned char base64[BASE64_SIZE];
        EVP_EncodeBlock(base64, value->digest.bytes, (int)value->digest.size);
        memcpy(text, base64, sizeof base64);
    } else {
        mrtd_hex_encode(text, value->digest.bytes, value->digest.size);
    }
}

static void print(const struct options *o, const char *name,
                  const struct mrtd_value *value)
{
    char text[MRTD_HEX_SIZE];
    FILE *to = output_stream();
    /* A list is made of a name's bytes as they are. */
    const bool shown = isatty(STDOUT_FILENO);
    encode(o, value, text);
    if (o->tag) {
        lines_tagged(to, &o->launch, text, name, shown);
    } else if (o->file_count > 1) {
        lines_plain(to, text, name, shown);
    } else {
        fputs(text, to);
    }
    if (!o->no_newline) {
        fputc('\n', to);
    }
}

static enum exit_status print_json(struct evaluation *e)
{
    struct facts facts;
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    if (facts_make(&facts, e, &failure)) {
        return diagnostic_failure(&failure);
    }
    if (!show_json(output_stream(), e, &facts)) {
        status = diagnostic_no_memory(e->name);
    }
    facts_free(&facts);
    return status;
}

/* One file by itself: JSON, or the MRTD with progress shown. */
static enum exit_status measure_one(const struct options *o, const char *name)
{
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    enum exit_status status = open_evaluation(&files, &e, &o->launch, name);
    if (status) {
        return status;
    }
    if (o->json) {
        status = print_json(&e);
    } else {
        struct mrtd_value value;
        open_report(&e);
        if (evaluation_measure(&e, NULL, NULL, &value, &failure)) {
            status = diagnostic_failure(&failure);
        } else {
            print(o, name, &value);
        }
    }
    open_close(&files, &e);
    return status;
}

static void print_each(void *context, size_t index, enum exit_status status,
                       const struct evaluation *e,
                       const struct mrtd_value *value)
{
    (void)index;
    if (!status) {
        print(context, e->name, value);
    }
}

static enum exit_status measure_batch(void *context, size_t first, size_t count)
{
    struct options *o = context;
    enum exit_status status = EXIT_DONE;
    if (!o->json && count > 1) {
        struct batch_image images[BATCH_SIZE];
        for (size_t i = 0; i < count; i++) {
            images[i] = (struct batch_image){o->files[first + i], &o->launch};
        }
        return batch_measure(images, count, true, print_each, o);
    }
    for (size_t i = 0; i < count; i++) {
        status = worst(status, measure_one(o, o->files[first + i]));
    }
    return status;
}

/* For several VMMs a list that -c reads, one VMM after the other. */
enum exit_status command_measure(struct options *options)
{
    const unsigned count = options->launch.vmm_count;
    enum exit_status status = EXIT_DONE;
    options->tag |= count > 1 && !options->json;
    for (unsigned i = 0; i < count; i++) {
        options->launch.vmm = options->launch.vmms[i];
        status = worst(status,
                       batch_run(measure_batch, options,
                                 (size_t)options->file_count, options->jobs));
    }
    return status;
}
