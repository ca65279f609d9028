/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/source.h"
#include "image/rules.h"
#include "image/tdvf.h"

/* QEMU, hw/i386/x86-common.c, x86_bios_rom_init: the size of a -bios file. */
#define QEMU_BIOS_MULTIPLE 65536
/* GPAW 0: bit 47 is the shared bit, private GPAs end below. */
#define GPAW_0_LIMIT (UINT64_C(1) << 47)

struct context {
    struct mrtd_plan *plan;
    const struct mrtd_section *section;
    uint32_t index;
};

/* Adds a finding about the section's field, index and type in front. */
static void say(const struct context *c, enum mrtd_code code,
                enum mrtd_severity severity, unsigned field, const char *format,
                ...) __attribute__((format(printf, 5, 6)));

static void say(const struct context *c, enum mrtd_code code,
                enum mrtd_severity severity, unsigned field, const char *format,
                ...)
{
    struct mrtd_error what;
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_set(&what, code,
              image_section_offset(c->plan->image, c->index) + field,
              "section %" PRIu32 " (%s): %s", c->index,
              mrtd_section_type_name(c->section->type), text);
    findings_add(&c->plan->findings, severity, c->index, &what);
}

static void say_of_image(struct mrtd_plan *plan, enum mrtd_code code,
                         const char *text)
{
    struct mrtd_error what;
    error_set(&what, code, MRTD_NO_OFFSET, "%s", text);
    findings_add(&plan->findings, MRTD_NOTE, MRTD_NO_SECTION, &what);
}

/* QEMU, hw/i386/tdvf.c: tdvf_parse_and_check_section_entry. */
static void qemu_section(const struct context *c)
{
    const struct mrtd_section *s = c->section;
    bool volume = s->type == MRTD_SECTION_BFV || s->type == MRTD_SECTION_CFV;
    if (s->type > MRTD_SECTION_TEMP_MEM) {
        say(c, MRTD_NOTE_QEMU_TYPE, MRTD_NOTE, TDVF_TYPE,
            "mainline QEMU loads types 0 to 3 only, and refuses this image");
    } else if (volume != (s->raw_data_size != 0)) {
        say(c, MRTD_NOTE_QEMU_RAW, MRTD_NOTE, TDVF_RAW_DATA_SIZE,
            "mainline QEMU refuses RawDataSize 0x%" PRIx32 " for this type",
            s->raw_data_size);
    } else if (s->attributes & MRTD_ATTR_PAGE_AUG && s->memory_data_size > 0) {
        say(c, MRTD_NOTE_QEMU_AUG, MRTD_NOTE, TDVF_ATTRIBUTES,
            "mainline QEMU does not look at PAGE.AUG and adds these pages; its "
            "MRTD is not the specification's");
    }
}

static void cloud_hypervisor_section(const struct context *c)
{
    const struct mrtd_section *s = c->section;
    if (s->attributes & MRTD_ATTR_PAGE_AUG && s->memory_data_size > 0) {
        say(c, MRTD_NOTE_CH_PERM_MEM, MRTD_NOTE, TDVF_ATTRIBUTES,
            "Cloud Hypervisor does not know PAGE.AUG and adds these pages; "
            "its MRTD is not the specification's");
    }
    if (s->attributes & MRTD_ATTR_MR_EXTEND &&
        s->attributes != MRTD_ATTR_MR_EXTEND) {
        say(c, MRTD_NOTE_CH_ATTRIBUTES, MRTD_NOTE, TDVF_ATTRIBUTES,
            "Cloud Hypervisor extends only if Attributes is exactly 1, not for "
            "0x%" PRIx32,
            s->attributes);
    }
    if (s->type > MRTD_SECTION_PAYLOAD_PARAM) {
        say(c, MRTD_NOTE_CH_TYPE, MRTD_NOTE, TDVF_TYPE,
            "Cloud Hypervisor does not know this type; what it does then is "
            "undefined");
    }
}

/* What the VMM, not the image, puts into measured memory. */
static void unknown_content(const struct context *c)
{
    const struct mrtd_section *s = c->section;
    if (!plan_extends(&c->plan->profile, s) || c->plan->profile.loads_payload) {
        return;
    }
    if (s->type == MRTD_SECTION_PAYLOAD && s->raw_data_size == 0) {
        say(c, MRTD_WARN_PAYLOAD_ABSENT, MRTD_WARNING, TDVF_RAW_DATA_SIZE,
            "it is measured, but not in the file: zeros are hashed here, a "
            "VMM that loads a payload gives another MRTD");
    }
    if (s->type == MRTD_SECTION_TD_HOB ||
        s->type == MRTD_SECTION_PAYLOAD_PARAM) {
        say(c, MRTD_ERR_VMM_CONTENT, MRTD_WARNING, TDVF_ATTRIBUTES,
            "it is measured, and a VMM makes up its content at launch; here "
            "the content is what the file says");
    }
}

/*
 * Older calculators hashed the bytes that follow in the file instead of the
 * zero fill: td-shim before c9af3c3 (2025-03-24), dstack-mr; QEMU, too.
 */
