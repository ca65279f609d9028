/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "commands/batch.h"
#include "commands/commands.h"
#include "model/list_line.h"
#include "printable.h"

/* Base64 of 48 bytes: no padding, and a NUL. */
#define BASE64_SIZE (MRTD_DIGEST_SIZE / 3 * 4 + 1)

const char *list_name(const char *name, bool *escaped)
{
    static _Thread_local char text[2 * 4096 + 1];
    size_t used = 0;
    *escaped = strpbrk(name, "\n\r\\") != NULL;
    if (!*escaped) {
        return name;
    }
    for (const char *p = name; *p && used + 2 < sizeof text; p++) {
        if (*p == '\n' || *p == '\r' || *p == '\\') {
            text[used++] = '\\';
            text[used++] = (char)(*p == '\n' ? 'n' : *p == '\r' ? 'r' : '\\');
        } else {
            text[used++] = *p;
        }
    }
    text[used] = '\0';
    return text;
}

/* A list is made of a name's bytes as they are; on a terminal they could hide
 * or forge a line. */
static const char *line_name(const char *name, bool *escaped)
{
    const char *text = list_name(name, escaped);
    if (isatty(STDOUT_FILENO) && !printable_is_plain(text)) {
        text = printable(name);
        *escaped = false;
    }
    return text;
}

static void print(const struct options *o, const char *name,
                  const uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    char text[MRTD_HEX_SIZE];
    const char *end = o->no_newline ? "" : "\n";
    bool escaped = false;
    if (o->base64) {
        unsigned char base64[BASE64_SIZE];
        EVP_EncodeBlock(base64, mrtd, MRTD_DIGEST_SIZE);
        memcpy(text, base64, sizeof base64);
    } else {
        mrtd_hex_encode(text, mrtd, MRTD_DIGEST_SIZE);
    }
    if (o->tag) {
        char label[LIST_LABEL_SIZE];
        name = line_name(name, &escaped);
        output("%sMRTD%s (%s) = %s%s", escaped ? "\\" : "",
               list_label(o->launch.profile, o->launch.image_format, label),
               name, text, end);
    } else if (o->file_count > 1) {
        name = line_name(name, &escaped);
        output("%s%s  %s%s", escaped ? "\\" : "", text, name, end);
    } else {
        output("%s%s", text, end);
    }
}

/* One file by itself: JSON, or the MRTD with progress shown. */
static enum exit_status measure_one(const struct options *o, const char *name)
{
    struct evaluation e;
    enum exit_status status = evaluation_open(&e, &o->launch, name);
    if (status) {
        return status;
    }
    if (o->json) {
        status = json_print(&e);
    } else {
        uint8_t mrtd[MRTD_DIGEST_SIZE];
        evaluation_report(&e);
        status = evaluation_measure(&e, NULL, NULL, mrtd);
        if (!status) {
            print(o, name, mrtd);
        }
    }
    evaluation_close(&e);
    return status;
}

static void print_each(void *context, size_t index, enum exit_status status,
                       const struct evaluation *e,
                       const uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    (void)index;
    if (!status) {
        print(context, e->name, mrtd);
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
    const unsigned count = options->launch.profile_count;
    enum exit_status status = EXIT_DONE;
    options->tag |= count > 1 && !options->json;
    for (unsigned i = 0; i < count; i++) {
        options->launch.profile = options->launch.profiles[i];
        status = worst(status,
                       batch_run(measure_batch, options,
                                 (size_t)options->file_count, options->jobs));
    }
    return status;
}
