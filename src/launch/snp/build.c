/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/snp/build.h"

#include <inttypes.h>
#include <string.h>

#include "base/checked.h"
#include "base/error.h"
#include "image/sev/metadata.h"
#include "launch/snp/hash_table.h"
#include "launch/snp/igvm.h"
#include "launch/snp/parts.h"
#include "launch/snp/sections.h"

static struct mrtd_run run_of(uint32_t region, uint64_t gpa, uint64_t size,
                              enum mrtd_snp_page_type type)
{
    return (struct mrtd_run){.region = region,
                             .ops = MRTD_OP_SNP_UPDATE,
                             .page_type = (uint8_t)type,
                             .content = MRTD_CONTENT_ZERO,
                             .gpa = gpa,
                             .size = size};
}

/* --- Firmware ---------------------------------------------------------- */

static enum mrtd_code check_pages(uint64_t size, const char *what,
                                  struct mrtd_error *error)
{
    if (size % MRTD_PAGE_SIZE == 0) {
        return MRTD_OK;
    }
    return error_set(error, MRTD_ERR_FIRMWARE_SIZE, MRTD_NO_OFFSET,
                     "the %s's %" PRIu64
                     " bytes are not whole pages of 4096, which SEV-SNP "
                     "measures; give the image as it was built",
                     what, size);
}

static enum mrtd_code add_firmware(struct mrtd_plan *plan,
                                   struct mrtd_error *error)
{
    const struct mrtd_image *image = plan->image;
    const uint64_t size = image->source.size;
    struct mrtd_run run =
        run_of(image->sev->first_region, parts_firmware_gpa(image), size,
               MRTD_SNP_PAGE_NORMAL);
    run.content = MRTD_CONTENT_IMAGE;
    run.data_size = size;
    enum mrtd_code code = check_pages(size, "firmware", error);
    if (code || plan->launch.firmware_digest) {
        return code;
    }
    return plan_add_run(plan, &run, error);
}

/* The SVSM's first GPA: it ends where the firmware and its VARS begin. */
static enum mrtd_code place_svsm(const struct mrtd_plan *plan, uint64_t *gpa,
                                 struct mrtd_error *error)
{
    const struct mrtd_launch *launch = &plan->launch;
    const uint64_t size = launch->svsm->source.size;
    const uint64_t end = parts_firmware_gpa(plan->image);
    if (launch->vars_size > end || size > end - launch->vars_size) {
        return error_set(error, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
                         "the SVSM's %" PRIu64 " bytes and the VARS' %" PRIu64
                         " do not fit below the firmware at GPA 0x%" PRIx64,
                         size, launch->vars_size, end);
    }
    *gpa = end - launch->vars_size - size;
    if (*gpa % MRTD_PAGE_SIZE != 0) {
        return error_set(error, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
                         "the VARS' %" PRIu64
                         " bytes are not whole pages of 4096",
                         launch->vars_size);
    }
    return MRTD_OK;
}

/* Does the SVSM's file say where it starts, within itself? */
static enum mrtd_code check_svsm(const struct mrtd_image *svsm,
                                 struct mrtd_error *error)
{
    const struct sev *sev = svsm->sev;
    const uint64_t size = svsm->source.size;
    if (!sev || sev->info.svsm_offset == MRTD_NO_OFFSET) {
        return error_set(error, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
                         "the SVSM's GUIDed table does not say where it "
                         "starts; it is not an SVSM");
    }
    return sev->info.svsm_entry < size
               ? MRTD_OK
               : error_set(error, MRTD_ERR_SVSM, sev->info.svsm_offset,
                           "the SVSM starts at offset 0x%" PRIx32
                           ", past the end of its 0x%" PRIx64 " bytes",
                           sev->info.svsm_entry, size);
}

static enum mrtd_code add_svsm(struct mrtd_plan *plan, uint64_t *gpa,
                               struct mrtd_error *error)
{
    const struct mrtd_image *svsm = plan->launch.svsm;
    const uint64_t size = svsm->source.size;
    if (!snp_rules_of(plan)->svsm) {
        return error_set(error, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
                         "VMM %s starts no SVSM that is a file of its own",
                         plan->info.vmm->name);
    }
    enum mrtd_code code = check_pages(size, "SVSM", error);
    if (!code) {
        code = check_svsm(svsm, error);
    }
    if (!code) {
        code = place_svsm(plan, gpa, error);
    }
    if (code) {
        return code;
    }
    struct mrtd_run run =
        run_of(MRTD_NO_REGION, *gpa, size, MRTD_SNP_PAGE_NORMAL);
    run.content = MRTD_CONTENT_SVSM;
    run.data_size = size;
    return plan_add_run(plan, &run, error);
}

/* --- Metadata ---------------------------------------------------------- */

/* Is there a page for the kernel's hashes, and is it where the table is? */
static bool has_hash_page(const struct sev *sev, bool *in_place)
{
    bool found = false;
    *in_place = false;
    for (uint32_t i = 0; i < sev->info.section_count; i++) {
        const struct mrtd_sev_section *s = &sev->sections[i];
        if (s->type == MRTD_SEV_SNP_KERNEL_HASHES) {
            found = true;
            *in_place |= s->gpa / MRTD_PAGE_SIZE ==
                         sev->info.hash_table_gpa / MRTD_PAGE_SIZE;
        }
    }
    return found;
}

