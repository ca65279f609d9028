/* SPDX-License-Identifier: Apache-2.0 */
#include "options/spelling.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "printable.h"

/* A longer word is near to none. */
#define WORD_MAX 40
#define FAR      (WORD_MAX + 1)
/* Names that are offered for one word. */
#define MEANT_MAX 6

/* --- How near is a word? -------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * Letters that must be put in, left out, replaced or swapped with their
 * neighbour to make b of the first len of a, capitals aside: the "optimal
 * string alignment" distance, by its three last rows.
 */
static size_t distance(const char *a, size_t len, const char *b)
{
    size_t rows[3][WORD_MAX + 1];
    const size_t to = strlen(b);
    if (len > WORD_MAX || to > WORD_MAX) {
        return FAR;
    }
    for (size_t i = 0; i <= len; i++) {
        size_t *row = rows[i % 3];
        const size_t *last = rows[(i + 2) % 3];
        const size_t *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t k = 1; k <= to; k++) {
            row[k] = i == 0 ? k
                            : least(least(last[k] + 1, row[k - 1] + 1),
                                    last[k - 1] + !same(a[i - 1], b[k - 1]));
            if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) &&
                same(a[i - 2], b[k - 1])) {
                row[k] = least(row[k], before[k - 2] + 1);
            }
        }
    }
    return rows[len % 3][to];
}

/* Two slips, but one in a short word, in which two leave little. */
static size_t slips(size_t len)
{
    return len > 4 ? 2 : len > 2 ? 1 : 0;
}

static bool has(const char *const names[], size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const char *spelling_meant(char text[SPELLING_TEXT], const char *dashes,
                           const char *word, spelling_name_fn *names,
                           const void *context)
{
    const size_t len = strcspn(word, "=");
    const char *found[MEANT_MAX];
    size_t count = 0;
    size_t used = 0;
    size_t nearest = slips(len);
    const char *near = NULL;
    const char *name;
    for (size_t i = 0; len > 0 && (name = names(context, i)); i++) {
        const bool begins = strncmp(name, word, len) == 0;
        if (begins && !name[len]) {
            found[0] = name;
            count = 1;
            break;
        }
        if (begins && count < MEANT_MAX && !has(found, count, name)) {
            found[count++] = name;
        }
    }
    for (size_t i = 0; count == 0 && (name = names(context, i)); i++) {
        const size_t d = distance(word, len, name);
        if (len > 0 && d <= nearest && (!near || d < nearest)) {
            nearest = d;
            near = name;
        }
    }
    if (near) {
        found[count++] = near;
    }
    text[0] = '\0';
    for (size_t i = 0; i < count && used < SPELLING_TEXT; i++) {
        used += (size_t)snprintf(text + used, SPELLING_TEXT - used, "%s%s%s%s",
                                 i == 0          ? "; did you mean "
                                 : i + 1 < count ? ", "
                                                 : " or ",
                                 dashes, found[i], i + 1 == count ? "?" : "");
    }
    return text;
}

/* --- Words of other programs ---------------------------------------------- */

static const char *find(const struct spelling_synonym *synonyms,
                        const char *word, size_t len)
{
    for (; synonyms->words; synonyms++) {
        for (const char *p = synonyms->words; *p;) {
            const size_t size = strcspn(p, " ");
            if (size == len && strncmp(p, word, len) == 0) {
                return synonyms->use;
            }
            p += size;
            p += strspn(p, " ");
        }
    }
    return NULL;
}

const char *spelling_use(const struct spelling_synonym *synonyms,
                         const char *word)
{
    return find(synonyms, word, strcspn(word, "="));
}

/* spelling_use() whatever the case of the word's letters. */
static const char *use_of_command(const struct spelling_synonym *synonyms,
                                  const char *word)
{
    char lower[WORD_MAX];
    const size_t len = strlen(word);
    for (size_t i = 0; i < len && len < WORD_MAX; i++) {
        lower[i] = (char)tolower((unsigned char)word[i]);
    }
    return len < WORD_MAX ? find(synonyms, lower, len) : NULL;
}

/* --- Operands ------------------------------------------------------------- */

static bool is_file(const char *name)
{
    return strcmp(name, "-") == 0 || input_is_there(name);
}

/* A command word that does not come first, and is no file. */
static enum exit_status check_order(char *const operands[], int count,
                                    spelling_name_fn *commands,
                                    const void *context)
{
    const char *name;
    for (int i = 1; i < count; i++) {
        for (size_t k = 0; (name = commands(context, k)); k++) {
            if (strcmp(operands[i], name) == 0 && !is_file(name)) {
                return diagnostic_usage("there is no file '%s'; the command "
                                        "'%s' comes first",
                                        name, name);
            }
        }
    }
    return EXIT_DONE;
}

enum exit_status
spelling_check_operands(char *const operands[], int count,
                        spelling_name_fn *commands, const void *context,
                        const struct spelling_synonym *synonyms)
{
    const char *first = operands[0];
    char meant[SPELLING_TEXT];
    if (is_file(first) || strchr(first, '/')) {
        return check_order(operands, count, commands, context);
    }
    const char *use = use_of_command(synonyms, first);
    if (use || *spelling_meant(meant, "", first, commands, context)) {
        return diagnostic_usage("there is no command or file '%s'%s%s",
                                printable(first), use ? ": " : "",
                                use ? use : meant);
    }
    if (strchr(first, '.')) {
        return check_order(operands, count, commands, context);
    }
    if (count > 1) {
        return diagnostic_usage("there is no command or file '%s'",
                                printable(first));
    }
    /* By itself it may be a file's name that is mistyped. */
    if (*first) {
        input_may_be_command(first);
    }
    return EXIT_DONE;
}
