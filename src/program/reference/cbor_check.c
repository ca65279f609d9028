/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/cbor_check.h"

#include <stdlib.h>
#include <string.h>

/* Major types (RFC 8949, section 3.1). */
enum major {
    UINT,
    NEGINT,
    BYTES,
    TEXT,
    ARRAY,
    MAP,
    TAG,
    SIMPLE
};

/* An array, map or tag at work. */
struct level {
    uint64_t wanted; /* number of items that are still to come */
    size_t offset;
    bool is_map;
};

/* A key of a map, as it is encoded: equal keys have equal bytes, since each
 * value has one encoding only. */
struct key {
    const uint8_t *bytes;
    size_t size;
    size_t map; /* the offset of its map */
};

struct scan {
    const uint8_t *bytes;
    size_t size;
    size_t at;
    struct level levels[CBOR_MAX_DEPTH];
    size_t depth;
    struct key *keys;
    size_t key_count;
    struct cbor_fault *fault;
};

struct head {
    enum major major;
    unsigned info; /* its low five bits */
    uint64_t value;
    size_t offset;
};

static bool fail(struct scan *s, size_t offset, const char *message)
{
    s->fault->offset = offset;
    s->fault->message = message;
    return false;
}

/* Section 3: the head of an item, in its shortest form. */
static bool read_head(struct scan *s, struct head *h)
{
    h->offset = s->at;
    if (s->at == s->size) {
        return fail(s, s->at, "it ends before its last item does");
    }
    const uint8_t first = s->bytes[s->at++];
    h->major = (enum major)(first >> 5);
    h->info = first & 0x1f;
    h->value = h->info;
    if (h->info < 24) {
        return true;
    }
    if (h->info == 31) {
        return fail(s, h->offset, "an item of indefinite length");
    }
    if (h->info > 27) {
        return fail(s, h->offset, "a reserved value in an item's first byte");
    }
    const size_t count = (size_t)1 << (h->info - 24);
    if (count > s->size - s->at) {
        return fail(s, h->offset, "it ends inside an item's head");
    }
    h->value = 0;
    for (size_t i = 0; i < count; i++) {
        h->value = h->value << 8 | s->bytes[s->at++];
    }
    const uint64_t least = count == 1 ? 24 : UINT64_C(1) << (4 * count);
    if (h->value < least && h->major != SIMPLE) {
        return fail(s, h->offset,
                    "a number or length that is not in its shortest form");
    }
    return true;
}

/* The bytes of the UTF-8 sequence (RFC 3629) at p; 0 if there is none. */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
    const uint8_t b = p[0];
    const size_t size = b < 0x80                ? 1
                        : b >= 0xc2 && b < 0xe0 ? 2
                        : b >= 0xe0 && b < 0xf0 ? 3
                        : b >= 0xf0 && b < 0xf5 ? 4
                                                : 0;
    if (size > left) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    /* Neither in a longer form than needed, nor surrogates, nor too large. */
    const bool good =
        !(b == 0xe0 && p[1] < 0xa0) && !(b == 0xed && p[1] > 0x9f) &&
        !(b == 0xf0 && p[1] < 0x90) && !(b == 0xf4 && p[1] > 0x8f);
    return good ? size : 0;
}

/* The content of a string, which is passed. */
static bool pass_string(struct scan *s, const struct head *h)
{
    if (h->value > s->size - s->at) {
        return fail(s, h->offset, "a string that is longer than what is left");
    }
    const size_t end = s->at + (size_t)h->value;
    while (h->major == TEXT && s->at < end) {
        const size_t size = utf8_sequence(s->bytes + s->at, end - s->at);
        if (size == 0) {
            return fail(s, s->at, "text that is not UTF-8");
        }
        s->at += size;
    }
    s->at = end;
    return true;
}

