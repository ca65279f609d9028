/* SPDX-License-Identifier: Apache-2.0 */
/* The initrd that systemd-stub makes of a unified kernel image [STUB]:
 * stub.c (INITRD_*), cpio.c (pack_cpio_literal), initrd.c (combine_initrds). */
#include "events/uki_initrd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "image/uki.h"

/* A section that the kernel gets as a file of an archive. */
static const struct {
    const char *section;
    const char *path;
    uint32_t since; /* the first systemd whose stub does so, of those known */
} archives[UKI_ARCHIVES] = {
    {".pcrsig", ".extra/tpm2-pcr-signature.json", MRTD_UKI_SYSTEMD_MEASURES},
    {".pcrpkey", ".extra/tpm2-pcr-public-key.pem", MRTD_UKI_SYSTEMD_MEASURES},
    {".osrel", ".extra/os-release", 257},
};

#define FOLDER      ".extra"
#define MODE_FOLDER 040555U
#define MODE_FILE   0100444U

/* The last entry, with two of the zeros that pad it, and one more of the
 * string. */
static const char trailer[] = "070701"
                              "00000000000000000000000000000000"
                              "00000001"
                              "000000000000000000000000000000000000000000000000"
                              "0000000B"
                              "00000000"
                              "TRAILER!!!\0\0\0";

/* Appends an entry's header and name, padded to 4 bytes with zeros, which the
 * head consists of before. */
static size_t put_entry(char *head, size_t used, uint32_t inode, uint32_t mode,
                        uint64_t size, const char *path)
{
    const int length =
        snprintf(head + used, UKI_ARCHIVE_HEAD - used,
                 "070701%08" PRIx32 "%08" PRIx32 "%08x%08x%08x%08x%08" PRIx64
                 "%08x%08x%08x%08x%08zx%08x%s",
                 inode, mode, 0U, 0U, 1U, 0U, size, 0U, 0U, 0U, 0U,
                 strlen(path) + 1, 0U, path);
    used += (size_t)length + 1;
    return (used + 3) & ~(size_t)3;
}

static void add_archive(struct uki_initrd *initrd, size_t index,
                        const struct mrtd_uki_section *section,
                        const struct mrtd_source *source)
{
    char *head = initrd->heads[index];
    size_t used = put_entry(head, 0, 1, MODE_FOLDER, 0, FOLDER);
    used = put_entry(head, used, 2, MODE_FILE, section->size,
                     archives[index].path);
    pieces_add_bytes(&initrd->pieces, head, used);
    pieces_add(&initrd->pieces, source, section->offset, section->size);
    pieces_pad(&initrd->pieces);
    pieces_add_bytes(&initrd->pieces, trailer, sizeof trailer);
}

/* Each is padded where there are several. */
static void add_whole(struct uki_initrd *initrd,
                      const struct mrtd_uki_section *section,
                      const struct mrtd_source *source)
{
    if (section) {
        pieces_pad(&initrd->pieces);
        pieces_add(&initrd->pieces, source, section->offset, section->size);
    }
}

void uki_initrd_make(struct uki_initrd *initrd, const struct mrtd_uki *uki,
                     const struct mrtd_source *source, uint64_t systemd)
{
    *initrd = (struct uki_initrd){.pieces = {.count = 0}};
    add_whole(initrd, uki_section(uki, ".ucode"), source);
    add_whole(initrd, uki_section(uki, ".initrd"), source);
    const size_t wholes = initrd->pieces.count;
    for (size_t i = 0; i < UKI_ARCHIVES; i++) {
        const struct mrtd_uki_section *section =
            uki_section(uki, archives[i].section);
        if (section && systemd >= archives[i].since) {
            pieces_pad(&initrd->pieces);
            add_archive(initrd, i, section, source);
        }
    }
    if (wholes > 1) {
        pieces_pad(&initrd->pieces);
    }
}
