/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer.h"

#include <string.h>

#include "reference/digests.h"

bool answer_is_right(const struct answer *answer)
{
    return answer->is_launched &&
           (!answer->boot.is_asked || answer->boot.match) &&
           (!answer->initdata || answer->initdata->same);
}

enum against_verdict answer_verdict(const struct answer *answer)
{
    return against_evidence_verdict(answer->evidence, answer_is_right(answer));
}

bool answer_asks_why(const struct answer *answer)
{
    return !answer_is_right(answer) && answer_verdict(answer) != AGAINST_FORGED;
}

/* Is the claim the launch's MRTD, whenever it is valid? */
static bool is_equal(const struct claim *claim, const struct launch *launch)
{
    return !launch->error.code &&
           mrtd_value_equal(&claim->value, &launch->value);
}

/* Is the claim the launch's MRTD, of such a firmware, and valid now? */
static bool holds(const struct answer *answer, const struct claim *claim,
                  const struct launch *launch)
{
    return is_equal(claim, launch) &&
           against_is_of_format(claim, answer->e.options) &&
           claims_valid_at(claim, answer->time);
}

const struct claim *answer_claim(const struct answer *answer,
                                 const struct launch *launch)
{
    const struct claims *claims = &answer->against->claims;
    for (size_t i = 0; i < claims->count; i++) {
        if (holds(answer, &claims->items[i], launch)) {
            return &claims->items[i];
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

/* The VMMs by which the launch's MRTD was found, as bits by mrtd_vmm_at(); also
 * those that launch as one of them does. */
static uint32_t vmms_of(const struct answer *answer,
                        const struct launch *launch)
{
    const struct launches *launches = &answer->launches;
    const struct mrtd_vmm *vmm;
    uint32_t bits = 0;
    for (size_t i = 0; i < launches->count; i++) {
        const struct launch *x = &launches->items[i];
        if (x->error.code || !mrtd_value_equal(&x->value, &launch->value) ||
            !answer_is_match(answer, x)) {
            continue;
        }
        for (size_t k = 0; (vmm = mrtd_vmm_at(k)) && k < 32; k++) {
            bits |= vmm->launches_as == x->vmm ? UINT32_C(1) << k : 0;
        }
    }
    return bits;
}

enum answer_label answer_label(const struct answer *answer,
                               const struct mrtd_vmm **vmm)
{
    const struct claims *claims = &answer->against->claims;
    const struct launches *launches = &answer->launches;
    enum answer_label label = ANSWER_NO_LABEL;
    for (size_t i = 0; i < launches->count; i++) {
        const struct launch *launch = &launches->items[i];
        if (!answer_is_match(answer, launch)) {
            continue;
        }
        const uint32_t found = vmms_of(answer, launch);
        for (size_t k = 0; k < claims->count; k++) {
            const struct claim *claim = &claims->items[k];
            if (!claim->vmms || !holds(answer, claim, launch)) {
                continue;
            }
            label = ANSWER_LABEL_RIGHT;
            for (size_t n = 0; (*vmm = mrtd_vmm_at(n)) && n < 32; n++) {
                if (claim->vmms & ~found & UINT32_C(1) << n) {
                    return ANSWER_LABEL_WRONG;
                }
            }
        }
    }
    return label;
}

bool answer_is_code_only(const struct answer *answer)
{
    return answer->has_tdx &&
           mrtd_image_info(answer->e.image)->missing_vars > 0;
}

struct sink {
    void (*each)(void *context, const struct mrtd_finding *finding);
    void *context;
};

static void give_warning(void *context, const struct mrtd_finding *finding)
{
    const struct sink *sink = context;
    if (finding->severity == MRTD_WARNING) {
        sink->each(sink->context, finding);
    }
}

/* Those of the launch of an IGVM file, and of what its ID block says. */
static void snp_warnings(const struct snp_answer *answer, struct sink *sink)
{
    struct mrtd_value value;
    if (answer->e.plan) {
        mrtd_value_set(&value, MRTD_REGISTER_SNP,
                       answer->claim->value.digest.bytes);
        evaluation_findings(&answer->e, give_warning, sink);
        evaluation_value_findings(&answer->e, &value, give_warning, sink);
    }
}

void answer_warnings(const struct answer *answer,
                     void (*each)(void *context,
                                  const struct mrtd_finding *finding),
                     void *context)
{
    const struct mrtd_finding *f;
    const struct mrtd_plan *plan = answer->e.plan;
    struct sink sink = {each, context};
    if (snp_answer_is_match(&answer->snp)) {
        snp_warnings(&answer->snp, &sink);
        return;
    }
    if (!answer->has_tdx) {
        return;
    }
    for (size_t i = answer->launches.count; i > 0; i--) {
        if (answer_is_match(answer, &answer->launches.items[i - 1])) {
            plan = answer->launches.items[i - 1]
                       .plan; /* the plan of the first launch */
        }
    }
    for (uint32_t i = 0; (f = mrtd_image_finding(answer->e.image, i)); i++) {
        give_warning(&sink, f);
    }
    for (uint32_t i = 0; (f = mrtd_plan_finding(plan, i)); i++) {
        give_warning(&sink, f);
    }
}

/* --- Platforms ----------------------------------------------------------- */

bool answer_asks_tdx(const struct against *against, enum mrtd_platform only)
{
    bool asks = false;
    for (size_t i = 0; i < against->claims.count; i++) {
        asks |= against->claims.items[i].value.id != MRTD_REGISTER_SNP;
    }
    return asks && (!only || only == MRTD_PLATFORM_TDX);
}

const struct mrtd_tdinfo *answer_tdinfo(const struct against *against)
{
    const struct claims *claims = &against->claims;
    const struct claim *claim = claims->count == 1 ? &claims->items[0] : NULL;
    return claim && claim->has_evidence &&
                   mrtd_evidence_platform(claim->evidence.kind) ==
                       MRTD_PLATFORM_TDX
               ? &claim->evidence.tdinfo
               : NULL;
}

bool answer_asks_snp(const struct against *against, enum mrtd_platform only)
{
    bool asks = false;
    for (size_t i = 0; i < against->claims.count; i++) {
        asks |= snp_answer_is_of(&against->claims.items[i]);
    }
    return asks && (!only || only == MRTD_PLATFORM_SNP);
}

/* Is all that may be of SEV-SNP a bare digest? */
static bool is_bare_only(const struct answer *answer)
{
    bool bare = !answer->only;
    for (size_t i = 0; i < answer->against->claims.count; i++) {
        bare &= answer->against->claims.items[i].value.id != MRTD_REGISTER_SNP;
    }
    return bare;
}

enum exit_status answer_check_platform(const struct against *against,
                                       enum mrtd_platform only,
                                       struct failure *failure)
{
    return answer_asks_tdx(against, only) || answer_asks_snp(against, only)
               ? EXIT_DONE
               : failure_refused(failure, against->name, "against-platform",
                                 "platform %s is asked for, by --platform or "
                                 "an option of it alone, but what it says is "
                                 "of another: %s",
                                 mrtd_platform_name(only),
                                 against->claims.kind);
}

/* --- The answer ----------------------------------------------------------- */

/* Is it launched by a VMM that loads the kernel, which is in the MRTD alone? */
static bool loads_kernel(const struct answer *answer)
{
    for (size_t i = 0; i < answer->launches.count; i++) {
        const struct launch *launch = &answer->launches.items[i];
        if (launch->vmm->takes_payload && answer_claim(answer, launch)) {
            return true;
        }
    }
    return false;
}

static enum exit_status make_tdx(struct answer *answer, struct failure *failure)
{
    enum exit_status status = evaluation_make(&answer->e, failure);
    if (!status) {
        status = launches_of_all(&answer->launches, &answer->e, failure);
    }
    if (status) {
        evaluation_free(&answer->e);
        return status;
    }
    answer->has_tdx = true;
    for (size_t i = 0; i < answer->launches.count; i++) {
        answer->is_launched |=
            answer_claim(answer, &answer->launches.items[i]) != NULL;
    }
    const struct mrtd_tdinfo *reported = answer_tdinfo(answer->against);
    if (!reported || !boot_answer_is_asked(answer->e.options)) {
        return EXIT_DONE;
    }
    status = boot_answer_make(&answer->boot, &answer->e, reported, failure);
    if (!status && boot_answer_in_mrtd(&answer->boot)) {
        answer->is_launched = loads_kernel(answer);
    }
    return status;
}

static enum exit_status make_snp(struct answer *answer, struct failure *failure)
{
    answer->snp.time = answer->time;
    const enum exit_status status =
        snp_answer_make(&answer->snp, &answer->e, answer->against,
                        is_bare_only(answer), failure);
    answer->is_launched |= !status && snp_answer_is_match(&answer->snp);
    return status;
}

/* Is an IGVM file refused since no platform of it is the one asked for? */
static bool is_of_other_platform(const struct failure *failure)
{
    return failure->code && strcmp(failure->code, "igvm-platform") == 0;
}

static enum exit_status make_all(struct answer *answer, struct failure *failure)
{
    const bool tdx = answer_asks_tdx(answer->against, answer->only);
    const bool snp = answer_asks_snp(answer->against, answer->only);
    enum exit_status status = tdx ? make_tdx(answer, failure) : EXIT_DONE;
    if (!snp || answer->is_launched || (status && status != EXIT_REFUSED)) {
        return status;
    }
    if (!status) {
        status = make_snp(answer, failure);
        if (status == EXIT_REFUSED && answer->has_tdx) {
            answer->refused = *failure;
            status = EXIT_DONE;
        }
        return status;
    }
    /* What TDX refuses may be made for SEV-SNP; otherwise that is what is
     * said, unless it is only that an IGVM file is not made for TDX. */
    answer->refused = *failure;
    status = make_snp(answer, failure);
    if ((status == EXIT_REFUSED && !is_of_other_platform(&answer->refused)) ||
        (!status && !answer->snp.is_tried)) {
        *failure = answer->refused;
        status = EXIT_REFUSED;
    }
    return status;
}

enum exit_status answer_make(struct answer *answer, struct failure *failure)
{
    const bool with_sha512 = claims_need_sha512(&answer->against->claims);
    enum exit_status status = make_all(answer, failure);
    if (!status &&
        !digests_make(&answer->e.source, answer->sha256, answer->sha384,
                      with_sha512 ? answer->sha512 : NULL)) {
        status = evaluation_read_failed(&answer->e, failure);
    }
    return status;
}

void answer_free(struct answer *answer)
{
    launches_free(&answer->launches);
    boot_answer_free(&answer->boot);
    if (answer->snp.is_tried) {
        snp_answer_free(&answer->snp);
    }
}
