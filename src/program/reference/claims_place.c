/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the formats that say so have their MRTDs: Intel's policies of quote
 * appraisal, and in-toto statements with the predicate type SCAI.
 */
#include <string.h>

#include "reference/claims_files.h"
#include "reference/claims_forms.h"
#include "reference/claims_manifest.h"
#include "reference/claims_walk.h"
#include "reference/reference.h"

static const char statement_type[] = "https://in-toto.io/Statement/v1";
static const char predicate_type[] = "https://in-toto.io/attestation/scai/v0.3";

/* The frame that many levels out; NULL: there are not so many. */
static const struct walk_frame *outer(const struct walk *w, size_t levels)
{
    return levels < w->depth ? &w->frames[w->depth - 1 - levels] : NULL;
}

static bool is_list(const struct walk_frame *f, const char *key)
{
    return f && json_is_array(f->node) && strcmp(f->key, key) == 0;
}

static bool is_object(const struct walk_frame *f, const char *key)
{
    return f && json_is_object(f->node) && strcmp(f->key, key) == 0;
}

static bool is_in(const struct walk *w, const char *key)
{
    bool found = false;
    for (size_t i = 0; i < w->depth; i++) {
        found |= strcmp(w->frames[i].key, key) == 0;
    }
    return found;
}

/* --- Intel DCAP -------------------------------------------------------- */

static bool is_of_td(json_t *policy)
{
    const char *id =
        walk_member(json_object_get(policy, "environment"), "class_id");
    return id && reference_is_td_class(id);
}

/* What Intel's appraisal engine has of the body of a quote: digits of either
 * case, as many as the field has bytes, and masks of the same size. */
static const struct form reference_forms[] = {
    {"tdx_attributes", FORM_HEX, 8, 0},
    {"tdx_attributes_mask", FORM_HEX, 8, 0},
    {"tdx_xfam", FORM_HEX, 8, 0},
    {"tdx_xfam_mask", FORM_HEX, 8, 0},
    {"tdx_mrtd", FORM_HEX, 48, 0},
    {"tdx_mrconfigid", FORM_HEX, 48, 0},
    {"tdx_mrowner", FORM_HEX, 48, 0},
    {"tdx_mrownerconfig", FORM_HEX, 48, 0},
    {"tdx_mrservicetd", FORM_HEX, 48, 0},
    {"tdx_mrseam", FORM_HEX, 48, 0},
    {"tdx_mrsignerseam", FORM_HEX, 48, 0},
    {"tdx_rtmr0", FORM_HEX, 48, 0},
    {"tdx_rtmr1", FORM_HEX, 48, 0},
    {"tdx_rtmr2", FORM_HEX, 48, 0},
    {"tdx_rtmr3", FORM_HEX, 48, 0},
    {"tdx_reportdata", FORM_HEX, 64, 0},
    {NULL, FORM_ANY, 0, 0},
};

/* Why a policy for a TD says nothing of one; NULL: it does. */
static const char *policy_why(json_t *policy)
{
    json_t *environment = json_object_get(policy, "environment");
    json_t *reference = json_object_get(policy, "reference");
    const char *key;
    json_t *value;
    json_object_foreach(environment, key, value)
    {
        static const char *const texts[] = {"class_id", "description",
                                            "Description", NULL};
        if (!names_is_one_of(key, texts) || !json_is_string(value)) {
            return "its \"environment\" has something else than texts "
                   "\"class_id\" and \"description\"";
        }
    }
    json_object_foreach(reference, key, value)
    {
        const struct form *form = form_find(reference_forms, key);
        if (!form || strcmp(form->name, key) != 0 || !form_fits(form, value)) {
            return "its \"reference\" has a member that is not known, or is "
                   "of another size than a quote's";
        }
    }
    return json_object_get(reference, "tdx_mrtd")
               ? NULL
               : "an item of the policy for a TD asks for no MRTD";
}

const char *walk_policies_why(json_t *policies)
{
    const char *why = NULL;
    for (size_t i = 0; !why && i < json_array_size(policies); i++) {
        json_t *policy = json_array_get(policies, i);
        why = is_of_td(policy) ? policy_why(policy) : NULL;
    }
    return why;
}

