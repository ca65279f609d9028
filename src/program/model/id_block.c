/* SPDX-License-Identifier: Apache-2.0 */
#include "model/id_block.h"

#include <inttypes.h>

/* AMD 56860, Guest Policy: bits 17 (reserved, must be one), 19 (DEBUG), and
 * those that have no meaning and must be zero. */
#define POLICY_ONE      (UINT64_C(1) << 17)
#define POLICY_DEBUG    (UINT64_C(1) << 19)
#define POLICY_RESERVED (~UINT64_C(0) << 26)

enum id_match id_match_of(bool is_equal)
{
    return is_equal ? ID_MATCHES : ID_DIFFERS;
}

enum exit_status id_read(struct id_facts *f, const struct id_content *block,
                         const struct id_content *page, struct failure *failure)
{
    f->block_name = block->name;
    f->page_name = page->name;
    enum exit_status status = id_block_take_bytes(
        f->block_bytes, ID_BLOCK_SIZE, block->name, block->bytes, block->size,
        "an ID block", "id-block", failure);
    if (!status) {
        status = id_block_take_bytes(
            f->page, ID_AUTH_SIZE, page->name, page->bytes, page->size,
            "ID authentication information", "id-auth", failure);
    }
    if (!status) {
        status =
            id_block_decode(&f->block, block->name, f->block_bytes, failure);
    }
    return status ? status
                  : id_auth_read(&f->auth, page->name, f->page, f->block_bytes,
                                 failure);
}

bool id_is_right(const struct id_facts *f)
{
    struct failure failure;
    return id_wrong(f, 0, &failure) == EXIT_DONE;
}

enum exit_status id_wrong(const struct id_facts *f, size_t index,
                          struct failure *failure)
{
    const struct {
        bool is_wrong;
        const char *name;
        const char *code;
        const char *text;
    } checks[] = {
        {!f->auth.block_is_signed, f->block_name, "signature",
         "ID_BLOCK_SIG is not the signature of the page's ID_KEY over this "
         "block"},
        {f->auth.has_author && !f->auth.key_is_signed, f->page_name,
         "signature",
         "ID_KEY_SIG is not the signature of AUTHOR_KEY over ID_KEY"},
        {f->id_key == ID_DIFFERS, f->page_name, "id-key",
         "ID_KEY is another key than that of --key"},
        {f->author_key == ID_DIFFERS, f->page_name, "id-key",
         f->auth.has_author ? "AUTHOR_KEY is another key than that of --author"
                            : "there is no AUTHOR_KEY, which --author asks "
                              "for"},
        {f->digest == ID_DIFFERS, f->file ? f->file : f->block_name,
         "id-digest",
         f->file ? "its launch digest is not that of the ID block"
                 : "its launch digest is not that of --digest"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (checks[i].is_wrong && index-- == 0) {
            return failure_differs(failure, checks[i].name, checks[i].code,
                                   "%s", checks[i].text);
        }
    }
    return EXIT_DONE;
}

void id_warn(const struct id_facts *f, remark_fn *say)
{
    const uint64_t policy = f->block.policy;
    if (!(policy & POLICY_ONE) || (policy & POLICY_RESERVED)) {
        say(f->block_name,
            "warning: POLICY 0x%" PRIx64 " is that of no guest: bit 17 must be "
            "1, and bits 26 to 63 must be 0 [policy]",
            policy);
    }
    if (policy & POLICY_DEBUG) {
        say(f->block_name,
            "warning: POLICY 0x%" PRIx64 " allows debugging: the host can read "
            "and change the guest's memory [debug]",
            policy);
    }
    if (f->block_name && f->id_key == ID_NOT_ASKED) {
        say(f->page_name,
            "note: the signature is by the key beside it; whose that is, its "
            "digest says, or --key PUB.pem asks [signature]");
    }
}
