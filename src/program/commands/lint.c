/* SPDX-License-Identifier: Apache-2.0 */
/* lint: which VMMs would load an image, and with which MRTD. */
#include "report/lint.h"
#include "commands/commands.h"
#include "commands/open.h"
#include "commands/spelling.h"
#include "io/diagnostic.h"
#include "model/acceptance.h"
#include "printable.h"

static enum exit_status lint(const struct options *o, const char *name,
                             bool *printed)
{
    struct open_files files;
    struct failure failure;
    struct acceptance r = {.count = 0};
    enum exit_status status = open_sources(&files, &r.files, &o->launch, name);
    if (status) {
        return status;
    }
    if (acceptance_make(&r, &failure)) {
        status = diagnostic_failure(&failure);
    }
    if (!status && !o->json) {
        FILE *to = output_stream();
        if (*printed) {
            fputc('\n', to);
        }
        *printed = true;
        lint_print_text(to, &r);
    } else if (!status && !lint_print_json(output_stream(), &r)) {
        status = diagnostic_no_memory(name);
    }
    acceptance_free(&r);
    open_close(&files, &r.files);
    return status ? status : r.loads ? EXIT_DONE : EXIT_DIFFERS;
}

enum exit_status command_lint(struct options *options)
{
    enum exit_status status = EXIT_DONE;
    bool printed = false;
    for (int i = 0; i < options->file_count; i++) {
        status = worst(status, lint(options, options->files[i], &printed));
    }
    return status;
}
