/* SPDX-License-Identifier: Apache-2.0 */
/* How a component of a release is launched: with which files, by which VMMs, a
 * guest of AMD's platforms with which virtual CPUs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/image_format.h"
#include "model/manifest_members.h"
#include "model/vmms.h"
#include "printable.h"
#include "reference/guest.h"

#define TDX MANIFEST_OF(MRTD_PLATFORM_TDX)
/* A guest of these is launched with virtual CPUs that are measured. */
#define GUEST                                                                  \
    (MANIFEST_OF(MRTD_PLATFORM_SNP) | MANIFEST_OF(MRTD_PLATFORM_SEV_ES))

static struct launch_options *launch(const struct taking *t)
{
    return &t->component->launch;
}

/* --- Files ---------------------------------------------------------------- */

static enum exit_status take_file(const struct taking *t, const char *key,
                                  const json_t *value)
{
    return manifest_path(t, key, value, &t->component->file);
}

static enum exit_status take_vars(const struct taking *t, const char *key,
                                  const json_t *value)
{
    return manifest_path(t, key, value, &launch(t)->vars);
}

static enum exit_status take_payload(const struct taking *t, const char *key,
                                     const json_t *value)
{
    return manifest_path(t, key, value, &launch(t)->payload);
}

static enum exit_status take_kernel(const struct taking *t, const char *key,
                                    const json_t *value)
{
    return manifest_path(t, key, value, &launch(t)->guest.kernel);
}

static enum exit_status take_initrd(const struct taking *t, const char *key,
                                    const json_t *value)
{
    return manifest_path(t, key, value, &launch(t)->guest.initrd);
}

static enum exit_status take_image(const struct taking *t, const char *key,
                                   const json_t *value)
{
    return manifest_path(t, key, value, &launch(t)->disk);
}

static enum exit_status take_initdata(const struct taking *t, const char *key,
                                      const json_t *value)
{
    return manifest_path(t, key, value, &t->component->initdata);
}

static enum exit_status take_append(const struct taking *t, const char *key,
                                    const json_t *value)
{
    const char *text = json_string_value(value);
    launch(t)->guest.append = text;
    return text ? EXIT_DONE : manifest_refuse(t, key, "not a string");
}

static enum exit_status take_image_format(const struct taking *t,
                                          const char *key, const json_t *value)
{
    const char *text = json_string_value(value);
    return text && image_format_find(text, &launch(t)->image_format)
               ? EXIT_DONE
               : manifest_refuse(t, key, "not one of " IMAGE_FORMATS);
}

/* --- VMMs ----------------------------------------------------------------- */

static enum exit_status add_vmm(const struct taking *t, const char *key,
                                const json_t *value)
{
    struct launch_options *o = launch(t);
    const char *name = json_string_value(value);
    const struct mrtd_vmm *vmm = mrtd_vmm_find(o->platform, name);
    if (!vmm) {
        return manifest_refuse(t, key,
                               "platform %s has no VMM '%s'; 'mrtd-calc --vmm "
                               "help' lists them",
                               mrtd_platform_name(o->platform),
                               printable(name));
    }
    if (!vmm->launches_as) {
        return manifest_refuse(
            t, key, "%s launches nothing, and so has no value", name);
    }
    for (unsigned i = 0; i < o->vmm_count; i++) {
        if (o->vmms[i] == vmm) {
            return manifest_refuse(t, key, "%s is there twice", name);
        }
    }
    if (o->vmm_count == LAUNCH_MAX_VMMS) {
        return manifest_refuse(t, key, "more than %d", LAUNCH_MAX_VMMS);
    }
    o->vmm_given = true;
    o->vmms[o->vmm_count++] = vmm;
    return EXIT_DONE;
}

static enum exit_status take_vmms(const struct taking *t, const char *key,
                                  const json_t *value)
{
    return manifest_texts(t, key, value, add_vmm);
}

/* --- Virtual CPUs --------------------------------------------------------- */

/* A number of virtual CPUs at the start of the text; 0: there is none. */
static uint32_t number_at(const char **text)
{
    char *end = NULL;
    const unsigned long number =
        **text >= '1' && **text <= '9' ? strtoul(*text, &end, 10) : 0;
    *text = end ? end : *text;
    return number <= MRTD_MAX_VCPUS ? (uint32_t)number : 0;
}

/* 4, or "1-8". */
static bool read_range(const json_t *value, struct launch_range *range)
{
    const char *text = json_string_value(value);
    const json_int_t number = json_integer_value(value);
    if (!text) {
        range->first = range->last =
            number <= MRTD_MAX_VCPUS && number > 0 ? (uint32_t)number : 0;
        return range->first > 0;
    }
    range->first = number_at(&text);
    if (*text++ != '-') {
        return false;
    }
    range->last = number_at(&text);
    return range->first > 0 && range->last >= range->first && !*text;
}

static enum exit_status add_range(const struct taking *t, const char *key,
                                  const json_t *value)
{
    struct launch_options *o = launch(t);
    struct launch_range range;
    if (o->range_count == LAUNCH_MAX_RANGES) {
        return manifest_refuse(t, key, "more than %d numbers and ranges",
                               LAUNCH_MAX_RANGES);
    }
    if (!read_range(value, &range)) {
        return manifest_refuse(t, key,
                               "an item that is neither a number from 1 to "
                               "%d nor a range of them, as \"1-8\"",
                               MRTD_MAX_VCPUS);
    }
    const uint32_t twice = launch_add_range(o, &range);
    return twice ? manifest_refuse(t, key, "%" PRIu32 " is there twice", twice)
                 : EXIT_DONE;
}

static enum exit_status take_vcpus(const struct taking *t, const char *key,
                                   const json_t *value)
{
    return manifest_list(t, key, value, add_range);
}