static enum mrtd_code zero_fill(const struct context *c,
                                struct mrtd_error *error)
{
    const struct mrtd_section *s = c->section;
    const struct mrtd_source *source = &c->plan->image->source;
    uint8_t buffer[4096];
    uint64_t start = 0;
    uint64_t left = s->memory_data_size - s->raw_data_size;
    if (!plan_extends(&c->plan->profile, s) || s->raw_data_size == 0 ||
        !plan_takes_data(&c->plan->profile, s) ||
        c->plan->profile.takes_following ||
        !image_data_offset(c->plan->image, s, &start)) {
        return MRTD_OK;
    }
    const uint64_t behind =
        section_data_end(s) - c->plan->image->info.missing_vars;
    uint64_t at = behind;
    if (left > source->size - at) {
        left = source->size - at;
    }
    while (left > 0) {
        size_t len = left < sizeof buffer ? (size_t)left : sizeof buffer;
        struct span bytes;
        enum mrtd_code code =
            source_view(source, at, len, buffer, &bytes, error);
        if (code) {
            return code;
        }
        if (!span_is_zero(bytes)) {
            say(c, MRTD_NOTE_ZERO_FILL, MRTD_NOTE, TDVF_MEMORY_DATA_SIZE,
                "0x%" PRIx64 " bytes behind its data are measured as zeros; "
                "QEMU and older calculators take the file's bytes from "
                "0x%" PRIx64,
                s->memory_data_size - s->raw_data_size, behind);
            return MRTD_OK;
        }
        at += len;
        left -= len;
    }
    return MRTD_OK;
}

static enum mrtd_code section_notes(const struct context *c,
                                    struct mrtd_error *error)
{
    const struct mrtd_section *s = c->section;
    uint64_t last = 0;
    unknown_content(c);
    if (c->plan->profile.is_qemu) {
        qemu_section(c);
    } else {
        cloud_hypervisor_section(c);
    }
    if (s->memory_data_size == 0 && s->type <= MRTD_SECTION_PAYLOAD_PARAM) {
        say(c, MRTD_NOTE_NO_MEMORY, MRTD_NOTE, TDVF_MEMORY_DATA_SIZE,
            "MemoryDataSize is 0: nothing to add here, but KVM refuses to add "
            "no pages and the launch fails");
    }
    if (section_last_gpa(s, &last) && last >= GPAW_0_LIMIT) {
        say(c, MRTD_NOTE_GPAW, MRTD_NOTE, TDVF_MEMORY_ADDRESS,
            "it reaches past 2^47, which a TD with GPAW 0 cannot map");
    }
    return zero_fill(c, error);
}

static enum mrtd_code payload_notes(struct mrtd_plan *plan,
                                    struct mrtd_error *error)
{
    /* Linux, Documentation/arch/x86/boot.rst: the setup header's magic. */
    static const char hdrs[4] = {'H', 'd', 'r', 'S'};
    const uint64_t at = 0x202;
    if (plan->payload.size == 0) {
        return MRTD_OK;
    }
    if (span_has(span_make(NULL, plan->payload.size, 0), at, sizeof hdrs)) {
        uint8_t buffer[sizeof hdrs];
        struct span s;
        enum mrtd_code code =
            source_view(&plan->payload, at, sizeof hdrs, buffer, &s, error);
        if (code) {
            return code;
        }
        if (span_equals(s, 0, hdrs, sizeof hdrs)) {
            return MRTD_OK;
        }
    }
    say_of_image(plan, MRTD_NOTE_CH_PAYLOAD,
                 "the payload is not a bzImage, the only kind that Cloud "
                 "Hypervisor loads");
    return MRTD_OK;
}

/* QEMU: hw/i386/pc_sysfw_ovmf.c and tdvf.c, target/i386/kvm/tdx.c
 * (tdx_get_hob_entry). */
static void qemu_image(struct mrtd_plan *plan, bool hob)
{
    const struct mrtd_image_info *info = &plan->image->info;
    if (info->locator != MRTD_LOCATOR_GUID_TABLE) {
        say_of_image(plan, MRTD_NOTE_QEMU_LOCATOR,
                     "mainline QEMU finds the metadata by the GUIDed table "
                     "only, and refuses this image");
    }
    if (info->section_count < 2) {
        say_of_image(plan, MRTD_NOTE_QEMU_COUNT,
                     "mainline QEMU refuses an image with fewer than 2 "
                     "sections");
    }
    if (!hob) {
        say_of_image(plan, MRTD_NOTE_QEMU_NO_HOB,
                     "mainline QEMU refuses an image without a TD_HOB section");
    }
    if (plan->image->source.size % QEMU_BIOS_MULTIPLE != 0) {
        say_of_image(plan, MRTD_NOTE_QEMU_SIZE,
                     "mainline QEMU refuses a firmware file whose size is not "
                     "a multiple of 65536 bytes");
    }
}

static void image_notes(struct mrtd_plan *plan)
{
    bool hob = false;
    for (uint32_t i = 0; i < plan->image->info.section_count; i++) {
        hob |= plan->image->sections[i].type == MRTD_SECTION_TD_HOB;
    }
    if (plan->profile.is_qemu) {
        qemu_image(plan, hob);
    } else if (!hob) {
        say_of_image(plan, MRTD_NOTE_CH_NO_HOB,
                     "Cloud Hypervisor stops on an image without a TD_HOB "
                     "section");
    }
}

enum mrtd_code notes_add(struct mrtd_plan *plan, struct mrtd_error *error)
{
    enum mrtd_code code = payload_notes(plan, error);
    for (uint32_t i = 0; !code && i < plan->image->info.section_count; i++) {
        struct context c = {plan, &plan->image->sections[i], i};
        code = section_notes(&c, error);
    }
    if (!code) {
        image_notes(plan);
    }
    if (!code && plan->findings.failed) {
        code = error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the notes");
    }
    return code;
}
