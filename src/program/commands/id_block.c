/* SPDX-License-Identifier: Apache-2.0 */
/* id-block: SEV-SNP's ID block and ID authentication information, signed; and
 * with --verify, what they say, who signed them and whose they are. */
#include <string.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "groups/identity.h"
#include "io/diagnostic.h"
#include "io/outfile.h"
#include "report/id_block.h"

struct id_block_options {
    struct files files;
    struct identity_source source;
    struct identity_fields fields;
    struct identity_expected expected;
    const char *output;      /* output file of the block, or NULL */
    const char *auth_output; /* output file of the page, or NULL */
};

/* The launch digest of the firmware, or that which is given. */
static enum exit_status find_digest(const struct id_block_options *o,
                                    struct id_facts *f,
                                    uint8_t digest[MRTD_DIGEST_SIZE])
{
    struct mrtd_value value;
    if (o->files.operand_count == 0) {
        memcpy(digest, o->source.digest, MRTD_DIGEST_SIZE);
        return EXIT_DONE;
    }
    f->file = o->files.operands[0];
    const enum exit_status status =
        open_measure(&o->source.launching.launch, f->file, &value, &f->vmm);
    if (!status) {
        memcpy(digest, value.digest.bytes, MRTD_DIGEST_SIZE);
    }
    return status;
}

/* --- Making --------------------------------------------------------------- */

static enum exit_status run(void *options)
{
    const struct id_block_options *o = options;
    struct id_facts facts = {.file = NULL};
    enum exit_status status = identity_begin(&facts.block, &o->fields);
    if (!status) {
        status = find_digest(o, &facts, facts.block.launch_digest);
    }
    if (!status) {
        status = identity_sign(&facts);
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
    return status
               ? status
               : outfile_report(o->source.json ? id_block_json : id_block_text,
                                &facts, command_id_block.title);
}

static bool check(void *options)
{
    struct id_block_options *o = options;
    return identity_check_making(&o->source, &o->files, "id-block");
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
             {&identity_source_table, AT(source)},
             {&options_force, AT(files)},
             {&launching_vmm, AT(source.launching)},
             {&guest_platform_snp, AT(source.launching)},
             {&guest_machine, AT(source.launching)},
             {&guest_firmware, AT(source.launching)},
             {&launching_permissive, AT(source.launching)},
             {&launching_whole, AT(source.launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "sign a launch digest as SEV-SNP's ID block, or verify one",
    .usage = {"id-block --id-key KEY.pem [OPTION]... FIRMWARE",
              "id-block --id-key KEY.pem [OPTION]... --digest HEX"},
    .text = "Makes the ID block and the ID authentication information with "
            "which a host must start an SEV-SNP guest. Prints them as QEMU "
            "takes them, and the digests of the keys, which reports have.",
    .examples = {"mrtd-calc id-block --id-key id.pem --vcpus 4 --vcpu-type "
                 "EPYC-v4 OVMF.fd",
                 "mrtd-calc id-block --verify block --id-auth page "
                 "--digest HEX"},
};

/* --- Verifying ------------------------------------------------------------ */

/* Is the block's digest that which is asked for? */
static enum exit_status compare_digest(const struct id_block_options *o,
                                       struct id_facts *f)
{
    uint8_t digest[MRTD_DIGEST_SIZE] = {0};
    const enum exit_status status = find_digest(o, f, digest);
    f->digest =
        id_match_of(memcmp(digest, f->block.launch_digest, sizeof digest) == 0);
    return status;
}

/* Prints it, and then what is wrong, which JSON has in its members. */
static enum exit_status verify(void *options)
{
    const struct id_block_options *o = options;
    struct id_facts f = {.file = NULL};
    struct failure failure;
    enum exit_status status = identity_read(&o->expected, &f);
    if (!status && (o->source.digest_text || o->files.operand_count > 0)) {
        status = compare_digest(o, &f);
    }
    if (status) {
        return status;
    }
    id_warn(&f, diagnostic_file);
    if (!(o->source.json ? id_block_json : id_block_text)(output_stream(),
                                                          &f)) {
        return diagnostic_no_memory(command_id_verify.title);
    }
    for (size_t i = 0; !o->source.json && id_wrong(&f, i, &failure); i++) {
        diagnostic_failure(&failure);
    }
    return id_is_right(&f) ? EXIT_DONE : EXIT_DIFFERS;
}

static bool check_verify(void *options)
{
    struct id_block_options *o = options;
    return identity_check_verifying(&o->expected, &o->source, &o->files,
                                    "id-block --verify");
}

const struct command command_id_verify = {
    .word = "id-block",
    .option = "verify",
    .title = "id-block --verify",
    .fewest_files = 0,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct id_block_options),
    .uses = {{&identity_expected_table, AT(expected)},
             {&identity_source_table, AT(source)},
             {&launching_vmm, AT(source.launching)},
             {&guest_platform_snp, AT(source.launching)},
             {&guest_machine, AT(source.launching)},
             {&guest_firmware, AT(source.launching)},
             {&launching_permissive, AT(source.launching)},
             {&launching_whole, AT(source.launching)},
             {&options_of_all, 0}},
    .check = check_verify,
    .run = verify,
    .usage = {"id-block --verify BLOCK --id-auth PAGE [OPTION]... [FIRMWARE]"},
};
