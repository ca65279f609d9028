/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/moment.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    SECONDS_OF_DAY = 86400,
    SECONDS_OF_HOUR = 3600,
    SECONDS_OF_MINUTE = 60,
    DAYS_TO_1970 = 719528, /* from 0000-01-01 */
    LAST_YEAR = 9999,
};

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Of a month from 0. */
static unsigned days_of_month(unsigned year, unsigned month)
{
    static const unsigned days[12] = {31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31};
    return days[month] + (month == 1 && is_leap(year) ? 1U : 0U);
}

/* Days before the first of a year, from 0000-01-01; the year 0 is a leap year.
 */
static int64_t days_before_year(unsigned year)
{
    return INT64_C(365) * year + (year + 3) / 4 - (year + 99) / 100 +
           (year + 399) / 400;
}

bool moment_make(unsigned year, const unsigned field[5], int64_t *time)
{
    const unsigned month = field[0] - 1;
    if (year > LAST_YEAR || month >= 12 || field[1] == 0 ||
        field[1] > days_of_month(year, month) || field[2] > 23 ||
        field[3] > 59 || field[4] > 59) {
        return false;
    }
    int64_t days = days_before_year(year) - DAYS_TO_1970 + (field[1] - 1);
    for (unsigned i = 0; i < month; i++) {
        days += days_of_month(year, i);
    }
    *time = days * SECONDS_OF_DAY + (int64_t)field[2] * SECONDS_OF_HOUR +
            (int64_t)field[3] * SECONDS_OF_MINUTE + field[4];
    return true;
}

void moment_text(char text[MOMENT_SIZE], int64_t time)
{
    int64_t days = time / SECONDS_OF_DAY;
    int64_t second = time % SECONDS_OF_DAY;
    if (second < 0) {
        second += SECONDS_OF_DAY;
        days--;
    }
    days += DAYS_TO_1970;
    if (days < 0 || days >= days_before_year(LAST_YEAR + 1)) {
        (void)snprintf(text, MOMENT_SIZE, "%" PRId64, time);
        return;
    }
    /* A year has at most 366 days, so this is not past the year sought. */
    unsigned year = (unsigned)(days / 366);
    while (days_before_year(year + 1) <= days) {
        year++;
    }
    unsigned day = (unsigned)(days - days_before_year(year));
    unsigned month = 0;
    while (day >= days_of_month(year, month)) {
        day -= days_of_month(year, month++);
    }
    (void)snprintf(text, MOMENT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
                   year % (LAST_YEAR + 1), month + 1, day + 1,
                   (unsigned)(second / SECONDS_OF_HOUR) % 24,
                   (unsigned)(second / SECONDS_OF_MINUTE % 60),
                   (unsigned)(second % 60));
}
