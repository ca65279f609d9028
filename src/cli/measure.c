/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "cli/commands.h"
#include "cli/diagnostic.h"

/* Base64 of 48 bytes: no padding, and a NUL. */
#define BASE64_SIZE (MRTD_DIGEST_SIZE / 3 * 4 + 1)

const char *list_name(const char *name, bool *escaped)
{
    static char text[2 * 4096 + 1];
    size_t used = 0;
    *escaped = strpbrk(name, "\n\r\\") != NULL;
    if (!*escaped) {
        return name;
    }
    for (const char *p = name; *p && used + 2 < sizeof text; p++) {
        if (*p == '\n' || *p == '\r' || *p == '\\') {
            text[used++] = '\\';
            text[used++] = (char)(*p == '\n' ? 'n' : *p == '\r' ? 'r' : '\\');
        } else {
            text[used++] = *p;
        }
    }
    text[used] = '\0';
    return text;
}

static void print(const struct options *o, const char *name,
                  const uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    char text[MRTD_HEX_SIZE];
    const char *end = o->no_newline ? "" : "\n";
    bool escaped = false;
    if (o->base64) {
        unsigned char base64[BASE64_SIZE];
        EVP_EncodeBlock(base64, mrtd, MRTD_DIGEST_SIZE);
        memcpy(text, base64, sizeof base64);
    } else {
        mrtd_hex_encode(text, mrtd);
    }
    if (o->tag) {
        name = list_name(name, &escaped);
        output("%sMRTD (%s) = %s%s", escaped ? "\\" : "", name, text, end);
    } else if (o->file_count > 1) {
        name = list_name(name, &escaped);
        output("%s%s  %s%s", escaped ? "\\" : "", text, name, end);
    } else {
        output("%s%s", text, end);
    }
}

static enum exit_status measure(const struct options *o, const char *name)
{
    struct evaluation e;
    enum exit_status status = evaluation_open(&e, o, name);
    if (status) {
        return status;
    }
    if (o->json) {
        status = json_print(&e);
    } else {
        uint8_t mrtd[MRTD_DIGEST_SIZE];
        evaluation_report(&e);
        status = evaluation_measure(&e, NULL, NULL, mrtd);
        if (!status) {
            print(o, name, mrtd);
        }
    }
    evaluation_close(&e);
    return status;
}

enum exit_status command_measure(const struct options *options)
{
    enum exit_status status = EXIT_DONE;
    for (int i = 0; i < options->file_count; i++) {
        status = worst(status, measure(options, options->files[i]));
    }
    return status;
}
