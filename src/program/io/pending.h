/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output files that are whole under their temporary names, until all are: then
 * each is put in its place, or none is.
 */
#ifndef IO_PENDING_H
#define IO_PENDING_H

#include "io/output.h"
#include "io/place.h"

/* ".mrtd-calc." and 128 bits that nobody can foresee. */
#define PENDING_NAME_SIZE 48

/*
 * Adds a file. Takes over the title (its name for messages, malloc()ed) and the
 * place, whose folder's descriptor is closed if it is that of shared, or -1.
 * False where memory is short; then nothing is taken over.
 */
bool pending_add(char *title, struct place *place,
                 const char temporary[PENDING_NAME_SIZE], int shared);

/*
 * Puts all in their places, in order. Where one fails, those that were put
 * there go again, and the files that they replaced come back, which takes a
 * file system that can exchange two names. What cannot be undone is said on
 * stderr, as the failure is. No signal may come between.
 */
enum exit_status pending_place(void);

/* Removes all that are not in their places; from a signal's handler, too. */
void pending_clean(void);

#endif
