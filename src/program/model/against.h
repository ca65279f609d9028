/* SPDX-License-Identifier: Apache-2.0 */
/* What a firmware is checked against: the argument of --against. */
#ifndef MODEL_AGAINST_H
#define MODEL_AGAINST_H

#include "io/output.h"
#include "model/evaluation.h"
#include "reference/claims.h"

struct against {
    const char *name; /* as the user gave it */
    struct claims claims;
    unsigned char *bytes; /* of the file, or NULL where the name says it all */
    size_t size;
};

/*
 * Reads text, the argument of that option: an MRTD in hexadecimal or base64, or
 * the name of a file. What is wrong is said on stderr, and *against holds
 * nothing. What was passed over is said there, too. *own is what the user says
 * that the environment of a CoRIM is called.
 */
enum exit_status against_open(struct against *against, const char *option,
                              const char *text, enum claims_kind kind,
                              enum claims_reading reading,
                              const struct environment_own *own);
void against_close(struct against *against);

/*
 * As evaluation_open() for a firmware, which is taken for what the input says
 * of that file (by its digests) in "image_format". Refused if that is another
 * format than --image-format asks for, or both are said and the option is not
 * given. *own is a copy of the options, which must stay as long as *e.
 */
enum exit_status against_evaluate(const struct against *against,
                                  struct evaluation *e,
                                  struct launch_options *own,
                                  const struct launch_options *options,
                                  const char *name);

/* Is that claim of such a firmware as it was taken for, and measured with the
 * files that it was made with? */
bool against_is_of_format(const struct claim *claim,
                          const struct launch_options *own);

#endif
