/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as all our JSON documents have them: objects with the members
 * "register", "algorithm" and "value", and "vmm" where a document says of
 * several VMMs which of them give the value. docs/json.md describes them.
 */
#ifndef REFERENCE_VALUES_JSON_H
#define REFERENCE_VALUES_JSON_H

#include <jansson.h>

#include "reference/reference.h"

/* The member "platform" of all documents. */
#define VALUES_PLATFORM "tdx"
/* The register of an MRTD. */
#define VALUES_MRTD "MRTD"

/*
 * An object with the digits of a SHA-384 register. Without memory NULL, or an
 * object that lacks members.
 */
json_t *values_new(const char *name, const char *hex);

/* Adds an MRTD to a list, as the one of a VMM; if the list has this MRTD, only
 * the VMM is added to it. */
void values_add(json_t *list, const char *hex, const char *vmm);

/* A value of whichever register. */
json_t *values_item(const struct mrtd_value *value);

/* A list of one. */
json_t *values_of(const struct mrtd_value *value);

/* A list of one MRTD. */
json_t *values_of_mrtd(const char *hex);

/* The values of a firmware file: MRTDs, each with its VMMs, or digests of other
 * launches, each with its launch. */
json_t *values_of_firmware(const struct reference_firmware *firmware);

/* What of it was asked for beside MRTDs, and of what it was made; NULL: there
 * is nothing. */
json_t *values_of_boot(const struct reference_firmware *firmware);

/* The digits of an object of values_new() that is an MRTD, whichever members it
 * has besides; NULL if it is something else. */
const char *values_mrtd(const json_t *value);

/* Is it a list as values_of_mrtd() makes it, of these digits? */
bool values_is_mrtd(const json_t *list, const char *hex);

#endif
