/* SPDX-License-Identifier: Apache-2.0 */
/* check's answer as JSON: docs/json.md and docs/schemas/check.schema.json. */
#include "report/check.h"

#include "model/traps.h"
#include "reference/values_json.h"
#include "report/check_boot.h"
#include "report/check_evidence.h"
#include "report/check_snp.h"
#include "report/initdata.h"
#include "report/json.h"
#include "schemas.h"

static json_t *tdx_evidence(const struct mrtd_evidence *e)
{
    const struct mrtd_tdinfo *t = &e->tdinfo;
    json_t *rtmrs = json_array();
    for (unsigned i = 0; i < 4; i++) {
        json_array_append_new(rtmrs, json_digest(t->rtmr[i]));
    }
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:b}", "kind",
        mrtd_evidence_kind_name(e->kind), "mrtd_offset",
        json_integer((json_int_t)e->value_offset), "attributes",
        json_hex64(t->attributes), "xfam", json_hex64(t->xfam), "debug",
        evidence_is_debug(e), "mrconfigid", json_digest(t->mrconfigid),
        "mrowner", json_digest(t->mrowner), "mrownerconfig",
        json_digest(t->mrownerconfig), "rtmrs", rtmrs, "servtd_hash",
        json_digest(t->servtd_hash), "consistent", e->consistent);
}

/* What became of that claim's, and what it says. */
static json_t *evidence(const struct answer *answer, size_t index)
{
    const struct mrtd_evidence *e =
        &answer->against->claims.items[index].evidence;
    json_t *made = mrtd_evidence_platform(e->kind) == MRTD_PLATFORM_SNP
                       ? check_snp_json_report(e)
                       : tdx_evidence(e);
    check_evidence_json(
        made, answer->evidence ? answer->evidence->of_claims[index] : NULL);
    return made;
}

/* The register that it is said to be of; a bare digest is taken for an MRTD
 * unless it was found elsewhere. */
static const char *register_of(const struct answer *answer,
                               const struct claim *claim)
{
    const bool is_snp =
        answer->snp.claim == claim || (claim->is_bare && !answer->has_tdx);
    return mrtd_register_info(is_snp ? MRTD_REGISTER_SNP : claim->value.id)
        ->name;
}

static json_t *expected(const struct answer *answer)
{
    const struct claims *claims = &answer->against->claims;
    json_t *list = json_array();
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *c = &claims->items[i];
        char hex[MRTD_HEX_SIZE];
        mrtd_hex_encode(hex, c->value.digest.bytes, c->value.digest.size);
        json_t *value = values_new(register_of(answer, c), hex);
        json_object_set_new(value, "where", json_string(c->where));
        json_object_set_new(value, "evidence",
                            c->has_evidence ? evidence(answer, i)
                                            : json_null());
        json_array_append_new(list, value);
    }
    return list;
}

/* What a reader saw and did not take, or took in spite of its spelling. */
static json_t *remarks(const struct claims *claims)
{
    json_t *list = json_array();
    for (size_t i = 0; i < claims->remark_count && i < CLAIMS_REMARKS; i++) {
        const struct claims_remark *r = &claims->remarks[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "code",
                            r->is_taken ? "not-exact" : "passed-over", "where",
                            r->where, "why", r->why));
    }
    return list;
}

/* The VMMs by which the digest was found. */
static json_t *snp_vmms(const struct snp_answer *answer)
{
    json_t *list = json_pack("[s]", answer->found.launch.vmm->name);
    for (unsigned i = 0; i < answer->other_count; i++) {
        json_array_append_new(list,
                              json_string(answer->others[i].launch.vmm->name));
    }
    return list;
}

/* The image's MRTDs by the rules of the VMMs, without deviations. */
static json_t *values(const struct answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->launches.count; i++) {
        const struct launch *v = &answer->launches.items[i];
        if (!v->deviations && !v->error.code) {
            char hex[MRTD_HEX_SIZE];
            mrtd_hex_encode(hex, v->value.digest.bytes, v->value.digest.size);
            values_add(list, hex, v->vmm->name);
        }
    }
    if (snp_answer_is_match(&answer->snp)) {
        char hex[MRTD_HEX_SIZE];
        mrtd_hex_encode(hex, answer->snp.claim->value.digest.bytes,
                        MRTD_DIGEST_SIZE);
        json_t *value =
            values_new(mrtd_register_info(MRTD_REGISTER_SNP)->name, hex);
        json_object_set_new(value, "vmm", snp_vmms(&answer->snp));
        json_array_append_new(list, value);
    }
    return list;
}

