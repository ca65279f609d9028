/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of dm-verity in a command line: dm-mod.create= of Linux
 * (Documentation/admin-guide/device-mapper/dm-init.rst, verity.rst), and dm= of
 * Chrome OS's kernels (drivers/md/dm-verity-chromeos.c there).
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "model/line_roots.h"

/* --- Devices ----------------------------------------------------------- */

/* The 16 bytes of a GUID's text, in the order of the text. */
static bool take_guid(const char *text, uint8_t guid[MRTD_DISK_GUID])
{
    char digits[2 * MRTD_DISK_GUID + 1];
    size_t used = 0;
    for (size_t i = 0; text[i]; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash != (text[i] == '-') || i == 36) {
            return false;
        }
        if (!is_dash) {
            digits[used++] = text[i];
        }
    }
    return used == sizeof digits - 1 &&
           mrtd_hex_decode(guid, MRTD_DISK_GUID, digits, used);
}

/* Decimal digits at the end of a text; false: none, or a number of no
 * partition. */
static bool take_end(const char *digits, uint32_t *number)
{
    const size_t len = strlen(digits);
    *number = 0;
    if (len == 0 || len > 3 || digits[0] == '0' ||
        strspn(digits, "0123456789") != len) {
        return false;
    }
    for (const char *c = digits; *c; c++) {
        *number = 10 * *number + (uint32_t)(*c - '0');
    }
    return *number <= LINE_PARTITIONS;
}

/* /dev/vda, /dev/sdb2; /dev/nvme0n1, /dev/nvme0n1p3. */
static void take_disk(struct line_device *d)
{
    static const char *const kinds[] = {"/dev/vd", "/dev/sd", "/dev/xvd"};
    static const char nvme[] = "/dev/nvme0n1";
    const char *end = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const size_t len = strlen(kinds[i]);
        if (strncmp(d->text, kinds[i], len) == 0 && d->text[len] >= 'a' &&
            d->text[len] <= 'z') {
            end = d->text + len + 1;
        }
    }
    if (strncmp(d->text, nvme, strlen(nvme)) == 0) {
        end = d->text + strlen(nvme);
        d->disk = strlen(nvme);
        end += *end == 'p' && end[1] ? 1 : 0;
    } else if (end) {
        d->disk = (size_t)(end - d->text);
    }
    if (end && (!d->text[d->disk] || take_end(end, &d->number))) {
        d->place = LINE_NUMBER;
    }
}

void line_device_read(struct line_device *d, const char *text)
{
    static const char by_guid[] = "PARTUUID=";
    *d = (struct line_device){.place = LINE_NOWHERE};
    snprintf(d->text, sizeof d->text, "%s", text);
    if (strlen(text) >= sizeof d->text) {
        return;
    }
    if (strncmp(text, by_guid, strlen(by_guid)) == 0) {
        d->place = take_guid(text + strlen(by_guid), d->guid) ? LINE_GUID
                                                              : LINE_NOWHERE;
        return;
    }
    take_disk(d);
}

/* --- Words and numbers ------------------------------------------------- */

/* The next word of a text, which moves on; NULL: there are no more. */
static char *next_word(char **text, const char *separators)
{
    char *word = *text;
    if (!word) {
        return NULL;
    }
    *text = strpbrk(word, separators);
    if (*text) {
        *(*text)++ = '\0';
    }
    return word;
}

static bool take_number(const char *text, uint64_t most, uint64_t *number)
{
    const size_t len = text ? strlen(text) : 0;
    *number = 0;
    /* With a zero in front Linux takes some of them for octal. */
    if (len == 0 || len > 18 || (len > 1 && *text == '0') ||
        strspn(text, "0123456789") != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        *number = 10 * *number + (uint64_t)(text[i] - '0');
    }
    return *number <= most;
}

static bool take_algorithm(struct line_root *r, const char *name)
{
    struct mrtd_verity *v = &r->request.verity;
    if (!name || !*name || strlen(name) >= sizeof v->algorithm) {
        return false;
    }
    memset(v->algorithm, 0, sizeof v->algorithm);
    memcpy(v->algorithm, name, strlen(name));
    r->request.given |= VERITY_ALGORITHM;
    return true;
}

static bool take_root(struct line_root *r, const char *text)
{
    r->request.given |= VERITY_ROOT;
    return text && verity_take_root(&r->request, text);
}

static bool take_salt(struct line_root *r, const char *text)
{
    r->request.given |= VERITY_SALT;
    return text && verity_take_salt(&r->request.verity, text);
}

/* --- dm-mod.create ----------------------------------------------------- */

static bool take_size(const char *text, uint32_t *size)
{
    uint64_t number = 0;
    const bool good = take_number(text, MRTD_VERITY_MAX_BLOCK, &number) &&
                      number >= MRTD_VERITY_MIN_BLOCK &&
                      (number & (number - 1)) == 0;
    *size = (uint32_t)number;
    return good;
}

/* After the salt: how many optional parameters there are, and these, in any
 * case. Whether a block is read that does not fit is one of them. */
static bool take_optional(struct line_root *r, char **text)
{
    uint64_t count = 0;
    const char *word = next_word(text, " ");
    if (!word) {
        return true;
    }
    if (!take_number(word, 99, &count)) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        word = next_word(text, " ");
        if (!word) {
            return false;
        }
        r->is_lax |= strcasecmp(word, "ignore_corruption") == 0;
        r->is_once |= strcasecmp(word, "check_at_most_once") == 0;
    }
    return !*text;
}

/* "0 SECTORS verity TYPE DATA TREE SIZE SIZE BLOCKS START ALGORITHM ROOT SALT".
 */
