/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json.h"

#include <stdlib.h>
#include <string.h>

/* A list with an empty list in it: nothing else that is printed has one. */
#define SLOT "[[]]"

json_t *json_slot(void)
{
    return json_pack(SLOT);
}

/* The first slot of the text that is not within a string, or NULL. */
static const char *find_slot(const char *text)
{
    bool quoted = false;
    for (; *text; text++) {
        if (*text == '"') {
            quoted = !quoted;
        } else if (quoted && *text == '\\') {
            text++;
        } else if (!quoted && strncmp(text, SLOT, strlen(SLOT)) == 0) {
            return text;
        }
    }
    return NULL;
}

static void print_lists(FILE *to, const char *text,
                        const struct json_list *lists, size_t count)
{
    const char *slot;
    for (size_t i = 0; i < count && (slot = find_slot(text)); i++) {
        fprintf(to, "%.*s[", (int)(slot - text), text);
        lists[i].print(to, lists[i].context);
        fprintf(to, "]");
        text = slot + strlen(SLOT);
    }
    fprintf(to, "%s\n", text);
}

/* With these flags of jansson beside JSON_COMPACT. */
static bool output(FILE *to, json_t *root, size_t flags,
                   const struct json_list *lists, size_t count)
{
    char *text = root ? json_dumps(root, JSON_COMPACT | flags) : NULL;
    const bool good = text && !json_no_memory();
    if (good) {
        print_lists(to, text, lists, count);
    }
    free(text);
    json_decref(root);
    return good;
}

bool json_output_lists(FILE *to, json_t *root, const struct json_list *lists,
                       size_t count)
{
    return output(to, root, 0, lists, count);
}

bool json_output(FILE *to, json_t *root)
{
    return output(to, root, 0, NULL, 0);
}

bool json_output_ascii(FILE *to, json_t *root)
{
    return output(to, root, JSON_ENSURE_ASCII, NULL, 0);
}

void json_print_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20) {
            fprintf(to, "\\u%04X", c);
        } else {
            fprintf(to, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
        }
    }
    fputc('"', to);
}

json_t *json_finding(const struct mrtd_finding *finding)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:s}", "severity",
                     finding->severity == MRTD_WARNING ? "warning" : "note",
                     "code", mrtd_code_name(finding->code), "section",
                     json_section(finding->region), "offset",
                     json_offset(finding->offset), "message", finding->message);
}
