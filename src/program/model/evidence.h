/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be said of a piece of evidence: whether it is genuine, and whether
 * it is as the user demands.
 */
#ifndef MODEL_EVIDENCE_H
#define MODEL_EVIDENCE_H

#include "failure.h"
#include "model/collateral.h"
#include "model/tcb.h"
#include "reference/claims_evidence.h"

/* Larger files are no evidence, also in hexadecimal. */
#define EVIDENCE_MOST_BYTES ((uint64_t)256 << 10)

/* REPORTDATA of TDX, REPORT_DATA of SEV-SNP. */
#define EVIDENCE_DATA_SIZE 64

/* Most files of certificates for one platform. */
#define EVIDENCE_FILES        32
#define EVIDENCE_CERTIFICATES (EVIDENCE_FILES + CLAIMS_CERTIFICATES)

struct evidence_files {
    const struct mrtd_verify_bytes *items;
    size_t count;
};

/* What the user asks for. All of it stays as long as what was made with it. */
struct evidence_demands {
    int64_t time;          /* at which certificates have to be valid */
    const char *root_name; /* of the own root's file; NULL: the built-in ones */
    struct mrtd_verify_bytes root;
    struct evidence_files tdx; /* certificates for quotes */
    struct evidence_files snp; /* and for reports of SEV-SNP */
    bool genuine;              /* what cannot be verified is refused */
    bool allow_debug;
    bool show_ids;        /* what identifies the machine is shown */
    bool compares;        /* the command compares its values, too */
    const uint8_t *data;  /* EVIDENCE_DATA_SIZE bytes of --report-data, or
                             NULL */
    const char *tcb_text; /* of --min-tcb as given, or NULL */
    struct tcb_minimum tcb;
    const struct collateral *collateral; /* for quotes, or NULL */
    unsigned accepted_tcb; /* a sum of 1 << enum mrtd_tcb_status */
};

/* Why evidence is not accepted, beside what the verification says. */
enum evidence_denial {
    EVIDENCE_DEBUG = 1,       /* the host can read the guest's memory */
    EVIDENCE_REPORT_DATA = 2, /* it is another than --report-data */
    EVIDENCE_MIN_TCB = 4,     /* a part is lower than --min-tcb */
    EVIDENCE_TCB_STATUS = 8,  /* it is not one of --accept-tcb */
};

/* "debug"; NULL: there is no such denial. */
const char *evidence_denial_code(unsigned denial);

/* What collateral says of the TCB of a quote. */
struct evidence_tcb {
    bool is_known; /* there is a status; otherwise nothing else is set */
    struct mrtd_tcb_verdict verdict;
    const char **advisories; /* of the collateral, sorted, each once */
    size_t advisory_count;
    uint64_t evaluation; /* the least tcbEvaluationDataNumber */
    bool is_accepted;
};

#define EVIDENCE_WHY 600

struct evidence_answer {
    const char *name;
    const struct evidence_demands *demands;
    /* Where the file is not the bytes of the evidence: in what these are. */
    struct evidence_found found;
    const struct carried *carried; /* what was beside it in its file, or NULL */
    const unsigned char *data;
    size_t size;
    struct mrtd_evidence evidence;
    struct mrtd_verification verified;
    /* Why it is not good, one line of printable ASCII; "" where it is. */
    char why[EVIDENCE_WHY];
    /* Of SEV-SNP: by the chain where that was verified, otherwise by what the
     * report says, or UNKNOWN. */
    enum mrtd_snp_family family;
    /* Certificates for it, and those beside it in its file. */
    struct mrtd_verify_bytes certificates[EVIDENCE_CERTIFICATES];
    unsigned denials; /* a sum of enum evidence_denial */
    struct tcb_part below[TCB_PARTS];
    size_t below_count;
    struct evidence_tcb tcb;
    /* EXIT_DIFFERS: not accepted. EXIT_REFUSED: it is not known whether it is
     * genuine, and that was asked for or cannot be known here; then failure
     * says why. */
    enum exit_status status;
    struct failure failure;
};

/*
 * Reads the bytes of a file, which stay the caller's, and verifies them. On
 * failure fills *failure; the answer, of which some may be there, is to be
 * freed all the same.
 */
enum exit_status evidence_answer_make(struct evidence_answer *answer,
                                      const char *name, const void *bytes,
                                      size_t size,
                                      const struct evidence_demands *demands,
                                      struct failure *failure);
void evidence_answer_free(struct evidence_answer *answer);

/* evidence_answer_make() of the evidence of a claim, whose bytes it is
 * of. */
enum exit_status evidence_answer_of(struct evidence_answer *answer,
                                    const char *name, const struct claim *claim,
                                    const struct evidence_demands *demands,
                                    struct failure *failure);

/* REPORTDATA or REPORT_DATA, EVIDENCE_DATA_SIZE bytes; NULL: TDINFO has none.
 */
const uint8_t *evidence_data(const struct mrtd_evidence *evidence);

/* Can the host read the guest's memory? */
bool evidence_is_debug(const struct mrtd_evidence *evidence);

/* Is it a quote or a report of which a signature was verified? Also one whose
 * TCB the collateral does not know. */
bool evidence_is_verified(const struct evidence_answer *answer);

/* --- collateral_answer.c: the TCB of quotes ------------------------------- */

bool evidence_is_quote(const struct mrtd_evidence *evidence);

/* Is it a reason why collateral does not say what the TCB is? Then what the
 * quote has itself is right. */
bool evidence_is_of_collateral(enum mrtd_verify_reason reason);

/* Why the status is not accepted: "is never accepted". */
const char *evidence_tcb_denied(const struct evidence_tcb *tcb);

/* Fills the answer's tcb where there is collateral, and a quote that is
 * verified; otherwise leaves it. */
enum exit_status evidence_judge_tcb(struct evidence_answer *answer,
                                    struct failure *failure);

/* --- evidence_lists.c: what was verified, and what was not ---------------- */

struct evidence_point {
    char code[24];
    char text[700]; /* a line of printable ASCII, however long */
};

#define EVIDENCE_POINTS 16

/* Each fills points and returns how many; none of what is not genuine was
 * verified, and what was not is where the VCEK is that another was given for.
 */
size_t evidence_verified(struct evidence_point points[EVIDENCE_POINTS],
                         const struct evidence_answer *answer);
size_t evidence_unverified(struct evidence_point points[EVIDENCE_POINTS],
                           const struct evidence_answer *answer);

/* The verdict as whole sentences, in words of their own for each. */
#define EVIDENCE_SENTENCE 1200
void evidence_sentence(char text[EVIDENCE_SENTENCE],
                       const struct evidence_answer *answer);

/* The root that the chain ends in: "the Intel SGX Root CA". */
const char *evidence_root_words(enum mrtd_verify_root root);

/* The name of a signing key, "VCEK" or "VLEK", by what the report says. */
const char *evidence_vek(const struct mrtd_evidence *evidence);

#endif
