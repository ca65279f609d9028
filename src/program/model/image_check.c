/* SPDX-License-Identifier: Apache-2.0 */
#include "model/image_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

struct checking {
    const struct evaluation *e;
    const struct line_root *line;
    struct verity_request request;
};

static enum exit_status refuse(const struct checking *c,
                               struct failure *failure, const char *why)
{
    return failure_refused(failure, c->e->disk.name, "image-partition",
                           "%s in the command line: %s", c->line->parameter,
                           why);
}

/* --- Where ------------------------------------------------------------- */

/* The partition of that GUID, or 0; of two of them, UINT32_MAX. */
static uint32_t find_guid(const struct evaluation *e,
                          const uint8_t guid[MRTD_DISK_GUID])
{
    uint32_t found = 0;
    for (uint32_t i = 1; i <= LINE_PARTITIONS; i++) {
        struct mrtd_partition entry;
        struct mrtd_error error;
        const enum mrtd_code code =
            mrtd_disk_partition(&entry, &e->disk.source, 0, i, &error);
        if (code && code != MRTD_ERR_DISK_PARTITION) {
            break; /* there is no table */
        }
        if (!code && verity_is_guid(&entry, guid)) {
            found = found ? UINT32_MAX : i;
        }
    }
    return found;
}

/* The data. */
static enum exit_status take_data(struct checking *c, struct failure *failure)
{
    const struct line_device *d = &c->line->data;
    const uint8_t *guid = d->place == LINE_HALF ? c->request.root : d->guid;
    if (d->place == LINE_NUMBER) {
        c->request.partition = d->number;
        return EXIT_DONE;
    }
    c->request.partition = find_guid(c->e, guid);
    return c->request.partition > 0 && c->request.partition < UINT32_MAX
               ? EXIT_DONE
               : refuse(c, failure,
                        d->place == LINE_HALF
                            ? "not one partition of the image has the first "
                              "half of the root hash as its GUID, by which "
                              "systemd finds it"
                            : "not one partition of the image has that GUID");
}

/* On the disk of the data? */
static bool is_same_disk(const struct line_root *line)
{
    return line->tree.disk == line->data.disk &&
           strncmp(line->tree.text, line->data.text, line->data.disk) == 0;
}

/* The tree, where it is in the image; it is needed where it has the
 * parameters. */
static enum exit_status take_tree(struct checking *c, struct failure *failure)
{
    const struct line_device *d = &c->line->tree;
    uint32_t number = 0;
    c->request.no_superblock = !c->line->has_superblock;
    if (d->place == LINE_NUMBER && is_same_disk(c->line)) {
        number = d->number;
    } else if (d->place == LINE_GUID) {
        number = find_guid(c->e, d->guid);
    } else if (d->place == LINE_HALF) {
        number = find_guid(c->e, c->request.root + c->request.root_size -
                                     MRTD_DISK_GUID);
    }
    if (d->place == LINE_NUMBER && is_same_disk(c->line) &&
        number == c->request.partition) {
        c->request.has_hash_offset = true;
    } else if (number > 0 && number < UINT32_MAX && c->request.partition > 0) {
        c->request.has_hash_offset = number == c->request.partition;
        c->request.hash_partition = number == c->request.partition ? 0 : number;
    } else if (c->line->has_superblock) {
        return refuse(c, failure,
                      "not one partition of the image has the last half of the "
                      "root hash as its GUID, with the superblock in it");
    } else {
        c->request.no_superblock = false; /* there is no tree */
    }
    return EXIT_DONE;
}

/* --- The root hash ----------------------------------------------------- */

static int show(void *context, uint64_t hashed, uint64_t total)
{
    const struct evaluation *e = ((struct checking *)context)->e;
    if (e->progress) {
        e->progress(e->progress_context, hashed, total);
    }
    return 0;
}

/* What is missing in the image is not missing on this command line. */
static enum exit_status failed(const struct checking *c,
                               enum exit_status status, struct failure *failure)
{
    if (status == EXIT_USAGE) {
        char message[FAILURE_MESSAGE];
        snprintf(message, sizeof message, "%s", failure->message);
        return failure_refused(failure, c->e->disk.name, "image-line", "%s",
                               message);
    }
    if (status == EXIT_REFUSED) {
        failure->hint = "; 'mrtd-calc verity' computes the root hash of an "
                        "image by parameters that are given";
    }
    return status;
}

