/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of a single section, and of a section against the others. */
#include <inttypes.h>

#include "image/tdvf/metadata.h"
#include "image/tdvf/rules.h"

#define TABLE_1_1_2   "TD-Shim spec 0.7, table 1.1-2"
#define TABLE_1_1_3   "TD-Shim spec 0.7, table 1.1-3"
#define TABLE_1_1_4   "TD-Shim spec 0.7, table 1.1-4"
#define SECTION_RULES "TD-Shim spec 0.7, rules for the TDVF_SECTION"

#define ATTRIBUTES_DEFINED (MRTD_ATTR_MR_EXTEND | MRTD_ATTR_PAGE_AUG)
/* A shared bit at 51 or 47 (GPAW) leaves at most this for private GPAs. */
#define GPA_LIMIT (UINT64_C(1) << 51)

static bool is_td_data(uint32_t type)
{
    return type == MRTD_SECTION_TD_INFO || type == MRTD_SECTION_TD_PARAMS;
}

/* --- Refused ----------------------------------------------------------- */

static bool unknown_type(const struct subject *t, struct mrtd_error *what)
{
    return t->section->type > MRTD_SECTION_TD_PARAMS &&
           rule_broken(t, TDVF_TYPE, what, "Type %" PRIu32 " is not 0 to %d",
                       t->section->type, MRTD_SECTION_TD_PARAMS);
}

static bool reserved_attributes(const struct subject *t,
                                struct mrtd_error *what)
{
    uint32_t reserved = t->section->attributes & ~ATTRIBUTES_DEFINED;
    return reserved &&
           rule_broken(t, TDVF_ATTRIBUTES, what,
                       "Attributes 0x%" PRIx32 " has reserved bits 0x%" PRIx32,
                       t->section->attributes, reserved);
}

/* EXTEND needs a mapped page, AUG maps pages only after FINALIZE. */
static bool aug_and_extend(const struct subject *t, struct mrtd_error *what)
{
    uint32_t both = MRTD_ATTR_MR_EXTEND | MRTD_ATTR_PAGE_AUG;
    return (t->section->attributes & both) == both &&
           rule_broken(t, TDVF_ATTRIBUTES, what,
                       "Attributes 0x%" PRIx32
                       " asks for both PAGE.AUG and MR.EXTEND, which the TDX "
                       "module cannot do",
                       t->section->attributes);
}

static bool address_unaligned(const struct subject *t, struct mrtd_error *what)
{
    return t->section->memory_address % MRTD_PAGE_SIZE != 0 &&
           rule_broken(t, TDVF_MEMORY_ADDRESS, what,
                       "MemoryAddress 0x%" PRIx64 " is not a multiple of %d",
                       t->section->memory_address, MRTD_PAGE_SIZE);
}

static bool size_unaligned(const struct subject *t, struct mrtd_error *what)
{
    return t->section->memory_data_size % MRTD_PAGE_SIZE != 0 &&
           rule_broken(t, TDVF_MEMORY_DATA_SIZE, what,
                       "MemoryDataSize 0x%" PRIx64 " is not a multiple of %d",
                       t->section->memory_data_size, MRTD_PAGE_SIZE);
}

static bool raw_over_memory(const struct subject *t, struct mrtd_error *what)
{
    const struct mrtd_section *s = t->section;
    if (s->raw_data_size <= s->memory_data_size ||
        (is_td_data(s->type) && s->memory_data_size == 0)) {
        return false;
    }
    return rule_broken(t, TDVF_RAW_DATA_SIZE, what,
                       "RawDataSize 0x%" PRIx32
                       " is larger than MemoryDataSize 0x%" PRIx64,
                       s->raw_data_size, s->memory_data_size);
}

/*
 * Is the file the CODE part of a split image? Its metadata is that of the
 * joined image, so a BFV that ends at 4 GiB ends past the file by the size of
 * the VARS part, which is the smaller one, and all data lies either in the VARS
 * or in the CODE.
 */
