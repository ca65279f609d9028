/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_NAMES_H
#define FIRMWARE_NAMES_H

/* What a well-known GUID is called, in its text form; NULL if unknown. */
const char *names_find(const char *guid);

#endif
