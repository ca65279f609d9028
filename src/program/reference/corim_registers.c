/* SPDX-License-Identifier: Apache-2.0 */
/*
 * {14: {index or name: digests}} of a TD as a whole, or beside its MRTD
 * (draft-ietf-rats-corim-11, section 5.1.4.5.10). Which index is which register
 * no profile says: 0 to 3 are RTMR0 to RTMR3 here, as write_cbor.c has them.
 */
#include "reference/corim_registers.h"

#include <stdio.h>

#include "reference/claims_boot.h"
#include "reference/claims_cbor.h"
#include "reference/claims_members.h"
#include "reference/corim_measurement.h"

/* Says that there is something of a register that is not taken; of a name that
 * is not known, of each. */
static void leave(struct claims *claims, cbor_item_t *key)
{
    int64_t index = -1;
    if (table_int(key, &index) && index >= 0 && index <= BOOT_VALUE_RTMR3) {
        claims_boot_said(claims, (enum boot_value_id)index);
    } else {
        claims_boot_member(claims, "rtmrs");
    }
}

/* Is it one digest, of the registers' algorithm? */
static const uint8_t *read_digest(cbor_item_t *digests)
{
    cbor_item_t *only = read_element(digests, 0);
    cbor_item_t *algorithm = read_element(only, 0);
    cbor_item_t *bytes = read_element(only, 1);
    return !read_element(digests, 1) && !read_element(only, 2) &&
                   (read_is_int(algorithm, MRTD_ALGORITHM_SHA384) ||
                    read_is_text(algorithm, "sha-384")) &&
                   read_is_bytes(bytes) &&
                   cbor_bytestring_length(bytes) == MRTD_DIGEST_SIZE
               ? cbor_bytestring_handle(bytes)
               : NULL;
}

static bool take_map(const struct table_reader *r, cbor_item_t *map,
                     unsigned *taken)
{
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        cbor_item_t *key = cbor_map_handle(map)[i].key;
        const uint8_t *digest = read_digest(cbor_map_handle(map)[i].value);
        int64_t index = -1;
        if (!digest || !table_int(key, &index) || index < 0 ||
            index > BOOT_VALUE_RTMR3) {
            leave(r->claims, key);
            continue;
        }
        *taken |= BOOT_VALUE_BIT(index);
        if (!claims_boot_add(r->claims, (enum boot_value_id)index, digest,
                             r->error)) {
            return false;
        }
    }
    return true;
}

/* Says of which registers a measurement has something by its own name. */
static void say_named(struct claims *claims, cbor_item_t *measurement)
{
    cbor_item_t *key = read_member(measurement, MEASUREMENT_KEY);
    if (table_type(key) == TYPE_TEXT) {
        char name[MEMBERS_NAME];
        snprintf(name, sizeof name, "%.*s", (int)cbor_string_length(key),
                 (const char *)cbor_string_handle(key));
        claims_boot_member(claims, name);
    }
}

void corim_registers_say(const struct table_reader *r,
                         cbor_item_t *measurements)
{
    for (size_t m = 0; read_element(measurements, m); m++) {
        cbor_item_t *measurement = read_element(measurements, m);
        cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
        if (read_member(value, VALUE_REGISTERS)) {
            claims_boot_member(r->claims, "rtmrs");
        }
        say_named(r->claims, measurement);
    }
}

bool corim_registers_take(struct corim_registers *registers,
                          const struct table_reader *r,
                          cbor_item_t *measurements, bool has_mrtd)
{
    unsigned taken = 0;
    if (!has_mrtd) {
        corim_registers_say(r, measurements);
        return true;
    }
    if (r->claims->reading != CLAIMS_EXACT) {
        return true;
    }
    for (size_t m = 0; read_element(measurements, m); m++) {
        cbor_item_t *measurement = read_element(measurements, m);
        cbor_item_t *value = read_member(measurement, MEASUREMENT_VALUE);
        cbor_item_t *map = read_member(value, VALUE_REGISTERS);
        const enum measurement_subject subject =
            measurement_subject(measurement);
        if (map && subject != OF_MRTD && subject != OF_TD) {
            claims_boot_member(r->claims, "rtmrs");
        } else if (map && !take_map(r, map, &taken)) {
            return false;
        }
        say_named(r->claims, measurement);
    }
    registers->any |= taken;
    registers->all = registers->is_begun ? registers->all & taken : taken;
    registers->is_begun = true;
    return true;
}

void corim_registers_end(const struct corim_registers *registers,
                         struct claims *claims)
{
    for (enum boot_value_id id = 0; id <= BOOT_VALUE_RTMR3; id++) {
        if (registers->any & ~registers->all & BOOT_VALUE_BIT(id)) {
            claims_boot_said(claims, id);
        }
    }
}