/* Items will follow that belong to this one. Each has one byte at least. */
static bool enter(struct scan *s, const struct head *h)
{
    const size_t left = s->size - s->at;
    const uint64_t most = h->major == MAP ? left / 2 : left;
    if (h->major != TAG && h->value > most) {
        return fail(s, h->offset,
                    "an array or map of more items than there are bytes left");
    }
    if (s->depth == CBOR_MAX_DEPTH) {
        return fail(s, h->offset, "it is nested deeper than 64 levels");
    }
    s->levels[s->depth++] = (struct level){
        .wanted = h->major == TAG   ? 1
                  : h->major == MAP ? 2 * h->value
                                    : h->value,
        .offset = h->offset,
        .is_map = h->major == MAP,
    };
    return true;
}

static bool add_key(struct scan *s, const struct head *h)
{
    if ((s->key_count & (s->key_count - 1)) == 0) {
        const size_t count = s->key_count ? 2 * s->key_count : 1;
        struct key *keys = realloc(s->keys, count * sizeof *keys);
        if (!keys) {
            s->fault->is_memory = true;
            return fail(s, h->offset, "out of memory");
        }
        s->keys = keys;
    }
    s->keys[s->key_count++] =
        (struct key){s->bytes + h->offset, s->at - h->offset,
                     s->levels[s->depth - 1].offset};
    return true;
}

/* The next item, or the head of one that holds others. */
static bool pass_item(struct scan *s)
{
    struct head h;
    const struct level *around = s->depth ? &s->levels[s->depth - 1] : NULL;
    const bool is_key = around && around->is_map && around->wanted % 2 == 0;
    if (!read_head(s, &h)) {
        return false;
    }
    if (is_key && h.major != UINT && h.major != NEGINT && h.major != TEXT) {
        return fail(s, h.offset,
                    "a key of a map that is neither an integer nor text");
    }
    if (h.major == SIMPLE && (h.info < 20 || h.info > 22)) {
        return fail(s, h.offset,
                    h.info >= 25 ? "a floating-point number"
                                 : "a simple value that is not false, true or "
                                   "null");
    }
    if ((h.major == BYTES || h.major == TEXT) && !pass_string(s, &h)) {
        return false;
    }
    if (is_key && !add_key(s, &h)) {
        return false;
    }
    if (h.major == ARRAY || h.major == MAP || h.major == TAG) {
        if (!enter(s, &h)) {
            return false;
        }
        if (s->levels[s->depth - 1].wanted > 0) {
            return true;
        }
        s->depth--;
    }
    /* The item is whole, and with it perhaps those around it. */
    while (s->depth > 0 && --s->levels[s->depth - 1].wanted == 0) {
        s->depth--;
    }
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a;
    const struct key *y = b;
    if (x->map != y->map) {
        return x->map < y->map ? -1 : 1;
    }
    if (x->size != y->size) {
        return x->size < y->size ? -1 : 1;
    }
    return memcmp(x->bytes, y->bytes, x->size);
}

static bool has_no_duplicates(struct scan *s)
{
    if (s->key_count > 1) {
        qsort(s->keys, s->key_count, sizeof *s->keys, compare_keys);
    }
    for (size_t i = 1; i < s->key_count; i++) {
        if (compare_keys(&s->keys[i - 1], &s->keys[i]) == 0) {
            const uint8_t *first = s->keys[i - 1].bytes;
            const uint8_t *second = s->keys[i].bytes;
            return fail(s,
                        (size_t)((first > second ? first : second) - s->bytes),
                        "a map has this key twice");
        }
    }
    return true;
}

bool cbor_check(const uint8_t *bytes, size_t size, struct cbor_fault *fault)
{
    struct scan s = {.bytes = bytes, .size = size, .fault = fault};
    *fault = (struct cbor_fault){.message = ""};
    if (size > CBOR_MAX_SIZE) {
        return fail(&s, 0, "it is larger than 1 MiB");
    }
    bool good = pass_item(&s);
    while (good && s.depth > 0) {
        good = pass_item(&s);
    }
    if (good && s.at < size) {
        good = fail(&s, s.at, "there are bytes after its end");
    }
    good = good && has_no_duplicates(&s);
    free(s.keys);
    return good;
}
