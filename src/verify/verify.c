/* SPDX-License-Identifier: Apache-2.0 */
/* One verification, from the options to the verdict. */
#include <string.h>

#include "base/error.h"
#include "base/request.h"
#include "verify/crl.h"
#include "verify/der.h"
#include "verify/parts.h"

static const struct request options_request = {
    .what = "options of a verification",
    .name = "struct mrtd_verify_options",
    .first = sizeof(struct mrtd_verify_options),
    .size = sizeof(struct mrtd_verify_options),
};

static const struct request collateral_request = {
    .what = "collateral of a verification",
    .name = "struct mrtd_collateral",
    .first = sizeof(struct mrtd_collateral),
    .size = sizeof(struct mrtd_collateral),
};

/* TDREPORT_STRUCT has TDINFO at 512, and that has MRTD at 16: intel/tdx-module
 * 1666adc, src/common/data_structures/tdx_api_defs.h. */
enum {
    TDREPORT_MRTD = 512 + 16
};

/* Without all of these nothing is genuine. */
#define NEEDED_OF_QUOTE                                                        \
    (MRTD_CHECKED_HEADER_BODY | MRTD_CHECKED_QE_BINDING |                      \
     MRTD_CHECKED_QE_IDENTITY | MRTD_CHECKED_QE_REPORT |                       \
     MRTD_CHECKED_PCK_CHAIN | MRTD_CHECKED_ROOT_PIN | MRTD_CHECKED_VALIDITY)
#define NEEDED_OF_REPORT                                                       \
    (MRTD_CHECKED_REPORT_SIGNATURE | MRTD_CHECKED_VEK_CHAIN |                  \
     MRTD_CHECKED_VEK_TCB | MRTD_CHECKED_ROOT_PIN | MRTD_CHECKED_VALIDITY)

/* --- Options ------------------------------------------------------------ */

static enum mrtd_code bad_argument(struct mrtd_error *error, const char *what)
{
    return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET, "%s", what);
}

static bool has_document(const struct mrtd_collateral_document *d)
{
    return d->data && d->chain;
}

/* The collateral of the options, if there is any. */
static enum mrtd_code read_collateral(struct check *check,
                                      struct mrtd_collateral *made,
                                      const struct mrtd_collateral *given)
{
    if (!given) {
        return MRTD_OK;
    }
    const enum mrtd_code code =
        request_read(&collateral_request, made, given, check->error);
    if (!code &&
        (!has_document(&made->tcb_info) || !has_document(&made->qe_identity) ||
         !made->pck_crl.data || !made->root_crl.data)) {
        return bad_argument(check->error, "a part of the collateral is NULL");
    }
    check->collateral = made;
    return code;
}

/* The certificates that follow a report in one file, too. */
static enum mrtd_code gather(struct check *check,
                             const struct mrtd_verify_options *options)
{
    struct span rest;
    enum mrtd_code code = MRTD_OK;
    for (size_t i = 0;
         !code && options->certificates && i < options->certificate_count;
         i++) {
        const struct mrtd_verify_bytes *one = &options->certificates[i];
        code = one->data ? certificates_add(&check->given,
                                            span_make(one->data, one->size, 0),
                                            check->error)
                         : bad_argument(check->error,
                                        "a file with certificates is NULL");
    }
    if (!code && check->evidence->kind == MRTD_EVIDENCE_SNP &&
        span_part(check->data, check->evidence->size,
                  check->data.size - check->evidence->size, &rest) &&
        certificates_is_table(rest)) {
        code = certificates_add(&check->given, rest, check->error);
    }
    return code;
}

