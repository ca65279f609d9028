/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of firmware volumes, their files and the files' sections, as in the
 * UEFI Platform Initialization specification 1.8, volume 3 ([PI3]).
 */
#ifndef FIRMWARE_FFS_H
#define FIRMWARE_FFS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/guid.h"
#include "base/span.h"

/* EFI_FV_FILETYPE, [PI3] 2.1.4.1: those that matter here. */
#define FFS_TYPE_RAW     0x01
#define FFS_TYPE_LAST    0x0f /* the last standard type */
#define FFS_TYPE_PADDING 0xf0

/* EFI_SECTION_TYPE, [PI3] 2.1.5.1: those that matter here. */
#define FFS_SECTION_COMPRESSION  0x01
#define FFS_SECTION_GUID_DEFINED 0x02
#define FFS_SECTION_PE32         0x10
#define FFS_SECTION_TE           0x12
#define FFS_SECTION_UI           0x15
#define FFS_SECTION_VOLUME       0x17

/* Files and volumes start at multiples of this, sections at those of 4. */
#define FFS_FILE_ALIGNMENT    8
#define FFS_SECTION_ALIGNMENT 4

enum ffs_result {
    FFS_FOUND,
    FFS_END, /* nothing more */
    FFS_BAD, /* something that cannot be read */
};

struct ffs_volume {
    struct guid name;  /* FvName, or FileSystemGuid where it has none */
    uint64_t size;     /* FvLength */
    uint64_t files;    /* offset of the first file; size: none are known */
    uint8_t erased;    /* the value of free bytes: 0xff or 0 */
    bool large_header; /* FFS3: files may have the larger header */
};

struct ffs_file {
    struct guid name;
    uint64_t size;   /* header included */
    uint64_t header; /* its size */
    uint8_t type;
};

struct ffs_section {
    uint64_t size;   /* header included */
    uint64_t header; /* its size */
    uint8_t type;
};

/*
 * Running sums of 16-bit words, of the last 512 bytes before end: a header's
 * sum is the difference of two of them, so that no byte is added up twice
 * however many headers seem to overlap. Starts with all 0.
 */
struct ffs_sums {
    uint64_t end;
    uint16_t before[256]; /* by the word's number, modulo 256 */
};

/*
 * Looks for a volume from *at on, an even offset, and moves *at to it; *at only
 * grows from call to call. FFS_BAD: there is a volume's signature, but the
 * header around it is not one.
 */
enum ffs_result ffs_find_volume(struct span bytes, uint64_t *at,
                                struct ffs_sums *sums,
                                struct ffs_volume *volume);

/* The file at an offset of the volume; offsets are aligned by the caller. */
enum ffs_result ffs_read_file(struct span bytes,
                              const struct ffs_volume *volume, uint64_t at,
                              struct ffs_file *file);

/* The section at an offset of a file or of unpacked bytes. */
enum ffs_result ffs_read_section(struct span bytes, uint64_t at,
                                 struct ffs_section *section);

/* The next multiple of alignment, a power of two; far from wrapping. */
uint64_t ffs_align(uint64_t at, uint64_t alignment);

#endif
