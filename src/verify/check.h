/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One verification as it goes on. Its steps return true where all is right so
 * far. False ends it: either the verdict says why, or code is not MRTD_OK and
 * the error does.
 */
#ifndef VERIFY_CHECK_H
#define VERIFY_CHECK_H

#include <stdbool.h>

#include "base/span.h"
#include "mrtd.h"
#include "verify/certificates.h"
#include "verify/crypto.h"

struct check {
    struct mrtd_verification *verdict;
    enum mrtd_code code;
    struct mrtd_error *error;
    struct crypto crypto;
    struct span data; /* all of it */
    const struct mrtd_evidence *evidence;
    int64_t time;
    const struct certificate *own_root;       /* NULL: the built-in ones */
    struct certificates given;                /* beside the evidence */
    bool has_period;                          /* of the verdict */
    const struct mrtd_collateral *collateral; /* NULL: there is none */
};

/* Ends it with a reason; the format, which may say "", is of the message. */
bool check_says(struct check *check, enum mrtd_verify_reason reason,
                uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Ends it as memory is short. */
bool check_no_memory(struct check *check);

/* What libcrypto has said of a signature: right, or a reason. */
bool check_answer(struct check *check, enum crypto_answer answer,
                  enum mrtd_verify_reason if_wrong, uint64_t offset,
                  const char *what);

/* The time between the two is part of when the chain is valid. */
void check_period(struct check *check, int64_t not_before, int64_t not_after);
/* Is the time asked for part of it? The last step, for it is no forgery. */
bool check_time(struct check *check);

#endif
