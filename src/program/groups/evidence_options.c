/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/evidence_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "options/values.h"
#include "printable.h"

/* --- The command line ----------------------------------------------------- */

static enum exit_status take_vek(void *options, const char *value)
{
    struct evidence_options *o = options;
    if (!*value) {
        return diagnostic_usage("--vek needs a file name");
    }
    if (o->vek_count == EVIDENCE_VEKS) {
        return diagnostic_usage("--vek is given more than %d times",
                                EVIDENCE_VEKS);
    }
    o->veks[o->vek_count++] = value;
    return EXIT_DONE;
}

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct evidence_options, member, argument, text)

static const struct option_row rows[] = {
    {OWN("require", TEXT, require, OPTION_IS("genuine", "the word genuine"),
         "refuse what cannot be verified")},
    {OWN("report-data", TEXT, report_data,
         OPTION_IS("HEX", "up to 128 hexadecimal digits"),
         "what REPORTDATA has to be, zeros after it")},
    {OWN("min-tcb", TEXT, min_tcb, OPTION_IS("TCB", "a TCB"),
         "the least TCB: bl=3,tee=0,snp=8,ucode=115 of SEV-SNP, 32 "
         "hexadecimal digits of TDX")},
    {OWN("allow-debug", FLAG, allow_debug, OPTION_ALONE,
         "accept guests that their host can read")},
    {OWN("root", INPUT, root, OPTION_IS_FILE,
         "trust this root certificate, and not the vendors'")},
    {OWN("pck-chain", INPUT, pck_chain, OPTION_IS_FILE,
         "the certificates of a quote that has none")},
    {OWN("collateral", INPUT, collateral.whole, OPTION_IS_FILE,
         "Intel's collateral of quotes, all of it")},
    {OWN("tcb-info", INPUT, collateral.tcb_info, OPTION_IS_FILE,
         "TCB info of the quotes' platform, and then the other four, too:")},
    {OWN("qe-identity", INPUT, collateral.qe_identity, OPTION_IS_FILE,
         "the identity of the TD quoting enclave")},
    {OWN("tcb-issuer-chain", INPUT, collateral.issuer_chain, OPTION_IS_FILE,
         "the certificates that sign both")},
    {OWN("pck-crl", INPUT, collateral.pck_crl, OPTION_IS_FILE,
         "the CRL of the PCK CA")},
    {OWN("root-crl", INPUT, collateral.root_crl, OPTION_IS_FILE,
         "the CRL of the root")},
    {OWN("accept-tcb", TEXT, collateral.accept,
         OPTION_IS("STATUS,...", "the status of a TCB"),
         "what the TCB may be by the collateral (default: UpToDate)")},
    {OPTION_CALL("vek", take_vek, OPTION_IS_FILE,
                 "a VCEK or VLEK, or a CA of it"),
     .repeats = true},
    {OWN("auxblob", INPUT, auxblob, OPTION_IS_FILE,
         "a certificate table of SEV-SNP")},
    {OWN("cert-dir", TEXT, cert_dir, OPTION_IS_FOLDER,
         "a folder with vcek.pem and others, as snpguest makes it")},
};
const struct option_table evidence_options_table = OPTION_TABLE(rows);

/* Finds what snpguest calls its files (snpguest, README, "certificates"). */
static bool find_in_dir(struct evidence_options *o)
{
    static const char *const names[] = {"vcek", "vlek", "ask", "asvk", "ark"};
    static const char *const endings[] = {"pem", "der"};
    for (size_t i = 0; i < EVIDENCE_DIR_NAMES; i++) {
        char *path = o->paths[o->path_count];
        if (snprintf(path, EVIDENCE_PATH, "%s/%s.%s", o->cert_dir, names[i / 2],
                     endings[i % 2]) >= EVIDENCE_PATH) {
            return options_must(false, "--cert-dir: the path is too long");
        }
        o->path_count += !input_is_missing(path);
    }
    o->is_missing = input_is_missing(o->cert_dir);
    return true;
}

static bool take_report_data(struct evidence_options *o)
{
    const char *text = o->report_data;
    if (text && !option_hex_first(text, o->data, sizeof o->data)) {
        diagnostic_usage("--report-data needs 2 to 128 hexadecimal digits, an "
                         "even number of them, not '%s'",
                         printable(text));
        return false;
    }
    return true;
}

static bool check_words(const struct evidence_options *o)
{
    struct tcb_minimum minimum;
    if (o->require && strcmp(o->require, "genuine") != 0) {
        diagnostic_usage("--require needs the word genuine, not '%s'",
                         printable(o->require));
        return false;
    }
    if (o->min_tcb && !tcb_minimum_read(&minimum, o->min_tcb)) {
        diagnostic_usage("--min-tcb needs numbers up to 255 as "
                         "bl=3,tee=0,snp=8,ucode=115 (and fmc), each once, or "
                         "32 hexadecimal digits, not '%s'",
                         printable(o->min_tcb));
        return false;
    }
    return true;
}

bool evidence_options_check(struct evidence_options *o, struct files *files)
{
    if (!check_words(o) || !take_report_data(o) ||
        !collateral_options_check(&o->collateral) ||
        (o->cert_dir && !find_in_dir(o))) {
        return false;
    }
    for (size_t i = 0; i < o->vek_count; i++) {
        files->inputs[files->input_count++] = o->veks[i];
    }
    for (size_t i = 0; i < o->path_count; i++) {
        files->inputs[files->input_count++] = o->paths[i];
    }
    return options_read_stdin_once(files);
}

/* --- Reading -------------------------------------------------------------- */

