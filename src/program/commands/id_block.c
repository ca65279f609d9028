/* SPDX-License-Identifier: Apache-2.0 */
/* id-block: SEV-SNP's ID block and ID authentication information, signed. */
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/id_options.h"
#include "commands/publish.h"
#include "io/diagnostic.h"
#include "io/outfile.h"
#include "io/warden.h"

/* What messages of the process that signs call it. */
#define NAME "the ID block"

struct id_block_options {
    struct files files;
    struct identity_source common;
    struct identity_fields fields;
    const char *output;      /* output file of the block, or NULL */
    const char *auth_output; /* output file of the page */
};

/* --- Signing ------------------------------------------------------------- */

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
static enum exit_status make_page(struct id_facts *f)
{
    char *page = NULL;
    size_t size = 0;
    struct failure failure;
    id_block_encode(f->block_bytes, &f->block);
    enum exit_status status = warden_sign(NAME, (const char *)f->block_bytes,
                                          ID_BLOCK_SIZE, &page, &size);
    if (status) {
        return status;
    }
    memcpy(f->page, page, sizeof f->page);
    free(page);
    if (id_auth_read(&f->auth, NAME, f->page, f->block_bytes, &failure)) {
        return diagnostic_failure(&failure);
    }
    return id_wrong(f, 0, &failure) ? diagnostic_failure(&failure) : EXIT_DONE;
}

/* --- The command --------------------------------------------------------- */

static enum exit_status run(void *options)
{
    struct id_block_options *o = options;
    struct id_facts facts = {.file = NULL};
    enum exit_status status = identity_take_fields(&facts.block, &o->fields);
    if (!status) {
        status = warden_keys();
    }
    if (!status) {
        status = id_options_digest(&o->common, &o->files, &facts,
                                   facts.block.launch_digest);
    }
    if (!status) {
        status = make_page(&facts);
    }
    if (status) {
        return status;
    }
    id_warn(&facts, diagnostic_file);
    if (o->output) {
        status = outfile_write(o->output, facts.block_bytes, ID_BLOCK_SIZE);
    }
    if (!status && o->auth_output) {
        status = outfile_write(o->auth_output, facts.page, ID_AUTH_SIZE);
    }
    return status ? status
                  : publish_report(o->common.json ? id_options_print_json
                                                  : id_options_print,
                                   &facts, command_id_block.title);
}

/* --- The command line ---------------------------------------------------- */

static bool check(void *options)
{
    struct id_block_options *o = options;
    return identity_check_keys(&o->files, sign) &&
           options_write_files(&o->files) &&
           options_must(o->common.digest_text || o->files.operand_count > 0,
                        "id-block needs either a firmware file or --digest") &&
           identity_check(&o->common, &o->files, command_id_block.title);
}

static const struct option_row rows[] = {
    {OPTION("output", OUTPUT, struct id_block_options, output, OPTION_IS_FILE,
            "write the 96 bytes of the block there"),
     .letter = 'o', .writes = &id_block_kind},
    {OPTION("auth-output", OUTPUT, struct id_block_options, auth_output,
            OPTION_IS_FILE,
            "write the 4096 bytes of the authentication information there"),
     .writes = &id_auth_kind},
};

#define AT(member) offsetof(struct id_block_options, member)
const struct command command_id_block = {
    .word = "id-block",
    .title = "id-block",
    .fewest_files = 0,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct id_block_options),
    .uses = {{&identity_keys_table, AT(files)},
             {&identity_fields_table, AT(fields)},
             {OPTION_ROWS(rows), 0},
             {&identity_source_table, AT(common)},
             {&options_force, AT(files)},
             {&launching_vmm, AT(common.launching)},
             {&guest_launch, AT(common.launching)},
             {&guest_parts, AT(common.launching)},
             {&launching_permissive, AT(common.launching)},
             {&launching_whole, AT(common.launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "sign a launch digest as SEV-SNP's ID block, or verify one",
    .usage = {"id-block --id-key KEY.pem [OPTION]... FIRMWARE",
              "id-block --id-key KEY.pem [OPTION]... --digest HEX"},
    .text = "Makes the ID block and the ID authentication information with "
            "which a host must start an SEV-SNP guest. Prints them as QEMU "
            "takes them, and the digests of the keys, which reports have.",
    .examples = {"mrtd-calc id-block --id-key id.pem --author-key author.pem "
                 "--vcpus 4 --vcpu-type EPYC-v4 OVMF.fd",
                 "mrtd-calc id-block --verify block --id-auth page "
                 "--digest HEX"},
};
