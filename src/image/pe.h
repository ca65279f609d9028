/* SPDX-License-Identifier: Apache-2.0 */
/* PE images that firmware starts: which of their bytes Authenticode hashes, and
 * their sections. */
#ifndef IMAGE_PE_H
#define IMAGE_PE_H

#include "mrtd.h"

/* Bytes of a file. */
struct pe_range {
    uint64_t offset;
    uint64_t size;
    uint32_t section; /* number of the section, where they are of one */
};

struct pe_ranges {
    struct pe_range *items; /* in the order in which they are hashed */
    size_t count;
};

/* Finds them; on failure there are none. free(ranges->items) in any case. */
enum mrtd_code pe_ranges_make(struct pe_ranges *ranges,
                              const struct mrtd_source *source,
                              struct mrtd_error *error);

#define PE_NAME 8 /* bytes of a section's name */

struct pe_section {
    uint64_t header; /* where it is in the file */
    char name[PE_NAME + 1];
    uint32_t virtual_size;
    uint32_t virtual_address;
    uint32_t raw_size; /* inside the file, if not 0, from */
    uint32_t raw_offset;
};

struct pe_sections {
    struct pe_section *items; /* in the order of their headers */
    size_t count;
};

/* Finds them; on failure there are none. free(sections->items) in any case. */
enum mrtd_code pe_sections_make(struct pe_sections *sections,
                                const struct mrtd_source *source,
                                struct mrtd_error *error);

#endif
