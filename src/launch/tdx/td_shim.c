/* SPDX-License-Identifier: Apache-2.0 */
/*
 * td-shim itself, which reads its metadata when it runs: no VMM. Its rules are
 * the specification's. Sources, all of confidential-containers/td-shim 125eeab:
 *   [SHIM]     td-shim/src/bin/td-shim/shim_info.rs, BootTimeStatic::new
 *   [METADATA] td-shim-interface/src/metadata.rs, is_valid, validate_sections
 */
#include "image/tdvf/metadata.h"
#include "launch/tdx/rules.h"

#define TDVF_MAGIC 0x46564454 /* "TDVF" */

/* [SHIM], before the sections. */
static bool parse_answer(const struct tdx_case *c, struct accept_answer *a)
{
    const struct tdvf_header *h = &c->image->header;
    switch (c->code) {
    case MRTD_ERR_NO_TABLE:
    case MRTD_ERR_OTHER_FORMAT:
    case MRTD_ERR_DESC_BOUNDS: /* or no descriptor at all */
        return accept_refuses(a, h->count > 0 ? "Invalid TdxMetadata length"
                                              : "Invalid TDX Metadata offset");
    case MRTD_ERR_DESC_SIGNATURE: /* the GUID's message, or the descriptor's */
        return accept_refuses(a, "Invalid TDX Metadata");
    case MRTD_WARN_METADATA_GUID:
    case MRTD_WARN_METADATA_GUID_SWAPPED:
        return accept_refuses(a, "Invalid TDX Metadata GUID");
    case MRTD_ERR_DESC_COUNT:
    case MRTD_ERR_DESC_VERSION:
    case MRTD_ERR_DESC_LENGTH:
        return (c->code != MRTD_ERR_DESC_COUNT || h->count == 0) &&
               accept_refuses(
                   a,
                   "Invalid TDX Metadata Descriptor: TdxMetadataDescriptor { "
                   "signature: %d, length: %u, version: %u, "
                   "number_of_section_entry: %u }",
                   TDVF_MAGIC, (unsigned)h->length, (unsigned)h->version,
                   (unsigned)h->count);
    default:
        return false;
    }
}

static bool answer(const struct tdx_vmm *vmm, const struct tdx_case *c,
                   struct accept_answer *a)
{
    (void)vmm;
    switch (c->code) {
    case MRTD_ERR_TYPE: /* [METADATA], validate_sections */
    case MRTD_ERR_ATTR_RESERVED:
    case MRTD_ERR_ATTR_AUG_EXTEND:
    case MRTD_ERR_ADDRESS_ALIGNMENT:
    case MRTD_ERR_RAW_SIZE:
    case MRTD_WARN_BFV_ATTRIBUTES:
    case MRTD_WARN_CFV_MEASURED:
    case MRTD_WARN_ATTRIBUTES:
    case MRTD_WARN_PERM_MEM_ADDED:
    case MRTD_WARN_RAW_ZERO:
    case MRTD_WARN_RAW_NONZERO:
    case MRTD_WARN_OFFSET_NONZERO:
    case MRTD_WARN_MEMORY_NONZERO:
    case MRTD_WARN_OUTSIDE_BFV:
    case MRTD_WARN_NO_BFV:
    case MRTD_WARN_NO_HOB:
    case MRTD_WARN_SEVERAL:
    case MRTD_WARN_PARAM_ALONE:
        return accept_refuses(a, "Invalid metadata sections.");
    default:
        return parse_answer(c, a);
    }
}

/* td-shim accepts an image by the specification's rules only. */
const struct tdx_vmm tdx_vmm_td_shim = {
    .public =
        {
            .name = "td-shim",
            .platform = MRTD_PLATFORM_TDX,
            .software = "td-shim, which reads its own metadata when it runs",
            .acceptance = "td-shim 125eeab, td-shim/src/bin/td-shim/"
                          "shim_info.rs, td-shim-interface/src/metadata.rs",
        },
    .accept =
        {
            .who = "td-shim",
            .flags = IMAGE_BY_OFFSET,
            .answer = answer,
        },
};

const struct tdx_vmm tdx_vmm_td_shim_igvm = {
    .public =
        {
            .name = "td-shim-igvm",
            .platform = MRTD_PLATFORM_TDX,
            .software = "no VMM: td-shim's and MigTD's calculators, for "
                        "IGVM files",
            .rule = "page by page: ADD, then EXTEND if it is measured and "
                    "has data in the file; pages of all platforms, no "
                    "parameters",
            .source = "td-shim 125eeab, td-shim-tools/src/"
                      "tee_info_hash.rs: build_igvmmrtd",
            .launches_as = &tdx_vmm_td_shim_igvm.public,
        },
    .launch = {.igvm = true, .td_shim_igvm = true},
};
