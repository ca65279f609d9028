/* SPDX-License-Identifier: Apache-2.0 */
/* evidence's answer as JSON: docs/json.md and
 * docs/schemas/evidence.schema.json.
 */
#include "report/evidence.h"

#include <string.h>

#include "reference/claims.h"
#include "reference/values_json.h"
#include "report/evidence_words.h"
#include "report/guest_words.h"
#include "report/json.h"
#include "schemas.h"

static json_t *bytes(const uint8_t *from, size_t size)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    mrtd_hex_encode(hex, from, size);
    return json_string(hex);
}

#define BYTES(array) bytes(array, sizeof(array))

static json_t *bits(uint64_t value, uint64_t mask, bit_name_fn *name_of)
{
    return json_pack("{s:o, s:o}", "value", json_hex64(value), "bits",
                     guest_json_bits(value & mask, name_of));
}

/* --- The fields ----------------------------------------------------------- */

static json_t *td_report(const struct mrtd_evidence *e)
{
    const struct mrtd_td_report *r = &e->report;
    return e->kind == MRTD_EVIDENCE_TDINFO
               ? json_null()
               : json_pack("{s:o, s:o, s:o, s:o, s:o}", "tee_tcb_svn",
                           BYTES(r->tee_tcb_svn), "tee_tcb_svn2",
                           BYTES(r->tee_tcb_svn2), "mrseam", BYTES(r->mrseam),
                           "mrsignerseam", BYTES(r->mrsignerseam),
                           "seamattributes", json_hex64(r->seamattributes));
}

static json_t *tdx(const struct mrtd_evidence *e)
{
    const struct mrtd_tdinfo *t = &e->tdinfo;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "attributes",
                     bits(t->attributes, UINT64_MAX, evidence_attribute_name),
                     "xfam", bits(t->xfam, UINT64_MAX, evidence_xfam_name),
                     "mrconfigid", json_digest(t->mrconfigid), "mrowner",
                     json_digest(t->mrowner), "mrownerconfig",
                     json_digest(t->mrownerconfig), "mrservicetd",
                     json_digest(t->servtd_hash), "module", td_report(e));
}

static json_t *tcb_parts(enum mrtd_snp_family family,
                         const struct mrtd_snp_tcb *t)
{
    json_t *made =
        json_pack("{s:i, s:i, s:i, s:i}", "bl", t->boot_loader, "tee", t->tee,
                  "snp", t->snp, "ucode", t->microcode);
    if (family == MRTD_SNP_FAMILY_TURIN) {
        json_object_set_new(made, "fmc", json_integer(t->fmc));
    }
    return made;
}

static json_t *snp_tcb(const struct evidence_answer *a, uint64_t version)
{
    struct mrtd_snp_tcb parts;
    mrtd_snp_tcb_decode(&parts, a->family, version);
    return json_pack("{s:o, s:o}", "value", json_hex64(version), "parts",
                     a->family ? tcb_parts(a->family, &parts) : json_null());
}

static json_t *processor(const struct mrtd_snp_report *r)
{
    return mrtd_snp_report_signature(r)
               ? json_pack("{s:i, s:i, s:i}", "family", r->cpuid_family,
                           "model", r->cpuid_model, "stepping",
                           r->cpuid_stepping)
               : json_null();
}

static json_t *firmware(uint8_t major, uint8_t minor, uint8_t build)
{
    return json_pack("{s:i, s:i, s:i}", "major", major, "minor", minor, "build",
                     build);
}

static json_t *policy(uint64_t value)
{
    return json_pack(
        "{s:o, s:o, s:i, s:i}", "value", json_hex64(value), "bits",
        guest_json_bits(value & GUEST_POLICY_BITS, mrtd_snp_policy_name),
        "abi_major", (int)(value >> 8 & 255), "abi_minor", (int)(value & 255));
}

