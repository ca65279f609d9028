/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measurement files of flashbots: entries, one of which a TD must have all
 * registers of. Read as both of their consumers do: flashbots/attested-tls
 * 2233497, crates/attestation/src/measurements.rs (from_json_bytes), and
 * flashbots/cvm-reverse-proxy 27e333d, multimeasurements/multimeasurements.go
 * and internal/attestation/measurements/measurements.go.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "reference/claims_boot.h"
#include "reference/claims_lists.h"
#include "reference/claims_walk.h"

static const char type_member[] = "attestation_type";
static const char id_member[] = "measurement_id";
static const char values_member[] = "measurements";
static const char hashes_member[] = "dcap_image_hashes";

/* Types whose registers are those of a quote: qemu-tdx is of earlier versions
 * of attested-tls. */
static const char *const td_types[] = {"dcap-tdx", "gcp-tdx", "qemu-tdx", NULL};
static const char azure_type[] = "azure-tdx";
static const char *const other_types[] = {"none", azure_type, NULL};

struct file {
    struct claims *claims;
    struct failure *error;
    size_t entries;                 /* of TDs, or of what is not known */
    size_t having[LISTS_REGISTERS]; /* how many of them have it */
    char entry[110];                /* what the one at work is called */
};

/* --- Recognition --------------------------------------------------------- */

static bool is_entry(json_t *object)
{
    const char *type = walk_member(object, type_member);
    return type && (names_is_one_of(type, td_types) ||
                    names_is_one_of(type, other_types) ||
                    json_object_get(object, id_member) ||
                    json_object_get(object, hashes_member));
}

bool flashbots_is(json_t *root)
{
    bool found = is_entry(root);
    for (size_t i = 0; !found && i < json_array_size(root); i++) {
        found = is_entry(json_array_get(root, i));
    }
    return found;
}

/* --- Registers ----------------------------------------------------------- */

/* The index of a register by its number, or its name in any case;
 * LISTS_REGISTERS: of no register. */
static size_t register_of(const char *key)
{
    static const char *const names[LISTS_REGISTERS] = {"mrtd", "rtmr0", "rtmr1",
                                                       "rtmr2", "rtmr3"};
    size_t i = 0;
    while (i < LISTS_REGISTERS && strcasecmp(key, names[i]) != 0 &&
           !(key[0] == (char)('0' + i) && key[1] == '\0')) {
        i++;
    }
    return i;
}

/* {"expected": HEX}, or {"expected_any": [HEX, ...]} */
static bool take_register(struct file *f, size_t index, json_t *object)
{
    static const char *const names[] = {"expected", "expected_any", "warnOnly",
                                        NULL};
    static const char *const registers[LISTS_REGISTERS] = {
        "MRTD", "RTMR0", "RTMR1", "RTMR2", "RTMR3"};
    json_t *one = json_object_get(object, "expected");
    json_t *any = json_object_get(object, "expected_any");
    json_t *warns = json_object_get(object, "warnOnly");
    char where[sizeof f->entry + 10];
    snprintf(where, sizeof where, "%s of %s", registers[index], f->entry);
    if (!json_is_object(object)) {
        return lists_refuse(f->error, where, "is not an object");
    }
    if (!lists_has_only(object, names, where, f->error)) {
        return false;
    }
    if (warns && !json_is_false(warns)) {
        return lists_refuse(f->error, where,
                            "has a \"warnOnly\" that is not false: it is not "
                            "enforced");
    }
    if ((one != NULL) == (any != NULL) || (any && json_array_size(any) == 0)) {
        return lists_refuse(f->error, where,
                            "has not one of \"expected\" and \"expected_any\", "
                            "a list that is not empty");
    }
    bool good =
        !one || lists_take(f->claims, index, one, false, where, f->error);
    for (size_t i = 0; good && i < json_array_size(any); i++) {
        good = lists_take(f->claims, index, json_array_get(any, i), false,
                          where, f->error);
    }
    return good;
}

