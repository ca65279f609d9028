/* SPDX-License-Identifier: Apache-2.0 */
/* Why the launch digest of a guest of SEV-SNP differs from all that a firmware
 * can have: docs/mismatch.md. */
#include "model/snp_traps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char snp_trap_not_causes[] =
    "the size of memory, VARS that are a file of their own, POLICY, HOST_DATA, "
    "REPORT_DATA, an ID block and the security processor's firmware are not in "
    "a launch digest of SEV-SNP and are not the reason";

/* --- The input ---------------------------------------------------------- */

/* A report among the claims that the test holds for, or NULL. */
static const struct mrtd_evidence *
find_report(const struct answer *c,
            bool (*test)(const struct mrtd_evidence *evidence))
{
    for (size_t i = 0; i < c->against->claims.count; i++) {
        const struct claim *claim = &c->against->claims.items[i];
        if (claim->has_evidence && claim->value.id == MRTD_REGISTER_SNP &&
            test(&claim->evidence)) {
            return &claim->evidence;
        }
    }
    return NULL;
}

static bool is_igvm(const struct answer *c)
{
    return mrtd_image_igvm(c->snp.e.image) != NULL;
}

static bool launched_otherwise(const struct answer *c, char text[TRAP_TEXT])
{
    char name[SNP_ANSWER_NAME];
    if (!c->snp.claim || !c->snp.is_outside ||
        !snp_answer_agrees(&c->snp, c->snp.claim, &c->snp.found)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the digest is this firmware's, but not as the options ask: it is "
             "that of a launch by %s",
             snp_answer_name(&c->snp, name));
    return true;
}

static bool said_otherwise(const struct answer *c, char text[TRAP_TEXT])
{
    const struct claim *claim = c->snp.claim;
    char name[SNP_ANSWER_NAME];
    char said[GUEST_TEXT_SIZE] = "";
    if (!claim || !c->snp.is_outside ||
        snp_answer_agrees(&c->snp, claim, &c->snp.found)) {
        return false;
    }
    if (!claims_valid_at(claim, c->time)) {
        char from[CLAIMS_TIME_SIZE];
        char to[CLAIMS_TIME_SIZE];
        claims_time_text(from, claim->not_before);
        claims_time_text(to, claim->not_after);
        snprintf(text, TRAP_TEXT,
                 "the digest is this firmware's, launched by %s, but the "
                 "document is valid%s%s%s%s only",
                 snp_answer_name(&c->snp, name),
                 claim->not_before == INT64_MIN ? "" : " from ",
                 claim->not_before == INT64_MIN ? "" : from,
                 claim->not_after == INT64_MAX ? "" : " to ",
                 claim->not_after == INT64_MAX ? "" : to);
        return true;
    }
    snprintf(text, TRAP_TEXT,
             "the digest is this firmware's, launched by %s, but the document "
             "says that it is that of another launch%s%s",
             snp_answer_name(&c->snp, name), claim->guest.vmm ? ": " : "",
             claim->guest.vmm ? guest_text(&claim->guest, said) : "");
    return true;
}

static bool after_firmware(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_digest *made = &c->snp.result.firmware_digest;
    if (made->size == 0) {
        return false;
    }
    for (size_t i = 0; i < c->against->claims.count; i++) {
        const struct claim *claim = &c->against->claims.items[i];
        if (snp_answer_is_of(claim) &&
            memcmp(claim->value.digest.bytes, made->bytes, MRTD_DIGEST_SIZE) ==
                0) {
            snprintf(text, TRAP_TEXT,
                     "the value is the launch digest after this firmware's "
                     "pages, as --ovmf-hash prints it: a guest's has the pages "
                     "of the SEV metadata and of the virtual CPUs in it, too");
            return true;
        }
    }
    return false;
}

static bool is_of_hcl(const struct mrtd_evidence *evidence)
{
    return evidence->kind == MRTD_EVIDENCE_HCL;
}

