/* SPDX-License-Identifier: Apache-2.0 */
#include "report/check_snp.h"

#include <inttypes.h>
#include <string.h>

#include "model/launches.h"
#include "report/check_evidence.h"
#include "report/guest_words.h"
#include "report/words.h"

/* --- A report ----------------------------------------------------------- */

static void print_text(FILE *to, const char *label, const char *text)
{
    fprintf(to, "  %-14s%s\n", label, text);
}

/* Bytes that are not all zeros. */
static void print_bytes(FILE *to, const char *label, const uint8_t *bytes,
                        size_t size, const char *behind)
{
    size_t set = 0;
    for (size_t i = 0; i < size; i++) {
        set += bytes[i] != 0;
    }
    if (set > 0) {
        char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
        mrtd_hex_encode(hex, bytes, size);
        fprintf(to, "  %-14s%s%s\n", label, hex, behind);
    }
}

static void print_policy(FILE *to, uint64_t policy)
{
    char bits[GUEST_WORD_SIZE];
    fprintf(to, "  %-14s0x%" PRIx64 ": %s; ABI %u.%u at least\n", "POLICY",
            policy, guest_policy(bits, policy), (unsigned)(policy >> 8 & 255),
            (unsigned)(policy & 255));
    if (policy & MRTD_SNP_POLICY_DEBUG) {
        print_text(to, "WARNING",
                   "POLICY ALLOWS DEBUG: the host can read and change the "
                   "guest's memory, whatever");
        print_text(to, "", "was measured");
    }
    if (policy & MRTD_SNP_POLICY_MIGRATE_MA) {
        print_text(to, "warning",
                   "POLICY allows a migration agent: it can move the guest's "
                   "memory to other machines");
    }
    print_text(to, "",
               policy & MRTD_SNP_POLICY_SMT ? "SMT is allowed on the host"
                                            : "SMT is off on the host");
    if (policy & MRTD_SNP_POLICY_SINGLE_SOCKET) {
        print_text(to, "", "the guest runs on one socket only");
    }
}

static void print_processor(FILE *to, const struct mrtd_snp_report *r)
{
    const uint32_t signature = mrtd_snp_report_signature(r);
    if (signature) {
        fprintf(to,
                "  %-14sfamily 0x%x, model 0x%x, stepping %u: signature "
                "0x%" PRIx32 "\n",
                "CPUID", r->cpuid_family, r->cpuid_model, r->cpuid_stepping,
                signature);
    }
}

void check_snp_print_report(FILE *to, const struct mrtd_evidence *e,
                            const struct evidence_answer *verified)
{
    const struct mrtd_snp_report *r = &e->snp;
    fprintf(to,
            "  %-14sMEASUREMENT at offset %" PRIu64 ", VERSION %" PRIu32
            ", VMPL %" PRIu32 ", GUEST_SVN %" PRIu32 "\n",
            "", e->value_offset, r->version, r->vmpl, r->guest_svn);
    if (r->version > MRTD_SNP_REPORT_VERSION) {
        fprintf(to,
                "  %-14sVERSION %" PRIu32 " is newer than %d, which is known: "
                "what is new in it is not read\n",
                "note", r->version, MRTD_SNP_REPORT_VERSION);
    }
    check_evidence_print(to, verified);
    print_policy(to, r->policy);
    if (r->vmpl > 0) {
        print_text(to, "warning",
                   "the report was asked for from a VMPL that software at VMPL "
                   "0 rules over");
    }
    print_processor(to, r);
    fprintf(to,
            "  %-14scurrent 0x%016" PRIx64 ", reported 0x%016" PRIx64
            ", committed 0x%016" PRIx64 ", launch 0x%016" PRIx64 "\n",
            "TCB", r->current_tcb, r->reported_tcb, r->committed_tcb,
            r->launch_tcb);
    print_bytes(to, "FAMILY_ID", r->family_id, sizeof r->family_id, "");
    print_bytes(to, "IMAGE_ID", r->image_id, sizeof r->image_id, "");
    print_bytes(to, "ID key", r->id_key_digest, sizeof r->id_key_digest,
                "  (ID_KEY_DIGEST)");
    print_bytes(to, "author key", r->author_key_digest,
                sizeof r->author_key_digest, "  (AUTHOR_KEY_DIGEST)");
    print_bytes(to, "HOST_DATA", r->host_data, sizeof r->host_data,
                "  (set by the host)");
}

/* --- The search --------------------------------------------------------- */

/* The types that have the signature of the launch. */
static void print_types(FILE *to, const struct mrtd_launch *l)
{
    const struct mrtd_vcpu_type *type;
    const char *join = "";
    fprintf(to, "  %-14s", "vCPU type");
    for (size_t i = 0; (type = mrtd_vcpu_type_at(i)); i++) {
        if (type->signature == l->vcpu_signature) {
            fprintf(to, "%s%s", join, type->name);
            join = ", ";
        }
    }
    fprintf(to, "%ssignature 0x%" PRIx32 "\n", *join ? ": " : "",
            l->vcpu_signature);
}

