/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/publish_options.h"

#include <string.h>

#include "io/diagnostic.h"
#include "reference/reference.h"

static const struct option_row rows_folder[] = {
    {OPTION("out-dir", FOLDER, struct publish_options, out_dir,
            OPTION_IS_FOLDER,
            "write a file for each document there; with --release it is "
            "made")},
};
const struct option_table publish_options_folder = OPTION_TABLE(rows_folder);

static const struct option_row rows_signing[] = {
    {OPTION("sign", TEXT, struct files, signing.keys[0].file,
            OPTION_IS("KEY.pem", "a private key's file"), "sign CoRIMs")},
    {OPTION("signer", TEXT, struct files, signing.signer, OPTION_IS_NAME,
            "who signs")},
    {OPTION("passphrase-fd", TEXT, struct files, signing.keys[0].passphrase_fd,
            OPTION_IS("N", "a descriptor"), "read the key's passphrase there")},
};
const struct option_table publish_options_signing = OPTION_TABLE(rows_signing);

static enum exit_status sign(struct evp_pkey_st *const keys[SIGNING_KEYS],
                             const char *signer, const char *name,
                             const char *payload, size_t size, char **out,
                             size_t *out_size)
{
    struct failure failure;
    unsigned char *bytes = NULL;
    if (cose_sign(keys[0], signer, name, (const unsigned char *)payload, size,
                  &bytes, out_size, &failure)) {
        return diagnostic_failure(&failure);
    }
    *out = (char *)bytes;
    return EXIT_DONE;
}

bool publish_options_check(const struct publish_options *publishing,
                           struct files *files)
{
    struct signing *s = &files->signing;
    s->sign = sign;
    s->keys[0].fd_option = "--passphrase-fd";
    files->kind_of_member = reference_kind_of;
    return options_must(!publishing->out_dir ||
                            strcmp(publishing->out_dir, "-") != 0,
                        "--out-dir is a folder, not standard output; one of "
                        "that name is ./-") &&
           options_must(!s->keys[0].file == !s->signer,
                        "--sign KEY and --signer NAME belong together") &&
           options_must(!s->keys[0].passphrase_fd || s->keys[0].file,
                        "--passphrase-fd is for --sign");
}
