/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "report/id_block.h"
#include "report/lines.h"

static void print_bytes(FILE *to, const char *label, const uint8_t *bytes,
                        size_t size)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, bytes, size);
    fprintf(to, "%-18s%s\n", label, hex);
}

static void print_fields(FILE *to, const struct id_facts *f)
{
    const struct id_block *b = &f->block;
    print_bytes(to, "LD", b->launch_digest, sizeof b->launch_digest);
    print_bytes(to, "FAMILY_ID", b->family_id, sizeof b->family_id);
    print_bytes(to, "IMAGE_ID", b->image_id, sizeof b->image_id);
    fprintf(to, "%-18s%d\n", "VERSION", ID_BLOCK_VERSION);
    fprintf(to, "%-18s%" PRIu32 "\n", "GUEST_SVN", b->guest_svn);
    fprintf(to, "%-18s0x%" PRIx64 "\n", "POLICY", b->policy);
    print_bytes(to, "ID_KEY_DIGEST", f->auth.id_key_digest,
                sizeof f->auth.id_key_digest);
    if (f->auth.has_author) {
        print_bytes(to, "AUTHOR_KEY_DIGEST", f->auth.author_key_digest,
                    sizeof f->auth.author_key_digest);
    } else {
        fprintf(to, "%-18s%s\n", "AUTHOR_KEY_DIGEST", "none");
    }
}

/* Properties of QEMU's sev-snp-guest. */
static void print_properties(FILE *to, const struct id_facts *f)
{
    char block[ID_BLOCK_BASE64];
    char page[ID_AUTH_BASE64];
    base64_encode(block, f->block_bytes, sizeof f->block_bytes);
    base64_encode(page, f->page, sizeof f->page);
    fprintf(to, "policy=0x%" PRIx64 ",%sid-block=%s,id-auth=%s\n",
            f->block.policy, f->auth.has_author ? "author-key-enabled=on," : "",
            block, page);
}

static void print_match(FILE *to, const char *name, const char *what,
                        enum id_match match)
{
    if (match != ID_NOT_ASKED) {
        char result[40];
        snprintf(result, sizeof result, "%s%s", what,
                 match == ID_MATCHES ? "OK" : "FAILED");
        lines_result(to, name, result, NULL);
    }
}

static void print_verdicts(FILE *to, const struct id_facts *f)
{
    print_match(to, f->block_name, "signature ",
                id_match_of(f->auth.block_is_signed));
    if (f->auth.has_author) {
        print_match(to, f->page_name, "signature of ID_KEY ",
                    id_match_of(f->auth.key_is_signed));
    }
    print_match(to, f->page_name, "ID_KEY ", f->id_key);
    print_match(to, f->page_name, "AUTHOR_KEY ", f->author_key);
    print_match(to, f->file ? f->file : f->block_name, "launch digest ",
                f->digest);
}

bool id_block_text(FILE *to, const void *facts)
{
    const struct id_facts *f = facts;
    print_fields(to, f);
    if (f->block_name) {
        print_verdicts(to, f);
    } else {
        print_properties(to, f);
    }
    return true;
}
