/* SPDX-License-Identifier: Apache-2.0 */
/* lint: which VMMs would load an image, and with which MRTD. */
#include <string.h>

#include "commands/commands.h"
#include "commands/spelling.h"
#include "io/diagnostic.h"
#include "model/acceptance.h"
#include "printable.h"
#include "report/lint.h"

static enum exit_status lint(const struct options *o, const char *name,
                             bool *printed)
{
    struct acceptance r = {.loaders = o->loaders};
    enum exit_status status = evaluation_open_files(&r.files, &o->launch, name);
    if (status) {
        return status;
    }
    status = acceptance_make(&r);
    if (!status && o->json) {
        status = lint_print_json(&r);
    } else if (!status) {
        output("%s", *printed ? "\n" : "");
        *printed = true;
        lint_print_text(&r);
    }
    acceptance_close(&r);
    return status ? status : r.loads ? EXIT_DONE : EXIT_DIFFERS;
}

static const char *loader_name(size_t index)
{
    const struct mrtd_loader *loader = mrtd_loader_at(index);
    return loader ? loader->name : NULL;
}

static enum exit_status take_loader(struct options *o, const char *name)
{
    const struct mrtd_loader *loader;
    for (size_t i = 0; (loader = mrtd_loader_at(i)); i++) {
        if (strcmp(loader->name, name) == 0) {
            o->loaders |= UINT64_C(1) << i;
            return EXIT_DONE;
        }
    }
    char meant[SPELLING_TEXT];
    return diagnostic_usage(
        "there is no VMM '%s' to lint for; 'mrtd-calc lint --vmm help' lists "
        "them%s",
        printable(name), spelling_meant(meant, "", name, loader_name));
}

enum exit_status command_lint(struct options *options)
{
    enum exit_status status = EXIT_DONE;
    for (unsigned i = 0; !status && i < options->vmm_count; i++) {
        status = take_loader(options, options->vmms[i]);
    }
    if (status) {
        return status;
    }
    bool printed = false;
    for (int i = 0; i < options->file_count; i++) {
        status = worst(status, lint(options, options->files[i], &printed));
    }
    return status;
}
