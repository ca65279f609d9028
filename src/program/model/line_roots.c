/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as Linux splits it (lib/cmdline.c, next_arg()), and what
 * reads it: Linux itself, systemd-veritysetup-generator(8), and the init of
 * Kata Containers before 3.27 (tools/packaging/static-build/initramfs/init.sh).
 */
#include "model/line_roots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

/* --- Words ------------------------------------------------------------- */

struct token {
    const char *key;
    size_t key_size;
    const char *value; /* NULL: there is none */
    size_t value_size;
    bool is_quoted;  /* "..." around the value, and no other there */
    bool has_quotes; /* anywhere else */
};

static bool next_token(const char **line, struct token *t)
{
    const char *at = *line + strspn(*line, " ");
    size_t size = 0;
    size_t quotes = 0;
    while (at[size] && (quotes % 2 || at[size] != ' ')) {
        quotes += at[size++] == '"';
    }
    *line = at + size;
    if (size == 0) {
        return false;
    }
    *t = (struct token){.key = at, .has_quotes = quotes > 0};
    const char *equal = memchr(at, '=', size);
    t->key_size = equal ? (size_t)(equal - at) : size;
    if (equal) {
        t->value = equal + 1;
        t->value_size = (size_t)(at + size - t->value);
        t->is_quoted = quotes == 2 && t->value_size >= 2 && *t->value == '"' &&
                       t->value[t->value_size - 1] == '"';
        t->has_quotes = quotes > 0 && !t->is_quoted;
    }
    if (t->is_quoted) {
        t->value++;
        t->value_size -= 2;
    }
    return true;
}

/* Linux takes '-' and '_' of a parameter's name for the same; others do not. */
static bool is_key(const struct token *t, const char *name, bool is_of_linux)
{
    size_t i = 0;
    while (i < t->key_size && name[i] &&
           (t->key[i] == name[i] ||
            (is_of_linux && t->key[i] == '_' && name[i] == '-') ||
            (is_of_linux && t->key[i] == '-' && name[i] == '_'))) {
        i++;
    }
    return i == t->key_size && !name[i];
}

static bool begins(const struct token *t, const char *name)
{
    const size_t len = strlen(name);
    return t->key_size >= len && memcmp(t->key, name, len) == 0;
}

/* As many hexadecimal digits in a row as the shortest digest has. */
static bool has_digest(const struct token *t)
{
    size_t row = 0;
    for (size_t i = 0; i < t->value_size && row < 40; i++) {
        row = strchr("0123456789abcdefABCDEF", t->value[i]) ? row + 1 : 0;
    }
    return row == 40;
}

/* How often the name is there, in quotes or not, as a reader may see it that
 * knows of none. */
static size_t count_raw(const char *line, const char *name)
{
    const size_t len = strlen(name);
    size_t count = 0;
    for (const char *at = line; (at = strstr(at, name)); at += len) {
        count += at[len] == '=' && (at == line || strchr(" \"", at[-1]));
    }
    return count;
}

/* --- Parameters -------------------------------------------------------- */

enum form {
    FORM_DM_INIT,
    FORM_CHROME,
    FORM_KATA,
    FORM_KATA_OLD,
    FORM_ROOTHASH,
    FORM_ROOTHASH_INITRD,
    FORM_USRHASH,
    FORM_USRHASH_INITRD,
};

static const struct {
    const char *name;
    const char *scheme; /* another parameter that must be dm-verity */
    bool is_of_linux;
} forms[] = {
    [FORM_DM_INIT] = {"dm-mod.create", NULL, true},
    [FORM_CHROME] = {"dm", NULL, true},
    [FORM_KATA] = {"rootfs_verity.hash", "rootfs_verity.scheme", false},
    [FORM_KATA_OLD] = {"cc_rootfs_verity.hash", "cc_rootfs_verity.scheme",
                       false},
    [FORM_ROOTHASH] = {"roothash", NULL, false},
    [FORM_ROOTHASH_INITRD] = {"rd.roothash", NULL, false},
    [FORM_USRHASH] = {"usrhash", NULL, false},
    [FORM_USRHASH_INITRD] = {"rd.usrhash", NULL, false},
};

/* Without what systemd leaves out in an initrd: the same parameter. */
static const char *plain(const char *name)
{
    return strncmp(name, "rd.", 3) == 0 ? name + 3 : name;
}

