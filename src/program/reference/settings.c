/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/diagnostic.h"
#include "printable.h"

/* The last second of the year 9999, with which RFC 3339 ends. */
#define LAST_SECOND 253402300799

struct reference_settings settings_default(void)
{
    return (struct reference_settings){
        .entity = "mrtd-calc",
        .vendor = "Intel",
        .model = "TDX",
        /* guest_td15_id of Intel's appraisal policies: intel/confidential-
         * computing.tee.dcap 22e09a2, QuoteVerification/appraisal/qal/opa_bin/
         * qal_script.rego. */
        .class_id = SETTINGS_CLASS_ID,
        .key = "mr_td",
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

enum exit_status settings_take_date(struct reference_settings *settings)
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
        diagnostic("SOURCE_DATE_EPOCH is not a number of seconds since 1970: "
                   "'%s'",
                   printable(text));
        return EXIT_USAGE;
    }
    strftime(settings->date, sizeof settings->date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return EXIT_DONE;
}

/* --- What known consumers make of it ------------------------------------- */

/* Trustee 0.21: deps/key-value-storage/src/lib.rs, is_valid_key(). */
static bool is_storable(const char *key)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
    return key[strspn(key, good)] == '\0';
}

static void warn_of_key(const struct reference_settings *s)
{
    if (!is_storable(s->key)) {
        diagnostic("warning: --rvps-key %s: Trustee stores it in memory or "
                   "LocalJson only; its LocalFs (the default), Postgres and "
                   "Redis take only letters, digits and ._/- [reference-key]",
                   printable(s->key));
    }
    if (strcmp(s->key, "mr_td") != 0) {
        diagnostic("note: Trustee's default policy looks for mr_td, not for "
                   "%s [reference-key]",
                   printable(s->key));
    }
    if (s->scalar) {
        diagnostic("note: Trustee's default policy looks for a list; a string "
                   "of --scalar needs a policy of its own [reference-key]");
    }
}

static void warn_of_corim(const struct reference_settings *s)
{
    char key[600];
    if (s->corim_form != CORIM_MKEY) {
        diagnostic("warning: Trustee reads no value from this CoRIM; it reads "
                   "--corim-form mkey [reference-corim]");
        return;
    }
    snprintf(key, sizeof key, "%s/%s/claim83/digests", s->vendor, s->model);
    diagnostic("note: Trustee files the value under %s [reference-corim]",
               printable(key));
    if (!is_storable(key)) {
        diagnostic("warning: Trustee's LocalFs (the default), Postgres and "
                   "Redis take only letters, digits and ._/- in such a key; "
                   "choose --vendor and --model so [reference-corim]");
    }
}

static void warn_of_go_tdx_guest(const struct documents_order *order)
{
    const struct reference_set set = {.firmware = order->firmware,
                                      .count = order->firmware_count};
    const bool is_one = reference_count(&set) == 1;
    const bool checks = order->settings->debug_check;
    if (!is_one || checks) {
        diagnostic("note: the policy for go-tdx-guest has %s%s%s, which "
                   "v0.3.1 does not know: it needs a newer one "
                   "[go-tdx-guest]",
                   is_one ? "" : "any_mr_td, for several MRTDs",
                   !is_one && checks ? ", and " : "",
                   checks ? "enable_td_debug_check" : "");
    }
}

void settings_warn(const struct documents_order *order)
{
    if (documents_have(order, "rvps") || documents_have(order, "rvps-map")) {
        warn_of_key(order->settings);
    }
    if (documents_have(order, "corim")) {
        warn_of_corim(order->settings);
    }
    if (order->firmware_count > 0 && documents_have(order, "go-tdx-guest")) {
        warn_of_go_tdx_guest(order);
    }
}

bool settings_same_warnings(const struct reference_settings *a,
                            const struct reference_settings *b)
{
    return strcmp(a->key, b->key) == 0 && strcmp(a->vendor, b->vendor) == 0 &&
           strcmp(a->model, b->model) == 0 && a->scalar == b->scalar &&
           a->corim_form == b->corim_form;
}
