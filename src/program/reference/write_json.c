/* SPDX-License-Identifier: Apache-2.0 */
/* Reference values as JSON. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "reference/base64.h"
#include "reference/formats.h"
#include "reference/values_json.h"
#include "reference/write_json.h"
#include "schemas.h"

#define INDENTED (JSON_INDENT(2) | JSON_ENSURE_ASCII)
#define ONE_LINE (JSON_COMPACT | JSON_ENSURE_ASCII)

/* Writes root, frees it; false if it is NULL. */
static bool dump(FILE *to, json_t *root, size_t flags)
{
    char *text = root ? json_dumps(root, flags) : NULL;
    if (text) {
        fprintf(to, "%s\n", text);
    }
    free(text);
    json_decref(root);
    return text != NULL;
}

bool write_json_root(FILE *to, json_t *root)
{
    return dump(to, root, INDENTED);
}

static bool add_hex(void *context, const struct reference_firmware *firmware,
                    const struct reference_value *value)
{
    (void)firmware;
    return json_array_append_new(context, json_string(value->hex)) == 0;
}

/* The list of all MRTDs; NULL if out of memory. */
static json_t *list(const struct reference_set *set)
{
    json_t *made = json_array();
    if (!reference_each(set, add_hex, made)) {
        json_decref(made);
        return NULL;
    }
    return made;
}

/* --- Trustee: rvps/src/lib.rs, rvps/src/extractors/sample.rs ------------- */

static bool add_boot_hex(void *context, const struct boot_value *value)
{
    return json_array_append_new(context, json_string(value->hex)) == 0;
}

/* Adds what is of that id: Trustee's default policy looks for registers in
 * lists, and compares digests of events with one text, of which the document
 * has one then. */
static bool add_boot(json_t *map, const struct reference_set *set,
                     const struct reference_settings *settings,
                     enum boot_value_id id)
{
    json_t *values = json_array();
    bool good = reference_each_boot(set, id, add_boot_hex, values);
    if (good && json_array_size(values) > 0) {
        const bool is_text = settings->scalar || boot_value_names(id)->is_event;
        char *key = boot_value_key(id, settings->platform, settings->key);
        good = key && json_object_set(map, key,
                                      is_text ? json_array_get(values, 0)
                                              : values) == 0;
        free(key);
    }
    json_decref(values);
    return good;
}

static bool append_once(json_t *values, const struct boot_value *value)
{
    size_t i;
    json_t *known;
    json_array_foreach(values, i, known)
    {
        if (strcmp(json_string_value(known), value->hex) == 0) {
            return true;
        }
    }
    return json_array_append_new(values, json_string(value->hex)) == 0;
}

/*
 * Adds what guests of either platform report, that of the document's first:
 * RVPS has one key for both, and of two documents keeps what it is given last.
 * Of one text there is no other platform's.
 */
static bool add_initdata(json_t *map, const struct reference_set *set,
                         const struct reference_settings *settings)
{
    const enum mrtd_platform platforms[] = {
        settings->platform, settings->platform == MRTD_PLATFORM_TDX
                                ? MRTD_PLATFORM_SNP
                                : MRTD_PLATFORM_TDX};
    json_t *values = json_array();
    bool good = values != NULL;
    for (size_t i = 0; good && i < set->count * 2; i++) {
        const struct initdata *initdata =
            set->firmware[i % set->count].initdata;
        if (initdata) {
            const struct boot_value value =
                initdata_value(initdata, platforms[i / set->count]);
            good = append_once(values, &value);
        }
    }
    if (good && json_array_size(values) > 0) {
        char *key = boot_value_key(BOOT_VALUE_INITDATA, settings->platform,
                                   settings->key);
        good =
            key && json_object_set(map, key,
                                   settings->scalar ? json_array_get(values, 0)
                                                    : values) == 0;
        free(key);
    }
    json_decref(values);
    return good;
}

