/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "verify/moment.h"

bool check_says(struct check *check, enum mrtd_verify_reason reason,
                uint64_t offset, const char *format, ...)
{
    struct mrtd_verification *v = check->verdict;
    va_list args;
    v->reason = reason;
    v->status = mrtd_verify_reason_status(reason);
    v->offset = offset;
    va_start(args, format);
    (void)vsnprintf(v->message, sizeof v->message, format, args);
    va_end(args);
    return false;
}

bool check_no_memory(struct check *check)
{
    check->code = error_set(check->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                            "out of memory for signatures");
    return false;
}

bool check_answer(struct check *check, enum crypto_answer answer,
                  enum mrtd_verify_reason if_wrong, uint64_t offset,
                  const char *what)
{
    switch (answer) {
    case CRYPTO_RIGHT:
        return true;
    case CRYPTO_NO_MEMORY:
        return check_no_memory(check);
    case CRYPTO_BAD_KEY:
        return check_says(check, MRTD_REASON_KEY_INVALID, offset,
                          "the signature of %s cannot be of the key, which is "
                          "no point of its curve, or no RSA key of 2048 to "
                          "4096 bits",
                          what);
    case CRYPTO_BAD_RANGE:
        return check_says(check, MRTD_REASON_SIGNATURE_RANGE, offset,
                          "the signature of %s is not two numbers from 1 to "
                          "the order of the curve less 1",
                          what);
    case CRYPTO_UNKNOWN:
        return check_says(check, if_wrong, offset,
                          "the signature of %s is of another algorithm than "
                          "the vendor's",
                          what);
    case CRYPTO_WRONG:
        break;
    }
    return check_says(check, if_wrong, offset,
                      "the signature of %s does not fit its content", what);
}

void check_period(struct check *check, int64_t not_before, int64_t not_after)
{
    struct mrtd_verification *v = check->verdict;
    const bool first = !check->has_period;
    check->has_period = true;
    if (first || not_before > v->not_before) {
        v->not_before = not_before;
    }
    if (first || not_after < v->not_after) {
        v->not_after = not_after;
    }
}

bool check_time(struct check *check)
{
    struct mrtd_verification *v = check->verdict;
    char from[MOMENT_SIZE];
    char to[MOMENT_SIZE];
    char now[MOMENT_SIZE];
    if (check->has_period && check->time >= v->not_before &&
        check->time <= v->not_after) {
        v->checked |= MRTD_CHECKED_VALIDITY;
        return true;
    }
    moment_text(from, v->not_before);
    moment_text(to, v->not_after);
    moment_text(now, check->time);
    return check_says(check,
                      check->time < v->not_before
                          ? MRTD_REASON_CERT_NOT_YET_VALID
                          : MRTD_REASON_CERT_EXPIRED,
                      MRTD_NO_OFFSET,
                      "the certificates are all valid from %s to %s, and the "
                      "time is %s",
                      from, to, now);
}
