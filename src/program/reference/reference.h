/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference values: the MRTDs of firmware files, in the forms that attestation
 * services read. Written to a stream, the same bytes every time; nothing is
 * printed, and no file is named here.
 */
#ifndef REFERENCE_REFERENCE_H
#define REFERENCE_REFERENCE_H

#include <stdbool.h>
#include <stdio.h>

#include "failure.h"
#include "file_kind.h"
#include "mrtd.h"
#include "reference/boot_values.h"
#include "reference/guest.h"
#include "reference/initdata_value.h"

#define REFERENCE_MAX_VMMS 16

/*
 * An MRTD of a firmware, and the VMMs under which it has it. Or the launch
 * digest of a guest of AMD's platforms, and the one launch that it is of: the
 * digest of another one may be equal.
 */
struct reference_value {
    struct mrtd_value value;
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    const char *vmms[REFERENCE_MAX_VMMS + 1]; /* ended by NULL */
    struct guest_launch guest;                /* not of TDX */
};

struct reference_firmware {
    char *artifact; /* the file's name without its folder, UTF-8 */
    uint64_t size;
    char sha256[65];
    char sha384[97];
    char sha512[129];         /* empty unless somebody asked for it */
    const char *image_format; /* "tdvf" or "igvm" if it was said, or NULL */
    struct reference_value *values;
    size_t value_count;
    /* Of TDX, what else was asked for: at most one of each. */
    struct boot_value boot[BOOT_VALUES];
    size_t boot_count;
    struct boot_origin origin;
    char *origin_texts;              /* what its texts are in */
    const struct initdata *initdata; /* of the guest, or NULL */
};

enum reference_corim_form {
    CORIM_MKEY,      /* mkey 83 and digests: what Trustee reads */
    CORIM_EXTENSION, /* the Intel VMM's measurement value -83 */
    CORIM_SET,       /* measurement value -83 as a set of digests */
};

/* What the values are published as. Strings are UTF-8. */
struct reference_settings {
    enum mrtd_platform platform;
    const char *id;       /* id of the firmware; NULL: the artifact's name */
    const char *version;  /* version of the firmware, or NULL */
    const char *entity;   /* who publishes */
    const char *vendor;   /* vendor in the environment */
    const char *model;    /* model in the environment */
    const char *class_id; /* class id in the environment: a UUID in lower case,
                             with hyphens */
    const char *key;      /* key in JSON maps */
    bool scalar;          /* rvps-map: a string instead of a list */
    bool debug_check;     /* go-tdx-guest: refuse TDs that can be debugged */
    enum reference_corim_form corim_form;
    char date[24];       /* RFC 3339, or empty */
    const char *expires; /* rvps-store: RFC 3339 in UTC, to the second */
};

/* How many values a document of a format holds. */
enum reference_scope {
    REFERENCE_ALL,      /* one document for all firmware files */
    REFERENCE_FIRMWARE, /* one document for each firmware file */
    REFERENCE_VALUE,    /* one document for each value */
};

/* What a document is made of. */
struct reference_set {
    const struct reference_firmware *firmware;
    size_t count;
    /* REFERENCE_VALUE: the only value that counts; of firmware[0]. */
    const struct reference_value *only;
};

typedef bool reference_write_fn(FILE *to, const struct reference_set *set,
                                const struct reference_settings *settings);

/* A register, as a bit. */
#define REFERENCE_HOLDS(id) (1U << (id))

struct reference_format {
    const char *name;
    const char *extension;
    const struct file_kind *kind; /* what a document may replace */
    const char *use;              /* who reads it */
    bool is_cbor;
    unsigned registers; /* those that it can hold: REFERENCE_HOLDS() of each */
    unsigned boot; /* and of what else there is: BOOT_VALUE_BIT() of each */
    /* Depends on the settings: a scalar or another form holds less or more. */
    enum reference_scope (*scope)(const struct reference_settings *settings);
    /* Of MRTDs, and of other launch digests; NULL where it holds none. False if
     * out of memory; errors of writing are kept in the stream. */
    reference_write_fn *write;
    reference_write_fn *write_guest;
};

/* Can the format hold values of the register? */
bool reference_holds(const struct reference_format *format,
                     enum mrtd_register id);

/*
 * The first of what was asked for beside MRTDs that the format has no place
 * for, as BOOT_VALUE_BIT() of each; named: of these, what was named, since of
 * all a format has what it has a place for. BOOT_VALUES: it has a place.
 */
enum boot_value_id reference_homeless(const struct reference_format *format,
                                      unsigned asked, unsigned named);

/* The index-th format, NULL after the last; the first is the default. */
const struct reference_format *reference_format_at(size_t index);
const struct reference_format *reference_format_find(const char *name);

/* The kind of files with this extension: all formats that have it write one
 * kind. NULL if none has it, as where extension is NULL. */
const struct file_kind *reference_kind_of(const char *extension);

/* The classes of TDs in Intel's policies of quote appraisal. */
#define REFERENCE_CLASS_TD15 "45b734fc-aa4e-4c3d-ad28-e43d08880e68"
#define REFERENCE_CLASS_TD10 "a1e4ee9c-a12e-48ac-bed0-e3f89297f687"
/* Is it one of them? A policy of another class is not written, nor read. */
bool reference_is_td_class(const char *id);

/* Was this program built with CBOR (libcbor)? */
extern const bool reference_has_cbor;

/*
 * Calls each for the set's values, every MRTD once, in order; stops where it
 * returns false and then returns false.
 */
bool reference_each(const struct reference_set *set,
                    bool (*each)(void *context,
                                 const struct reference_firmware *firmware,
                                 const struct reference_value *value),
                    void *context);

/* How many MRTDs the set has, each counted once. */
size_t reference_count(const struct reference_set *set);

/* reference_each() of what was asked for beside MRTDs, of that id. */
bool reference_each_boot(const struct reference_set *set, enum boot_value_id id,
                         bool (*each)(void *context,
                                      const struct boot_value *value),
                         void *context);

/* --- Signatures: cose.c ------------------------------------------------ */

struct evp_pkey_st;

/*
 * Wraps payload (a CoRIM) into a COSE_Sign1 (RFC 9052) as the CoRIM draft has
 * it: protected header with the algorithm, the content type
 * application/rim+cbor and the signer's name. key is an EVP_PKEY on P-384,
 * P-256 or Ed25519. name is that of the output, for messages. On success *out
 * is to be freed with free().
 */
enum exit_status cose_sign(struct evp_pkey_st *key, const char *signer,
                           const char *name, const unsigned char *payload,
                           size_t size, unsigned char **out, size_t *out_size,
                           struct failure *failure);

/*
 * Verifies such a COSE_Sign1, the bytes of the file name, with a public key;
 * claims_read() reads its payload. EXIT_DIFFERS: it is not signed, or not by
 * that key.
 */
enum exit_status cose_verify(struct evp_pkey_st *key, const char *name,
                             const unsigned char *data, size_t size,
                             struct failure *failure);

#endif
