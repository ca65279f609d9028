/* SPDX-License-Identifier: Apache-2.0 */
#include "model/snp_answer.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/guest_facts.h"
#include "model/launches.h"

bool snp_answer_is_of(const struct claim *claim)
{
    return claim->is_bare || claim->value.id == MRTD_REGISTER_SNP;
}

/* --- Within what the options ask for ------------------------------------ */

/* Without --vcpus each number is. */
static bool is_number_allowed(const struct launch_options *o, uint32_t vcpus)
{
    bool allowed = o->range_count == 0;
    for (unsigned i = 0; !allowed && i < o->range_count; i++) {
        allowed = vcpus >= o->ranges[i].first && vcpus <= o->ranges[i].last;
    }
    return allowed;
}

/* A virtual CPU with a VMSA of an IGVM file has none that is asked for. */
static bool has_signature(const struct mrtd_launch *launch)
{
    return launch->vmm->takes_signature && launch->vcpu_signature;
}

/* Of a launch that has a signature; without a type each is. */
static bool is_type_allowed(const struct launch_options *o, uint32_t signature)
{
    bool allowed = o->type_count == 0;
    for (unsigned i = 0; !allowed && i < o->type_count; i++) {
        allowed = o->types[i].signature == signature;
    }
    return allowed;
}

/* What is not measured is allowed, whatever was asked for. */
static bool is_allowed(const struct launch_options *o,
                       const struct snp_found *found)
{
    const struct mrtd_launch *launch = &found->launch;
    return (launch->vcpus == 0 || is_number_allowed(o, launch->vcpus)) &&
           (!has_signature(launch) ||
            is_type_allowed(o, launch->vcpu_signature)) &&
           (!o->guest.has_features ||
            (found->vmsas > 0 && o->guest.features == found->features)) &&
           (!o->guest.kernel || launch->kernel);
}

/* What a claim says that is not measured in this launch is not compared. */
bool snp_answer_agrees(const struct snp_answer *answer,
                       const struct claim *claim, const struct snp_found *found)
{
    const struct mrtd_launch *l = &found->launch;
    const struct guest_launch *said = &claim->guest;
    const struct guest_launch launch = {
        .vmm = l->vmm,
        .vcpus = l->vcpus ? l->vcpus : said->vcpus,
        .has_vcpu = said->has_vcpu || l->vcpu_signature,
        .signature = l->vcpu_signature ? l->vcpu_signature : said->signature,
        .has_features = true,
        .features = found->vmsas > 0 ? found->features : said->features,
    };
    return guest_agrees(said, &launch) &&
           claims_valid_at(claim, answer->time) &&
           against_is_of_format(claim, &answer->options);
}

/* --- The search --------------------------------------------------------- */

/* A signature that no type has, as --vcpu-sig or else the report's processor
 * has it: -cpu host gives it to the guest. 0: none. */
static uint32_t other_signature(const struct launch_options *o,
                                const struct claim *claim)
{
    for (unsigned i = 0; i < o->type_count; i++) {
        if (!o->types[i].type) {
            return o->types[i].signature;
        }
    }
    return claim->has_evidence ? mrtd_snp_report_signature(&claim->evidence.snp)
                               : 0;
}

static uint32_t most_vcpus(const struct launch_options *o)
{
    uint32_t most = MRTD_SEARCH_VCPUS;
    for (unsigned i = 0; i < o->range_count; i++) {
        most = o->ranges[i].last > most ? o->ranges[i].last : most;
    }
    return most;
}

static const struct mrtd_source *source_of(const struct evaluation_file *file)
{
    return file->name ? &file->source : NULL;
}

/* By one VMM, or by each. */
static enum mrtd_code search_by(const struct snp_answer *answer,
                                const struct claim *claim,
                                const struct mrtd_vmm *vmm,
                                struct mrtd_search_result *result,
                                struct mrtd_error *error)
{
    const struct launch_options *o = &answer->options;
    struct mrtd_value value;
    const struct mrtd_search search = {
        .struct_size = sizeof search,
        .vcpus = most_vcpus(o),
        .vcpu_signature = other_signature(o, claim),
        .guest_features = o->guest.has_features ? o->guest.features : 0,
        .kernel = source_of(&answer->e.kernel),
        .initrd = source_of(&answer->e.initrd),
        .append = o->guest.append,
        .limit = o->limit,
        .vmm = vmm,
    };
    /* What is bare was taken for an MRTD. */
    mrtd_value_set(&value, MRTD_REGISTER_SNP, claim->value.digest.bytes);
    return mrtd_search_snp(result, answer->e.image, &value, &search, error);
}

