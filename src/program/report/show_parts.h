/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown alike of images of all platforms. */
#ifndef REPORT_SHOW_PARTS_H
#define REPORT_SHOW_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "model/evaluation.h"

/* What a terminal is sent around words; "" without colours. */
struct palette {
    const char *bold;
    const char *warning;
    const char *note;
    const char *off;
};
const struct palette *show_palette(bool colour);

/* The entries of the GUIDed table; nothing without one. */
void show_guids(FILE *to, const struct mrtd_image *image);
/* Who launches it. */
void show_vmm(FILE *to, const struct evaluation *e);
/* All warnings and notes, with those that the launch's value gives. */
void show_findings(FILE *to, const struct evaluation *e,
                   const struct mrtd_value *value,
                   const struct palette *palette);

/* The same in JSON: lists. */
json_t *show_json_guids(const struct mrtd_image *image);
json_t *show_json_notes(const struct evaluation *e,
                        const struct mrtd_value *value);

#endif