/* The root of the options, which has to be one that signs itself. */
static enum mrtd_code read_root(struct check *check, struct certificates *list,
                                struct span file)
{
    const struct certificate *root = NULL;
    enum mrtd_code code = certificates_add(list, file, check->error);
    if (code) {
        return code;
    }
    root = list->items;
    if (list->count == 1 && root->is_ca && root->may_sign_certificates &&
        der_same(root->issuer, root->subject)) {
        switch (crypto_certificate(&check->crypto, root, root)) {
        case CRYPTO_RIGHT:
            check->own_root = root;
            return MRTD_OK;
        case CRYPTO_NO_MEMORY:
            (void)check_no_memory(check);
            return check->code;
        default:
            break;
        }
    }
    return error_set(check->error, MRTD_ERR_CERTIFICATE, 0,
                     "the root is not one certificate of a CA that is signed "
                     "with its own key, by ECDSA with P-256 or by RSA-PSS");
}

/* --- Verdict ------------------------------------------------------------ */

/* The first byte after the evidence that is not 0 and not of a table of
 * certificates. */
static uint64_t find_trailing(const struct check *check)
{
    uint64_t start = check->evidence->size;
    struct span rest;
    if (span_part(check->data, start, check->data.size - start, &rest) &&
        check->evidence->kind == MRTD_EVIDENCE_SNP &&
        certificates_is_table(rest)) {
        start += certificates_table_size(rest);
    }
    if (!span_part(check->data, start, check->data.size - start, &rest)) {
        return MRTD_NO_OFFSET;
    }
    for (uint64_t i = 0; i < rest.size; i++) {
        uint8_t byte = 0;
        (void)span_u8(rest, i, &byte);
        if (byte) {
            return start + i;
        }
    }
    return MRTD_NO_OFFSET;
}

static bool has_signature(enum mrtd_evidence_kind kind)
{
    return kind != MRTD_EVIDENCE_TDREPORT && kind != MRTD_EVIDENCE_TDINFO &&
           kind != MRTD_EVIDENCE_HCL_TDX;
}

/* Is it the TDREPORT in Azure's report that has a wrong hash, or else the
 * claims beside it that are not those of the TDREPORT? */
static bool is_of_claims(const struct check *check)
{
    struct mrtd_evidence within = {.consistent = 0};
    const uint64_t start = check->evidence->value_offset - TDREPORT_MRTD;
    struct span report;
    return check->evidence->kind == MRTD_EVIDENCE_HCL_TDX &&
           span_part(check->data, start, check->data.size - start, &report) &&
           !mrtd_evidence_read(&within, MRTD_EVIDENCE_TDREPORT,
                               span_bytes(report, 0, report.size),
                               (size_t)report.size, NULL) &&
           within.consistent;
}

/* Of a TDREPORT, alone or in Azure's report, only hashes can be checked. */
static bool verify_tdreport(struct check *check)
{
    enum mrtd_verify_reason reason = MRTD_REASON_MAC;
    if (!check->evidence->consistent) {
        reason =
            is_of_claims(check) ? MRTD_REASON_CLAIMS : MRTD_REASON_INFO_HASH;
    }
    return check_says(check, reason, MRTD_NO_OFFSET, "%s",
                      mrtd_verify_reason_text(reason));
}

/* True where all that is needed was checked. */
static bool verify_kind(struct check *check)
{
    uint32_t needed = 0;
    bool right = false;
    if (has_signature(check->evidence->kind) && !crypto_is_there()) {
        return check_says(check, MRTD_REASON_NO_LIBCRYPTO, MRTD_NO_OFFSET, "%s",
                          mrtd_verify_reason_text(MRTD_REASON_NO_LIBCRYPTO));
    }
    switch (check->evidence->kind) {
    case MRTD_EVIDENCE_QUOTE_V4:
    case MRTD_EVIDENCE_QUOTE_V5:
        needed = NEEDED_OF_QUOTE;
        right = verify_tdx_quote(check);
        break;
    case MRTD_EVIDENCE_SNP:
    case MRTD_EVIDENCE_HCL:
        needed = NEEDED_OF_REPORT;
        right = verify_snp_report(check);
        break;
    case MRTD_EVIDENCE_TDREPORT:
    case MRTD_EVIDENCE_HCL_TDX:
        return verify_tdreport(check);
    default:
        return check_says(check, MRTD_REASON_NO_SIGNATURE, MRTD_NO_OFFSET, "%s",
                          mrtd_verify_reason_text(MRTD_REASON_NO_SIGNATURE));
    }
    return right && (check->verdict->checked & needed) == needed;
}