static bool azure_paravisor(const struct answer *c, char text[TRAP_TEXT])
{
    if (!find_report(c, is_of_hcl)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the report is that of a confidential VM of Azure: what was "
             "launched and measured there is Microsoft's paravisor, whose "
             "image is not published (openvmm issue 2247), not the guest's "
             "firmware");
    return true;
}

static bool has_vmpl(const struct mrtd_evidence *evidence)
{
    return evidence->snp.vmpl > 0;
}

static bool another_vmpl(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_evidence *e = find_report(c, has_vmpl);
    if (!e || is_igvm(c)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the report was asked for from VMPL %" PRIu32
             ": an SVSM or a paravisor at VMPL 0 may have been launched, and "
             "is what was measured first; give its image (IGVM), not the "
             "firmware that it starts",
             e->snp.vmpl);
    return true;
}

/* --- The kernel --------------------------------------------------------- */

/* Can the firmware take the hashes of a kernel? */
static bool takes_hashes(const struct answer *c)
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(c->snp.e.image);
    return sev && sev->hash_table_offset != MRTD_NO_OFFSET &&
           sev->hash_table_gpa != 0;
}

static bool kernel_refused(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_error *error = &c->snp.result.kernel_refused;
    if (!error->code) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "no launch with the kernel was tried: %s [%s]. A guest whose "
             "kernel was measured has another firmware",
             error->message, mrtd_code_name(error->code));
    return true;
}

static bool kernel_missing(const struct answer *c, char text[TRAP_TEXT])
{
    if (c->snp.e.kernel.name || !takes_hashes(c)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the firmware takes the hashes of a kernel, and no kernel was "
             "given: a guest that QEMU has started with -kernel and "
             "kernel-hashes=on has them in its digest; give --kernel, --initrd "
             "and --append");
    return true;
}

static bool another_kernel(const struct answer *c, char text[TRAP_TEXT])
{
    if (!c->snp.e.kernel.name || c->snp.result.kernel_refused.code) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the hashes of the kernel, the initrd and the command line are in "
             "the digest, of each exactly as QEMU was given it: one of them "
             "was another, or there was%s initrd and --initrd was %s",
             c->snp.e.initrd.name ? " no" : " an",
             c->snp.e.initrd.name ? "given" : "not given");
    return true;
}

/* --- The image ---------------------------------------------------------- */

/* Does it begin with the volume that holds VARS? UEFI PI 1.8, volume 3, 3.2.1:
 * FileSystemGuid is at 16, Signature at 40; edk2, MdeModulePkg,
 * SystemNvDataGuid.h. */
static bool begins_with_vars(const struct answer *c)
{
    static const uint8_t guid[16] = {0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76,
                                     0x8b, 0x4c, 0xa9, 0x85, 0x27, 0x47,
                                     0x07, 0x5b, 0x4f, 0x50};
    const struct mrtd_source *source = &c->snp.e.source;
    uint8_t head[44];
    return source->size >= sizeof head &&
           source->read(source->context, 0, head, sizeof head) == 0 &&
           memcmp(head + 16, guid, sizeof guid) == 0 &&
           memcmp(head + 40, "_FVH", 4) == 0;
}

static bool joined_image(const struct answer *c, char text[TRAP_TEXT])
{
    const bool joined = begins_with_vars(c);
    if (is_igvm(c)) {
        return false;
    }
    snprintf(text, TRAP_TEXT, "%s",
             joined ? "this file is VARS and CODE joined, and all of it is "
                      "measured: a guest that was given CODE alone (pflash) "
                      "has another digest, so check the CODE file"
                    : "this file has no VARS before its code, as CODE of a "
                      "split image: a guest that was given both joined (-bios "
                      "OVMF.fd) has another digest, so check that file");
    return true;
}

