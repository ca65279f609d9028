/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/guest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parts of a text, and room for one. */
#define PARTS     4
#define PART_SIZE 32

const struct mrtd_register_info *guest_register(enum mrtd_platform platform)
{
    const struct mrtd_register_info *info;
    size_t i = 0;
    while ((info = mrtd_register_at(i)) && info->platform != platform) {
        i++;
    }
    return info;
}

/* --- As text ------------------------------------------------------------- */

const char *guest_text(const struct guest_launch *launch,
                       char text[GUEST_TEXT_SIZE])
{
    char kind[PART_SIZE] = "";
    char features[PART_SIZE] = "";
    char vcpus[PART_SIZE] = "";
    if (launch->has_vcpu && launch->type) {
        snprintf(kind, sizeof kind, ",%s", launch->type);
    } else if (launch->has_vcpu && launch->has_features) {
        snprintf(kind, sizeof kind, ",0x%" PRIx32, launch->signature);
    }
    if (launch->has_features) {
        snprintf(features, sizeof features, ",0x%" PRIx64, launch->features);
    }
    if (launch->vcpus > 0) {
        snprintf(vcpus, sizeof vcpus, ",%" PRIu32, launch->vcpus);
    }
    snprintf(text, GUEST_TEXT_SIZE, "%s%s%s%s", launch->vmm->name, vcpus, kind,
             features);
    return text;
}

bool guest_hex(const char *text, uint64_t most, uint64_t *number)
{
    static const char digits[] = "0123456789abcdef";
    const size_t len = strlen(text);
    if (len < 3 || len > 18 || memcmp(text, "0x", 2) != 0 ||
        strspn(text + 2, digits) != len - 2 || (text[2] == '0' && len > 3)) {
        return false;
    }
    *number = strtoull(text, NULL, 16);
    return *number <= most;
}

static bool take_vcpus(const char *text, struct guest_launch *launch)
{
    const size_t len = strlen(text);
    const bool is_number =
        len > 0 && len < 6 && strspn(text, "0123456789") == len && *text != '0';
    const unsigned long number = is_number ? strtoul(text, NULL, 10) : 0;
    launch->vcpus = (uint32_t)number;
    return number > 0 && number <= MRTD_MAX_VCPUS;
}

static bool take_type(const char *text, struct guest_launch *launch)
{
    const struct mrtd_vcpu_type *type = mrtd_vcpu_type_find(text);
    uint64_t signature = 0;
    launch->has_vcpu = true;
    if (type) {
        launch->type = type->name;
        launch->signature = type->signature;
        return true;
    }
    if (!guest_hex(text, UINT32_MAX, &signature)) {
        return false;
    }
    launch->signature = (uint32_t)signature;
    return true;
}

static bool take_features(const char *text, struct guest_launch *launch)
{
    launch->has_features = true;
    return guest_hex(text, UINT64_MAX, &launch->features);
}

/* Splits the text at commas; 0: it has too many parts, or one is too long. */
static size_t split(char parts[PARTS][PART_SIZE], const char *text, size_t len)
{
    size_t count = 0;
    size_t used = 0;
    parts[0][0] = '\0';
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ',') {
            used = 0;
            if (++count == PARTS) {
                return 0;
            }
        } else if (used + 1 < PART_SIZE) {
            parts[count][used++] = text[i];
        } else {
            return 0;
        }
        parts[count][used] = '\0';
    }
    return count + 1;
}

bool guest_parse(struct guest_launch *launch, enum mrtd_platform platform,
                 const char *text, size_t len)
{
    char parts[PARTS][PART_SIZE] = {{0}};
    const size_t count = split(parts, text, len);
    struct guest_launch made = {
        .vmm = count > 0 ? mrtd_vmm_find(platform, parts[0]) : NULL};
    /* A third part alone is features, or a type by its name. */
    const bool has_type =
        count == PARTS || (count == 3 && mrtd_vcpu_type_find(parts[2]));
    const bool has_features = count == PARTS || (count == 3 && !has_type);
    if (!made.vmm || (count > 1 && !take_vcpus(parts[1], &made)) ||
        (has_type && !take_type(parts[2], &made)) ||
        (has_features && !take_features(parts[count - 1], &made))) {
        return false;
    }
    *launch = made;
    return true;
}