/* Reads a file of certificates into *certificate. */
static enum exit_status load(struct evidence_options *o,
                             struct mrtd_verify_bytes *certificate,
                             const char *name)
{
    const char *code = mrtd_code_name(MRTD_ERR_CERTIFICATE);
    struct failure failure;
    struct mrtd_error why;
    char *text = NULL;
    size_t count = 0;
    enum exit_status status =
        input_small(name, MRTD_VERIFY_MAX_BYTES, "certificate", code, &text,
                    &certificate->size);
    if (status) {
        return status;
    }
    certificate->data = text;
    o->loaded[o->loaded_count++] = text;
    if (mrtd_verify_certificates(&count, text, certificate->size, &why)) {
        failure_library(&failure, name, &why, NULL);
        return diagnostic_failure(&failure);
    }
    return EXIT_DONE;
}

static enum exit_status load_root(struct evidence_options *o)
{
    struct failure failure;
    struct mrtd_error why;
    const enum exit_status status = load(o, &o->root_bytes, o->root);
    if (status ||
        !mrtd_verify_root(o->root_bytes.data, o->root_bytes.size, &why)) {
        return status;
    }
    failure_library(&failure, o->root, &why, NULL);
    return diagnostic_failure(&failure);
}

static enum exit_status load_snp(struct evidence_options *o,
                                 struct evidence_files *files)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < o->vek_count; i++) {
        status = load(o, &o->snp[files->count++], o->veks[i]);
    }
    if (!status && o->auxblob) {
        status = load(o, &o->snp[files->count++], o->auxblob);
    }
    for (size_t i = 0; !status && i < o->path_count; i++) {
        status = load(o, &o->snp[files->count++], o->paths[i]);
    }
    if (!status && o->cert_dir && o->path_count == 0) {
        struct failure failure;
        status =
            o->is_missing
                ? failure_read(&failure, o->cert_dir, "there is no such folder")
                : failure_refused(&failure, o->cert_dir,
                                  mrtd_code_name(MRTD_ERR_CERTIFICATE),
                                  "the folder has none of vcek, vlek, "
                                  "ask, asvk and ark, as .pem or .der");
        (void)diagnostic_failure(&failure);
    }
    return status;
}

enum exit_status evidence_options_take(struct evidence_options *o, int64_t time,
                                       struct evidence_demands *demands)
{
    enum exit_status status = EXIT_DONE;
    struct evidence_demands d = {
        .time = time,
        .root_name = o->root,
        .tdx = {.items = o->tdx},
        .snp = {.items = o->snp},
        .genuine = o->require != NULL,
        .allow_debug = o->allow_debug,
        .data = o->report_data ? o->data : NULL,
        .tcb_text = o->min_tcb,
    };
    if (o->min_tcb) {
        (void)tcb_minimum_read(&d.tcb, o->min_tcb);
    }
    if (o->root) {
        status = load_root(o);
    }
    if (!status && o->pck_chain) {
        status = load(o, &o->tdx[d.tdx.count++], o->pck_chain);
    }
    if (!status) {
        status = load_snp(o, &d.snp);
    }
    if (!status) {
        status = collateral_options_take(&o->collateral);
    }
    if (!status && o->collateral.is_read) {
        d.collateral = &o->collateral.read;
        d.accepted_tcb = o->collateral.accepted;
        if (d.collateral->pck_chain.data) {
            o->tdx[d.tdx.count++] = d.collateral->pck_chain;
        }
    }
    d.root = o->root_bytes;
    *demands = d;
    return status;
}

void evidence_options_free(struct evidence_options *o)
{
    for (size_t i = 0; i < o->loaded_count; i++) {
        free(o->loaded[i]);
    }
    collateral_options_free(&o->collateral);
}

const char *evidence_options_given(const struct evidence_options *o)
{
    const struct option_given given[] = {
        {"--require", o->require},
        {"--report-data", o->report_data},
        {"--min-tcb", o->min_tcb},
        {"--allow-debug", o->allow_debug},
        {"--root", o->root},
        {"--pck-chain", o->pck_chain},
        {"--vek", o->vek_count > 0},
        {"--auxblob", o->auxblob},
        {"--cert-dir", o->cert_dir},
        {"--collateral", o->collateral.whole},
        {"--tcb-info", o->collateral.tcb_info},
        {"--accept-tcb", o->collateral.accept},
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (given[i].is) {
            return given[i].option;
        }
    }
    return NULL;
}

void evidence_kinds_add(struct evidence_kinds *kinds,
                        const struct evidence_answer *answer)
{
    const bool is_quote = evidence_is_quote(&answer->evidence);
    const bool is_snp =
        mrtd_evidence_platform(answer->evidence.kind) == MRTD_PLATFORM_SNP;
    kinds->quote |= is_quote;
    kinds->unverified |=
        is_quote && answer->verified.status == MRTD_VERIFY_NOT_CHECKED;
    kinds->tdx |= !is_snp;
    kinds->snp |= is_snp;
}

void evidence_options_unused(const struct evidence_options *o,
                             const struct evidence_kinds *has)
{
    if (o->pck_chain && !has->quote && (has->tdx || has->snp)) {
        diagnostic_file(o->pck_chain, "note: --pck-chain is of quotes, and "
                                      "no file is one [unused]");
    }
    if ((o->vek_count > 0 || o->auxblob || o->cert_dir) && has->tdx &&
        !has->snp) {
        diagnostic_file(o->vek_count > 0 ? o->veks[0]
                        : o->auxblob     ? o->auxblob
                                         : o->cert_dir,
                        "note: --vek, --auxblob and --cert-dir are of SEV-SNP, "
                        "and no file is a report of it [unused]");
    }
    if (!has->quote && (has->tdx || has->snp)) {
        collateral_options_unused(&o->collateral, "no file is one");
    } else if (has->unverified) {
        collateral_options_unused(&o->collateral,
                                  "says nothing of one that is not verified");
    }
}
