/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "printable.h"

/* Where Kata Containers puts the real disk of an image whose first bytes are
 * for NVDIMM: tools/osbuilder/image-builder/image_builder.sh, dax_header_sz. */
#define KATA_DISK (UINT64_C(2) << 20)

/* --- Parts of files ---------------------------------------------------- */

static int read_part(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct verity_part *part = context;
    const struct mrtd_source *whole = part->whole;
    return whole->read(whole->context, part->entry.offset + offset, buffer,
                       size);
}

/* All of a file. */
static void take_whole(struct verity_part *part,
                       const struct evaluation_file *file)
{
    *part = (struct verity_part){
        .file = file->name, .whole = &file->source, .source = file->source};
    part->entry.size = file->source.size;
}

/* The bytes that a partition table says. */
static void take_entry(struct verity_part *part,
                       const struct evaluation_file *file,
                       const struct mrtd_partition *entry)
{
    *part = (struct verity_part){.file = file->name,
                                 .whole = &file->source,
                                 .partition = entry->number,
                                 .entry = *entry};
    part->source = (struct mrtd_source){
        .size = entry->size, .read = read_part, .context = part};
}

/* An offset in the part becomes one in its file. */
static void move_offset(struct mrtd_error *error,
                        const struct verity_part *part)
{
    if (error->offset <= part->source.size) {
        error->offset += part->entry.offset;
    } else {
        error->offset = MRTD_NO_OFFSET;
    }
}

static enum exit_status failed(const struct evaluation_file *file,
                               const struct mrtd_error *error, const char *hint,
                               struct failure *failure)
{
    return error->code == MRTD_ERR_READ
               ? failure_read(failure, file->name, file->problem)
               : failure_library(failure, file->name, error, hint);
}

/*
 * Which of two tables says where the partitions are. An image of Kata
 * Containers has a second one, for the disk without its first bytes, by which
 * it was made: the tree is where that one says, and the other one may be off.
 * A partition that begins at the same place in both tells such an image.
 */
static uint64_t disk_of(const struct mrtd_source *image, uint32_t number)
{
    struct mrtd_partition first;
    struct mrtd_partition second;
    struct mrtd_error error;
    return !mrtd_disk_partition(&first, image, 0, number, &error) &&
                   !mrtd_disk_partition(&second, image, KATA_DISK, number,
                                        &error) &&
                   first.offset == second.offset
               ? KATA_DISK
               : 0;
}

static enum exit_status take_partition(struct verity *v,
                                       struct verity_part *part,
                                       const struct evaluation_file *image,
                                       uint32_t number, uint64_t disk,
                                       struct failure *failure)
{
    struct mrtd_partition entry;
    struct mrtd_partition other;
    struct mrtd_error error;
    if (mrtd_disk_partition(&entry, &image->source, disk, number, &error)) {
        return failed(image, &error, NULL, failure);
    }
    take_entry(part, image, &entry);
    v->tables_differ |=
        disk > 0 &&
        (mrtd_disk_partition(&other, &image->source, 0, number, &error) ||
         other.offset != entry.offset || other.size != entry.size);
    return EXIT_DONE;
}

static enum exit_status take_partitions(struct verity *v,
                                        const struct evaluation_file *image,
                                        struct failure *failure)
{
    const struct verity_request *r = v->request;
    const uint64_t disk = disk_of(&image->source, r->partition);
    enum exit_status status =
        take_partition(v, &v->data, image, r->partition, disk, failure);
    if (!status && r->hash_partition) {
        status = take_partition(v, &v->hash, image, r->hash_partition, disk,
                                failure);
    }
    return status;
}

static enum exit_status take_parts(struct verity *v,
                                   const struct evaluation_file *image,
                                   const struct evaluation_file *hash_device,
                                   struct failure *failure)
{
    enum exit_status status = EXIT_DONE;
    if (v->request->partition) {
        status = take_partitions(v, image, failure);
    } else {
        take_whole(&v->data, image);
    }
    if (!status && hash_device->name) {
        take_whole(&v->hash, hash_device);
    } else if (!status && !v->request->hash_partition &&
               v->request->has_hash_offset) {
        v->hash = v->data;
    }
    return status;
}

/* --- Parameters -------------------------------------------------------- */

/* Room for any field as text, with the zero. */
#define FIELD_TEXT (2 * MRTD_VERITY_MAX_SALT + 1)