enum mrtd_code snp_check_hash_page(const struct sev *sev,
                                   struct mrtd_error *error)
{
    bool in_place = false;
    if (!has_hash_page(sev, &in_place)) {
        return error_set(error, MRTD_ERR_NO_HASH_TABLE,
                         sev->info.metadata_offset,
                         "a kernel is given, but the SEV metadata have no "
                         "SNP_KERNEL_HASHES section: the firmware does not "
                         "check a kernel's hash; use one built for direct "
                         "kernel boot (OVMF's AmdSevX64)");
    }
    if (!in_place) {
        return error_set(error, MRTD_ERR_NO_HASH_TABLE,
                         sev->info.hash_table_offset,
                         "the SEV hash table's GPA 0x%" PRIx32
                         " is in no SNP_KERNEL_HASHES section: the firmware "
                         "would not find the hashes that the VMM writes",
                         sev->info.hash_table_gpa);
    }
    if (sev->info.hash_table_gpa % MRTD_PAGE_SIZE >
        MRTD_PAGE_SIZE - HASH_TABLE_SIZE) {
        return error_set(error, MRTD_ERR_NO_HASH_TABLE,
                         sev->info.hash_table_offset,
                         "the SEV hash table's GPA 0x%" PRIx32
                         " leaves no room in its page for the table's %d bytes",
                         sev->info.hash_table_gpa, HASH_TABLE_SIZE);
    }
    return MRTD_OK;
}

/* A kernel is measured by the hashes that the VMM writes into a page. */
static enum mrtd_code check_hash_page(const struct mrtd_plan *plan,
                                      struct mrtd_error *error)
{
    enum mrtd_code code = parts_check_kernel(plan, error);
    return code || !plan->launch.kernel
               ? code
               : snp_check_hash_page(plan->image->sev, error);
}

/* The page of the kernel's hashes. */
static enum mrtd_code set_hashes(struct mrtd_plan *plan, struct mrtd_run *run,
                                 struct mrtd_error *error)
{
    const uint32_t at = plan->image->sev->info.hash_table_gpa % MRTD_PAGE_SIZE;
    uint8_t *page = NULL;
    run->content = MRTD_CONTENT_PLAN;
    run->page_type = MRTD_SNP_PAGE_NORMAL;
    run->data_size = MRTD_PAGE_SIZE;
    if (plan->made.size > 0) {
        /* A section before had the page, the first that the plan makes. */
        return MRTD_OK;
    }
    enum mrtd_code code =
        parts_make(plan, MRTD_PAGE_SIZE, &page, &run->data_offset, error);
    if (!code && plan->kernel_hashes) {
        memcpy(page + at, plan->kernel_hashes, HASH_TABLE_SIZE);
    } else if (!code) {
        code = hash_table_make(&plan->launch, page + at, error);
    }
    return code;
}

/* The type of the pages of a section. */
static enum mrtd_snp_page_type page_type(const struct snp_rules *rules,
                                         uint32_t type)
{
    switch (type) {
    case MRTD_SEV_SNP_SEC_MEM:
        return rules->memory_unmeasured ? MRTD_SNP_PAGE_UNMEASURED
                                        : MRTD_SNP_PAGE_ZERO;
    case MRTD_SEV_SNP_SECRETS:
        return MRTD_SNP_PAGE_SECRETS;
    case MRTD_SEV_CPUID:
        return MRTD_SNP_PAGE_CPUID;
    default:
        return MRTD_SNP_PAGE_ZERO;
    }
}

static enum mrtd_code add_section(struct mrtd_plan *plan,
                                  const struct mrtd_image *image,
                                  uint32_t index, struct mrtd_error *error)
{
    const struct mrtd_sev_section *s = &image->sev->sections[index];
    const uint32_t region = image == plan->image
                                ? image->sev->first_region + 1 + index
                                : MRTD_NO_REGION;
    struct mrtd_run run =
        run_of(region, s->gpa, s->size, page_type(snp_rules_of(plan), s->type));
    enum mrtd_code code = MRTD_OK;
    if (s->size == 0) {
        return MRTD_OK;
    }
    if (s->type == MRTD_SEV_SNP_KERNEL_HASHES && plan->launch.kernel) {
        code = set_hashes(plan, &run, error);
    }
    return code ? code : plan_add_run(plan, &run, error);
}

/* The sections in the order of their table; where the VMM wants it, those of
 * CPUID pages after all others. */
static enum mrtd_code add_sections(struct mrtd_plan *plan,
                                   const struct mrtd_image *image,
                                   struct mrtd_error *error)
{
    const struct sev *sev = image->sev;
    const bool apart = snp_rules_of(plan)->cpuid_last;
    enum mrtd_code code = MRTD_OK;
    for (unsigned pass = 0; pass < (apart ? 2u : 1u); pass++) {
        for (uint32_t i = 0; !code && i < sev->info.section_count; i++) {
            const bool is_cpuid = sev->sections[i].type == MRTD_SEV_CPUID;
            if (!apart || is_cpuid == (pass == 1)) {
                code = add_section(plan, image, i, error);
            }
        }
    }
    return code;
}

