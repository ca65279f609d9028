/* SPDX-License-Identifier: Apache-2.0 */
#include "report/verity.h"

#include <inttypes.h>
#include <string.h>

#include "printable.h"

/* --- Forms ------------------------------------------------------------- */

const char *verity_root_hex(const struct verity *v, char text[VERITY_HEX_SIZE])
{
    mrtd_hex_encode(text, v->root.bytes, v->root.size);
    return text;
}

/* Digits, or what stands for a salt of no bytes. */
static const char *salt_text(const struct verity *v, const char *none,
                             char text[2 * MRTD_VERITY_MAX_SALT + 1])
{
    mrtd_hex_encode(text, v->verity.salt, v->verity.salt_size);
    return v->verity.salt_size > 0 ? text : none;
}

const char *verity_params(const struct verity *v, char text[VERITY_LINE_SIZE])
{
    char root[VERITY_HEX_SIZE];
    char salt[2 * MRTD_VERITY_MAX_SALT + 1];
    if (v->verity.hash_type != 1 ||
        strcmp(v->verity.algorithm, "sha256") != 0) {
        return NULL;
    }
    snprintf(text, VERITY_LINE_SIZE,
             "root_hash=%s,salt=%s,data_blocks=%" PRIu64
             ",data_block_size=%" PRIu32 ",hash_block_size=%" PRIu32,
             verity_root_hex(v, root), salt_text(v, "-", salt),
             v->root.data_blocks, v->verity.data_block_size,
             v->verity.hash_block_size);
    return text;
}

/* The first disk of a guest, or the second where the tree is another file's. */
static const char *device(const struct verity_part *part, bool is_second,
                          char text[32])
{
    if (part->partition > 0) {
        snprintf(text, 32, "/dev/vd%c%" PRIu32, is_second ? 'b' : 'a',
                 part->partition);
    } else {
        snprintf(text, 32, "/dev/vd%c", is_second ? 'b' : 'a');
    }
    return text;
}

/* Names of the kernel's crypto API: libcrypto knows others, too. */
static bool is_of_kernel(const struct mrtd_verity *p)
{
    static const char *const names[] = {
        "sha256",   "sha512",   "sha384",      "sha224",      "sha1",
        "md5",      "sm3",      "rmd160",      "sha3-224",    "sha3-256",
        "sha3-384", "sha3-512", "blake2b-512", "blake2s-256",
    };
    bool is = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        is |= strcmp(p->algorithm, names[i]) == 0;
    }
    return is && p->data_block_size <= 4096 && p->hash_block_size <= 4096;
}

const char *verity_table(const struct verity *v, char text[VERITY_LINE_SIZE])
{
    const struct mrtd_verity *p = &v->verity;
    char root[VERITY_HEX_SIZE];
    char salt[2 * MRTD_VERITY_MAX_SALT + 1];
    char data[32];
    char hash[32];
    if (!v->hash.file || v->tables_differ || !is_of_kernel(p)) {
        return NULL;
    }
    snprintf(text, VERITY_LINE_SIZE,
             "dm-verity,,,ro,0 %" PRIu64 " verity %" PRIu32 " %s %s %" PRIu32
             " %" PRIu32 " %" PRIu64 " %" PRIu64 " %s %s %s",
             v->root.data_blocks * (p->data_block_size / 512), p->hash_type,
             device(&v->data, false, data),
             device(&v->hash, v->hash.whole != v->data.whole, hash),
             p->data_block_size, p->hash_block_size, v->root.data_blocks,
             v->root.tree_offset / p->hash_block_size, p->algorithm,
             verity_root_hex(v, root), salt_text(v, "-", salt));
    return text;
}

/* --- Text -------------------------------------------------------------- */

static void label(FILE *to, const char *text)
{
    fprintf(to, "%-17s", text);
}

static void print_part(FILE *to, const char *what,
                       const struct verity_part *part)
{
    label(to, what);
    fprintf(to, "%s", printable(part->file));
    if (part->partition > 0) {
        fprintf(to, ", partition %" PRIu32 ": %" PRIu64 " bytes at 0x%" PRIx64,
                part->partition, part->entry.size, part->entry.offset);
    }
    fputc('\n', to);
}

static void print_tree(FILE *to, const struct verity *v)
{
    const struct mrtd_verity_root *root = &v->root;
    print_part(to, "tree", &v->hash);
    label(to, "");
    if (root->tree_size == 0) {
        fputs("none: the root hash is that of the only block\n", to);
        return;
    }
    fprintf(to, "%" PRIu64 " bytes at 0x%" PRIx64 ", ", root->tree_size,
            v->hash.entry.offset + root->tree_offset);
    if (root->tree_differs == MRTD_NO_OFFSET) {
        fputs("the same as computed\n", to);
    } else {
        fprintf(to, "other than computed from 0x%" PRIx64 " on\n",
                v->hash.entry.offset + root->tree_differs);
    }
}

static void print_guid(FILE *to, const char *what,
                       const struct verity_part *part, bool is_of_root,
                       const char *half)
{
    if (part->file && part->entry.is_gpt) {
        label(to, what);
        fprintf(to, "%s the %s half of the root hash\n",
                is_of_root ? "is" : "is not", half);
    }
}

static void print_parameters(FILE *to, const struct verity *v)
{
    const struct mrtd_verity *p = &v->verity;
    char salt[2 * MRTD_VERITY_MAX_SALT + 1];
    label(to, "hash type");
    fprintf(to, "%" PRIu32 "\n", p->hash_type);
    label(to, "algorithm");
    fprintf(to, "%s\n", p->algorithm);
    label(to, "data blocks");
    fprintf(to, "%" PRIu64 " of %" PRIu32 " bytes\n", v->root.data_blocks,
            p->data_block_size);
    label(to, "hash block size");
    fprintf(to, "%" PRIu32 " bytes\n", p->hash_block_size);
    label(to, "salt");
    fprintf(to, "%s\n", salt_text(v, "none", salt));
}

static void print_verdict(FILE *to, const struct verity *v)
{
    if (!(v->request->given & VERITY_ROOT)) {
        return;
    }
    if (v->differs) {
        char hex[VERITY_HEX_SIZE];
        mrtd_hex_encode(hex, v->request->root, v->request->root_size);
        label(to, "expected");
        fprintf(to, "%s\n", hex);
    }
    label(to, "verdict");
    fputs(v->differs ? "NO MATCH\n" : "MATCH\n", to);
}

void verity_text(FILE *to, const struct verity *v)
{
    char root[VERITY_HEX_SIZE];
    char line[VERITY_LINE_SIZE];
    print_part(to, "data", &v->data);
    if (v->hash.file) {
        print_tree(to, v);
    }
    print_guid(to, "data's GUID", &v->data, v->data_guid, "first");
    if (v->hash.partition != v->data.partition) {
        print_guid(to, "tree's GUID", &v->hash, v->hash_guid, "last");
    }
    print_parameters(to, v);
    label(to, "root hash");
    fprintf(to, "%s\n", verity_root_hex(v, root));
    print_verdict(to, v);
    fprintf(to, "\nroothash=%s\n", root);
    if (verity_params(v, line)) {
        fprintf(to, "%s\n", line);
    }
    if (verity_table(v, line)) {
        fprintf(to, "dm-mod.create=\"%s\"\n", line);
    }
}