static json_t *snp(const struct evidence_answer *a)
{
    const struct mrtd_snp_report *r = &a->evidence.snp;
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:I, s:o, s:o, s:i, s:o, s:o, s:o, s:o, "
        "s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s?}",
        "version", (json_int_t)r->version, "guest_svn",
        (json_int_t)r->guest_svn, "policy", policy(r->policy), "family_id",
        BYTES(r->family_id), "image_id", BYTES(r->image_id), "vmpl",
        (json_int_t)r->vmpl, "platform_info",
        bits(r->platform_info, UINT64_MAX, evidence_platform_name), "host_data",
        BYTES(r->host_data), "signing_key", (int)(r->key_info >> 2 & 7),
        "id_key_digest", json_digest(r->id_key_digest), "author_key_digest",
        json_digest(r->author_key_digest), "reported_tcb",
        snp_tcb(a, r->reported_tcb), "current_tcb", snp_tcb(a, r->current_tcb),
        "committed_tcb", snp_tcb(a, r->committed_tcb), "launch_tcb",
        snp_tcb(a, r->launch_tcb), "current_firmware",
        firmware(r->current_major, r->current_minor, r->current_build),
        "committed_firmware",
        firmware(r->committed_major, r->committed_minor, r->committed_build),
        "launch_mit_vector", json_hex64(r->launch_mit_vector),
        "current_mit_vector", json_hex64(r->current_mit_vector), "cpuid",
        processor(r), "chip_id",
        a->demands->show_ids ? BYTES(r->chip_id) : json_null(), "family",
        mrtd_snp_family_name(a->family));
}

/* What was measured: MRTD and the RTMRs, or the launch digest. */
static json_t *values(const struct mrtd_evidence *e)
{
    static const char *const names[] = {"RTMR0", "RTMR1", "RTMR2", "RTMR3"};
    struct mrtd_value value;
    mrtd_evidence_value(&value, e);
    json_t *list = values_of(&value);
    for (size_t i = 0;
         mrtd_evidence_platform(e->kind) == MRTD_PLATFORM_TDX && i < 4; i++) {
        char hex[MRTD_HEX_SIZE];
        mrtd_hex_encode(hex, e->tdinfo.rtmr[i], MRTD_DIGEST_SIZE);
        json_array_append_new(list, values_new(names[i], hex));
    }
    return list;
}

/* --- The signature -------------------------------------------------------- */

static json_t *point_time(int64_t seconds)
{
    char text[CLAIMS_TIME_SIZE];
    claims_time_text(text, seconds);
    return json_string(text);
}

static json_t *tdx_signer(const struct evidence_answer *a)
{
    const struct mrtd_tdx_signer *s = &a->verified.tdx;
    return json_pack("{s:o, s:o, s:i, s:o, s:i, s:s, s:o}", "fmspc",
                     BYTES(s->fmspc), "pceid", BYTES(s->pceid), "pcesvn",
                     s->pcesvn, "components", BYTES(s->components), "qe_isvsvn",
                     s->qe_isvsvn, "ca",
                     s->platform_ca ? "platform" : "processor", "ppid",
                     a->demands->show_ids ? BYTES(s->ppid) : json_null());
}

static json_t *snp_signer(const struct evidence_answer *a)
{
    const struct mrtd_snp_signer *s = &a->verified.snp;
    return json_pack(
        "{s:s, s:s?, s:s?, s:o, s:o}", "key", s->vlek ? "vlek" : "vcek",
        "family", mrtd_snp_family_name(s->family), "csp_id",
        *s->csp_id ? s->csp_id : NULL, "tcb", tcb_parts(s->family, &s->tcb),
        "chip_id",
        a->demands->show_ids && !s->vlek ? BYTES(s->chip_id) : json_null());
}

static json_t *signer(const struct evidence_answer *a)
{
    return !evidence_is_verified(a) ? json_null()
           : mrtd_evidence_platform(a->evidence.kind) == MRTD_PLATFORM_SNP
               ? snp_signer(a)
               : tdx_signer(a);
}

static json_t *points(const struct evidence_answer *a,
                      size_t (*fill)(struct evidence_point *,
                                     const struct evidence_answer *))
{
    struct evidence_point items[EVIDENCE_POINTS];
    const size_t count = fill(items, a);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "code", items[i].code,
                                        "text", items[i].text));
    }
    return list;
}

json_t *evidence_json_signature(const struct evidence_answer *a)
{
    const struct mrtd_verification *v = &a->verified;
    const bool is_chained = evidence_is_verified(a);
    return json_pack(
        "{s:s, s:o, s:o, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "status",
        mrtd_verify_status_name(v->status), "reason",
        v->reason ? json_string(mrtd_verify_reason_name(v->reason))
                  : json_null(),
        "message", *a->why ? json_string(a->why) : json_null(), "root",
        is_chained ? mrtd_verify_root_name(v->root) : NULL, "root_file",
        json_file_name(a->demands->root_name), "time",
        point_time(a->demands->time), "not_before",
        is_chained ? point_time(v->not_before) : json_null(), "not_after",
        is_chained ? point_time(v->not_after) : json_null(), "signer",
        signer(a), "checked", points(a, evidence_verified), "not_checked",
        points(a, evidence_unverified));
}

