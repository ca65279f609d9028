/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of evidence, for people. */
#include "report/evidence.h"

#include <inttypes.h>

#include "report/evidence_words.h"
#include "report/guest_words.h"

/* Bytes in hexadecimal; all zeros are called that. */
static void print_bytes(FILE *to, const char *label, const uint8_t *bytes,
                        size_t size, const char *more)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    size_t set = 0;
    for (size_t i = 0; i < size; i++) {
        set += bytes[i] != 0;
    }
    mrtd_hex_encode(hex, bytes, size);
    fprintf(to, "  %-16s%s%s\n", label, set > 0 ? hex : "zeros", more);
}

static void print_bits(FILE *to, const char *label, uint64_t bits,
                       bit_name_fn *name_of)
{
    char text[GUEST_WORD_SIZE];
    fprintf(to, "  %-16s0x%016" PRIx64 ": %s\n", label, bits,
            guest_bits(text, bits, name_of));
}

/* --- TDX ------------------------------------------------------------------ */

static void print_module(FILE *to, const char *label, const uint8_t svn[16])
{
    char hex[2 * 16 + 1];
    mrtd_hex_encode(hex, svn, 16);
    fprintf(to, "  %-16s%s: SVN %u of TDX module %u.x\n", label, hex, svn[0],
            svn[1]);
}

static void print_report(FILE *to, const struct mrtd_evidence *e)
{
    const struct mrtd_td_report *r = &e->report;
    uint8_t set = 0;
    for (size_t i = 0; i < sizeof r->tee_tcb_svn2; i++) {
        set |= r->tee_tcb_svn2[i];
    }
    print_bytes(to, "REPORTDATA", r->reportdata, sizeof r->reportdata, "");
    print_module(to, "TEE_TCB_SVN", r->tee_tcb_svn);
    if (set) {
        print_module(to, "TEE_TCB_SVN2", r->tee_tcb_svn2);
    }
    print_bytes(to, "MRSEAM", r->mrseam, sizeof r->mrseam, "");
    print_bytes(to, "MRSIGNERSEAM", r->mrsignerseam, sizeof r->mrsignerseam,
                "  (zeros: a module of Intel's)");
    fprintf(to, "  %-16s0x%016" PRIx64 "\n", "SEAMATTRIBUTES",
            r->seamattributes);
}

static void print_td(FILE *to, const struct mrtd_evidence *e)
{
    static const char *const rtmrs[] = {"RTMR0", "RTMR1", "RTMR2", "RTMR3"};
    const struct mrtd_tdinfo *t = &e->tdinfo;
    print_bits(to, "ATTRIBUTES", t->attributes, evidence_attribute_name);
    print_bits(to, "XFAM", t->xfam, evidence_xfam_name);
    print_bytes(to, "MRTD", t->mrtd, sizeof t->mrtd, "");
    for (size_t i = 0; i < 4; i++) {
        print_bytes(to, rtmrs[i], t->rtmr[i], sizeof t->rtmr[i], "");
    }
    print_bytes(to, "MRCONFIGID", t->mrconfigid, sizeof t->mrconfigid,
                "  (set by the host)");
    print_bytes(to, "MROWNER", t->mrowner, sizeof t->mrowner,
                "  (set by the host)");
    print_bytes(to, "MROWNERCONFIG", t->mrownerconfig, sizeof t->mrownerconfig,
                "  (set by the host)");
    print_bytes(to, "MRSERVICETD", t->servtd_hash, sizeof t->servtd_hash,
                "  (service TDs bound to it)");
    if (e->kind != MRTD_EVIDENCE_TDINFO) {
        print_report(to, e);
    }
}

/* --- SEV-SNP -------------------------------------------------------------- */

static void print_policy(FILE *to, uint64_t policy)
{
    char text[GUEST_WORD_SIZE];
    fprintf(to, "  %-16s0x%" PRIx64 ": %s; ABI %u.%u at least\n", "POLICY",
            policy, guest_policy(text, policy), (unsigned)(policy >> 8 & 255),
            (unsigned)(policy & 255));
}

static void print_tcb(FILE *to, const char *label, enum mrtd_snp_family family,
                      uint64_t version)
{
    struct mrtd_snp_tcb t;
    fprintf(to, "  %-16s0x%016" PRIx64, label, version);
    if (family) {
        mrtd_snp_tcb_decode(&t, family, version);
        fprintf(to, ": bl=%u,tee=%u,snp=%u,ucode=%u", t.boot_loader, t.tee,
                t.snp, t.microcode);
        if (family == MRTD_SNP_FAMILY_TURIN) {
            fprintf(to, ",fmc=%u", t.fmc);
        }
    }
    fputc('\n', to);
}

