/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/loader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "image/tdvf.h"

static const struct loader *const loaders[] = {
    &loader_qemu, &loader_cloud_hypervisor, &loader_migtd_qemu,
    &loader_gce,  &loader_td_shim,
};

enum {
    LOADER_COUNT = 5
};
_Static_assert(sizeof loaders == LOADER_COUNT * sizeof(void *), "a count");

const struct mrtd_loader *mrtd_loader_at(size_t index)
{
    return index < LOADER_COUNT ? &loaders[index]->public : NULL;
}

const struct mrtd_loader *mrtd_loader_find(const char *name)
{
    for (size_t i = 0; name && i < LOADER_COUNT; i++) {
        if (strcmp(loaders[i]->public.name, name) == 0) {
            return &loaders[i]->public;
        }
    }
    return NULL;
}

const struct loader *loader_rules(const struct mrtd_loader *public)
{
    for (size_t i = 0; i < LOADER_COUNT; i++) {
        if (&loaders[i]->public == public) {
            return loaders[i];
        }
    }
    return NULL;
}

bool loader_has(uint32_t types, const struct mrtd_section *section)
{
    return section->type < 32 && types >> section->type & 1;
}

bool loader_refuses(struct loader_answer *answer, const char *format, ...)
{
    va_list args;
    answer->effect = MRTD_EFFECT_REFUSED;
    va_start(args, format);
    vsnprintf(answer->text, sizeof answer->text, format, args);
    va_end(args);
    return true;
}

bool loader_answers(struct loader_answer *answer, enum mrtd_effect effect)
{
    answer->effect = effect;
    answer->text[0] = '\0';
    return true;
}

bool loader_image_broken(struct mrtd_error *what, const char *format, ...)
{
    va_list args;
    what->offset = MRTD_NO_OFFSET;
    va_start(args, format);
    vsnprintf(what->message, sizeof what->message, format, args);
    va_end(args);
    return true;
}

uint32_t loader_count_type(const struct mrtd_image *image, uint32_t type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        count += image->sections[i].type == type;
    }
    return count;
}

bool loader_type(const struct loader *loader, const struct subject *subject,
                 struct mrtd_error *what)
{
    return subject->section->type > loader->last_type &&
           rule_broken(subject, TDVF_TYPE, what,
                       "%s loads types 0 to %u only, and refuses this image",
                       loader->who, (unsigned)loader->last_type);
}

bool loader_aug(const struct loader *loader, const struct subject *subject,
                struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->type <= loader->last_type && !loader_has(loader->skips, s) &&
           s->attributes & MRTD_ATTR_PAGE_AUG && s->memory_data_size > 0 &&
           loader_has(loader->volumes, s) == (s->raw_data_size != 0) &&
           rule_broken(subject, TDVF_ATTRIBUTES, what,
                       "%s does not look at PAGE.AUG and adds these pages; "
                       "its MRTD is not the specification's",
                       loader->who);
}

bool loader_locator(const struct loader *loader, const struct mrtd_image *image,
                    struct mrtd_error *what)
{
    return image->info.locator != MRTD_LOCATOR_GUID_TABLE &&
           loader_image_broken(what,
                               "%s finds the metadata by the GUIDed table "
                               "only, and refuses this image",
                               loader->who);
}
