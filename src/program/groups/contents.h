/* SPDX-License-Identifier: Apache-2.0 */
/* Options of documents of reference values: which formats, and what the
 * documents say beside the values. */
#ifndef GROUPS_CONTENTS_H
#define GROUPS_CONTENTS_H

#include "groups/expectation.h"
#include "model/documents.h"
#include "model/launch_options.h"
#include "options/options.h"

/* As given, or NULL. */
struct contents_options {
    struct environment_options environment;
    const char *formats;
    const char *id;
    const char *version;
    const char *entity;
    const char *rvps_key;
    const char *corim_form;
    const char *expires;
    bool scalar;
    bool debug_check;
};

/* --format alone, and what else there is. */
extern const struct option_table contents_format;
extern const struct option_table contents_options;

/* The names of the formats, with commas. */
const char *contents_formats(const struct contents_options *options);

/*
 * Fills the formats of *order, whose settings are *settings, and these: they
 * have the platform and its defaults. files are those of the command, which say
 * who signs; launch and has_initdata are what the documents are of. Says on
 * stderr what is wrong.
 */
enum exit_status contents_take(const struct contents_options *options,
                               const struct files *files,
                               const struct launch_options *launch,
                               bool has_initdata, struct documents_order *order,
                               struct reference_settings *settings);

#endif