/* {"policy_array": [{"environment": {"class_id"}, "reference": {key}}]} */
static const char *misplaced_in_policy(const struct walk *w, const char *key)
{
    static const char *const keys[] = {"", "policy_array", "policy_array",
                                       "reference"};
    bool good =
        w->depth == sizeof keys / sizeof *keys && strcmp(key, "tdx_mrtd") == 0;
    for (size_t i = 0; good && i < w->depth; i++) {
        good = strcmp(w->frames[i].key, keys[i]) == 0 &&
               json_is_array(w->frames[i].node) == (i == 1);
    }
    return !good ? "a policy of quote appraisal has an MRTD only as a text "
                   "\"tdx_mrtd\" in the \"reference\" of an item of "
                   "\"policy_array\""
           : is_of_td(w->frames[2].node)
               ? NULL
               : "the \"class_id\" of its environment is not that of a TD";
}

/* Has an object around an MRTD an "environment", as a policy has? */
static bool is_in_policy(const struct walk *w)
{
    bool found = is_in(w, "policy_array");
    for (size_t i = 0; i < w->depth; i++) {
        found |= json_object_get(w->frames[i].node, "environment") != NULL;
    }
    return found;
}

/* --- in-toto ----------------------------------------------------------- */

/* Is each digest that a target has one of a subject's? */
static bool is_subject(json_t *subjects, json_t *digests)
{
    bool found = false;
    for (size_t i = 0; !found && i < json_array_size(subjects); i++) {
        json_t *own = json_object_get(json_array_get(subjects, i), "digest");
        const char *key;
        json_t *value;
        found = json_object_size(digests) > 0;
        json_object_foreach(digests, key, value)
        {
            found = found && json_equal(json_object_get(own, key), value);
        }
    }
    return found;
}

/* The members of a ResourceDescriptor, whose annotations nobody knows. */
static bool is_resource(json_t *resource)
{
    static const char *const texts[] = {
        "name", "uri", "content", "mediaType", "downloadLocation", NULL};
    const char *key;
    json_t *value;
    bool good = json_is_object(resource);
    json_object_foreach(resource, key, value)
    {
        good =
            good && ((names_is_one_of(key, texts) && json_is_string(value)) ||
                     (strcmp(key, "digest") == 0 && json_is_object(value)) ||
                     (strcmp(key, "annotations") == 0 &&
                      json_is_object(value) && json_object_size(value) == 0));
    }
    return good;
}

/* Has an object only members of a list, and are those of "resources"
 * descriptors? */
static bool has_form(json_t *object, const char *const *members)
{
    static const char *const resources[] = {"target", "evidence", "producer",
                                            NULL};
    const char *key;
    json_t *value;
    bool good = json_is_object(object);
    json_object_foreach(object, key, value)
    {
        good = good && names_is_one_of(key, members) &&
               (!names_is_one_of(key, resources) || is_resource(value));
    }
    return good;
}

/* Is all that is around the conditions, and beside them, what the versions of
 * the formats have? */
static bool has_forms(const struct walk *w, const struct walk_frame *report)
{
    static const char *const of_report[] = {"attributes", "producer", NULL};
    static const char *const of_attribute[] = {"attribute", "target",
                                               "conditions", "evidence", NULL};
    static const char *const of_conditions[] = {"mrtd", "vmm", "image_format",
                                                NULL};
    return has_form(report->node, of_report) &&
           has_form(outer(w, 1)->node, of_attribute) &&
           has_form(outer(w, 0)->node, of_conditions);
}

/* {"attributes": [{"attribute": "TDX_MRTD", "conditions": {key}}]}, which may
 * be the predicate of a statement. */
static const char *misplaced_in_report(const struct walk *w)
{
    const struct walk_frame *entry = outer(w, 1);
    const struct walk_frame *report = outer(w, 3);
    if (!is_object(outer(w, 0), "conditions") ||
        !is_object(entry, "attributes") ||
        !is_list(outer(w, 2), "attributes") || !report ||
        !json_is_object(report->node) ||
        (report != w->frames &&
         !(is_object(report, "predicate") && report == w->frames + 1))) {
        return "an attribute report of in-toto has an MRTD only in the "
               "\"conditions\" of an item of \"attributes\"";
    }
    const char *attribute = walk_member(entry->node, "attribute");
    json_t *target = json_object_get(entry->node, "target");
    if (!attribute || strcmp(attribute, "TDX_MRTD") != 0) {
        return "its \"attribute\" is not \"TDX_MRTD\"";
    }
    if (target && !is_subject(json_object_get(w->frames[0].node, "subject"),
                              json_object_get(target, "digest"))) {
        return "its \"target\" is not a subject of the statement";
    }
    return has_forms(w, report)
               ? NULL
               : "its attribute report has a member that SCAI 0.3 does not "
                 "have, or that is of another form";
}

