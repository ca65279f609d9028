/* SPDX-License-Identifier: Apache-2.0 */
/* What documents of reference values say beside the values: defaults, and what
 * may be set. */
#ifndef REFERENCE_SETTINGS_H
#define REFERENCE_SETTINGS_H

#include "failure.h"
#include "reference/reference.h"

/* Names of enum reference_corim_form, for messages. */
#define SETTINGS_CORIM_FORMS "mkey, extension or set"
/* When reference values expire, as it is to be written. */
#define SETTINGS_EXPIRES                                                       \
    "a date and time in UTC to the second, as 2027-01-31T12:00:00Z"
/* A UUID as one is to be written: a TD of TDX 1.5. */
#define SETTINGS_CLASS_ID REFERENCE_CLASS_TD15

/* Of another text, in a message. */
#define SETTINGS_NO_UUID                                                       \
    "--class-id needs a UUID in lower case, as " SETTINGS_CLASS_ID ", not "    \
    "'%s'"

struct reference_settings settings_default(enum mrtd_platform platform);

bool settings_is_uuid(const char *text);
/* Is it SETTINGS_EXPIRES? RVPS reads no other form. */
bool settings_is_expiry(const char *text);
/* False: there is no such form. */
bool settings_find_corim_form(const char *text,
                              enum reference_corim_form *form);

/* Sets the date, if SOURCE_DATE_EPOCH (reproducible-builds.org/specs/
 * source-date-epoch) is given. */
enum exit_status settings_take_date(struct reference_settings *settings,
                                    struct failure *failure);

/* Do known consumers make the same of documents with these? */
bool settings_same_warnings(const struct reference_settings *a,
                            const struct reference_settings *b);

#endif
