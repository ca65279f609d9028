/* SPDX-License-Identifier: Apache-2.0 */
/* check's answer, for people. */
#include "report/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/snp_traps.h"
#include "printable.h"
#include "report/check_boot.h"
#include "report/check_evidence.h"
#include "report/check_snp.h"
#include "report/initdata.h"
#include "report/words.h"

/* Claims of one input that are shown one by one. */
#define CLAIMS_SHOWN 8

static void print_hex(FILE *to, const char *label,
                      const struct mrtd_value *value, const char *behind)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    mrtd_hex_encode(hex, value->digest.bytes, value->digest.size);
    fprintf(to, "  %-14s%s%s%s\n", label, hex, *behind ? "  " : "", behind);
}

static void print_text(FILE *to, const char *label, const char *text)
{
    fprintf(to, "  %-14s%s\n", label, text);
}

/* What the host has set, if it has. */
static void print_set(FILE *to, const char *name,
                      const uint8_t digest[MRTD_DIGEST_SIZE])
{
    static const uint8_t zeros[MRTD_DIGEST_SIZE];
    if (memcmp(digest, zeros, sizeof zeros) != 0) {
        char hex[MRTD_HEX_SIZE];
        mrtd_hex_encode(hex, digest, MRTD_DIGEST_SIZE);
        fprintf(to, "  %-14s%s  (set by the host)\n", name, hex);
    }
}

/* What a relying party must know of a guest, match or no match. */
static void print_evidence(FILE *to, const struct mrtd_evidence *e,
                           const struct evidence_answer *verified)
{
    const struct mrtd_tdinfo *t = &e->tdinfo;
    if (mrtd_evidence_platform(e->kind) == MRTD_PLATFORM_SNP) {
        check_snp_print_report(to, e, verified);
        return;
    }
    fprintf(to,
            "  %-14sMRTD at offset %" PRIu64 ", ATTRIBUTES 0x%016" PRIx64
            ", XFAM 0x%016" PRIx64 "\n",
            "", e->value_offset, t->attributes, t->xfam);
    check_evidence_print(to, verified);
    if (!verified && evidence_is_debug(e)) {
        print_text(to, "warning",
                   "a debug TD (ATTRIBUTES bits 0 to 7): its host can "
                   "read and change it");
    }
    print_set(to, "MRCONFIGID", t->mrconfigid);
    print_set(to, "MROWNER", t->mrowner);
    print_set(to, "MROWNERCONFIG", t->mrownerconfig);
}

/* Is it the evidence that decides, or the first where none was verified? Of
 * several that are the same, each is. */
static bool is_deciding(const struct against_evidence *evidence,
                        const struct claims *claims, size_t index)
{
    return claims->items[index].has_evidence &&
           (!evidence || evidence->of_claims[index] == evidence->deciding);
}

void check_print_against(FILE *to, const struct against *against,
                         const struct against_evidence *evidence)
{
    const struct claims *claims = &against->claims;
    size_t shown = 0;
    bool is_shown = false; /* what decides */
    if (against->bytes) {
        fprintf(to, "  %-14s%s: %s\n", "against", printable(against->name),
                claims->kind);
    }
    for (size_t i = 0; i < claims->remark_count && i < CLAIMS_REMARKS; i++) {
        const struct claims_remark *r = &claims->remarks[i];
        if (r->is_taken) {
            fprintf(to, "  %-14s%s %s [not-exact]\n", "note",
                    *r->where ? r->where : "the value", r->why);
        }
    }
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        const bool decides = is_deciding(evidence, claims, i);
        /* However many values are before it, what decides is shown. */
        if (i >= CLAIMS_SHOWN && (is_shown || !decides)) {
            continue;
        }
        shown++;
        is_shown |= decides;
        print_hex(to, "expected", &claim->value, claim->where);
        if (claim->has_evidence) {
            print_evidence(to, &claim->evidence,
                           evidence ? evidence->of_claims[i] : NULL);
        }
    }
    if (claims->count > shown) {
        fprintf(to, "                and %zu more values\n",
                claims->count - shown);
    }
}

/* "spec (the TD-Shim specification; ...)", and what departs from it. */
static void print_launch(FILE *to, const struct answer *c, const char *label,
                         const struct launch *v)
{
    const struct mrtd_deviation *d;
    char name[100];
    fprintf(to, "  %-14s%s: %s\n", label, launch_name(v, name, sizeof name),
            word_software(v->vmm, c->e.image));
    for (size_t i = 0; (d = mrtd_deviation_at(i)); i++) {
        if (v->deviations & d->flag) {
            fprintf(to, "                %s: %s\n", d->name, d->software);
        }
    }
}

static void print_refused(FILE *to, const struct launch *v)
{
    fprintf(to, "  %-14s(%s: %s)\n", "refused", v->vmm->name, v->error.message);
}

/* Where the input calls the MRTD that of a VMM by which it was not found. */
static void print_label(FILE *to, const struct answer *c)
{
    const struct mrtd_vmm *vmm;
    if (answer_label(c, &vmm) == ANSWER_LABEL_WRONG) {
        fprintf(to,
                "  %-14sthe input says that this MRTD is that of %s, as which "
                "it was not found\n",
                "note", vmm->name);
    }
}