static bool another_firmware(const struct answer *c, char text[TRAP_TEXT])
{
    char hex[MRTD_HEX_SIZE];
    if (is_igvm(c)) {
        snprintf(text, TRAP_TEXT,
                 "the guest was launched from another file or build: checked "
                 "was the IGVM file with SHA-256 %s",
                 c->sha256);
        return true;
    }
    mrtd_hex_encode(hex, c->snp.result.firmware_digest.bytes, MRTD_DIGEST_SIZE);
    snprintf(text, TRAP_TEXT,
             "the guest was launched from another file or build: checked was "
             "the file with SHA-256 %s. After its pages the launch digest is "
             "%s, which 'mrtd-calc --platform snp --ovmf-hash FILE' prints of "
             "the file that the VMM opened",
             c->sha256, hex);
    return true;
}

static bool no_sev_metadata(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(c->snp.e.image);
    if (is_igvm(c) || (sev && sev->metadata_offset != MRTD_NO_OFFSET)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "the file has no SEV metadata, so its pages and the virtual CPUs "
             "are all that was measured: builds for SEV-SNP have it, and this "
             "one is hardly what the guest was launched from");
    return true;
}

/* The ID block of an IGVM file is made with the file. */
static bool igvm_id_block(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_igvm_info *info = mrtd_image_igvm(c->snp.e.image);
    char hex[MRTD_HEX_SIZE];
    if (!info || !info->has_snp_digest) {
        return false;
    }
    for (size_t i = 0; i < c->against->claims.count; i++) {
        const struct claim *claim = &c->against->claims.items[i];
        if (snp_answer_is_of(claim) &&
            memcmp(claim->value.digest.bytes, info->snp_digest,
                   MRTD_DIGEST_SIZE) == 0) {
            snprintf(text, TRAP_TEXT,
                     "the file's own ID block (SNP_ID_BLOCK) names this "
                     "digest, but no launch of the file gives it: pages or "
                     "VMSAs were changed after the block was made, or it was "
                     "made for a VMM whose rule is not known here");
            return true;
        }
    }
    mrtd_hex_encode(hex, info->snp_digest, MRTD_DIGEST_SIZE);
    snprintf(text, TRAP_TEXT,
             "the file's own ID block (SNP_ID_BLOCK) names another digest, %s: "
             "a guest that was launched with this block has that one, so the "
             "value is of another file or build",
             hex);
    return true;
}

/* --- The launch --------------------------------------------------------- */

static bool igvm_vmm(const struct answer *c, char text[TRAP_TEXT])
{
    char names[160] = "";
    size_t used = 0;
    if (!is_igvm(c)) {
        return false;
    }
    for (unsigned i = 0; i < c->snp.refusal_count && used < sizeof names; i++) {
        used +=
            (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                             i == 0 ? "" : ", ", c->snp.refusals[i].vmm->name);
    }
    snprintf(text, TRAP_TEXT,
             "the guest was launched by a VMM that launches IGVM files in "
             "another way than those that were tried, as others or other "
             "versions may%s%s",
             used > 0 ? "; not tried, since it is not known how they launch "
                        "this file or they refuse it, were "
                      : "",
             names);
    return true;
}

/* Virtual CPUs beyond those of the file are as at their reset under QEMU. */
static bool makes_processors(const struct answer *c)
{
    bool makes = true;
    for (unsigned i = 0; i < c->snp.refusal_count; i++) {
        makes = makes && !c->snp.refusals[i].vmm->takes_signature;
    }
    return makes;
}

static bool other_features(const struct answer *c, char text[TRAP_TEXT])
{
    char given[32] = "";
    const struct launch_guest *guest = &c->snp.options.guest;
    if (is_igvm(c)) {
        return false;
    }
    if (guest->has_features) {
        snprintf(given, sizeof given, " and 0x%" PRIx64, guest->features);
    }
    snprintf(text, TRAP_TEXT,
             "the host's kernel had set other SEV_FEATURES than were tried: 0, "
             "0x1, and 0x1 with each other bit alone%s (0x21, with DebugSwap, "
             "is what Linux 6.6 to 6.9 may set); --guest-features tries one "
             "more",
             given);
    return true;
}

