/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel's collateral of TDX quotes, from files: TCB info and QE identity with
 * what signs them, and the two CRLs. docs/mrtd-calc.1 says in which forms.
 */
#ifndef MODEL_COLLATERAL_H
#define MODEL_COLLATERAL_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "failure.h"
#include "mrtd.h"

/* Larger files are no collateral. */
#define COLLATERAL_MOST_BYTES MRTD_VERIFY_MAX_COLLATERAL

/* A file of the user's, whose bytes stay as long as the collateral. */
struct collateral_file {
    const char *name;
    const char *bytes;
    size_t size;
};

/* The files: one with all of it, or five. A name is NULL where there is no such
 * file. */
struct collateral_files {
    struct collateral_file whole;
    struct collateral_file tcb_info;
    struct collateral_file qe_identity;
    struct collateral_file issuer_chain; /* of both */
    struct collateral_file pck_crl;
    struct collateral_file root_crl;
};

/* What is kept beside what the library takes. */
struct collateral_document {
    json_t *json;
    uint64_t evaluation; /* tcbEvaluationDataNumber */
    /* Why it is not one for TDX that is known here, or "": then nothing else of
     * it was read but when it is valid. */
    char mismatch[200];
};

/* Most parts that are decoded: six of one file, and two JSON texts. */
#define COLLATERAL_OWNED 8

struct collateral {
    struct collateral_files files;
    struct mrtd_collateral given; /* for mrtd_verify() */
    struct mrtd_tcb_info info;
    struct mrtd_tcb_enclave enclave;
    struct collateral_document tcb_info;
    struct collateral_document qe_identity;
    /* The chain of a quote that has none, of the file with all of it; or
     * NULL. */
    struct mrtd_verify_bytes pck_chain;
    /* The lists of info and enclave. */
    struct mrtd_tcb_level *levels;
    struct mrtd_tcb_module *modules;
    struct mrtd_tcb_svn_level *module_levels; /* of all modules */
    struct mrtd_tcb_svn_level *enclave_levels;
    json_t *whole; /* the file with all of it, or NULL */
    void *owned[COLLATERAL_OWNED];
    size_t owned_count;
};

/* On failure fills *failure; the collateral is to be freed all the same. */
enum exit_status collateral_read(struct collateral *collateral,
                                 const struct collateral_files *files,
                                 struct failure *failure);
void collateral_free(struct collateral *collateral);

/* The file that has the part, and its option; NULL: MRTD_COLLATERAL_NONE. */
const char *collateral_file_of(const struct collateral *collateral,
                               enum mrtd_collateral_part part,
                               const char **option);

/* The advisories of a level of such a list ("tcbLevels"), or NULL. */
const json_t *collateral_advisories(const json_t *levels, size_t index);

/* --- collateral_json.c ---------------------------------------------------- */

/* Each decodes the signed bytes of given, of that file, into the collateral,
 * and given's times. */
enum exit_status collateral_read_info(struct collateral *collateral,
                                      const char *file,
                                      struct failure *failure);
enum exit_status collateral_read_identity(struct collateral *collateral,
                                          const char *file,
                                          struct failure *failure);
void collateral_free_json(struct collateral *collateral);

/* --- collateral_kind.c: which file is what -------------------------------- */

/* Where the file of *failure is another part of collateral than its option
 * takes, or is empty, says that instead. Returns the failure's status. */
enum exit_status collateral_refuse(const struct collateral_files *files,
                                   struct failure *failure);

/* --- collateral_text.c: how collateral is written ------------------------- */

/* The text is a JSON object without duplicate keys. Finds the bytes of the
 * value of its member of that name, without white space around them; false:
 * there is none whose name is written so, without escapes. */
bool collateral_member(const char *text, size_t size, const char *name,
                       struct mrtd_verify_bytes *found);

/* Each writes to bytes, which have room for as many, and returns true if the
 * text is of that form. */

/* A CRL: PEM, hexadecimal or base64, with white space around it. */
bool collateral_decode_crl(uint8_t *bytes, size_t *decoded, const char *text,
                           size_t size);
/* Text of one line in which bytes are percent-encoded, maybe with a line end;
 * no byte of it is 0. */
bool collateral_decode_percent(uint8_t *bytes, size_t *decoded,
                               const char *text, size_t size);

#endif
