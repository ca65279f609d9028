/* SPDX-License-Identifier: Apache-2.0 */
/* GUIDs as UEFI stores them: the first three fields little-endian. */
#ifndef BASE_GUID_H
#define BASE_GUID_H

#include <stdbool.h>
#include <stdint.h>

/* Text form with its NUL: 8-4-4-4-12 digits. */
#define GUID_TEXT_SIZE 37

struct guid {
    uint8_t bytes[16]; /* in file order */
};

bool guid_equal(const struct guid *a, const struct guid *b);
void guid_format(char text[GUID_TEXT_SIZE], const struct guid *guid);

#endif
