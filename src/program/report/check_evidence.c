/* SPDX-License-Identifier: Apache-2.0 */
#include "report/check_evidence.h"

#include <inttypes.h>

#include "printable.h"
#include "report/evidence.h"

/* As wide as check's other lines have it. */
#define LABEL 14

#define MAY_BE_ANYTHING                                                        \
    "whoever made the file may have written anything into it"

static void print_line(FILE *to, const char *label, const char *text)
{
    fprintf(to, "  %-*s%s\n", LABEL, label, text);
}

/* By whom, and in which root that ends. */
static void print_signer(FILE *to, const char *label,
                         const struct evidence_answer *a)
{
    const struct mrtd_verification *v = &a->verified;
    const char *own = a->demands->root_name;
    const char *root = evidence_root_words(v->root);
    const bool is_snp =
        mrtd_evidence_platform(a->evidence.kind) == MRTD_PLATFORM_SNP;
    fprintf(to, "  %-*s%s signed it, and ", LABEL, label,
            is_snp ? evidence_vek(&a->evidence)
                   : "a quoting enclave of Intel's for TDs");
    if (own) {
        fprintf(to, "the root of %s vouches for it%s\n", printable(own),
                v->root == MRTD_ROOT_OWN ? ": NOT THE VENDOR'S" : "");
    } else {
        fprintf(to, "%s vouches for it, whose key is built in\n", root);
    }
}

/* What was left out. */
static void print_unverified(FILE *to, const struct evidence_answer *a)
{
    struct evidence_point points[EVIDENCE_POINTS];
    const size_t count = evidence_unverified(points, a);
    const char *before = "not checked: ";
    fprintf(to, "  %-*s", LABEL, "");
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "%s%s", before, points[i].code);
        before = ", ";
    }
    fprintf(to, " ('mrtd-calc evidence %s' says more)\n", printable(a->name));
}

void check_evidence_print(FILE *to, const struct evidence_answer *a)
{
    if (!a) {
        print_line(to,
                   "not verified:", "--no-verify was given; " MAY_BE_ANYTHING);
        return;
    }
    const struct mrtd_verification *v = &a->verified;
    const char *code = mrtd_verify_reason_name(v->reason);
    switch (v->status) {
    case MRTD_VERIFY_GOOD:
        print_signer(to, "genuine", a);
        print_unverified(to, a);
        break;
    case MRTD_VERIFY_EXPIRED:
        print_signer(to, "expired", a);
        fprintf(to, "  %-*sbut %s; --time says another time [%s]\n", LABEL, "",
                a->why, code);
        break;
    case MRTD_VERIFY_FORGED:
        fprintf(to, "  %-*s%s [%s]; " MAY_BE_ANYTHING "\n", LABEL, "forged",
                a->why, code);
        break;
    default:
        fprintf(to, "  %-*s%s [%s]; " MAY_BE_ANYTHING "\n", LABEL,
                "not verified:", a->why, code);
        break;
    }
    if (v->trailing != MRTD_NO_OFFSET) {
        fprintf(to,
                "  %-*soffset 0x%" PRIx64 ", after the evidence, is not 0: "
                "nobody signed what is there\n",
                LABEL, "note", v->trailing);
    }
    evidence_print_tcb(to, a, LABEL);
    evidence_print_denials(to, a, LABEL);
}

void check_evidence_json(json_t *object, const struct evidence_answer *a)
{
    json_object_set_new(
        object, "signature_verified",
        json_boolean(a && a->verified.status == MRTD_VERIFY_GOOD));
    json_object_set_new(object, "denied",
                        a ? evidence_json_denied(a) : json_array());
    json_object_set_new(object, "signature",
                        a ? evidence_json_signature(a) : json_null());
}

void check_evidence_verdict(FILE *to, enum against_verdict verdict,
                            bool is_right, const char *thing)
{
    static const char *const words[] = {
        [AGAINST_MATCH] = "MATCH",         [AGAINST_DIFFERS] = "NO MATCH",
        [AGAINST_FORGED] = "FORGED",       [AGAINST_EXPIRED] = "EXPIRED",
        [AGAINST_DENIED] = "NOT ACCEPTED",
    };
    fprintf(to, "%s", words[verdict]);
    if (verdict > AGAINST_DIFFERS) {
        fprintf(to, " (what it says is %sof %s)", is_right ? "" : "not ",
                thing);
    }
}

const char *check_evidence_word(enum against_verdict verdict)
{
    static const char *const words[] = {
        [AGAINST_MATCH] = "match",   [AGAINST_DIFFERS] = "differs",
        [AGAINST_FORGED] = "forged", [AGAINST_EXPIRED] = "expired",
        [AGAINST_DENIED] = "denied",
    };
    return words[verdict];
}