static bool is_split(const struct mrtd_image *image)
{
    uint64_t missing = image->info.data_end - image->source.size;
    bool reset_vector = false;
    if (image->info.locator != MRTD_LOCATOR_GUID_TABLE ||
        missing % MRTD_PAGE_SIZE != 0 || missing > image->source.size) {
        return false;
    }
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        const struct mrtd_section *s = &image->sections[i];
        uint64_t end = section_data_end(s);
        uint64_t last = 0;
        if (s->raw_data_size > 0 && s->data_offset < missing && end > missing) {
            return false;
        }
        if (s->type == MRTD_SECTION_BFV && end == image->info.data_end &&
            section_last_gpa(s, &last) && last == UINT32_MAX) {
            reset_vector = true;
        }
    }
    return reset_vector;
}

static bool data_outside(const struct subject *t, struct mrtd_error *what)
{
    const struct mrtd_section *s = t->section;
    uint64_t size = t->image->source.size;
    if (s->raw_data_size == 0 || section_data_end(s) <= size) {
        return false;
    }
    if (is_split(t->image)) {
        if (t->image->flags & MRTD_WITHOUT_VARS) {
            return false;
        }
        what->code = MRTD_ERR_SPLIT_IMAGE;
        return rule_broken(
            t, TDVF_DATA_OFFSET, what,
            "its data ends at 0x%" PRIx64 ", the file at 0x%" PRIx64
            ": this is the CODE part of a split image, %" PRIu64
            " bytes of VARS are missing in front",
            section_data_end(s), size, t->image->info.data_end - size);
    }
    return rule_broken(t, TDVF_DATA_OFFSET, what,
                       "DataOffset 0x%" PRIx32 " + RawDataSize 0x%" PRIx32
                       " is past the end of the file (0x%" PRIx64 ")",
                       s->data_offset, s->raw_data_size, size);
}

static bool gpa_wraps(const struct subject *t, struct mrtd_error *what)
{
    const struct mrtd_section *s = t->section;
    uint64_t last = 0;
    return s->memory_data_size > 0 && !section_last_gpa(s, &last) &&
           rule_broken(t, TDVF_MEMORY_ADDRESS, what,
                       "MemoryAddress 0x%" PRIx64 " + MemoryDataSize 0x%" PRIx64
                       " wraps 64 bits",
                       s->memory_address, s->memory_data_size);
}

static bool gpa_out_of_range(const struct subject *t, struct mrtd_error *what)
{
    const struct mrtd_section *s = t->section;
    uint64_t last = 0;
    bool past = s->memory_data_size == 0
                    ? s->memory_address > GPA_LIMIT
                    : section_last_gpa(s, &last) && last >= GPA_LIMIT;
    return past &&
           rule_broken(t, TDVF_MEMORY_ADDRESS, what,
                       "MemoryAddress 0x%" PRIx64 " + MemoryDataSize 0x%" PRIx64
                       " reaches past 2^51, the end of private GPAs",
                       s->memory_address, s->memory_data_size);
}

static bool overlaps(const struct subject *t, struct mrtd_error *what)
{
    uint64_t last = 0;
    if (!section_last_gpa(t->section, &last)) {
        return false;
    }
    for (uint32_t i = 0; i < t->index; i++) {
        const struct mrtd_section *o = &t->image->sections[i];
        uint64_t other_last = 0;
        if (section_last_gpa(o, &other_last) && o->memory_address <= last &&
            t->section->memory_address <= other_last) {
            return rule_broken(t, TDVF_MEMORY_ADDRESS, what,
                               "GPAs 0x%" PRIx64 "-0x%" PRIx64
                               " overlap section %" PRIu32 " (0x%" PRIx64
                               "-0x%" PRIx64 "); a page is added once only",
                               t->section->memory_address, last, i,
                               o->memory_address, other_last);
        }
    }
    return false;
}

/* --- Warned ------------------------------------------------------------ */

static bool bfv_attributes(const struct subject *t, struct mrtd_error *what)
{
    return t->section->type == MRTD_SECTION_BFV &&
           t->section->attributes != MRTD_ATTR_MR_EXTEND &&
           rule_broken(t, TDVF_ATTRIBUTES, what,
                       "Attributes 0x%" PRIx32 " of a BFV is not 0x1: %s",
                       t->section->attributes,
                       t->section->attributes & MRTD_ATTR_MR_EXTEND
                           ? "it is measured, but not as specified"
                           : "the boot code is not measured");
}

