/* SPDX-License-Identifier: Apache-2.0 */
/* A release that a manifest describes: its components, open. */
#ifndef COMMANDS_BUNDLE_H
#define COMMANDS_BUNDLE_H

#include "commands/open.h"
#include "commands/verify.h"
#include "model/bundle.h"

/* Opens a component, of which image and plan are made; close it with
 * open_close(). *options is its launch, bundle_launch(). */
enum exit_status bundle_open(struct bundle *b, size_t index,
                             struct launch_options *options,
                             struct open_files *files, struct evaluation *e);
/* Says that a component failed; what says what then follows. */
void bundle_say_failed(const struct bundle *b, size_t index, const char *what);

/* reference --verify --release: is what a document says true of all of the
 * release's components of the platform, 0: that of the first? */
enum exit_status bundle_verify(struct bundle *b, struct verify_request *request,
                               enum mrtd_platform platform);

#endif
