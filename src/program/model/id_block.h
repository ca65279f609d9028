/* SPDX-License-Identifier: Apache-2.0 */
/* An ID block of SEV-SNP and its page, as they are printed. */
#ifndef MODEL_ID_BLOCK_H
#define MODEL_ID_BLOCK_H

#include "failure.h"
#include "reference/id_auth.h"

/* Something that was compared. */
enum id_match {
    ID_NOT_ASKED = 0,
    ID_MATCHES,
    ID_DIFFERS,
};

enum id_match id_match_of(bool is_equal);

struct id_facts {
    struct id_block block;
    struct id_auth auth;
    uint8_t block_bytes[ID_BLOCK_SIZE];
    uint8_t page[ID_AUTH_SIZE];
    const char *file;           /* name of the firmware, or NULL */
    const struct mrtd_vmm *vmm; /* by which it is launched */
    /* Where they are verified, the names of their files; else NULL. */
    const char *block_name;
    const char *page_name;
    /* The launch digest with that of the firmware, or with one that was given;
     * and the keys with those that were given. */
    enum id_match digest;
    enum id_match id_key;
    enum id_match author_key;
};

/* The content of a file. */
struct id_content {
    const char *name;
    char *bytes;
    size_t size;
};

/* Reads block and page, and verifies the signatures; what is wrong with these
 * id_wrong() says. */
enum exit_status id_read(struct id_facts *facts, const struct id_content *block,
                         const struct id_content *page,
                         struct failure *failure);

/* Is it as it must be, all that was looked at? */
bool id_is_right(const struct id_facts *facts);

/* Says one thing that is wrong; index counts them from 0, and where there are
 * no more, it returns EXIT_DONE. */
enum exit_status id_wrong(const struct id_facts *facts, size_t index,
                          struct failure *failure);

/* Warns of policies that no guest has, or none should; and notes where a key is
 * compared with none. */
void id_warn(const struct id_facts *facts, remark_fn *say);

#endif
