/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody says an MRTD is: evidence of a guest, or reference values, in
 * any of the forms that users have at hand. Only read, nothing is verified but
 * the form. The input is as untrusted as a firmware is.
 */
#ifndef REFERENCE_CLAIMS_H
#define REFERENCE_CLAIMS_H

#include <stdbool.h>

#include "failure.h"
#include "mrtd.h"
#include "reference/boot_values.h"
#include "reference/environment.h"
#include "reference/guest.h"

/* Largest input: quotes have 5 KiB, JSON with event logs some hundred. */
#define CLAIMS_MAX_SIZE ((size_t)4 << 20)
/* Most MRTDs of one input. */
#define CLAIMS_MAX 4096
/* Values of one firmware file, or of one rule, are a group: a number below
 * that. */
#define CLAIMS_GROUPS (2 * CLAIMS_MAX + 2)
/* So many skipped things are kept; the others are only counted. */
#define CLAIMS_REMARKS 10

enum claims_kind {
    CLAIMS_DETECT, /* the kind is found by the content */
    CLAIMS_HEX,
    CLAIMS_BASE64,
    CLAIMS_QUOTE, /* a quote, also as outblob of configfs-tsm */
    CLAIMS_TDREPORT,
    CLAIMS_TDINFO,
    CLAIMS_SNP_REPORT,
    CLAIMS_JSON,
    CLAIMS_CORIM,
    CLAIMS_COSWID,
    CLAIMS_POLICY,
    CLAIMS_SIGNED, /* a CoRIM, for its signature; has no name in --kind */
};

/* How near to the consumer's form a value has to be. */
enum claims_reading {
    CLAIMS_LENIENT, /* the same bytes in another spelling are taken, with a
                       note; and of TDX and SEV-SNP values of the other, where a
                       document has none of the platform */
    CLAIMS_EXACT,   /* only what the document's consumer takes for the value */
};

/* Something of an input that is kept, to be freed. */
struct claims_bytes {
    unsigned char *bytes;
    size_t size;
};

/* Most certificates, or tables of them, beside one piece of evidence. */
#define CLAIMS_CERTIFICATES 8

/* The bytes of evidence, whatever they were wrapped in, and what was beside
 * them to verify it with. A report of SEV-SNP may have a table of certificates
 * after it, in its bytes. */
struct carried {
    struct claims_bytes evidence;
    struct claims_bytes certificates[CLAIMS_CERTIFICATES];
    size_t certificate_count;
};

struct claim {
    struct mrtd_value value;
    /* A digest and nothing else, taken for an MRTD: it may be another
     * platform's. */
    bool is_bare;
    /* VMMs that the input says it is the MRTD of: bit i is
     * mrtd_vmm_at(i). 0: it does not say. */
    uint32_t vmms;
    struct guest_launch guest; /* not of TDX: what it says of the launch */
    /* When it is valid, in seconds since 1970, both included. */
    int64_t not_before;
    int64_t not_after;
    unsigned image_format; /* MRTD_FORMAT_TDVF or _IGVM; 0: it does not say */
    /* It is of the firmware together with another file of these. */
    bool has_vars;
    bool has_payload;
    bool has_kernel;
    int file; /* index of the firmware file that the claim is about, or -1 */
    size_t group; /* which values it is beside, below CLAIMS_GROUPS */
    /* Which part of the input, printable ASCII; empty: the whole. */
    char where[160];
    bool has_evidence;
    struct mrtd_evidence evidence;
    struct carried carried;
};

/* The digests of a firmware file that are known here. */
enum claims_digest {
    CLAIMS_SHA256,
    CLAIMS_SHA384,
    CLAIMS_SHA512
};
#define CLAIMS_DIGESTS     3
#define CLAIMS_DIGEST_SIZE 64 /* size of the largest digest */

/* Their sizes in bytes. */
extern const size_t claims_digest_sizes[CLAIMS_DIGESTS];

/* What an input says of a firmware file. */
struct claimed_file {
    bool has[CLAIMS_DIGESTS];
    uint8_t digest[CLAIMS_DIGESTS][CLAIMS_DIGEST_SIZE];
    bool has_size;
    uint64_t size;
};

/* What a firmware file is, its digests in lower-case hexadecimal; sha512 may
 * be empty unless claims_need_sha512(). */
struct claims_firmware {
    const char *digest[CLAIMS_DIGESTS];
    uint64_t size;
};

