/* SPDX-License-Identifier: Apache-2.0 */
/* evidence's answer, for people. */
#include "report/evidence.h"

#include <inttypes.h>
#include <string.h>

#include "printable.h"
#include "reference/claims.h"

/* Columns of a label, and of what is folded. */
#define LABEL   16
#define COLUMNS 79

/* Prints words in lines; those after the first begin with that many spaces. A
 * word that is longer, such as an address, has a line of its own. */
static void print_folded(FILE *to, const char *text, size_t indent)
{
    size_t column = indent;
    bool first = true;
    while (*text) {
        const size_t len = strcspn(text, " ");
        if (!first && column + 1 + len > COLUMNS) {
            fprintf(to, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        fprintf(to, "%s%.*s", first ? "" : " ", (int)len, text);
        column += len + !first;
        first = false;
        text += len;
        text += *text == ' ';
    }
    fputc('\n', to);
}

static void print_point(FILE *to, const char *text)
{
    fputs("  - ", to);
    print_folded(to, text, 4);
}

static const char *verdict(enum mrtd_verify_status status)
{
    switch (status) {
    case MRTD_VERIFY_GOOD:
        return "GENUINE";
    case MRTD_VERIFY_FORGED:
        return "FORGED";
    case MRTD_VERIFY_EXPIRED:
        return "EXPIRED";
    case MRTD_VERIFY_UNSUPPORTED:
        return "UNSUPPORTED";
    default:
        return "NOT CHECKED";
    }
}

/* "quote.bin: GENUINE, NOT ACCEPTED (debug)" */
static void print_verdict(FILE *to, const struct evidence_answer *a)
{
    const char *before = ", NOT ACCEPTED (";
    fprintf(to, "%s: %s", printable(a->name), verdict(a->verified.status));
    if (evidence_is_verified(a) && a->verified.root == MRTD_ROOT_OWN) {
        fputs(" BY A ROOT OF YOUR OWN", to);
    }
    for (unsigned bit = 1; evidence_denial_code(bit); bit <<= 1) {
        if (a->denials & bit) {
            fprintf(to, "%s%s", before, evidence_denial_code(bit));
            before = ", ";
        }
    }
    fputs(a->denials ? ")\n" : "\n", to);
}

static void print_file(FILE *to, const struct evidence_answer *a)
{
    const uint64_t after = (uint64_t)a->size - a->evidence.size;
    const bool zeros = a->verified.trailing == MRTD_NO_OFFSET;
    fprintf(to, "  %-16s%s, %" PRIu64 " bytes", "file",
            mrtd_evidence_kind_name(a->evidence.kind), a->evidence.size);
    if (a->evidence.kind == MRTD_EVIDENCE_SNP &&
        mrtd_snp_certificates_detect(a->data + a->evidence.size,
                                     (size_t)after)) {
        fprintf(to,
                ", and %" PRIu64 " bytes after it, which begin with a table of "
                "certificates",
                after);
    } else if (after > 0) {
        fprintf(to, ", and %" PRIu64 "%s after it", after,
                zeros ? " bytes of zeros" : " bytes");
    }
    fputc('\n', to);
    if (*a->found.what) {
        fprintf(to, "  %-16s%s%s%s\n", "read as", a->found.what,
                *a->found.where ? ": " : "", a->found.where);
    }
    if (!zeros) {
        fprintf(to,
                "  %-16soffset 0x%" PRIx64 ", after the evidence, is not 0: "
                "nobody signed what is there\n",
                "note", a->verified.trailing);
    }
}

static void print_tdx_signer(FILE *to, const struct mrtd_tdx_signer *s,
                             bool show_ids)
{
    char hex[2 * 16 + 1];
    mrtd_hex_encode(hex, s->fmspc, sizeof s->fmspc);
    fprintf(to,
            "  %-16sTD quoting enclave, ISVSVN %u, of a platform of FMSPC "
            "%s",
            "signed by", s->qe_isvsvn, hex);
    mrtd_hex_encode(hex, s->pceid, sizeof s->pceid);
    fprintf(to, ", PCEID %s, PCESVN %u\n", hex, s->pcesvn);
    mrtd_hex_encode(hex, s->components, sizeof s->components);
    fprintf(to, "  %-16s%s (SVNs of the platform's TCB)\n", "", hex);
    if (show_ids) {
        mrtd_hex_encode(hex, s->ppid, sizeof s->ppid);
        fprintf(to, "  %-16s%s\n", "PPID", hex);
    }
}

static void print_snp_signer(FILE *to, const struct mrtd_snp_signer *s,
                             bool show_ids)
{
    const char *family = mrtd_snp_family_name(s->family);
    fprintf(to, "  %-16s%s of a %s processor%s%s\n", "signed by",
            s->vlek ? "VLEK" : "VCEK", family ? family : "SEV-SNP",
            *s->csp_id ? ", of " : "", s->csp_id);
    if (show_ids && !s->vlek) {
        char hex[2 * sizeof s->chip_id + 1];
        mrtd_hex_encode(hex, s->chip_id, sizeof s->chip_id);
        fprintf(to, "  %-16s%s\n", "chip", hex);
    }
}

static void print_signer(FILE *to, const struct evidence_answer *a)
{
    const struct mrtd_verification *v = &a->verified;
    char from[CLAIMS_TIME_SIZE];
    char end[CLAIMS_TIME_SIZE];
    if (!evidence_is_verified(a)) {
        return;
    }
    if (mrtd_evidence_platform(a->evidence.kind) == MRTD_PLATFORM_SNP) {
        print_snp_signer(to, &v->snp, a->demands->show_ids);
    } else {
        print_tdx_signer(to, &v->tdx, a->demands->show_ids);
    }
    claims_time_text(from, v->not_before);
    claims_time_text(end, v->not_after);
    fprintf(to, "  %-16s%s to %s: the certificates\n", "valid", from, end);
}

void evidence_print_denials(FILE *to, const struct evidence_answer *a,
                            int label)
{
    if (a->denials & EVIDENCE_DEBUG) {
        fprintf(to,
                "  %-*sa debug guest: its host can read and change its "
                "memory, whatever was measured\n",
                label, "NOT ACCEPTED");
    } else if (evidence_is_debug(&a->evidence)) {
        fprintf(to,
                "  %-*sa debug guest, which --allow-debug accepts: its "
                "host can read and change it\n",
                label, "WARNING");
    }
    if (a->denials & EVIDENCE_REPORT_DATA) {
        char hex[2 * EVIDENCE_DATA_SIZE + 1];
        mrtd_hex_encode(hex, a->demands->data, EVIDENCE_DATA_SIZE);
        fprintf(to,
                "  %-*sits report data is not that of --report-data:\n"
                "  %-*s%s\n",
                label, "NOT ACCEPTED", label, "", hex);
    } else if (a->demands->data) {
        fprintf(to, "  %-*sas --report-data says\n", label, "report data");
    }
    for (size_t i = 0; i < a->below_count; i++) {
        fprintf(to, "  %-*s%s is %u, less than the %u of --min-tcb\n", label,
                "NOT ACCEPTED", a->below[i].name, a->below[i].is,
                a->below[i].least);
    }
    if (a->demands->tcb_text && a->below_count == 0) {
        fprintf(to, "  %-*sat least that of --min-tcb\n", label, "TCB");
    }
}

void evidence_print_tcb(FILE *to, const struct evidence_answer *a, int label)
{
    const struct evidence_tcb *tcb = &a->tcb;
    const struct mrtd_tcb_verdict *v = &tcb->verdict;
    char date[CLAIMS_TIME_SIZE];
    char until[CLAIMS_TIME_SIZE];
    if (!tcb->is_known) {
        return;
    }
    claims_time_text(date, v->date);
    claims_time_text(until, a->verified.collateral_until);
    fprintf(to, "  %-*s%s, as of %s; evaluation %" PRIu64 ", valid until %s\n",
            label, "TCB", mrtd_tcb_status_name(v->status), date,
            tcb->evaluation, until);
    fprintf(to, "  %-*splatform %s", label, "",
            mrtd_tcb_status_name(v->platform));
    if (v->module) {
        fprintf(to, ", TDX module %s", mrtd_tcb_status_name(v->module));
    }
    fprintf(to, ", quoting enclave %s\n", mrtd_tcb_status_name(v->enclave));
    if (v->current) {
        fprintf(to, "  %-*swith the TDX module that is loaded now %s\n", label,
                "", mrtd_tcb_status_name(v->current));
    }
    for (size_t i = 0; i < tcb->advisory_count; i++) {
        fprintf(to, "  %-*s%s\n", label, i == 0 ? "advisories" : "",
                printable(tcb->advisories[i]));
    }
    if (!tcb->is_accepted) {
        fprintf(to, "  %-*s%s %s\n", label, "NOT ACCEPTED",
                mrtd_tcb_status_name(v->status), evidence_tcb_denied(tcb));
    }
}

static void print_points(FILE *to, const char *title,
                         const struct evidence_point *points, size_t count)
{
    if (count > 0) {
        fprintf(to, "%s:\n", title);
    }
    for (size_t i = 0; i < count; i++) {
        print_point(to, points[i].text);
    }
}

void evidence_print_text(FILE *to, const struct evidence_answer *a)
{
    struct evidence_point points[EVIDENCE_POINTS];
    char sentence[EVIDENCE_SENTENCE];
    print_verdict(to, a);
    print_file(to, a);
    print_signer(to, a);
    evidence_print_tcb(to, a, LABEL);
    evidence_print_denials(to, a, LABEL);
    evidence_sentence(sentence, a);
    print_folded(to, sentence, 0);
    print_points(to, "Verified", points, evidence_verified(points, a));
    print_points(to, "Not verified", points, evidence_unverified(points, a));
    fprintf(to, "%s:\n",
            evidence_is_verified(a) ? "What it says"
                                    : "What it says, whoever "
                                      "wrote it");
    evidence_print_fields(to, a);
}
