/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "commands/batch.h"
#include "commands/commands.h"
#include "commands/launching.h"
#include "model/list_line.h"
#include "printable.h"

struct measure_options {
    struct files files;
    struct launching launching;
    struct batch_options batch;
    bool tag;
    bool no_newline;
    bool base64;
    bool json;
    bool verbose;
};

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

static void print(const struct measure_options *o, const char *name,
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
               list_label(o->launching.launch.profile,
                          o->launching.launch.image_format, label),
               name, text, end);
    } else if (o->files.operand_count > 1) {
        name = line_name(name, &escaped);
        output("%s%s  %s%s", escaped ? "\\" : "", text, name, end);
    } else {
        output("%s%s", text, end);
    }
}

/* One file by itself: JSON, or the MRTD with progress shown. */
static enum exit_status measure_one(const struct measure_options *o,
                                    const char *name)
{
    struct evaluation e;
    enum exit_status status = evaluation_open(&e, &o->launching.launch, name);
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
    struct measure_options *o = context;
    char *const *names = o->files.operands + first;
    enum exit_status status = EXIT_DONE;
    if (!o->json && count > 1) {
        struct batch_image images[BATCH_SIZE];
        for (size_t i = 0; i < count; i++) {
            images[i] = (struct batch_image){names[i], &o->launching.launch};
        }
        return batch_measure(images, count, true, print_each, o);
    }
    for (size_t i = 0; i < count; i++) {
        status = worst(status, measure_one(o, names[i]));
    }
    return status;
}

/* For several VMMs a list that -c reads, one VMM after the other. */
static enum exit_status run(void *options)
{
    struct measure_options *o = options;
    struct launch_options *launch = &o->launching.launch;
    enum exit_status status = EXIT_DONE;
    o->tag |= launch->profile_count > 1 && !o->json;
    for (unsigned i = 0; i < launch->profile_count; i++) {
        launch->profile = launch->profiles[i];
        status =
            worst(status, batch_run(measure_batch, o,
                                    (size_t)o->files.operand_count, &o->batch));
    }
    return status;
}

static bool check(void *options)
{
    struct measure_options *o = options;
    const unsigned vmms = o->launching.vmm_count;
    return options_must(!o->verbose, "-v is for --version and --help") &&
           OPTIONS_EXCLUDE({"--json", o->json}, {"--base64", o->base64},
                           {"--tag", o->tag}) &&
           OPTIONS_EXCLUDE({"-n", o->no_newline}, {"--json", o->json}) &&
           options_must(!o->no_newline ||
                            (o->files.operand_count <= 1 && vmms <= 1),
                        "-n is for a single file and VMM") &&
           options_must(!o->base64 || vmms <= 1,
                        "--base64 is for a single VMM: lists of several are "
                        "hexadecimal") &&
           launching_check(&o->launching, &o->files, command_measure.title,
                           LAUNCHING_SEVERAL);
}

#define OWN(name, kind, member, text)                                          \
    OPTION(name, kind, struct measure_options, member, OPTION_ALONE, text)

static const struct option_row rows[] = {
    {OWN("tag", FLAG, tag, "print 'MRTD (FILE) = HEX'")},
    {OWN("base64", FLAG, base64, "print base64 instead of hexadecimal")},
    {OWN("json", JSON, json, "print one JSON object a line")},
    {OWN("no-newline", FLAG, no_newline, "print no newline after the MRTD"),
     .letter = 'n'},
};
static const struct option_table table = OPTION_TABLE(rows);

static const struct option_row rows_program[] = {
    {.name = "version",
     .kind = OPTION_QUESTION,
     .text = "print the program's version; with -v also the SHA-384 engines, "
             "CBOR and the sandbox",
     .question = &help_of_version},
    {OWN("verbose", MORE, verbose, "with --version and --help: more"),
     .letter = 'v'},
};
static const struct option_table table_program = OPTION_TABLE(rows_program);

#define AT(member) offsetof(struct measure_options, member)
const struct command command_measure = {
    .title = "printing MRTDs",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct measure_options),
    .uses = {{&table, 0},
             {&launching_vmms, AT(launching)},
             {&launching_vars, AT(launching)},
             {&launching_format, AT(launching)},
             {&launching_how, AT(launching)},
             {&launching_limit, AT(launching)},
             {&batch_options_table, AT(batch)},
             {&options_of_all, 0},
             {&table_program, 0}},
    .check = check,
    .run = run,
    .usage = {"[OPTION]... FIRMWARE..."},
    .text = "Prints the MRTD of each image, 96 hexadecimal digits; of several, "
            "with their names, as sha256sum does. -c checks such lines later.",
    .examples = {"mrtd-calc OVMF.fd", "mrtd-calc --vmm cloud-hypervisor "
                                      "--payload bzImage td-shim.bin"},
};
