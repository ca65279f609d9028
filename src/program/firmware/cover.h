/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stretches that may overlap, and which of them a place belongs to: the first
 * that took it. With n stretches, all of them are taken in n log n steps, and a
 * place is found in log n, however they overlap.
 */
#ifndef FIRMWARE_COVER_H
#define FIRMWARE_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No stretch took the place. */
#define COVER_NONE UINT32_MAX

/* Places on one line overlap; those on different lines never do. */
struct cover_stretch {
    uint64_t line;
    uint64_t start;
    uint64_t size; /* 0: it takes nothing */
};

/* What lies between two places where some stretch starts or ends. */
struct cover_part {
    uint64_t line;
    uint64_t start;
    uint64_t end;   /* start: there is nothing up to the next part */
    uint32_t owner; /* COVER_NONE: it is not taken yet */
    uint32_t next;  /* this part if it is not taken, else a later one */
};

struct cover {
    struct cover_part *parts; /* by line, then by place */
    size_t count;
};

/*
 * Prepares for the stretches, none of which ends beyond 2^64 - 1 and of which
 * there are fewer than 2^30. False where memory is short: then *cover holds
 * nothing. Otherwise free it with cover_free().
 */
bool cover_make(struct cover *cover, const struct cover_stretch *stretches,
                size_t count);
void cover_free(struct cover *cover);

/*
 * Takes the first part of the stretch, which cover_make() was given, that no
 * other has taken; false where there is none. The part is whole in it.
 */
bool cover_take(struct cover *cover, const struct cover_stretch *stretch,
                uint32_t owner, uint64_t *start, uint64_t *end);

/* Takes all parts of the stretch that no other has taken. */
void cover_take_all(struct cover *cover, const struct cover_stretch *stretch,
                    uint32_t owner);

/* Who took the place of line 0; the answer is the same from there to *until,
 * which is beyond it. */
uint32_t cover_at(const struct cover *cover, uint64_t place, uint64_t *until);

#endif
