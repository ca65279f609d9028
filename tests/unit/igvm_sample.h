/* SPDX-License-Identifier: Apache-2.0 */
/* An IGVM file with many structures of each kind, in memory. Layouts:
 * microsoft/igvm, igvm_defs/src/lib.rs. */
#ifndef TESTS_UNIT_IGVM_SAMPLE_H
#define TESTS_UNIT_IGVM_SAMPLE_H

#include <stdint.h>
#include <string.h>

#define IGVM_SAMPLE_SIZE 16384
/* Of each kind that is kept in a list: more than is read at once. */
#define IGVM_SAMPLE_MANY 60
/* File data: the last page of the file. */
#define IGVM_SAMPLE_DATA (IGVM_SAMPLE_SIZE - 4096)

static inline void igvm_put(uint8_t **at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        *(*at)++ = (uint8_t)(value >> (8 * i));
    }
}

static inline void igvm_head(uint8_t **at, uint32_t type, uint32_t length)
{
    igvm_put(at, type, 4);
    igvm_put(at, length, 4);
}

static inline void igvm_platform_of(uint8_t **at, uint32_t mask, unsigned type,
                                    unsigned vtl, uint64_t boundary)
{
    igvm_head(at, 1, 16);
    igvm_put(at, mask, 4);
    igvm_put(at, (uint64_t)1 << 16 | type << 8 | vtl, 4);
    igvm_put(at, boundary, 8);
}

static inline void igvm_platform(uint8_t **at, unsigned mask, unsigned type)
{
    igvm_platform_of(at, mask, type, 0, (uint64_t)1 << 47);
}

static inline void igvm_corim(uint8_t **at, uint32_t offset)
{
    igvm_head(at, 0x104, 16);
    igvm_put(at, 1, 4);
    igvm_put(at, offset, 4);
    igvm_put(at, 8, 8);
}

static inline void igvm_page_of(uint8_t **at, uint64_t gpa, unsigned mask,
                                uint32_t offset, uint32_t flags)
{
    igvm_head(at, 0x302, 24);
    igvm_put(at, gpa, 8);
    igvm_put(at, mask, 4);
    igvm_put(at, offset, 4);
    igvm_put(at, flags, 8);
}

static inline void igvm_page(uint8_t **at, uint64_t gpa, unsigned mask,
                             uint32_t offset)
{
    igvm_page_of(at, gpa, mask, offset, 0);
}

/* A u64 and two u32: PARAMETER_AREA, PARAMETER_INSERT and others. */
static inline void igvm_three(uint8_t **at, uint32_t type, uint64_t first,
                              uint32_t second, uint32_t third)
{
    igvm_head(at, type, 16);
    igvm_put(at, first, 8);
    igvm_put(at, second, 4);
    igvm_put(at, third, 4);
}

static inline uint32_t igvm_crc(uint32_t crc, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return crc;
}

/* Writes the fixed header of a file of total bytes around the structures. */
static inline void igvm_finish(uint8_t *file, const uint8_t *end,
                               uint64_t total)
{
    const uint32_t size = (uint32_t)(end - file) - 24;
    uint8_t *at = file;
    igvm_put(&at, 0x4d564749, 4);
    igvm_put(&at, 1, 4);
    igvm_put(&at, 24, 4);
    igvm_put(&at, size, 4);
    igvm_put(&at, total, 4);
    igvm_put(&at, 0, 4);
    const uint32_t crc = ~igvm_crc(UINT32_MAX, file, 24 + (size_t)size);
    at -= 4;
    igvm_put(&at, crc, 4);
}

/* For TDX (mask 1) and SEV-SNP (mask 2). */
static inline void igvm_sample(uint8_t file[IGVM_SAMPLE_SIZE])
{
    uint8_t *at = file + 24;
    memset(file, 0, IGVM_SAMPLE_SIZE);
    igvm_platform(&at, 1, 3);
    igvm_platform(&at, 2, 2);
    for (unsigned i = 0; i < IGVM_SAMPLE_MANY; i++) {
        igvm_corim(&at, IGVM_SAMPLE_DATA);
    }
    for (unsigned i = 0; i < IGVM_SAMPLE_MANY; i++) {
        igvm_three(&at, 0x301, 4096, i, 0); /* PARAMETER_AREA */
    }
    for (unsigned i = 0; i < IGVM_SAMPLE_MANY; i++) {
        igvm_page(&at, (uint64_t)i * 0x2000, 1 + i % 2, IGVM_SAMPLE_DATA);
    }
    igvm_three(&at, 0x303, 0x100000, 1, 0); /* PARAMETER_INSERT */
    igvm_finish(file, at, IGVM_SAMPLE_SIZE);
    memset(file + IGVM_SAMPLE_DATA, 0x5a, 4096);
}

#endif
