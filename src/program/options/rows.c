/* SPDX-License-Identifier: Apache-2.0 */
#include "options/rows.h"

#include <stdio.h>
#include <string.h>

struct option_place option_row_at(const struct command *c, size_t index)
{
    struct option_place at = {.index = index};
    const size_t tables = index < OPTIONS_MOST ? OPTIONS_MOST_TABLES : 0;
    for (size_t i = 0; i < tables && c->uses[i].table; i++) {
        const struct option_use *use = &c->uses[i];
        if (index < use->table->count) {
            at.row = &use->table->rows[index];
            at.offset = use->offset;
            break;
        }
        index -= use->table->count;
    }
    return at;
}

struct option_word option_split(const char *word)
{
    struct option_word w = {.word = word,
                            .is_long = word[0] == '-' && word[1] == '-'};
    w.name = word + (w.is_long ? 2 : 1);
    w.len = w.is_long ? strcspn(w.name, "=") : strlen(w.name);
    w.value = w.name[w.len] == '=' ? w.name + w.len + 1 : NULL;
    return w;
}

static bool is_named(const struct option_row *row, const struct option_word *w)
{
    return w->is_long ? strlen(row->name) == w->len &&
                            memcmp(row->name, w->name, w->len) == 0
                      : w->len == 1 && row->letter == *w->name;
}

struct option_place option_find(const struct option_word *w,
                                const struct command *c)
{
    struct option_place at = option_row_at(c, 0);
    while (at.row && !is_named(at.row, w)) {
        at = option_row_at(c, at.index + 1);
    }
    return at;
}

const struct option_row *option_find_any(const struct program *program,
                                         const struct option_word *w,
                                         const struct command *c)
{
    const struct option_row *row = NULL;
    if (w->word[0] != '-') {
        return NULL;
    }
    for (size_t i = 0; c && !row; c = program->commands[i++]) {
        row = option_find(w, c).row;
    }
    return row;
}

const char *option_name(const void *program, size_t index)
{
    const struct program *p = program;
    const struct command *c;
    for (size_t i = 0; (c = p->commands[i]); i++) {
        struct option_place at = option_row_at(c, 0);
        while (at.row && index > 0) {
            index--;
            at = option_row_at(c, at.index + 1);
        }
        if (at.row) {
            return at.row->name;
        }
    }
    return NULL;
}

const char *option_commands(const struct program *p, const char *name,
                            char *text, size_t size)
{
    const struct option_word w = {
        .name = name, .len = strlen(name), .is_long = true};
    const struct command *c;
    const struct command *last = NULL;
    size_t used = 0;
    for (size_t i = 0; (c = p->commands[i]); i++) {
        last = option_find(&w, c).row ? c : last;
    }
    text[0] = '\0';
    for (size_t i = 0; (c = p->commands[i]) && used < size; i++) {
        if (option_find(&w, c).row) {
            used += (size_t)snprintf(text + used, size - used, "%s%s",
                                     used == 0   ? ""
                                     : c == last ? " or "
                                                 : ", ",
                                     c->title);
        }
    }
    return text;
}