/* go-tdx-guest has one MRTD in "mr_td", and a list in "any_mr_td". */
static const char *miscounted(const struct walk *w, const char *key)
{
    static const char *const lists[] = {"any_mr_td", "anyMrTd", NULL};
    static const char name[] = "MrTd"; /* Contrast's */
    const struct walk_frame *f = outer(w, 0);
    const bool is_go =
        f && (f->context == NAMES_GO_POLICY || f->context == NAMES_GO_REPORTED);
    const bool is_listed = f && json_is_array(f->node);
    if (!is_go) {
        const bool is_entry =
            f && (json_object_get(f->node, name) || strcmp(f->key, name) == 0);
        return is_entry ? contrast_entry_why(w) : NULL;
    }
    if (f->context == NAMES_GO_POLICY && !w->is_policy) {
        return "a policy of go-tdx-guest is a document of its own";
    }
    return is_listed == names_is_one_of(key, lists) ? NULL
           : is_listed ? "its consumer wants one value, not a list"
                       : "its consumer wants a list";
}

const char *walk_misplaced(const struct walk *w, const char *key)
{
    if (is_in_policy(w)) {
        return misplaced_in_policy(w, key);
    }
    return is_in(w, "predicate") || is_in(w, "attributes") ||
                   is_in(w, "conditions")
               ? misplaced_in_report(w)
               : miscounted(w, key);
}

static bool has(json_t *root, const char *key, const char *value)
{
    const char *text = walk_member(root, key);
    return text && strcmp(text, value) == 0;
}

/* Members of a statement and its subjects, each of them of another name. */
static const char *subjects_why(json_t *root)
{
    static const char *const members[] = {"_type", "subject", "predicateType",
                                          "predicate", NULL};
    json_t *subjects = json_object_get(root, "subject");
    json_t *names = json_object();
    const char *why = !names ? "there is no memory" : NULL;
    if (!has_form(root, members)) {
        why = "it has a member that Statement v1 does not have";
    }
    for (size_t i = 0; !why && i < json_array_size(subjects); i++) {
        json_t *subject = json_array_get(subjects, i);
        const char *name = walk_member(subject, "name");
        why = json_is_object(subject) && !is_resource(subject)
                  ? "a \"subject\" of it has a member that is not known, or is "
                    "of another form"
              : name && json_object_get(names, name)
                  ? "two \"subject\"s of it have the same name"
              : name && json_object_set_new(names, name, json_true()) != 0
                  ? "there is no memory"
                  : NULL;
    }
    json_decref(names);
    return why;
}

const char *walk_statement_why(json_t *root)
{
    return !has(root, "_type", statement_type)
               ? "its \"_type\" is not that of Statement v1"
           : json_array_size(json_object_get(root, "subject")) == 0
               ? "its \"subject\" is not a list of files"
               : subjects_why(root);
}

bool walk_statement(struct claims *claims, json_t *root, struct failure *error)
{
    if (!json_object_get(root, "_type") && !json_object_get(root, "subject") &&
        !json_object_get(root, "predicate") &&
        !json_object_get(root, "predicateType")) {
        return true;
    }
    if (!has(root, "_type", statement_type)) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "the \"_type\" of the in-toto statement is not "
                           "\"%s\"",
                           statement_type);
    }
    if (!has(root, "predicateType", predicate_type)) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "the \"predicateType\" of the in-toto statement is "
                           "not \"%s\"; others are of something else",
                           predicate_type);
    }
    const char *why = subjects_why(root);
    return why ? claims_fail(error, "against-json", MRTD_NO_OFFSET,
                             "it is no in-toto statement of an MRTD: %s", why)
               : claims_files_subjects(claims, root, error);
}
