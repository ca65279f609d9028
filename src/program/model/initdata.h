/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Initdata of Confidential Containers: a file that the host hands a guest, and
 * by whose digest it launches the guest, in a field that reports have.
 */
#ifndef MODEL_INITDATA_H
#define MODEL_INITDATA_H

#include "failure.h"
#include "mrtd.h"
#include "reference/claims.h"

/* The longest file, and the most keys of its table [data]. */
#define INITDATA_MOST_BYTES 4194304
#define INITDATA_MOST_KEYS  1024
/* Size of HOST_DATA of a report of SEV-SNP. */
#define INITDATA_HOST_DATA 32

struct initdata {
    const char *name;          /* of the file */
    struct mrtd_digest digest; /* of all its bytes, by its own algorithm */
    /* The digest as the fields have it: cut off, or with zeros after it. */
    uint8_t mrconfigid[MRTD_DIGEST_SIZE];
    uint8_t host_data[INITDATA_HOST_DATA];
};

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
