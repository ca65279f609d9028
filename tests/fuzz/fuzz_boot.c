/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels: PE images and setup headers, as they are and as QEMU changes them.
 */
#include <string.h>

#include "fuzz.h"
#include "mrtd.h"

static int read_bytes(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct mrtd_source *memory = context;
    HOLDS(offset <= memory->size && size <= memory->size - offset);
    memcpy(buffer, (const uint8_t *)memory->data + offset, size);
    return 0;
}

/* From memory and read, the same; and what is refused changes nothing. */
static void check_events(struct mrtd_source *memory, uint32_t rules)
{
    const struct mrtd_source reader = {
        .size = memory->size, .read = read_bytes, .context = memory};
    struct mrtd_event events[MRTD_BOOT_EVENTS];
    struct mrtd_event again[MRTD_BOOT_EVENTS];
    struct mrtd_boot boot = {.struct_size = sizeof boot,
                             .rules = rules,
                             .ram = 1 << 30,
                             .kernel = memory,
                             .initrd = memory,
                             .has_cmdline = 1,
                             .cmdline = "quiet vga=0x317",
                             .cmdline_size = 15};
    struct mrtd_error error = {.code = MRTD_OK};
    size_t count = 0;
    size_t other = 0;
    const enum mrtd_code code = mrtd_boot_events(events, &count, &boot, &error);
    HOLDS(code == error.code);
    boot.kernel = boot.initrd = &reader;
    HOLDS(code == mrtd_boot_events(again, &other, &boot, NULL));
    HOLDS(count == other);
    HOLDS(code ? mrtd_code_class(code) == MRTD_CLASS_REFUSED && count == 0
               : count == 7 && memcmp(&events[0].digest, &again[0].digest,
                                      sizeof events[0].digest) == 0);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct mrtd_source memory = {.data = data, .size = size};
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA384};
    struct mrtd_kernel kernel;
    if (!mrtd_kernel_read(&kernel, &memory, NULL)) {
        HOLDS(memchr(kernel.version, 0, sizeof kernel.version));
        HOLDS(!kernel.has_numbers || *kernel.version);
    }
    if (!mrtd_pe_digest(&digest, &memory, NULL)) {
        HOLDS(digest.size == MRTD_DIGEST_SIZE);
    }
    check_events(&memory, 0);
    check_events(&memory, MRTD_BOOT_PATCHED_KERNEL);
}
