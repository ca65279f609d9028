/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERIFY_MOMENT_H
#define VERIFY_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define MOMENT_SIZE 32

/* Seconds since 1970 in UTC of a date and time, whose month and day are counted
 * from 1; false if there is no such moment. */
bool moment_make(unsigned year, const unsigned field[5], int64_t *time);

/* A moment as RFC 3339 has it, e.g. "2026-11-28T02:15:00Z"; one before the year
 * 0 or after 9999 as the number of its seconds. */
void moment_text(char text[MOMENT_SIZE], int64_t time);

#endif
