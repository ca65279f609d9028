/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By which names reference values are said to be a TD's. In the same places
 * there are the names of whatever else a machine has, so that only these count,
 * letter by letter, and what the user says.
 */
#ifndef REFERENCE_ENVIRONMENT_H
#define REFERENCE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENVIRONMENT_UUID_SIZE 16

/* The bytes of a UUID in lower-case digits and hyphens, which was checked. */
void environment_uuid(const char *text, uint8_t id[ENVIRONMENT_UUID_SIZE]);

/* What the user says that an environment of his own is called: each is NULL, or
 * counts as well as what is known. */
struct environment_own {
    const char *vendor;
    const char *model;
    const uint8_t *class_id; /* a UUID's bytes */
};

/* Does the text of len bytes name the vendor, or the model, of TDs? own may be
 * NULL. */
bool environment_has_vendor(const char *text, size_t len,
                            const struct environment_own *own);
bool environment_has_model(const char *text, size_t len,
                           const struct environment_own *own);

/* Is it the UUID of the class of TDs? */
bool environment_has_class(const uint8_t id[ENVIRONMENT_UUID_SIZE],
                           const struct environment_own *own);

/*
 * Is the text of len bytes what Trustee puts before the measurement's name in
 * the key of a value of a TD: "VENDOR/MODEL/", or nothing for an environment
 * that has neither?
 */
bool environment_has_path(const char *text, size_t len);

#endif
