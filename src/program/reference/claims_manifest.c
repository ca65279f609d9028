/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_manifest.h"

#include <string.h>

#include "reference/claims_forms.h"

#define RTMRS 4

/* TDXReferenceValues, and members of it in earlier versions. Go compares their
 * names without regard to case. */
static const struct form entry_forms[] = {
    {"Platform", FORM_TEXT, 0, 0},
    {"MinTCBEvaluationDataNumber", FORM_NUMBER, 0, 0},
    {"MrTd", FORM_TEXT, 0, 0}, /* its spelling is judged with its value */
    {"MrSeam", FORM_HEX, 48, 0},
    {"Rtmrs", FORM_HEX_LIST, 48, RTMRS},
    {"Xfam", FORM_HEX, 8, 0},
    {"AllowedPIIDs", FORM_HEX_LIST, 16, 0},
    {"MemoryIntegrity", FORM_BOOL, 0, 0},
    {"SMTDisabled", FORM_BOOL, 0, 0},
    {"StaticPlatform", FORM_BOOL, 0, 0},
    {"TdAttributes", FORM_HEX, 8, 0},
    {"MinimumTeeTcbSvn", FORM_HEX, 16, 0},
    {"MinimumQeSvn", FORM_NUMBER, 0, 0},
    {"MinimumPceSvn", FORM_NUMBER, 0, 0},
    {"CPUs", FORM_ANY, 0, 0},
    {NULL, FORM_ANY, 0, 0},
};

static const char wrong_form[] =
    "a member of the entry has not the form that Contrast wants";

/* "contrast generate" leaves it empty, for people to fill in; until then the
 * entry is not used. */
static bool is_to_fill_in(const char *key, json_t *value)
{
    return strcmp(key, "MrSeam") == 0 && json_is_string(value) &&
           json_string_length(value) == 0;
}

static const char *members_of_entry_why(json_t *entry, bool may_lack)
{
    const char *key;
    json_t *value;
    json_object_foreach(entry, key, value)
    {
        const struct form *form = form_find(entry_forms, key);
        if (form && strcmp(form->name, "MrTd") == 0 &&
            strcmp(key, "MrTd") != 0) {
            return "the entry has another member that Contrast takes for "
                   "\"MrTd\"";
        }
        if (form && !form_fits(form, value) &&
            !(may_lack && is_to_fill_in(key, value))) {
            return wrong_form;
        }
    }
    return NULL;
}

const char *contrast_list_why(json_t *list)
{
    const char *why = NULL;
    for (size_t i = 0; !why && i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i);
        why = json_object_get(entry, "MrTd")
                  ? members_of_entry_why(entry, true)
                  : "an entry of the list has no \"MrTd\", so that Contrast "
                    "loads none";
    }
    return why;
}

const char *contrast_entry_why(const struct walk *w)
{
    static const char *const keys[][4] = {
        {""},
        {"", ""},
        {"", "tdx", "tdx"},
        {"", "ReferenceValues", "tdx", "tdx"}};
    bool good = w->depth > 0 && w->depth <= sizeof keys / sizeof *keys;
    for (size_t i = 0; good && i < w->depth; i++) {
        const struct walk_frame *f = &w->frames[i];
        good = strcmp(f->key, keys[w->depth - 1][i]) == 0 &&
               json_is_array(f->node) == (i + 2 == w->depth);
    }
    return good ? members_of_entry_why(w->frames[w->depth - 1].node, false)
                : "Contrast has a text \"MrTd\" only in an entry of the list "
                  "\"tdx\" of \"ReferenceValues\"";
}

/* --- Patches ----------------------------------------------------------- */

/* May an item of a list be set, by the rest of a path? */
static bool is_item(const struct form *form, const char *rest, bool adds)
{
    const size_t digits = strspn(rest, "0123456789");
    if (form->kind != FORM_HEX_LIST) {
        return false;
    }
    if (form->count > 0) {
        return digits == 1 && !rest[1] && (size_t)(*rest - '0') < form->count;
    }
    return (adds && strcmp(rest, "-") == 0) ||
           (digits > 0 && !rest[digits] && (*rest != '0' || digits == 1));
}

static const char *value_why(const struct form *form, bool is_whole, bool tests,
                             json_t *value)
{
    const bool fits = is_whole ? form_fits(form, value) ||
                                     (tests && is_to_fill_in(form->name, value))
                               : form_is_hex(value, form->size);
    return fits ? NULL
                : "an operation with a value that its member cannot have in "
                  "Contrast";
}

const char *contrast_operation_why(json_t *operation)
{
    static const char *const with_value[] = {"add", "replace", "test", NULL};
    const char *op = walk_member(operation, "op");
    const char *rest = names_entry(walk_member(operation, "path"));
    json_t *value = json_object_get(operation, "value");
    char name[64];
    const struct form *form = rest && names_component(&rest, name, sizeof name)
                                  ? form_find(entry_forms, name)
                                  : NULL;
    if (json_object_get(operation, "from") ||
        names_is_one_of(op, with_value) != (value != NULL)) {
        return "an operation that copies or moves, or has not the members "
               "that it needs";
    }
    if (!form || strcmp(form->name, name) != 0 ||
        (*rest && !is_item(form, rest + 1, strcmp(op, "add") == 0))) {
        return "an operation with a path that an entry of Contrast's does not "
               "have";
    }
    /* The list is of four: an item more or less moves the others. */
    if (*rest && form->count > 0 && strcmp(op, "replace") != 0 &&
        strcmp(op, "test") != 0) {
        return "an operation that adds or removes an item of a list that has "
               "as many as it must have";
    }
    return value ? value_why(form, !*rest, strcmp(op, "test") == 0, value)
                 : NULL;
}