/* Of an IGVM file the VMSAs are the file's, but for those that the VMM makes of
 * virtual CPUs that have none there. */
static void print_processors(FILE *to, const struct snp_answer *answer,
                             const struct snp_found *found)
{
    const struct mrtd_launch *l = &found->launch;
    const bool is_igvm = mrtd_image_igvm(answer->e.image) != NULL;
    if (l->vcpus > 0) {
        fprintf(to, "  %-14s%" PRIu32 "\n", "vCPUs", l->vcpus);
    } else {
        fprintf(to,
                "  %-14sany: measured are the VMSAs of the file, %" PRIu32 "\n",
                "vCPUs", found->vmsas);
    }
    if (l->vcpu_signature) {
        print_types(to, l);
    } else {
        print_text(to, "vCPU type",
                   is_igvm ? "as in the VMSAs of the file"
                           : "any: this VMM does not measure it");
    }
    if (found->vmsas > 0) {
        char text[GUEST_WORD_SIZE];
        fprintf(to, "  %-14s0x%" PRIx64 ": %s\n", "SEV_FEATURES",
                found->features, guest_features(text, found->features));
    }
    if (!is_igvm) {
        print_text(to, "kernel",
                   l->kernel ? "measured by its hash, with its initrd and "
                               "command line"
                             : "none is measured");
    }
}

static void print_launch(FILE *to, const struct snp_answer *answer,
                         const struct snp_found *found, const char *label)
{
    const struct mrtd_launch *l = &found->launch;
    const struct launch as = {.vmm = l->vmm, .deviations = l->deviations};
    const struct mrtd_deviation *d;
    char text[GUEST_WORD_SIZE];
    fprintf(to, "  %-14s%s: %s\n", label, launch_name(&as, text, sizeof text),
            word_software(l->vmm, answer->e.image));
    for (size_t i = 0; (d = mrtd_deviation_at(i)); i++) {
        if (l->deviations & d->flag) {
            fprintf(to, "                %s: %s\n", d->name, d->software);
        }
    }
    print_processors(to, answer, found);
}

void check_snp_print_found(FILE *to, const struct snp_answer *answer)
{
    print_launch(to, answer, &answer->found, "launched by");
    for (unsigned i = 0; i < answer->other_count; i++) {
        print_launch(to, answer, &answer->others[i], "or by");
    }
    fprintf(to, "  %-14s%" PRIu64 " of %" PRIu64 " launches\n", "tried",
            answer->result.tried, answer->result.total);
}

static uint32_t most_vcpus(const struct snp_answer *answer)
{
    uint32_t most = MRTD_SEARCH_VCPUS;
    for (unsigned i = 0; i < answer->options.range_count; i++) {
        most = answer->options.ranges[i].last > most
                   ? answer->options.ranges[i].last
                   : most;
    }
    return most;
}

static bool is_refused(const struct snp_answer *answer,
                       const struct mrtd_vmm *vmm)
{
    bool refused = false;
    for (unsigned i = 0; i < answer->refusal_count; i++) {
        refused |= answer->refusals[i].vmm == vmm;
    }
    return refused;
}

/* What varies in launches of the image. */
static void print_space(FILE *to, const struct snp_answer *answer)
{
    const uint32_t most = most_vcpus(answer);
    if (mrtd_image_igvm(answer->e.image)) {
        fprintf(to,
                ",\n                by qemu also with more vCPUs than the file "
                "has VMSAs of, up to %" PRIu32 "\n"
                "                of each type\n",
                most);
        return;
    }
    fprintf(to,
            ", with 1 to %" PRIu32 " vCPUs\n"
            "                of each type, SEV_FEATURES 0, 0x1 and 0x1 with "
            "each other bit%s\n",
            most,
            answer->result.kernel_refused.code || !answer->e.kernel.name
                ? ", without a kernel"
                : ", with and without the kernel");
}

void check_snp_print_tried(FILE *to, const struct snp_answer *answer)
{
    const struct mrtd_vmm *vmm;
    const char *join = "";
    fprintf(to, "  %-14s%" PRIu64 " launch%s of platform snp: by ", "tried",
            answer->tried, answer->tried == 1 ? "" : "es");
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        if (vmm->platform == MRTD_PLATFORM_SNP &&
            mrtd_vmm_launches(vmm, answer->e.image) &&
            !is_refused(answer, vmm)) {
            fprintf(to, "%s%s", join, vmm->name);
            join = ", ";
        }
    }
    print_space(to, answer);
    for (unsigned i = 0; i < answer->refusal_count; i++) {
        const struct snp_refusal *r = &answer->refusals[i];
        fprintf(to, "  %-14s(%s: %s)\n", "refused", r->vmm->name,
                r->error.message);
    }
}
