/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/causes.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/pe.h"

/* Runs of differing bytes that are looked at; all the rest is "content". */
#define MAX_RUNS 4096
/* Base relocations that are looked at: OVMF's modules have far fewer. */
#define MAX_SITES 65536
/* How far the ends of a string are looked for. */
#define MAX_STRING 512
/* Of two random values of 64 bits fewer bytes differ once in 2^26 times; of two
 * pointers below 4 GiB never so many. */
#define COOKIE_SIZE   8
#define COOKIE_DIFFER 5

bool causes_same(struct span a, struct span b)
{
    return a.size == b.size && span_differs(a, b, 0) == a.size;
}

static const struct {
    const char *name;
    const char *text;
} causes_list[CAUSE_COUNT] = {
    {"build-path", "build path"},
    {"time-stamp", "PE time stamp"},
    {"stack-cookie", "stack cookie (edk2 StackCookieValues)"},
    {"debug-id", "identifier of the symbol file"},
    {"address", "linked to another address"},
    {"content", "code or data"},
    {"size", "size"},
    {"header", "header or checksum only"},
    {"layout", "the same modules, placed otherwise"},
    {"packing", "compressed otherwise, the same when unpacked"},
    {"unreadable-a", "a compressed section of A cannot be unpacked"},
    {"unreadable-b", "a compressed section of B cannot be unpacked"},
};

const char *causes_name(unsigned bit)
{
    return causes_list[bit].name;
}

const char *causes_text(unsigned bit)
{
    return causes_list[bit].text;
}

/* Two modules that are compared; where a byte's cause is known, its bit. */
struct pair {
    const struct span *content[2];
    struct pe pe[2];
    uint8_t *known; /* the causes that mark() is called with fit in */
    uint64_t size;  /* size of known: that of the shorter content */
    struct causes *causes;
    unsigned words; /* unexplained words of data */
    uint64_t word;  /* the last unexplained word */
    unsigned word_bytes;
};

static void mark(struct pair *p, uint64_t offset, uint64_t size, unsigned cause)
{
    for (uint64_t i = 0; i < size && offset + i < p->size; i++) {
        p->known[offset + i] = (uint8_t)cause;
    }
}

static unsigned cause_of(enum pe_kind kind)
{
    switch (kind) {
    case PE_TIME_STAMP:
        return CAUSE_STAMP;
    case PE_DEBUG_ID:
        return CAUSE_ID;
    case PE_DEBUG_PATH:
    case PE_DEBUG_SIZE:
        return CAUSE_PATH;
    case PE_BASE:
        return CAUSE_ADDRESS;
    default:
        return CAUSE_HEADER;
    }
}

/* Fields that both have at one place: elsewhere they explain nothing. */
static void mark_fields(struct pair *p)
{
    for (uint32_t i = 0; i < p->pe[0].field_count; i++) {
        const struct pe_field *a = &p->pe[0].fields[i];
        for (uint32_t k = 0; k < p->pe[1].field_count; k++) {
            const struct pe_field *b = &p->pe[1].fields[k];
            if (a->kind == b->kind && a->offset == b->offset) {
                mark(p, a->offset, a->size > b->size ? a->size : b->size,
                     cause_of(a->kind));
                break;
            }
        }
    }
}

/* Addresses that differ by just what the two images were moved. */
static void mark_sites(struct pair *p)
{
    struct pe_site site = {0};
    uint64_t moved = p->pe[1].base - p->pe[0].base;
    for (unsigned i = 0; moved && i < MAX_SITES; i++) {
        uint64_t value[2] = {0, 0};
        uint32_t low[2] = {0, 0};
        if (!pe_next_site(&p->pe[0], &site)) {
            return;
        }
        for (unsigned side = 0; side < 2; side++) {
            span_u64(*p->content[side], site.offset, &value[side]);
            span_u32(*p->content[side], site.offset, &low[side]);
        }
        if (site.size == 8 ? value[1] - value[0] == moved
                           : low[1] - low[0] == (uint32_t)moved) {
            mark(p, site.offset, site.size, CAUSE_ADDRESS);
        }
    }
}

/* --- Strings ----------------------------------------------------------- */

static bool is_printable(struct span s, uint64_t offset)
{
    uint8_t c = 0;
    return span_u8(s, offset, &c) && c >= 0x20 && c < 0x7f;
}

