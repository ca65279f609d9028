/* SPDX-License-Identifier: Apache-2.0 */
/* The initdata that a guest of Confidential Containers is launched with. */
#ifndef GROUPS_INITDATA_OPTIONS_H
#define GROUPS_INITDATA_OPTIONS_H

#include "model/initdata.h"
#include "options/options.h"

struct initdata_options {
    const char *file; /* as given, or NULL */
    struct initdata made;
    /* What a guest reports beside it; NULL until it is compared. */
    const struct initdata_answer *compared;
    struct initdata_answer answer;
};

/* --initdata */
extern const struct option_table initdata_options;

/* Has a guest of the platform such a field? Says on stderr that it has none. */
bool initdata_options_check(const struct initdata_options *options,
                            enum mrtd_platform platform);
/* What was made of the file; NULL where none is given. */
const struct initdata *
initdata_options_made(const struct initdata_options *options);

/* Each does nothing where no file is given, and says on stderr what is wrong:
 * reads the file; */
enum exit_status initdata_options_take(struct initdata_options *options);
/* the same, and stores MRCONFIGID; */
enum exit_status
initdata_options_mrconfigid(struct initdata_options *options,
                            uint8_t mrconfigid[MRTD_DIGEST_SIZE]);
/* the same as the first, and compares it with what was read of that name. */
enum exit_status initdata_options_compare(struct initdata_options *options,
                                          const struct claims *claims,
                                          const char *name);

#endif
