/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer.h"

#include <string.h>

#include "reference/digests.h"

/* Is the claim the launch's MRTD, whenever it is valid? */
static bool is_equal(const struct claim *claim, const struct launch *launch)
{
    return !launch->error.code &&
           mrtd_value_equal(&claim->value, &launch->value);
}

const struct claim *answer_claim(const struct answer *answer,
                                 const struct launch *launch)
{
    const struct claims *claims = &answer->against->claims;
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        if (is_equal(claim, launch) &&
            against_is_of_format(claim, answer->e.options) &&
            claims_valid_at(claim, answer->time)) {
            return claim;
        }
    }
    return NULL;
}

const struct claim *answer_out_of_time(const struct answer *answer,
                                       const struct launch **launch)
{
    const struct claims *claims = &answer->against->claims;
    const struct launches *launches = &answer->launches;
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        if (claims_valid_at(claim, answer->time)) {
            continue;
        }
        for (size_t k = 0; k < launches->count; k++) {
            if (is_equal(claim, &launches->items[k])) {
                *launch = &launches->items[k];
                return claim;
            }
        }
    }
    return NULL;
}

bool answer_is_match(const struct answer *answer, const struct launch *launch)
{
    if (!answer_claim(answer, launch)) {
        return false;
    }
    for (size_t i = 0; launch->deviations && i < answer->launches.count; i++) {
        const struct launch *other = &answer->launches.items[i];
        if (!other->deviations && answer_claim(answer, other)) {
            return false;
        }
    }
    return true;
}

bool answer_knows_file(const struct answer *answer)
{
    return answer->against->claims.file_count > 0 && !answer->e.options->vars;
}

bool answer_is_that_file(const struct answer *answer)
{
    const struct claims_firmware firmware = {
        {answer->sha256, answer->sha384, answer->sha512},
        answer->e.source.size};
    return claims_tell_of(&answer->against->claims, &firmware);
}

bool answer_is_code_only(const struct answer *answer)
{
    return mrtd_image_info(answer->e.image)->missing_vars > 0;
}

void answer_warnings(const struct answer *answer,
                     void (*each)(void *context,
                                  const struct mrtd_finding *finding),
                     void *context)
{
    const struct mrtd_finding *f;
    const struct mrtd_plan *plan = answer->e.plan;
    for (size_t i = answer->launches.count; i > 0; i--) {
        if (answer_is_match(answer, &answer->launches.items[i - 1])) {
            plan = answer->launches.items[i - 1]
                       .plan; /* the plan of the first launch */
        }
    }
    for (uint32_t i = 0; (f = mrtd_image_finding(answer->e.image, i)); i++) {
        if (f->severity == MRTD_WARNING) {
            each(context, f);
        }
    }
    for (uint32_t i = 0; (f = mrtd_plan_finding(plan, i)); i++) {
        if (f->severity == MRTD_WARNING) {
            each(context, f);
        }
    }
}

enum exit_status answer_make(struct answer *answer, struct failure *failure)
{
    const bool with_sha512 = claims_need_sha512(&answer->against->claims);
    enum exit_status status =
        launches_of_all(&answer->launches, &answer->e, failure);
    if (!status &&
        !digests_make(&answer->e.source, answer->sha256, answer->sha384,
                      with_sha512 ? answer->sha512 : NULL)) {
        status = evaluation_read_failed(&answer->e, failure);
    }
    for (size_t i = 0; !status && i < answer->launches.count; i++) {
        answer->match |=
            answer_claim(answer, &answer->launches.items[i]) != NULL;
    }
    return status;
}

void answer_free(struct answer *answer)
{
    launches_free(&answer->launches);
}