static json_t *map(const struct reference_set *set,
                   const struct reference_settings *settings)
{
    json_t *value = settings->scalar ? json_string(set->only->hex) : list(set);
    json_t *made = json_pack("{s:o}", settings->key, value);
    bool good = made != NULL;
    for (enum boot_value_id id = 0; good && id < BOOT_VALUES; id++) {
        good = add_boot(made, set, settings, id);
    }
    good = good && add_initdata(made, set, settings);
    if (!good) {
        json_decref(made);
    }
    return good ? made : NULL;
}

bool write_rvps_map(FILE *to, const struct reference_set *set,
                    const struct reference_settings *settings)
{
    return dump(to, map(set, settings), INDENTED);
}

bool write_rvps(FILE *to, const struct reference_set *set,
                const struct reference_settings *settings)
{
    struct reference_settings as_list = *settings;
    as_list.scalar = false;
    json_t *inner = map(set, &as_list);
    char *text = inner ? json_dumps(inner, ONE_LINE) : NULL;
    size_t len = text ? strlen(text) : 0;
    char *payload = malloc(BASE64_SIZE(len));
    bool good = text && payload;
    if (good) {
        base64_encode(payload, (const uint8_t *)text, len);
        good = dump(to,
                    json_pack("{s:s, s:s, s:s}", "version", "0.1.0", "type",
                              "sample", "payload", payload),
                    ONE_LINE);
    }
    free(payload);
    free(text);
    json_decref(inner);
    return good;
}

/* Trustee: rvps/src/reference_value.rs; a list of them was the file of
 * rvps/src/storage/local_json, and is in the operator's ConfigMap. */
bool write_rvps_store(FILE *to, const struct reference_set *set,
                      const struct reference_settings *settings)
{
    struct reference_settings as_list = *settings;
    as_list.scalar = false;
    json_t *values = map(set, &as_list);
    json_t *entries = json_array();
    const char *key;
    json_t *value;
    bool good = values != NULL;
    json_object_foreach(values, key, value)
    {
        good = good &&
               json_array_append_new(
                   entries, json_pack("{s:s, s:s, s:s, s:O}", "version",
                                      "0.1.0", "name", key, "expiration",
                                      settings->expires, "value", value)) == 0;
    }
    json_decref(values);
    if (!good) {
        json_decref(entries);
        return false;
    }
    return dump(to, entries, INDENTED);
}

/* The digits of a document's only firmware, or NULL. */
static const char *boot_hex(const struct reference_set *set,
                            enum boot_value_id id)
{
    const struct reference_firmware *f = &set->firmware[0];
    const struct boot_value *v = boot_value_find(f->boot, f->boot_count, id);
    return v ? v->hex : NULL;
}

/* --- Intel DCAP: quote appraisal engine, tenant TD policy -------------- */

bool write_dcap_policy(FILE *to, const struct reference_set *set,
                       const struct reference_settings *settings)
{
    return dump(to,
                json_pack("{s:[{s:{s:s, s:s}, s:{s:s, s:s*, s:s*}}]}",
                          "policy_array", "environment", "class_id",
                          settings->class_id, "description",
                          strcmp(settings->class_id, REFERENCE_CLASS_TD10) == 0
                              ? "Application TD TCB 1.0"
                              : "Application TD TCB 1.5",
                          "reference", "tdx_mrtd", set->only->hex, "tdx_rtmr1",
                          boot_hex(set, BOOT_VALUE_RTMR1), "tdx_rtmr2",
                          boot_hex(set, BOOT_VALUE_RTMR2)),
                INDENTED);
}

/* --- Edgeless Contrast: reference value patches (RFC 6902) ------------- */

/* Nothing where there is no value. */
static void add_operation(json_t *patch, const char *op, const char *path,
                          const char *value)
{
    if (value) {
        json_array_append_new(patch, json_pack("{s:s, s:s, s:s}", "op", op,
                                               "path", path, "value", value));
    }
}

