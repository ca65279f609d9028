/* SPDX-License-Identifier: Apache-2.0 */
/* The events that a boot is predicted to make, beside those of a TD's log. */
#ifndef MODEL_EVENT_BOOT_H
#define MODEL_EVENT_BOOT_H

#include "model/boot_search.h"
#include "model/event_pairs.h"

/* Room for why an event differs. */
#define EVENT_BOOT_TEXT 1200

struct event_boot {
    bool is_asked; /* a kernel, a command line or the like was given */
    bool match;    /* no pair differs */
    const struct event_log *log;
    struct boot boot;
    struct event_boot_pair *pairs;
    size_t count;
};

/*
 * What of the options and files of e can be predicted, of OVMF or of the image
 * that e has, by the rules that fit the log best. Of td-shim's log without an
 * image the sizes of regions are the log's. The log must stay.
 * event_boot_free() in any case.
 */
enum exit_status event_boot_make(struct event_boot *answer,
                                 const struct evaluation *e,
                                 const struct event_log *log,
                                 struct failure *failure);
void event_boot_free(struct event_boot *answer);

/* Why the pair is not the same, in words, and the code of it; NULL where it is,
 * or where that follows from one before it of the same register. */
const char *event_boot_reason(const struct event_boot *answer,
                              const struct event_boot_pair *pair,
                              const char **code, char text[EVENT_BOOT_TEXT]);

#endif
