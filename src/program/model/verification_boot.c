/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verification_boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/firmware_boot.h"
#include "reference/claims_boot.h"

/* Room for the names of all values. */
#define NAMES_SIZE 60

/* Adds a name to such a list. */
static void add_name(char names[NAMES_SIZE], enum boot_value_id id)
{
    const size_t used = strlen(names);
    snprintf(names + used, NAMES_SIZE - used, "%s%s", used ? ", " : "",
             boot_value_names(id)->name);
}

static bool is_of(unsigned values, enum boot_value_id id)
{
    return values & BOOT_VALUE_BIT(id);
}

void verification_ask(struct verification *v,
                      const struct launch_options *options,
                      const struct initdata *initdata)
{
    const unsigned more = initdata ? BOOT_VALUE_BIT(BOOT_VALUE_INITDATA) : 0;
    v->options = options;
    v->initdata = initdata;
    v->asked |= firmware_boot_asked(options) | more;
    v->named |= firmware_boot_named(options) | more;
}

/* The option that asks for a value. */
static const char *option_of(enum boot_value_id id)
{
    return id == BOOT_VALUE_INITDATA ? "--initdata" : "--register";
}

/* Says what is not compared, of what the options could ask for, or not. */
static void say_left(struct verification *v, remark_fn *say)
{
    const struct claims *claims = &v->document->claims;
    char left[NAMES_SIZE] = "";
    char never[NAMES_SIZE] = "";
    for (enum boot_value_id id = 0; id < BOOT_VALUES; id++) {
        if (claims->boot_said[id] > 0 && !is_of(v->asked, id)) {
            v->has_left = true;
            if (id != BOOT_VALUE_INITDATA) {
                add_name(boot_value_names(id)->option ? left : never, id);
            }
        }
    }
    if (claims->boot_said[BOOT_VALUE_INITDATA] > 0 &&
        !is_of(v->asked, BOOT_VALUE_INITDATA)) {
        say(v->document->name,
            "warning: not compared: what initdata makes; --initdata does that "
            "[reference-unchecked]");
    }
    if (*left && claims->is_of_uki) {
        say(v->document->name,
            "warning: not compared: %s, of a unified kernel image, which "
            "--verify does not compute; --uki prints them "
            "[reference-unchecked]",
            left);
    } else if (*left) {
        say(v->document->name,
            "warning: not compared: %s; --register mrtd with their names, "
            "--kernel and --append does that [reference-unchecked]",
            left);
    }
    if (*never) {
        say(v->document->name,
            "warning: not compared: %s, which --verify does not compute "
            "[reference-unchecked]",
            never);
    }
}

enum exit_status verification_begin_boot(struct verification *v, remark_fn *say,
                                         struct failure *failure)
{
    const struct claims *claims = &v->document->claims;
    const unsigned booted = v->asked & ~BOOT_VALUE_BIT(BOOT_VALUE_INITDATA);
    size_t taken = 0;
    for (enum boot_value_id id = 0; id < BOOT_VALUES; id++) {
        const bool is_unread = claims_boot_is_unread(claims, id);
        taken += is_of(booted, id) ? claims->boot_taken[id] : 0;
        if ((is_of(v->asked, id) && is_unread) ||
            (is_of(v->named, id) && claims->boot_taken[id] == 0)) {
            return failure_differs(
                failure, v->document->name, "reference-register",
                is_unread ? "it says something of %s that is not read here, "
                            "and so cannot be compared"
                          : "it says nothing of %s, which %s asks for",
                boot_value_names(id)->name, option_of(id));
        }
    }
    if (booted && claims->is_of_uki) {
        return failure_differs(failure, v->document->name, "reference-register",
                               "its registers are of a unified kernel image, "
                               "which --verify does not compute; --uki prints "
                               "them");
    }
    if (booted && taken == 0) {
        return failure_differs(failure, v->document->name, "reference-register",
                               "it says nothing but MRTDs, and --register asks "
                               "for more");
    }
    v->say = say;
    say_left(v, say);
    v->boot_explained = calloc(claims->boot_count + 1, 1);
    v->held = calloc(CLAIMS_GROUPS, sizeof *v->held);
    v->said = calloc(CLAIMS_GROUPS, sizeof *v->said);
    if (!v->boot_explained || !v->held || !v->said) {
        free(v->boot_explained);
        free(v->held);
        free(v->said);
        return failure_memory(failure, NULL);
    }
    return EXIT_DONE;
}

