/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is refused where it was given, since it belongs elsewhere. */
#ifndef MODEL_MISTAKEN_H
#define MODEL_MISTAKEN_H

#include "failure.h"
#include "mrtd.h"

/* What a file was taken for. */
enum mistaken_for {
    MISTAKEN_FOR_FIRMWARE,
    MISTAKEN_FOR_EVIDENCE, /* for evidence or reference values */
    MISTAKEN_FOR_LIST,
};

/*
 * If the file is of another kind that is known, *failure is of which, and which
 * command takes it. EXIT_DONE: it is not.
 */
enum exit_status mistaken_tell(const char *name,
                               const struct mrtd_source *source,
                               enum mistaken_for place,
                               struct failure *failure);

#endif