/* All of an entry, which are of one TD. */
static bool take_registers(struct file *f, json_t *registers)
{
    bool has[LISTS_REGISTERS] = {false};
    const char *key;
    json_t *value;
    claims_begin_group(f->claims);
    json_object_foreach(registers, key, value)
    {
        const size_t index = register_of(key);
        if (index == LISTS_REGISTERS) {
            return lists_refuse(f->error, f->entry,
                                "has a register other than \"0\" to \"4\" "
                                "and mrtd, rtmr0 to rtmr3");
        }
        if (has[index]) {
            return lists_refuse(f->error, f->entry,
                                "has a register twice, by its number and by "
                                "its name");
        }
        has[index] = true;
        f->having[index]++;
        if (!take_register(f, index, value)) {
            return false;
        }
    }
    f->entries++;
    return has[0] || lists_refuse(f->error, f->entry,
                                  "lets any MRTD pass: it has no register "
                                  "\"0\" or \"mrtd\"");
}

/* --- Entries ------------------------------------------------------------- */

/* Has an entry the members that all of them have? */
static bool check_entry(const struct file *f, json_t *entry)
{
    static const char *const names[] = {type_member, id_member, values_member,
                                        hashes_member, NULL};
    const char *type = walk_member(entry, type_member);
    json_t *id = json_object_get(entry, id_member);
    if (!type) {
        return lists_refuse(f->error, f->entry,
                            "has no text \"attestation_type\"");
    }
    if (!lists_has_only(entry, names, f->entry, f->error)) {
        return false;
    }
    if (id && !json_is_string(id)) {
        return lists_refuse(f->error, f->entry,
                            "has a \"measurement_id\" that is not text");
    }
    if (strcmp(type, "none") == 0) {
        return lists_refuse(f->error, f->entry,
                            "lets pass what has no attestation: its "
                            "\"attestation_type\" is \"none\"");
    }
    return true;
}

static bool take_entry(struct file *f, json_t *entry)
{
    const char *type = walk_member(entry, type_member);
    json_t *registers = json_object_get(entry, values_member);
    json_t *hashes = json_object_get(entry, hashes_member);
    if (!check_entry(f, entry)) {
        return false;
    }
    const bool is_azure = strcmp(type, azure_type) == 0;
    if (!names_is_one_of(type, td_types)) {
        char shown[40];
        char why[160];
        walk_printable(shown, sizeof shown, type);
        snprintf(why, sizeof why,
                 "its \"attestation_type\" is \"%s\", whose measurements are "
                 "not the registers of a quote",
                 shown);
        claims_pass_over(f->claims, f->entry, why);
        f->entries += !is_azure;
        return true;
    }
    if (hashes && !registers) {
        claims_pass_over(f->claims, f->entry,
                         "it has digests of boot files, of which its consumer "
                         "computes registers, and no MRTD");
        f->entries++;
        return true;
    }
    if (hashes || !json_is_object(registers)) {
        return lists_refuse(f->error, f->entry,
                            hashes ? "has both \"measurements\" and "
                                     "\"dcap_image_hashes\""
                                   : "lets any MRTD pass: it has no object "
                                     "\"measurements\"");
    }
    return take_registers(f, registers);
}

/* What an entry is called in messages: its number and its name. */
static void name_entry(struct file *f, json_t *entry, size_t index)
{
    const char *id = walk_member(entry, id_member);
    char shown[64];
    walk_printable(shown, sizeof shown, id ? id : "");
    snprintf(f->entry, sizeof f->entry, "entry %zu%s%s%s", index,
             id ? " (\"" : "", shown, id ? "\")" : "");
}

bool flashbots_read(struct claims *claims, json_t *root, struct failure *error)
{
    struct file f = {.claims = claims, .error = error};
    const size_t count = json_is_array(root) ? json_array_size(root) : 1;
    for (size_t i = 0; i < count; i++) {
        json_t *entry = json_is_array(root) ? json_array_get(root, i) : root;
        name_entry(&f, entry, i);
        if (!take_entry(&f, entry)) {
            return false;
        }
    }
    /* An entry without a register lets any value of it pass. */
    for (size_t i = 1; i < LISTS_REGISTERS; i++) {
        if (f.having[i] > 0 && f.having[i] < f.entries) {
            claims_boot_said(claims, (enum boot_value_id)(i - 1));
        }
    }
    return true;
}
