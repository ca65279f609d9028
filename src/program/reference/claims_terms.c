/* SPDX-License-Identifier: Apache-2.0 */
/* What a claim is bound to: VMMs, a time, a firmware file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reference/claims.h"

const size_t claims_digest_sizes[CLAIMS_DIGESTS] = {32, 48, 64};

static const char *const digest_names[CLAIMS_DIGESTS] = {"SHA-256", "SHA-384",
                                                         "SHA-512"};

void *claims_room(void *items, size_t count, size_t size)
{
    const bool full = (count & (count - 1)) == 0;
    return full ? realloc(items, (count ? 2 * count : 1) * size) : items;
}

/* --- VMMs -------------------------------------------------------------- */

bool claims_label(struct claims *claims, const char *vmm, size_t len,
                  struct failure *error)
{
    const struct mrtd_vmm *known;
    const char *what = "that is not known here";
    char why[160];
    for (size_t i = 0; (known = mrtd_vmm_at(i)) && i < 32; i++) {
        if (known->platform != MRTD_PLATFORM_TDX ||
            strlen(known->name) != len || memcmp(known->name, vmm, len) != 0) {
            continue;
        }
        if (known->launches_as) {
            claims->items[claims->count - 1].vmms |= UINT32_C(1) << i;
            return true;
        }
        what = "that launches nothing";
    }
    snprintf(why, sizeof why, "is said to be of a VMM %s: \"%.*s\"", what,
             (int)(len < 60 ? len : 60), vmm);
    const char *where = claims->items[claims->count - 1].where;
    return claims_misspelled(claims, "against-label", MRTD_NO_OFFSET,
                             *where ? where : "an MRTD", why, error);
}

/* --- Image formats ----------------------------------------------------- */

bool claims_image_format(struct claims *claims, size_t from, const char *name,
                         struct failure *error)
{
    const bool is_tdvf = name && strcmp(name, "tdvf") == 0;
    if (!is_tdvf && !(name && strcmp(name, "igvm") == 0)) {
        return claims_fail(error, "against-format", MRTD_NO_OFFSET,
                           "an \"image_format\" in it is neither \"tdvf\" nor "
                           "\"igvm\"");
    }
    for (size_t i = from; i < claims->count; i++) {
        claims->items[i].image_format =
            is_tdvf ? MRTD_FORMAT_TDVF : MRTD_FORMAT_IGVM;
    }
    return true;
}

/* --- Validity ---------------------------------------------------------- */

void claims_validity(struct claims *claims, size_t from, int64_t not_before,
                     int64_t not_after)
{
    for (size_t i = from; i < claims->count; i++) {
        struct claim *c = &claims->items[i];
        if (not_before > c->not_before) {
            c->not_before = not_before;
        }
        if (not_after < c->not_after) {
            c->not_after = not_after;
        }
    }
}

bool claims_valid_at(const struct claim *claim, int64_t seconds)
{
    return claim->not_before <= seconds && seconds <= claim->not_after;
}

/* That many digits, which are moved past; -1 if they are not. */
static int digits(const char **text, size_t *len, size_t count)
{
    int value = 0;
    if (*len < count) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if ((*text)[i] < '0' || (*text)[i] > '9') {
            return -1;
        }
        value = 10 * value + ((*text)[i] - '0');
    }
    *text += count;
    *len -= count;
    return value;
}

/* One of the characters, which is moved past; '\0' if it is not. */
static char one_of(const char **text, size_t *len, const char *characters)
{
    const char c = (char)(*len ? **text : '\0');
    if (c == '\0' || !strchr(characters, c)) {
        return '\0';
    }
    ++*text;
    --*len;
    return c;
}

/* The days from 1970 to a date of the Gregorian calendar; month from 1. */
static int64_t days_to(int year, int month, int day)
{
    static const int before[] = {0,   31,  59,  90,  120, 151,
                                 181, 212, 243, 273, 304, 334};
    const int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const int64_t y = year - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + before[month - 1] +
           (month > 2 ? leap : 0) + day - 1 - 719162; /* 0001 to 1970 */
}

