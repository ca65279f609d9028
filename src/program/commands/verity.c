/* SPDX-License-Identifier: Apache-2.0 */
/* verity: the root hash of a disk image, or of a partition of it. */
#include "report/verity.h"

#include <string.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "groups/tree_options.h"
#include "io/diagnostic.h"

struct verity_options {
    struct files files;
    struct tree_options tree;
    bool root_only;
    bool json;
};

/* --- The command ------------------------------------------------------- */

static int show(void *context, uint64_t hashed, uint64_t total)
{
    progress_show(context, hashed, total);
    return 0;
}

static enum exit_status print(const struct verity_options *o,
                              const struct verity *v)
{
    FILE *to = output_stream();
    if (o->root_only) {
        char root[VERITY_HEX_SIZE];
        fprintf(to, "%s\n", verity_root_hex(v, root));
    } else if (!o->json) {
        verity_text(to, v);
    } else if (!verity_json(to, v)) {
        return diagnostic_no_memory(v->data.file);
    }
    return v->differs ? EXIT_DIFFERS : EXIT_DONE;
}

static enum exit_status make(const struct verity_options *o,
                             struct input inputs[2])
{
    struct progress progress = {.name = o->files.operands[0]};
    const struct mrtd_observer observer = {.context = &progress,
                                           .progress = show};
    const struct evaluation_file none = {.name = NULL};
    struct verity v;
    struct failure failure;
    enum exit_status status = input_open(&inputs[0], o->files.operands[0]);
    if (!status && o->tree.hash_device) {
        status = input_open(&inputs[1], o->tree.hash_device);
    }
    if (status) {
        return status;
    }
    const struct evaluation_file image = open_as_file(&inputs[0]);
    const struct evaluation_file device =
        o->tree.hash_device ? open_as_file(&inputs[1]) : none;
    status = verity_make(&v, &o->tree.request, &image, &device, &observer,
                         diagnostic_file, &failure);
    progress_show(&progress, 0, 0);
    return status ? diagnostic_failure(&failure) : print(o, &v);
}

static enum exit_status run(void *options)
{
    struct input inputs[2] = {{.fd = -1}, {.fd = -1}};
    const enum exit_status status = make(options, inputs);
    input_close(&inputs[0]);
    input_close(&inputs[1]);
    return status;
}

/* --- The command line -------------------------------------------------- */

static bool check(void *options)
{
    struct verity_options *o = options;
    const char *device = o->tree.hash_device;
    return tree_options_check(&o->tree) && options_read_stdin_once(&o->files) &&
           options_must(!device || strcmp(device, o->files.operands[0]) != 0,
                        "--hash-device is the image itself; --hash-offset "
                        "alone says where the tree is in it") &&
           OPTIONS_EXCLUDE({"--json", o->json}, {"--root-only", o->root_only});
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct verity_options, json, OPTION_ALONE,
            "print one JSON object")},
    {OPTION("root-only", FLAG, struct verity_options, root_only, OPTION_ALONE,
            "print the bare root hash")},
};

const struct command command_verity = {
    .word = "verity",
    .title = "verity",
    .fewest_files = 1,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct verity_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&tree_options, offsetof(struct verity_options, tree)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "compute a disk image's dm-verity root hash, and compare it",
    .usage = {"verity [OPTION]... IMAGE"},
    .text = "Computes the root hash by which a guest's command line names its "
            "disk image. Compares it with what is expected, and the tree.",
    .examples = {"mrtd-calc verity --partition 1 --params \"$(cat "
                 "root_hash_base.txt)\" kata.img",
                 "mrtd-calc verity --hash-device tree.img --root-only "
                 "root.img"},
};
