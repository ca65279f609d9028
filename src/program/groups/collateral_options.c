/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/collateral_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "printable.h"

/* --- The command line ----------------------------------------------------- */

/* --accept-tcb: names with commas between them. */
static bool take_accepted(struct collateral_options *o)
{
    const char *at = o->accept;
    o->accepted = 1U << MRTD_TCB_UP_TO_DATE;
    if (!at) {
        return true;
    }
    o->accepted = 0;
    for (;;) {
        char name[60];
        const size_t len = strcspn(at, ",");
        const size_t kept = len < sizeof name ? len : sizeof name - 1;
        memcpy(name, at, kept);
        name[kept] = '\0';
        const enum mrtd_tcb_status status = mrtd_tcb_status_find(name);
        if (status == MRTD_TCB_REVOKED) {
            return options_must(false, "--accept-tcb: Revoked is never "
                                       "accepted");
        }
        if (!status) {
            diagnostic_usage("--accept-tcb needs one or more of UpToDate, "
                             "SWHardeningNeeded, ConfigurationNeeded, "
                             "ConfigurationAndSWHardeningNeeded, OutOfDate, "
                             "OutOfDateConfigurationNeeded, TDRelaunchAdvised "
                             "and TDRelaunchAdvisedConfigurationNeeded, with "
                             "commas between them, not '%s'",
                             printable(name));
            return false;
        }
        o->accepted |= 1U << status;
        if (!at[len]) {
            return true;
        }
        at += len + 1;
    }
}

/* All of five, or none. */
static bool check_five(const struct collateral_options *o, bool *is_any)
{
    const struct option_given five[COLLATERAL_FILES] = {
        {"--tcb-info", o->tcb_info},
        {"--qe-identity", o->qe_identity},
        {"--tcb-issuer-chain", o->issuer_chain},
        {"--pck-crl", o->pck_crl},
        {"--root-crl", o->root_crl}};
    const char *given = NULL;
    char missing[100] = "";
    size_t used = 0;
    for (size_t i = 0; i < COLLATERAL_FILES; i++) {
        if (five[i].is) {
            given = five[i].option;
        } else {
            used += (size_t)snprintf(missing + used, sizeof missing - used,
                                     "%s%s", used ? ", " : "", five[i].option);
        }
    }
    *is_any = given != NULL;
    if (!given || !used) {
        return true;
    }
    diagnostic_usage("%s is of no use without the rest of the collateral: %s "
                     "(or all of it in one file, --collateral)",
                     given, missing);
    return false;
}

bool collateral_options_check(struct collateral_options *o)
{
    const struct option_given both[] = {{"--collateral", o->whole},
                                        {"--tcb-info", o->tcb_info},
                                        {"--qe-identity", o->qe_identity},
                                        {"--tcb-issuer-chain", o->issuer_chain},
                                        {"--pck-crl", o->pck_crl},
                                        {"--root-crl", o->root_crl}};
    bool is_any = false;
    for (size_t i = 1; i < sizeof both / sizeof *both; i++) {
        if (!OPTIONS_EXCLUDE(both[0], both[i])) {
            return false;
        }
    }
    if (!check_five(o, &is_any) || !take_accepted(o)) {
        return false;
    }
    return options_must(!o->accept || o->whole || is_any,
                        "--accept-tcb needs collateral: --collateral, or "
                        "--tcb-info and the other four");
}

/* --- Reading -------------------------------------------------------------- */

static enum exit_status load(struct collateral_options *o,
                             struct collateral_file *file, const char *name)
{
    char *bytes = NULL;
    const enum exit_status status = input_small(
        name, COLLATERAL_MOST_BYTES, "collateral",
        mrtd_code_name(MRTD_ERR_COLLATERAL_FORMAT), &bytes, &file->size);
    if (!status) {
        o->loaded[o->loaded_count++] = bytes;
        file->name = name;
        file->bytes = bytes;
    }
    return status;
}

enum exit_status collateral_options_take(struct collateral_options *o)
{
    struct collateral_files files = {.whole = {.name = NULL}};
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    if (o->whole) {
        status = load(o, &files.whole, o->whole);
    } else if (o->tcb_info) {
        status = load(o, &files.tcb_info, o->tcb_info);
        status = status ? status : load(o, &files.qe_identity, o->qe_identity);
        status =
            status ? status : load(o, &files.issuer_chain, o->issuer_chain);
        status = status ? status : load(o, &files.pck_crl, o->pck_crl);
        status = status ? status : load(o, &files.root_crl, o->root_crl);
    }
    if (status || (!o->whole && !o->tcb_info)) {
        return status;
    }
    o->is_read = true;
    return collateral_read(&o->read, &files, &failure)
               ? diagnostic_failure(&failure)
               : EXIT_DONE;
}

void collateral_options_unused(const struct collateral_options *o,
                               const char *why)
{
    if (o->is_read) {
        diagnostic_file(o->whole ? o->whole : o->tcb_info,
                        "note: collateral is of quotes of TDX, and %s [unused]",
                        why);
    }
}

void collateral_options_free(struct collateral_options *o)
{
    if (o->is_read) {
        collateral_free(&o->read);
    }
    for (size_t i = 0; i < o->loaded_count; i++) {
        free(o->loaded[i]);
    }
}