/* What a reader saw and did not take, or took in spite of its spelling. */
struct claims_remark {
    char where[160]; /* which part of the input, printable ASCII */
    char why[160];
    bool is_taken;
};

/* What else is said of a guest, claims_boot.h. */
struct boot_claim {
    enum boot_value_id id;
    size_t group; /* it is of the MRTDs of that group alone */
    size_t size;
    uint8_t digest[MRTD_DIGEST_SIZE];
};

/* What a document of this program says of how they were made. */
struct boot_made {
    size_t group;
    json_t *origin; /* as boot_origin_json() makes it */
};

struct claims {
    char kind[96]; /* what the input is, e.g. "TDX quote version 4" */
    enum claims_reading reading;
    enum mrtd_platform platform;       /* whose launch digests are looked for */
    const struct environment_own *own; /* or NULL */
    struct claims_remark remarks[CLAIMS_REMARKS];
    size_t remark_count;       /* all remarks, kept or not */
    struct mrtd_value *denied; /* what a register must not hold */
    size_t denied_count;
    struct claim *items;
    size_t count;
    size_t group; /* of what is added next */
    struct claimed_file *files;
    size_t file_count;
    /* Beside MRTDs, where the reading is exact: what was taken, and how often
     * each is spoken of, and was taken. */
    struct boot_claim *boot;
    size_t boot_count;
    /* What the layers around it say: that a service reports it (a token, which
     * is not verified), or that there is a signature. */
    bool is_token;
    bool is_enveloped;
    bool has_events; /* the form has a place for digests of events */
    bool is_of_uki;  /* a unified kernel image leads to the registers */
    struct boot_made *made;
    size_t made_count;
    size_t boot_said[BOOT_VALUES];
    size_t boot_taken[BOOT_VALUES];
};

/*
 * Reads an input. On success *claims has one MRTD at least and is to be freed
 * with claims_free(); on failure *claims holds nothing and *error says why,
 * about no file, since none is known here.
 */
bool claims_read(struct claims *claims, enum claims_kind kind,
                 enum claims_reading reading, const void *data, size_t size,
                 struct failure *error);
/*
 * claims_read(), which looks for MRTDs, for launch digests of any platform; and
 * where the user says what an environment of his own is called, in a CoRIM; own
 * may be NULL.
 */
bool claims_read_own(struct claims *claims, enum claims_kind kind,
                     enum claims_reading reading, enum mrtd_platform platform,
                     const struct environment_own *own, const void *data,
                     size_t size, struct failure *error);
void claims_free(struct claims *claims);

/* The kind of that name in --kind, or -1. */
int claims_kind_find(const char *name);
/* Their names, for messages. */
#define CLAIMS_KINDS                                                           \
    "hex, base64, quote, tdreport, tdinfo, snp-report, json, corim, coswid "   \
    "or policy"

/*
 * Is the firmware file one of those that the input describes: is each digest of
 * it right that is known here, and is there one? Also true if the input
 * describes no file.
 */
bool claims_tell_of(const struct claims *claims,
                    const struct claims_firmware *firmware);
/* claims_tell_of() for the file that a claim is about, if it says which. */
bool claims_are_of(const struct claims *claims, const struct claim *claim,
                   const struct claims_firmware *firmware);
/* Room for why a firmware is another file than that, in printable ASCII. */
#define CLAIMS_FILE_WHY 320
/* Where !claims_are_of(): what of the firmware is other than the input says. */
void claims_other_file(const struct claims *claims, const struct claim *claim,
                       const struct claims_firmware *firmware,
                       char why[CLAIMS_FILE_WHY]);
/* Does the input give a SHA-512? */
bool claims_need_sha512(const struct claims *claims);

/* Is the claim valid at that time? */
bool claims_valid_at(const struct claim *claim, int64_t seconds);

/* --- For the readers of single forms ----------------------------------- */

