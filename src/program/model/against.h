/* SPDX-License-Identifier: Apache-2.0 */
/* What a firmware is checked against: the argument of --against. */
#ifndef MODEL_AGAINST_H
#define MODEL_AGAINST_H

#include "model/evaluation.h"
#include "reference/claims.h"

struct against {
    const char *name; /* as the user gave it */
    struct claims claims;
    unsigned char
        *bytes; /* bytes of the file; NULL where the name is itself an MRTD */
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

#endif
