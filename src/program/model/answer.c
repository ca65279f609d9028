/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer.h"

#include <string.h>

/* Is the claim the variant's MRTD, whenever it is valid? */
static bool is_equal(const struct claim *claim, const struct variant *variant)
{
    return !variant->error.code &&
           memcmp(claim->mrtd, variant->mrtd, sizeof variant->mrtd) == 0;
}

const struct claim *answer_claim(const struct answer *answer,
                                 const struct variant *variant)
{
    const struct claims *claims = &answer->against->claims;
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        if (is_equal(claim, variant) &&
            against_is_of_format(claim, answer->e.options) &&
            claims_valid_at(claim, answer->time)) {
            return claim;
        }
    }
    return NULL;
}

const struct claim *answer_out_of_time(const struct answer *answer,
                                       const struct variant **variant)
{
    const struct claims *claims = &answer->against->claims;
    const struct variants *variants = &answer->variants;
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        if (claims_valid_at(claim, answer->time)) {
            continue;
        }
        for (size_t k = 0; k < variants->count; k++) {
            if (is_equal(claim, &variants->items[k])) {
                *variant = &variants->items[k];
                return claim;
            }
        }
    }
    return NULL;
}

bool answer_is_match(const struct answer *answer, const struct variant *variant)
{
    if (!answer_claim(answer, variant)) {
        return false;
    }
    for (size_t i = 0; variant->deviations && i < answer->variants.count; i++) {
        const struct variant *other = &answer->variants.items[i];
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
    for (size_t i = answer->variants.count; i > 0; i--) {
        if (answer_is_match(answer, &answer->variants.items[i - 1])) {
            plan = answer->variants.items[i - 1].plan; /* the first of them */
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

enum exit_status answer_make(struct answer *answer)
{
    enum exit_status status = variants_make(&answer->variants, &answer->e);
    for (size_t i = 0; !status && i < answer->variants.count; i++) {
        answer->match |=
            answer_claim(answer, &answer->variants.items[i]) != NULL;
    }
    return status;
}

void answer_close(struct answer *answer)
{
    variants_free(&answer->variants);
    evaluation_close(&answer->e);
}