/* The string around the byte at offset; *end is after its last byte. */
static void find_string(struct span s, uint64_t offset, uint64_t *start,
                        uint64_t *end)
{
    *start = offset;
    *end = offset;
    while (*start > 0 && offset - *start < MAX_STRING &&
           is_printable(s, *start - 1)) {
        --*start;
    }
    while (*end - offset < MAX_STRING && is_printable(s, *end)) {
        ++*end;
    }
}

/* The length of the last component of a path; 0 if it is not a path. */
static uint64_t file_name_length(struct span s, uint64_t start, uint64_t end)
{
    uint8_t c = 0;
    uint8_t behind = 1;
    if (!span_u8(s, end, &behind) || behind != 0) {
        return 0;
    }
    for (uint64_t i = end; i > start; i--) {
        if (span_u8(s, i - 1, &c) && (c == '/' || c == '\\')) {
            return end - i;
        }
    }
    return 0;
}

/* Two paths of one file: they start at one place and end in the same name. */
static bool is_same_file(const struct pair *p, const uint64_t start[2],
                         const uint64_t end[2])
{
    struct span a = *p->content[0];
    struct span b = *p->content[1];
    uint64_t length = file_name_length(a, start[0], end[0]);
    return length > 0 && start[0] == start[1] &&
           length == file_name_length(b, start[1], end[1]) &&
           span_part(a, end[0] - length, length, &a) &&
           span_part(b, end[1] - length, length, &b) && causes_same(a, b);
}

/* Keeps the first pair of paths. */
static void keep_path(struct pair *p, unsigned side, uint64_t start,
                      uint64_t end)
{
    char *path = p->causes->path[side];
    size_t i = 0;
    while (i < CAUSE_PATH_SIZE - 1 && start + i < end &&
           is_printable(*p->content[side], start + i)) {
        uint8_t c = 0;
        span_u8(*p->content[side], start + i, &c);
        path[i++] = (char)c;
    }
    path[i] = '\0';
}

/* Is there, on both sides, the path of one file around the byte at offset? */
static bool take_path(struct pair *p, uint64_t offset)
{
    uint64_t start[2];
    uint64_t end[2];
    for (unsigned side = 0; side < 2; side++) {
        find_string(*p->content[side], offset, &start[side], &end[side]);
    }
    if (!is_same_file(p, start, end)) {
        return false;
    }
    if (!p->causes->path[0][0]) {
        keep_path(p, 0, start[0], end[0]);
        keep_path(p, 1, start[1], end[1]);
    }
    uint64_t last = end[0] > end[1] ? end[0] : end[1];
    mark(p, offset, last - offset, CAUSE_PATH);
    return true;
}

/* --- Runs of differing bytes ------------------------------------------- */

/* Bytes of data that nothing explains: is there one word of them? */
static void count_word(struct pair *p, uint64_t from, uint64_t to)
{
    const struct pe *pe = &p->pe[0];
    for (uint64_t i = from; i < to; i++) {
        uint64_t word = (i - pe->offset) / COOKIE_SIZE;
        if (p->words == 0 || word != p->word) {
            p->words++;
            p->word = word;
            p->word_bytes = 0;
        }
        p->word_bytes++;
    }
}

/* A run of differing bytes, or the rest of one, that has one known cause. */
static uint64_t take_run(struct pair *p, uint64_t from, uint64_t to)
{
    uint64_t end = from;
    if (!p->known[from] && !take_path(p, from)) {
        while (end < to && !p->known[end]) {
            end++;
        }
        if (end - from <= COOKIE_SIZE && pe_is_data(&p->pe[0], from) &&
            pe_is_data(&p->pe[1], from)) {
            count_word(p, from, end);
        } else {
            p->causes->mask |= CAUSE_CONTENT;
        }
        return end;
    }
    unsigned cause = p->known[from];
    while (end < to && p->known[end] == cause) {
        end++;
    }
    p->causes->mask |= cause;
    return end;
}

static void take_runs(struct pair *p)
{
    struct span a = *p->content[0];
    struct span b = *p->content[1];
    unsigned runs = 0;
    uint64_t from = span_differs(a, b, 0);
    while (from < p->size) {
        uint64_t to = span_agrees(a, b, from);
        p->causes->bytes += to - from;
        for (uint64_t at = from; at < to && runs < MAX_RUNS; runs++) {
            at = take_run(p, at, to);
        }
        from = span_differs(a, b, to);
    }
    if (runs >= MAX_RUNS) {
        p->causes->mask |= CAUSE_CONTENT;
    }
}