/* --- Comparison ---------------------------------------------------------- */

bool guest_agrees(const struct guest_launch *said,
                  const struct guest_launch *launch)
{
    return (!said->vmm || said->vmm == launch->vmm) &&
           (said->vcpus == 0 || said->vcpus == launch->vcpus) &&
           (!said->has_vcpu ||
            (launch->has_vcpu && said->signature == launch->signature)) &&
           (!said->has_features ||
            (launch->has_features && said->features == launch->features));
}

/* --- As JSON ------------------------------------------------------------- */

static json_t *hex(uint64_t number)
{
    char text[20];
    snprintf(text, sizeof text, "0x%" PRIx64, number);
    return json_string(text);
}

void guest_add_members(json_t *object, const struct guest_launch *launch)
{
    json_t *vmms = json_array();
    json_array_append_new(vmms, json_string(launch->vmm->name));
    json_object_set_new(object, "vmm", vmms);
    if (launch->vcpus == 0) {
        return;
    }
    json_object_set_new(object, "vcpus",
                        json_integer((json_int_t)launch->vcpus));
    if (launch->has_vcpu && launch->type) {
        json_object_set_new(object, "vcpu_type", json_string(launch->type));
    } else if (launch->has_vcpu) {
        json_object_set_new(object, "vcpu_signature", hex(launch->signature));
    }
    if (launch->has_features) {
        json_object_set_new(object, "guest_features", hex(launch->features));
    }
}

static bool read_vmm(json_t *value, enum mrtd_platform platform,
                     struct guest_launch *launch)
{
    const char *name = json_string_value(json_array_get(value, 0));
    launch->vmm = name && json_array_size(value) == 1
                      ? mrtd_vmm_find(platform, name)
                      : NULL;
    return launch->vmm != NULL;
}

static bool read_vcpus(json_t *value, struct guest_launch *launch)
{
    const json_int_t number = json_integer_value(value);
    launch->vcpus =
        number > 0 && number <= MRTD_MAX_VCPUS ? (uint32_t)number : 0;
    return launch->vcpus > 0;
}

/* A type by its name; a signature by its digits. */
static bool read_type(json_t *value, bool is_name, struct guest_launch *launch)
{
    const char *text = json_string_value(value);
    return text && take_type(text, launch) && is_name == (launch->type != NULL);
}

static bool read_features(json_t *value, struct guest_launch *launch)
{
    const char *text = json_string_value(value);
    return text && take_features(text, launch);
}

bool guest_is_member(const char *name)
{
    return strcmp(name, "vmm") == 0 || strcmp(name, "vcpus") == 0 ||
           strcmp(name, "vcpu_type") == 0 ||
           strcmp(name, "vcpu_signature") == 0 ||
           strcmp(name, "guest_features") == 0;
}

const char *guest_read_members(struct guest_launch *launch,
                               enum mrtd_platform platform, json_t *object)
{
    json_t *vcpus = json_object_get(object, "vcpus");
    json_t *type = json_object_get(object, "vcpu_type");
    json_t *signature = json_object_get(object, "vcpu_signature");
    json_t *features = json_object_get(object, "guest_features");
    if (!read_vmm(json_object_get(object, "vmm"), platform, launch)) {
        return "vmm";
    }
    if (vcpus && !read_vcpus(vcpus, launch)) {
        return "vcpus";
    }
    if (type && (signature || !read_type(type, true, launch))) {
        return "vcpu_type";
    }
    if (signature && !read_type(signature, false, launch)) {
        return "vcpu_signature";
    }
    if (features && !read_features(features, launch)) {
        return "guest_features";
    }
    return !vcpus && (type || signature || features) ? "vcpus" : NULL;
}
