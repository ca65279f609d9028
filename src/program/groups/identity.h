/* SPDX-License-Identifier: Apache-2.0 */
/* Options about ID blocks of SEV-SNP. */
#ifndef GROUPS_IDENTITY_H
#define GROUPS_IDENTITY_H

#include "groups/launching.h"
#include "model/id_block.h"

/* Whose launch digest is meant. */
struct identity_source {
    struct launching launching;
    bool json;
    const char *digest_text; /* as given, or NULL */
    uint8_t digest[MRTD_DIGEST_SIZE];
};

/* --json and --digest. */
extern const struct option_table identity_source_table;

/* What else is in a block; as given, or NULL. */
struct identity_fields {
    const char *family_id;
    const char *image_id;
    const char *guest_svn;
    const char *policy;
};
extern const struct option_table identity_fields_table;

/* Fills these fields, and reads the keys. */
enum exit_status identity_begin(struct id_block *block,
                                const struct identity_fields *fields);

/* For struct files: the ID key and the author's. */
extern const struct option_table identity_keys_table;
/* Are a key, one launch at most, of a file or by its digest, and files for what
 * is written given? False where something was said on stderr; otherwise
 * warden_keys() can read the keys. */
bool identity_check_making(struct identity_source *source, struct files *files,
                           const char *title);
/* Makes the page of the block in facts, and verifies it. */
enum exit_status identity_sign(struct id_facts *facts);

/* What is verified, and with which keys; or NULL. */
struct identity_expected {
    const char *block;
    const char *page;
    const char *key; /* file of a public key, as of the next one */
    const char *author;
};
extern const struct option_table identity_expected_table;

/* Are they given, and one launch at most? */
bool identity_check_verifying(const struct identity_expected *expected,
                              struct identity_source *source,
                              const struct files *files, const char *title);

/* Reads block and page, and compares the keys with those that are given. */
enum exit_status identity_read(const struct identity_expected *expected,
                               struct id_facts *facts);

#endif
