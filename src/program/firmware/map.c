/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "firmware/ffs.h"
#include "firmware/names.h"
#include "firmware/unpack.h"

/* Most stretches of bytes to look into: several for a module are rare. */
#define MAX_WORK (2 * VOLUME_MAX_MODULES)

/* EFI_GUID_DEFINED_SECTION after its common header, [PI3] 3.2.5.7. */
#define GUIDED_DATA_OFFSET 16
#define GUIDED_ATTRIBUTES  18
#define GUIDED_PROCESSING  0x01 /* EFI_GUIDED_SECTION_PROCESSING_REQUIRED */
/* EFI_COMPRESSION_SECTION after its common header, [PI3] 3.2.5.2. */
#define COMPRESSION_TYPE 4
#define COMPRESSION_DATA 5
#define NOT_COMPRESSED   0

/* Bytes that are still to be looked into. */
struct work {
    struct span bytes;
    uint32_t module; /* module that the bytes belong to, or VOLUME_NONE */
    uint32_t depth;
    bool sections; /* a stream of sections; otherwise volumes are looked for */
    bool packed;
};

/* A walk over an image, without recursion: the work is a queue. */
struct walk {
    struct volume_map *map;
    struct work *queue;
    uint32_t count;
    const struct work *now; /* what is worked on */
    bool failed;            /* memory is short */
};

