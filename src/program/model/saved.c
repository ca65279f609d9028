/* SPDX-License-Identifier: Apache-2.0 */
/* What "show --json" printed, read back: docs/json.md. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/side.h"
#include "printable.h"
#include "reference/json.h"
#include "reference/values_json.h"
#include "schemas.h"

/* 1024 sections and a note for each make less than 1 MiB. */
#define SAVED_LIMIT (UINT64_C(4) << 20)

/* The file at hand. */
struct saved {
    struct side *side;
    struct failure *failure;
};

static enum exit_status refuse(const struct saved *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum exit_status refuse(const struct saved *s, const char *format, ...)
{
    char text[400];
    va_list args;
    /* jansson takes a failed allocation for a fault of the text. */
    if (json_no_memory()) {
        return failure_memory(s->failure, s->side->name);
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return failure_refused(s->failure, s->side->name, "saved",
                           "a JSON, but not one object that 'show --json' has "
                           "printed: %s",
                           printable(text));
}

static bool is_hex(const char *text, size_t digits)
{
    return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

/* "0x1f": up to 16 digits. */
static bool take_number(const char *text, uint64_t *value)
{
    size_t len = strlen(text);
    if (len < 3 || len > 18 || strncmp(text, "0x", 2) != 0 ||
        !is_hex(text + 2, len - 2)) {
        return false;
    }
    *value = strtoull(text + 2, NULL, 16);
    return true;
}

/* Of a section: a string that take_number() reads. */
static bool take_member(const json_t *object, const char *name, uint64_t most,
                        uint64_t *value)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && take_number(text, value) && *value <= most;
}

static bool take_count(const json_t *object, const char *name, uint64_t most,
                       uint64_t *value)
{
    const json_t *number = json_object_get(object, name);
    json_int_t n = json_integer_value(number);
    *value = (uint64_t)n;
    return json_is_integer(number) && n >= 0 && (uint64_t)n <= most;
}

static bool take_digest(const json_t *object, const char *name, char *digest,
                        size_t digits)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!text || !is_hex(text, digits)) {
        return false;
    }
    memcpy(digest, text, digits + 1);
    return true;
}

static bool take_running(const json_t *object, struct section_facts *s)
{
    char hex[MRTD_HEX_SIZE];
    return take_digest(object, "running_sha384", hex, MRTD_HEX_SIZE - 1) &&
           mrtd_hex_decode(s->running, sizeof s->running, hex,
                           MRTD_HEX_SIZE - 1);
}

static bool take_section(const json_t *object, enum mrtd_region_view view,
                         struct section_facts *s, struct mrtd_region *region)
{
    uint64_t type = 0;
    uint64_t attributes = 0;
    uint64_t mask = 0;
    uint64_t offset = 0;
    uint64_t data_size = 0;
    bool good =
        take_count(object, "type", UINT32_MAX, &type) &&
        take_member(object, "attributes", UINT32_MAX, &attributes) &&
        (!json_object_get(object, "mask") ||
         take_member(object, "mask", UINT32_MAX, &mask)) &&
        take_member(object, "data_offset", UINT32_MAX, &offset) &&
        take_member(object, "raw_data_size", UINT32_MAX, &data_size) &&
        take_member(object, "memory_address", UINT64_MAX, &region->gpa) &&
        take_member(object, "memory_data_size", UINT64_MAX, &region->size) &&
        take_count(object, "added_pages", INT64_MAX, &s->added_pages) &&
        take_count(object, "extended_pages", INT64_MAX, &s->extended_pages) &&
        take_running(object, s);
    region->offset = (uint32_t)offset;
    region->data_size = (uint32_t)data_size;
    region->type = (uint32_t)type;
    region->attributes = (uint32_t)attributes;
    region->mask = (uint32_t)mask;
    region->view = (uint8_t)view;
    return good && mrtd_region_name(region);
}