/* A field that can be given, as an option has it. */
static void field_text(const struct mrtd_verity *v, enum verity_field field,
                       char text[FIELD_TEXT])
{
    switch (field) {
    case VERITY_ALGORITHM:
        snprintf(text, FIELD_TEXT, "%s", printable(v->algorithm));
        break;
    case VERITY_SALT:
        snprintf(text, FIELD_TEXT, "-");
        if (v->salt_size > 0) {
            mrtd_hex_encode(text, v->salt, v->salt_size);
        }
        break;
    default:
        snprintf(text, FIELD_TEXT, "%" PRIu64,
                 field == VERITY_TYPE              ? v->hash_type
                 : field == VERITY_DATA_BLOCK_SIZE ? v->data_block_size
                 : field == VERITY_HASH_BLOCK_SIZE ? v->hash_block_size
                                                   : v->data_blocks);
        break;
    }
}

/* What was given must be what the superblock says. */
static enum exit_status check_superblock(const struct verity *v,
                                         const struct mrtd_verity *read,
                                         struct failure *failure)
{
    static const struct {
        enum verity_field field;
        const char *option;
    } fields[] = {
        {VERITY_TYPE, "type"},
        {VERITY_ALGORITHM, "hash"},
        {VERITY_DATA_BLOCK_SIZE, "data-block-size"},
        {VERITY_HASH_BLOCK_SIZE, "hash-block-size"},
        {VERITY_BLOCKS, "blocks"},
        {VERITY_SALT, "salt"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char own[FIELD_TEXT];
        char its[FIELD_TEXT];
        field_text(&v->request->verity, fields[i].field, own);
        field_text(read, fields[i].field, its);
        if (v->request->given & fields[i].field && strcmp(own, its) != 0) {
            return failure_refused_at(
                failure, v->hash.file, "verity-superblock",
                v->hash.entry.offset + v->request->hash_offset,
                "by the superblock of dm-verity there --%s is %s, and %s is "
                "given; with --no-superblock it is not read",
                fields[i].option, its, own);
        }
    }
    return EXIT_DONE;
}

static enum exit_status take_parameters(struct verity *v,
                                        const struct evaluation_file *device,
                                        struct failure *failure)
{
    struct mrtd_error error;
    v->verity = v->request->verity;
    v->has_superblock = v->hash.file && !v->request->no_superblock;
    if (!v->has_superblock) {
        return v->request->given & VERITY_SALT
                   ? EXIT_DONE
                   : failure_usage(
                         failure,
                         "the salt is not known: give --params or --salt ('-': "
                         "there is none), or say where a superblock is, with "
                         "--hash-device, --hash-partition or --hash-offset");
    }
    if (mrtd_verity_read(&v->verity, &v->hash.source, v->request->hash_offset,
                         &error)) {
        move_offset(&error, &v->hash);
        return failed(device, &error,
                      "; for a tree without one there is --no-superblock",
                      failure);
    }
    return check_superblock(v, &v->verity, failure);
}

/* --- The root hash ----------------------------------------------------- */

/* A GPT has the first three fields of a GUID as little-endian numbers. */
bool verity_is_guid(const struct mrtd_partition *entry,
                    const uint8_t half[MRTD_DISK_GUID])
{
    static const uint8_t order[MRTD_DISK_GUID] = {3, 2, 1,  0,  5,  4,  7,  6,
                                                  8, 9, 10, 11, 12, 13, 14, 15};
    bool is = entry->is_gpt != 0;
    for (unsigned i = 0; i < MRTD_DISK_GUID; i++) {
        is = is && entry->guid[order[i]] == half[i];
    }
    return is;
}

static enum exit_status compute(struct verity *v,
                                const struct evaluation_file *image,
                                const struct evaluation_file *device,
                                const struct mrtd_observer *observer,
                                struct failure *failure)
{
    const bool is_shared =
        v->hash.file && !v->request->hash_partition && !device->name;
    const struct mrtd_verity_tree tree = {
        .source = !v->hash.file ? NULL
                  : is_shared   ? &v->data.source
                                : &v->hash.source,
        .hash_offset = v->request->hash_offset,
        .has_superblock = v->has_superblock};
    struct mrtd_error error;
    if (!mrtd_verity_hash(&v->root, &v->verity, &v->data.source, &tree,
                          observer, &error)) {
        return EXIT_DONE;
    }
    /* What is about a place is about the tree. */
    const bool is_of_tree = error.code == MRTD_ERR_READ
                                ? device->name && *device->problem
                                : error.offset != MRTD_NO_OFFSET;
    const struct evaluation_file *file =
        is_of_tree && device->name ? device : image;
    move_offset(&error, &v->hash);
    /* A number of blocks that nobody gave. */
    const bool is_said = error.code == MRTD_ERR_VERITY_SIZE &&
                         error.offset == MRTD_NO_OFFSET && v->has_superblock &&
                         !(v->request->given & VERITY_BLOCKS);
    if (error.code == MRTD_ERR_UNSUPPORTED) {
        return failure_refused(
            failure,
            v->has_superblock && device->name ? device->name : file->name,
            "verity-algorithm",
            "hash algorithm '%s', which the superblock or --hash names, is "
            "unknown to this program's libcrypto; names are the kernel's, in "
            "lower case, as sha256",
            printable(v->verity.algorithm));
    }
    return failed(file, &error,
                  is_said ? ", and so many blocks the superblock says" : NULL,
                  failure);
}

/* The root hash to compare with must be one of the algorithm. */
static enum exit_status check_expected(const struct verity *v,
                                       struct failure *failure)
{
    const struct verity_request *r = v->request;
    return r->given & VERITY_ROOT && r->root_size != v->root.size
               ? failure_usage(failure,
                               "the root hash to compare with has %" PRIu32
                               " digits, and one of %s has %" PRIu32,
                               2 * r->root_size, printable(v->verity.algorithm),
                               2 * v->root.size)
               : EXIT_DONE;
}

/* What is neither hashed nor of the tree: the guest does not see it. */
static void note_rest(const struct verity *v, remark_fn *say)
{
    const uint64_t block = v->verity.data_block_size;
    const uint64_t hashed = v->root.data_blocks * block;
    uint64_t end = v->data.source.size;
    if (v->hash.file && v->hash.whole == v->data.whole &&
        !v->request->hash_partition) {
        end = v->request->hash_offset < v->root.tree_offset
                  ? v->request->hash_offset
                  : v->root.tree_offset;
    }
    if (hashed < end) {
        say(v->data.file,
            "note: offset 0x%" PRIx64 ": what comes after the last data block "
            "is not hashed, and a guest does not see it (size 0x%" PRIx64
            ") [verity-rest]",
            v->data.entry.offset + hashed, end - hashed);
    }
}

static void note_table(const struct evaluation_file *image, remark_fn *say)
{
    struct mrtd_partition entry;
    struct mrtd_error error;
    uint32_t number = 1;
    while (number <= 4 &&
           mrtd_disk_partition(&entry, &image->source, 0, number, &error)) {
        number++;
    }
    if (number <= 4) {
        say(image->name,
            "note: it has a partition table, and all of it was hashed; "
            "--partition %" PRIu32 " hashes a partition [verity-whole]",
            number);
    }
}

enum exit_status verity_make(struct verity *v,
                             const struct verity_request *request,
                             const struct evaluation_file *image,
                             const struct evaluation_file *hash_device,
                             const struct mrtd_observer *observer,
                             remark_fn *say, struct failure *failure)
{
    *v = (struct verity){.request = request};
    enum exit_status status = take_parts(v, image, hash_device, failure);
    if (!status) {
        status = take_parameters(v, hash_device->name ? hash_device : image,
                                 failure);
    }
    if (!status) {
        status = compute(v, image, hash_device, observer, failure);
    }
    if (!status) {
        status = check_expected(v, failure);
    }
    if (status) {
        return status;
    }
    const uint32_t size = v->root.size;
    v->differs = request->given & VERITY_ROOT &&
                 memcmp(request->root, v->root.bytes, size) != 0;
    if (size >= MRTD_DISK_GUID) {
        v->data_guid = verity_is_guid(&v->data.entry, v->root.bytes);
        v->hash_guid = verity_is_guid(&v->hash.entry,
                                      v->root.bytes + size - MRTD_DISK_GUID);
    }
    note_rest(v, say);
    if (request->partition == 0) {
        note_table(image, say);
    }
    if (v->tables_differ) {
        say(image->name,
            "note: the partition table at 0x%" PRIx64
            " is taken, and the one at 0x0 says that partitions are elsewhere: "
            "a guest whose disk is all of the image goes by that one "
            "[verity-tables]",
            KATA_DISK);
    }
    if (v->root.tree_differs != MRTD_NO_OFFSET) {
        say(v->hash.file,
            "warning: offset 0x%" PRIx64
            ": the tree there is not that of the data: the guest fails to read "
            "what it is for, although the root hash may be right "
            "[verity-tree]",
            v->hash.entry.offset + v->root.tree_differs);
    }
    return EXIT_DONE;
}