static bool is_date(int year, int month, int day)
{
    static const int most[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return year > 0 && month > 0 && month <= 12 && day > 0 &&
           day <= most[month - 1] + (month == 2 ? leap : 0);
}

/* The offset of a zone, in seconds: "Z", "+hh:mm" or "-hh:mm". */
static bool read_zone(const char **text, size_t *len, int64_t *seconds)
{
    const char sign = one_of(text, len, "Zz+-");
    *seconds = 0;
    if (sign == '+' || sign == '-') {
        const int hours = digits(text, len, 2);
        if (!one_of(text, len, ":")) {
            return false;
        }
        const int minutes = digits(text, len, 2);
        *seconds = (sign == '-' ? -60 : 60) * (60 * hours + minutes);
        return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
    }
    return sign != '\0';
}

bool claims_time(const char *text, size_t len, int64_t *seconds)
{
    static const struct {
        const char *after; /* text that comes after it */
        size_t digits;
    } layout[6] = {{"", 4}, {"-", 2}, {"-", 2}, {"Tt ", 2}, {":", 2}, {":", 2}};
    int field[6]; /* year, month, day, hour, minute, second */
    int64_t zone = 0;
    for (size_t i = 0; i < 6; i++) {
        if (i > 0 && !one_of(&text, &len, layout[i].after)) {
            return false;
        }
        field[i] = digits(&text, &len, layout[i].digits);
        if (field[i] < 0) {
            return false;
        }
    }
    if (one_of(&text, &len, ".")) {
        if (digits(&text, &len, 1) < 0) {
            return false;
        }
        int next = 0;
        while (next >= 0) {
            next = digits(&text, &len, 1);
        }
    }
    if (!is_date(field[0], field[1], field[2]) || field[3] > 23 ||
        field[4] > 59 || field[5] > 60 || !read_zone(&text, &len, &zone) ||
        len > 0) {
        return false;
    }
    *seconds = 86400 * days_to(field[0], field[1], field[2]) + 3600 * field[3] +
               60 * field[4] + field[5] - zone;
    return true;
}

void claims_time_text(char text[CLAIMS_TIME_SIZE], int64_t seconds)
{
    const time_t t = (time_t)seconds;
    struct tm tm;
    if (seconds < INT64_C(-62135596800) || seconds > INT64_C(253402300799) ||
        !gmtime_r(&t, &tm)) {
        snprintf(text, CLAIMS_TIME_SIZE, "second %" PRId64, seconds);
        return;
    }
    snprintf(text, CLAIMS_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
             (tm.tm_year + 1900) % 10000, (tm.tm_mon + 1) % 100,
             tm.tm_mday % 100, tm.tm_hour % 100, tm.tm_min % 100,
             tm.tm_sec % 100);
}

/* --- Firmware files ---------------------------------------------------- */

bool claims_add_file(struct claims *claims, struct failure *error)
{
    if (claims->file_count == CLAIMS_MAX) {
        return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                           "it holds more than %d files", CLAIMS_MAX);
    }
    struct claimed_file *files =
        claims_room(claims->files, claims->file_count, sizeof *claims->files);
    if (!files) {
        return claims_no_memory(error);
    }
    claims->files = files;
    memset(&files[claims->file_count++], 0, sizeof *files);
    return true;
}

bool claims_file_digest(struct claims *claims, enum claims_digest kind,
                        const uint8_t *digest, struct failure *error)
{
    struct claimed_file *file = &claims->files[claims->file_count - 1];
    const size_t size = claims_digest_sizes[kind];
    if (file->has[kind] && memcmp(file->digest[kind], digest, size) != 0) {
        return claims_fail(error, "against-contradiction", MRTD_NO_OFFSET,
                           "it gives two different %s digests of one file",
                           digest_names[kind]);
    }
    file->has[kind] = true;
    memcpy(file->digest[kind], digest, size);
    return true;
}

bool claims_file_size(struct claims *claims, uint64_t size,
                      struct failure *error)
{
    struct claimed_file *file = &claims->files[claims->file_count - 1];
    if (file->has_size && file->size != size) {
        return claims_fail(error, "against-contradiction", MRTD_NO_OFFSET,
                           "it gives two different sizes of one file");
    }
    file->has_size = true;
    file->size = size;
    return true;
}

void claims_of_last_file(struct claims *claims)
{
    claims->items[claims->count - 1].file = (int)claims->file_count - 1;
}

/* Is the firmware that file? If not, why: the first that differs. */
static bool is_file(const struct claimed_file *file,
                    const struct claims_firmware *firmware,
                    char why[CLAIMS_FILE_WHY])
{
    bool known = false;
    if (file->has_size && file->size != firmware->size) {
        snprintf(why, CLAIMS_FILE_WHY,
                 "its size is %" PRIu64 ", and not %" PRIu64, firmware->size,
                 file->size);
        return false;
    }
    for (size_t i = 0; i < CLAIMS_DIGESTS; i++) {
        char hex[2 * CLAIMS_DIGEST_SIZE + 1];
        if (!file->has[i]) {
            continue;
        }
        mrtd_hex_encode(hex, file->digest[i], claims_digest_sizes[i]);
        if (strcmp(hex, firmware->digest[i]) != 0) {
            snprintf(why, CLAIMS_FILE_WHY, "its SHA-%zu is %s, and not %s",
                     8 * claims_digest_sizes[i], firmware->digest[i], hex);
            return false;
        }
        known = true;
    }
    snprintf(why, CLAIMS_FILE_WHY,
             "of which there is no SHA-256, SHA-384 or SHA-512 to compare");
    return known;
}

static bool is_that(const struct claimed_file *file,
                    const struct claims_firmware *firmware)
{
    char why[CLAIMS_FILE_WHY];
    return is_file(file, firmware, why);
}

void claims_other_file(const struct claims *claims, const struct claim *claim,
                       const struct claims_firmware *firmware,
                       char why[CLAIMS_FILE_WHY])
{
    const int index = claims->file_count == 1 ? 0 : claim->file;
    if (index < 0) {
        snprintf(why, CLAIMS_FILE_WHY, "its SHA-384 is %s",
                 firmware->digest[CLAIMS_SHA384]);
    } else {
        is_file(&claims->files[index], firmware, why);
    }
}

bool claims_tell_of(const struct claims *claims,
                    const struct claims_firmware *firmware)
{
    for (size_t i = 0; i < claims->file_count; i++) {
        if (is_that(&claims->files[i], firmware)) {
            return true;
        }
    }
    return claims->file_count == 0;
}

bool claims_are_of(const struct claims *claims, const struct claim *claim,
                   const struct claims_firmware *firmware)
{
    return claim->file < 0 ? claims_tell_of(claims, firmware)
                           : is_that(&claims->files[claim->file], firmware);
}

bool claims_need_sha512(const struct claims *claims)
{
    for (size_t i = 0; i < claims->file_count; i++) {
        if (claims->files[i].has[CLAIMS_SHA512]) {
            return true;
        }
    }
    return false;
}
