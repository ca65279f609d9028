/* SPDX-License-Identifier: Apache-2.0 */
/* Holds an image against the rules of a loader. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "image/tdvf.h"
#include "launch/loader.h"
#include "launch/notes.h"
#include "launch/plan.h"
#include "launch/reset_code.h"

struct mrtd_lint {
    const struct loader *loader;
    struct mrtd_lint_info info;
    struct mrtd_lint_finding *items;
    struct mrtd_image *image;
};

/* Appends a finding; false where memory is short. */
static bool add(struct mrtd_lint *lint, const struct mrtd_error *what,
                uint32_t section, const struct loader_answer *a)
{
    struct mrtd_lint_info *info = &lint->info;
    struct mrtd_lint_finding *items =
        array_room(lint->items, info->finding_count, sizeof *items);
    if (!items) {
        return false;
    }
    lint->items = items;
    struct mrtd_lint_finding *f = &items[info->finding_count++];
    f->code = what->code;
    f->effect = a->effect;
    f->section = section;
    f->offset = what->offset;
    memcpy(f->message, what->message, sizeof f->message);
    memcpy(f->says, a->text, sizeof f->says);
    if (a->effect == MRTD_EFFECT_REFUSED) {
        info->verdict = MRTD_REFUSES;
    } else if (a->effect == MRTD_EFFECT_UNDEFINED &&
               info->verdict == MRTD_LOADS) {
        info->verdict = MRTD_UNDEFINED;
    } else if (a->effect == MRTD_EFFECT_STOPS && info->verdict == MRTD_LOADS) {
        info->verdict = MRTD_DOES_NOT_RUN;
    }
    return true;
}

/* A rule is broken: asks the loader what follows. False: no memory. */
static bool ask(struct mrtd_lint *lint, const struct mrtd_error *what,
                uint32_t section)
{
    const struct loader_case c = {
        .image = lint->image,
        .section =
            section == MRTD_NO_SECTION ? NULL : &lint->image->sections[section],
        .code = what->code,
    };
    struct loader_answer answer = {0};
    return !lint->loader->answer(lint->loader, &c, &answer) ||
           add(lint, what, section, &answer);
}

/* The rules of the image's floor that are broken. */
static bool ask_image(struct mrtd_lint *lint)
{
    const struct findings *list = &lint->image->findings;
    bool whole = true;
    for (uint32_t i = 0; whole && i < list->count; i++) {
        const struct mrtd_finding *f = &list->items[i];
        struct mrtd_error what = {.code = f->code, .offset = f->offset};
        memcpy(what.message, f->message, sizeof what.message);
        whole = ask(lint, &what, f->section);
    }
    return whole;
}

static bool ask_section_rules(struct mrtd_lint *lint, uint32_t index)
{
    const struct subject subject = {lint->image, &lint->image->sections[index],
                                    index};
    const struct loader_section_rule *rule = lint->loader->section_rules;
    bool whole = true;
    for (; whole && rule->broken; rule++) {
        struct mrtd_error what = {.code = rule->code};
        if (rule->broken(lint->loader, &subject, &what)) {
            whole = ask(lint, &what, index);
        }
    }
    return whole;
}

/* The loader's own rules for the whole image. */
static bool ask_image_rules(struct mrtd_lint *lint, bool decoded)
{
    const struct loader_image_rule *rule = lint->loader->image_rules;
    bool whole = true;
    for (; whole && rule->broken; rule++) {
        struct mrtd_error what = {.code = rule->code};
        if ((decoded || rule->undecoded) &&
            rule->broken(lint->loader, lint->image, &what)) {
            whole = ask(lint, &what, MRTD_NO_SECTION);
        }
    }
    return whole;
}

static enum mrtd_code no_memory(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the findings");
}

/* Measured bytes that are not zeros with this loader: its MRTD differs. */
static enum mrtd_code check_fill(struct mrtd_lint *lint, uint32_t index,
                                 struct mrtd_error *error)
{
    const struct loader_answer differs = {.effect = MRTD_EFFECT_DIFFERS};
    const struct subject subject = {lint->image, &lint->image->sections[index],
                                    index};
    const struct mrtd_section *s = subject.section;
    struct mrtd_error what = {.code = MRTD_NOTE_ZERO_FILL};
    bool found = false;
    enum mrtd_code code = notes_fill_differs(
        lint->image, &lint->image->regions[index], &found, error);
    if (code || !found) {
        return code;
    }
    rule_broken(&subject, TDVF_MEMORY_DATA_SIZE, &what,
                "behind its data 0x%" PRIx64
                " bytes that follow in the file are measured, not zeros; the "
                "MRTD is not the specification's",
                s->memory_data_size - s->raw_data_size);
    return add(lint, &what, index, &differs) ? MRTD_OK : no_memory(error);
}

static const struct profile *profile_of(const struct mrtd_lint *lint)
{
    const char *name = lint->loader->public.profile;
    return name ? profile_rules(mrtd_profile_find(name)) : NULL;
}