struct reading {
    struct line_roots *roots;
    const char *line;
    const char *file;
    bool is_over;       /* after "--" */
    bool has_generator; /* what systemd's generator does otherwise */
    size_t schemes;     /* that are dm-verity */
    struct token values[LINE_ROOTS]; /* of the root hashes */
};

static enum exit_status refuse(const struct reading *r, const char *name,
                               const char *why, struct failure *failure)
{
    return failure_refused(failure, r->file, "image-line",
                           "%s in the command line: %s", name, why);
}

static enum exit_status refuse_quotes(const struct reading *r,
                                      const struct token *t,
                                      struct failure *failure)
{
    char name[LINE_NAME_SIZE];
    const size_t most = sizeof name - 1;
    snprintf(name, sizeof name, "%.*s",
             (int)(t->key_size < most ? t->key_size : most), t->key);
    return refuse(r, name,
                  "it has quotation marks where not all who read "
                  "the line take it alike",
                  failure);
}

static enum exit_status refuse_after(const struct reading *r, const char *name,
                                     struct failure *failure)
{
    return refuse(r, name, "it is after \"--\", where Linux reads nothing more",
                  failure);
}

/* Of Kata's init: the partition that root= names, and the second of its disk,
 * which has a superblock. */
static const char *take_kata(struct line_root *root, const char *value,
                             const char *device)
{
    line_device_read(&root->data, device);
    root->tree = root->data;
    root->tree.number = 2;
    root->has_superblock = true;
    root->request.given |= VERITY_ROOT;
    return !verity_take_root(&root->request, value) ? "it is not a root hash"
           : root->data.place != LINE_NUMBER || root->data.number == 0 ||
                   root->data.number > 9 || root->data.number == 2
               ? "root= does not name the first partition of a disk, as "
                 "/dev/vda1"
               : NULL;
}

/* Of systemd: partitions whose GUIDs are halves of the root hash. */
static const char *take_systemd(struct line_root *root, const char *value)
{
    root->data.place = root->tree.place = LINE_HALF;
    root->has_superblock = true;
    root->request.given |= VERITY_ROOT;
    return verity_take_root(&root->request, value) &&
                   root->request.root_size >= 2 * MRTD_DISK_GUID
               ? NULL
               : "it is not a root hash of 32 bytes or more";
}

static const char *take_form(struct line_root *root, enum form form,
                             char *value)
{
    switch (form) {
    case FORM_DM_INIT:
        return line_dm_init(root, value);
    case FORM_CHROME:
        return line_dm_chrome(root, value);
    case FORM_KATA:
    case FORM_KATA_OLD:
        return NULL; /* once root= is known */
    case FORM_ROOTHASH:
    case FORM_ROOTHASH_INITRD:
        root->mapped = "/dev/mapper/root";
        return take_systemd(root, value);
    default:
        return take_systemd(root, value);
    }
}

static enum exit_status take_root(struct reading *r, enum form form,
                                  const struct token *t,
                                  struct failure *failure)
{
    const char *name = forms[form].name;
    struct line_roots *all = r->roots;
    if (t->is_quoted && !forms[form].is_of_linux) {
        return refuse_quotes(r, t, failure);
    }
    if (r->is_over) {
        return refuse_after(r, name, failure);
    }
    bool is_there = count_raw(r->line, name) > 1;
    for (size_t i = 0; i < all->count; i++) {
        is_there |= strcmp(plain(all->roots[i].parameter), plain(name)) == 0;
    }
    if (is_there) {
        return refuse(r, name, "it is there more than once", failure);
    }
    if (all->count == LINE_ROOTS) {
        return refuse(r, name, "the line has more than 4 root hashes", failure);
    }
    char *value = strndup(t->value ? t->value : "", t->value_size);
    if (!value) {
        return failure_memory(failure, r->file);
    }
    r->values[all->count] = *t;
    struct line_root *root = &all->roots[all->count++];
    root->parameter = name;
    verity_request_begin(&root->request);
    const char *why = take_form(root, form, value);
    free(value);
    return why ? refuse(r, name, why, failure) : EXIT_DONE;
}

static void take_unknown(struct line_roots *all, const struct token *t)
{
    const size_t most = LINE_NAME_SIZE - 1;
    if (all->unknown_count < LINE_UNKNOWN) {
        snprintf(all->unknown[all->unknown_count], LINE_NAME_SIZE, "%.*s",
                 (int)(t->key_size < most ? t->key_size : most), t->key);
    }
    all->unknown_count++;
}