static enum exit_status compare(const struct checking *c,
                                const struct verity *v, struct failure *failure)
{
    char own[2 * MRTD_MAX_DIGEST_SIZE + 1];
    char its[2 * MRTD_MAX_DIGEST_SIZE + 1];
    char where[40] = "the image";
    mrtd_hex_encode(own, v->root.bytes, v->root.size);
    mrtd_hex_encode(its, c->request.root, c->request.root_size);
    if (c->request.partition) {
        snprintf(where, sizeof where, "partition %" PRIu32,
                 c->request.partition);
    }
    if (v->differs) {
        return failure_differs(failure, c->e->disk.name, "image-root",
                               "the root hash of %s is %s, and %s in the "
                               "command line has %s",
                               where, own, c->line->parameter, its);
    }
    c->e->say(c->e->disk.name,
              "note: the root hash of %s is that of %s in the command line, "
              "%s [image-match]",
              where, c->line->parameter, own);
    return EXIT_DONE;
}

/* Does root= name the device of the root hash? Without it, not if it is empty,
 * systemd takes that by itself. */
static bool is_mounted(const struct line_root *line,
                       const struct line_roots *all)
{
    return !line->mapped || strcmp(all->root, line->mapped) == 0 ||
           (line->data.place == LINE_HALF && !all->has_root);
}

/* What else the line says of the disk. */
static void note(const struct checking *c, const struct line_roots *all)
{
    const struct line_root *line = c->line;
    if (line->is_lax) {
        c->e->say(c->e->disk.name,
                  "warning: with ignore_corruption in %s the "
                  "guest reads also what does not fit the "
                  "root hash [image-lax]",
                  line->parameter);
    }
    if (line->is_once) {
        c->e->say(c->e->disk.name,
                  "warning: with check_at_most_once in %s the guest checks a "
                  "block only when it reads it for the first time [image-lax]",
                  line->parameter);
    }
    if (!is_mounted(line, all)) {
        c->e->say(c->e->disk.name,
                  "warning: the command line does not have root=%s, and the "
                  "guest may mount something else than what the root hash is "
                  "of [image-mount]",
                  line->mapped);
    }
}

static enum exit_status check_root(const struct evaluation *e,
                                   const struct line_roots *roots, size_t index,
                                   struct failure *failure)
{
    struct image_check *check = e->image_check;
    struct checking c = {.e = e,
                         .line = &roots->roots[index],
                         .request = roots->roots[index].request};
    const struct mrtd_observer observer = {.context = &c, .progress = show};
    const struct evaluation_file none = {.name = NULL};
    struct verity v;
    enum exit_status status = take_data(&c, failure);
    if (!status) {
        status = take_tree(&c, failure);
    }
    if (!status) {
        status = verity_make(&v, &c.request, &e->disk, &none, &observer, e->say,
                             failure);
        show(&c, 0, 0);
        status =
            status ? failed(&c, status, failure) : compare(&c, &v, failure);
    }
    if (!status) {
        note(&c, roots);
        check->roots[check->count++] = (struct image_root){
            c.line->parameter, v.verity, v.root, c.request.partition};
    }
    return status;
}

enum exit_status image_check_make(const struct evaluation *e, const char *line,
                                  struct failure *failure)
{
    struct image_check *check = e->image_check;
    struct line_roots *roots = calloc(1, sizeof *roots);
    if (!roots) {
        return failure_memory(failure, e->disk.name);
    }
    *check = (struct image_check){.image = e->disk.name};
    enum exit_status status =
        line_roots_read(roots, line, e->cmdline.name, failure);
    for (size_t i = 0; !status && i < roots->count; i++) {
        status = check_root(e, roots, i, failure);
    }
    check->unknown_count = roots->unknown_count;
    memcpy(check->unknown, roots->unknown, sizeof check->unknown);
    for (size_t i = 0; !status && i < roots->unknown_count; i++) {
        e->say(e->disk.name,
               "note: the digest of %s in the command line was compared with "
               "nothing [image-other]",
               i < LINE_UNKNOWN ? printable(roots->unknown[i])
                                : "another parameter");
    }
    free(roots);
    return status;
}