static void print_match(FILE *to, const struct answer *c)
{
    const char *label = "launched by";
    if (snp_answer_is_match(&c->snp)) {
        if (c->against->claims.count > 1) {
            print_hex(to, "matches", &c->snp.claim->value, c->snp.claim->where);
        }
        check_snp_print_found(to, &c->snp);
    }
    for (size_t i = 0; i < c->launches.count; i++) {
        const struct launch *v = &c->launches.items[i];
        if (!answer_is_match(c, v)) {
            continue;
        }
        const struct claim *claim = answer_claim(c, v);
        if (*label && c->against->claims.count > 1) {
            print_hex(to, "matches", &v->value, claim->where);
        }
        print_launch(to, c, label, v);
        label = "or by";
    }
    for (size_t i = 0; i < c->launches.count; i++) {
        const struct launch *v = &c->launches.items[i];
        if (v->error.code && v->vmm->takes_payload && c->e.options->payload) {
            print_refused(to, v);
        }
    }
    if (answer_knows_file(c) && !answer_is_that_file(c)) {
        fprintf(to,
                "  %-14sthe input gives digests of another file with this "
                "value; those of this one:\n"
                "  %-14sSHA-256 %s\n"
                "  %-14sSHA-384 %s\n",
                "note", "", c->sha256, "", c->sha384);
    }
    print_label(to, c);
    if (answer_is_code_only(c)) {
        char text[TRAP_TEXT];
        for (size_t i = 0; trap_at(i); i++) {
            if (strcmp(trap_at(i)->code, "split-image") == 0 &&
                trap_applies(trap_at(i), c, text)) {
                print_text(to, "note", text);
            }
        }
    }
}

/* Each value that was computed, with all that lead to it. */
static void print_tried(FILE *to, const struct answer *c)
{
    char name[100];
    for (size_t i = 0; i < c->launches.count; i++) {
        const struct launch *v = &c->launches.items[i];
        if (v->error.code) {
            print_refused(to, v);
        } else if (!v->is_repeated) {
            print_hex(to, "computed", &v->value,
                      launch_name(v, name, sizeof name));
        } else {
            fprintf(to, "                (%s: the same as %s)\n", v->vmm->name,
                    c->launches.items[v->first].vmm->name);
        }
    }
    if (c->refused.status) {
        fprintf(to, "  %-14s(%s: %s [%s])\n", "refused",
                c->has_tdx ? "snp" : "tdx", c->refused.message,
                c->refused.code);
    }
    if (c->snp.is_tried) {
        check_snp_print_tried(to, &c->snp);
    }
}

/* Of the launch, where that does not fit; of the boot, where that does not. */
static void print_reasons(FILE *to, const struct answer *c)
{
    const struct trap *trap;
    const char *code;
    const char *reason;
    char text[TRAP_TEXT];
    int number = 0;
    fprintf(to, "Possible reasons, the likeliest first:\n");
    for (size_t i = 0; (trap = trap_at(i)); i++) {
        if (trap_is_reason(trap, c, text)) {
            fprintf(to, "  %d. %s [%s]\n", ++number, text, trap->code);
        }
    }
    for (size_t i = 0; (reason = boot_answer_reason(&c->boot, i, &code)); i++) {
        fprintf(to, "  %d. %s [%s]\n", ++number, reason, code);
    }
    if (c->has_tdx && !c->is_launched) {
        fprintf(to, "Not a reason: %s.\n", trap_not_causes);
    }
    if (c->snp.is_tried && !c->is_launched) {
        fprintf(to, "Not a reason: %s.\n", snp_trap_not_causes);
    }
}

/* "OVMF.fd: MATCH", never bare where only a part of the firmware is known, and
 * never where the evidence is not accepted. */
static void print_verdict(FILE *to, const struct answer *c)
{
    fprintf(to, "%s: ", printable(c->e.name));
    check_evidence_verdict(to, answer_verdict(c), answer_is_right(c),
                           "this image");
    fprintf(to, "%s",
            answer_is_code_only(c) ? " (CODE only; VARS not given)" : "");
}

void check_print_line(FILE *to, const struct answer *answer)
{
    char name[100];
    const bool boots = answer_is_right(answer) || !answer->is_launched;
    const char *before = boots ? ", " : " (launched by ";
    print_verdict(to, answer);
    check_boot_print_line(to, &answer->boot);
    for (size_t i = 0; i < answer->launches.count; i++) {
        const struct launch *v = &answer->launches.items[i];
        if (answer_is_match(answer, v)) {
            fprintf(to, "%s%s", before, launch_name(v, name, sizeof name));
            before = ", ";
        }
    }
    fprintf(to, "%s", boots ? "" : ")");
    if (snp_answer_is_match(&answer->snp)) {
        char found[SNP_ANSWER_NAME];
        fprintf(to, ", snp: %s", snp_answer_name(&answer->snp, found));
    }
    if (answer->initdata && !answer->initdata->same) {
        fprintf(to, " (with other initdata)");
    }
    if (answer->is_launched && answer_knows_file(answer) &&
        !answer_is_that_file(answer)) {
        fprintf(to, " (another file than the input describes)");
    }
    const struct mrtd_vmm *vmm;
    if (answer_label(answer, &vmm) == ANSWER_LABEL_WRONG) {
        fprintf(to, " (which the input calls that of %s)", vmm->name);
    }
    fprintf(to, "\n");
}

void check_print(FILE *to, const struct answer *answer)
{
    print_verdict(to, answer);
    fprintf(to, "\n");
    check_print_against(to, answer->against, answer->evidence);
    if (answer->initdata) {
        initdata_check_line(to, answer->initdata);
    }
    if (answer->is_launched) {
        print_match(to, answer);
    } else {
        print_tried(to, answer);
    }
    check_boot_print(to, &answer->boot);
    if (answer_asks_why(answer)) {
        print_reasons(to, answer);
    }
}

void check_print_none(FILE *to)
{
    print_text(to, "none matches",
               "check one image by itself, and possible reasons are printed");
}
