/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_files.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Digests of the firmware file -------------------------------------- */

/* Names of digests: ours, and how in-toto's DigestSet spells them. */
static const char *const digest_keys[CLAIMS_DIGESTS] = {"sha256", "sha384",
                                                        "sha512"};

/* Which digest is meant by a name in any case, with or without hyphens;
 * CLAIMS_DIGESTS: none that is known. */
static size_t digest_meant(const char *key)
{
    char plain[8] = "";
    size_t used = 0;
    for (; *key && used < sizeof plain - 1; key++) {
        if (*key != '-' && *key != '_') {
            plain[used++] = (char)tolower((unsigned char)*key);
        }
    }
    size_t i = *key ? CLAIMS_DIGESTS : 0;
    while (i < CLAIMS_DIGESTS && strcmp(plain, digest_keys[i]) != 0) {
        i++;
    }
    return i;
}

/* A digest, in lower-case digits as those who compare it write it. */
static bool take_digest(struct claims *claims, const char *key, json_t *member,
                        size_t kind, struct failure *error)
{
    const size_t digits = 2 * claims_digest_sizes[kind];
    char where[80];
    size_t size = 0;
    unsigned char *bytes =
        json_is_string(member) && json_string_length(member) == digits
            ? claims_decode_text(json_string_value(member), digits, &size)
            : NULL;
    if (!bytes && size == SIZE_MAX) {
        return claims_no_memory(error);
    }
    if (size != digits / 2) {
        free(bytes);
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "the \"%s\" of a file is not %zu hexadecimal "
                           "digits",
                           digest_keys[kind], digits);
    }
    snprintf(where, sizeof where, "the \"%s\" of a file", key);
    const bool lower =
        strspn(json_string_value(member), "0123456789abcdef") == digits;
    const bool good =
        claims_file_digest(claims, (enum claims_digest)kind, bytes, error) &&
        (strcmp(key, digest_keys[kind]) == 0 ||
         claims_misspelled(claims, "against-digest", MRTD_NO_OFFSET, where,
                           "is not the name of the digest as it is compared, "
                           "which is in lower case and without hyphens",
                           error)) &&
        (lower ||
         claims_misspelled(claims, "against-digest", MRTD_NO_OFFSET, where,
                           "is not in lower-case digits", error));
    free(bytes);
    return good;
}

bool claims_files_take(struct claims *claims, json_t *object, bool only_digests,
                       struct failure *error)
{
    const char *key;
    json_t *member;
    bool good = claims_add_file(claims, error);
    json_object_foreach(object, key, member)
    {
        const size_t kind = digest_meant(key);
        if (kind < CLAIMS_DIGESTS) {
            good = good && take_digest(claims, key, member, kind, error);
        } else if (only_digests) {
            char where[80];
            snprintf(where, sizeof where, "the digest \"%s\" of a file", key);
            claims_pass_over(claims, where,
                             "only sha256, sha384 and sha512 are computed");
        }
    }
    return good;
}

bool claims_files_known(const struct claims *claims)
{
    const struct claimed_file *file = &claims->files[claims->file_count - 1];
    return file->has[CLAIMS_SHA256] || file->has[CLAIMS_SHA384] ||
           file->has[CLAIMS_SHA512];
}

bool claims_files_subjects(struct claims *claims, json_t *root,
                           struct failure *error)
{
    json_t *list = json_object_get(root, "subject");
    const size_t count = json_array_size(list);
    bool is_known = false;
    for (size_t i = 0; i < count; i++) {
        json_t *file = json_array_get(list, i);
        json_t *digests = json_object_get(file, "digest");
        if (json_object_size(digests) == 0) {
            return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                               "a \"subject\" of the in-toto statement has no "
                               "digests");
        }
        if (!claims_files_take(claims, digests, true, error)) {
            return false;
        }
        is_known |= claims_files_known(claims);
    }
    if (count == 0) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "the \"subject\" of the in-toto statement is not a "
                           "list of files");
    }
    return is_known ||
           claims_fail(error, "against-json", MRTD_NO_OFFSET,
                       "no \"subject\" of the in-toto statement has a digest "
                       "that is computed here: sha256, sha384 or sha512");
}
