/* SPDX-License-Identifier: Apache-2.0 */
#include "model/words_differ.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words of a line, in the order of their bytes. */
struct words {
    char *copy;
    const char **items;
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

static bool split(struct words *w, const char *line, size_t size)
{
    w->copy = calloc(size + 1, 1);
    w->items = calloc(size / 2 + 1, sizeof *w->items);
    if (!w->copy || !w->items) {
        return false;
    }
    memcpy(w->copy, line, size);
    for (char *at = w->copy; *(at += strspn(at, " "));) {
        w->items[w->count++] = at;
        at += strcspn(at, " ");
        if (*at) {
            *at++ = '\0';
        }
    }
    qsort(w->items, w->count, sizeof *w->items, compare);
    return true;
}

static void free_words(struct words *w)
{
    free(w->copy);
    free(w->items);
}

/* A text that is cut where its room ends. */
struct out {
    char *text;
    size_t room;
    size_t used;
};

static void put(struct out *to, const char *text)
{
    static const char cut[] = "...";
    const size_t len = strlen(text);
    if (to->used + len + sizeof cut <= to->room) {
        memcpy(to->text + to->used, text, len + 1);
        to->used += len;
    } else if (to->used + sizeof cut <= to->room) {
        memcpy(to->text + to->used, cut, sizeof cut);
        to->used = to->room; /* nothing more */
    }
}

/* In quotes; what is not printable ASCII as \ooo. */
static void put_word(struct out *to, const char *word)
{
    char byte[5];
    put(to, " \"");
    for (; *word && to->used < to->room; word++) {
        const unsigned char c = (unsigned char)*word;
        const bool is_plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        snprintf(byte, sizeof byte, is_plain ? "%c" : "\\%03o", c);
        put(to, byte);
    }
    put(to, "\"");
}

/* Those of a that b has not, or not as often. */
static bool put_only(struct out *to, const char *label, const struct words *a,
                     const struct words *b)
{
    bool any = false;
    size_t k = 0;
    for (size_t i = 0; i < a->count; i++) {
        while (k < b->count && strcmp(b->items[k], a->items[i]) < 0) {
            k++;
        }
        if (k < b->count && strcmp(b->items[k], a->items[i]) == 0) {
            k++;
            continue;
        }
        put(to, any ? "" : label);
        put_word(to, a->items[i]);
        any = true;
    }
    return any;
}

bool words_differ(const char *logged, size_t size, const char *given,
                  char *text, size_t room)
{
    struct words in_log = {0};
    struct words here = {0};
    struct out to = {.text = text, .room = room};
    const bool good =
        split(&in_log, logged, size) && split(&here, given, strlen(given));
    *text = '\0';
    if (good) {
        const bool any = put_only(&to, "only in the log:", &in_log, &here);
        const bool other = put_only(
            &to, any ? "; only given here:" : "only given here:", &here,
            &in_log);
        if (!any && !other) {
            put(&to, "the words are the same, and their order or the spaces "
                     "between them are not");
        }
    }
    free_words(&in_log);
    free_words(&here);
    return good;
}
