/* SPDX-License-Identifier: Apache-2.0 */
/* The files that the values of a release are of beside the firmware: which they
 * are is said by their digests, as it is of the firmware. */
#include <stdlib.h>
#include <string.h>

#include "model/bundle.h"
#include "printable.h"
#include "reference/digests.h"

/* Adds it to the files of the release, unless the same one is there. */
static enum exit_status add_file(struct bundle *b, size_t component,
                                 const struct bundle_input *input,
                                 struct failure *failure)
{
    const char *name = printable_base_name(input->path);
    for (size_t i = 0; i < b->file_count; i++) {
        const struct bundle_file *f = &b->files[i];
        if (strcmp(f->name, name) != 0) {
            continue;
        }
        return !f->bytes && strcmp(f->sha256, input->sha256) == 0
                   ? EXIT_DONE
                   : failure_refused(
                         failure, b->manifest.name, "document-name",
                         "two files of the release would be named %s, and "
                         "\"%s\" of components[%zu] is one; rename it",
                         printable(name), input->member, component);
    }
    struct bundle_file file = {.name = strdup(name), .component = component};
    memcpy(file.sha256, input->sha256, sizeof file.sha256);
    return bundle_add(b, file, failure);
}

static enum exit_status add_input(struct bundle *b, size_t component,
                                  const struct bundle_input *input,
                                  struct failure *failure)
{
    struct bundle_guest *guest = &b->guests[component];
    guest->inputs[guest->input_count++] = *input;
    return add_file(b, component, input, failure);
}

enum exit_status bundle_add_inputs(struct bundle *b, size_t component,
                                   const struct evaluation *e,
                                   struct failure *failure)
{
    const struct {
        const char *member;
        const struct evaluation_file *file;
    } files[] = {{"vars", &e->vars},       {"payload", &e->payload},
                 {"kernel", &e->kernel},   {"initrd", &e->initrd},
                 {"cmdline", &e->cmdline}, {"image", &e->disk}};
    const struct initdata *initdata = bundle_initdata(b, component);
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < sizeof files / sizeof *files; i++) {
        const struct evaluation_file *file = files[i].file;
        struct bundle_input input = {.member = files[i].member,
                                     .path = file->name,
                                     .size = file->source.size};
        char sha384[97];
        if (!file->name) {
            continue;
        }
        status = digests_make(&file->source, input.sha256, sha384, NULL)
                     ? add_input(b, component, &input, failure)
                     : evaluation_read_failed(e, failure);
    }
    if (!status && initdata) {
        struct bundle_input input = {.member = "initdata",
                                     .path = initdata->name,
                                     .size = initdata->size};
        memcpy(input.sha256, initdata->sha256, sizeof input.sha256);
        status = add_input(b, component, &input, failure);
    }
    return status;
}
