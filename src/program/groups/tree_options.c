/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/tree_options.h"

#include <inttypes.h>
#include <string.h>

#include "io/diagnostic.h"
#include "options/values.h"
#include "printable.h"

/* --- Arguments --------------------------------------------------------- */

/* What the options are taken to, with its defaults from the first on. */
static struct verity_request *request(void *options)
{
    struct verity_request *r = &((struct tree_options *)options)->request;
    if (r->verity.struct_size == 0) {
        verity_request_begin(r);
    }
    return r;
}

static enum exit_status take_number(const char *option, const char *value,
                                    uint64_t least, uint64_t most,
                                    uint64_t *number)
{
    return option_number(value, most, number) && *number >= least
               ? EXIT_DONE
               : diagnostic_usage("--%s needs a number from %" PRIu64
                                  " to %" PRIu64 ", not '%s'",
                                  option, least, most, printable(value));
}

static enum exit_status take_size(void *options, enum verity_field field,
                                  const char *option, const char *value,
                                  uint32_t *size)
{
    uint64_t number = 0;
    const enum exit_status status =
        take_number(option, value, 1, UINT32_MAX, &number);
    request(options)->given |= field;
    *size = (uint32_t)number;
    return status;
}

static enum exit_status take_type(void *options, const char *value)
{
    struct verity_request *r = request(options);
    uint64_t number = 0;
    if (r->given & VERITY_TYPE) {
        return diagnostic_usage("--type and --format are one option");
    }
    r->given |= VERITY_TYPE;
    if (!option_number(value, 1, &number)) {
        return diagnostic_usage("--type needs 1, or 0 for Chrome OS's, not "
                                "'%s'",
                                printable(value));
    }
    r->verity.hash_type = (uint32_t)number;
    return EXIT_DONE;
}

static enum exit_status take_algorithm(void *options, const char *value)
{
    struct verity_request *r = request(options);
    r->given |= VERITY_ALGORITHM;
    if (!*value || strlen(value) >= sizeof r->verity.algorithm) {
        return diagnostic_usage("--hash needs the name of a hash algorithm, as "
                                "sha256, not '%s'",
                                printable(value));
    }
    memset(r->verity.algorithm, 0, sizeof r->verity.algorithm);
    memcpy(r->verity.algorithm, value, strlen(value));
    return EXIT_DONE;
}

static enum exit_status take_data_block_size(void *options, const char *value)
{
    return take_size(options, VERITY_DATA_BLOCK_SIZE, "data-block-size", value,
                     &request(options)->verity.data_block_size);
}

static enum exit_status take_hash_block_size(void *options, const char *value)
{
    return take_size(options, VERITY_HASH_BLOCK_SIZE, "hash-block-size", value,
                     &request(options)->verity.hash_block_size);
}

static enum exit_status take_blocks(void *options, const char *value)
{
    struct verity_request *r = request(options);
    if (r->given & VERITY_BLOCKS) {
        return diagnostic_usage("--blocks and --data-blocks are one option");
    }
    r->given |= VERITY_BLOCKS;
    return take_number("blocks", value, 1, UINT64_MAX, &r->verity.data_blocks);
}

static enum exit_status take_salt(void *options, const char *value)
{
    struct verity_request *r = request(options);
    r->given |= VERITY_SALT;
    return verity_take_salt(&r->verity, value)
               ? EXIT_DONE
               : diagnostic_usage("--salt needs hexadecimal digits of up to "
                                  "256 bytes, or '-' for none, not '%s'",
                                  printable(value));
}

static enum exit_status take_root(void *options, const char *value)
{
    struct verity_request *r = request(options);
    r->given |= VERITY_ROOT;
    return verity_take_root(r, value)
               ? EXIT_DONE
               : diagnostic_usage("--root-hash needs a digest, two "
                                  "hexadecimal digits a byte, not '%s'",
                                  printable(value));
}

static enum exit_status take_partition(void *options, const char *value)
{
    uint64_t number = 0;
    const enum exit_status status =
        take_number("partition", value, 1, UINT32_MAX, &number);
    request(options)->partition = (uint32_t)number;
    return status;
}

