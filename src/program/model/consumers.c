/* SPDX-License-Identifier: Apache-2.0 */
/* What known consumers make of documents of reference values. */
#include <stdio.h>
#include <string.h>

#include "model/documents.h"
#include "printable.h"
#include "reference/settings.h"

/* Trustee 0.21: deps/key-value-storage/src/lib.rs, is_valid_key(). */
static bool is_storable(const char *key)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
    return key[strspn(key, good)] == '\0';
}

static void warn_of_key(const struct reference_settings *s, remark_fn *say)
{
    if (!is_storable(s->key)) {
        say(NULL,
            "warning: --rvps-key %s: Trustee stores it in memory or "
            "LocalJson only; its LocalFs (the default), Postgres and "
            "Redis take only letters, digits and ._/- [reference-key]",
            printable(s->key));
    }
    if (strcmp(s->key, boot_value_beside(s->platform)) != 0) {
        say(NULL,
            "note: Trustee's default policy looks for %s, not for "
            "%s [reference-key]",
            boot_value_beside(s->platform), printable(s->key));
    }
    if (s->scalar) {
        say(NULL, "note: Trustee's default policy looks for a list; a string "
                  "of --scalar needs a policy of its own [reference-key]");
    }
}

/* Has a document of one of them registers, or digests of events? */
static bool has_boot(const struct documents_order *order)
{
    bool has = false;
    for (size_t i = 0; i < order->firmware_count; i++) {
        has |= order->firmware[i].boot_count > 0;
    }
    return has;
}

static void warn_of_corim(const struct reference_settings *s, remark_fn *say)
{
    char key[600];
    if (s->platform == MRTD_PLATFORM_SNP) {
        say(NULL, "note: Trustee files the value under claim641/digests; "
                  "veraison's verifier of SEV-SNP takes only CoRIMs of one "
                  "chip [reference-corim]");
        return;
    }
    if (s->corim_form != CORIM_MKEY) {
        say(NULL, "warning: Trustee reads no value from this CoRIM; it reads "
                  "--corim-form mkey [reference-corim]");
        return;
    }
    snprintf(key, sizeof key, "%s/%s/claim83/digests", s->vendor, s->model);
    say(NULL, "note: Trustee files the value under %s [reference-corim]",
        printable(key));
    if (!is_storable(key)) {
        say(NULL, "warning: Trustee's LocalFs (the default), Postgres and "
                  "Redis take only letters, digits and ._/- in such a key; "
                  "choose --vendor and --model so [reference-corim]");
    }
}

static void warn_of_go_tdx_guest(const struct documents_order *order,
                                 remark_fn *say)
{
    const struct reference_set set = {.firmware = order->firmware,
                                      .count = order->firmware_count};
    const bool is_one = reference_count(&set) == 1;
    const bool checks = order->settings->debug_check;
    if (!is_one || checks) {
        say(NULL,
            "note: the policy for go-tdx-guest has %s%s%s, which "
            "v0.3.1 does not know: it needs a newer one "
            "[go-tdx-guest]",
            is_one ? "" : "any_mr_td, for several MRTDs",
            !is_one && checks ? ", and " : "",
            checks ? "enable_td_debug_check" : "");
    }
}

void documents_warn(const struct documents_order *order, remark_fn *say)
{
    if (documents_have_keys(order)) {
        warn_of_key(order->settings, say);
    }
    if (documents_have(order, "corim")) {
        warn_of_corim(order->settings, say);
        if (has_boot(order)) {
            say(NULL, "note: Trustee takes no registers from a CoRIM "
                      "[reference-corim]");
        }
    }
    if (order->firmware_count > 0 && documents_have(order, "go-tdx-guest")) {
        warn_of_go_tdx_guest(order, say);
    }
}
