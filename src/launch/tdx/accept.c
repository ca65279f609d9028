/* SPDX-License-Identifier: Apache-2.0 */
/* Does a VMM of TDX accept an image? */
#include "launch/tdx/accept.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "image/tdvf/metadata.h"
#include "launch/tdx/build.h"
#include "launch/tdx/notes.h"
#include "launch/tdx/reset_code.h"
#include "launch/tdx/vmm.h"

static const struct tdx_vmm *vmm_of(const struct mrtd_accept *accept)
{
    return tdx_vmm_of(accept->info.vmm);
}

bool tdx_image_broken(struct mrtd_error *what, const char *format, ...)
{
    va_list args;
    what->offset = MRTD_NO_OFFSET;
    va_start(args, format);
    vsnprintf(what->message, sizeof what->message, format, args);
    va_end(args);
    return true;
}

/* A rule is broken: adds what follows from it for the VMM. False: no memory. */
static bool ask(struct mrtd_accept *accept, const struct mrtd_error *what,
                uint32_t section)
{
    const struct tdx_case c = {
        .image = accept->image,
        .section = section == MRTD_NO_REGION
                       ? NULL
                       : &accept->image->sections[section],
        .code = what->code,
    };
    struct accept_answer answer = {0};
    return !vmm_of(accept)->accept.answer(vmm_of(accept), &c, &answer) ||
           accept_add(accept, what, section, &answer);
}

/* Adds the broken rules that the image itself must obey. */
static bool ask_image(struct mrtd_accept *accept)
{
    const struct findings *list = &accept->image->findings;
    bool whole = true;
    for (uint32_t i = 0; whole && i < list->count; i++) {
        const struct mrtd_finding *f = &list->items[i];
        struct mrtd_error what = {.code = f->code, .offset = f->offset};
        memcpy(what.message, f->message, sizeof what.message);
        whole = ask(accept, &what, f->region);
    }
    return whole;
}

static bool ask_section_rules(struct mrtd_accept *accept, uint32_t index)
{
    const struct subject subject = {accept->image,
                                    &accept->image->sections[index], index};
    const struct tdx_section_rule *rule = vmm_of(accept)->accept.section_rules;
    bool whole = true;
    for (; rule && whole && rule->broken; rule++) {
        struct mrtd_error what = {.code = rule->code};
        if (rule->broken(vmm_of(accept), &subject, &what)) {
            whole = ask(accept, &what, index);
        }
    }
    return whole;
}

/* Checks the VMM's own rules for the whole image. */
static bool ask_image_rules(struct mrtd_accept *accept, bool decoded)
{
    const struct tdx_image_rule *rule = vmm_of(accept)->accept.image_rules;
    bool whole = true;
    for (; rule && whole && rule->broken; rule++) {
        struct mrtd_error what = {.code = rule->code};
        if ((decoded || rule->undecoded) &&
            rule->broken(vmm_of(accept), accept->image, &what)) {
            whole = ask(accept, &what, MRTD_NO_REGION);
        }
    }
    return whole;
}

static enum mrtd_code no_memory(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the findings");
}

/* Measured bytes that are not zeros with this VMM: its MRTD differs. */
static enum mrtd_code check_fill(struct mrtd_accept *accept, uint32_t index,
                                 struct mrtd_error *error)
{
    const struct accept_answer differs = {.effect = MRTD_EFFECT_DIFFERS};
    const struct subject subject = {accept->image,
                                    &accept->image->sections[index], index};
    const struct mrtd_section *s = subject.section;
    struct mrtd_error what = {.code = MRTD_NOTE_ZERO_FILL};
    bool found = false;
    enum mrtd_code code = tdx_fill_differs(
        accept->image, &accept->image->regions[index], &found, error);
    if (code || !found) {
        return code;
    }
    rule_broken(&subject, TDVF_MEMORY_DATA_SIZE, &what,
                "after its data 0x%" PRIx64
                " bytes that follow in the file are measured, not zeros; the "
                "MRTD is not the specification's",
                s->memory_data_size - s->raw_data_size);
    return accept_add(accept, &what, index, &differs) ? MRTD_OK
                                                      : no_memory(error);
}

