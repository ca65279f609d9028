/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a release's manifest: how each is taken from its JSON. */
#ifndef MODEL_MANIFEST_MEMBERS_H
#define MODEL_MANIFEST_MEMBERS_H

#include "model/manifest.h"

/* Where a member is taken to. */
struct taking {
    struct manifest *manifest;
    struct manifest_component *component; /* NULL: the release */
    struct failure *failure;
};

typedef enum exit_status take_fn(const struct taking *t, const char *key,
                                 const json_t *value);

struct manifest_member {
    const char *key;
    take_fn *take; /* NULL: it is looked at elsewhere */
    /* In a component, the platforms that have it: MANIFEST_OF() of each, 0: all
     * of them. */
    unsigned platforms;
};

#define MANIFEST_OF(platform) (1U << (platform))

struct manifest_table {
    const struct manifest_member *members;
    size_t count;
};

/* Members of the release and of components: what is published. id and release
 * are the names of the two. */
extern const struct manifest_table manifest_publishing;
/* Members of components: how the firmware is launched. */
extern const struct manifest_table manifest_launching;

/* manifest_boot.c: how a TD boots. */
extern const struct manifest_table manifest_booting;

/* "MANIFEST: components[1]: "KEY": WHY [manifest]" */
enum exit_status manifest_refuse(const struct taking *t, const char *key,
                                 const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Each takes a kind of value. A text that is not empty; */
enum exit_status manifest_text(const struct taking *t, const char *key,
                               const json_t *value, const char **field);
/* a path, which starts where the manifest is; the component keeps it; */
enum exit_status manifest_path(const struct taking *t, const char *key,
                               const json_t *value, const char **field);
/* a list that is not empty, of which each is called for every item. */
enum exit_status manifest_list(const struct taking *t, const char *key,
                               const json_t *value, take_fn *each);
/* The same of strings alone. */
enum exit_status manifest_texts(const struct taking *t, const char *key,
                                const json_t *value, take_fn *each);

/* Can the format hold the values of the platform? */
bool manifest_holds(const struct reference_format *format,
                    enum mrtd_platform platform);

/* What of a component's launch does not go together? Fills in defaults. */
enum exit_status manifest_check_launch(const struct taking *t);
/* And then of what is published beside an MRTD? */
enum exit_status manifest_check_boot(const struct taking *t);

#endif
