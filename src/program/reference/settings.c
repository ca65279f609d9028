/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "printable.h"
#include "reference/claims.h"

/* The last second of the year 9999, with which RFC 3339 ends. */
#define LAST_SECOND 253402300799

struct reference_settings settings_default(enum mrtd_platform platform)
{
    return (struct reference_settings){
        .platform = platform,
        .entity = "mrtd-calc",
        .vendor = "Intel",
        .model = "TDX",
        /* guest_td15_id of Intel's appraisal policies: intel/confidential-
         * computing.tee.dcap 22e09a2, QuoteVerification/appraisal/qal/opa_bin/
         * qal_script.rego. */
        .class_id = SETTINGS_CLASS_ID,
        .key = boot_value_beside(platform),
    };
}

bool settings_is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof form; i++) {
        if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) ||
                                 isupper((unsigned char)text[i])
                           : text[i] != form[i]) {
            return false;
        }
    }
    return true;
}

bool settings_is_expiry(const char *text)
{
    static const char form[] = "yyyy-mm-ddThh:mm:ssZ";
    const size_t len = strlen(text);
    int64_t seconds;
    return len == strlen(form) && text[10] == 'T' && text[len - 1] == 'Z' &&
           claims_time(text, len, &seconds);
}

bool settings_find_corim_form(const char *text, enum reference_corim_form *form)
{
    static const char *const forms[] = {
        [CORIM_MKEY] = "mkey",
        [CORIM_EXTENSION] = "extension",
        [CORIM_SET] = "set",
    };
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(text, forms[i]) == 0) {
            *form = i;
            return true;
        }
    }
    return false;
}

enum exit_status settings_take_date(struct reference_settings *settings,
                                    struct failure *failure)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    struct tm tm;
    if (!text || !*text) {
        return EXIT_DONE;
    }
    const long long seconds = strtoll(text, &end, 10);
    const time_t t = (time_t)seconds;
    if (!isdigit((unsigned char)text[0]) || *end || seconds > LAST_SECOND ||
        !gmtime_r(&t, &tm)) {
        return failure_usage(failure,
                             "SOURCE_DATE_EPOCH is not a number of seconds "
                             "since 1970: '%s'",
                             printable(text));
    }
    strftime(settings->date, sizeof settings->date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return EXIT_DONE;
}

bool settings_same_warnings(const struct reference_settings *a,
                            const struct reference_settings *b)
{
    return a->platform == b->platform && strcmp(a->key, b->key) == 0 &&
           strcmp(a->vendor, b->vendor) == 0 &&
           strcmp(a->model, b->model) == 0 && a->scalar == b->scalar &&
           a->corim_form == b->corim_form;
}