static enum exit_status search_flat(struct snp_answer *answer,
                                    const struct claim *claim,
                                    struct failure *failure)
{
    struct mrtd_search_result result;
    struct mrtd_error error;
    if (search_by(answer, claim, NULL, &result, &error)) {
        return evaluation_failed(&answer->e, &error, failure);
    }
    answer->tried += result.tried;
    /* What was found for an earlier claim stays. */
    if (result.found || !answer->claim) {
        answer->result = result;
    }
    if (result.found) {
        answer->claim = claim;
        answer->found =
            (struct snp_found){.launch = result.launch,
                               .vmsas = result.launch.vcpus,
                               .features = result.launch.guest_features};
        answer->is_outside = !is_allowed(&answer->options, &answer->found) ||
                             !snp_answer_agrees(answer, claim, &answer->found);
    }
    return EXIT_DONE;
}

/* --- IGVM files --------------------------------------------------------- */

/* What the VMSAs of the launch are; its plan is that of the answer, then. */
static enum exit_status read_vmsas(struct snp_answer *answer,
                                   struct snp_found *found,
                                   struct failure *failure)
{
    const struct mrtd_run *run;
    struct mrtd_error error;
    mrtd_plan_free(answer->e.plan);
    answer->e.plan = NULL;
    if (mrtd_plan_build(&answer->e.plan, answer->e.image, &found->launch,
                        &error)) {
        return evaluation_failed(&answer->e, &error, failure);
    }
    for (uint32_t i = 0; (run = mrtd_plan_run(answer->e.plan, i)); i++) {
        found->vmsas += guest_is_vmsa(run);
    }
    return found->vmsas > 0
               ? guest_first_features(&answer->e, &found->features, failure)
               : EXIT_DONE;
}

/* One that is as asked for is found rather than one that is not; what was found
 * before it stays otherwise. */
static enum exit_status take_found(struct snp_answer *answer,
                                   const struct claim *claim,
                                   const struct mrtd_launch *launch,
                                   struct failure *failure)
{
    struct snp_found found = {.launch = *launch};
    if (read_vmsas(answer, &found, failure)) {
        return failure->status;
    }
    const bool is_outside = !is_allowed(&answer->options, &found) ||
                            !snp_answer_agrees(answer, claim, &found);
    if (!answer->claim || (answer->is_outside && !is_outside)) {
        answer->claim = claim;
        answer->found = found;
        answer->is_outside = is_outside;
    } else if (!is_outside) {
        answer->others[answer->other_count++] = found;
    }
    return EXIT_DONE;
}

/* By a VMM: refused says why it does not launch the file. */
static enum exit_status search_igvm_by(struct snp_answer *answer,
                                       const struct claim *claim,
                                       const struct mrtd_vmm *vmm,
                                       struct failure *failure)
{
    struct mrtd_search_result result;
    struct snp_refusal refusal = {.vmm = vmm};
    const enum mrtd_code code =
        search_by(answer, claim, vmm, &result, &refusal.error);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
        return evaluation_failed(&answer->e, &refusal.error, failure);
    }
    if (code) {
        answer->refusals[answer->refusal_count++] = refusal;
        return EXIT_DONE;
    }
    answer->tried += result.tried;
    answer->result.tried += result.tried;
    answer->result.total += result.total;
    return result.found ? take_found(answer, claim, &result.launch, failure)
                        : EXIT_DONE;
}

/* Each VMM is asked, since several may launch the file alike. */
static enum exit_status search_igvm(struct snp_answer *answer,
                                    const struct claim *claim,
                                    struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    enum exit_status status = EXIT_DONE;
    unsigned asked = 0;
    answer->refusal_count = 0;
    answer->result = (struct mrtd_search_result){.found = 0};
    for (size_t i = 0;
         !status && (vmm = mrtd_vmm_at(i)) && asked < LAUNCH_MAX_VMMS; i++) {
        if (vmm->platform == MRTD_PLATFORM_SNP &&
            mrtd_vmm_launches(vmm, answer->e.image)) {
            status = search_igvm_by(answer, claim, vmm, failure);
            asked++;
        }
    }
    return !status && asked == answer->refusal_count
               ? evaluation_failed(&answer->e, &answer->refusals[0].error,
                                   failure)
               : status;
}

