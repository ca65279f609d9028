/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot_words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool boot_words_register(struct launch_boot *b, const char *name, size_t len)
{
    const struct boot_register *r;
    if (len == 3 && strncasecmp(name, "all", len) == 0) {
        b->registers |= LAUNCH_ALL;
        return true;
    }
    for (size_t i = 0; (r = boot_register_at(i)); i++) {
        if (strlen(r->name) == len && strncasecmp(r->name, name, len) == 0) {
            b->named |= r->bit;
            b->registers |= r->bit;
            return true;
        }
    }
    return false;
}

/* A number of at most 4 digits at the start of the text, which moves on. */
static bool take_number(const char **text, uint32_t *number)
{
    const size_t digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 4) {
        return false;
    }
    *number = (uint32_t)strtoul(*text, NULL, 10);
    *text += digits;
    return true;
}

bool boot_words_qemu(struct launch_boot *b, const char *text)
{
    uint32_t major = 0;
    uint32_t minor = 0;
    if (!take_number(&text, &major) || *text++ != '.' ||
        !take_number(&text, &minor) || minor > 999 || major < 8 ||
        !strchr(".-+~", *text)) {
        return false;
    }
    b->qemu = 1000 * major + minor;
    return true;
}

bool boot_words_edk2(struct launch_boot *b, const char *text)
{
    static const char stable[] = "edk2-stable";
    if (strncmp(text, stable, strlen(stable)) == 0) {
        text += strlen(stable);
    }
    const size_t digits = strspn(text, "0123456789");
    const unsigned long release = digits == 6 ? strtoul(text, NULL, 10) : 0;
    const unsigned long month = release % 100;
    /* There are four releases a year, and corrections of them. */
    if (release < 201000 || month % 3 != 2 || month > 11 ||
        (text[digits] && (text[digits] != '.' || !text[digits + 1]))) {
        return false;
    }
    b->edk2 = (uint32_t)release;
    return true;
}

bool boot_words_is_qemu(const struct mrtd_vmm *vmm)
{
    return vmm == mrtd_vmm_default(MRTD_PLATFORM_TDX) ||
           strcmp(vmm->name, "qemu") == 0 || strcmp(vmm->name, "kvm-v19") == 0;
}
