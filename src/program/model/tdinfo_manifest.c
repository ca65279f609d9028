/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of td-shim-tee-info-hash (td-shim 125eeab, td-shim-tools/src/
 * tee_info_hash.rs, struct Manifest): JSON with hexadecimal bytes in the order
 * in which they are in TDINFO_STRUCT, ATTRIBUTES and XFAM included.
 */
#include <string.h>

#include "model/manifest_json.h"
#include "model/tdinfo.h"
#include "printable.h"

#define MEMBERS "attributes, xfam, mrconfigid, mrowner and mrownerconfig"

static bool take_number(const char *text, uint64_t *number)
{
    uint8_t bytes[8] = {0};
    if (!mrtd_hex_decode(bytes, sizeof bytes, text, strlen(text))) {
        return false;
    }
    *number = 0;
    for (unsigned i = 0; i < 8; i++) {
        *number |= (uint64_t)bytes[i] << (8 * i);
    }
    return true;
}

static enum exit_status take_member(struct mrtd_tdinfo *info, const char *file,
                                    const char *key, json_t *value,
                                    struct failure *failure)
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
                         : mrtd_hex_decode(members[i].digest, MRTD_DIGEST_SIZE,
                                           text, strlen(text)))) {
            return EXIT_DONE;
        }
        return failure_refused(failure, file, "manifest",
                               "the member \"%s\" is not a string of %d "
                               "hexadecimal digits",
                               key,
                               members[i].number ? 16 : 2 * MRTD_DIGEST_SIZE);
    }
    return failure_refused(failure, file, "manifest",
                           "the member \"%s\" is not one of " MEMBERS,
                           printable(key));
}

static enum exit_status take_all(struct mrtd_tdinfo *info,
                                 struct tdinfo_given *given, const char *name,
                                 json_t *root, struct failure *failure)
{
    struct mrtd_tdinfo made = *info;
    const char *key;
    json_t *value;
    enum exit_status status = EXIT_DONE;
    json_object_foreach(root, key, value)
    {
        status = take_member(&made, name, key, value, failure);
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
                                      const char *name, const char *text,
                                      size_t size, struct failure *failure)
{
    json_t *root;
    enum exit_status status = manifest_json(&root, name, text, size, failure);
    if (!status) {
        status = take_all(info, given, name, root, failure);
        json_decref(root);
    }
    return status;
}
