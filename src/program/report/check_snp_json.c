/* SPDX-License-Identifier: Apache-2.0 */
/* SEV-SNP in check's JSON: docs/json.md and docs/schemas/check.schema.json. */
#include "report/check_snp.h"
#include "report/guest_words.h"
#include "report/json.h"

static json_t *bytes(const uint8_t *from, size_t size)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    mrtd_hex_encode(hex, from, size);
    return json_string(hex);
}

static json_t *policy(uint64_t value)
{
    return json_pack(
        "{s:o, s:o, s:i, s:i}", "value", json_hex64(value), "bits",
        guest_json_bits(value & GUEST_POLICY_BITS, mrtd_snp_policy_name),
        "abi_major", (int)(value >> 8 & 255), "abi_minor", (int)(value & 255));
}

/* null in a report of version 2. */
static json_t *processor(const struct mrtd_snp_report *r)
{
    return mrtd_snp_report_signature(r)
               ? json_pack("{s:i, s:i, s:i, s:o}", "family", r->cpuid_family,
                           "model", r->cpuid_model, "stepping",
                           r->cpuid_stepping, "signature",
                           json_hex64(mrtd_snp_report_signature(r)))
               : json_null();
}

json_t *check_snp_json_report(const struct mrtd_evidence *e)
{
    const struct mrtd_snp_report *r = &e->snp;
    return json_pack(
        "{s:s, s:o, s:I, s:I, s:I, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
        "kind", mrtd_evidence_kind_name(e->kind), "measurement_offset",
        json_integer((json_int_t)e->value_offset), "version",
        (json_int_t)r->version, "vmpl", (json_int_t)r->vmpl, "guest_svn",
        (json_int_t)r->guest_svn, "policy", policy(r->policy), "debug",
        (r->policy & MRTD_SNP_POLICY_DEBUG) != 0, "cpuid", processor(r),
        "platform_info", json_hex64(r->platform_info), "current_tcb",
        json_hex64(r->current_tcb), "reported_tcb", json_hex64(r->reported_tcb),
        "committed_tcb", json_hex64(r->committed_tcb), "launch_tcb",
        json_hex64(r->launch_tcb), "family_id",
        bytes(r->family_id, sizeof r->family_id), "image_id",
        bytes(r->image_id, sizeof r->image_id), "report_data",
        bytes(r->report_data, sizeof r->report_data), "host_data",
        bytes(r->host_data, sizeof r->host_data), "id_key_digest",
        json_digest(r->id_key_digest), "author_key_digest",
        json_digest(r->author_key_digest), "consistent", e->consistent);
}

/* --- The search --------------------------------------------------------- */

static json_t *types(const struct mrtd_launch *l)
{
    const struct mrtd_vcpu_type *type;
    json_t *list = json_array();
    for (size_t i = 0; l->vcpu_signature && (type = mrtd_vcpu_type_at(i));
         i++) {
        if (type->signature == l->vcpu_signature) {
            json_array_append_new(list, json_string(type->name));
        }
    }
    return list;
}

/* null where no VMSA is launched */
static json_t *features(const struct snp_found *found)
{
    return found->vmsas > 0
               ? json_pack(
                     "{s:o, s:o}", "value", json_hex64(found->features), "bits",
                     guest_json_bits(found->features, mrtd_guest_feature_name))
               : json_null();
}

static json_t *launch(const struct snp_answer *answer,
                      const struct snp_found *found)
{
    const struct mrtd_launch *l = &found->launch;
    const struct mrtd_deviation *d;
    json_t *deviations = json_array();
    for (size_t i = 0; (d = mrtd_deviation_at(i)); i++) {
        if (l->deviations & d->flag) {
            json_array_append_new(deviations, json_string(d->name));
        }
    }
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:b, s:b}", "digest",
        json_digest(answer->claim->value.digest.bytes), "vmm", l->vmm->name,
        "deviations", deviations, "vcpus",
        l->vcpus ? json_integer((json_int_t)l->vcpus) : json_null(), "vmsas",
        (json_int_t)found->vmsas, "vcpu_signature",
        l->vcpu_signature ? json_hex64(l->vcpu_signature) : json_null(),
        "vcpu_types", types(l), "guest_features", features(found), "kernel",
        l->kernel != NULL, "as_asked", !answer->is_outside);
}

static json_t *others(const struct snp_answer *answer)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < answer->other_count; i++) {
        json_array_append_new(list, launch(answer, &answer->others[i]));
    }
    return list;
}

static json_t *refusals(const struct snp_answer *answer)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < answer->refusal_count; i++) {
        const struct snp_refusal *r = &answer->refusals[i];
        json_array_append_new(list, json_pack("{s:s, s:s}", "vmm", r->vmm->name,
                                              "refused",
                                              mrtd_code_name(r->error.code)));
    }
    return list;
}

json_t *check_snp_json_search(const struct snp_answer *answer)
{
    if (!answer->is_tried) {
        return json_null();
    }
    const struct mrtd_search_result *r = &answer->result;
    const enum mrtd_code refused = r->kernel_refused.code;
    return json_pack(
        "{s:I, s:I, s:o, s:s?, s:o, s:o, s:o}", "tried",
        (json_int_t)answer->tried, "total", (json_int_t)r->total,
        "firmware_digest",
        r->firmware_digest.size ? json_digest(r->firmware_digest.bytes)
                                : json_null(),
        "kernel_refused", refused ? mrtd_code_name(refused) : NULL, "found",
        answer->claim ? launch(answer, &answer->found) : json_null(), "others",
        others(answer), "refused", refusals(answer));
}