static enum exit_status add_kind(const struct taking *t, const char *key,
                                 const struct launch_vcpu *vcpu)
{
    struct launch_options *o = launch(t);
    if (o->type_count == LAUNCH_MAX_TYPES) {
        return manifest_refuse(t, key, "more than %d kinds of virtual CPUs",
                               LAUNCH_MAX_TYPES);
    }
    for (unsigned i = 0; i < o->type_count; i++) {
        const struct launch_vcpu *other = &o->types[i];
        if (other->signature == vcpu->signature &&
            (!other->type == !vcpu->type) &&
            (!vcpu->type || strcmp(other->type, vcpu->type) == 0)) {
            return manifest_refuse(t, key, "an item is there twice");
        }
    }
    o->types[o->type_count++] = *vcpu;
    return EXIT_DONE;
}

static enum exit_status add_type(const struct taking *t, const char *key,
                                 const json_t *value)
{
    const char *name = json_string_value(value);
    const struct mrtd_vcpu_type *type = mrtd_vcpu_type_find(name);
    return type ? add_kind(t, key,
                           &(struct launch_vcpu){type->name, type->signature})
                : manifest_refuse(t, key,
                                  "there is no type '%s' of virtual CPUs; "
                                  "others have a \"vcpu_signature\"",
                                  printable(name));
}

static enum exit_status take_types(const struct taking *t, const char *key,
                                   const json_t *value)
{
    return manifest_texts(t, key, value, add_type);
}

static enum exit_status add_signature(const struct taking *t, const char *key,
                                      const json_t *value)
{
    uint64_t number = 0;
    return guest_hex(json_string_value(value), UINT32_MAX, &number)
               ? add_kind(t, key, &(struct launch_vcpu){NULL, (uint32_t)number})
               : manifest_refuse(t, key,
                                 "an item that is not CPUID's signature, as "
                                 "\"0x800f12\"");
}

static enum exit_status take_signatures(const struct taking *t, const char *key,
                                        const json_t *value)
{
    return manifest_texts(t, key, value, add_signature);
}

static enum exit_status take_features(const struct taking *t, const char *key,
                                      const json_t *value)
{
    struct launch_guest *guest = &launch(t)->guest;
    const char *text = json_string_value(value);
    guest->has_features = true;
    return text && guest_hex(text, UINT64_MAX, &guest->features)
               ? EXIT_DONE
               : manifest_refuse(t, key,
                                 "not a number in lower-case hexadecimal, as "
                                 "\"0x1\"");
}

/* --- All of them ---------------------------------------------------------- */

static const struct manifest_member members[] = {
    {"platform", NULL, 0}, /* it is taken before all others */
    {"file", take_file, 0},
    {"vars", take_vars, TDX},
    {"payload", take_payload, TDX},
    {"vmm", take_vmms, 0},
    {"image_format", take_image_format, 0},
    {"vcpus", take_vcpus, GUEST},
    {"vcpu_type", take_types, GUEST},
    {"vcpu_signature", take_signatures, GUEST},
    {"guest_features", take_features, GUEST},
    {"kernel", take_kernel, 0},
    {"initrd", take_initrd, 0},
    {"append", take_append, 0},
    {"image", take_image, 0},
    {"initdata", take_initdata, TDX | MANIFEST_OF(MRTD_PLATFORM_SNP)},
};
const struct manifest_table manifest_launching = {members, sizeof members /
                                                               sizeof *members};

/* What is said is measured. */
static enum exit_status check_guest(const struct taking *t)
{
    const struct launch_guest *guest = &launch(t)->guest;
    const char *cmdline = launch(t)->boot.cmdline;
    if (guest->append && cmdline) {
        return manifest_refuse(t, "cmdline", "\"append\" is there, too");
    }
    if (launch(t)->disk && !guest->append && !cmdline) {
        return manifest_refuse(t, "image",
                               "it is compared with the root hash in a "
                               "command line, and there is neither "
                               "\"append\" nor \"cmdline\"");
    }
    if (launch(t)->platform == MRTD_PLATFORM_TDX) {
        return EXIT_DONE; /* the rest is asked by manifest_check_boot() */
    }
    if (cmdline && !guest->kernel) {
        return manifest_refuse(t, "cmdline",
                               "without a \"kernel\" it is not measured");
    }
    if (guest->initrd && !guest->kernel) {
        return manifest_refuse(t, "initrd",
                               "without a \"kernel\" it is not measured");
    }
    if (guest->append && !guest->kernel) {
        return manifest_refuse(t, "append",
                               "without a \"kernel\" it is not measured");
    }
    return EXIT_DONE;
}

enum exit_status manifest_check_launch(const struct taking *t)
{
    struct launch_options *o = launch(t);
    bool takes_payload = false;
    o->component = (struct launch_component){
        t->manifest->name, (size_t)(t->component - t->manifest->components)};
    if (o->vmm_count == 0) {
        o->vmms[o->vmm_count++] = mrtd_vmm_default(o->platform);
    }
    if (o->vars && o->image_format == MRTD_FORMAT_IGVM) {
        return manifest_refuse(t, "image_format",
                               "igvm, but an image with \"vars\" is a TDVF "
                               "image");
    }
    for (unsigned i = 0; i < o->vmm_count; i++) {
        takes_payload |= o->vmms[i]->takes_payload;
    }
    if (o->payload && !takes_payload) {
        return manifest_refuse(t, "payload",
                               "none of the VMMs loads it from a file; "
                               "cloud-hypervisor does");
    }
    if (o->platform == MRTD_PLATFORM_SNP && !o->guest.has_features) {
        o->guest.features = LAUNCH_SNP_FEATURES;
    }
    launch_select(o, 0);
    return check_guest(t);
}