static void print_versions(FILE *to, const struct evidence_answer *a)
{
    const struct mrtd_snp_report *r = &a->evidence.snp;
    print_tcb(to, "REPORTED_TCB", a->family, r->reported_tcb);
    print_tcb(to, "CURRENT_TCB", a->family, r->current_tcb);
    print_tcb(to, "COMMITTED_TCB", a->family, r->committed_tcb);
    print_tcb(to, "LAUNCH_TCB", a->family, r->launch_tcb);
    fprintf(to, "  %-16s%u.%u build %u, committed %u.%u build %u\n", "firmware",
            r->current_major, r->current_minor, r->current_build,
            r->committed_major, r->committed_minor, r->committed_build);
    if (r->version >= 5) {
        fprintf(to, "  %-16sat launch 0x%" PRIx64 ", now 0x%" PRIx64 "\n",
                "mitigations", r->launch_mit_vector, r->current_mit_vector);
    }
}

/* The bits of the report's flags of keys. */
static void print_keys(FILE *to, const struct mrtd_snp_report *r)
{
    static const char *const keys[] = {"VCEK", "VLEK"};
    const unsigned key = r->key_info >> 2 & 7;
    fprintf(to, "  %-16s0x%" PRIx32 ": %s%ssigned by ", "keys", r->key_info,
            r->key_info & 1 ? "AUTHOR_KEY_EN, " : "",
            r->key_info & 2 ? "MASK_CHIP_KEY, " : "");
    if (key < 2) {
        fprintf(to, "the %s\n", keys[key]);
    } else {
        fprintf(to, "%s (SIGNING_KEY %u)\n", key == 7 ? "nobody" : "what?",
                key);
    }
}

static void print_processor(FILE *to, const struct evidence_answer *a)
{
    const struct mrtd_snp_report *r = &a->evidence.snp;
    const char *family = mrtd_snp_family_name(a->family);
    if (mrtd_snp_report_signature(r)) {
        fprintf(to, "  %-16sfamily 0x%x, model 0x%x, stepping %u: %s\n",
                "CPUID", r->cpuid_family, r->cpuid_model, r->cpuid_stepping,
                family ? family : "an unknown family");
    }
    if (a->demands->show_ids) {
        print_bytes(to, "CHIP_ID", r->chip_id, sizeof r->chip_id, "");
    } else {
        fprintf(to,
                "  %-16snot shown: it identifies the machine "
                "(--show-ids)\n",
                "CHIP_ID");
    }
}

static void print_guest(FILE *to, const struct evidence_answer *a)
{
    const struct mrtd_snp_report *r = &a->evidence.snp;
    fprintf(to, "  %-16s%" PRIu32 ", VMPL %" PRIu32 ", GUEST_SVN %" PRIu32 "\n",
            "VERSION", r->version, r->vmpl, r->guest_svn);
    print_policy(to, r->policy);
    print_bits(to, "PLATFORM_INFO", r->platform_info, evidence_platform_name);
    print_bytes(to, "MEASUREMENT", r->measurement, sizeof r->measurement, "");
    print_bytes(to, "REPORT_DATA", r->report_data, sizeof r->report_data, "");
    print_bytes(to, "HOST_DATA", r->host_data, sizeof r->host_data,
                "  (set by the host)");
    print_bytes(to, "FAMILY_ID", r->family_id, sizeof r->family_id, "");
    print_bytes(to, "IMAGE_ID", r->image_id, sizeof r->image_id, "");
    print_bytes(to, "ID_KEY_DIGEST", r->id_key_digest, sizeof r->id_key_digest,
                "");
    print_bytes(to, "AUTHOR_KEY", r->author_key_digest,
                sizeof r->author_key_digest, "  (AUTHOR_KEY_DIGEST)");
    print_keys(to, r);
    print_versions(to, a);
    print_processor(to, a);
}

void evidence_print_fields(FILE *to, const struct evidence_answer *a)
{
    if (mrtd_evidence_platform(a->evidence.kind) == MRTD_PLATFORM_SNP) {
        print_guest(to, a);
    } else {
        print_td(to, &a->evidence);
    }
}
