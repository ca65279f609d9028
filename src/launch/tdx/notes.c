/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/tdx/notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/source.h"
#include "image/tdvf/metadata.h"
#include "image/tdvf/rules.h"
#include "launch/tdx/build.h"
#include "launch/tdx/reset_code.h"

struct context {
    struct mrtd_plan *plan;
    const struct tdx_launch_rules *rules;
    const struct mrtd_region *region;
    uint32_t index;
};

/*
 * Adds a finding about a field of the section; the message begins with the
 * section's index and type.
 */
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
    error_set(&what, code, (uint64_t)c->region->field + field,
              "section %" PRIu32 " (%s): %s", c->index,
              mrtd_region_name(c->region), text);
    findings_add(&c->plan->findings, severity, c->index, &what);
}

static void say_of_image(struct mrtd_plan *plan, enum mrtd_code code,
                         const char *text)
{
    struct mrtd_error what;
    error_set(&what, code, MRTD_NO_OFFSET, "%s", text);
    findings_add(&plan->findings, MRTD_NOTE, MRTD_NO_REGION, &what);
}

/* Notes what the VMM, not the image, puts into measured memory. */
static void unknown_content(const struct context *c)
{
    const struct mrtd_region *s = c->region;
    if (!tdx_extends(c->rules, s) || c->rules->loads_payload) {
        return;
    }
    if (s->type == MRTD_SECTION_PAYLOAD && s->data_size == 0) {
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

enum mrtd_code tdx_fill_differs(const struct mrtd_image *image,
                                const struct mrtd_region *region, bool *differs,
                                struct mrtd_error *error)
{
    const struct mrtd_source *source = &image->source;
    uint8_t buffer[4096];
    uint64_t at = 0;
    uint64_t left = region->size - region->data_size;
    *differs = false;
    if (region->data_size == 0 ||
        !image_data_offset(image, region->offset, &at)) {
        return MRTD_OK;
    }
    at += region->data_size;
    if (left > source->size - at) {
        left = source->size - at;
    }
    while (left > 0 && !*differs) {
        size_t len = left < sizeof buffer ? (size_t)left : sizeof buffer;
        struct span bytes;
        enum mrtd_code code =
            source_view(source, at, len, buffer, &bytes, error);
        if (code) {
            return code;
        }
        *differs = !span_is_zero(bytes);
        at += len;
        left -= len;
    }
    return MRTD_OK;
}

/*
 * Older calculators hashed the bytes that follow in the file instead of the
 * zero fill: td-shim before c9af3c3 (2025-03-24), dstack-mr; QEMU, too.
 */
static enum mrtd_code zero_fill(const struct context *c,
                                struct mrtd_error *error)
{
    const struct mrtd_region *s = c->region;
    const struct tdx_launch_rules *p = c->rules;
    bool differs = false;
    if (!tdx_extends(p, s) || !tdx_takes_data(p, s) || p->follows_file) {
        return MRTD_OK;
    }
    enum mrtd_code code = tdx_fill_differs(c->plan->image, s, &differs, error);
    if (!code && differs) {
        say(c, MRTD_NOTE_ZERO_FILL, MRTD_NOTE, TDVF_MEMORY_DATA_SIZE,
            "0x%" PRIx64 " bytes after its data are measured as zeros; "
            "QEMU and older calculators take the file's bytes from "
            "0x%" PRIx64,
            s->size - s->data_size,
            (uint64_t)s->offset + s->data_size -
                c->plan->image->info.missing_vars);
    }
    return code;
}

/* The rules of acceptance that are worth a note. */
static void section_notes(const struct context *c)
{
    const struct tdx_vmm *vmm = tdx_vmm_of(c->plan->info.vmm)->noted;
    const struct subject subject = {
        c->plan->image, &c->plan->image->sections[c->index], c->index};
    const struct tdx_section_rule *rule =
        vmm ? vmm->accept.section_rules : NULL;
    for (; rule && rule->broken; rule++) {
        struct mrtd_error what = {.code = rule->code};
        if (rule->note && rule->broken(vmm, &subject, &what)) {
            findings_add(&c->plan->findings, MRTD_NOTE, c->index, &what);
        }
    }
}

static void image_notes(struct mrtd_plan *plan)
{
    const struct tdx_vmm *vmm = tdx_vmm_of(plan->info.vmm)->noted;
    const struct tdx_image_rule *rule = vmm ? vmm->accept.image_rules : NULL;
    for (; rule && rule->broken; rule++) {
        struct mrtd_error what = {.code = rule->code};
        if (rule->note && rule->broken(vmm, plan->image, &what)) {
            findings_add(&plan->findings, MRTD_NOTE, MRTD_NO_REGION, &what);
        }
    }
}

static enum mrtd_code payload_notes(struct mrtd_plan *plan,
                                    struct mrtd_error *error)
{
    /* Linux, Documentation/arch/x86/boot.rst: the setup header's magic. */
    static const uint8_t hdrs[4] = {'H', 'd', 'r', 'S'};
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

static enum mrtd_code tdvf_notes(struct mrtd_plan *plan,
                                 struct mrtd_error *error)
{
    const struct tdx_launch_rules rules = tdx_rules(plan);
    enum mrtd_code code = reset_code_check(plan->image, rules.follows_file,
                                           &plan->findings, error);
    for (uint32_t i = 0; !code && i < plan->image->info.section_count; i++) {
        struct context c = {plan, &rules, &plan->image->regions[i], i};
        unknown_content(&c);
        section_notes(&c);
        code = zero_fill(&c, error);
    }
    if (!code) {
        image_notes(plan);
    }
    return code;
}

/* Notes where the value differs from that of td-shim's calculator. */
static void igvm_notes(struct mrtd_plan *plan)
{
    struct mrtd_igvm_pages pages;
    struct mrtd_error what;
    mrtd_image_igvm_pages(
        plan->image, mrtd_image_igvm_mask(plan->image, MRTD_IGVM_TDX), &pages);
    if (pages.measured_zeros == 0 && pages.parameters == 0 &&
        pages.other == 0) {
        return;
    }
    error_set(&what, MRTD_NOTE_IGVM_TD_SHIM, MRTD_NO_OFFSET,
              "td-shim-tee-info-hash and migtd-hash give another value (VMM "
              "td-shim-igvm): they do not measure %" PRIu64
              " zero pages, leave out %" PRIu64
              " pages of parameters, and take %" PRIu64
              " pages of other platforms",
              pages.measured_zeros, pages.parameters, pages.other);
    findings_add(&plan->findings, MRTD_NOTE, MRTD_NO_REGION, &what);
}

enum mrtd_code tdx_notes(struct mrtd_plan *plan, struct mrtd_error *error)
{
    enum mrtd_code code = payload_notes(plan, error);
    if (plan->image->igvm) {
        igvm_notes(plan);
    } else if (!code) {
        code = tdvf_notes(plan, error);
    }
    return code;
}
