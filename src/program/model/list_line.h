/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a list of values: "HEX  FILE" for an MRTD, or
 * "REGISTER[LABEL,...] (FILE) = HEX". */
#ifndef MODEL_LIST_LINE_H
#define MODEL_LIST_LINE_H

#include "model/launch_options.h"

/* A name of 4095 bytes, each escaped, and what is around it. */
#define LIST_LINE_SIZE 8448
/* Why labels are refused. */
#define LIST_PROBLEM_SIZE 320

/* A VMM's name, what a guest is launched with, and a format in brackets. */
#define LIST_LABEL_SIZE 160

/*
 * What follows the register's name in a line. For TDX "[kvm-v19]", "[igvm]",
 * both with a comma between, or nothing for the default and a format that was
 * not said. For others always the VMM that has launched, and with virtual CPUs
 * their number, their type or else their signature (not where the VMM ignores
 * it), and the guest's features: "[qemu,4,EPYC-v4,0x1]".
 */
const char *list_label(const struct launch_options *launch,
                       const struct mrtd_vmm *vmm, char text[LIST_LABEL_SIZE]);

/*
 * A file name as sha256sum prints it: where it holds a newline, carriage return
 * or backslash, these are escaped, and the line starts with a backslash.
 * *escaped says whether. Valid until the next call.
 */
const char *list_name(const char *name, bool *escaped);

/* A line's parts, within the line. */
struct list_line {
    char *name;
    /* NULL: "HEX  FILE", which has none; "": "REGISTER (FILE) = HEX" */
    const char *labels;
    struct mrtd_value value;
};

/* Parses a line without its newline, which it changes. */
bool list_line_parse(char *text, struct list_line *line);

/* How a line's value came about. */
struct list_launch {
    const struct mrtd_vmm *vmm; /* NULL: not said */
    unsigned image_format;      /* MRTD_FORMAT_*; 0: not said */
    /* Of platforms of AMD; vcpus 0: the line names no virtual CPUs. */
    uint32_t vcpus;
    bool has_vcpu;
    struct launch_vcpu vcpu;
    uint64_t features;
};

/*
 * Reads a line's labels. The VMM is the default where there are no labels
 * in a form that can have them, and NULL for the other form. False: writes why
 * they are refused; the value could be compared with another one's.
 */
bool list_line_launch(const struct list_line *line,
                      const struct launch_options *o,
                      struct list_launch *launch,
                      char problem[LIST_PROBLEM_SIZE]);

/* Is the first line of the text one of a list? */
bool checklist_begins(const char *text, size_t size);

#endif