/* Fills *error; returns false. */
bool claims_fail(struct failure *error, const char *tag, uint64_t offset,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Remembers what looks like the statement of an MRTD and is not taken for one:
 * a name that is not known, a negation, something switched off. where and why
 * are made printable.
 */
void claims_pass_over(struct claims *claims, const char *where,
                      const char *why);

/*
 * The same for a value that the MRTD must not be. An input that says both of
 * one value is refused.
 */
bool claims_deny(struct claims *claims, enum mrtd_register id,
                 const uint8_t *digest, const char *where, const char *why,
                 struct failure *error);

/*
 * A value that is not spelled as the document's consumer compares it: refused
 * with that tag if the reading is exact; otherwise remembered.
 */
bool claims_misspelled(struct claims *claims, const char *tag, uint64_t offset,
                       const char *where, const char *why,
                       struct failure *error);

/*
 * Fails for an input in which no MRTD is left: with the text, and the first
 * thing that was skipped.
 */
bool claims_fail_empty(const struct claims *claims, const char *tag,
                       const char *text, struct failure *error);

/* Fails because memory is short. */
bool claims_no_memory(struct failure *error);

/* Makes room for one more item of that size: twice as much when a power of two
 * is full, since what is there may have to be copied. NULL: memory is short. */
void *claims_room(void *items, size_t count, size_t size);

/* What is added from here on is of a firmware file or rule of its own. */
void claims_begin_group(struct claims *claims);

/* Says what the input is, and what it is in. */
void claims_set_kind(struct claims *claims, const char *kind,
                     const char *wrapping);

/* Adds a claim as it is. */
bool claims_add_claim(struct claims *claims, const struct claim *claim,
                      struct failure *error);
/* Adds what a register must hold, a digest of its algorithm; or a piece of
 * evidence. */
bool claims_add(struct claims *claims, enum mrtd_register id,
                const uint8_t *digest, const char *where,
                struct failure *error);
bool claims_add_evidence(struct claims *claims, enum mrtd_evidence_kind kind,
                         const void *data, size_t size, const char *where,
                         struct failure *error);

/*
 * Says of the MRTD that was added last that it is that of a VMM; of
 * several, if called several times. The name has len bytes. One that is not
 * known is refused if the reading is exact, otherwise remembered.
 */
bool claims_label(struct claims *claims, const char *vmm, size_t len,
                  struct failure *error);

/*
 * Says of the MRTDs from that index on what their firmware file was taken for,
 * "tdvf" or "igvm"; anything else, NULL too, is refused.
 */
bool claims_image_format(struct claims *claims, size_t from, const char *name,
                         struct failure *error);

/*
 * Says of the MRTDs from that index on (0: of the whole input) when they are
 * valid, in seconds since 1970, both included; INT64_MIN and INT64_MAX where
 * there is no bound. What was said before holds as well.
 */
void claims_validity(struct claims *claims, size_t from, int64_t not_before,
                     int64_t not_after);
/* The seconds since 1970 of a date-time (RFC 3339, section 5.6) of len bytes;
 * fractions are cut off. */
bool claims_time(const char *text, size_t len, int64_t *seconds);
/* A time as such text in UTC, or a number where years have no four digits. */
#define CLAIMS_TIME_SIZE 32
void claims_time_text(char text[CLAIMS_TIME_SIZE], int64_t seconds);

/* Adds a firmware file of which nothing is known yet. */
bool claims_add_file(struct claims *claims, struct failure *error);
/* Adds a digest to the file that was added last. Another of the same kind that
 * differs is refused. */
bool claims_file_digest(struct claims *claims, enum claims_digest kind,
                        const uint8_t *digest, struct failure *error);
/* Adds the size of the file that was added last. */
bool claims_file_size(struct claims *claims, uint64_t size,
                      struct failure *error);
/* Says of the MRTD that was added last that it is of the file added last. */
void claims_of_last_file(struct claims *claims);

/*
 * The bytes that a text stands for in hexadecimal (with or without 0x, or in
 * pairs with colons between them) or base64 (either alphabet, padded or not),
 * white space left out; after "sha384:", a digest of that size; or a list of
 * numbers in brackets. To be freed; NULL if it is another text, with *size
 * left as it was, or out of memory, with *size SIZE_MAX.
 */
unsigned char *claims_decode_text(const char *text, size_t len, size_t *size);

/* claims.c: an input in which MRTDs are looked for. */
bool claims_read_tdx(struct claims *claims, enum claims_kind kind,
                     const unsigned char *data, size_t size,
                     struct failure *error);
/* claims_json.c: JSON text. */
bool claims_read_json(struct claims *claims, const char *text, size_t size,
                      struct failure *error);
/* claims_corim.c: CBOR with a CoRIM, signed or not. */
bool claims_read_corim(struct claims *claims, const unsigned char *data,
                       size_t size, const char *where, struct failure *error);
/* claims_coswid.c: CBOR with a CoSWID. */
bool claims_read_coswid(struct claims *claims, const unsigned char *data,
                        size_t size, struct failure *error);
/* claims_policy.c: text of go-tdx-guest or in Rego. */
bool claims_read_policy(struct claims *claims, const char *text, size_t size,
                        struct failure *error);

#endif