static bool is_zero_word(struct span s, uint64_t offset)
{
    uint64_t value = 0;
    return !span_u64(s, offset, &value) || value == 0;
}

/* One word of data alone, all random: the cookie. Anything else: content. */
static void judge_words(struct pair *p)
{
    uint64_t at = p->pe[0].offset + p->word * COOKIE_SIZE;
    if (p->words == 0) {
        return;
    }
    if (!(p->causes->mask & CAUSE_CONTENT) && p->words == 1 &&
        p->word_bytes >= COOKIE_DIFFER && !is_zero_word(*p->content[0], at) &&
        !is_zero_word(*p->content[1], at)) {
        p->causes->mask |= CAUSE_COOKIE;
    } else {
        p->causes->mask |= CAUSE_CONTENT;
    }
}

/* --- What the fields say ----------------------------------------------- */

static const struct pe_field *find_field(const struct pe *pe, enum pe_kind kind,
                                         uint32_t from)
{
    for (uint32_t i = from; i < pe->field_count; i++) {
        if (pe->fields[i].kind == kind) {
            return &pe->fields[i];
        }
    }
    return NULL;
}

/* The paths of the symbol files, wherever the two have them. */
static void compare_paths(struct pair *p)
{
    const struct pe_field *a = find_field(&p->pe[0], PE_DEBUG_PATH, 0);
    const struct pe_field *b = find_field(&p->pe[1], PE_DEBUG_PATH, 0);
    if (!a || !b) {
        return;
    }
    keep_path(p, 0, a->offset, a->offset + a->size);
    keep_path(p, 1, b->offset, b->offset + b->size);
    if (strcmp(p->causes->path[0], p->causes->path[1]) == 0) {
        memset(p->causes->path, 0, sizeof p->causes->path);
    } else {
        p->causes->mask |= CAUSE_PATH;
    }
}

/* The first pair of time stamps that differ. */
static void compare_stamps(struct pair *p)
{
    uint32_t *stamp = p->causes->stamp;
    uint32_t count = p->pe[0].field_count < p->pe[1].field_count
                         ? p->pe[0].field_count
                         : p->pe[1].field_count;
    for (uint32_t i = 0; i < count && stamp[0] == stamp[1]; i++) {
        const struct pe_field *a = &p->pe[0].fields[i];
        const struct pe_field *b = &p->pe[1].fields[i];
        if (a->kind == PE_TIME_STAMP && b->kind == PE_TIME_STAMP) {
            span_u32(*p->content[0], a->offset, &stamp[0]);
            span_u32(*p->content[1], b->offset, &stamp[1]);
        }
    }
    if (stamp[0] != stamp[1]) {
        p->causes->mask |= CAUSE_STAMP;
    }
}

static void compare(struct pair *p, const struct volume_module *a,
                    const struct volume_module *b)
{
    pe_find(a->content, a->sections, &p->pe[0]);
    pe_find(b->content, b->sections, &p->pe[1]);
    if (!a->unpacked && !b->unpacked) {
        mark(p, 0, a->header < b->header ? a->header : b->header, CAUSE_HEADER);
    }
    mark_fields(p);
    mark_sites(p);
    compare_paths(p);
    compare_stamps(p);
    take_runs(p);
    judge_words(p);
    if (a->content.size != b->content.size) {
        p->causes->mask |= CAUSE_SIZE;
    }
    /* A checksum follows from what else differs. */
    if (p->causes->mask & ~CAUSE_HEADER) {
        p->causes->mask &= ~CAUSE_HEADER;
    }
}

bool causes_find(const struct volume_module *a, const struct volume_module *b,
                 struct causes *causes)
{
    struct pair *p;
    memset(causes, 0, sizeof *causes);
    if (causes_same(a->content, b->content)) {
        return true;
    }
    p = calloc(1, sizeof *p);
    if (!p) {
        return false;
    }
    p->causes = causes;
    p->content[0] = &a->content;
    p->content[1] = &b->content;
    p->size =
        a->content.size < b->content.size ? a->content.size : b->content.size;
    p->known = calloc((size_t)p->size + 1, sizeof *p->known);
    bool good = p->known;
    if (good) {
        compare(p, a, b);
    }
    free(p->known);
    free(p);
    return good;
}