/* Of all, what the document has a place for and does not say: once. */
static void say_absent(struct verification *v, enum boot_value_id id)
{
    const bool has_place =
        !boot_value_names(id)->is_event || v->document->claims.has_events;
    if (has_place && !is_of(v->absent, id)) {
        v->say(v->document->name,
               "warning: not compared: %s, of which it says nothing "
               "[reference-unchecked]",
               boot_value_names(id)->name);
        v->absent |= BOOT_VALUE_BIT(id);
    }
}

/* --- Values of one firmware ---------------------------------------------- */

/* What is looked for: the values of a firmware that the document says something
 * of; and after them what it may have besides. */
struct wanted {
    struct boot_value values[BOOT_VALUES + 1];
    size_t count;
    size_t all;
};

/* Which of them a claim says, as a bit; 0: none. */
static unsigned says(const struct wanted *w, const struct boot_claim *claim)
{
    for (size_t i = 0; i < w->all; i++) {
        const struct boot_value *value = &w->values[i];
        if (claim->id == value->id && claim->size == value->size &&
            memcmp(claim->digest, value->digest, value->size) == 0) {
            return 1U << i;
        }
    }
    return 0;
}

/* Does a group of values, which has an MRTD of the firmware, say all of them?
 * Registers of another firmware, or of another launch, are nothing of it. */
static bool says_all(const struct verification *v, const struct wanted *w,
                     size_t group)
{
    const unsigned all = (1U << w->count) - 1;
    return v->held[group] && (v->said[group] & all) == all;
}

/* Looks them up; false: no group says all of them, and what is said of them is
 * only told apart from what is of no firmware. */
static bool look_up(struct verification *v, const struct wanted *w)
{
    const struct claims *claims = &v->document->claims;
    bool found = false;
    memset(v->said, 0, CLAIMS_GROUPS * sizeof *v->said);
    for (size_t i = 0; i < claims->boot_count; i++) {
        v->said[claims->boot[i].group] |= says(w, &claims->boot[i]);
    }
    for (size_t i = 0; i < claims->boot_count; i++) {
        found |= says_all(v, w, claims->boot[i].group);
    }
    for (size_t i = 0; i < claims->boot_count; i++) {
        const struct boot_claim *claim = &claims->boot[i];
        if (found ? says_all(v, w, claim->group) : v->held[claim->group]) {
            v->boot_explained[i] |= says(w, claim) != 0;
        }
    }
    return found;
}

/* Do both have the member, and another value of it? */
static bool is_other(const json_t *said, const json_t *computed,
                     const char *key)
{
    const json_t *a = json_object_get(said, key);
    const json_t *b = json_object_get(computed, key);
    return a && b && !json_is_null(a) && !json_is_null(b) && !json_equal(a, b);
}

/* What a document of this program says of how the values were made, and is not
 * how; NULL: it is all so. */
static const char *find_other(const json_t *said, const json_t *computed)
{
    static const char *const all[] = {"firmware", "kernel_version", "cmdline"};
    static const char *const rules[] = {"kernel_is_patched", "initrd_argument",
                                        "separator_register",
                                        "kernel_measures"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        found = !found && is_other(said, computed, all[i]) ? all[i] : found;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        found = !found && is_other(json_object_get(said, "rules"),
                                   json_object_get(computed, "rules"), rules[i])
                    ? rules[i]
                    : found;
    }
    return found;
}

static enum exit_status compare_origin(const struct verification *v,
                                       const struct wanted *w,
                                       const struct reference_firmware *f,
                                       const char *name,
                                       struct failure *failure)
{
    const struct claims *claims = &v->document->claims;
    json_t *computed = boot_origin_json(&f->origin);
    const char *other = NULL;
    if (!computed) {
        return failure_memory(failure, name);
    }
    for (size_t i = 0; !other && i < claims->made_count; i++) {
        if (says_all(v, w, claims->made[i].group)) {
            other = find_other(claims->made[i].origin, computed);
        }
    }
    json_decref(computed);
    return other ? failure_differs(failure, name, "reference-register",
                                   "\"%s\" of its \"boot\" in the document is "
                                   "not what its values are computed with",
                                   other)
                 : EXIT_DONE;
}

/* What a value is called; initdata makes a field of the platform. */
static const char *noun_of(const struct verification *v, enum boot_value_id id)
{
    return id == BOOT_VALUE_INITDATA ? initdata_field_name(v->options->platform)
                                     : boot_value_names(id)->name;
}