static enum exit_status take_sections(const struct saved *s, const json_t *list)
{
    struct facts *f = &s->side->facts;
    const enum mrtd_region_view view =
        f->locator == MRTD_LOCATOR_IGVM ? MRTD_VIEW_IGVM : MRTD_VIEW_TDVF;
    size_t count = json_array_size(list);
    if (count == 0 || count > MRTD_MAX_IGVM_REGIONS) {
        return refuse(s, "member sections is not a list of 1 to %" PRIu32,
                      MRTD_MAX_IGVM_REGIONS);
    }
    f->sections = calloc(count, sizeof *f->sections);
    f->saved = calloc(count, sizeof *f->saved);
    if (!f->sections || !f->saved) {
        return failure_memory(s->failure, s->side->name);
    }
    f->section_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        if (!take_section(json_array_get(list, i), view, &f->sections[i],
                          &f->saved[i])) {
            return refuse(s, "sections[%zu]: a member is missing or wrong", i);
        }
    }
    char last[MRTD_HEX_SIZE];
    if (strcmp(facts_running(last, &f->sections[count - 1]), f->mrtd) != 0) {
        return refuse(s, "mrtd is not the last section's running_sha384");
    }
    return EXIT_DONE;
}

/* One of the names that json_locator_name() gives: it is printed as it is. */
static bool take_locator(const json_t *locator, struct facts *f)
{
    const char *kind = json_string_value(json_object_get(locator, "kind"));
    for (int i = MRTD_LOCATOR_GUID_TABLE; kind && i <= MRTD_LOCATOR_IGVM; i++) {
        const char *name = json_locator_name((enum mrtd_locator)i);
        if (strcmp(kind, name) == 0) {
            f->locator = (enum mrtd_locator)i;
            return take_member(locator, "descriptor_offset", UINT32_MAX,
                               &f->descriptor_offset);
        }
    }
    return false;
}

static enum exit_status take_object(const struct saved *s, const json_t *root)
{
    struct facts *f = &s->side->facts;
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const char *platform = json_string_value(json_object_get(root, "platform"));
    const char *vmm = json_string_value(json_object_get(root, "vmm"));
    if (!schema || strcmp(schema, SCHEMA_MEASUREMENT) != 0) {
        return refuse(s, "schema is not %s", SCHEMA_MEASUREMENT);
    }
    if (platform && mrtd_platform_find(platform) > MRTD_PLATFORM_TDX) {
        return failure_refused(s->failure, s->side->name, "saved",
                               "a measurement of platform %s; those that can "
                               "be compared are of %s",
                               platform, VALUES_PLATFORM);
    }
    if (!platform || strcmp(platform, VALUES_PLATFORM) != 0) {
        return refuse(s, "platform is not %s", VALUES_PLATFORM);
    }
    if (!vmm || strlen(vmm) >= sizeof f->vmm ||
        !take_locator(json_object_get(root, "locator"), f) ||
        !take_digest(root, "mrtd", f->mrtd, MRTD_HEX_SIZE - 1) ||
        !take_digest(root, "sha256", f->sha256, sizeof f->sha256 - 1) ||
        !take_count(root, "size", MRTD_MAX_IMAGE_SIZE, &f->size)) {
        return refuse(s, "vmm, mrtd, sha256, size or locator is missing "
                         "or wrong");
    }
    if (!values_is_mrtd(json_object_get(root, "values"), f->mrtd)) {
        return refuse(s, "values is not a list of mrtd alone");
    }
    snprintf(f->vmm, sizeof f->vmm, "%s", vmm);
    f->platform = MRTD_PLATFORM_TDX;
    return take_sections(s, json_object_get(root, "sections"));
}

static enum exit_status parse(const struct saved *s, const char *text,
                              size_t len)
{
    json_error_t error;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    /* Where memory is short, jansson may have cut a string. */
    if (!root || json_no_memory()) {
        json_decref(root);
        return refuse(s, "line %d, column %d: %s", error.line, error.column,
                      error.text);
    }
    enum exit_status status = take_object(s, root);
    json_decref(root);
    return status;
}

enum exit_status saved_read(struct side *side,
                            const struct evaluation_file *file,
                            struct failure *failure)
{
    const struct saved s = {side, failure};
    const struct mrtd_source *source = &file->source;
    const uint64_t size = source->size;
    if (size > SAVED_LIMIT) {
        return refuse(&s, "it has %" PRIu64 " bytes, the limit is %" PRIu64,
                      size, SAVED_LIMIT);
    }
    char *text = malloc((size_t)size);
    enum exit_status status = EXIT_DONE;
    if (!text) {
        status = failure_memory(failure, side->name);
    } else if (source->read(source->context, 0, text, (size_t)size)) {
        status = failure_read(failure, side->name, file->problem);
    } else {
        status = parse(&s, text, (size_t)size);
    }
    free(text);
    return status;
}
