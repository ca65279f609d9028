/* SPDX-License-Identifier: Apache-2.0 */
#include "image/format.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/error.h"
#include "base/source.h"

/* EFI_FIRMWARE_VOLUME_HEADER, UEFI PI 1.8 volume 3, 3.2.1. */
#define FV_FILE_SYSTEM_GUID 0x10
#define FV_LENGTH           0x20
#define FV_SIGNATURE        0x28

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
    bool is_volume;
};

/* Known formats; the first whose magic fits is taken. */
static const struct magic magics[] = {
    /* EFI_SYSTEM_NV_DATA_FV_GUID fff12b8d-7696-4c8b-a985-2747075b4f50 */
    {FV_FILE_SYSTEM_GUID,
     "\x8d\x2b\xf1\xff\x96\x76\x8b\x4c\xa9\x85\x27\x47\x07\x5b\x4f\x50", 16,
     "a UEFI variable store (VARS)", "give the firmware image", true},
    {FV_SIGNATURE, "_FVH", 4, "a UEFI firmware volume",
     "give an image built with TDX metadata", true},
    {0, "IGVM", 4, "an IGVM file", "it was said to be a TDVF image", false},
    {0,
     "\x7f"
     "ELF",
     4, "an ELF file", "give the firmware image", false},
    {0, "MZ", 2, "a PE file (UEFI application or kernel)",
     "give the firmware image", false},
    {0, "QFI\xfb", 4, "a qcow2 disk image",
     "give the raw image: qemu-img convert -O raw", false},
    {0, "\x1f\x8b", 2, "gzip data", "decompress it first", false},
    {0,
     "\xfd"
     "7zXZ",
     5, "xz data", "decompress it first", false},
    {0, "\x28\xb5\x2f\xfd", 4, "zstd data", "decompress it first", false},
    {0, "PK\x03\x04", 4, "a zip archive", "extract it first", false},
    {0, "!<arch>\n", 8, "an ar archive or Debian package", "extract it first",
     false},
    {0, "\xed\xab\xee\xdb", 4, "an RPM package", "extract it first", false},
    {0x101, "ustar", 5, "a tar archive", "extract it first", false},
    {0, "\xd0\x0d\xfe\xed", 4, "a device tree", "give the firmware image",
     false},
};

static enum mrtd_code find_magic(const struct mrtd_source *source,
                                 const struct magic **magic,
                                 struct mrtd_error *error)
{
    *magic = NULL;
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
            *magic = m;
            return MRTD_OK;
        }
    }
    return MRTD_OK;
}

/*
 * A whole image begins with a volume, too. If it was cut or extended, there is
 * nothing where metadata is looked for; it differs from a volume alone in that
 * it does not have the volume's length. */
static enum mrtd_code refuse_part(const struct mrtd_source *source,
                                  const char *name, struct mrtd_error *error)
{
    uint8_t buffer[sizeof(uint64_t)];
    struct span s;
    uint64_t length = 0;
    if (source->size < FV_LENGTH + sizeof buffer) {
        return MRTD_OK;
    }
    enum mrtd_code code =
        source_view(source, FV_LENGTH, sizeof buffer, buffer, &s, error);
    if (code) {
        return code;
    }
    span_u64(s, 0, &length);
    if (length > source->size) {
        return error_set(error, MRTD_ERR_NO_TABLE, FV_LENGTH,
                         "no TDX metadata: the file begins with %s whose "
                         "FvLength 0x%" PRIx64 " reaches past the end of the "
                         "file (0x%" PRIx64 "): its end is missing; give the "
                         "whole image",
                         name, length, source->size);
    }
    if (length < source->size) {
        return error_set(
            error, MRTD_ERR_NO_TABLE, FV_LENGTH,
            "no TDX metadata: the file begins with %s of 0x%" PRIx64
            " bytes and goes on for 0x%" PRIx64 ", but its end has "
            "no GUIDed table: it is cut, has bytes appended, or "
            "was not built for TDX; give the image as it was built",
            name, length, source->size - length);
    }
    return MRTD_OK;
}

enum mrtd_code format_refuse(const struct mrtd_source *source,
                             struct mrtd_error *error)
{
    const struct magic *magic = NULL;
    enum mrtd_code code = find_magic(source, &magic, error);
    if (!code && magic && magic->is_volume) {
        code = refuse_part(source, magic->name, error);
    }
    if (code || !magic) {
        return code;
    }
    return error_set(error, MRTD_ERR_OTHER_FORMAT, 0,
                     "no metadata: this is %s; %s", magic->name, magic->hint);
}
