/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_lists.h"

#include <string.h>

#include "reference/claims_boot.h"
#include "reference/claims_forms.h"
#include "reference/claims_walk.h"

static const struct {
    const char *kind;
    bool (*is)(json_t *root);
    bool (*read)(struct claims *claims, json_t *root, struct failure *error);
} lists[] = {
    {"measurement file of flashbots", flashbots_is, flashbots_read},
    {"measurements of Tinfoil", tinfoil_is, tinfoil_read},
};

#define LISTS (sizeof lists / sizeof *lists)

/* Which of them it is, or their number. */
static size_t find(json_t *root)
{
    size_t i = 0;
    while (i < LISTS && !lists[i].is(root)) {
        i++;
    }
    return i;
}

const char *lists_kind(json_t *root)
{
    const size_t i = find(root);
    return i < LISTS ? lists[i].kind : NULL;
}

bool lists_read(struct claims *claims, json_t *root, struct failure *error)
{
    return lists[find(root)].read(claims, root, error);
}

bool lists_refuse(struct failure *error, const char *where, const char *why)
{
    return claims_fail(error, "against-json", MRTD_NO_OFFSET, "%s %s", where,
                       why);
}

bool lists_has_only(json_t *object, const char *const *names, const char *where,
                    struct failure *error)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (!names_is_one_of(key, names)) {
            char shown[40];
            walk_printable(shown, sizeof shown, key);
            return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                               "%s has a member \"%s\", which is not known, "
                               "and could be a condition",
                               where, shown);
        }
    }
    return true;
}

bool lists_take(struct claims *claims, size_t index, json_t *value,
                bool is_text, const char *where, struct failure *error)
{
    const char *text = json_string_value(value);
    uint8_t digest[MRTD_DIGEST_SIZE];
    if (!form_is_hex(value, sizeof digest) ||
        !mrtd_hex_decode(digest, sizeof digest, text,
                         json_string_length(value))) {
        return lists_refuse(error, where,
                            "is not a text of 96 hexadecimal digits");
    }
    if (is_text && text[strcspn(text, "ABCDEF")] != '\0' &&
        !claims_misspelled(claims, "against-json", MRTD_NO_OFFSET, where,
                           "is not in lower-case digits, which is how it is "
                           "compared",
                           error)) {
        return false;
    }
    if (index == 0) {
        return claims_add(claims, MRTD_REGISTER_MRTD, digest, where, error);
    }
    /* Only a reading that is exact compares them. */
    return claims->reading != CLAIMS_EXACT ||
           claims_boot_add(claims, (enum boot_value_id)(index - 1), digest,
                           error);
}
