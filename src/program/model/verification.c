/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verification.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/verification_boot.h"
#include "model/vmms.h"
#include "printable.h"

static void add_name(struct verification_names *n, const char *name)
{
    if (n->used < sizeof n->text) {
        n->used += (size_t)snprintf(n->text + n->used, sizeof n->text - n->used,
                                    "%s%s", n->used ? ", " : "", name);
    }
}

/* A launch, of which there may be more than there is room for. */
static void add_launch(struct verification_names *n,
                       const struct guest_launch *launch)
{
    char text[GUEST_TEXT_SIZE];
    if (sizeof n->text - n->used > 2 * sizeof text) {
        add_name(n, guest_text(launch, text));
    } else {
        n->more++;
    }
}

static void end_names(struct verification_names *n)
{
    if (n->more > 0) {
        char text[40];
        snprintf(text, sizeof text, "and %zu more", n->more);
        add_name(n, text);
    }
}

/* What is found out of one firmware file. */
struct finding {
    struct verification_names
        claimed; /* VMMs whose MRTDs are in the document */
    struct verification_names
        absent; /* VMMs asked for whose MRTDs are not in the document */
    size_t claimed_values;
    size_t absent_values;
    const struct claim *other_file; /* has the MRTD, for another file */
    const struct claim *mislabelled;
    const struct claim *invalid; /* a claim that has the MRTD, but is not valid
                                    yet, or no longer */
};

static bool has_vmm(const struct reference_value *value,
                    const struct mrtd_vmm *vmm)
{
    bool has = false;
    for (size_t i = 0; value->vmms[i]; i++) {
        has |= strcmp(value->vmms[i], vmm->name) == 0;
    }
    return has;
}

/* The VMMs of the value, as bits by mrtd_vmm_at(): those that it was made for,
 * and those that launch as one of them does. */
static uint32_t vmms_of(const struct reference_value *value)
{
    const enum mrtd_platform platform =
        mrtd_register_info(value->value.id)->platform;
    const struct mrtd_vmm *vmm;
    uint32_t bits = 0;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)) && i < 32; i++) {
        if (vmm->platform == platform &&
            (has_vmm(value, vmm) ||
             (vmm->launches_as && has_vmm(value, vmm->launches_as)))) {
            bits |= UINT32_C(1) << i;
        }
    }
    return bits;
}

/* Is what the claim says of the launch true of the value's? */
static bool is_labelled_so(const struct claim *claim,
                           const struct reference_value *value)
{
    return value->guest.vmm ? guest_agrees(&claim->guest, &value->guest)
                            : !(claim->vmms & ~vmms_of(value));
}

/* Does one of the document's claims hold for this value of the file? */
static bool is_claimed(struct verification *v, struct finding *found,
                       const struct reference_value *value,
                       const struct claims_firmware *firmware,
                       const struct launch_options *own)
{
    const struct claims *claims = &v->document->claims;
    bool claimed = false;
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        if (!mrtd_value_equal(&claim->value, &value->value) ||
            !against_is_of_format(claim, own)) {
            continue;
        }
        v->explained[i] = true;
        if (!claims_are_of(claims, claim, firmware)) {
            found->other_file = claim;
        } else if (!is_labelled_so(claim, value)) {
            found->mislabelled = claim;
        } else if (!claims_valid_at(claim, v->time)) {
            found->invalid = claim;
        } else {
            v->held[claim->group] = true;
            claimed = true;
        }
    }
    return claimed;
}

static struct claims_firmware of_firmware(const struct reference_firmware *f)
{
    return (struct claims_firmware){{f->sha256, f->sha384, f->sha512}, f->size};
}

static void look_at(struct verification *v, struct finding *found,
                    const struct reference_firmware *f,
                    const struct launch_options *own)
{
    const struct claims_firmware firmware = of_firmware(f);
    for (size_t i = 0; i < f->value_count; i++) {
        const struct reference_value *value = &f->values[i];
        const bool claimed = is_claimed(v, found, value, &firmware, own);
        bool wanted = value->guest.vmm != NULL;
        if (wanted) {
            add_launch(claimed ? &found->claimed : &found->absent,
                       &value->guest);
        }
        for (size_t k = 0; !value->guest.vmm && value->vmms[k]; k++) {
            if (vmms_wanted(v->options, value->vmms[k])) {
                add_name(claimed ? &found->claimed : &found->absent,
                         value->vmms[k]);
                wanted = true;
            }
        }
        found->claimed_values += wanted && claimed;
        found->absent_values += wanted && !claimed;
    }
    end_names(&found->claimed);
    end_names(&found->absent);
}

