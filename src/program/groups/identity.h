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

/* Is there one launch at most, of a file or by its digest? False where
 * something was said on stderr. */
bool identity_check(struct identity_source *o, const struct files *files,
                    const char *title);

/* What else is in a block; as given, or NULL. */
struct identity_fields {
    const char *family_id;
    const char *image_id;
    const char *guest_svn;
    const char *policy;
};
extern const struct option_table identity_fields_table;

/* Fills these fields, or says why not. */
enum exit_status identity_take_fields(struct id_block *block,
                                      const struct identity_fields *fields);

/* For struct files: the ID key and the author's. */
extern const struct option_table identity_keys_table;
/* Are they given? Then warden_keys() can read them. */
bool identity_check_keys(struct files *files);
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

/* Reads block and page, and compares the keys with those that are given. */
enum exit_status identity_read(const struct identity_expected *expected,
                               struct id_facts *facts);

#endif
