/* SPDX-License-Identifier: Apache-2.0 */
/* What a firmware is checked against: the argument of --against. */
#ifndef MODEL_AGAINST_H
#define MODEL_AGAINST_H

#include "model/evaluation.h"
#include "reference/claims.h"

struct against {
    const char *name;            /* as the user gave it */
    enum mrtd_platform platform; /* whose launch digests are looked for */
    struct claims claims;
    unsigned char
        *bytes; /* bytes of the file; NULL where the name is itself a digest */
    size_t size;
};

/*
 * Reads the bytes of against->bytes, or against->name itself where there are
 * none: an MRTD in hexadecimal or base64. *own is what the user says that the
 * environment of a CoRIM is called. After a failure *against holds nothing.
 */
enum exit_status against_read(struct against *against, enum claims_kind kind,
                              enum claims_reading reading,
                              const struct environment_own *own,
                              struct failure *failure);
void against_close(struct against *against);

/*
 * Has the firmware taken for what the input says of that file (by its digests)
 * in "image_format". Refused if that is another format than *own asks for, or
 * both are said and it asks for none.
 */
enum exit_status against_take_format(const struct against *against,
                                     struct launch_options *own,
                                     const struct evaluation_file *file,
                                     struct failure *failure);

/* Is that claim of such a firmware as it was taken for, and measured with the
 * files that it was made with? */
bool against_is_of_format(const struct claim *claim,
                          const struct launch_options *own);

/* Is the argument itself a digest that the platform measures? In hexadecimal,
 * or in base64 that names no file; is_missing: there is no file of that name.
 */
bool against_is_value(enum mrtd_platform platform, const char *text,
                      bool is_missing);

/* Refuses the argument of an option that names no file if it is digits meant as
 * such a digest, but too few, too many, or not all hexadecimal; or if what it
 * is said to be has to be in a file, whatever its digits. */
enum exit_status against_check_digits(enum mrtd_platform platform,
                                      const char *option, const char *text,
                                      bool may_be_value,
                                      struct failure *failure);

/* A file of more than CLAIMS_MAX_SIZE bytes: a firmware image, more often than
 * not. */
enum exit_status against_refuse_large(const char *name,
                                      const struct mrtd_source *source,
                                      struct failure *failure);

/*
 * Reports what was skipped; check prints what was taken in spite of its
 * spelling.
 */
void against_remark(const struct against *against, remark_fn *say);

#endif