/* Of a claim that is about the wrong VMM: whose MRTD it is said to be. */
static enum exit_status tell_label(const char *name, const struct claim *claim,
                                   struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    struct verification_names said = {.used = 0};
    if (!claim->guest.vmm && claim->guest.vcpus > 0) {
        return failure_differs(failure, name, "reference-label",
                               "a digest of it is in the document, but not as "
                               "that of %" PRIu32 " virtual CPUs, of which the "
                               "document says so",
                               claim->guest.vcpus);
    }
    if (claim->guest.vmm) {
        char text[GUEST_TEXT_SIZE];
        return failure_differs(failure, name, "reference-label",
                               "a digest of it is in the document, but not as "
                               "that of %s, of which the document says so",
                               guest_text(&claim->guest, text));
    }
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)) && i < 32; i++) {
        if (claim->vmms >> i & 1) {
            add_name(&said, vmm->name);
        }
    }
    return failure_differs(failure, name, "reference-label",
                           "an MRTD of it is in the document, but not as that "
                           "of %s, of which the document says so",
                           said.text);
}

static enum exit_status tell_validity(const char *name, const char *noun,
                                      const struct claim *claim, int64_t now,
                                      struct failure *failure)
{
    char text[CLAIMS_TIME_SIZE];
    const bool ended = now > claim->not_after;
    claims_time_text(text, ended ? claim->not_after : claim->not_before);
    return failure_differs(failure, name, "reference-validity",
                           "its %s is in the document, which %s %s", noun,
                           ended ? "was valid until" : "is not valid before",
                           text);
}

enum exit_status verification_compare(struct verification *v,
                                      const struct launch_options *own,
                                      const struct reference_firmware *firmware,
                                      const char *name,
                                      struct verification_names *claimed,
                                      struct failure *failure)
{
    struct finding found = {.claimed_values = 0};
    const bool is_tdx = v->options->platform == MRTD_PLATFORM_TDX;
    const char *noun = is_tdx ? "MRTD" : "launch digest";
    v->measured = true;
    memset(v->held, 0, CLAIMS_GROUPS * sizeof *v->held);
    look_at(v, &found, firmware, own);
    *claimed = found.claimed;
    if (found.mislabelled) {
        return tell_label(name, found.mislabelled, failure);
    }
    if (found.invalid) {
        return tell_validity(name, noun, found.invalid, v->time, failure);
    }
    if (!is_tdx || v->options->vmm_given ? found.absent_values == 0
                                         : found.claimed_values > 0) {
        return verification_compare_boot(v, firmware, name, claimed, failure);
    }
    if (found.other_file) {
        const struct claims_firmware of = of_firmware(firmware);
        char why[CLAIMS_FILE_WHY];
        claims_other_file(&v->document->claims, found.other_file, &of, why);
        return failure_differs(failure, name, "reference-file",
                               "it has %s of the document, but is another "
                               "file: %s",
                               is_tdx ? "an MRTD" : "a launch digest", why);
    }
    return failure_differs(
        failure, name, "reference-mrtd",
        "its %s as %s is not in the document%s", noun, found.absent.text,
        is_tdx ? "; 'check FILE --against DOCUMENT' says why" : "");
}

enum exit_status verification_begin(struct verification *v, remark_fn *say,
                                    struct failure *failure)
{
    const struct claims *claims = &v->document->claims;
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->items[i].has_evidence) {
            return failure_refused(
                failure, v->document->name, "reference-evidence",
                "evidence (%s), which --verify does not take for "
                "reference values; 'check FILE --against %s' compares it with "
                "a firmware",
                mrtd_evidence_kind_name(claims->items[i].evidence.kind),
                printable(v->document->name));
        }
    }
    v->explained = calloc(claims->count + 1, sizeof *v->explained);
    if (!v->explained) {
        return failure_memory(failure, NULL);
    }
    const enum exit_status status = verification_begin_boot(v, say, failure);
    if (status) {
        free(v->explained);
    }
    return status;
}

enum exit_status verification_end(struct verification *v,
                                  struct failure *failure)
{
    const size_t count = v->document->claims.count;
    const bool is_tdx = v->options->platform == MRTD_PLATFORM_TDX;
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        left += !v->explained[i];
    }
    const enum exit_status status = verification_end_boot(v, failure);
    free(v->explained);
    free(v->boot_explained);
    free(v->held);
    free(v->said);
    if (left == 0 || !v->measured) {
        return status;
    }
    return failure_differs(
        failure, v->document->name, NULL,
        "%zu of its %zu %s %s of none of the firmware files%s", left, count,
        is_tdx ? "MRTDs" : "launch digests", left == 1 ? "is" : "are",
        !is_tdx                 ? ", launched as asked for"
        : v->options->vmm_given ? ", as the VMMs of --vmm launch them"
                                : "");
}

/* Does the document say of MRTDs which VMM's they are? */
static bool has_labels(const struct against *document)
{
    bool has = false;
    for (size_t i = 0; i < document->claims.count; i++) {
        has |= document->claims.items[i].vmms != 0;
    }
    return has;
}

struct firmware_order verification_order(const struct verification *v)
{
    return (struct firmware_order){
        .every = !v->options->vmm_given || has_labels(v->document),
        .with_sha512 = claims_need_sha512(&v->document->claims),
        .initdata = v->initdata,
    };
}
