/* SPDX-License-Identifier: Apache-2.0 */
/* A unified kernel image in miniature, and a disk with a GPT. */
#ifndef UNIT_UKI_SAMPLE_H
#define UNIT_UKI_SAMPLE_H

#include <stdint.h>
#include <string.h>

#define UKI_PE       0x80
#define UKI_OPTIONAL (UKI_PE + 24)
#define UKI_SECTIONS (UKI_OPTIONAL + 112 + 16 * 8)
#define UKI_HEADERS  0x400
#define UKI_SIZE     0x1000
/* Of the disk: blocks of 512 bytes, of which the table has one. */
#define UKI_DISK 0x8000

static inline void uki_put(uint8_t *to, unsigned at, uint64_t value,
                           unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        to[at + i] = (uint8_t)(value >> 8 * i);
    }
}

/* The number-th section, from 0; each has a place of 0x200 bytes. */
static inline void uki_add(uint8_t *file, unsigned number, const char *name,
                           const void *bytes, uint32_t size)
{
    const unsigned at = UKI_SECTIONS + 40 * number;
    const unsigned offset = UKI_HEADERS + 0x200 * number;
    memcpy(file + at, name, strlen(name));
    uki_put(file, at + 8, size, 4);
    uki_put(file, at + 12, 0x1000 * (number + 1), 4);
    uki_put(file, at + 16, 0x200, 4);
    uki_put(file, at + 20, offset, 4);
    memcpy(file + offset, bytes, size);
    uki_put(file, UKI_PE + 6, number + 1, 2);
}

/* Of UKI_SIZE bytes. */
static inline void uki_make(uint8_t *file)
{
    static const char magic[] = "#### LoaderInfo: systemd-stub 257.4 ####";
    memset(file, 0, UKI_SIZE);
    memcpy(file, "MZ", 2);
    uki_put(file, 0x3c, UKI_PE, 4);
    memcpy(file + UKI_PE, "PE\0", 4);
    uki_put(file, UKI_PE + 20, 112 + 16 * 8, 2);
    uki_put(file, UKI_OPTIONAL, 0x20b, 2);
    uki_put(file, UKI_OPTIONAL + 60, UKI_HEADERS, 4);
    uki_put(file, UKI_OPTIONAL + 108, 16, 4);
    uki_add(file, 0, ".initrd", "an initrd", 9);
    uki_add(file, 1, ".sdmagic", magic, sizeof magic);
    uki_add(file, 2, ".cmdline", "quiet\n", 6);
    uki_add(file, 3, ".linux", "a kernel", 8);
}

static inline uint32_t uki_crc(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        }
    }
    return ~crc;
}

/* Of UKI_DISK bytes: two of four entries are used. */
static inline void uki_make_disk(uint8_t *disk)
{
    uint8_t *header = disk + 512;
    uint8_t *entries = disk + 1024;
    memset(disk, 0, UKI_DISK);
    disk[446 + 4] = 0xee;
    uki_put(disk, 446 + 8, 1, 4);
    uki_put(disk, 510, 0xaa55, 2);
    memset(entries, 0x11, 128);
    memset(entries + 256, 0x22, 128);
    memcpy(header, "EFI PART", 8);
    uki_put(header, 8, 0x10000, 4);
    uki_put(header, 12, 92, 4);
    uki_put(header, 24, 1, 8);
    uki_put(header, 40, 8, 8);
    uki_put(header, 48, 40, 8);
    uki_put(header, 72, 2, 8);
    uki_put(header, 80, 4, 4);
    uki_put(header, 84, 128, 4);
    uki_put(header, 88, uki_crc(entries, 512), 4);
    uki_put(header, 16, uki_crc(header, 92), 4);
}

#endif