static enum exit_status take_hash_partition(void *options, const char *value)
{
    uint64_t number = 0;
    const enum exit_status status =
        take_number("hash-partition", value, 1, UINT32_MAX, &number);
    request(options)->hash_partition = (uint32_t)number;
    return status;
}

static enum exit_status take_offset(struct tree_options *o)
{
    struct verity_request *r = request(o);
    r->has_hash_offset = true;
    return take_number("hash-offset", o->hash_offset, 0, UINT64_MAX,
                       &r->hash_offset);
}

/* --- Table ------------------------------------------------------------- */

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct tree_options, member, argument, text)
#define IS_NUMBER OPTION_IS("N", "a number")

static const struct option_row rows[] = {
    {OPTION_CALL("partition", take_partition, IS_NUMBER,
                 "the data are in this partition (default: the whole image)")},
    {OPTION_CALL("hash-partition", take_hash_partition, IS_NUMBER,
                 "the tree is in this one")},
    {OWN("hash-device", INPUT, hash_device, OPTION_IS_FILE,
         "the tree is in this file")},
    {OWN("hash-offset", TEXT, hash_offset, IS_NUMBER,
         "where superblock or tree begin; alone: in the image, after the "
         "data")},
    {OWN("no-superblock", FLAG, no_superblock, OPTION_ALONE,
         "there is a tree without one")},
    {OWN("params", TEXT, params, OPTION_IS("LINE", "Kata's line"),
         "root_hash=...,salt=...,... of Kata Containers")},
    {OPTION_CALL("root-hash", take_root, OPTION_IS("HEX", "digits"),
                 "compare with it")},
    {OPTION_CALL("salt", take_salt, OPTION_IS("HEX", "digits, or '-'"),
                 "the salt; '-' where there is no salt")},
    {OPTION_CALL("hash", take_algorithm, OPTION_IS_NAME,
                 "hash algorithm (default: sha256)")},
    {OPTION_CALL("type", take_type, OPTION_IS("0|1", "0 or 1"),
                 "hash type (default: 1)")},
    {OPTION_CALL("format", take_type, OPTION_IS("0|1", "0 or 1"),
                 "the same, as veritysetup has it")},
    {OPTION_CALL("data-block-size", take_data_block_size, IS_NUMBER,
                 "bytes of a data block (default: 4096)")},
    {OPTION_CALL("hash-block-size", take_hash_block_size, IS_NUMBER,
                 "bytes of a hash block (default: 4096)")},
    {OPTION_CALL("blocks", take_blocks, IS_NUMBER,
                 "data blocks (default: all whole ones)")},
    {OPTION_CALL("data-blocks", take_blocks, IS_NUMBER,
                 "the same, as veritysetup has it")},
};
const struct option_table tree_options = OPTION_TABLE(rows);

/* --- Checks ------------------------------------------------------------ */

bool tree_options_check(struct tree_options *o)
{
    struct verity_request *r = request(o);
    struct failure failure;
    r->no_superblock = o->no_superblock;
    const enum exit_status status =
        o->params ? verity_take_params(r, "--params", o->params, &failure)
                  : EXIT_DONE;
    if (status == EXIT_USAGE) {
        diagnostic_usage("%s", failure.message);
    } else if (status) {
        diagnostic_failure(&failure);
    }
    if (status) {
        return false;
    }
    return (!o->hash_offset || !take_offset(o)) &&
           OPTIONS_EXCLUDE({"--hash-device", o->hash_device != NULL},
                           {"--hash-partition", r->hash_partition > 0}) &&
           options_must(!r->hash_partition || r->partition,
                        "--hash-partition is for --partition") &&
           options_must(r->partition != r->hash_partition || !r->partition,
                        "--partition and --hash-partition name the same one") &&
           options_must(!r->no_superblock || o->hash_device ||
                            r->hash_partition || r->has_hash_offset,
                        "--no-superblock is for a tree: --hash-device, "
                        "--hash-partition or --hash-offset say where it is");
}
