/* SPDX-License-Identifier: Apache-2.0 */
#include "model/snp_answer.h"

#include <inttypes.h>
#include <stdio.h>

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

/* Of a launch that has a signature; without a type each is. */
static bool is_type_allowed(const struct launch_options *o, uint32_t signature)
{
    bool allowed = o->type_count == 0;
    for (unsigned i = 0; !allowed && i < o->type_count; i++) {
        allowed = o->types[i].signature == signature;
    }
    return allowed;
}

static bool is_allowed(const struct launch_options *o,
                       const struct mrtd_launch *launch)
{
    return is_number_allowed(o, launch->vcpus) &&
           (!launch->vmm->takes_signature ||
            is_type_allowed(o, launch->vcpu_signature)) &&
           (!o->guest.has_features ||
            o->guest.features == launch->guest_features) &&
           (!o->guest.kernel || launch->kernel);
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

static enum exit_status search_for(struct snp_answer *answer,
                                   const struct claim *claim,
                                   struct failure *failure)
{
    const struct launch_options *o = &answer->options;
    struct mrtd_search_result result;
    struct mrtd_error error;
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
    };
    /* What is bare was taken for an MRTD. */
    mrtd_value_set(&value, MRTD_REGISTER_SNP, claim->value.digest.bytes);
    if (mrtd_search_snp(&result, answer->e.image, &value, &search, &error)) {
        return evaluation_failed(&answer->e, &error, failure);
    }
    answer->tried += result.tried;
    /* What was found for an earlier claim stays. */
    if (result.found || !answer->claim) {
        answer->result = result;
    }
    if (result.found) {
        answer->claim = claim;
        answer->is_outside = !is_allowed(o, &result.launch);
    }
    return EXIT_DONE;
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
        return failure_refused(failure, against->name, "against-limit",
                               "it holds %zu digests of SEV-SNP, more than the "
                               "%d that are searched for at once",
                               count, SNP_ANSWER_MAX);
    }
    for (size_t i = 0;
         !status && !snp_answer_is_match(answer) && i < claims->count; i++) {
        if (snp_answer_is_of(&claims->items[i])) {
            status = search_for(answer, &claims->items[i], failure);
        }
    }
    return status;
}

/* --- The answer --------------------------------------------------------- */

/* A firmware that says where the second processor of a guest of SEV-ES, and so
 * of SEV-SNP, starts. */
static bool is_made_for(const struct mrtd_image *image)
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(image);
    return sev && sev->reset_offset != MRTD_NO_OFFSET;
}

/* The same files, to be taken for another platform's. */
static void take_files(struct snp_answer *answer, const struct evaluation *from)
{
    *answer = (struct snp_answer){.options = *from->options, .e = *from};
    answer->options.platform = MRTD_PLATFORM_SNP;
    answer->e.options = &answer->options;
    answer->e.image = NULL;
    answer->e.svsm_image = NULL;
    answer->e.plan = NULL;
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
    }
    if (!status && mrtd_image_igvm(answer->e.image)) {
        status = failure_refused(
            failure, from->name, "against-igvm",
            "an IGVM file itself says all that its launch digest depends on, "
            "so that there is nothing to search for: compare the digests that "
            "--platform snp prints of it");
    }
    if (!status) {
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
    const struct mrtd_launch *l = &answer->result.launch;
    const struct launch as = {.vmm = l->vmm, .deviations = l->deviations};
    char vmm[80];
    char signature[16] = "";
    if (l->vmm->takes_signature) {
        snprintf(signature, sizeof signature, " 0x%" PRIx32 ",",
                 l->vcpu_signature);
    }
    snprintf(text, SNP_ANSWER_NAME,
             "%s, %" PRIu32 " vCPU%s,%s features 0x%" PRIx64 ", %s kernel",
             launch_name(&as, vmm, sizeof vmm), l->vcpus,
             l->vcpus == 1 ? "" : "s", signature, l->guest_features,
             l->kernel ? "with the" : "without a");
    return text;
}
