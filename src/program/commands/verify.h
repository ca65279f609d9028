/* SPDX-License-Identifier: Apache-2.0 */
/* reference --verify, of firmware files or of all of a release. */
#ifndef COMMANDS_VERIFY_H
#define COMMANDS_VERIFY_H

#include "groups/expectation.h"
#include "model/verification.h"

/* What is verified, and how. */
struct verify_request {
    struct environment_options environment;
    struct time_options when;
    const char *document; /* or NULL */
    const char *key;      /* or NULL */
    bool strict;
};

/* --verify, --key and --strict; --time, --vendor and the like are tables of
 * their own. */
extern const struct option_table verify_options_table;

/* Of what a document is verified. */
struct verify_subject {
    enum mrtd_platform platform;
    /* Says of each firmware what is compared: verification_ask(). */
    void (*ask)(const void *context, struct verification *v);
    /* Compares all of it; what is wrong is said. */
    enum exit_status (*compare)(void *context, struct verification *v);
    void *context;
};

enum exit_status verify_document(struct verify_request *request,
                                 const struct verify_subject *subject);

/* Measures a firmware that is open, launched as *own says, and compares it; the
 * verdict is said of that name. */
enum exit_status verify_firmware(struct verification *v,
                                 const struct launch_options *own,
                                 const struct evaluation *e, const char *name);

#endif
