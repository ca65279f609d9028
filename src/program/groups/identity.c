/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/identity.h"

#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "io/key.h"
#include "io/warden.h"
#include "options/values.h"
#include "printable.h"

/* POLICY without anything that is allowed but SMT: AMD 56860, Guest Policy. */
#define DEFAULT_POLICY 0x30000

/* --- The launch digest --------------------------------------------------- */

static enum exit_status take_digest(void *options, const char *value)
{
    struct identity_source *o = options;
    o->digest_text = value;
    return id_block_take_digest(value, o->digest)
               ? EXIT_DONE
               : diagnostic_usage("--digest needs a launch digest, 96 "
                                  "hexadecimal digits or their bytes in "
                                  "base64, not '%s'",
                                  printable(value));
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct identity_source, json, OPTION_ALONE,
            "print one JSON object")},
    {OPTION_CALL("digest", take_digest, OPTION_IS("HEX", "a digest"),
                 "the launch digest, instead of a firmware")},
};
const struct option_table identity_source_table = OPTION_TABLE(rows);

/* Was anything given that a firmware is launched with, or how it is read? */
static bool is_about_firmware(const struct launching *l)
{
    const struct launch_options *o = &l->launch;
    return guest_given(l) || l->vmm_count > 0 || o->permissive || o->limit ||
           o->image_format;
}

static bool check_source(struct identity_source *o, const struct files *files,
                         const char *title)
{
    struct launching *l = &o->launching;
    if (!options_must(!l->guest.platform ||
                          l->guest.platform == MRTD_PLATFORM_SNP,
                      "ID blocks are of --platform snp")) {
        return false;
    }
    l->guest.platform = MRTD_PLATFORM_SNP;
    return options_must(!o->digest_text || files->operand_count == 0,
                        "a firmware and --digest exclude each other") &&
           options_must(files->operand_count > 0 || !is_about_firmware(l),
                        "there is no firmware that --vmm, --vcpus, --kernel "
                        "and others like them could be for") &&
           options_read_stdin_once(files) &&
           launching_check(l, files, title, LAUNCHING_ONE) &&
           options_must(launch_count(&l->launch) == 1,
                        "an ID block is of one launch, and --vcpus or "
                        "--vcpu-type name several");
}

/* --- The fields ---------------------------------------------------------- */

static enum exit_status take_id(const char *option, const char *text,
                                uint8_t id[ID_SIZE])
{
    return !text || id_block_take_id(text, id)
               ? EXIT_DONE
               : diagnostic_usage("--%s needs 16 bytes: as many characters, or "
                                  "32 hexadecimal digits, not '%s'",
                                  option, printable(text));
}

static enum exit_status take_number(const char *option, const char *text,
                                    uint64_t most, uint64_t *number)
{
    return !text || option_number(text, most, number)
               ? EXIT_DONE
               : diagnostic_usage("--%s needs a number up to 0x%llx, not '%s'",
                                  option, (unsigned long long)most,
                                  printable(text));
}

enum exit_status identity_begin(struct id_block *block,
                                const struct identity_fields *fields)
{
    uint64_t svn = 0;
    block->policy = DEFAULT_POLICY;
    enum exit_status status =
        take_id("family-id", fields->family_id, block->family_id);
    if (!status) {
        status = take_id("image-id", fields->image_id, block->image_id);
    }
    if (!status) {
        status = take_number("guest-svn", fields->guest_svn, UINT32_MAX, &svn);
    }
    if (!status) {
        status =
            take_number("policy", fields->policy, UINT64_MAX, &block->policy);
    }
    block->guest_svn = (uint32_t)svn;
    return status ? status : warden_keys();
}

#define FIELD(name, member, argument, text)                                    \
    OPTION(name, TEXT, struct identity_fields, member, argument, text)
#define IS_BYTES OPTION_IS("ID", "16 bytes")
#define IS_N     OPTION_IS("N", "a number")

static const struct option_row rows_fields[] = {
    {FIELD(
        "family-id", family_id, IS_BYTES,
        "FAMILY_ID: 16 characters or 32 hexadecimal digits (default: zeros)")},
    {FIELD("image-id", image_id, IS_BYTES, "IMAGE_ID, likewise")},
    {FIELD("guest-svn", guest_svn, IS_N, "GUEST_SVN (default: 0)")},
    {FIELD("policy", policy, IS_N,
           "POLICY, which the guest must have (default: 0x30000)")},
};
const struct option_table identity_fields_table = OPTION_TABLE(rows_fields);

/* --- The keys ------------------------------------------------------------ */

#define SIGNING(name, member, argument, text)                                  \
    OPTION(name, TEXT, struct files, signing.member, argument, text)
#define IS_KEY OPTION_IS("KEY.pem", "a private key's file")
#define IS_FD  OPTION_IS("N", "a descriptor")

static const struct option_row rows_keys[] = {
    {SIGNING("id-key", keys[0].file, IS_KEY,
             "the key of P-384 that signs the block")},
    {SIGNING("passphrase-fd", keys[0].passphrase_fd, IS_FD,
             "read its passphrase there")},
    {SIGNING("author-key", keys[1].file, IS_KEY,
             "a key of P-384 that signs that key")},
    {SIGNING("author-passphrase-fd", keys[1].passphrase_fd, IS_FD,
             "read its passphrase there")},
};
const struct option_table identity_keys_table = OPTION_TABLE(rows_keys);

