/* SPDX-License-Identifier: Apache-2.0 */
/* id-block --verify: what an ID block says, who signed it, and whose it is. */
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/id_options.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "io/key.h"

/* Base64 of a page with white space has no more. */
#define MAX_SIZE 65536

struct id_verify_options {
    struct files files;
    struct identity_source common;
    const char *block;
    const char *page;   /* these or NULL */
    const char *key;    /* file of a public key */
    const char *author; /* the same */
};

static enum exit_status read_file(const char *name, uint8_t *bytes, size_t size,
                                  const char *what, const char *code)
{
    struct input input;
    struct failure failure;
    char *content = NULL;
    size_t content_size = 0;
    enum exit_status status = input_open(&input, name);
    if (status) {
        return status;
    }
    if (input.size > MAX_SIZE) {
        diagnostic_file(name, "more than %d bytes are not %s [%s]", MAX_SIZE,
                        what, code);
        status = EXIT_REFUSED;
    } else {
        status = input_load(&input, &content, &content_size);
    }
    input_close(&input);
    if (!status && id_block_take_bytes(bytes, size, name, content, content_size,
                                       what, code, &failure)) {
        status = diagnostic_failure(&failure);
    }
    free(content);
    return status;
}

static enum exit_status read_facts(const struct id_verify_options *o,
                                   struct id_facts *f)
{
    struct failure failure;
    f->block_name = o->block;
    f->page_name = o->page;
    enum exit_status status = read_file(o->block, f->block_bytes, ID_BLOCK_SIZE,
                                        "an ID block", "id-block");
    if (!status) {
        status = read_file(o->page, f->page, ID_AUTH_SIZE,
                           "ID authentication information", "id-auth");
    }
    if (status) {
        return status;
    }
    if (id_block_decode(&f->block, o->block, f->block_bytes, &failure) ||
        id_auth_read(&f->auth, o->page, f->page, f->block_bytes, &failure)) {
        return diagnostic_failure(&failure);
    }
    return EXIT_DONE;
}

/* Is the key in the file that of the digest, if there is one? */
static enum exit_status compare_key(const char *name, bool has,
                                    const uint8_t digest[MRTD_DIGEST_SIZE],
                                    enum id_match *match)
{
    uint8_t own[MRTD_DIGEST_SIZE];
    EVP_PKEY *key = NULL;
    if (!name) {
        return EXIT_DONE;
    }
    const enum exit_status status = key_read_public(&key, name, true);
    if (status) {
        return status;
    }
    const bool good = id_auth_key_digest(own, key);
    EVP_PKEY_free(key);
    if (!good) {
        return diagnostic_no_memory(name);
    }
    *match = id_match_of(has && memcmp(own, digest, sizeof own) == 0);
    return EXIT_DONE;
}

static enum exit_status compare_digest(const struct id_verify_options *o,
                                       struct id_facts *f)
{
    uint8_t own[MRTD_DIGEST_SIZE];
    if (!o->common.digest_text && o->files.operand_count == 0) {
        return EXIT_DONE;
    }
    const enum exit_status status =
        id_options_digest(&o->common, &o->files, f, own);
    if (!status) {
        f->digest =
            id_match_of(memcmp(own, f->block.launch_digest, sizeof own) == 0);
    }
    return status;
}

/* Prints it, and then what is wrong. */
static enum exit_status tell(const struct id_verify_options *o,
                             const struct id_facts *f)
{
    enum exit_status status = EXIT_DONE;
    struct failure failure;
    id_warn(f, diagnostic_file);
    if (f->id_key == ID_NOT_ASKED) {
        diagnostic_file(f->page_name,
                        "note: a signature is compared with the key beside it; "
                        "whose key that is, its digest says, or --key PUB.pem "
                        "asks [signature]");
    }
    if (!(o->common.json ? id_options_print_json
                         : id_options_print)(output_stream(), f)) {
        return diagnostic_no_memory(command_id_verify.title);
    }
    for (size_t i = 0; id_wrong(f, i, &failure); i++) {
        status = diagnostic_failure(&failure);
    }
    return status;
}

static enum exit_status run(void *options)
{
    const struct id_verify_options *o = options;
    struct id_facts facts = {.file = NULL};
    enum exit_status status = read_facts(o, &facts);
    if (!status) {
        status =
            compare_key(o->key, true, facts.auth.id_key_digest, &facts.id_key);
    }
    if (!status) {
        status = compare_key(o->author, facts.auth.has_author,
                             facts.auth.author_key_digest, &facts.author_key);
    }
    if (!status) {
        status = compare_digest(o, &facts);
    }
    return status ? status : tell(o, &facts);
}

static bool check(void *options)
{
    struct id_verify_options *o = options;
    return options_must(o->page != NULL,
                        "--verify BLOCK needs --id-auth PAGE, the ID "
                        "authentication information beside it") &&
           identity_check(&o->common, &o->files, command_id_verify.title);
}

#define OWN(name, member, argument, text)                                      \
    OPTION(name, INPUT, struct id_verify_options, member, argument, text)
#define IS_KEY OPTION_IS("PUB.pem", "a public key's file")

static const struct option_row rows[] = {
    {OWN("verify", block, OPTION_IS_FILE,
         "say what that ID block is, and whether it is signed")},
    {OWN("id-auth", page, OPTION_IS_FILE,
         "with --verify: the ID authentication information")},
    {OWN("key", key, IS_KEY, "with --verify: ID_KEY must be this one")},
    {OWN("author", author, IS_KEY, "with --verify: AUTHOR_KEY must be this")},
};

#define AT(member) offsetof(struct id_verify_options, member)
const struct command command_id_verify = {
    .word = "id-block",
    .option = "verify",
    .title = "id-block --verify",
    .fewest_files = 0,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct id_verify_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&identity_source_table, AT(common)},
             {&launching_vmm, AT(common.launching)},
             {&guest_launch, AT(common.launching)},
             {&guest_parts, AT(common.launching)},
             {&launching_permissive, AT(common.launching)},
             {&launching_whole, AT(common.launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .usage = {"id-block --verify BLOCK --id-auth PAGE [OPTION]... [FIRMWARE]"},
};