static void warn_of_no_metadata(struct mrtd_plan *plan)
{
    struct mrtd_error what;
    if (plan->image->sev->info.section_count > 0) {
        return;
    }
    error_set(&what, MRTD_WARN_NO_SEV_METADATA, MRTD_NO_OFFSET,
              "the image has no SEV metadata: no secrets page and no CPUID "
              "page are measured, and a guest of SEV-SNP does not start");
    findings_add(&plan->findings, MRTD_WARNING, MRTD_NO_REGION, &what);
}

/* sev-snp-measure computes such a value. */
static void note_kernel(struct mrtd_plan *plan)
{
    struct mrtd_error what;
    if (!plan->launch.kernel || snp_rules_of(plan)->kernel) {
        return;
    }
    error_set(&what, MRTD_NOTE_KERNEL_VMM, MRTD_NO_OFFSET,
              "a kernel is given, but it is not known that VMM %s can be "
              "given one: if it cannot, no guest has this value, which "
              "sev-snp-measure computes, too",
              plan->info.vmm->name);
    findings_add(&plan->findings, MRTD_NOTE, MRTD_NO_REGION, &what);
}

/* --- The launch -------------------------------------------------------- */

static enum mrtd_code build_svsm(struct mrtd_plan *plan,
                                 struct mrtd_error *error)
{
    const struct mrtd_launch *l = &plan->launch;
    const struct mrtd_image *svsm = l->svsm;
    uint64_t gpa = 0;
    if (l->kernel || l->initrd || l->append || l->firmware_digest) {
        return error_set(error, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
                         "with an SVSM no kernel, initrd, command line or "
                         "digest of the firmware can be given");
    }
    if (l->guest_features != 1) {
        return error_set(
            error, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
            "with an SVSM the guest features are 0x1, not 0x%" PRIx64,
            l->guest_features);
    }
    enum mrtd_code code = add_svsm(plan, &gpa, error);
    if (!code) {
        code = snp_check_sections(svsm, gpa, &plan->findings, error);
    }
    if (!code) {
        code = add_sections(plan, svsm, error);
    }
    if (code) {
        return code;
    }
    plan->svsm_start = (uint32_t)(gpa + svsm->sev->info.svsm_entry);
    return MRTD_OK;
}

static enum mrtd_code build_plain(struct mrtd_plan *plan,
                                  struct mrtd_error *error)
{
    const struct mrtd_image *image = plan->image;
    enum mrtd_code code = snp_check_sections(image, parts_firmware_gpa(image),
                                             &plan->findings, error);
    if (!code) {
        code = check_hash_page(plan, error);
    }
    if (!code) {
        warn_of_no_metadata(plan);
        note_kernel(plan);
        code = add_sections(plan, image, error);
    }
    return code;
}

/* SEV-SNP has one deviation, and not each VMM has it. */
static enum mrtd_code check_deviations(const struct mrtd_plan *plan,
                                       struct mrtd_error *error)
{
    if (!plan->launch.deviations || snp_rules_of(plan)->vmsa_rdx_zero) {
        return MRTD_OK;
    }
    return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                     "the deviation rdx-zero is known of EC2's VMSAs only, not "
                     "of VMM %s",
                     plan->info.vmm->name);
}

enum mrtd_code snp_build(struct mrtd_plan *plan, struct mrtd_error *error)
{
    const struct mrtd_run vmsa = run_of(MRTD_NO_REGION, VMSA_KVM_GPA,
                                        MRTD_PAGE_SIZE, MRTD_SNP_PAGE_VMSA);
    enum mrtd_code code = check_deviations(plan, error);
    if (!code) {
        code = parts_check_format(plan, error);
    }
    if (!code && plan->image->igvm) {
        return snp_igvm_build(plan, error);
    }
    if (!code) {
        code = add_firmware(plan, error);
    }
    if (code || plan->launch.flags & MRTD_LAUNCH_FIRMWARE_ONLY) {
        return code;
    }
    code =
        plan->launch.svsm ? build_svsm(plan, error) : build_plain(plan, error);
    return code ? code : parts_add_vmsas(plan, &vmsa, error);
}

bool snp_count(struct mrtd_plan_info *info, const struct mrtd_run *run)
{
    const uint64_t pages = run->size / MRTD_PAGE_SIZE;
    const uint64_t each = snp_counts_contents(run->page_type)
                              ? SNP_CONTENTS_BYTES + SNP_PAGE_INFO_BYTES
                              : SNP_PAGE_INFO_BYTES;
    uint64_t bytes = 0;
    return checked_add(info->updated_pages, pages, &info->updated_pages) &&
           checked_mul(pages, each, &bytes) &&
           checked_add(info->hashed_bytes, bytes, &info->hashed_bytes);
}
