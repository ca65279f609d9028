/* SPDX-License-Identifier: Apache-2.0 */
/* Unified kernel images, and disks that they are on. */
#include <string.h>

#include "fuzz.h"
#include "mrtd.h"

#define ALL                                                                    \
    (MRTD_UKI_IMAGE | MRTD_UKI_RTMR1 | MRTD_UKI_STUB | MRTD_UKI_CMDLINE |      \
     MRTD_UKI_RTMR2)

static int read_bytes(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct mrtd_source *memory = context;
    HOLDS(offset <= memory->size && size <= memory->size - offset);
    memcpy(buffer, (const uint8_t *)memory->data + offset, size);
    return 0;
}

static void check_image(const struct mrtd_source *memory)
{
    struct mrtd_uki uki;
    uint64_t sum = 0;
    if (mrtd_uki_read(&uki, memory, NULL)) {
        return;
    }
    HOLDS(uki.section_count > 0 && uki.section_count <= MRTD_UKI_SECTIONS);
    HOLDS(strcmp(uki.sections[0].name, ".linux") == 0);
    HOLDS(memchr(uki.stub, 0, sizeof uki.stub));
    for (uint32_t i = 0; i < uki.section_count; i++) {
        const struct mrtd_uki_section *section = &uki.sections[i];
        HOLDS(section->size > 0 && section->offset <= memory->size &&
              section->size <= memory->size - section->offset);
        sum += section->size;
    }
    HOLDS(sum > 0);
}

/* From memory and read, the same; and what is refused changes nothing. */
static void check_events(struct mrtd_source *memory, uint64_t systemd,
                         uint32_t parts, const struct mrtd_source *disk)
{
    const struct mrtd_source reader = {
        .size = memory->size, .read = read_bytes, .context = memory};
    struct mrtd_event events[MRTD_UKI_EVENTS];
    struct mrtd_event again[MRTD_UKI_EVENTS];
    struct mrtd_uki_boot boot = {.struct_size = sizeof boot,
                                 .parts = parts,
                                 .systemd = systemd,
                                 .uki = memory,
                                 .disk = disk};
    struct mrtd_error error = {.code = MRTD_OK};
    size_t count = 0;
    size_t other = 0;
    const enum mrtd_code code = mrtd_uki_events(events, &count, &boot, &error);
    HOLDS(code == error.code);
    boot.uki = &reader;
    boot.disk = disk ? &reader : NULL;
    HOLDS(code == mrtd_uki_events(again, &other, &boot, NULL));
    HOLDS(count == other && count <= MRTD_UKI_EVENTS);
    HOLDS(!code || (mrtd_code_class(code) == MRTD_CLASS_REFUSED && count == 0));
    for (size_t i = 0; i < count; i++) {
        HOLDS(memcmp(&events[i].digest, &again[i].digest,
                     sizeof events[i].digest) == 0);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct mrtd_source memory = {.data = data, .size = size};
    check_image(&memory);
    check_events(&memory, 255, ALL, NULL);
    check_events(&memory, 257, ALL, NULL);
    check_events(&memory, 258, ALL, NULL);
    check_events(&memory, 262, MRTD_UKI_STUB | MRTD_UKI_CMDLINE, NULL);
    check_events(&memory, 258, MRTD_UKI_RTMR1, &memory);
}
