/* SPDX-License-Identifier: Apache-2.0 */
#include "model/launch_options.h"

#define EDK2_FILES 202502 /* takes the kernel's file, where QEMU gives it */
#define QEMU_FILES 10000  /* 10.0 gives it */

bool launch_is_patched(const struct launch_boot *boot)
{
    const bool is_file = (!boot->qemu || boot->qemu >= QEMU_FILES) &&
                         (!boot->edk2 || boot->edk2 >= EDK2_FILES);
    return boot->qemu && boot->qemu < LAUNCH_QEMU_RAW && !is_file;
}

uint32_t launch_add_range(struct launch_options *o,
                          const struct launch_range *range)
{
    uint32_t twice = 0;
    for (unsigned i = 0; i < o->range_count; i++) {
        const struct launch_range *r = &o->ranges[i];
        const uint32_t first =
            range->first > r->first ? range->first : r->first;
        if (first <= range->last && first <= r->last &&
            (!twice || first < twice)) {
            twice = first;
        }
    }
    o->ranges[o->range_count++] = *range;
    return twice;
}

/* How many numbers of virtual CPUs are asked for; 1 where none is. */
static size_t count_numbers(const struct launch_options *o)
{
    size_t count = 0;
    for (unsigned i = 0; i < o->range_count; i++) {
        count += o->ranges[i].last - o->ranges[i].first + 1;
    }
    return count ? count : 1;
}

static size_t count_types(const struct launch_options *o)
{
    return o->type_count ? o->type_count : 1;
}

size_t launch_count(const struct launch_options *o)
{
    return o->vmm_count * count_types(o) * count_numbers(o);
}

/* The index-th of the numbers of virtual CPUs. */
static uint32_t number_at(const struct launch_options *o, size_t index)
{
    for (unsigned i = 0; i < o->range_count; i++) {
        const size_t size = o->ranges[i].last - o->ranges[i].first + 1;
        if (index < size) {
            return o->ranges[i].first + (uint32_t)index;
        }
        index -= size;
    }
    return 0;
}

bool launch_select(struct launch_options *o, size_t index)
{
    const size_t numbers = count_numbers(o);
    const size_t each = numbers * count_types(o);
    if (index >= launch_count(o)) {
        return false;
    }
    o->vmm = o->vmms[index / each];
    o->guest.vcpus = number_at(o, index % numbers);
    o->guest.has_vcpu = o->type_count > 0;
    if (o->guest.has_vcpu) {
        o->guest.vcpu = o->types[index % each / numbers];
    }
    return true;
}

const char *launch_ovmf_option(const struct launch_boot *b)
{
    static const char *const options[MRTD_OVMF_FILES] = {
        [MRTD_OVMF_ACPI_LOADER] = "--acpi-loader",
        [MRTD_OVMF_ACPI_RSDP] = "--acpi-rsdp",
        [MRTD_OVMF_ACPI_TABLES] = "--acpi-tables",
        [MRTD_OVMF_SMBIOS] = "--smbios"};
    for (size_t i = 0; i < MRTD_OVMF_FILES; i++) {
        if (b->ovmf_files[i]) {
            return options[i] ? options[i] : "--fw-cfg";
        }
    }
    return b->absent ? "--fw-cfg" : b->secure_boot ? "--secure-boot" : NULL;
}