/* --- What was demanded ---------------------------------------------------- */

json_t *evidence_json_denied(const struct evidence_answer *a)
{
    json_t *list = json_array();
    if (a->verified.status == MRTD_VERIFY_FORGED ||
        a->verified.status == MRTD_VERIFY_EXPIRED || a->failure.code) {
        json_array_append_new(
            list, json_string(mrtd_verify_reason_name(a->verified.reason)));
    }
    for (unsigned bit = 1; evidence_denial_code(bit); bit <<= 1) {
        if (a->denials & bit) {
            json_array_append_new(list, json_string(evidence_denial_code(bit)));
        }
    }
    return list;
}

static json_t *minimum(const struct evidence_answer *a)
{
    json_t *below = json_array();
    for (size_t i = 0; i < a->below_count; i++) {
        json_array_append_new(below, json_pack("{s:s, s:i, s:i}", "part",
                                               a->below[i].name, "is",
                                               (int)a->below[i].is, "least",
                                               (int)a->below[i].least));
    }
    if (!a->demands->tcb_text) {
        json_decref(below);
        return json_null();
    }
    return json_pack("{s:s, s:o}", "asked", a->demands->tcb_text, "below",
                     below);
}

/* What collateral says of the TCB, or null. */
static json_t *tcb(const struct evidence_answer *a)
{
    const struct evidence_tcb *t = &a->tcb;
    const struct mrtd_tcb_verdict *v = &t->verdict;
    if (!t->is_known) {
        return json_null();
    }
    json_t *advisories = json_array();
    for (size_t i = 0; i < t->advisory_count; i++) {
        json_array_append_new(advisories, json_string(t->advisories[i]));
    }
    return json_pack(
        "{s:s, s:s, s:s?, s:s, s:s?, s:o, s:o, s:o, s:o, s:b}", "status",
        mrtd_tcb_status_name(v->status), "platform",
        mrtd_tcb_status_name(v->platform), "module",
        mrtd_tcb_status_name(v->module), "qe", mrtd_tcb_status_name(v->enclave),
        "relaunch", mrtd_tcb_status_name(v->current), "tcb_date",
        point_time(v->date), "advisories", advisories, "evaluation",
        json_count(t->evaluation), "valid_until",
        point_time(a->verified.collateral_until), "accepted", t->is_accepted);
}

static json_t *text_or_null(const char *text)
{
    return *text ? json_string(text) : json_null();
}

bool evidence_print_json(FILE *to, const struct evidence_answer *a)
{
    const struct mrtd_evidence *e = &a->evidence;
    const bool is_snp = mrtd_evidence_platform(e->kind) == MRTD_PLATFORM_SNP;
    const uint8_t *data = evidence_data(e);
    return json_output_ascii(
        to,
        json_pack(
            "{s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, "
            "s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
            "schema", SCHEMA_EVIDENCE, "version", mrtd_version(), "platform",
            is_snp ? "snp" : "tdx", "verdict",
            mrtd_verify_status_name(a->verified.status), "accepted",
            a->status == EXIT_DONE, "denied", evidence_json_denied(a), "file",
            json_file_name(a->name), "kind", mrtd_evidence_kind_name(e->kind),
            "form", text_or_null(a->found.what), "where",
            text_or_null(a->found.where), "size", json_count(e->size),
            "trailing", json_offset(a->verified.trailing), "signature",
            evidence_json_signature(a), "debug", evidence_is_debug(e),
            "report_data", data ? bytes(data, EVIDENCE_DATA_SIZE) : json_null(),
            "report_data_same",
            a->demands->data
                ? json_boolean(!(a->denials & EVIDENCE_REPORT_DATA))
                : json_null(),
            "min_tcb", minimum(a), "tcb", tcb(a), "values", values(e), "tdx",
            is_snp ? json_null() : tdx(e), "snp",
            is_snp ? snp(a) : json_null()));
}