static bool cfv_measured(const struct subject *t, struct mrtd_error *what)
{
    return t->section->type == MRTD_SECTION_CFV && t->section->attributes &&
           rule_broken(t, TDVF_ATTRIBUTES, what,
                       "Attributes 0x%" PRIx32 " of a CFV is not 0%s",
                       t->section->attributes,
                       t->section->attributes & MRTD_ATTR_MR_EXTEND
                           ? ": the variables are part of the MRTD"
                           : "");
}

static bool other_attributes(const struct subject *t, struct mrtd_error *what)
{
    uint32_t a = t->section->attributes;
    const char *wanted = "0";
    switch (t->section->type) {
    case MRTD_SECTION_PERM_MEM:
        if (!(a & MRTD_ATTR_PAGE_AUG) || a == MRTD_ATTR_PAGE_AUG) {
            return false;
        }
        wanted = "0x2";
        break;
    case MRTD_SECTION_PAYLOAD:
        if (!(a & ~MRTD_ATTR_MR_EXTEND)) {
            return false;
        }
        wanted = "0 or 0x1";
        break;
    case MRTD_SECTION_TD_HOB:
    case MRTD_SECTION_TEMP_MEM:
    case MRTD_SECTION_PAYLOAD_PARAM:
    case MRTD_SECTION_TD_INFO:
    case MRTD_SECTION_TD_PARAMS:
        if (a == 0) {
            return false;
        }
        break;
    default:
        return false;
    }
    return rule_broken(t, TDVF_ATTRIBUTES, what,
                       "Attributes 0x%" PRIx32 " is not %s, as for this type",
                       a, wanted);
}

static bool perm_mem_added(const struct subject *t, struct mrtd_error *what)
{
    return t->section->type == MRTD_SECTION_PERM_MEM &&
           !(t->section->attributes & MRTD_ATTR_PAGE_AUG) &&
           rule_broken(t, TDVF_ATTRIBUTES, what,
                       "Attributes 0x%" PRIx32
                       " of a PermMem is without PAGE.AUG (td-shim before "
                       "June 2023): it is added here, some VMMs skip it",
                       t->section->attributes);
}

static bool raw_zero(const struct subject *t, struct mrtd_error *what)
{
    uint32_t type = t->section->type;
    return (type == MRTD_SECTION_BFV || type == MRTD_SECTION_CFV ||
            is_td_data(type)) &&
           t->section->raw_data_size == 0 &&
           rule_broken(t, TDVF_RAW_DATA_SIZE, what,
                       "RawDataSize is 0; this type must have data");
}

static bool raw_nonzero(const struct subject *t, struct mrtd_error *what)
{
    uint32_t type = t->section->type;
    return (type == MRTD_SECTION_TD_HOB || type == MRTD_SECTION_TEMP_MEM ||
            type == MRTD_SECTION_PERM_MEM) &&
           t->section->raw_data_size != 0 &&
           rule_broken(t, TDVF_RAW_DATA_SIZE, what,
                       "RawDataSize 0x%" PRIx32
                       " is not 0; this type has no data in the file",
                       t->section->raw_data_size);
}

static bool offset_nonzero(const struct subject *t, struct mrtd_error *what)
{
    return t->section->raw_data_size == 0 && t->section->data_offset != 0 &&
           rule_broken(t, TDVF_DATA_OFFSET, what,
                       "DataOffset 0x%" PRIx32
                       " is not 0 although RawDataSize is 0",
                       t->section->data_offset);
}

static bool memory_nonzero(const struct subject *t, struct mrtd_error *what)
{
    const struct mrtd_section *s = t->section;
    return is_td_data(s->type) &&
           (s->memory_address != 0 || s->memory_data_size != 0) &&
           rule_broken(t, TDVF_MEMORY_ADDRESS, what,
                       "MemoryAddress 0x%" PRIx64
                       " and MemoryDataSize 0x%" PRIx64
                       " are not 0; this type takes no memory",
                       s->memory_address, s->memory_data_size);
}

