/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the codes, and the version. */
#include <stddef.h>

#include "mrtd.h"

static const struct {
    enum mrtd_code code;
    const char *name;
} names[] = {
    {MRTD_OK, "ok"},
    {MRTD_ERR_ARGUMENT, "argument"},
    {MRTD_ERR_MEMORY, "memory"},
    {MRTD_ERR_READ, "read"},
    {MRTD_ERR_CANCELLED, "cancelled"},
    {MRTD_ERR_EMPTY, "empty"},
    {MRTD_ERR_TOO_LARGE, "too-large"},
    {MRTD_ERR_IGVM, "igvm"},
    {MRTD_ERR_OTHER_FORMAT, "other-format"},
    {MRTD_ERR_NO_TABLE, "no-table"},
    {MRTD_ERR_NO_TDX_ENTRY, "no-tdx-entry"},
    {MRTD_ERR_TABLE_LENGTH, "table-length"},
    {MRTD_ERR_TABLE_ENTRY, "table-entry"},
    {MRTD_ERR_TDX_ENTRY, "tdx-entry"},
    {MRTD_ERR_DESC_BOUNDS, "desc-bounds"},
    {MRTD_ERR_DESC_SIGNATURE, "desc-signature"},
    {MRTD_ERR_DESC_VERSION, "desc-version"},
    {MRTD_ERR_DESC_COUNT, "desc-count"},
    {MRTD_ERR_DESC_LENGTH, "desc-length"},
    {MRTD_ERR_IGVM_HEADER, "igvm-header"},
    {MRTD_ERR_IGVM_CHECKSUM, "igvm-checksum"},
    {MRTD_ERR_IGVM_STRUCTURE, "igvm-structure"},
    {MRTD_ERR_IGVM_PLATFORM, "igvm-platform"},
    {MRTD_ERR_IGVM_FIELD, "igvm-field"},
    {MRTD_ERR_IGVM_DATA, "igvm-data"},
    {MRTD_ERR_IGVM_AREA, "igvm-area"},
    {MRTD_ERR_IGVM_CONTEXT, "igvm-context"},
    {MRTD_ERR_IGVM_OVERLAP, "igvm-overlap"},
    {MRTD_ERR_IGVM_PAGES, "igvm-pages"},
    {MRTD_ERR_AMBIGUOUS_FORMAT, "ambiguous-format"},
    {MRTD_ERR_TYPE, "type"},
    {MRTD_ERR_ATTR_RESERVED, "attr-reserved"},
    {MRTD_ERR_ATTR_AUG_EXTEND, "attr-aug-extend"},
    {MRTD_ERR_ADDRESS_ALIGNMENT, "address-alignment"},
    {MRTD_ERR_SIZE_ALIGNMENT, "size-alignment"},
    {MRTD_ERR_RAW_SIZE, "raw-size"},
    {MRTD_ERR_DATA_BOUNDS, "data-bounds"},
    {MRTD_ERR_SPLIT_IMAGE, "split-image"},
    {MRTD_ERR_GPA_WRAP, "gpa-wrap"},
    {MRTD_ERR_GPA_RANGE, "gpa-range"},
    {MRTD_ERR_OVERLAP, "overlap"},
    {MRTD_ERR_LIMIT, "limit"},
    {MRTD_ERR_PAYLOAD_NEEDED, "payload-needed"},
    {MRTD_ERR_PAYLOAD_SIZE, "payload-size"},
    {MRTD_ERR_PAYLOAD_UNUSED, "payload-unused"},
    {MRTD_ERR_VMM_CONTENT, "vmm-content"},
    {MRTD_ERR_PROFILE_FORMAT, "profile-format"},
    {MRTD_ERR_EVIDENCE_KIND, "evidence-kind"},
    {MRTD_ERR_EVIDENCE_SIZE, "evidence-size"},
    {MRTD_ERR_EVIDENCE_VERSION, "evidence-version"},
    {MRTD_ERR_EVIDENCE_TEE, "evidence-tee"},
    {MRTD_ERR_EVIDENCE_RESERVED, "evidence-reserved"},
    {MRTD_WARN_METADATA_GUID, "metadata-guid"},
    {MRTD_WARN_METADATA_GUID_SWAPPED, "metadata-guid-swapped"},
    {MRTD_WARN_LOCATORS_DIFFER, "locators-differ"},
    {MRTD_WARN_SECOND_TDX_ENTRY, "second-tdx-entry"},
    {MRTD_WARN_TABLE_REST, "table-rest"},
    {MRTD_WARN_BFV_ATTRIBUTES, "bfv-attributes"},
    {MRTD_WARN_CFV_MEASURED, "cfv-measured"},
    {MRTD_WARN_ATTRIBUTES, "attributes"},
    {MRTD_WARN_PERM_MEM_ADDED, "perm-mem-added"},
    {MRTD_WARN_RAW_ZERO, "raw-zero"},
    {MRTD_WARN_RAW_NONZERO, "raw-nonzero"},
    {MRTD_WARN_OFFSET_NONZERO, "offset-nonzero"},
    {MRTD_WARN_MEMORY_NONZERO, "memory-nonzero"},
    {MRTD_WARN_OUTSIDE_BFV, "outside-bfv"},
    {MRTD_WARN_NO_BFV, "no-bfv"},
    {MRTD_WARN_RESET_VECTOR, "reset-vector"},
    {MRTD_WARN_RESET_CODE, "reset-code"},
    {MRTD_WARN_METADATA_APART, "metadata-apart"},
    {MRTD_WARN_NO_HOB, "no-hob"},
    {MRTD_WARN_SEVERAL, "several"},
    {MRTD_WARN_PARAM_ALONE, "param-alone"},
    {MRTD_WARN_PAYLOAD_ABSENT, "payload-absent"},
    {MRTD_WARN_IGVM_DEBUG, "igvm-debug"},
    {MRTD_WARN_IGVM_GAP, "igvm-gap"},
    {MRTD_WARN_IGVM_MASK, "igvm-mask"},
    {MRTD_NOTE_QEMU_TYPE, "qemu-type"},
    {MRTD_NOTE_QEMU_SIZE, "qemu-size"},
    {MRTD_NOTE_QEMU_COUNT, "qemu-count"},
    {MRTD_NOTE_QEMU_RAW, "qemu-raw"},
    {MRTD_NOTE_QEMU_AUG, "qemu-aug"},
    {MRTD_NOTE_QEMU_NO_HOB, "qemu-no-hob"},
    {MRTD_NOTE_QEMU_LOCATOR, "qemu-locator"},
    {MRTD_NOTE_ZERO_FILL, "zero-fill"},
    {MRTD_NOTE_NO_MEMORY, "no-memory"},
    {MRTD_NOTE_GPAW, "gpaw"},
    {MRTD_NOTE_CH_PERM_MEM, "ch-perm-mem"},
    {MRTD_NOTE_CH_ATTRIBUTES, "ch-attributes"},
    {MRTD_NOTE_CH_NO_HOB, "ch-no-hob"},
    {MRTD_NOTE_CH_TYPE, "ch-type"},
    {MRTD_NOTE_CH_PAYLOAD, "ch-payload"},
    {MRTD_LINT_NOT_RAM, "not-ram"},
    {MRTD_LINT_DATA_ALIGNMENT, "data-alignment"},
    {MRTD_NOTE_PERM_SKIPPED, "perm-skipped"},
    {MRTD_NOTE_IGVM_PADDING, "igvm-padding"},
    {MRTD_NOTE_IGVM_TD_SHIM, "igvm-td-shim"},
    {MRTD_LINT_GCE_LOCATOR, "gce-locator"},
    {MRTD_LINT_GCE_DUPLICATE, "gce-duplicate"},
    {MRTD_LINT_GCE_TYPE, "gce-type"},
    {MRTD_LINT_GCE_VOLUME, "gce-volume"},
    {MRTD_LINT_GCE_HOB, "gce-hob"},
    {MRTD_LINT_GCE_TOTAL, "gce-total"},
    {MRTD_LINT_GCE_MEASURED, "gce-measured"},
    {MRTD_LINT_GCE_AUG, "gce-aug"},
    {MRTD_LINT_GCE_HOB_BUG, "gce-hob-bug"},
};

const char *mrtd_code_name(enum mrtd_code code)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].code == code) {
            return names[i].name;
        }
    }
    return NULL;
}

const char *mrtd_version(void)
{
    return MRTD_VERSION;
}
