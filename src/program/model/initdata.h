/* SPDX-License-Identifier: Apache-2.0 */
/* The initdata of a guest, read from its file and compared with what a guest
 * reports. */
#ifndef MODEL_INITDATA_H
#define MODEL_INITDATA_H

#include "failure.h"
#include "mrtd.h"
#include "reference/claims.h"
#include "reference/initdata_value.h"

/* The longest file, and the most keys of its table [data]. */
#define INITDATA_MOST_BYTES 4194304
#define INITDATA_MOST_KEYS  1024

/* Reads the file, and makes the fields. What a parser of TOML could take for
 * something else than is done here is refused. */
enum exit_status initdata_make(struct initdata *initdata, const char *name,
                               const char *bytes, size_t size,
                               struct failure *failure);

/* initdata_toml.c: the algorithm that the file names; bytes has a NUL after
 * it. */
enum exit_status initdata_algorithm(enum mrtd_algorithm *algorithm,
                                    const char *name, const char *bytes,
                                    size_t size, struct failure *failure);

/* The field of one guest beside that of the file. */
struct initdata_answer {
    const struct initdata *initdata;
    const char *against; /* the name of what the guest reports */
    const struct mrtd_evidence *evidence;
    const char *field; /* "MRCONFIGID" or "HOST_DATA" */
    size_t size;       /* of both, in bytes */
    const uint8_t *made;
    const uint8_t *reported;
    bool same;
};

/* Compares the file with the one quote or report that was read; what has no
 * such field, or is more than one, is refused. */
enum exit_status initdata_compare(struct initdata_answer *answer,
                                  const struct initdata *initdata,
                                  const struct claims *claims, const char *name,
                                  struct failure *failure);

#endif