static bool outside_bfv(const struct subject *t, struct mrtd_error *what)
{
    const struct mrtd_section *s = t->section;
    if (!is_td_data(s->type) || s->raw_data_size == 0) {
        return false;
    }
    for (uint32_t i = 0; i < t->image->info.section_count; i++) {
        const struct mrtd_section *o = &t->image->sections[i];
        if (o->type == MRTD_SECTION_BFV && o->data_offset <= s->data_offset &&
            section_data_end(s) <= section_data_end(o)) {
            return false;
        }
    }
    return rule_broken(t, TDVF_DATA_OFFSET, what,
                       "its data 0x%" PRIx32 "-0x%" PRIx64
                       " is not inside a BFV's: it is not measured",
                       s->data_offset, section_data_end(s) - 1);
}

static bool second_of_type(const struct subject *t, struct mrtd_error *what)
{
    uint32_t type = t->section->type;
    uint32_t before = 0;
    if (type != MRTD_SECTION_TD_HOB && type != MRTD_SECTION_PAYLOAD &&
        type != MRTD_SECTION_PAYLOAD_PARAM && !is_td_data(type)) {
        return false;
    }
    for (uint32_t i = 0; i < t->index; i++) {
        before += t->image->sections[i].type == type;
    }
    return before == 1 &&
           rule_broken(t, TDVF_TYPE, what,
                       "a second section of a type that may occur once");
}

const struct section_rule section_rules[] = {
    {MRTD_ERR_TYPE, RULE_REFUSE, TABLE_1_1_4, unknown_type},
    {MRTD_ERR_ATTR_RESERVED, RULE_REFUSE_UNLESS_PERMISSIVE, TABLE_1_1_3,
     reserved_attributes},
    {MRTD_ERR_ATTR_AUG_EXTEND, RULE_REFUSE_UNLESS_PERMISSIVE,
     "TDX module, tdh_mr_extend.c", aug_and_extend},
    {MRTD_ERR_ADDRESS_ALIGNMENT, RULE_REFUSE, TABLE_1_1_2, address_unaligned},
    {MRTD_ERR_SIZE_ALIGNMENT, RULE_REFUSE, TABLE_1_1_2, size_unaligned},
    {MRTD_ERR_RAW_SIZE, RULE_REFUSE, TABLE_1_1_2, raw_over_memory},
    {MRTD_ERR_DATA_BOUNDS, RULE_REFUSE, TABLE_1_1_2, data_outside},
    {MRTD_ERR_GPA_WRAP, RULE_REFUSE, TABLE_1_1_2, gpa_wraps},
    {MRTD_ERR_GPA_RANGE, RULE_REFUSE_UNLESS_PERMISSIVE,
     "TDX module, tdh_mem_page_add.c", gpa_out_of_range},
    {MRTD_ERR_OVERLAP, RULE_REFUSE_UNLESS_PERMISSIVE,
     "TDX module, tdh_mem_page_add.c", overlaps},

    {MRTD_WARN_BFV_ATTRIBUTES, RULE_WARN, TABLE_1_1_3, bfv_attributes},
    {MRTD_WARN_CFV_MEASURED, RULE_WARN, TABLE_1_1_3, cfv_measured},
    {MRTD_WARN_ATTRIBUTES, RULE_WARN, TABLE_1_1_3, other_attributes},
    {MRTD_WARN_PERM_MEM_ADDED, RULE_WARN, TABLE_1_1_3, perm_mem_added},
    {MRTD_WARN_RAW_ZERO, RULE_WARN, SECTION_RULES, raw_zero},
    {MRTD_WARN_RAW_NONZERO, RULE_WARN, SECTION_RULES, raw_nonzero},
    {MRTD_WARN_OFFSET_NONZERO, RULE_WARN, TABLE_1_1_2, offset_nonzero},
    {MRTD_WARN_MEMORY_NONZERO, RULE_WARN, SECTION_RULES, memory_nonzero},
    {MRTD_WARN_OUTSIDE_BFV, RULE_WARN, SECTION_RULES, outside_bfv},
    {MRTD_WARN_SEVERAL, RULE_WARN, SECTION_RULES, second_of_type},
};
const size_t section_rule_count = sizeof section_rules / sizeof *section_rules;
