/* SPDX-License-Identifier: Apache-2.0 */
#include "image/format.h"

#include <stddef.h>

#include "base/error.h"
#include "base/source.h"

enum mrtd_code format_is_igvm(const struct mrtd_source *source, bool *is_igvm,
                              struct mrtd_error *error)
{
    static const uint8_t magic[4] = {'I', 'G', 'V', 'M'};
    uint8_t buffer[sizeof magic];
    struct span head;
    *is_igvm = false;
    if (source->size < sizeof magic) {
        return MRTD_OK;
    }
    enum mrtd_code code =
        source_view(source, 0, sizeof magic, buffer, &head, error);
    if (!code) {
        *is_igvm = span_equals(head, 0, magic, sizeof magic);
    }
    return code;
}

struct magic {
    uint64_t offset;
    const char *bytes;
    size_t length;
    const char *name;
    const char *hint;
};

/* The first that fits is taken. */
static const struct magic magics[] = {
    /* EFI_SYSTEM_NV_DATA_FV_GUID fff12b8d-7696-4c8b-a985-2747075b4f50 of a
     * firmware volume's FileSystemGuid, UEFI PI 1.8 volume 3, 3.2.1. */
    {0x10, "\x8d\x2b\xf1\xff\x96\x76\x8b\x4c\xa9\x85\x27\x47\x07\x5b\x4f\x50",
     16, "a UEFI variable store (VARS)", "give the firmware image"},
    {0x28, "_FVH", 4, "a UEFI firmware volume without TDX support",
     "give an image built with TDX metadata"},
    {0,
     "\x7f"
     "ELF",
     4, "an ELF file", "give the firmware image"},
    {0, "MZ", 2, "a PE file (UEFI application or kernel)",
     "give the firmware image"},
    {0, "QFI\xfb", 4, "a qcow2 disk image",
     "give the raw image: qemu-img convert -O raw"},
    {0, "\x1f\x8b", 2, "gzip data", "decompress it first"},
    {0,
     "\xfd"
     "7zXZ",
     5, "xz data", "decompress it first"},
    {0, "\x28\xb5\x2f\xfd", 4, "zstd data", "decompress it first"},
    {0, "PK\x03\x04", 4, "a zip archive", "extract it first"},
    {0, "!<arch>\n", 8, "an ar archive or Debian package", "extract it first"},
    {0, "\xed\xab\xee\xdb", 4, "an RPM package", "extract it first"},
    {0x101, "ustar", 5, "a tar archive", "extract it first"},
    {0, "\xd0\x0d\xfe\xed", 4, "a device tree", "give the firmware image"},
};

enum mrtd_code format_guess(const struct mrtd_source *source, const char **name,
                            const char **hint, struct mrtd_error *error)
{
    *name = NULL;
    *hint = NULL;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const struct magic *m = &magics[i];
        uint8_t buffer[16];
        struct span s;
        if (!span_has(span_make(NULL, source->size, 0), m->offset, m->length)) {
            continue;
        }
        enum mrtd_code code =
            source_view(source, m->offset, m->length, buffer, &s, error);
        if (code) {
            return code;
        }
        if (span_equals(s, 0, (const uint8_t *)m->bytes, m->length)) {
            *name = m->name;
            *hint = m->hint;
            return MRTD_OK;
        }
    }
    return MRTD_OK;
}