static enum exit_status take_token(struct reading *r, const struct token *t,
                                   struct failure *failure)
{
    struct line_roots *all = r->roots;
    /* Linux takes some of them away, systemd all, and others none: of any word
     * they may make a parameter, its end, or "--". */
    if (t->has_quotes) {
        return refuse_quotes(r, t, failure);
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (is_key(t, forms[i].name, forms[i].is_of_linux)) {
            return take_root(r, (enum form)i, t, failure);
        }
        r->schemes += forms[i].scheme && is_key(t, forms[i].scheme, false) &&
                      count_raw(r->line, forms[i].scheme) == 1 &&
                      !t->is_quoted && t->value_size == strlen("dm-verity") &&
                      memcmp(t->value, "dm-verity", t->value_size) == 0;
    }
    if (is_key(t, "root", true) && t->value) {
        if (r->is_over) { /* Others may read it there. */
            return refuse_after(r, "root", failure);
        }
        all->has_root = true;
        snprintf(all->root, sizeof all->root, "%.*s", (int)t->value_size,
                 t->value);
    } else if (begins(t, "systemd.verity") || begins(t, "rd.systemd.verity")) {
        r->has_generator = true;
    } else if (has_digest(t)) {
        take_unknown(all, t);
    }
    r->is_over |= t->key_size == 2 && !t->value && memcmp(t->key, "--", 2) == 0;
    return EXIT_DONE;
}

/* --- The whole line ---------------------------------------------------- */

/* What other parameters make of a root hash. */
static enum exit_status check_root(const struct reading *r, size_t index,
                                   struct failure *failure)
{
    struct line_root *root = &r->roots->roots[index];
    const struct token *t = &r->values[index];
    const bool is_kata = strstr(root->parameter, "rootfs_verity") != NULL;
    const char *why = NULL;
    if (is_kata) {
        char value[2 * MRTD_MAX_DIGEST_SIZE + 2];
        snprintf(value, sizeof value, "%.*s", (int)t->value_size,
                 t->value ? t->value : "");
        why = take_kata(root, value, r->roots->root);
    }
    if (!why && is_kata &&
        (r->schemes != 1 || count_raw(r->line, "root") != 1)) {
        why = "rootfs_verity.scheme=dm-verity, by which it is used, or root= "
              "is not there just once";
    }
    if (!why && root->data.place == LINE_HALF &&
        (r->has_generator || strpbrk(r->line, "'\\"))) {
        why = "there are systemd.verity parameters beside it, or characters "
              "by which systemd quotes, and these are not followed here";
    }
    if (!why && root->data.place == LINE_NOWHERE) {
        why = "it does not say a partition of the image by its number or its "
              "GUID; 'mrtd-calc verity' computes the root hash of any";
    }
    return why ? refuse(r, root->parameter, why, failure) : EXIT_DONE;
}

static enum exit_status check_line(const struct reading *r,
                                   struct failure *failure)
{
    size_t quotes = 0;
    for (const char *c = r->line; *c; c++) {
        if (*c < ' ' || *c > '~') {
            return failure_refused(failure, r->file, "image-line",
                                   "the command line has a control character "
                                   "or is not ASCII: its words are not "
                                   "compared with --image");
        }
        quotes += *c == '"';
    }
    return quotes % 2 != 0
               ? failure_refused(failure, r->file, "image-line",
                                 "a quotation mark in the command line has no "
                                 "partner: its words are not compared with "
                                 "--image")
               : EXIT_DONE;
}

enum exit_status line_roots_read(struct line_roots *roots, const char *line,
                                 const char *file, struct failure *failure)
{
    struct reading r = {.roots = roots, .line = line, .file = file};
    struct token t;
    const char *at = line;
    memset(roots, 0, sizeof *roots);
    enum exit_status status = check_line(&r, failure);
    while (!status && next_token(&at, &t)) {
        status = take_token(&r, &t, failure);
    }
    for (size_t i = 0; !status && i < roots->count; i++) {
        status = check_root(&r, i, failure);
    }
    return status || roots->count > 0
               ? status
               : failure_refused(
                     failure, file, "image-line",
                     "the command line has no root hash that --image could be "
                     "compared with: dm-mod.create=, rootfs_verity.hash=, "
                     "roothash=, usrhash= or dm=");
}
