/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/corim_measurement.h"

#include <stdio.h>

static const struct table_member measurement_members[] = {
    {MEASUREMENT_KEY, TYPE_INT | TYPE_TEXT | TYPE_TAG, false},
    {MEASUREMENT_VALUE, TYPE_MAP, true},
    {2 /* authorized-by */, TYPE_ARRAY | TYPE_TAG, false},
};
const struct table measurement_table = {"measurement-map", measurement_members,
                                        3, UNKNOWN_LEFT};

/*
 * Section 5.1.4.5 and the Intel profile: what may be said of a TD in the same
 * breath as its MRTD. It says which TD, or what else must be right of it, and
 * that is for others to compare. What says that the TD is good or not
 * (tee.tcbstatus, -88), is of one machine (ueid, serial number), or may be
 * another value of the same measurement (raw-value) is not among it.
 */
static const struct table_member value_members[] = {
    {0 /* version */, TYPE_MAP, false},
    {1 /* svn */, TYPE_INT | TYPE_TAG, false},
    {VALUE_DIGESTS, TYPE_ANY, false},
    {VALUE_NAME, TYPE_TEXT, false},
    {VALUE_REGISTERS, TYPE_MAP, false},
    {VALUE_VENDOR, TYPE_TEXT, false},
    {VALUE_MODEL, TYPE_TEXT, false},
    {-73 /* tee.isvsvn */, TYPE_INT | TYPE_TAG, false},
    {-82 /* tee.attributes */, TYPE_ANY, false},
    {VALUE_MRTEE, TYPE_ANY, false},
    {-84 /* tee.mrsigner */, TYPE_ARRAY | TYPE_TAG, false},
    {-85 /* tee.isvprodid */, TYPE_INT | TYPE_BYTES, false},
    {-86 /* tee-tcb-eval-num */, TYPE_INT | TYPE_TAG, false},
};
static const struct table value_table = {
    "measurement-values-map", value_members,
    sizeof value_members / sizeof *value_members, UNKNOWN_LEFT};

/* The numbers and names under which other things of a TD are filed: of the
 * Intel profile, and of the fields of a quote. */
static enum measurement_subject subject_of_key(cbor_item_t *key)
{
    static const int numbers[] = {MKEY_VENDOR, MKEY_MODEL, 73, 82, 84, 85, 86};
    static const char *const names[] = {
        "rtmr_0",   "rtmr_1",         "rtmr_2",  "rtmr_3",
        "rtmr0",    "rtmr1",          "rtmr2",   "rtmr3",
        "xfam",     "td_attributes",  "mr_seam", "mr_config_id",
        "mr_owner", "mr_owner_config"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (read_is_int(key, numbers[i])) {
            return OF_FIELD;
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (read_is_text(key, names[i])) {
            return OF_FIELD;
        }
    }
    return table_type(key) == TYPE_INT ? OF_UNKNOWN : OF_OTHER;
}

/* As Trustee has it, a name counts where there is no key. */
enum measurement_subject measurement_subject(cbor_item_t *measurement)
{
    cbor_item_t *key = read_member(measurement, MEASUREMENT_KEY);
    cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
    cbor_item_t *name = read_member(value, VALUE_NAME);
    const bool has_mrtee = read_member(value, VALUE_MRTEE) != NULL;
    const bool is_named = read_is_text(name, "mr_td");
    if (!key) {
        return is_named || (has_mrtee && !name) ? OF_MRTD
               : has_mrtee || name              ? OF_UNKNOWN
                                                : OF_TD;
    }
    if (read_is_int(key, MKEY_MRTEE) || read_is_text(key, "mr_td")) {
        return !name || is_named ? OF_MRTD : OF_UNKNOWN;
    }
    return has_mrtee ? OF_UNKNOWN : subject_of_key(key);
}

/* Does a member that is there have the type that the table says? */
static bool has_types(const struct table *table, cbor_item_t *map)
{
    for (size_t i = 0; i < table->count; i++) {
        cbor_item_t *member = read_member(map, table->members[i].key);
        if (member && !(table_type(member) & table->members[i].types)) {
            return false;
        }
    }
    return true;
}

/* Why a vendor or model, among the values or filed under its own number, says
 * that it is of something else; NULL: it does not. */
static const char *names_other(const struct environment_own *own,
                               cbor_item_t *key, cbor_item_t *value)
{
    static const char why[] = "it has a vendor or model that no TD has";
    cbor_item_t *name = read_member(value, VALUE_NAME);
    cbor_item_t *vendor =
        read_is_int(key, MKEY_VENDOR) ? name : read_member(value, VALUE_VENDOR);
    cbor_item_t *model =
        read_is_int(key, MKEY_MODEL) ? name : read_member(value, VALUE_MODEL);
    return (vendor && !environment_is_vendor(vendor, own)) ||
                   (model && !environment_is_model(model, own))
               ? why
               : NULL;
}

bool measurement_is_clear(cbor_item_t *measurement,
                          const struct environment_own *own,
                          char why[ENVIRONMENT_WHY])
{
    cbor_item_t *key = read_member(measurement, MEASUREMENT_KEY);
    cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
    const enum measurement_subject subject = measurement_subject(measurement);
    const char *other = names_other(own, key, value);
    char name[TABLE_KEY_SIZE];
    if (table_find_unknown(&measurement_table, measurement, name)) {
        snprintf(why, ENVIRONMENT_WHY,
                 "a measurement has the member %s, which is not known", name);
        return false;
    }
    if (other || subject == OF_UNKNOWN) {
        snprintf(why, ENVIRONMENT_WHY, "%s",
                 other ? other
                       : "a measurement has a key or name of which it is not "
                         "known what it says of the MRTD");
        return false;
    }
    if (subject != OF_MRTD && subject != OF_TD) {
        return true;
    }
    if (value && table_find_unknown(&value_table, value, name)) {
        snprintf(why, ENVIRONMENT_WHY,
                 "a measurement has the value %s, of which it is not known "
                 "what it says of the MRTD",
                 name);
        return false;
    }
    if (value && !has_types(&value_table, value)) {
        snprintf(why, ENVIRONMENT_WHY,
                 "a measurement has a value of another type than its "
                 "specification says");
        return false;
    }
    return true;
}

bool measurements_have_mrtd(cbor_item_t *measurements)
{
    for (size_t m = 0; read_element(measurements, m); m++) {
        cbor_item_t *measurement = read_element(measurements, m);
        cbor_item_t *key = read_member(measurement, MEASUREMENT_KEY);
        cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
        if (read_member(value, VALUE_MRTEE) || read_is_int(key, MKEY_MRTEE) ||
            read_is_text(key ? key : read_member(value, VALUE_NAME), "mr_td")) {
            return true;
        }
    }
    return false;
}