/* The launch that was found, for the plan that stays with the answer. */
static enum exit_status keep_plan(struct snp_answer *answer,
                                  struct failure *failure)
{
    struct snp_found again = {.launch = answer->found.launch};
    return answer->claim && mrtd_image_igvm(answer->e.image)
               ? read_vmsas(answer, &again, failure)
               : EXIT_DONE;
}

/* Until one is found. */
static enum exit_status search_all(struct snp_answer *answer,
                                   const struct against *against,
                                   struct failure *failure)
{
    const struct claims *claims = &against->claims;
    enum exit_status status = EXIT_DONE;
    size_t count = 0;
    for (size_t i = 0; i < claims->count; i++) {
        count += snp_answer_is_of(&claims->items[i]);
    }
    if (count > SNP_ANSWER_MAX) {
        return failure_refused(
            failure, against->name, "against-limit",
            "it holds %zu digests of SEV-SNP, more than the %d that are "
            "searched for at once%s",
            count, SNP_ANSWER_MAX,
            claims->items[0].has_evidence
                ? ""
                : "; 'reference --verify' compares all of a document");
    }
    for (size_t i = 0;
         !status && !snp_answer_is_match(answer) && i < claims->count; i++) {
        if (snp_answer_is_of(&claims->items[i])) {
            status = mrtd_image_igvm(answer->e.image)
                         ? search_igvm(answer, &claims->items[i], failure)
                         : search_flat(answer, &claims->items[i], failure);
        }
    }
    return status ? status : keep_plan(answer, failure);
}

/* --- The answer --------------------------------------------------------- */

/* A firmware that says where the second processor of a guest of SEV-ES, and so
 * of SEV-SNP, starts; or an IGVM file that names the platform. */
static bool is_made_for(const struct mrtd_image *image)
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(image);
    return (sev && sev->reset_offset != MRTD_NO_OFFSET) ||
           mrtd_image_igvm_mask(image, MRTD_IGVM_SEV_SNP) != 0;
}

/* The same files, to be taken for another platform's. */
static void take_files(struct snp_answer *answer, const struct evaluation *from)
{
    *answer = (struct snp_answer){
        .options = *from->options, .e = *from, .time = answer->time};
    answer->options.platform = MRTD_PLATFORM_SNP;
    answer->e.options = &answer->options;
    answer->e.image = NULL;
    answer->e.svsm_image = NULL;
    answer->e.plan = NULL;
    answer->e.accept = NULL;
    evaluation_join(&answer->e);
}

enum exit_status snp_answer_make(struct snp_answer *answer,
                                 const struct evaluation *from,
                                 const struct against *against, bool bare_only,
                                 struct failure *failure)
{
    take_files(answer, from);
    enum exit_status status = evaluation_open(&answer->e, failure);
    if (!status) {
        if (bare_only && !is_made_for(answer->e.image)) {
            evaluation_free(&answer->e);
            return EXIT_DONE;
        }
        answer->is_tried = true;
        status = search_all(answer, against, failure);
    }
    if (status) {
        snp_answer_free(answer);
    }
    return status;
}

void snp_answer_free(struct snp_answer *answer)
{
    evaluation_free(&answer->e);
    answer->is_tried = false;
}

bool snp_answer_is_match(const struct snp_answer *answer)
{
    return answer->claim && !answer->is_outside;
}

const char *snp_answer_name(const struct snp_answer *answer,
                            char text[SNP_ANSWER_NAME])
{
    const struct snp_found *found = &answer->found;
    const struct mrtd_launch *l = &found->launch;
    const struct launch as = {.vmm = l->vmm, .deviations = l->deviations};
    char vmm[80];
    char vcpus[24] = "";
    char signature[16] = "";
    char features[40] = "";
    const char *kernel = l->kernel ? ", with the kernel" : ", without a kernel";
    if (l->vcpus > 0) {
        snprintf(vcpus, sizeof vcpus, ", %" PRIu32 " vCPU%s", l->vcpus,
                 l->vcpus == 1 ? "" : "s");
    }
    if (has_signature(l)) {
        snprintf(signature, sizeof signature, ", 0x%" PRIx32,
                 l->vcpu_signature);
    }
    if (found->vmsas > 0) {
        snprintf(features, sizeof features, ", features 0x%" PRIx64,
                 found->features);
    }
    snprintf(text, SNP_ANSWER_NAME, "%s%s%s%s%s",
             launch_name(&as, vmm, sizeof vmm), vcpus, signature, features,
             mrtd_image_igvm(answer->e.image) ? "" : kernel);
    return text;
}
