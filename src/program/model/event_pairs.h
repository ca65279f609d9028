/* SPDX-License-Identifier: Apache-2.0 */
/* Events that are predicted, each beside the logged one that it is compared
 * with. */
#ifndef MODEL_EVENT_PAIRS_H
#define MODEL_EVENT_PAIRS_H

#include "model/boot.h"
#include "model/event_log.h"

/* An event of a register, predicted and logged. */
struct event_boot_pair {
    enum mrtd_register id;
    const struct mrtd_event *predicted;  /* NULL: there are no more */
    const struct mrtd_log_event *logged; /* NULL: there is none */
    size_t index;                        /* of the logged one */
    bool same;
    /* It is not known whether they are the same: without what the predicted
     * one needs, or since it is not known which events there are. */
    bool unknown;
    const struct mrtd_ovmf_event *needs; /* of such a one; or NULL */
};

/* Where in a register the next pair is; begin with zeros. */
struct event_place {
    size_t predicted;
    size_t logged;
    bool open; /* which events follow is not known */
};

/* The next pair of the register; false after the last. Both must stay. */
bool event_pairs_next(struct event_boot_pair *pair, struct event_place *place,
                      enum mrtd_register id, const struct boot *boot,
                      const struct event_log *log);

#endif