static void note(struct walk *w, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* offset is that of a span: in the image, or in unpacked bytes. */
static void note(struct walk *w, uint64_t offset, const char *format, ...)
{
    struct volume_map *map = w->map;
    uint32_t m = w->now->module;
    if (map->note_count++ >= VOLUME_MAX_NOTES) {
        return;
    }
    struct volume_note *n = &map->notes[map->note_count - 1];
    n->packed = w->now->packed;
    n->image_offset = n->packed ? map->modules[m].image_offset : offset;
    va_list args;
    va_start(args, format);
    vsnprintf(n->message, sizeof n->message, format, args);
    va_end(args);
}

static void push(struct walk *w, struct span bytes, uint32_t module,
                 bool sections, bool packed)
{
    uint32_t depth = w->now->depth + 1;
    if (depth > VOLUME_MAX_DEPTH) {
        note(w, bytes.base, "nested deeper than %d levels, not looked into",
             VOLUME_MAX_DEPTH);
        return;
    }
    if (w->count >= MAX_WORK) {
        note(w, bytes.base, "more than %d nested sections, not looked into",
             MAX_WORK);
        return;
    }
    w->queue[w->count++] = (struct work){.bytes = bytes,
                                         .module = module,
                                         .depth = depth,
                                         .sections = sections,
                                         .packed = packed};
}

static void name_by_guid(char name[VOLUME_NAME_SIZE], const char *guid,
                         const char *otherwise)
{
    const char *known = names_find(guid);
    snprintf(name, VOLUME_NAME_SIZE, "%s", known ? known : otherwise);
}

/* --- Volumes and their files ------------------------------------------- */

static bool add_volume(struct walk *w, struct span bytes,
                       const struct ffs_volume *v)
{
    struct volume_map *map = w->map;
    char guid[GUID_TEXT_SIZE];
    if (map->volume_count >= VOLUME_MAX_VOLUMES) {
        note(w, bytes.base, "more than %d firmware volumes, not looked into",
             VOLUME_MAX_VOLUMES);
        return false;
    }
    struct volume *more =
        array_room(map->volumes, map->volume_count, sizeof *more);
    w->failed = !more;
    if (!more) {
        return false;
    }
    map->volumes = more;
    struct volume *own = &map->volumes[map->volume_count++];
    own->bytes = bytes;
    own->packed = w->now->packed;
    guid_format(guid, &v->name);
    name_by_guid(own->name, guid, guid);
    return true;
}

static bool add_module(struct walk *w, struct span bytes,
                       const struct ffs_file *f)
{
    struct volume_map *map = w->map;
    uint32_t parent = w->now->module;
    if (map->module_count >= VOLUME_MAX_MODULES) {
        note(w, bytes.base, "more than %d modules, not looked into",
             VOLUME_MAX_MODULES);
        return false;
    }
    struct volume_module *more =
        array_room(map->modules, map->module_count, sizeof *more);
    w->failed = !more;
    if (!more) {
        return false;
    }
    map->modules = more;
    struct volume_module *m = &map->modules[map->module_count++];
    memset(m, 0, sizeof *m);
    m->file = bytes;
    m->content = bytes;
    m->header = f->header;
    m->sections = f->header;
    m->volume = map->volume_count - 1;
    m->volume_offset = bytes.base - map->volumes[m->volume].bytes.base;
    m->parent = parent;
    m->type = f->type;
    m->packed = w->now->packed;
    m->image_offset =
        m->packed ? map->modules[parent].image_offset : bytes.base;
    m->image_size = m->packed ? map->modules[parent].image_size : bytes.size;
    guid_format(m->guid, &f->name);
    name_by_guid(m->name, m->guid, "");
    return true;
}

static void read_file(struct walk *w, struct span bytes,
                      const struct ffs_file *f)
{
    struct span body;
    if (f->type == FFS_TYPE_PADDING || !add_module(w, bytes, f)) {
        return;
    }
    uint32_t index = w->map->module_count - 1;
    if (f->type > FFS_TYPE_RAW && f->type <= FFS_TYPE_LAST &&
        span_part(bytes, f->header, bytes.size - f->header, &body)) {
        push(w, body, index, true, w->now->packed);
    } else {
        w->map->modules[index].sections = bytes.size;
    }
}

static void read_files(struct walk *w, struct span bytes,
                       const struct ffs_volume *v)
{
    struct ffs_file f;
    struct span own;
    uint64_t at = v->files;
    enum ffs_result result;
    while (!w->failed &&
           (result = ffs_read_file(bytes, v, at, &f)) != FFS_END) {
        if (result == FFS_BAD || !span_part(bytes, at, f.size, &own)) {
            note(w, bytes.base + at,
                 "file of a firmware volume: its size leads out of the volume; "
                 "the rest of it is not looked into");
            return;
        }
        read_file(w, own, &f);
        at = ffs_align(at + f.size, FFS_FILE_ALIGNMENT);
    }
}

static void read_volumes(struct walk *w)
{
    struct span bytes = w->now->bytes;
    struct span own;
    struct ffs_volume v;
    struct ffs_sums sums = {0};
    uint64_t at = 0;
    enum ffs_result result;
    while (!w->failed &&
           (result = ffs_find_volume(bytes, &at, &sums, &v)) != FFS_END) {
        if (result == FFS_BAD || !span_part(bytes, at, v.size, &own)) {
            note(w, bytes.base + at,
                 "firmware volume with a broken header, not looked into");
            at += FFS_FILE_ALIGNMENT;
            continue;
        }
        if (!add_volume(w, own, &v)) {
            return;
        }
        if (w->now->module != VOLUME_NONE) {
            w->map->modules[w->now->module].holds_volumes = true;
        }
        read_files(w, own, &v);
        at = ffs_align(at + v.size, FFS_FILE_ALIGNMENT);
    }
}

/* --- Sections ---------------------------------------------------------- */

/* The UI name: UCS-2, of which ASCII is kept. */
static void read_name(struct walk *w, struct span text)
{
    struct volume_module *m = &w->map->modules[w->now->module];
    uint16_t c = 0;
    size_t i = 0;
    while (i < VOLUME_NAME_SIZE - 1 && span_u16(text, 2 * i, &c) && c != 0) {
        m->name[i++] = (char)(c >= 0x20 && c < 0x7f ? c : '?');
    }
    m->name[i] = '\0';
}

/* What a section of the module holds is not known. */
static void set_unread(struct walk *w)
{
    w->map->modules[w->now->module].unread = true;
}

/* A buffer for what will be unpacked, or NULL. */
static void *unpack_buffer(struct walk *w, struct span packed, uint64_t *size)
{
    struct volume_map *map = w->map;
    if (!unpack_size(packed, size)) {
        note(w, packed.base, "compressed section without an LZMA header");
        return NULL;
    }
    if (*size == 0 || *size > map->unpacked_limit - map->unpacked_size) {
        note(w, packed.base,
             "compressed section that claims %" PRIu64 " bytes, not unpacked; "
             "%" PRIu64 " in all is the limit",
             *size, map->unpacked_limit);
        return NULL;
    }
    void **more =
        array_room(map->unpacked, map->unpacked_count, sizeof *map->unpacked);
    w->failed = !more;
    if (!more) {
        return NULL;
    }
    map->unpacked = more;
    void *buffer = malloc((size_t)*size);
    w->failed = !buffer;
    return buffer;
}

/* The section, in the file itself or in a section around it, is unpacked. */
static void set_content(struct walk *w, struct span section,
                        struct span content)
{
    struct volume_module *m = &w->map->modules[w->now->module];
    m->packed_count++;
    if (m->packed_count == 1) {
        m->unpacked = true;
        m->packed_part = section;
        m->content = content;
        m->sections = 0;
    } else {
        /* Too unusual to look for causes within. */
        m->unpacked = false;
        m->content = m->file;
        m->sections = m->file.size;
    }
}

static void read_packed(struct walk *w, enum unpack_method method,
                        struct span section, struct span packed)
{
    struct volume_map *map = w->map;
    uint64_t size = 0;
    void *buffer = unpack_buffer(w, packed, &size);
    if (!buffer) {
        set_unread(w);
        return;
    }
    /* Counted also where it fails: the time has been spent. */
    map->unpacked_size += size;
    enum unpack_result result =
        unpack_run(method, packed, buffer, (size_t)size);
    if (result != UNPACK_DONE) {
        w->failed = result == UNPACK_MEMORY;
        note(w, packed.base,
             "compressed section, not unpacked: the LZMA "
             "stream is cut or damaged");
        set_unread(w);
        free(buffer);
        return;
    }
    map->unpacked[map->unpacked_count++] = buffer;
    struct span content = span_make(buffer, size, 0);
    set_content(w, section, content);
    push(w, content, w->now->module, true, true);
}

static void read_guided(struct walk *w, struct span section, uint64_t header)
{
    struct guid guid;
    uint16_t data = 0;
    uint16_t attributes = 0;
    struct span inner;
    char text[GUID_TEXT_SIZE];
    if (!span_guid(section, header, &guid) ||
        !span_u16(section, header + GUIDED_DATA_OFFSET, &data) ||
        !span_u16(section, header + GUIDED_ATTRIBUTES, &attributes) ||
        data > section.size ||
        !span_part(section, data, section.size - data, &inner)) {
        note(w, section.base, "GUID-defined section with a broken header");
        return;
    }
    enum unpack_method method = unpack_method(&guid);
    if (method != UNPACK_NONE) {
        read_packed(w, method, section, inner);
    } else if (!(attributes & GUIDED_PROCESSING)) {
        push(w, inner, w->now->module, true, w->now->packed);
    } else {
        guid_format(text, &guid);
        note(w, section.base, "section of a kind not known here, %s", text);
        set_unread(w);
    }
}

static void read_compression(struct walk *w, struct span section,
                             uint64_t header)
{
    uint8_t type = NOT_COMPRESSED;
    struct span inner;
    if (!span_u8(section, header + COMPRESSION_TYPE, &type) ||
        type != NOT_COMPRESSED) {
        note(w, section.base, "compressed section that is not LZMA");
        set_unread(w);
        return;
    }
    uint64_t data = header + COMPRESSION_DATA;
    if (span_part(section, data, section.size - data, &inner)) {
        push(w, inner, w->now->module, true, w->now->packed);
    }
}

static void read_section(struct walk *w, struct span section,
                         const struct ffs_section *s)
{
    struct span body;
    if (!span_part(section, s->header, s->size - s->header, &body)) {
        return;
    }
    switch (s->type) {
    case FFS_SECTION_UI:
        read_name(w, body);
        break;
    case FFS_SECTION_VOLUME:
        push(w, body, w->now->module, false, w->now->packed);
        break;
    case FFS_SECTION_GUID_DEFINED:
        read_guided(w, section, s->header);
        break;
    case FFS_SECTION_COMPRESSION:
        read_compression(w, section, s->header);
        break;
    default:
        break;
    }
}

static void read_sections(struct walk *w)
{
    struct span bytes = w->now->bytes;
    struct span own;
    struct ffs_section s;
    uint64_t at = 0;
    enum ffs_result result;
    while (!w->failed &&
           (result = ffs_read_section(bytes, at, &s)) != FFS_END) {
        if (result == FFS_BAD || !span_part(bytes, at, s.size, &own)) {
            note(w, bytes.base + at,
                 "section of a file: its size leads out of the file");
            return;
        }
        read_section(w, own, &s);
        at = ffs_align(at + s.size, FFS_SECTION_ALIGNMENT);
    }
}

/* --- The walk ---------------------------------------------------------- */

static uint64_t unpacked_limit(uint64_t image_size)
{
    uint64_t most = VOLUME_MAX_UNPACKED;
    if (image_size > (most - VOLUME_UNPACKED_BASE) / VOLUME_UNPACKED_TIMES) {
        return most;
    }
    return VOLUME_UNPACKED_BASE + VOLUME_UNPACKED_TIMES * image_size;
}

bool volume_map_read(struct volume_map *map, const void *image, uint64_t size)
{
    struct walk w = {.map = map};
    memset(map, 0, sizeof *map);
    map->unpacked_limit = unpacked_limit(size);
    w.queue = calloc(MAX_WORK, sizeof *w.queue);
    if (!w.queue) {
        return false;
    }
    w.queue[w.count++] = (struct work){.bytes = span_make(image, size, 0),
                                       .module = VOLUME_NONE};
    for (uint32_t i = 0; i < w.count && !w.failed; i++) {
        w.now = &w.queue[i];
        if (w.now->sections) {
            read_sections(&w);
        } else {
            read_volumes(&w);
        }
    }
    free(w.queue);
    w.failed = w.failed || !volume_places_make(map);
    if (w.failed) {
        volume_map_free(map);
    }
    return !w.failed;
}

void volume_map_free(struct volume_map *map)
{
    for (uint32_t i = 0; i < map->unpacked_count; i++) {
        free(map->unpacked[i]);
    }
    cover_free(&map->module_cover);
    cover_free(&map->volume_cover);
    free(map->unpacked);
    free(map->modules);
    free(map->volumes);
    memset(map, 0, sizeof *map);
}