bool write_contrast_patch(FILE *to, const struct reference_set *set,
                          const struct reference_settings *settings)
{
    json_t *patch = json_array();
    (void)settings;
    add_operation(patch, "test", "/Platform", "Metal-QEMU-TDX");
    add_operation(patch, "replace", "/MrTd", set->only->hex);
    add_operation(patch, "replace", "/Rtmrs/1",
                  boot_hex(set, BOOT_VALUE_RTMR1));
    add_operation(patch, "replace", "/Rtmrs/2",
                  boot_hex(set, BOOT_VALUE_RTMR2));
    return dump(to, json_pack("[o]", patch), INDENTED);
}

/* --- in-toto, and ours with everything --------------------------------- */

static json_t *vmms(const struct reference_value *value)
{
    json_t *names = json_array();
    for (size_t i = 0; value->vmms[i]; i++) {
        json_array_append_new(names, json_string(value->vmms[i]));
    }
    return names;
}

/* What a kernel leads to does not depend on the VMM. */
static json_t *boot_attribute(const struct reference_firmware *firmware)
{
    json_t *conditions = boot_origin_json(&firmware->origin);
    for (size_t i = 0; i < firmware->boot_count; i++) {
        const struct boot_value *v = &firmware->boot[i];
        json_object_set_new(conditions, boot_value_names(v->id)->member,
                            json_string(v->hex));
    }
    return json_pack("{s:s, s:o}", "attribute", "TDX_BOOT", "conditions",
                     conditions);
}

/* SCAI v0.3 (in-toto/attestation, spec/predicates/scai.md): what it asserts is
 * for its users to agree on. */
static json_t *attribute_report(const struct reference_firmware *firmware)
{
    json_t *attributes = json_array();
    for (size_t i = 0; i < firmware->value_count; i++) {
        const struct reference_value *v = &firmware->values[i];
        json_array_append_new(
            attributes,
            json_pack("{s:s, s:{s:s, s:s*, s:o}}", "attribute", "TDX_MRTD",
                      "conditions", "mrtd", v->hex, "image_format",
                      firmware->image_format, "vmm", vmms(v)));
    }
    if (firmware->boot_count > 0) {
        json_array_append_new(attributes, boot_attribute(firmware));
    }
    return json_pack("{s:o}", "attributes", attributes);
}

bool write_in_toto_predicate(FILE *to, const struct reference_set *set,
                             const struct reference_settings *settings)
{
    (void)settings;
    return dump(to, attribute_report(&set->firmware[0]), INDENTED);
}

bool write_json_statement(FILE *to, const struct reference_firmware *f,
                          json_t *predicate)
{
    return dump(to,
                json_pack("{s:s, s:[{s:s, s:{s:s, s:s}}], s:s, s:o}", "_type",
                          "https://in-toto.io/Statement/v1", "subject", "name",
                          f->artifact, "digest", "sha256", f->sha256, "sha384",
                          f->sha384, "predicateType",
                          "https://in-toto.io/attestation/scai/v0.3",
                          "predicate", predicate),
                INDENTED);
}

bool write_in_toto(FILE *to, const struct reference_set *set,
                   const struct reference_settings *settings)
{
    const struct reference_firmware *f = &set->firmware[0];
    (void)settings;
    return write_json_statement(to, f, attribute_report(f));
}

bool write_json(FILE *to, const struct reference_set *set,
                const struct reference_settings *settings)
{
    json_t *files = json_array();
    for (size_t i = 0; i < set->count; i++) {
        const struct reference_firmware *f = &set->firmware[i];
        json_array_append_new(
            files,
            json_pack("{s:s, s:I, s:s, s:s, s:s*, s:o, s:o*, s:o*}", "artifact",
                      f->artifact, "size", (json_int_t)f->size, "sha256",
                      f->sha256, "sha384", f->sha384, "image_format",
                      f->image_format, "values", values_of_firmware(f), "boot",
                      values_of_boot(f), "initdata",
                      initdata_value_json(f->initdata, settings->platform)));
    }
    return dump(to,
                json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o}", "schema",
                          SCHEMA_REFERENCE, "tool_version", mrtd_version(),
                          "platform", mrtd_platform_name(settings->platform),
                          "id", settings->id, "version", settings->version,
                          "date", *settings->date ? settings->date : NULL,
                          "firmware", files),
                INDENTED);
}
