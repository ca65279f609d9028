/* SPDX-License-Identifier: Apache-2.0 */
#include "report/igvm.h"

#include <inttypes.h>
#include <stdio.h>

#include "reference/json.h"
#include "report/words.h"

static const char *kind_name(enum mrtd_igvm_range_kind kind)
{
    return kind == MRTD_IGVM_RELOCATABLE ? "relocatable-region"
           : kind == MRTD_IGVM_REQUIRED  ? "required-memory"
                                         : "parameter-area";
}

static const char *blob_name(enum mrtd_igvm_blob_kind kind)
{
    return kind == MRTD_IGVM_CORIM ? "corim-document" : "corim-signature";
}

/* --- Text -------------------------------------------------------------- */

static void print_platforms(FILE *to, const struct mrtd_image *image)
{
    const struct mrtd_igvm_platform *p;
    for (uint32_t i = 0; (p = mrtd_image_igvm_platform(image, i)); i++) {
        fprintf(to,
                "  %-14s %s, mask 0x%" PRIx32 ", shared memory from 0x%" PRIx64,
                i == 0 ? "platforms" : "", mrtd_igvm_platform_name(p->type),
                p->mask, p->shared_gpa_boundary);
        if (p->highest_vtl) {
            fprintf(to, ", VTL %u", p->highest_vtl);
        }
        if (p->has_policy) {
            fprintf(to, ", policy 0x%" PRIx64, p->policy);
        }
        if (p->has_policy && p->type == MRTD_IGVM_TDX) {
            fprintf(to, " (%s%s%s)",
                    p->policy & MRTD_IGVM_TDX_DEBUG ? "DEBUG" : "no debug",
                    p->policy & MRTD_IGVM_TDX_SEPT_VE_DISABLE
                        ? ", SEPT_VE_DISABLE"
                        : "",
                    p->policy & MRTD_IGVM_TDX_MIGRATABLE ? ", migratable" : "");
        }
        fprintf(to, "\n");
    }
}

static void print_ranges(FILE *to, const struct mrtd_image *image)
{
    const struct mrtd_igvm_range *r;
    char text[WORD_SIZE];
    char size[WORD_SIZE];
    for (uint32_t i = 0; (r = mrtd_image_igvm_range(image, i)); i++) {
        switch (r->kind) {
        case MRTD_IGVM_AREA:
            fprintf(to, "  parameter area %" PRIu32 ": %s\n", r->area,
                    word_size(size, r->size));
            break;
        case MRTD_IGVM_REQUIRED:
            fprintf(to, "  required memory %s, mask 0x%" PRIx32 "\n",
                    word_range(text, r->gpa, r->size), r->mask);
            break;
        default:
            fprintf(to,
                    "  relocatable region %s, mask 0x%" PRIx32
                    ", may go to 0x%" PRIx64 "-0x%" PRIx64 "\n",
                    word_range(text, r->gpa, r->size), r->mask, r->minimum,
                    r->maximum);
        }
    }
}

static void print_blobs(FILE *to, const struct mrtd_image *image)
{
    const struct mrtd_igvm_blob *b;
    for (uint32_t i = 0; (b = mrtd_image_igvm_blob(image, i)); i++) {
        fprintf(to,
                "  CoRIM %-8s %" PRIu32 " bytes at 0x%" PRIx32
                ", mask 0x%" PRIx32 " (%s saves it)\n",
                b->kind == MRTD_IGVM_CORIM ? "document" : "signature", b->size,
                b->offset, b->mask,
                b->kind == MRTD_IGVM_CORIM ? "--corim" : "--corim-signature");
    }
}

