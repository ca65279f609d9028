/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measurements of Tinfoil (tinfoilsh/verifier 77e6820): those of a TD, which a
 * client compares as they are (attestation/attestation.go, EqualsDisplay); the
 * statements of hardware that it accepts (sigstore/sigstore.go,
 * FetchHardwareMeasurements; attestation/hardware.go); and its releases
 * (VerifyAttestation there; tinfoilsh/measure-image-action 0c406fb,
 * measure.py). It compares text with lower-case digits.
 */
#include <stdio.h>
#include <string.h>

#include "reference/claims_guest.h"
#include "reference/claims_lists.h"
#include "reference/claims_walk.h"

#define PREDICATES "https://tinfoil.sh/predicate/"

static const char td_type[] = PREDICATES "tdx-guest/v2";
static const char hardware_type[] = PREDICATES "hardware-measurements/v1";
static const char both_type[] = PREDICATES "snp-tdx-multiplatform/v1";

static const char *type_of(json_t *root, const char *member)
{
    const char *type = walk_member(root, member);
    return type && strncmp(type, PREDICATES, strlen(PREDICATES)) == 0 ? type
                                                                      : NULL;
}

/* What a release says of both platforms, without a statement around it. */
static bool is_bare_release(json_t *root)
{
    return json_object_get(root, "snp_measurement") &&
           json_object_get(root, "tdx_measurement");
}

bool tinfoil_is_release(json_t *root)
{
    const char *type = type_of(root, "predicateType");
    return type ? strcmp(type, both_type) == 0 : is_bare_release(root);
}

bool tinfoil_is(json_t *root)
{
    return type_of(root, "type") || type_of(root, "predicateType") ||
           is_bare_release(root);
}

static bool refuse_type(struct failure *error, const char *type)
{
    if (strcmp(type, both_type) == 0) {
        return lists_refuse(error, "a release of Tinfoil for two platforms",
                            "has RTMR1, RTMR2 and a launch digest of SEV-SNP, "
                            "and no MRTD");
    }
    return lists_refuse(error, "a measurement of Tinfoil",
                        "is of another type than \"tdx-guest/v2\" and "
                        "\"hardware-measurements/v1\"");
}

/* {"type", "registers": [MRTD, RTMR0, RTMR1, RTMR2, RTMR3]} */
static bool read_measurement(struct claims *claims, json_t *root,
                             struct failure *error)
{
    static const char *const names[] = {"type", "registers", NULL};
    static const char what[] = "a measurement of Tinfoil";
    json_t *registers = json_object_get(root, "registers");
    bool good = lists_has_only(root, names, what, error);
    if (good && json_array_size(registers) != LISTS_REGISTERS) {
        return lists_refuse(error, what,
                            "has not five \"registers\", which are MRTD and "
                            "RTMR0 to RTMR3");
    }
    for (size_t i = 0; good && i < LISTS_REGISTERS; i++) {
        char where[60];
        snprintf(where, sizeof where, "register %zu of %s", i, what);
        good = lists_take(claims, i, json_array_get(registers, i), true, where,
                          error);
    }
    return good;
}

/* {"PLATFORM": {"mrtd", "rtmr0"}, ...}: a TD must have both of one of them. */
static bool take_platforms(struct claims *claims, json_t *platforms,
                           struct failure *error)
{
    static const char *const names[] = {"mrtd", "rtmr0", NULL};
    const char *key;
    json_t *platform;
    json_object_foreach(platforms, key, platform)
    {
        char shown[64];
        char where[100];
        walk_printable(shown, sizeof shown, key);
        snprintf(where, sizeof where, "platform \"%s\"", shown);
        if (!lists_has_only(platform, names, where, error)) {
            return false;
        }
        claims_begin_group(claims);
        for (size_t i = 0; names[i]; i++) {
            snprintf(where, sizeof where, "\"%s\" of platform \"%s\"", names[i],
                     shown);
            if (!lists_take(claims, i, json_object_get(platform, names[i]),
                            true, where, error)) {
                return false;
            }
        }
    }
    return true;
}

/* A statement, whose subject is the file of these values and no firmware. */
static bool read_hardware(struct claims *claims, json_t *root,
                          struct failure *error)
{
    const char *why = walk_statement_why(root);
    if (why) {
        return lists_refuse(error, "a statement of Tinfoil's hardware:", why);
    }
    return take_platforms(claims, json_object_get(root, "predicate"), error);
}

/* {"cpus": NUMBER, ...}: the virtual CPUs of the launch, if it says so. */
static bool take_shape(struct claims *claims, json_t *shape, const char *where,
                       struct failure *error)
{
    json_t *cpus = json_object_get(shape, "cpus");
    const json_int_t count = json_integer_value(cpus);
    if (!shape) {
        return true;
    }
    if (!json_is_integer(cpus) || count < 1 || count > UINT32_MAX) {
        return lists_refuse(error, where,
                            "has a \"vm_shape\" whose \"cpus\" is not a "
                            "number of virtual CPUs");
    }
    claims->items[claims->count - 1].guest.vcpus = (uint32_t)count;
    return true;
}

/* {"snp_measurement", "tdx_measurement": {"rtmr1", "rtmr2"}, ...} */
bool tinfoil_read_release(struct claims *claims, json_t *root,
                          struct failure *error)
{
    static const char *const names[] = {
        "snp_measurement", "tdx_measurement", "vm_shape", "cmdline",
        "hashes",          "config",          NULL};
    static const char what[] = "a release of Tinfoil";
    const bool is_stated = type_of(root, "predicateType") != NULL;
    json_t *release = is_stated ? json_object_get(root, "predicate") : root;
    json_t *registers = json_object_get(release, "tdx_measurement");
    const char *why = is_stated ? walk_statement_why(root) : NULL;
    if (why) {
        return lists_refuse(error, "a statement of a release of Tinfoil:", why);
    }
    if (!lists_has_only(release, names, what, error)) {
        return false;
    }
    if (!json_is_string(json_object_get(registers, "rtmr1")) ||
        !json_is_string(json_object_get(registers, "rtmr2"))) {
        return lists_refuse(error, what,
                            "has no \"tdx_measurement\" with texts \"rtmr1\" "
                            "and \"rtmr2\": its consumer refuses it");
    }
    return claims_guest_hex(claims, json_object_get(release, "snp_measurement"),
                            "\"snp_measurement\"", error) &&
           take_shape(claims, json_object_get(release, "vm_shape"), what,
                      error);
}

bool tinfoil_read(struct claims *claims, json_t *root, struct failure *error)
{
    const char *measured = type_of(root, "type");
    const char *stated = type_of(root, "predicateType");
    if (measured) {
        return strcmp(measured, td_type) == 0
                   ? read_measurement(claims, root, error)
                   : refuse_type(error, measured);
    }
    return stated && strcmp(stated, hardware_type) == 0
               ? read_hardware(claims, root, error)
               : refuse_type(error, stated ? stated : both_type);
}
