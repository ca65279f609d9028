/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that name a file: of lists of values, and verdicts. */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "model/boot.h"
#include "model/known_answers.h"
#include "model/launch_options.h"

/* The value as text: hexadecimal, or base64. */
void lines_value(char text[MRTD_HEX_SIZE], const struct mrtd_value *value,
                 bool base64);

/*
 * Lines of lists, without a newline. Names are written as sha256sum does, so
 * that any can be read back; where people are shown them, one that could hide
 * or forge a line is written as messages have it.
 */

/* "VALUE  NAME" */
void lines_plain(FILE *to, const char *value, const char *name, bool shown);

/* "REGISTER[LABEL,...] (NAME) = VALUE": the labels are those of list_label().
 */
void lines_tagged(FILE *to, const struct launch_options *launch,
                  const struct mrtd_vmm *vmm, enum mrtd_register id,
                  const char *value, const char *name, bool shown);

/* "NAME (FILE) = VALUE" and a newline. */
void lines_named(FILE *to, const char *register_name, const char *file,
                 const char *value);

/* How values are printed. */
struct lines_form {
    bool tag; /* with the name of the register, also of one alone */
    bool base64;
    bool no_newline;
    bool shown; /* to people: what controls something is escaped */
};

/* The registers of a boot that were asked for, each a line; mrtd is for the
 * MRTD among them. */
void lines_registers(FILE *to, const struct boot *boot,
                     const struct mrtd_value *mrtd,
                     const struct lines_form *form);

/* "REGISTER DIGEST WHAT" of each event; of one that is not known what it is not
 * known without. */
void lines_events(FILE *to, const struct boot *boot);

/* The path of a file that was written into a folder. Allocates nothing: what is
 * in place already cannot fail any more. */
void lines_path(FILE *to, const char *folder, const char *name);

/* "NAME: VERDICT" and a newline; for people. */
void lines_verdict(FILE *to, const char *name, const char *verdict);

/* The same, "FAILED"; and for which other VMM it is the value, if other is not
 * NULL. */
void lines_differs(FILE *to, const char *name, const struct mrtd_vmm *other);

/* "NAME: RESULT (DETAIL)" and a newline, NAME as messages have it; without
 * detail if that is NULL. */
void lines_result(FILE *to, const char *name, const char *result,
                  const char *detail);

/* "ok     NAME (VMM)", and how many are. */
void lines_known_answer(FILE *to, const struct known_result *result);
void lines_known_answers(FILE *to, size_t good, size_t count);

#endif
