/* SPDX-License-Identifier: Apache-2.0 */
#include "printable.h"

#include <stdio.h>

const char *printable(const char *name)
{
    static _Thread_local char buffers[2][4200];
    static _Thread_local unsigned next;
    char *text = buffers[next++ % 2];
    size_t used = 0;
    for (const char *p = name; *p && used + 8 < sizeof buffers[0]; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c < 0x7f) {
            text[used++] = *p;
        } else {
            used += (size_t)snprintf(text + used, 5, "\\%03o", c);
        }
    }
    text[used] = '\0';
    return text;
}
