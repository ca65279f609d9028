/* SPDX-License-Identifier: Apache-2.0 */
/* Root hashes of dm-verity in a kernel command line, in the forms of those who
 * read one: Linux, systemd, Kata Containers, Chrome OS. */
#ifndef MODEL_LINE_ROOTS_H
#define MODEL_LINE_ROOTS_H

#include "model/verity.h"

/* Most of them in a line, and most that are not understood. */
#define LINE_ROOTS   4
#define LINE_UNKNOWN 16
/* Linux has no more partitions: DISK_MAX_PARTS of include/linux/blkdev.h, less
 * the whole disk. */
#define LINE_PARTITIONS 255
/* Room for the name of a parameter that is printed, and for a device's. */
#define LINE_NAME_SIZE   64
#define LINE_DEVICE_SIZE 64

/* How a line says which partition of a disk has something. */
enum line_place {
    LINE_NOWHERE, /* it does not, or in a way that is not known here */
    LINE_NUMBER,  /* the number of the partition, 0: all of the disk */
    LINE_GUID,    /* its GUID in a GPT */
    LINE_HALF,    /* the same, which is a half of the root hash */
};

struct line_device {
    enum line_place place;
    uint32_t number;
    uint8_t guid[MRTD_DISK_GUID]; /* in the order of its text */
    char text[LINE_DEVICE_SIZE];  /* as the line has it */
    size_t disk;                  /* bytes of it that name the disk */
};

/* One root hash, with all that the line says of it. */
struct line_root {
    const char *parameter; /* its name */
    struct verity_request request;
    struct line_device data;
    struct line_device tree;
    bool has_superblock;
    bool is_lax;  /* the guest reads also what does not fit the root hash */
    bool is_once; /* or that, where it read before what does */
    /* The device of dm-verity that root= must name, or NULL: any. */
    const char *mapped;
};

struct line_roots {
    struct line_root roots[LINE_ROOTS];
    size_t count;
    /* Parameters with digests that are not of the guest's disk, or unknown. */
    char unknown[LINE_UNKNOWN][LINE_NAME_SIZE];
    size_t unknown_count;        /* also of those that there is no room for */
    char root[LINE_DEVICE_SIZE]; /* of root=, or "" */
    bool has_root;
};

/*
 * Reads the line; what is said twice, or in a way that not all readers of the
 * line take alike, is refused. The file, which may be NULL, is the line's.
 */
enum exit_status line_roots_read(struct line_roots *roots, const char *line,
                                 const char *file, struct failure *failure);

/* line_tables.c, of values without quotation marks; NULL, or why not. */
const char *line_dm_init(struct line_root *root, char *value);
const char *line_dm_chrome(struct line_root *root, char *value);
void line_device_read(struct line_device *device, const char *text);

#endif
