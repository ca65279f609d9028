/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a TD is published beside its MRTD: the registers that a kernel which
 * QEMU gives to OVMF leads to, and the digests of two of its events. And of any
 * guest what its initdata makes.
 */
#ifndef REFERENCE_BOOT_VALUES_H
#define REFERENCE_BOOT_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "mrtd.h"

/* RTMR0 and RTMR3 are not predicted, and so never written; documents of others
 * have them. */
enum boot_value_id {
    BOOT_VALUE_RTMR0,
    BOOT_VALUE_RTMR1,
    BOOT_VALUE_RTMR2,
    BOOT_VALUE_RTMR3,
    BOOT_VALUE_KERNEL,   /* the digest of the kernel's event */
    BOOT_VALUE_CMDLINE,  /* that of the command line's */
    BOOT_VALUE_INITDATA, /* the field that a guest has by its initdata, also of
                            SEV-SNP; initdata_value.h */
};
#define BOOT_VALUES 7

/* One of them, as a bit. */
#define BOOT_VALUE_BIT(id) (1U << (id))

struct boot_value {
    enum boot_value_id id;
    size_t size; /* of the digest, in bytes */
    uint8_t digest[MRTD_DIGEST_SIZE];
    char hex[MRTD_HEX_SIZE];
};

/* What each is called. */
struct boot_value_names {
    const char *name;   /* as lines and messages of this program have it */
    const char *option; /* as --register has it; NULL: it has it not */
    const char *rvps;   /* as Trustee's default policy has it, or NULL */
    const char *path;   /* the last part of a key that is a path */
    const char *member; /* in documents of an in-toto statement */
    bool is_event;      /* the digest of an event, which is in no quote */
};

const struct boot_value_names *boot_value_names(enum boot_value_id id);

/* The longest command line, in bytes. */
#define BOOT_CMDLINE_MOST 65536

/* Of what the values were made, and by which rules; texts may be NULL. */
struct boot_origin {
    bool is_shim;   /* td-shim starts the kernel; otherwise OVMF */
    uint32_t rules; /* MRTD_BOOT_* */
    bool of_kernel; /* a value is made of the kernel; */
    bool of_cmdline;
    const char *kernel; /* name of the file */
    const char *initrd;
    char version[MRTD_KERNEL_VERSION_SIZE]; /* empty: it does not say */
    const char *cmdline;                    /* any bytes */
    size_t cmdline_size;                    /* at most BOOT_CMDLINE_MOST */
};

/* {"firmware", "kernel", "kernel_version", "initrd", "cmdline", "rules"};
 * docs/json.md. */
json_t *boot_origin_json(const struct boot_origin *origin);

/* The value of that id in a list, or NULL. */
const struct boot_value *boot_value_find(const struct boot_value *list,
                                         size_t count, enum boot_value_id id);

/* --- Keys of RVPS -------------------------------------------------------- */

/* The name of the platform's launch digest in a key, which is the key that
 * Trustee's default policy looks for. */
const char *boot_value_beside(enum mrtd_platform platform);

/*
 * Can the keys of the values be named by that of the launch digest? It is that
 * name, or a path that ends with it, or with it and ":VERSION".
 */
bool boot_value_has_keys(enum mrtd_platform platform, const char *key);
/* The key of a value, beside that of the launch digest; to be freed. NULL: no
 * memory. */
char *boot_value_key(enum boot_value_id id, enum mrtd_platform platform,
                     const char *key);

#endif