/* What messages of the process that signs call it. */
#define NAME "the ID block"

/* A signing_fn, for the process that has the keys. */
static enum exit_status sign(struct evp_pkey_st *const keys[SIGNING_KEYS],
                             const char *signer, const char *name,
                             const char *payload, size_t size, char **out,
                             size_t *out_size)
{
    struct failure failure;
    (void)signer;
    if (size != ID_BLOCK_SIZE) {
        return EXIT_IO;
    }
    uint8_t *page = malloc(ID_AUTH_SIZE);
    if (!page) {
        return diagnostic_no_memory(name);
    }
    if (id_auth_sign(page, keys[0], keys[1], name, (const uint8_t *)payload,
                     &failure)) {
        free(page);
        return diagnostic_failure(&failure);
    }
    *out = (char *)page;
    *out_size = ID_AUTH_SIZE;
    return EXIT_DONE;
}

/* Has the block signed, and verifies that. */
enum exit_status identity_sign(struct id_facts *facts)
{
    char *page = NULL;
    size_t size = 0;
    struct failure failure;
    id_block_encode(facts->block_bytes, &facts->block);
    enum exit_status status = warden_sign(
        NAME, (const char *)facts->block_bytes, ID_BLOCK_SIZE, &page, &size);
    if (status) {
        return status;
    }
    memcpy(facts->page, page, sizeof facts->page);
    free(page);
    if (id_auth_read(&facts->auth, NAME, facts->page, facts->block_bytes,
                     &failure)) {
        return diagnostic_failure(&failure);
    }
    return id_wrong(facts, 0, &failure) ? diagnostic_failure(&failure)
                                        : EXIT_DONE;
}

bool identity_check_making(struct identity_source *source, struct files *files,
                           const char *title)
{
    struct signing *s = &files->signing;
    s->sign = sign;
    s->is_p384 = true;
    s->keys[0].fd_option = "--passphrase-fd";
    s->keys[1].fd_option = "--author-passphrase-fd";
    return options_must(s->keys[0].file != NULL,
                        "id-block needs --id-key KEY.pem, which signs the "
                        "block; --verify reads one") &&
           options_must(!s->keys[1].passphrase_fd || s->keys[1].file,
                        "--author-passphrase-fd is for --author-key") &&
           options_write_files(files) &&
           options_must(source->digest_text || files->operand_count > 0,
                        "id-block needs either a firmware file or --digest") &&
           check_source(source, files, title);
}

/* --- What a block is compared with --------------------------------------- */

/* Is the key in the file that of the digest, if there is one? */
static enum exit_status compare_key(const char *name, bool has,
                                    const uint8_t digest[MRTD_DIGEST_SIZE],
                                    enum id_match *match)
{
    uint8_t own[MRTD_DIGEST_SIZE];
    struct evp_pkey_st *key = NULL;
    if (!name) {
        return EXIT_DONE;
    }
    const enum exit_status status = key_read_public(&key, name, true);
    if (status) {
        return status;
    }
    const bool good = id_auth_key_digest(own, key);
    key_free(key);
    if (!good) {
        return diagnostic_no_memory(name);
    }
    *match = id_match_of(has && memcmp(own, digest, sizeof own) == 0);
    return EXIT_DONE;
}

static enum exit_status compare_keys(const struct identity_expected *o,
                                     struct id_facts *f)
{
    const enum exit_status status =
        compare_key(o->key, true, f->auth.id_key_digest, &f->id_key);
    return status ? status
                  : compare_key(o->author, f->auth.has_author,
                                f->auth.author_key_digest, &f->author_key);
}

/* Base64 of a page, with white space, has no more. */
#define MAX_SIZE 65536

enum exit_status identity_read(const struct identity_expected *expected,
                               struct id_facts *f)
{
    struct id_content block = {.name = expected->block};
    struct id_content page = {.name = expected->page};
    struct failure failure;
    enum exit_status status =
        input_small(block.name, MAX_SIZE, "ID block", "id-block", &block.bytes,
                    &block.size);
    if (!status) {
        status =
            input_small(page.name, MAX_SIZE, "ID authentication information",
                        "id-auth", &page.bytes, &page.size);
    }
    if (!status && id_read(f, &block, &page, &failure)) {
        status = diagnostic_failure(&failure);
    }
    free(block.bytes);
    free(page.bytes);
    return status ? status : compare_keys(expected, f);
}

#define INPUT(name, member, argument, text)                                    \
    OPTION(name, INPUT, struct identity_expected, member, argument, text)
#define IS_PUBLIC OPTION_IS("PUB.pem", "a public key's file")

static const struct option_row rows_expected[] = {
    {INPUT("verify", block, OPTION_IS_FILE,
           "say what that ID block is, and whether it is signed")},
    {INPUT("id-auth", page, OPTION_IS_FILE,
           "with --verify: the ID authentication information")},
    {INPUT("key", key, IS_PUBLIC, "with --verify: ID_KEY must be this one")},
    {INPUT("author", author, IS_PUBLIC,
           "with --verify: AUTHOR_KEY must be this")},
};
const struct option_table identity_expected_table = OPTION_TABLE(rows_expected);

bool identity_check_verifying(const struct identity_expected *expected,
                              struct identity_source *source,
                              const struct files *files, const char *title)
{
    return options_must(expected->page != NULL,
                        "--verify BLOCK needs --id-auth PAGE, the ID "
                        "authentication information beside it") &&
           check_source(source, files, title);
}
