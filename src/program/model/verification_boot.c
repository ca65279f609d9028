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

/* Says what is not compared, of what the options could ask for, or not. */
static void say_left(struct verification *v, remark_fn *say)
{
    const struct claims *claims = &v->document->claims;
    const unsigned asked = firmware_boot_asked(v->options);
    char left[NAMES_SIZE] = "";
    char never[NAMES_SIZE] = "";
    for (enum boot_value_id id = 0; id < BOOT_VALUES; id++) {
        if (claims->boot_said[id] > 0 && !is_of(asked, id)) {
            add_name(boot_value_names(id)->option ? left : never, id);
            v->has_left = true;
        }
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
    const unsigned asked = firmware_boot_asked(v->options);
    const unsigned named = firmware_boot_named(v->options);
    size_t taken = 0;
    for (enum boot_value_id id = 0; id < BOOT_VALUES; id++) {
        const bool is_unread = claims_boot_is_unread(claims, id);
        taken += is_of(asked, id) ? claims->boot_taken[id] : 0;
        if ((is_of(asked, id) && is_unread) ||
            (is_of(named, id) && claims->boot_taken[id] == 0)) {
            return failure_differs(
                failure, v->document->name, "reference-register",
                is_unread ? "it says something of %s that is not read here, "
                            "and so cannot be compared"
                          : "it says nothing of %s, which --register asks for",
                boot_value_names(id)->name);
        }
    }
    if (asked && claims->is_of_uki) {
        return failure_differs(failure, v->document->name, "reference-register",
                               "its registers are of a unified kernel image, "
                               "which --verify does not compute; --uki prints "
                               "them");
    }
    if (asked && taken == 0) {
        return failure_differs(failure, v->document->name, "reference-register",
                               "it says nothing but MRTDs, and --register asks "
                               "for more");
    }
    v->say = say;
    say_left(v, say);
    v->boot_explained = calloc(claims->boot_count + 1, 1);
    v->held = calloc(CLAIMS_GROUPS, sizeof *v->held);
    if (!v->boot_explained || !v->held) {
        free(v->boot_explained);
        free(v->held);
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

/* What a document says of a value of a firmware. */
enum saying {
    SAYS_NOTHING, /* beside its MRTD, that is: registers of another firmware
                     are nothing of it */
    SAYS_OTHER,
    SAYS_SO,
};

static enum saying look_up(struct verification *v,
                           const struct boot_value *value)
{
    const struct claims *claims = &v->document->claims;
    enum saying found = SAYS_NOTHING;
    for (size_t i = 0; i < claims->boot_count; i++) {
        const struct boot_claim *claim = &claims->boot[i];
        if (claim->id != value->id || !v->held[claim->group]) {
            continue;
        }
        if (memcmp(claim->digest, value->digest, sizeof claim->digest) == 0) {
            v->boot_explained[i] = true;
            found = SAYS_SO;
        } else if (found == SAYS_NOTHING) {
            found = SAYS_OTHER;
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
        if (v->held[claims->made[i].group]) {
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

enum exit_status
verification_compare_boot(struct verification *v,
                          const struct reference_firmware *firmware,
                          const char *name, struct verification_names *claimed,
                          struct failure *failure)
{
    const struct claims *claims = &v->document->claims;
    const char *separator = "; ";
    for (size_t i = 0; i < firmware->boot_count; i++) {
        const struct boot_value *value = &firmware->boot[i];
        const char *noun = boot_value_names(value->id)->name;
        if (claims->boot_taken[value->id] == 0) {
            say_absent(v, value->id);
            continue;
        }
        const enum saying saying = look_up(v, value);
        if (saying == SAYS_NOTHING) {
            return failure_differs(failure, name, "reference-register",
                                   "the document has %s of other firmware "
                                   "files, and none beside the MRTD of this",
                                   noun);
        }
        if (saying == SAYS_OTHER) {
            return failure_differs(failure, name, "reference-register",
                                   "its %s with this kernel and command line, "
                                   "%s, is not in the document",
                                   noun, value->hex);
        }
        if (claimed->used < sizeof claimed->text) {
            claimed->used += (size_t)snprintf(
                claimed->text + claimed->used,
                sizeof claimed->text - claimed->used, "%s%s", separator, noun);
        }
        separator = ", ";
    }
    return firmware->boot_count > 0 ? compare_origin(v, firmware, name, failure)
                                    : EXIT_DONE;
}

enum exit_status verification_end_boot(const struct verification *v,
                                       struct failure *failure)
{
    const struct claims *claims = &v->document->claims;
    const unsigned asked = firmware_boot_asked(v->options);
    for (size_t i = 0; v->measured && i < claims->boot_count; i++) {
        const enum boot_value_id id = claims->boot[i].id;
        if (is_of(asked, id) && !v->boot_explained[i]) {
            return failure_differs(failure, v->document->name,
                                   "reference-register",
                                   "a value of %s in it is of none of the "
                                   "firmware files, with this "
                                   "kernel and command line",
                                   boot_value_names(id)->name);
        }
    }
    return v->is_strict && v->has_left
               ? failure_differs(failure, v->document->name,
                                 "reference-unchecked",
                                 "registers or events' digests in it were not "
                                 "compared, and --strict asks that all are")
               : EXIT_DONE;
}