static json_t *tried(const struct answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->launches.count; i++) {
        const struct launch *v = &answer->launches.items[i];
        const struct mrtd_deviation *d;
        json_t *deviations = json_array();
        for (size_t k = 0; (d = mrtd_deviation_at(k)); k++) {
            if (v->deviations & d->flag) {
                json_array_append_new(deviations, json_string(d->name));
            }
        }
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o, s:s?, s:b}", "vmm", v->vmm->name,
                      "deviations", deviations, "mrtd",
                      v->error.code ? json_null()
                                    : json_digest(v->value.digest.bytes),
                      "refused",
                      v->error.code ? mrtd_code_name(v->error.code) : NULL,
                      "explains", answer_is_match(answer, v)));
    }
    return list;
}

static json_t *reasons(const struct answer *answer)
{
    const struct trap *trap;
    char text[TRAP_TEXT];
    const char *code;
    const char *reason;
    json_t *list = json_array();
    const bool asks = answer_asks_why(answer);
    for (size_t i = 0; asks && (trap = trap_at(i)); i++) {
        if (trap_is_reason(trap, answer, text)) {
            json_array_append_new(list, json_pack("{s:s, s:s}", "code",
                                                  trap->code, "text", text));
        }
    }
    for (size_t i = 0;
         asks && (reason = boot_answer_reason(&answer->boot, i, &code)); i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "code", code, "text", reason));
    }
    return list;
}

static void add_warning(void *context, const struct mrtd_finding *finding)
{
    json_array_append_new(context, json_finding(finding));
}

static json_t *warnings(const struct answer *answer)
{
    json_t *list = json_array();
    answer_warnings(answer, add_warning, list);
    return list;
}

/* That of the match, or else the first that was tried. */
static const char *platform_of(const struct answer *answer)
{
    return mrtd_platform_name(snp_answer_is_match(&answer->snp) ||
                                      !answer->has_tdx
                                  ? MRTD_PLATFORM_SNP
                                  : MRTD_PLATFORM_TDX);
}

/* As named_file: null where the input names no VMM, or nothing matches. */
static json_t *named_vmm(const struct answer *answer)
{
    const struct mrtd_vmm *vmm;
    const enum answer_label label = answer_label(answer, &vmm);
    return label == ANSWER_NO_LABEL ? json_null()
                                    : json_boolean(label == ANSWER_LABEL_RIGHT);
}

/* The file that was put into the Payload section: of --payload, or the kernel
 * of --kernel, where the image has such a section. */
static const char *payload_of(const struct answer *answer)
{
    const struct launch_options *o = answer->e.options;
    return o->payload                                          ? o->payload
           : answer->has_tdx && evaluation_payload(&answer->e) ? o->guest.kernel
                                                               : NULL;
}

bool check_print_json(FILE *to, const struct answer *answer)
{
    const struct claims *claims = &answer->against->claims;
    const struct launch_options *o = answer->e.options;
    return json_output(
        to, json_pack(
                "{s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:s, s:s, s:b, "
                "s:{s:o, s:s, s:o}, s:o, s:o, s:o, s:o, s:b, s:o, s:o, "
                "s:o, s:o, s:o, s:o}",
                "schema", SCHEMA_CHECK, "version", mrtd_version(), "platform",
                platform_of(answer), "verdict",
                check_evidence_word(answer_verdict(answer)), "fits",
                answer_is_right(answer), "file", json_file_name(answer->e.name),
                "vars", json_file_name(o->vars), "payload",
                json_file_name(payload_of(answer)), "sha256", answer->sha256,
                "sha384", answer->sha384, "permissive", o->permissive,
                "against", "input", json_file_name(answer->against->name),
                "kind", claims->kind, "remarks", remarks(claims), "expected",
                expected(answer), "initdata",
                initdata_json_answer(answer->initdata), "named_file",
                answer_knows_file(answer)
                    ? json_boolean(answer_is_that_file(answer))
                    : json_null(),
                "named_vmm", named_vmm(answer), "code_only",
                answer_is_code_only(answer), "values", values(answer), "tried",
                tried(answer), "reasons", reasons(answer), "warnings",
                warnings(answer), "search", check_snp_json_search(&answer->snp),
                "boot", check_boot_json(&answer->boot)));
}