/* Does the TD start the firmware's code? No loader looks there. */
static enum mrtd_code check_reset_code(struct mrtd_lint *lint,
                                       struct mrtd_error *error)
{
    const struct profile *p = profile_of(lint);
    struct findings list = {.count = 0};
    enum mrtd_code code =
        reset_code_check(lint->image, p && p->follows_file, &list, error);
    bool whole = !list.failed;
    for (uint32_t i = 0; !code && whole && i < list.count; i++) {
        const struct mrtd_finding *f = &list.items[i];
        struct mrtd_error what = {.code = f->code, .offset = f->offset};
        memcpy(what.message, f->message, sizeof what.message);
        const struct loader_answer a = {
            .effect = f->code == MRTD_WARN_METADATA_APART &&
                              !reset_code_is_shifted(lint->image)
                          ? MRTD_EFFECT_NOTE
                          : MRTD_EFFECT_STOPS};
        whole = add(lint, &what, MRTD_NO_SECTION, &a);
    }
    findings_free(&list);
    return code ? code : whole ? MRTD_OK : no_memory(error);
}

static enum mrtd_code check_fills(struct mrtd_lint *lint,
                                  struct mrtd_error *error)
{
    const struct profile *p = profile_of(lint);
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0;
         !code && p && p->follows_file && i < lint->image->info.section_count;
         i++) {
        if (plan_extends(p, &lint->image->regions[i])) {
            code = check_fill(lint, i, error);
        }
    }
    return code;
}

/* The metadata are not whole: *what says why. */
static enum mrtd_code lint_undecoded(struct mrtd_lint *lint,
                                     const struct mrtd_error *what,
                                     struct mrtd_error *error)
{
    bool descriptor = lint->image->header.count > 0;
    if (!ask_image_rules(lint, false) || !ask(lint, what, MRTD_NO_SECTION)) {
        return no_memory(error);
    }
    if (lint->loader->flags & IMAGE_BY_OFFSET && !descriptor &&
        what->code != MRTD_ERR_DESC_COUNT &&
        lint->info.verdict == MRTD_REFUSES) {
        lint->info.verdict = MRTD_NOT_FOR_IT;
    }
    return MRTD_OK;
}

static enum mrtd_code lint_decoded(struct mrtd_lint *lint,
                                   struct mrtd_error *error)
{
    bool whole = ask_image(lint);
    for (uint32_t i = 0; whole && i < lint->image->info.section_count; i++) {
        whole = ask_section_rules(lint, i);
    }
    if (!whole || !ask_image_rules(lint, true)) {
        return no_memory(error);
    }
    /* Of an image that is refused, data need not be in the file. */
    if (lint->info.verdict != MRTD_LOADS || lint->image->refusal.code) {
        return MRTD_OK;
    }
    enum mrtd_code code = check_fills(lint, error);
    return code ? code : check_reset_code(lint, error);
}

static enum mrtd_code fail(struct mrtd_error *error,
                           const struct mrtd_error *why)
{
    if (error) {
        *error = *why;
    }
    return why->code;
}

static enum mrtd_code lint_image(struct mrtd_lint *lint,
                                 struct mrtd_error *error)
{
    struct mrtd_error refusal = {.code = MRTD_OK};
    enum mrtd_code code = image_decode(lint->image, &refusal);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT || code == MRTD_ERR_IGVM) {
        return fail(error, &refusal);
    }
    if (code) {
        code = lint_undecoded(lint, &refusal, error);
    } else {
        code = lint_decoded(lint, error);
        refusal = lint->image->refusal;
    }
    if (!code && lint->info.verdict == MRTD_LOADS && refusal.code) {
        return fail(error, &refusal);
    }
    return code;
}

enum mrtd_code mrtd_lint(struct mrtd_lint **lint,
                         const struct mrtd_source *source,
                         const struct mrtd_loader *loader,
                         struct mrtd_error *error)
{
    const struct loader *rules = loader_rules(loader);
    if (!rules) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the loader is not one of mrtd_loader_at()");
    }
    if (!lint) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no place for the verdict's handle");
    }
    struct mrtd_lint *made = calloc(1, sizeof *made);
    if (!made) {
        return no_memory(error);
    }
    made->loader = rules;
    made->info.loader = loader;
    enum mrtd_code code =
        image_new(&made->image, source,
                  MRTD_PERMISSIVE | IMAGE_COLLECT | rules->flags, error);
    if (!code) {
        code = lint_image(made, error);
    }
    if (code) {
        mrtd_lint_free(made);
        return code;
    }
    *lint = made;
    return MRTD_OK;
}

void mrtd_lint_free(struct mrtd_lint *lint)
{
    if (!lint) {
        return;
    }
    mrtd_image_free(lint->image);
    free(lint->items);
    free(lint);
}

const struct mrtd_lint_info *mrtd_lint_info(const struct mrtd_lint *lint)
{
    return lint ? &lint->info : NULL;
}

const struct mrtd_lint_finding *mrtd_lint_finding(const struct mrtd_lint *lint,
                                                  uint32_t index)
{
    return lint && index < lint->info.finding_count ? &lint->items[index]
                                                    : NULL;
}

const struct mrtd_image *mrtd_lint_image(const struct mrtd_lint *lint)
{
    return lint && lint->info.verdict == MRTD_LOADS ? lint->image : NULL;
}
