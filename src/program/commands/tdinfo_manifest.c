/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of td-shim-tee-info-hash (td-shim 125eeab, td-shim-tools/src/
 * tee_info_hash.rs, struct Manifest): JSON with hexadecimal bytes in the order
 * in which they stand in TDINFO_STRUCT, ATTRIBUTES and XFAM included.
 */
#include <string.h>

#include "commands/tdinfo.h"
#include "io/diagnostic.h"
#include "printable.h"
#include "report/json.h"

#define MEMBERS "attributes, xfam, mrconfigid, mrowner and mrownerconfig"

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) % 16 : -1;
}

/* size bytes of 2 * size digits. */
static bool decode(const char *text, uint8_t *bytes, size_t size)
{
    if (strlen(text) != 2 * size) {
        return false;
    }
    for (size_t i = 0; i < 2 * size; i++) {
        const int value = digit(text[i]);
        if (value < 0) {
            return false;
        }
        bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | value);
    }
    return true;
}

static bool take_number(const char *text, uint64_t *number)
{
    uint8_t bytes[8] = {0};
    if (!decode(text, bytes, sizeof bytes)) {
        return false;
    }
    *number = 0;
    for (unsigned i = 0; i < 8; i++) {
        *number |= (uint64_t)bytes[i] << (8 * i);
    }
    return true;
}

static enum exit_status take_member(struct mrtd_tdinfo *info, const char *file,
                                    const char *key, json_t *value)
{
    const struct {
        const char *key;
        uint64_t *number;
        uint8_t *digest;
    } members[] = {
        {"attributes", &info->attributes, NULL},
        {"xfam", &info->xfam, NULL},
        {"mrconfigid", NULL, info->mrconfigid},
        {"mrowner", NULL, info->mrowner},
        {"mrownerconfig", NULL, info->mrownerconfig},
    };
    const char *text = json_string_value(value);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strcmp(key, members[i].key) != 0) {
            continue;
        }
        if (text && (members[i].number
                         ? take_number(text, members[i].number)
                         : decode(text, members[i].digest, MRTD_DIGEST_SIZE))) {
            return EXIT_DONE;
        }
        diagnostic_file(file,
                        "the member \"%s\" is not a string of %d "
                        "hexadecimal digits [manifest]",
                        key, members[i].number ? 16 : 2 * MRTD_DIGEST_SIZE);
        return EXIT_REFUSED;
    }
    diagnostic_file(file, "the member \"%s\" is none of " MEMBERS " [manifest]",
                    printable(key));
    return EXIT_REFUSED;
}

static enum exit_status take_all(struct mrtd_tdinfo *info,
                                 struct tdinfo_given *given, const char *name,
                                 json_t *root)
{
    struct mrtd_tdinfo made = *info;
    const char *key;
    json_t *value;
    enum exit_status status = EXIT_DONE;
    json_object_foreach(root, key, value)
    {
        status = take_member(&made, name, key, value);
        if (status) {
            break;
        }
    }
    if (!status) {
        *info = made;
        given->attributes = json_object_get(root, "attributes") != NULL;
        given->xfam = json_object_get(root, "xfam") != NULL;
    }
    return status;
}

enum exit_status tdinfo_read_manifest(struct mrtd_tdinfo *info,
                                      struct tdinfo_given *given,
                                      const char *name)
{
    json_t *root;
    enum exit_status status = json_read_manifest(name, &root);
    if (!status) {
        status = take_all(info, given, name, root);
        json_decref(root);
    }
    return status;
}
