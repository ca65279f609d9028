/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IGVM files: a fixed header, variable headers (structures of a type and a
 * length), and file data, to which the structures point. Layouts: microsoft/
 * igvm, igvm_defs/src/lib.rs.
 *
 * All of it is decoded, whatever platform it is for. What is loaded becomes the
 * image's regions: pages that follow one another, in the structures' order,
 * which is the order of launch.
 */
#ifndef IMAGE_IGVM_WALK_H
#define IMAGE_IGVM_WALK_H

#include "base/source.h"
#include "image/image.h"

/* Parameter areas of one file; real files have about ten. */
#define IGVM_MAX_AREAS 1024
/* Most ranges of memory (relocatable or required), and CoRIM documents. */
#define IGVM_MAX_ITEMS 4096
/* The end of guest-physical addresses, which have 52 bits. */
#define IGVM_GPA_END (UINT64_C(1) << 52)

/* The flag of IGVM_VHS_PAGE_DATA that a page is not measured. */
#define IGVM_PAGE_UNMEASURED UINT32_C(0x2)
/* From one IGVM_VHS_PAGE_DATA to the next, in bytes of the file. */
#define IGVM_PAGE_STRIDE 32

/* IGVM_PAGE_DATA_TYPE */
enum igvm_data_type {
    IGVM_DATA_NORMAL = 0,
    IGVM_DATA_SECRETS = 1,
    IGVM_DATA_CPUID = 2,
    IGVM_DATA_CPUID_XF = 3,
};

/* IGVM_VHS_GUEST_POLICY */
struct igvm_policy {
    uint64_t policy;
    uint32_t mask;
    uint32_t field; /* offset of its body in the file */
};

/* IGVM_VHS_VP_CONTEXT */
struct igvm_context {
    uint64_t gpa;
    uint32_t mask;
    uint32_t
        offset; /* offset of the registers in the file; 0: there are none */
    uint32_t region; /* the region that is loaded next */
    uint32_t field;  /* offset of its body in the file */
    uint16_t vp_index;
};

/* What an image has if it is an IGVM file. */
struct igvm {
    struct mrtd_igvm_info info;
    struct mrtd_igvm_platform platforms[MRTD_IGVM_PLATFORMS];
    struct mrtd_igvm_range *ranges;
    struct mrtd_igvm_blob *blobs;
    struct igvm_policy *policies;
    struct igvm_context *contexts;
    uint32_t policy_count;
    uint32_t context_count;
    /* An IGVM_VHS_SNP_ID_BLOCK of SEV-SNP: where its digest is in the file. */
    uint32_t id_block_digest;
    bool has_second_id_block;
};

struct igvm_area {
    uint64_t size;
    uint32_t index;
    bool used;
};

#define IGVM_WINDOW 4096

/* The walk through the variable headers. */
struct igvm_walk {
    struct mrtd_image *image;
    struct igvm *igvm;
    struct mrtd_error *error;

    /* The structure at hand. */
    uint32_t type;
    const char *name;
    uint64_t offset; /* offset of the structure's body in the file */
    struct span body;

    unsigned phase; /* 1 platforms, 2 initialization, 3 directives */
    /* What is reported once, however often it occurs. */
    bool has_padding;
    bool has_unused;
    struct igvm_area areas[IGVM_MAX_AREAS];
    uint32_t area_count;

    uint8_t window[IGVM_WINDOW];
    uint64_t window_offset;
    uint64_t window_size;
};

/*@ predicate walking(struct igvm_walk *w) =
      \valid(w) && \valid(w->image) && \valid(w->igvm) && \valid(w->error) &&
      \separated(w, w->image, w->igvm, w->error,
        w->image->findings.items + (0 .. w->image->findings.count));

    predicate headers_inside(struct igvm_walk *w) =
      w->igvm->info.headers_offset + w->igvm->info.headers_size <=
      w->image->source.size;

    predicate windowed(struct igvm_walk *w) =
      fetchable(&w->image->source) && w->window_size <= IGVM_WINDOW;
@*/

/* What the format calls a structure of that type; NULL: it has none. */
const char *igvm_structure_name(uint32_t type);

/* Decodes and checks an IGVM file. */
enum mrtd_code igvm_decode(struct mrtd_image *image, struct mrtd_error *error);
void igvm_free(struct igvm *igvm);

/* --- For the files of this folder only --------------------------------- */

/* header.c: reads the fixed header, and verifies the checksum. */
enum mrtd_code igvm_read_header(struct igvm_walk *w);

/* platforms.c: take the structure at hand. */
enum mrtd_code igvm_take_platform(struct igvm_walk *w);
enum mrtd_code igvm_take_policy(struct igvm_walk *w);
enum mrtd_code igvm_take_relocatable(struct igvm_walk *w);
enum mrtd_code igvm_take_corim(struct igvm_walk *w);
enum mrtd_code igvm_take_corim_signature(struct igvm_walk *w);

/* directives.c: takes the directive at hand. */
enum mrtd_code igvm_take_directive(struct igvm_walk *w);

/*@ requires walking(w) && windowed(w) && headers_inside(w) && \valid(out);
    requires w->igvm->info.headers_offset <= offset && len <= IGVM_WINDOW;
    requires offset + len <=
      w->igvm->info.headers_offset + w->igvm->info.headers_size;
    requires \separated(out, w->window + (0 .. IGVM_WINDOW - 1),
      &w->window_offset, &w->window_size, &w->image, &w->igvm, &w->error,
      w->image, w->igvm, w->error);
    assigns w->window[0 .. IGVM_WINDOW - 1], w->window_offset, w->window_size,
            *out, *w->error;
    ensures w->window_size <= IGVM_WINDOW;
    ensures fetchable(&w->image->source);
    ensures \result == MRTD_OK ==> out->size == len;
    ensures \result == MRTD_OK ==> readable(*out);
@*/
/* walk.c: bytes of the variable headers, at most IGVM_WINDOW. */
enum mrtd_code igvm_view(struct igvm_walk *w, uint64_t offset, uint64_t len,
                         struct span *out);

/* Refuses the structure at hand for the field at this offset in its body. */
enum mrtd_code igvm_refuse(const struct igvm_walk *w, enum mrtd_code code,
                           unsigned field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/*@ requires walking(w);
    assigns w->image->findings,
            w->image->findings.items[0 .. w->image->findings.count];
@*/
/* A warning or note about the structure at hand. */
void igvm_say(const struct igvm_walk *w, enum mrtd_code code,
              enum mrtd_severity severity, unsigned field, const char *text);
enum mrtd_code igvm_no_memory(const struct igvm_walk *w);

/* Fields of the structure at hand, which has its whole size. */
uint16_t igvm_u16(const struct igvm_walk *w, unsigned field);
uint32_t igvm_u32(const struct igvm_walk *w, unsigned field);
uint64_t igvm_u64(const struct igvm_walk *w, unsigned field);

/* Is the file data that a structure points to after the headers, and whole? */
enum mrtd_code igvm_check_data(const struct igvm_walk *w, unsigned field,
                               uint64_t size);

/* Adds memory that a structure describes. */
enum mrtd_code igvm_add_range(struct igvm_walk *w,
                              const struct mrtd_igvm_range *range);

#endif
