/* SPDX-License-Identifier: Apache-2.0 */
/* Small firmware images made in memory, for the self-test and unit tests. */
#ifndef MODEL_SAMPLE_H
#define MODEL_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

/* Room that sample_write() takes after the content. */
#define SAMPLE_METADATA_SIZE(sections) (32 + 32 * (sections))
/* TDX entry and footer of the GUIDed table, and what follows them. */
#define SAMPLE_TABLE_SIZE (22 + 18 + 0x20)

/*
 * Writes an image of size bytes: at metadata the metadata GUID and the
 * TDVF_DESCRIPTOR with the sections, at the end a GUIDed table with a TDX
 * entry. All other bytes stay as they are.
 */
void sample_write(uint8_t *image, size_t size, size_t metadata,
                  const struct mrtd_section *sections, uint32_t count);

/* The 2 MiB of CleanExample: Google gce-tcb-verifier 74582c0,
 * testing/fakeovmf, written from its description. image is zeros before. */
#define SAMPLE_CLEAN_EXAMPLE_SIZE ((size_t)2 << 20)
void sample_clean_example(uint8_t *image);

#endif