/* What it is of beside the firmware. */
static const char *inputs_of(enum boot_value_id id)
{
    return id == BOOT_VALUE_INITDATA ? "initdata" : "kernel and command line";
}

/* Is there a claim of that id beside an MRTD of the firmware; and one of that
 * value? */
static bool has_claim(const struct verification *v,
                      const struct boot_value *value, bool is_equal)
{
    const struct claims *claims = &v->document->claims;
    const struct wanted one = {.values = {*value}, .count = 1, .all = 1};
    bool has = false;
    for (size_t i = 0; i < claims->boot_count; i++) {
        const struct boot_claim *claim = &claims->boot[i];
        has |= claim->id == value->id && v->held[claim->group] &&
               (!is_equal || says(&one, claim));
    }
    return has;
}

/* Why no group says all of them. */
static enum exit_status tell(const struct verification *v,
                             const struct wanted *w, const char *name,
                             struct failure *failure)
{
    const bool is_tdx = v->options->platform == MRTD_PLATFORM_TDX;
    for (size_t i = 0; i < w->count; i++) {
        const struct boot_value *value = &w->values[i];
        const char *noun = noun_of(v, value->id);
        if (!has_claim(v, value, false)) {
            return failure_differs(failure, name, "reference-register",
                                   "the document has %s of other firmware "
                                   "files, and none beside the %s of this",
                                   noun, is_tdx ? "MRTD" : "launch digest");
        }
        if (!has_claim(v, value, true)) {
            return failure_differs(failure, name, "reference-register",
                                   "its %s with this %s, %s, is not in the "
                                   "document",
                                   noun, inputs_of(value->id), value->hex);
        }
    }
    return failure_differs(failure, name, "reference-register",
                           "its registers are in the document, but not beside "
                           "each other: each is beside one of another launch");
}

/* Collects them; of all, what the document does not say is said. */
static struct wanted collect(struct verification *v,
                             const struct reference_firmware *f)
{
    const size_t *taken = v->document->claims.boot_taken;
    const enum mrtd_platform own = v->options->platform;
    struct wanted w = {.count = 0};
    for (size_t i = 0; i < f->boot_count; i++) {
        if (taken[f->boot[i].id] > 0) {
            w.values[w.count++] = f->boot[i];
        } else {
            say_absent(v, f->boot[i].id);
        }
    }
    if (v->initdata && taken[BOOT_VALUE_INITDATA] > 0) {
        w.values[w.count++] = initdata_value(v->initdata, own);
    }
    w.all = w.count;
    /* RVPS has one key for guests of both platforms. */
    if (v->initdata) {
        w.values[w.all++] = initdata_value(
            v->initdata,
            own == MRTD_PLATFORM_TDX ? MRTD_PLATFORM_SNP : MRTD_PLATFORM_TDX);
    }
    return w;
}

enum exit_status
verification_compare_boot(struct verification *v,
                          const struct reference_firmware *firmware,
                          const char *name, struct verification_names *claimed,
                          struct failure *failure)
{
    const struct wanted w = collect(v, firmware);
    if (!look_up(v, &w) && w.count > 0) {
        return tell(v, &w, name, failure);
    }
    for (size_t i = 0; i < w.count; i++) {
        if (claimed->used < sizeof claimed->text) {
            claimed->used += (size_t)snprintf(
                claimed->text + claimed->used,
                sizeof claimed->text - claimed->used, "%s%s",
                i > 0 ? ", " : "; ", boot_value_names(w.values[i].id)->name);
        }
    }
    return firmware->boot_count > 0
               ? compare_origin(v, &w, firmware, name, failure)
               : EXIT_DONE;
}

enum exit_status verification_end_boot(const struct verification *v,
                                       struct failure *failure)
{
    const struct claims *claims = &v->document->claims;
    for (size_t i = 0; v->measured && i < claims->boot_count; i++) {
        const enum boot_value_id id = claims->boot[i].id;
        if (is_of(v->asked, id) && !v->boot_explained[i]) {
            return failure_differs(failure, v->document->name,
                                   "reference-register",
                                   "a value of %s in it is of none of the "
                                   "firmware files, with this %s",
                                   boot_value_names(id)->name, inputs_of(id));
        }
    }
    return v->is_strict && v->has_left
               ? failure_differs(failure, v->document->name,
                                 "reference-unchecked",
                                 "registers, events' digests or initdata in "
                                 "it were not compared, and --strict asks that "
                                 "all are")
               : EXIT_DONE;
}
