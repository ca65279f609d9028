/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VMM's verdict on an image: what every platform's has. The rules are the
 * platform's. */
#ifndef LAUNCH_ACCEPT_H
#define LAUNCH_ACCEPT_H

#include <stdbool.h>

#include "image/image.h"
#include "mrtd.h"

struct mrtd_accept {
    struct mrtd_accept_info info;
    struct mrtd_accept_finding *items; /* info.finding_count of them */
    bool kernel;                       /* the VMM is given a kernel to start */
    struct mrtd_image *image;          /* freed with it; NULL: not yet made */
};

struct accept_answer {
    enum mrtd_effect effect;
    char text[256]; /* message of the software itself, or empty */
};

/* The answer "refused", with the software's text. Returns true. */
bool accept_refuses(struct accept_answer *answer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The answer of another effect, without a text. Returns true. */
bool accept_answers(struct accept_answer *answer, enum mrtd_effect effect);

/* Adds a broken rule and what follows from it, for the verdict too; false where
 * memory is short. */
bool accept_add(struct mrtd_accept *accept, const struct mrtd_error *what,
                uint32_t region, const struct accept_answer *answer);

#endif
