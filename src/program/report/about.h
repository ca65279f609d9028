/* SPDX-License-Identifier: Apache-2.0 */
/* What this program is, and knows. */
#ifndef REPORT_ABOUT_H
#define REPORT_ABOUT_H

#include <stdbool.h>
#include <stdio.h>

/* The version; with more, also SHA-384 engines and CBOR. */
void about_version(FILE *to, bool more);
void about_vmms(FILE *to);
void about_formats(FILE *to);

#endif