static const char *take_table(struct line_root *r, char *text)
{
    struct mrtd_verity *v = &r->request.verity;
    char *words[13];
    uint64_t sectors = 0;
    uint64_t type = 0;
    uint64_t start = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        words[i] = next_word(&text, " ");
        if (!words[i] || !*words[i]) {
            return "its table has fewer fields than one of dm-verity";
        }
    }
    if (strcmp(words[2], "verity") != 0) {
        return "its target is not verity";
    }
    line_device_read(&r->data, words[4]);
    line_device_read(&r->tree, words[5]);
    if (strcmp(words[0], "0") != 0 ||
        !take_number(words[1], UINT64_MAX, &sectors) ||
        !take_number(words[3], 1, &type) ||
        !take_size(words[6], &v->data_block_size) ||
        !take_size(words[7], &v->hash_block_size) ||
        !take_number(words[8], UINT64_MAX / MRTD_VERITY_MAX_BLOCK,
                     &v->data_blocks) ||
        !take_number(words[9], UINT64_MAX / MRTD_VERITY_MAX_BLOCK, &start) ||
        v->data_blocks == 0 || !take_algorithm(r, words[10]) ||
        !take_root(r, words[11]) || !take_salt(r, words[12]) ||
        !take_optional(r, &text)) {
        return "a field of its table is not one of dm-verity";
    }
    if (sectors != v->data_blocks * (v->data_block_size / 512)) {
        return "its number of sectors is not that of its data blocks";
    }
    v->hash_type = (uint32_t)type;
    r->request.hash_offset = start * v->hash_block_size;
    r->request.given |= VERITY_TYPE | VERITY_DATA_BLOCK_SIZE |
                        VERITY_HASH_BLOCK_SIZE | VERITY_BLOCKS;
    return NULL;
}

/* By it the kernel quotes what comes after it in a table. */
static const char backslash[] = "it has a backslash";

/* "NAME,UUID,MINOR,FLAGS,TABLE[,TABLE]...[;...]". Without a number the first
 * device is that which root= then names. */
const char *line_dm_init(struct line_root *r, char *value)
{
    static const char fields[] = ",ro,"; /* MINOR and FLAGS */
    size_t commas = 0;
    char *table = value;
    if (strchr(value, '\\')) {
        return backslash;
    }
    for (const char *c = value; *c; c++) {
        commas += *c == ',';
    }
    if (strchr(value, ';') || commas != 4) {
        return "it is not one device with one table";
    }
    for (size_t i = 0; i < 2; i++) {
        table = strchr(table, ',') + 1;
    }
    if (strncmp(table, fields, strlen(fields)) != 0) {
        return "its device has a minor number, or is not read-only (ro)";
    }
    table += strlen(fields);
    r->mapped = "/dev/dm-0";
    return take_table(r, table);
}

/* --- dm= of Chrome OS -------------------------------------------------- */

/* The fields of its target, which are named, in whichever order. */
struct chrome {
    const char *payload;
    const char *hashtree;
    const char *hashstart;
    const char *alg;
    const char *root_hexdigest;
    const char *salt;
};

static bool take_chrome_field(struct chrome *c, char *word)
{
    const struct {
        const char *name;
        const char **to;
    } fields[] = {
        {"payload", &c->payload},
        {"hashtree", &c->hashtree},
        {"hashstart", &c->hashstart},
        {"alg", &c->alg},
        {"root_hexdigest", &c->root_hexdigest},
        {"salt", &c->salt},
    };
    char *value = strchr(word, '=');
    if (!value) {
        return false;
    }
    *value++ = '\0';
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(word, fields[i].name) == 0) {
            const bool is_first = !*fields[i].to;
            *fields[i].to = value;
            return is_first;
        }
    }
    return false;
}

static bool take_chrome(struct line_root *r, const struct chrome *c,
                        uint64_t sectors)
{
    struct mrtd_verity *v = &r->request.verity;
    uint64_t start = 0;
    if (!c->payload || !c->hashtree ||
        !take_number(c->hashstart, UINT64_MAX / 512, &start) ||
        !take_algorithm(r, c->alg) || !take_root(r, c->root_hexdigest) ||
        !take_salt(r, c->salt ? c->salt : "-")) {
        return false;
    }
    line_device_read(&r->data, c->payload);
    line_device_read(&r->tree, c->hashtree);
    v->hash_type = 0;
    v->data_blocks = sectors / 8;
    r->request.hash_offset = start * 512;
    r->request.given |= VERITY_TYPE | VERITY_DATA_BLOCK_SIZE |
                        VERITY_HASH_BLOCK_SIZE | VERITY_BLOCKS;
    return sectors > 0 && sectors % 8 == 0;
}

/* "1 NAME none ro 1,0 SECTORS verity FIELD=VALUE ...": blocks have 4096 bytes.
 */
const char *line_dm_chrome(struct line_root *r, char *value)
{
    static const char *const fixed[] = {"1",   NULL, "none",  "ro",
                                        "1,0", NULL, "verity"};
    struct chrome chrome = {.payload = NULL};
    uint64_t sectors = 0;
    if (strchr(value, '\\')) {
        return backslash;
    }
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        const char *word = next_word(&value, " ");
        if (!word || (fixed[i] && strcmp(word, fixed[i]) != 0) ||
            (i == 5 && !take_number(word, UINT64_MAX / 512, &sectors))) {
            return "it is not one read-only device with a table of verity";
        }
    }
    char *field;
    while ((field = next_word(&value, " "))) {
        if (!take_chrome_field(&chrome, field)) {
            return "a field of its table is unknown, or is there twice";
        }
    }
    r->mapped = "/dev/dm-0";
    return take_chrome(r, &chrome, sectors)
               ? NULL
               : "a field of its table is missing, or is not one of dm-verity";
}