static enum mrtd_code verify(struct check *check,
                             const struct mrtd_verify_options *options)
{
    struct certificates root = {.items = NULL};
    if (!crypto_open(&check->crypto)) {
        (void)check_no_memory(check);
        return check->code;
    }
    check->code = gather(check, options);
    if (!check->code && options->root && crypto_is_there()) {
        check->code = read_root(
            check, &root, span_make(options->root, options->root_size, 0));
    }
    if (!check->code && verify_kind(check)) {
        check->verdict->status = MRTD_VERIFY_GOOD;
    }
    certificates_free(&root);
    certificates_free(&check->given);
    crypto_close(&check->crypto);
    return check->code;
}

enum mrtd_code mrtd_verify(struct mrtd_verification *verification,
                           enum mrtd_evidence_kind kind, const void *data,
                           size_t size,
                           const struct mrtd_verify_options *options,
                           struct mrtd_error *error)
{
    struct mrtd_verify_options asked = {.struct_size = 0};
    struct mrtd_collateral collateral = {.struct_size = 0};
    struct mrtd_evidence evidence;
    /* What a verdict is that no step has changed: never a good one. */
    struct mrtd_verification made = {.status = MRTD_VERIFY_FORGED,
                                     .reason = MRTD_REASON_LAYOUT,
                                     .offset = MRTD_NO_OFFSET};
    struct check check = {.verdict = &made,
                          .error = error,
                          .data = span_make(data, size, 0),
                          .evidence = &evidence};
    if (!verification || !options) {
        return bad_argument(error, "there is no place for the verdict, or "
                                   "there are no options");
    }
    enum mrtd_code code =
        request_read(&options_request, &asked, options, error);
    if (!code && asked.certificate_count > 0 && !asked.certificates) {
        code = bad_argument(error, "the options count files with certificates, "
                                   "and the list of them is NULL");
    }
    if (!code) {
        code = read_collateral(&check, &collateral, asked.collateral);
    }
    if (!code) {
        code = mrtd_evidence_read(&evidence, kind, data, size, error);
    }
    if (code) {
        return code;
    }
    check.time = asked.time;
    made.trailing = find_trailing(&check);
    code = verify(&check, &asked);
    if (!code) {
        if (made.status == MRTD_VERIFY_GOOD) {
            made.reason = MRTD_REASON_NONE;
        }
        *verification = made;
    }
    return code;
}

enum mrtd_code mrtd_verify_certificates(size_t *count, const void *data,
                                        size_t size, struct mrtd_error *error)
{
    struct certificates list = {.items = NULL};
    enum mrtd_code code = MRTD_OK;
    if (!count || !data) {
        return bad_argument(error, "there are no certificates, or no place for "
                                   "their number");
    }
    code = certificates_add(&list, span_make(data, size, 0), error);
    if (!code) {
        *count = list.count;
    }
    certificates_free(&list);
    return code;
}

enum mrtd_code mrtd_verify_root(const void *data, size_t size,
                                struct mrtd_error *error)
{
    struct certificates list = {.items = NULL};
    struct check check = {.error = error};
    if (!data) {
        return bad_argument(error, "there is no root");
    }
    if (!crypto_open(&check.crypto)) {
        (void)check_no_memory(&check);
        return check.code;
    }
    const enum mrtd_code code =
        read_root(&check, &list, span_make(data, size, 0));
    certificates_free(&list);
    crypto_close(&check.crypto);
    return code;
}

enum mrtd_code mrtd_verify_crl(const void *data, size_t size,
                               struct mrtd_error *error)
{
    struct crl crl;
    if (!data) {
        return bad_argument(error, "there is no CRL");
    }
    return crl_load(&crl, span_make(data, size, 0), error);
}
