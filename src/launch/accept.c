/* SPDX-License-Identifier: Apache-2.0 */
/* Does a VMM accept an image? Its platform knows. */
#include "launch/accept.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "launch/launch.h"
#include "launch/platform.h"
#include "launch/vmm.h"

bool accept_refuses(struct accept_answer *answer, const char *format, ...)
{
    va_list args;
    answer->effect = MRTD_EFFECT_REFUSED;
    va_start(args, format);
    vsnprintf(answer->text, sizeof answer->text, format, args);
    va_end(args);
    return true;
}

bool accept_answers(struct accept_answer *answer, enum mrtd_effect effect)
{
    answer->effect = effect;
    answer->text[0] = '\0';
    return true;
}

bool accept_add(struct mrtd_accept *accept, const struct mrtd_error *what,
                uint32_t region, const struct accept_answer *a)
{
    struct mrtd_accept_info *info = &accept->info;
    struct mrtd_accept_finding *items =
        array_room(accept->items, info->finding_count, sizeof *items);
    if (!items) {
        return false;
    }
    accept->items = items;
    struct mrtd_accept_finding *f = &items[info->finding_count++];
    f->code = what->code;
    f->effect = a->effect;
    f->region = region;
    f->offset = what->offset;
    memcpy(f->message, what->message, sizeof f->message);
    memcpy(f->says, a->text, sizeof f->says);
    if (a->effect == MRTD_EFFECT_REFUSED) {
        info->verdict = MRTD_VERDICT_REFUSES;
    } else if (a->effect == MRTD_EFFECT_UNDEFINED &&
               info->verdict == MRTD_VERDICT_LOADS) {
        info->verdict = MRTD_VERDICT_UNDEFINED;
    } else if (a->effect == MRTD_EFFECT_STOPS &&
               info->verdict == MRTD_VERDICT_LOADS) {
        info->verdict = MRTD_VERDICT_DOES_NOT_RUN;
    }
    return true;
}

static enum mrtd_code check(struct mrtd_accept **accept,
                            const struct mrtd_source *source,
                            const struct mrtd_vmm *vmm, bool kernel,
                            struct mrtd_error *error)
{
    if (!vmm || !vmm_known(vmm) || !vmm->acceptance) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the VMM is not one of mrtd_vmm_at() whose rules of "
                         "acceptance are known");
    }
    if (!accept) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no place for the verdict's handle");
    }
    struct mrtd_accept *made = calloc(1, sizeof *made);
    if (!made) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the findings");
    }
    made->info.vmm = vmm;
    made->kernel = kernel;
    enum mrtd_code code =
        platform_of(vmm->platform)->accept(made, source, error);
    if (code) {
        mrtd_accept_free(made);
        return code;
    }
    *accept = made;
    return MRTD_OK;
}

enum mrtd_code mrtd_accept_launch(struct mrtd_accept **accept,
                                  const struct mrtd_source *source,
                                  const struct mrtd_launch *launch,
                                  struct mrtd_error *error)
{
    struct mrtd_launch asked = {.struct_size = 0};
    const enum mrtd_code code = launch_read(&asked, launch, error);
    return code ? code
                : check(accept, source, asked.vmm, asked.kernel != NULL, error);
}

enum mrtd_code mrtd_accept_check(struct mrtd_accept **accept,
                                 const struct mrtd_source *source,
                                 const struct mrtd_vmm *vmm,
                                 struct mrtd_error *error)
{
    return check(accept, source, vmm, false, error);
}

void mrtd_accept_free(struct mrtd_accept *accept)
{
    if (!accept) {
        return;
    }
    mrtd_image_free(accept->image);
    free(accept->items);
    free(accept);
}

const struct mrtd_accept_info *
mrtd_accept_info(const struct mrtd_accept *accept)
{
    return accept ? &accept->info : NULL;
}

const struct mrtd_accept_finding *
mrtd_accept_finding(const struct mrtd_accept *accept, uint32_t index)
{
    return accept && index < accept->info.finding_count ? &accept->items[index]
                                                        : NULL;
}

const struct mrtd_image *mrtd_accept_image(const struct mrtd_accept *accept)
{
    return accept && accept->info.verdict == MRTD_VERDICT_LOADS ? accept->image
                                                                : NULL;
}
