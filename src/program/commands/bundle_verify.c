/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference --verify --release: a document of a whole release may have several
 * kernels and launches, which no options say at once. Its manifest does.
 */
#include "commands/bundle.h"
#include "io/diagnostic.h"

/* The components of one platform. */
struct part {
    struct bundle *bundle;
    enum mrtd_platform platform;
};

static bool has(const struct part *part, size_t index)
{
    return part->bundle->manifest.components[index].launch.platform ==
           part->platform;
}

static void ask(const void *context, struct verification *v)
{
    const struct part *part = context;
    const struct bundle *b = part->bundle;
    for (size_t i = 0; i < b->manifest.count; i++) {
        if (has(part, i)) {
            verification_ask(v, &b->manifest.components[i].launch,
                             bundle_initdata(b, i));
        }
    }
}

static enum exit_status compare_component(struct bundle *b, size_t index,
                                          struct verification *v)
{
    struct launch_options options = bundle_launch(b, index);
    struct open_files files;
    struct evaluation e;
    enum exit_status status = bundle_open(b, index, &options, &files, &e);
    if (!status) {
        verification_ask(v, &b->manifest.components[index].launch,
                         bundle_initdata(b, index));
        status = verify_firmware(v, &options, &e,
                                 b->manifest.components[index].name);
        open_close(&files, &e);
    }
    if (status > EXIT_DIFFERS) {
        bundle_say_failed(b, index, "");
    }
    return status;
}

static enum exit_status compare(void *context, struct verification *v)
{
    const struct part *part = context;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < part->bundle->manifest.count; i++) {
        if (has(part, i)) {
            status = worst(status, compare_component(part->bundle, i, v));
        }
    }
    return status;
}

enum exit_status bundle_verify(struct bundle *b, struct verify_request *request,
                               enum mrtd_platform platform)
{
    const struct manifest *m = &b->manifest;
    struct part part = {b,
                        platform ? platform : m->components[0].launch.platform};
    const struct verify_subject subject = {part.platform, ask, compare, &part};
    return manifest_count(m, part.platform) > 0
               ? verify_document(request, &subject)
               : diagnostic_usage("--platform %s: no component of the manifest "
                                  "is of it",
                                  mrtd_platform_name(part.platform));
}
