/* SPDX-License-Identifier: Apache-2.0 */
/* The line of parameters by which Kata Containers names a guest image
 * (kernel_verity_params), and numbers and digits in it. */
#include <stdlib.h>
#include <string.h>

#include "model/verity.h"
#include "printable.h"

void verity_request_begin(struct verity_request *request)
{
    *request = (struct verity_request){.given = 0};
    mrtd_verity_defaults(&request->verity);
}

bool verity_take_salt(struct mrtd_verity *v, const char *text)
{
    const size_t digits = strlen(text);
    const size_t size = digits / 2;
    if (strcmp(text, "-") == 0) {
        v->salt_size = 0;
        return true;
    }
    if (digits == 0 || digits % 2 != 0 || size > sizeof v->salt ||
        !mrtd_hex_decode(v->salt, size, text, digits)) {
        return false;
    }
    v->salt_size = (uint32_t)size;
    return true;
}

bool verity_take_root(struct verity_request *r, const char *text)
{
    const size_t digits = strlen(text);
    const size_t size = digits / 2;
    if (digits == 0 || digits % 2 != 0 || size > sizeof r->root ||
        !mrtd_hex_decode(r->root, size, text, digits)) {
        return false;
    }
    r->root_size = (uint32_t)size;
    return true;
}

static bool take_number(const char *text, uint64_t most, uint64_t *number)
{
    static const char digits[] = "0123456789";
    const size_t len = strlen(text);
    char *end = NULL;
    if (len == 0 || len > 19 || strspn(text, digits) != len) {
        return false;
    }
    *number = strtoull(text, &end, 10);
    return *number > 0 && *number <= most;
}

static bool take_size(const char *text, uint32_t *size)
{
    uint64_t number = 0;
    if (!take_number(text, UINT32_MAX, &number)) {
        return false;
    }
    *size = (uint32_t)number;
    return true;
}

static bool take_value(struct verity_request *r, enum verity_field field,
                       const char *value)
{
    struct mrtd_verity *v = &r->verity;
    switch (field) {
    case VERITY_ROOT:
        return verity_take_root(r, value);
    case VERITY_SALT:
        return verity_take_salt(v, value);
    case VERITY_BLOCKS:
        return take_number(value, UINT64_MAX, &v->data_blocks);
    case VERITY_DATA_BLOCK_SIZE:
        return take_size(value, &v->data_block_size);
    default:
        return take_size(value, &v->hash_block_size);
    }
}

/* One "NAME=VALUE" of what is called so in messages. */
static enum exit_status take_field(struct verity_request *r, const char *what,
                                   char *field, unsigned *taken,
                                   struct failure *failure)
{
    static const struct {
        const char *name;
        enum verity_field field;
        const char *option;
        const char *what;
    } fields[] = {
        {"root_hash", VERITY_ROOT, "--root-hash",
         "a digest, two hexadecimal digits a byte"},
        {"salt", VERITY_SALT, "--salt",
         "two hexadecimal digits a byte, of 256 at most, or '-'"},
        {"data_blocks", VERITY_BLOCKS, "--blocks",
         "a decimal number from 1 of at most 19 digits"},
        {"data_block_size", VERITY_DATA_BLOCK_SIZE, "--data-block-size",
         "a decimal number from 1 to 4294967295"},
        {"hash_block_size", VERITY_HASH_BLOCK_SIZE, "--hash-block-size",
         "a decimal number from 1 to 4294967295"},
    };
    char *value = strchr(field, '=');
    size_t i = 0;
    if (value) {
        *value++ = '\0';
    }
    while (i < sizeof fields / sizeof *fields &&
           strcmp(fields[i].name, field) != 0) {
        i++;
    }
    if (!value || i == sizeof fields / sizeof *fields) {
        return failure_usage(failure,
                             "%s has no field '%s'; its fields are root_hash, "
                             "salt, data_blocks, data_block_size and "
                             "hash_block_size",
                             what, printable(field));
    }
    if (*taken & fields[i].field) {
        return failure_usage(failure, "%s has %s twice", what, fields[i].name);
    }
    if (r->given & fields[i].field) {
        return failure_usage(failure, "%s is given, and %s in %s",
                             fields[i].option, fields[i].name, what);
    }
    *taken |= fields[i].field;
    return take_value(r, fields[i].field, value)
               ? EXIT_DONE
               : failure_usage(failure, "%s: %s is %s, not '%s'", what,
                               fields[i].name, fields[i].what,
                               printable(value));
}

enum exit_status verity_take_params(struct verity_request *r, const char *what,
                                    const char *text, struct failure *failure)
{
    char *copy = strdup(text);
    unsigned taken = 0;
    enum exit_status status = EXIT_DONE;
    if (!copy) {
        return failure_memory(failure, NULL);
    }
    for (char *field = copy; !status && field;) {
        char *comma = strchr(field, ',');
        if (comma) {
            *comma++ = '\0';
        }
        status = take_field(r, what, field, &taken, failure);
        field = comma;
    }
    free(copy);
    /* Kata's line has it always: it is what is compared. */
    if (!status && !(taken & VERITY_ROOT)) {
        status = failure_usage(failure, "%s names no root_hash", what);
    }
    r->given |= taken;
    return status;
}
