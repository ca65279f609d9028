/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "cli/diagnostic.h"

static bool digest_init(EVP_MD_CTX *context, const EVP_MD *type)
{
    return context && EVP_DigestInit_ex(context, type, NULL) == 1;
}

static bool digest_hex(EVP_MD_CTX *context, char *hex)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_DigestFinal_ex(context, digest, &len) != 1) {
        return false;
    }
    for (unsigned i = 0; i < len; i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

/* The digests of the file itself, to say which file this is. */
static enum exit_status hash_file(struct evaluation *e, struct summary *summary)
{
    static _Thread_local char buffer[1 << 16];
    const struct mrtd_source *source = &e->source;
    EVP_MD_CTX *sha256 = EVP_MD_CTX_new();
    EVP_MD_CTX *sha384 = EVP_MD_CTX_new();
    bool good =
        digest_init(sha256, EVP_sha256()) && digest_init(sha384, EVP_sha384());
    bool read = true;
    for (uint64_t at = 0; good && read && at < source->size;) {
        uint64_t left = source->size - at;
        size_t len = left < sizeof buffer ? (size_t)left : sizeof buffer;
        read = source->read(source->context, at, buffer, len) == 0;
        good = read && EVP_DigestUpdate(sha256, buffer, len) == 1 &&
               EVP_DigestUpdate(sha384, buffer, len) == 1;
        at += len;
    }
    good = good && digest_hex(sha256, summary->sha256) &&
           digest_hex(sha384, summary->sha384);
    EVP_MD_CTX_free(sha256);
    EVP_MD_CTX_free(sha384);
    if (!read) {
        return evaluation_read_failed(e);
    }
    if (!good) {
        diagnostic_file(e->name, "libcrypto failed to hash the file");
        return EXIT_IO;
    }
    return EXIT_DONE;
}

static void on_section(void *context, uint32_t section,
                       const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct summary *summary = context;
    mrtd_hex_encode(summary->sections[section].running, running);
}

/* A section that is not hashed leaves the stream as it was. */
static void fill_running(const struct evaluation *e, struct summary *summary)
{
    /* SHA-384 of nothing, FIPS 180-4. */
    const char *running = "38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
                          "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b";
    for (uint32_t i = 0; i < mrtd_image_info(e->image)->section_count; i++) {
        struct section_summary *s = &summary->sections[i];
        if (!s->running[0]) {
            memcpy(s->running, running, MRTD_HEX_SIZE);
        }
        running = s->running;
    }
}

static void count_pages(const struct evaluation *e, struct summary *summary)
{
    const struct mrtd_run *run;
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        struct section_summary *s = &summary->sections[run->section];
        uint64_t pages = run->size / MRTD_PAGE_SIZE;
        s->added_pages += run->add ? pages : 0;
        s->extended_pages += run->extend ? pages : 0;
        s->hashed_bytes = 128 * s->added_pages + 6144 * s->extended_pages;
    }
}

enum exit_status summary_make(struct evaluation *e, struct summary *summary)
{
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    memset(summary, 0, sizeof *summary);
    summary->sections = calloc(mrtd_image_info(e->image)->section_count,
                               sizeof *summary->sections);
    if (!summary->sections) {
        diagnostic_file(e->name, "out of memory");
        return EXIT_IO;
    }
    enum exit_status status = hash_file(e, summary);
    if (!status) {
        status = evaluation_measure(e, on_section, summary, mrtd);
    }
    if (status) {
        summary_free(summary);
        return status;
    }
    mrtd_hex_encode(summary->mrtd, mrtd);
    count_pages(e, summary);
    fill_running(e, summary);
    return EXIT_DONE;
}

void summary_free(struct summary *summary)
{
    free(summary->sections);
    summary->sections = NULL;
}