static bool has_no_processor(const struct mrtd_evidence *evidence)
{
    return evidence->snp.version < 3;
}

/* Of a report of version 3 the processor's own was tried. */
static bool other_type(const struct answer *c, char text[TRAP_TEXT])
{
    bool is_bare = false;
    for (size_t i = 0; i < c->against->claims.count; i++) {
        is_bare |= c->against->claims.items[i].is_bare;
    }
    for (unsigned i = 0; i < c->snp.options.type_count; i++) {
        if (!c->snp.options.types[i].type) {
            return false;
        }
    }
    if ((!is_bare && !find_report(c, has_no_processor)) ||
        !makes_processors(c)) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "under QEMU the virtual CPUs had a signature that no known type "
             "has, as -cpu host gives them the processor's: --vcpu-sig tries "
             "it. The input does not say which processor it was");
    return true;
}

static bool has_id_block(const struct mrtd_evidence *evidence)
{
    static const uint8_t zeros[MRTD_DIGEST_SIZE];
    return memcmp(evidence->snp.id_key_digest, zeros, sizeof zeros) != 0;
}

static bool id_block(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_evidence *e = find_report(c, has_id_block);
    char hex[MRTD_HEX_SIZE];
    if (!e) {
        return false;
    }
    mrtd_hex_encode(hex, e->snp.id_key_digest, MRTD_DIGEST_SIZE);
    snprintf(text, TRAP_TEXT,
             "the guest has an ID block, which names this digest, or it would "
             "not have been launched: whoever holds the ID key with the digest "
             "%s expects it, and knows which file it is of",
             hex);
    return true;
}

static bool reset_address(const struct answer *c, char text[TRAP_TEXT])
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(c->snp.e.image);
    if (!sev || sev->reset_offset == MRTD_NO_OFFSET) {
        return false;
    }
    snprintf(text, TRAP_TEXT,
             "of each virtual CPU but the first the digest has the address at "
             "which it starts, here 0x%" PRIx32
             " from the file's SEV-ES reset block: a VMM that has another for "
             "them was not tried",
             sev->reset_address);
    return true;
}

static const struct trap traps[] = {
    {"launched-otherwise", launched_otherwise, MRTD_PLATFORM_SNP},
    {"said-otherwise", said_otherwise, MRTD_PLATFORM_SNP},
    {"after-firmware", after_firmware, MRTD_PLATFORM_SNP},
    {"snp-azure-paravisor", azure_paravisor, MRTD_PLATFORM_SNP},
    {"another-vmpl", another_vmpl, MRTD_PLATFORM_SNP},
    {"igvm-id-block", igvm_id_block, MRTD_PLATFORM_SNP},
    {"no-sev-metadata", no_sev_metadata, MRTD_PLATFORM_SNP},
    {"kernel-refused", kernel_refused, MRTD_PLATFORM_SNP},
    {"kernel-missing", kernel_missing, MRTD_PLATFORM_SNP},
    {"another-kernel", another_kernel, MRTD_PLATFORM_SNP},
    {"another-firmware", another_firmware, MRTD_PLATFORM_SNP},
    {"joined-image", joined_image, MRTD_PLATFORM_SNP},
    {"id-block", id_block, MRTD_PLATFORM_SNP},
    {"guest-features", other_features, MRTD_PLATFORM_SNP},
    {"igvm-vmm", igvm_vmm, MRTD_PLATFORM_SNP},
    {"vcpu-type", other_type, MRTD_PLATFORM_SNP},
    {"reset-address", reset_address, MRTD_PLATFORM_SNP},
};

const struct trap *snp_trap_at(size_t index)
{
    return index < sizeof traps / sizeof *traps ? &traps[index] : NULL;
}
