/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modules of a firmware image: files of its firmware volumes, and of the
 * volumes within, unpacked where they are compressed. Part of the program.
 *
 * What cannot be read is left out, with a note: an image whose volumes are
 * broken, or that has none, has fewer modules.
 */
#ifndef FIRMWARE_MAP_H
#define FIRMWARE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/guid.h"
#include "base/span.h"
#include "firmware/cover.h"

/* Volumes in volumes, sections in sections: OVMF goes 4 deep. */
#define VOLUME_MAX_DEPTH 16
/* OVMF has about 130 modules, 4 volumes. */
#define VOLUME_MAX_MODULES 4096
#define VOLUME_MAX_VOLUMES 512
/*
 * All that is unpacked of one image follows its size, so that a small file
 * cannot claim much: OVMF unpacks to 16 MiB, up to 8 times its file.
 */
#define VOLUME_UNPACKED_BASE  (UINT64_C(32) << 20)
#define VOLUME_UNPACKED_TIMES 16
#define VOLUME_MAX_UNPACKED   (UINT64_C(256) << 20)
/* Further notes are counted, not kept. */
#define VOLUME_MAX_NOTES 16
/* Says "the image itself" in the place of a module's index. */
#define VOLUME_NONE UINT32_MAX

#define VOLUME_NAME_SIZE 64

struct volume {
    struct span bytes; /* header included */
    bool packed;       /* bytes are of an unpacked section */
    char name[VOLUME_NAME_SIZE];
};

/* A file of a volume, padding left out. */
struct volume_module {
    struct span file;    /* as it is in its volume, header included */
    struct span content; /* what the one compressed section in it unpacks to;
                            without such a section, the file */
    uint64_t header;     /* size of the file's header */
    uint64_t sections;   /* offset in content of the first section */
    uint64_t volume_offset;
    uint32_t volume; /* index */
    uint32_t parent; /* index of the module that holds the volume */
    uint8_t type;
    bool packed;        /* lies in a compressed section */
    bool holds_volumes; /* has volumes within, whose modules are listed, too */
    bool unpacked;      /* content is not the file */
    bool unread;        /* a section in it could not be unpacked */
    uint32_t packed_count;   /* compressed sections in it */
    struct span packed_part; /* the first compressed section */
    uint64_t image_offset; /* offset of the file in the image, or of the module
                              that has it packed */
    uint64_t image_size;
    char guid[GUID_TEXT_SIZE];
    char name[VOLUME_NAME_SIZE]; /* UI name, or what the GUID is; or "" */
};

struct volume_note {
    uint64_t image_offset; /* offset of what the note is about, or of the module
                              that holds it */
    bool packed;           /* it is in a compressed section */
    char message[128];
};

struct volume_map {
    struct volume *volumes;
    uint32_t volume_count;
    struct volume_module *modules; /* those that hold others come first */
    uint32_t module_count;
    struct volume_note notes[VOLUME_MAX_NOTES];
    uint32_t note_count; /* also of those that were not kept */
    void **unpacked;     /* buffers */
    uint32_t unpacked_count;
    uint64_t unpacked_size;
    uint64_t unpacked_limit;
    struct cover module_cover; /* of the image's bytes, by the innermost */
    struct cover volume_cover;
};

/*
 * Maps size bytes of an image, which must outlive the map. False where memory
 * is short: the map then holds nothing. Otherwise free it with
 * volume_map_free().
 */
bool volume_map_read(struct volume_map *map, const void *image, uint64_t size);
void volume_map_free(struct volume_map *map);

/*
 * The innermost module that covers the byte of the image, and the innermost
 * volume; VOLUME_NONE where there is none. Those in compressed sections cover
 * none. The answer is the same for all bytes from there to *until.
 */
uint32_t volume_module_at(const struct volume_map *map, uint64_t offset,
                          uint64_t *until);
uint32_t volume_at(const struct volume_map *map, uint64_t offset);

/* For volume_map_read(): prepares these two. False where memory is short. */
bool volume_places_make(struct volume_map *map);

#endif