/* Does the TD start the firmware's code? No VMM looks there. */
static enum mrtd_code check_reset_code(struct mrtd_accept *accept,
                                       struct mrtd_error *error)
{
    const struct tdx_launch_rules *p = tdx_vmm_launch(vmm_of(accept));
    struct findings list = {.count = 0};
    enum mrtd_code code =
        reset_code_check(accept->image, p && p->follows_file, &list, error);
    bool whole = !list.failed;
    for (uint32_t i = 0; !code && whole && i < list.count; i++) {
        const struct mrtd_finding *f = &list.items[i];
        struct mrtd_error what = {.code = f->code, .offset = f->offset};
        memcpy(what.message, f->message, sizeof what.message);
        const struct accept_answer a = {
            .effect = f->code == MRTD_WARN_METADATA_APART &&
                              !reset_code_is_shifted(accept->image)
                          ? MRTD_EFFECT_NOTE
                          : MRTD_EFFECT_STOPS};
        whole = accept_add(accept, &what, MRTD_NO_REGION, &a);
    }
    findings_free(&list);
    return code ? code : whole ? MRTD_OK : no_memory(error);
}

static enum mrtd_code check_fills(struct mrtd_accept *accept,
                                  struct mrtd_error *error)
{
    const struct tdx_launch_rules *p = tdx_vmm_launch(vmm_of(accept));
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0;
         !code && p && p->follows_file && i < accept->image->info.section_count;
         i++) {
        if (tdx_extends(p, &accept->image->regions[i])) {
            code = check_fill(accept, i, error);
        }
    }
    return code;
}

/* The metadata is not whole: *what says why. */
static enum mrtd_code accept_undecoded(struct mrtd_accept *accept,
                                       const struct mrtd_error *what,
                                       struct mrtd_error *error)
{
    bool descriptor = accept->image->header.count > 0;
    if (!ask_image_rules(accept, false) || !ask(accept, what, MRTD_NO_REGION)) {
        return no_memory(error);
    }
    if (vmm_of(accept)->accept.flags & IMAGE_BY_OFFSET && !descriptor &&
        what->code != MRTD_ERR_DESC_COUNT &&
        accept->info.verdict == MRTD_VERDICT_REFUSES) {
        accept->info.verdict = MRTD_VERDICT_NOT_FOR_IT;
    }
    return MRTD_OK;
}

static enum mrtd_code accept_decoded(struct mrtd_accept *accept,
                                     struct mrtd_error *error)
{
    bool whole = ask_image(accept);
    for (uint32_t i = 0; whole && i < accept->image->info.section_count; i++) {
        whole = ask_section_rules(accept, i);
    }
    if (!whole || !ask_image_rules(accept, true)) {
        return no_memory(error);
    }
    /* In an image that is refused, the data may be outside the file. */
    if (accept->info.verdict != MRTD_VERDICT_LOADS ||
        accept->image->refusal.code) {
        return MRTD_OK;
    }
    enum mrtd_code code = check_fills(accept, error);
    return code ? code : check_reset_code(accept, error);
}

static enum mrtd_code fail(struct mrtd_error *error,
                           const struct mrtd_error *why)
{
    if (error) {
        *error = *why;
    }
    return why->code;
}

static enum mrtd_code accept_image(struct mrtd_accept *accept,
                                   struct mrtd_error *error)
{
    struct mrtd_error refusal = {.code = MRTD_OK};
    enum mrtd_code code = image_decode(accept->image, &refusal);
    if (mrtd_code_class(code) == MRTD_CLASS_FAULT || code == MRTD_ERR_IGVM) {
        return fail(error, &refusal);
    }
    if (code) {
        code = accept_undecoded(accept, &refusal, error);
    } else {
        code = accept_decoded(accept, error);
        refusal = accept->image->refusal;
    }
    if (!code && accept->info.verdict == MRTD_VERDICT_LOADS && refusal.code) {
        return fail(error, &refusal);
    }
    return code;
}

enum mrtd_code tdx_accept(struct mrtd_accept *accept,
                          const struct mrtd_source *source,
                          struct mrtd_error *error)
{
    enum mrtd_code code = image_new(
        &accept->image, source,
        MRTD_PERMISSIVE | IMAGE_COLLECT | vmm_of(accept)->accept.flags, error);
    return code ? code : accept_image(accept, error);
}