void igvm_show(FILE *to, const struct mrtd_image *image,
               enum mrtd_igvm_platform_type platform)
{
    const struct mrtd_igvm_info *info = mrtd_image_igvm(image);
    struct mrtd_igvm_pages pages;
    if (!info) {
        return;
    }
    fprintf(to,
            "  IGVM version   %" PRIu32 ", checksum 0x%08" PRIx32 ", %" PRIu32
            " bytes of structures\n",
            info->format_version, info->checksum, info->headers_size);
    mrtd_image_igvm_pages(image, mrtd_image_igvm_mask(image, platform), &pages);
    print_platforms(to, image);
    fprintf(to,
            "  pages for %-4s %" PRIu64 " measured, %" PRIu64
            " measured zeros, %" PRIu64 " unmeasured, %" PRIu64
            " of parameters, %" PRIu64 " shared; %" PRIu64
            " of other platforms\n",
            platform == MRTD_IGVM_TDX ? "TDX" : "SNP", pages.measured,
            pages.measured_zeros, pages.unmeasured, pages.parameters,
            pages.shared, pages.other);
    print_ranges(to, image);
    if (info->has_snp_digest) {
        char hex[MRTD_HEX_SIZE];
        mrtd_hex_encode(hex, info->snp_digest, MRTD_DIGEST_SIZE);
        fprintf(to, "  SNP ID block   launch digest %s\n", hex);
    }
    print_blobs(to, image);
}

/* --- JSON -------------------------------------------------------------- */

static json_t *platforms(const struct mrtd_image *image)
{
    const struct mrtd_igvm_platform *p;
    json_t *list = json_array();
    for (uint32_t i = 0; (p = mrtd_image_igvm_platform(image, i)); i++) {
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:i, s:i, s:o, s:o}", "type",
                      mrtd_igvm_platform_name(p->type), "mask",
                      json_hex64(p->mask), "version", p->version, "highest_vtl",
                      p->highest_vtl, "shared_gpa_boundary",
                      json_hex64(p->shared_gpa_boundary), "policy",
                      p->has_policy ? json_hex64(p->policy) : json_null()));
    }
    return list;
}

static json_t *ranges(const struct mrtd_image *image)
{
    const struct mrtd_igvm_range *r;
    json_t *list = json_array();
    for (uint32_t i = 0; (r = mrtd_image_igvm_range(image, i)); i++) {
        const bool is_area = r->kind == MRTD_IGVM_AREA;
        const bool moves = r->kind == MRTD_IGVM_RELOCATABLE;
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
                            kind_name(r->kind), "index",
                            is_area ? json_count(r->area) : json_null(), "mask",
                            is_area ? json_null() : json_hex64(r->mask), "gpa",
                            is_area ? json_null() : json_hex64(r->gpa), "size",
                            json_hex64(r->size), "minimum_gpa",
                            moves ? json_hex64(r->minimum) : json_null(),
                            "maximum_gpa",
                            moves ? json_hex64(r->maximum) : json_null()));
    }
    return list;
}

static json_t *blobs(const struct mrtd_image *image)
{
    const struct mrtd_igvm_blob *b;
    json_t *list = json_array();
    for (uint32_t i = 0; (b = mrtd_image_igvm_blob(image, i)); i++) {
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "kind",
                                              blob_name(b->kind), "mask",
                                              json_hex64(b->mask), "offset",
                                              json_hex64(b->offset), "size",
                                              json_count(b->size)));
    }
    return list;
}

json_t *igvm_json(const struct mrtd_image *image,
                  enum mrtd_igvm_platform_type platform)
{
    const struct mrtd_igvm_info *info = mrtd_image_igvm(image);
    struct mrtd_igvm_pages counts;
    if (!info) {
        return json_null();
    }
    mrtd_image_igvm_pages(image, mrtd_image_igvm_mask(image, platform),
                          &counts);
    json_t *pages =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "measured",
                  json_count(counts.measured), "measured_zeros",
                  json_count(counts.measured_zeros), "unmeasured",
                  json_count(counts.unmeasured), "parameters",
                  json_count(counts.parameters), "shared",
                  json_count(counts.shared), "other", json_count(counts.other));
    return json_pack(
        "{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "format_version",
        (int)info->format_version, "checksum", json_hex64(info->checksum),
        "headers_offset", json_hex64(info->headers_offset), "headers_size",
        json_hex64(info->headers_size), "platforms", platforms(image), "pages",
        pages, "ranges", ranges(image), "corim", blobs(image), "snp_digest",
        info->has_snp_digest ? json_digest(info->snp_digest) : json_null());
}
